$activated
@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) index: u32) {
    let tile = tiles[workgroup.x * TILES + index / 16u];
    let row = (tile >> 16u) * 4u + index % 16u / 4u;
    let column = (tile & 0xffffu) * 4u + index % 4u;
    if (row < sizes.rows && column < sizes.columns) {
        let block = workgroup.y;
        output[(block * sizes.rows + row) * sizes.columns + column] =
             $cell(activated(value(block, row, column)));
    }
}
