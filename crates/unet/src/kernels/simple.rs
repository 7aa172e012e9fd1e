//! What multiplies little: pooling, enlarging, adding, and the sums of the head.

use super::cells::{BLOCK, Cells, Place, Size, TILE, Tile};
use super::finish::{AtLeast, Finish, Leaky, Same};
use super::lanes::Lanes;
use crate::mask::Mask;
use crate::plan::Activation;

/// From one image to another, in all blocks, tile by tile of the output.
pub struct Map<'a> {
    pub input: Place,
    pub output: Place,
    pub tiles: &'a [Tile],
}

/// What a pixel of the output is made of. A type and not a closure, for the reason of [`super::finish::Finish`].
trait Make<V: Lanes> {
    /// # Safety
    /// The inputs have what the pixel is made of.
    unsafe fn pixel(&self, arena: Cells, at: At) -> V;
}

/// A register of an image: block, row, column and its first lane.
#[derive(Clone, Copy)]
struct At {
    block: usize,
    row: usize,
    column: usize,
    lane: usize,
}

impl Place {
    #[inline(always)]
    fn register(&self, at: At) -> usize {
        self.pixel(at.block, at.row, at.column) + at.lane
    }

    /// # Safety
    /// The pixel is in the image's room.
    #[inline(always)]
    unsafe fn load<V: Lanes>(&self, arena: Cells, at: At) -> V {
        // SAFETY: what the caller grants.
        unsafe { V::load(arena.skip(self.register(at)).take(V::WIDTH)) }
    }
}

/// Makes all pixels of the tiles.
#[inline(always)]
unsafe fn make<V: Lanes>(job: &Map, arena: Cells, of: impl Make<V>) {
    for block in 0..job.output.blocks {
        for tile in job.tiles {
            for row in tile.row()..tile.row() + TILE {
                for column in tile.column()..tile.column() + TILE {
                    for lane in (0..BLOCK).step_by(V::WIDTH) {
                        let at = At { block, row, column, lane };
                        // SAFETY: the tile is in the output, and its inputs hold what it is made of.
                        unsafe {
                            let to = arena.skip(job.output.register(at)).take(V::WIDTH);
                            of.pixel(arena, at).store(to);
                        }
                    }
                }
            }
        }
    }
}

/// The largest of 2×2.
struct Largest(Place);

impl<V: Lanes> Make<V> for Largest {
    #[inline(always)]
    unsafe fn pixel(&self, arena: Cells, at: At) -> V {
        let (row, column) = (2 * at.row, 2 * at.column);
        // SAFETY: what the caller grants; so below.
        unsafe {
            let above = self.0.load::<V>(arena, At { row, column, ..at });
            let above = above.max(self.0.load(arena, At { row, column: column + 1, ..at }));
            let below = self.0.load::<V>(arena, At { row: row + 1, column, ..at });
            let next = At { row: row + 1, column: column + 1, ..at };
            above.max(below.max(self.0.load(arena, next)))
        }
    }
}

/// The pixel that it lies in.
struct Repeat(Place);

impl<V: Lanes> Make<V> for Repeat {
    #[inline(always)]
    unsafe fn pixel(&self, arena: Cells, at: At) -> V {
        // SAFETY: as above.
        unsafe { self.0.load(arena, At { row: at.row / 2, column: at.column / 2, ..at }) }
    }
}

/// Three quarters of the pixel that it lies in, one of the neighbour on that side.
struct Between(Place);

/// The pixel of an axis that `at` lies in, and its neighbour; both held within the picture, whose edges are repeated.
#[inline(always)]
fn pair(at: usize, len: usize) -> [usize; 2] {
    let next = if at.is_multiple_of(2) { (at / 2).saturating_sub(1) } else { at / 2 + 1 };
    [(at / 2).min(len - 1), next.min(len - 1)]
}

impl<V: Lanes> Make<V> for Between {
    #[inline(always)]
    unsafe fn pixel(&self, arena: Cells, at: At) -> V {
        let rows = pair(at.row, self.0.size.rows);
        let columns = pair(at.column, self.0.size.columns);
        let mut lines = [V::splat(0.0); 2];
        for (line, row) in lines.iter_mut().zip(rows) {
            // SAFETY: as above.
            let [near, far] = unsafe {
                [
                    self.0.load::<V>(arena, At { row, column: columns[0], ..at }),
                    self.0.load::<V>(arena, At { row, column: columns[1], ..at }),
                ]
            };
            *line = near.mul(V::splat(0.75)).plus_product(far, V::splat(0.25));
        }
        lines[0].mul(V::splat(0.75)).plus_product(lines[1], V::splat(0.25))
    }
}

struct Sum<'a, F>(&'a [Place; 2], F);

impl<V: Lanes, F: Finish<V>> Make<V> for Sum<'_, F> {
    #[inline(always)]
    unsafe fn pixel(&self, arena: Cells, at: At) -> V {
        let [a, b] = self.0;
        // SAFETY: as above.
        let sum = unsafe { a.load::<V>(arena, at).add(b.load(arena, at)) };
        self.1.of(sum)
    }
}

/// # Safety
/// The output's tiles lie in its room, what they are made of in the input's.
#[inline(always)]
pub unsafe fn max_pool<V: Lanes>(job: &Map, arena: Cells) {
    // SAFETY: what the caller grants; so in the next.
    unsafe { make::<V>(job, arena, Largest(job.input)) };
}

/// # Safety
/// As [`max_pool`].
#[inline(always)]
pub unsafe fn nearest<V: Lanes>(job: &Map, arena: Cells) {
    // SAFETY: as above.
    unsafe { make::<V>(job, arena, Repeat(job.input)) };
}

/// # Safety
/// As [`max_pool`].
#[inline(always)]
pub unsafe fn bilinear<V: Lanes>(job: &Map, arena: Cells) {
    // SAFETY: as above.
    unsafe { make::<V>(job, arena, Between(job.input)) };
}

/// Adds a second image of the same size.
///
/// # Safety
/// All three images hold the tiles.
#[inline(always)]
pub unsafe fn add<V: Lanes>(job: &Map, arena: Cells, other: &Place, activation: Activation) {
    let inputs = &[job.input, *other];
    // SAFETY: as above.
    unsafe {
        match activation {
            Activation::None => make::<V>(job, arena, Sum(inputs, Same)),
            Activation::Relu => make::<V>(job, arena, Sum(inputs, AtLeast(V::splat(0.0)))),
            Activation::LeakyRelu(slope) => {
                make::<V>(job, arena, Sum(inputs, Leaky(V::splat(slope))));
            }
        }
    }
}

/// The head: for each class the weighted sum of all channels of a pixel.
pub struct Dots<'a> {
    /// Where each block of the inputs begins in the arena.
    pub blocks: &'a [usize],
    /// Of the inputs.
    pub size: Size,
    /// `[class][channel in]`.
    pub weights: &'a [f32],
    pub bias: &'a [f32],
    pub wanted: &'a Mask,
}

/// Writes the sums of wanted pixels.
///
/// # Safety
/// The arena holds the picture in every block, and there are weights for each class.
#[inline(always)]
pub unsafe fn dots<V: Lanes>(job: &Dots, arena: Cells, sums: &mut [f32]) {
    let weights = Cells::read_only(job.weights);
    let inward = job.blocks.len() * BLOCK;
    let pixels = job.size.pixels();
    for row in 0..job.size.rows {
        for column in job.wanted.row(row) {
            let pixel = (row + 1) * job.size.row() + (column + 1) * BLOCK;
            for (class, bias) in job.bias.iter().enumerate() {
                let mut sum = V::splat(0.0);
                for (at, block) in job.blocks.iter().enumerate() {
                    for lane in (0..BLOCK).step_by(V::WIDTH) {
                        // SAFETY: what the caller grants.
                        unsafe {
                            let x = V::load(arena.skip(block + pixel + lane).take(V::WIDTH));
                            let weight = class * inward + at * BLOCK + lane;
                            let w = V::load(weights.skip(weight).take(V::WIDTH));
                            sum = sum.plus_product(x, w);
                        }
                    }
                }
                sums[class * pixels + row * job.size.columns + column] = sum.sum() + bias;
            }
        }
    }
}
