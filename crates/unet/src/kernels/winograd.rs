//! 3×3 convolutions as Winograd F(4×4, 3×3): 36 multiplications for 16 pixels instead of 144.
//!
//! Lavin and Gray, “Fast Algorithms for Convolutional Neural Networks”, 2015; points 0, 1, −1, 2, −2, ∞. In `f32` the
//! error is a few units in the last place.

#![expect(clippy::needless_range_loop, reason = "rows and columns of matrices are numbered")]

use super::cells::{BLOCK, Cells, Place, Tile};
use super::finish::{AtLeast, Finish, Leaky, Same};
use super::lanes::Lanes;
use super::tile::{register, tile};
use crate::plan::Activation;

/// Positions of a transformed tile.
pub const POSITIONS: usize = 36;
/// Transformed pixels and their products, kept near at once: half of a small second-level cache.
const PASS_BYTES: usize = 192 * 1024;
/// Between positions, so that 36 streams at a power of two from each other do not share the lines of a cache.
const APART: usize = 16;

pub struct Conv3<'a> {
    /// Read as one image, their blocks one after another.
    pub inputs: &'a [Place],
    pub output: Place,
    /// Where the largest of 2×2 goes as well.
    pub pooled: Option<Place>,
    /// Transformed: `[36][group][channel in][channels of the group]`.
    pub weights: &'a [f32],
    pub bias: &'a [f32],
    pub activation: Activation,
    /// What is computed of the output.
    pub tiles: &'a [Tile],
    pub pass: &'a Pass,
}

/// How much of a convolution is done at once.
pub struct Pass {
    tiles: usize,
    /// Where each block of channels lies among the transformed pixels of a position.
    blocks: Vec<usize>,
    outward: usize,
}

impl Pass {
    /// For so many blocks in and out; a kernel takes whole `unit`s of tiles.
    pub fn new(inward: usize, outward: usize, unit: usize) -> Self {
        let tile_bytes = POSITIONS * (inward + outward) * BLOCK * size_of::<f32>();
        let tiles = (PASS_BYTES / tile_bytes / unit).max(2) * unit;
        Self { tiles, blocks: (0..inward).map(|b| b * tiles * BLOCK).collect(), outward }
    }

    /// Whether it was made for so many blocks, and for a kernel that takes `unit` tiles.
    pub fn fits(&self, inward: usize, outward: usize, unit: usize) -> bool {
        (self.blocks.len(), self.outward) == (inward, outward) && self.tiles.is_multiple_of(unit)
    }

    /// Floats of a position: transformed pixels.
    fn pixels(&self) -> usize {
        self.blocks.len() * self.tiles * BLOCK + APART
    }

    /// Floats of a position: products.
    fn products(&self) -> usize {
        self.outward * self.tiles * BLOCK + APART
    }

    pub fn scratch(&self) -> usize {
        POSITIONS * (self.pixels() + self.products())
    }
}

/// Pixels and channels of the register tile are `M` and `R`; `M1` and `R1` where one block is left over.
///
/// # Safety
/// Images hold the tiles and a pixel around each; weights, bias and scratch are as large as the images and the pass
/// ask for.
#[inline(always)]
pub unsafe fn conv3<V, const M: usize, const R: usize, const M1: usize, const R1: usize>(
    job: &Conv3,
    arena: Cells,
    scratch: Cells,
) where
    V: Lanes,
{
    // SAFETY: what the caller grants.
    let products = unsafe { scratch.skip(POSITIONS * job.pass.pixels()) };
    for tiles in job.tiles.chunks(job.pass.tiles) {
        // SAFETY: what the caller grants.
        unsafe {
            transform_inputs::<V>(job, tiles, arena, scratch);
            multiply::<V, M, R, M1, R1>(job, tiles.len(), scratch, products);
            match job.activation {
                Activation::None => transform_outputs::<V, _>(job, tiles, products, arena, Same),
                Activation::Relu => {
                    let finish = AtLeast(V::splat(0.0));
                    transform_outputs::<V, _>(job, tiles, products, arena, finish);
                }
                Activation::LeakyRelu(slope) => {
                    let finish = Leaky(V::splat(slope));
                    transform_outputs::<V, _>(job, tiles, products, arena, finish);
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn transform_inputs<V: Lanes>(job: &Conv3, tiles: &[Tile], arena: Cells, scratch: Cells) {
    let apart = job.pass.pixels();
    let mut blocks = job.pass.blocks.iter();
    for image in job.inputs {
        for (block, &to) in (0..image.blocks).zip(&mut blocks) {
            for (at, &tile) in tiles.iter().enumerate() {
                for lane in (0..BLOCK).step_by(V::WIDTH) {
                    // SAFETY: the tile is in the image, its place in the scratch.
                    unsafe {
                        let from = arena.skip(image.around(block, tile) + lane);
                        let from = Grid { at: from, row: image.size.row() };
                        input_tile::<V>(from, scratch.skip(to + at * BLOCK + lane), apart);
                    }
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn multiply<V, const M: usize, const R: usize, const M1: usize, const R1: usize>(
    job: &Conv3,
    tiles: usize,
    scratch: Cells,
    products: Cells,
) where
    V: Lanes,
{
    let pass = job.pass;
    let inward = pass.blocks.len() * BLOCK;
    let plane = pass.tiles * BLOCK;
    let group = R * V::WIDTH / BLOCK;
    let mut weights = Cells::read_only(job.weights);
    for position in 0..POSITIONS {
        // SAFETY: weights and scratch hold every position, group and tile; a last part of a unit of tiles too.
        unsafe {
            let pixels = scratch.skip(position * pass.pixels());
            let mut to = products.skip(position * pass.products());
            for _ in 0..pass.outward / group {
                for at in (0..tiles).step_by(M) {
                    let sums = tile::<V, M, R>(
                        pixels.skip(at * BLOCK),
                        &pass.blocks,
                        weights,
                        [V::splat(0.0); R],
                    );
                    store(sums, to.skip(at * BLOCK), plane);
                }
                weights = weights.skip(inward * R * V::WIDTH);
                to = to.skip(group * plane);
            }
            for _ in 0..pass.outward % group {
                for at in (0..tiles).step_by(M1) {
                    let sums = tile::<V, M1, R1>(
                        pixels.skip(at * BLOCK),
                        &pass.blocks,
                        weights,
                        [V::splat(0.0); R1],
                    );
                    store(sums, to.skip(at * BLOCK), plane);
                }
                weights = weights.skip(inward * BLOCK);
            }
        }
    }
}

#[inline(always)]
unsafe fn store<V: Lanes, const M: usize, const R: usize>(
    sums: [[V; R]; M],
    to: Cells,
    plane: usize,
) {
    for (pixel, sums) in sums.into_iter().enumerate() {
        for (r, sum) in sums.into_iter().enumerate() {
            // SAFETY: what the caller grants.
            unsafe { sum.store(to.skip(pixel * BLOCK + register::<V>(r, plane)).take(V::WIDTH)) };
        }
    }
}

#[inline(always)]
unsafe fn transform_outputs<V: Lanes, F: Finish<V>>(
    job: &Conv3,
    tiles: &[Tile],
    products: Cells,
    arena: Cells,
    finish: F,
) {
    let apart = job.pass.products();
    let biases = Cells::read_only(job.bias);
    for block in 0..job.pass.outward {
        for (at, &tile) in tiles.iter().enumerate() {
            for lane in (0..BLOCK).step_by(V::WIDTH) {
                // SAFETY: the tile is in the image, its quarter in what is pooled, its place in the products.
                unsafe {
                    let bias = V::load(biases.skip(block * BLOCK + lane).take(V::WIDTH));
                    let from = products.skip((block * job.pass.tiles + at) * BLOCK + lane);
                    let to = job.output.pixel(block, tile.row(), tile.column()) + lane;
                    let to = Grid { at: arena.skip(to), row: job.output.size.row() };
                    output_tile(from, apart, to, bias, finish);
                    if let Some(pooled) = &job.pooled {
                        let half = pooled.pixel(block, tile.row() / 2, tile.column() / 2) + lane;
                        let half = Grid { at: arena.skip(half), row: pooled.size.row() };
                        pool_tile::<V>(to, half);
                    }
                }
            }
        }
    }
}

/// Pixels of one register of channels.
#[derive(Clone, Copy)]
struct Grid {
    at: Cells,
    /// Floats from a row to the next.
    row: usize,
}

impl Grid {
    /// # Safety
    /// There is such a pixel.
    #[inline(always)]
    unsafe fn get<V: Lanes>(self, row: usize, column: usize) -> V {
        // SAFETY: what the caller grants.
        unsafe { V::load(self.at.skip(row * self.row + column * BLOCK).take(V::WIDTH)) }
    }

    /// # Safety
    /// There are such pixels.
    #[inline(always)]
    unsafe fn put<V: Lanes, const N: usize>(self, row: usize, values: [V; N]) {
        for (column, value) in values.into_iter().enumerate() {
            // SAFETY: what the caller grants.
            unsafe { value.store(self.at.skip(row * self.row + column * BLOCK).take(V::WIDTH)) };
        }
    }
}

// The transforms are taken by one or two rows of what they make, reading again what the rows share: a browser has 15
// registers for them, and keeping all of the first pass would cost more stores than the result has.
// There are no closures: those of a function that is compiled for every machine would be too, and not be inlined
// where the machine's own instructions are.

/// Bᵀ d B of 6×6 pixels.
#[inline(always)]
unsafe fn input_tile<V: Lanes>(from: Grid, to: Cells, apart: usize) {
    let [two, four, five] = [V::splat(2.0), V::splat(4.0), V::splat(5.0)];
    let mut rows = [[V::splat(0.0); 6]; 2];
    // SAFETY: what the caller grants.
    unsafe {
        for c in 0..6 {
            let [d0, d2, d4]: [V; 3] = [from.get(0, c), from.get(2, c), from.get(4, c)];
            rows[0][c] = d4.minus_product(d2, five).plus_product(d0, four);
        }
        store_positions(transform_input(rows[0]), to, apart, 0);
        for c in 0..6 {
            let [d1, d2]: [V; 2] = [from.get(1, c), from.get(2, c)];
            let [d3, d4]: [V; 2] = [from.get(3, c), from.get(4, c)];
            let (even, odd) = (d4.minus_product(d2, four), d3.minus_product(d1, four));
            (rows[0][c], rows[1][c]) = (even.add(odd), even.sub(odd));
        }
        store_positions(transform_input(rows[0]), to, apart, 1);
        store_positions(transform_input(rows[1]), to, apart, 2);
        for c in 0..6 {
            let [d1, d2]: [V; 2] = [from.get(1, c), from.get(2, c)];
            let [d3, d4]: [V; 2] = [from.get(3, c), from.get(4, c)];
            let (outer, inner) = (d4.sub(d2), d3.sub(d1));
            rows[0][c] = outer.plus_product(inner, two);
            rows[1][c] = outer.minus_product(inner, two);
        }
        store_positions(transform_input(rows[0]), to, apart, 3);
        store_positions(transform_input(rows[1]), to, apart, 4);
        for c in 0..6 {
            let [d1, d3, d5]: [V; 3] = [from.get(1, c), from.get(3, c), from.get(5, c)];
            rows[0][c] = d5.minus_product(d3, five).plus_product(d1, four);
        }
        store_positions(transform_input(rows[0]), to, apart, 5);
    }
}

/// Stores a row of six positions.
#[inline(always)]
unsafe fn store_positions<V: Lanes>(values: [V; 6], to: Cells, apart: usize, row: usize) {
    for (c, value) in values.into_iter().enumerate() {
        // SAFETY: what the caller grants.
        unsafe { value.store(to.skip((row * 6 + c) * apart).take(V::WIDTH)) };
    }
}

#[inline(always)]
fn transform_input<V: Lanes>(d: [V; 6]) -> [V; 6] {
    let [two, four, five] = [V::splat(2.0), V::splat(4.0), V::splat(5.0)];
    let (even, odd) = (d[4].minus_product(d[2], four), d[3].minus_product(d[1], four));
    let (outer, inner) = (d[4].sub(d[2]), d[3].sub(d[1]));
    [
        d[4].minus_product(d[2], five).plus_product(d[0], four),
        even.add(odd),
        even.sub(odd),
        outer.plus_product(inner, two),
        outer.minus_product(inner, two),
        d[5].minus_product(d[3], five).plus_product(d[1], four),
    ]
}

/// Aᵀ m A of 36 products, with the bias, finished.
#[inline(always)]
unsafe fn output_tile<V: Lanes, F: Finish<V>>(
    from: Cells,
    apart: usize,
    to: Grid,
    bias: V,
    finish: F,
) {
    let [two, four, eight] = [V::splat(2.0), V::splat(4.0), V::splat(8.0)];
    let mut rows = [[V::splat(0.0); 6]; 2];
    // SAFETY: what the caller grants.
    unsafe {
        for c in 0..6 {
            let [m0, m1, m2, m3, m4] = column::<V, 5>(from, apart, 0, c);
            let (sum1, sum2) = (m1.add(m2), m3.add(m4));
            rows[0][c] = m0.add(sum1).add(sum2);
            rows[1][c] = sum1.plus_product(sum2, four);
        }
        to.put(0, finished(transform_output(rows[0]), bias, finish));
        to.put(2, finished(transform_output(rows[1]), bias, finish));
        for c in 0..6 {
            let [m1, m2, m3, m4, m5] = column::<V, 5>(from, apart, 1, c);
            let (difference1, difference2) = (m1.sub(m2), m3.sub(m4));
            rows[0][c] = difference1.plus_product(difference2, two);
            rows[1][c] = difference1.plus_product(difference2, eight).add(m5);
        }
        to.put(1, finished(transform_output(rows[0]), bias, finish));
        to.put(3, finished(transform_output(rows[1]), bias, finish));
    }
}

/// Products of `N` rows from `row` on.
#[inline(always)]
unsafe fn column<V: Lanes, const N: usize>(
    from: Cells,
    apart: usize,
    row: usize,
    column: usize,
) -> [V; N] {
    let mut products = [V::splat(0.0); N];
    for (r, product) in products.iter_mut().enumerate() {
        let position = (row + r) * 6 + column;
        // SAFETY: what the caller grants.
        *product = unsafe { V::load(from.skip(position * apart).take(V::WIDTH)) };
    }
    products
}

#[inline(always)]
fn transform_output<V: Lanes>(m: [V; 6]) -> [V; 4] {
    let [two, four, eight] = [V::splat(2.0), V::splat(4.0), V::splat(8.0)];
    let (sum1, difference1) = (m[1].add(m[2]), m[1].sub(m[2]));
    let (sum2, difference2) = (m[3].add(m[4]), m[3].sub(m[4]));
    [
        m[0].add(sum1).add(sum2),
        difference1.plus_product(difference2, two),
        sum1.plus_product(sum2, four),
        difference1.plus_product(difference2, eight).add(m[5]),
    ]
}

#[inline(always)]
fn finished<V: Lanes, F: Finish<V>>(values: [V; 4], bias: V, finish: F) -> [V; 4] {
    let mut values = values;
    for value in &mut values {
        *value = finish.of(value.add(bias));
    }
    values
}

/// The largest of each 2×2 of a tile that was just written.
#[inline(always)]
unsafe fn pool_tile<V: Lanes>(from: Grid, to: Grid) {
    for r in 0..2 {
        let mut largest = [V::splat(0.0); 2];
        for (c, largest) in largest.iter_mut().enumerate() {
            // SAFETY: what the caller grants; so below.
            unsafe {
                let above = from.get::<V>(2 * r, 2 * c).max(from.get(2 * r, 2 * c + 1));
                let below = from.get::<V>(2 * r + 1, 2 * c).max(from.get(2 * r + 1, 2 * c + 1));
                *largest = above.max(below);
            }
        }
        // SAFETY: as above.
        unsafe { to.put(r, largest) };
    }
}

/// G g Gᵀ of a 3×3 filter.
pub fn transform_filter(g: &[f32; 9]) -> [f32; POSITIONS] {
    const G: [[f64; 3]; 6] = [
        [1.0 / 4.0, 0.0, 0.0],
        [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
        [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
        [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
        [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
        [0.0, 0.0, 1.0],
    ];
    let down: [[f64; 3]; 6] = G
        .map(|row| std::array::from_fn(|c| (0..3).map(|k| row[k] * f64::from(g[k * 3 + c])).sum()));
    std::array::from_fn(|at| {
        let (row, column) = (down[at / 6], G[at % 6]);
        (0..3).map(|k| row[k] * column[k]).sum::<f64>() as f32
    })
}
