//! 3×3 convolutions as Winograd F(4×4, 3×3): 36 multiplications for 16 pixels instead of 144.
//!
//! Lavin and Gray, “Fast Algorithms for Convolutional Neural Networks”, 2015; points 0, 1, −1, 2, −2, ∞. In `f32` the
//! error is a few units in the last place.

mod transform;

use super::cells::{BLOCK, Cells, Place, Tile};
use super::finish::{AtLeast, Finish, Leaky, Same};
use super::lanes::Lanes;
use super::tile::{bare_tile, register};
use crate::plan::Activation;
pub use transform::transform_filter;
use transform::{Grid, input_tiles, output_tile, pool_tile};

/// Positions of a transformed tile.
pub const POSITIONS: usize = 36;
/// Transformed pixels and their products, kept near at once: half of a small second-level cache.
const PASS_BYTES: usize = 192 * 1024;
/// Neighbours whose pixels and products stay in a small first-level cache.
const NEAR: usize = 8;
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
    /// Whether the inputs are one block that holds something in its first [`THIN`] channels only, as a network's image
    /// does: the others are left out, transformed and multiplied by nothing.
    pub thin: bool,
    /// What is computed of the output.
    pub tiles: &'a [Tile],
    pub pass: &'a Pass,
}

pub const THIN: usize = BLOCK / 2;

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
            if job.thin {
                transform_inputs::<V, THIN>(job, tiles, arena, scratch);
                multiply::<V, M, R, M1, R1, THIN>(job, tiles.len(), scratch, products);
            } else {
                transform_inputs::<V, BLOCK>(job, tiles, arena, scratch);
                multiply::<V, M, R, M1, R1, BLOCK>(job, tiles.len(), scratch, products);
            }
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
unsafe fn transform_inputs<V: Lanes, const CHANNELS: usize>(
    job: &Conv3,
    tiles: &[Tile],
    arena: Cells,
    scratch: Cells,
) {
    let apart = job.pass.pixels();
    let mut blocks = job.pass.blocks.iter();
    for image in job.inputs {
        for (block, &to) in (0..image.blocks).zip(&mut blocks) {
            let mut at = to;
            for run in tiles.chunk_by(|a, b| a.is_before(*b)) {
                for near in run.chunks(NEAR) {
                    for lane in (0..CHANNELS).step_by(V::WIDTH) {
                        // SAFETY: the tiles are in the image, their places in the scratch.
                        unsafe {
                            let from = arena.skip(image.around(block, near[0]) + lane);
                            let from = Grid { at: from, row: image.size.row() };
                            input_tiles::<V>(from, near.len(), scratch.skip(at + lane), apart);
                        }
                    }
                    at += near.len() * BLOCK;
                }
            }
        }
    }
}

#[inline(always)]
unsafe fn multiply<
    V,
    const M: usize,
    const R: usize,
    const M1: usize,
    const R1: usize,
    const CHANNELS: usize,
>(
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
                    let sums = bare_tile::<V, M, R, CHANNELS>(
                        pixels.skip(at * BLOCK),
                        &pass.blocks,
                        weights,
                    );
                    store(sums, to.skip(at * BLOCK), plane);
                }
                weights = weights.skip(inward * R * V::WIDTH);
                to = to.skip(group * plane);
            }
            for _ in 0..pass.outward % group {
                for at in (0..tiles).step_by(M1) {
                    let sums = bare_tile::<V, M1, R1, CHANNELS>(
                        pixels.skip(at * BLOCK),
                        &pass.blocks,
                        weights,
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
