var<workgroup> around: array<vec4f, TILES * PITCH>;
var<workgroup> filters: array<vec4f, FILTERS>;

// Zero outside of the picture. Rows and columns before the first have wrapped around and are very large.
fn pixel(block: u32, row: u32, column: u32) -> vec4f {
    if (row >= sizes.rows || column >= sizes.columns) {
        return vec4f();
    }
    let plane = sizes.rows * sizes.columns;
    let at = row * sizes.columns + column;
    $read
}

$activated
// A part is a block of channels; where rows and columns double, that of one of their four corners.
fn put(part: u32, row: u32, column: u32, sum: vec4f) {
    let block = part / (SCALE * SCALE);
    if (block >= sizes.out_blocks || row >= sizes.rows || column >= sizes.columns) {
        return;
    }
    let corner = part % (SCALE * SCALE);
    let out_row = row * SCALE + corner / SCALE;
    let out_column = column * SCALE + corner % SCALE;
    let at = (block * sizes.rows * SCALE + out_row) * sizes.columns * SCALE + out_column;
    output[at] = $cell(activated(sum + weights[sizes.bias + block]));
}

// A workgroup makes GROUPS × PER_GROUP parts of TILES tiles. Block after block of the input comes into its memory, with
// the pixels around each tile and the filters; of each, an invocation multiplies ROWS_EACH × 4 pixels with PER_GROUP
// parts, whose sums stay in its registers.
@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
    let lane = index % LANES;
    let group = index / LANES;
    let slot = lane / (4u / ROWS_EACH);
    let first_row = lane % (4u / ROWS_EACH) * ROWS_EACH;
    $sums
    for (var block = 0u; block < sizes.in_blocks; block++) {
        workgroupBarrier();
        for (var at = index; at < TILES * SIDE * SIDE; at += INVOCATIONS) {
            let cell = at % (SIDE * SIDE);
            let to = at / (SIDE * SIDE);
            let tile = tiles[workgroup.x * TILES + to];
            let row = (tile >> 16u) * 4u + cell / SIDE - REACH;
            let column = (tile & 0xffffu) * 4u + cell % SIDE - REACH;
            around[to * PITCH + cell] = pixel(block, row, column);
        }
        for (var at = index; at < FILTERS; at += INVOCATIONS) {
            filters[at] = weights[(workgroup.y * sizes.in_blocks + block) * FILTERS + at];
        }
        workgroupBarrier();
        for (var down = 0u; down <= 2u * REACH; down++) {
            let pixels = slot * PITCH + (first_row + down) * SIDE;
            let filters_at = down * (2u * REACH + 1u) * 4u * GROUPS * PER_GROUP + group * PER_GROUP;
            $multiply
        }
    }
    let tile = tiles[workgroup.x * TILES + slot];
    let row = (tile >> 16u) * 4u + first_row;
    let column = (tile & 0xffffu) * 4u;
    let part = (workgroup.y * GROUPS + group) * PER_GROUP;
    $writes
}
