//! Convolutions of single pixels: 1×1, and the transposed 2×2 of stride 2, which is four of them.

use super::cells::{BLOCK, Cells, Place, Size, TILE, Tile};
use super::finish::{AtLeast, Finish, Leaky, Same};
use super::lanes::Lanes;
use super::tile::{register, registers, tile};
use crate::plan::Activation;

/// Pixels that are kept near at once while the weights pass by.
const PASS_BYTES: usize = 128 * 1024;

pub struct Pointwise<'a> {
    /// Where each block of the inputs begins in the arena.
    pub blocks: &'a [usize],
    /// Of the inputs.
    pub size: Size,
    pub output: Place,
    pub scale: Scale,
    /// `[phase][group][channel in][channels of the group]`.
    pub weights: &'a [f32],
    pub bias: &'a [f32],
    pub activation: Activation,
    /// What is read of the inputs: all that comes of it is written.
    pub tiles: &'a [Tile],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Same,
    /// A pixel becomes 2×2, each by a filter (a phase) of its own.
    Double,
}

impl Scale {
    pub fn phases(self) -> usize {
        match self {
            Scale::Same => 1,
            Scale::Double => 4,
        }
    }
}

/// Pixels and channels of the register tile are `M` and `R`; `M1` and `R1` where one block is left over.
///
/// # Safety
/// The arena holds the tiles in every block; the output holds what comes of them; weights and bias are as many as the
/// blocks ask for.
#[inline(always)]
pub unsafe fn pointwise<V, const M: usize, const R: usize, const M1: usize, const R1: usize>(
    job: &Pointwise,
    arena: Cells,
) where
    V: Lanes,
{
    // SAFETY: what the caller grants.
    unsafe {
        match job.activation {
            Activation::None => all::<V, _, M, R, M1, R1>(job, arena, Same),
            Activation::Relu => all::<V, _, M, R, M1, R1>(job, arena, AtLeast(V::splat(0.0))),
            Activation::LeakyRelu(slope) => {
                all::<V, _, M, R, M1, R1>(job, arena, Leaky(V::splat(slope)));
            }
        }
    }
}

#[inline(always)]
unsafe fn all<V, F, const M: usize, const R: usize, const M1: usize, const R1: usize>(
    job: &Pointwise,
    arena: Cells,
    finish: F,
) where
    V: Lanes,
    F: Finish<V>,
{
    let inward = job.blocks.len() * BLOCK;
    let group = R * V::WIDTH / BLOCK;
    let tile_bytes = TILE * TILE * inward * size_of::<f32>();
    for tiles in job.tiles.chunks((PASS_BYTES / tile_bytes).max(1)) {
        let mut weights = Cells::read_only(job.weights);
        for phase in 0..job.scale.phases() {
            let mut block = 0;
            // SAFETY: there are weights for every group of every phase.
            unsafe {
                while block + group <= job.output.blocks {
                    group_of::<V, F, M, R>(job, arena, tiles, phase, block, weights, finish);
                    weights = weights.skip(inward * R * V::WIDTH);
                    block += group;
                }
                while block < job.output.blocks {
                    group_of::<V, F, M1, R1>(job, arena, tiles, phase, block, weights, finish);
                    weights = weights.skip(inward * BLOCK);
                    block += 1;
                }
            }
        }
    }
}

/// The channels of `R` registers, from `block` on, of all pixels of the tiles.
#[inline(always)]
unsafe fn group_of<V: Lanes, F: Finish<V>, const M: usize, const R: usize>(
    job: &Pointwise,
    arena: Cells,
    tiles: &[Tile],
    phase: usize,
    block: usize,
    weights: Cells,
    finish: F,
) {
    // SAFETY: the bias holds what is asked for, as the caller grants.
    let bias: [V; R] =
        unsafe { registers(Cells::read_only(job.bias).skip(block * BLOCK).take(R * V::WIDTH)) };
    let group = Group { job, arena, phase, block, weights, bias, finish };
    for run in tiles.chunk_by(|a, b| a.is_before(*b)) {
        let [first, last] = [run[0].column(), run[0].column() + run.len() * TILE];
        for row in run[0].row()..run[0].row() + TILE {
            // SAFETY: arena and output hold the pixels, as the caller grants.
            unsafe {
                // Where they are too few, some before the first are computed along, which do no harm: they are
                // what they would be, or not wanted.
                let mut at = first;
                while last >= M && at < last {
                    group.pixels::<M>(row, at.min(last - M));
                    at += M;
                }
                while at < last {
                    group.pixels::<TILE>(row, at);
                    at += TILE;
                }
            }
        }
    }
}

struct Group<'a, V, F, const R: usize> {
    job: &'a Pointwise<'a>,
    arena: Cells,
    phase: usize,
    block: usize,
    weights: Cells,
    bias: [V; R],
    finish: F,
}

impl<V: Lanes, F: Finish<V>, const R: usize> Group<'_, V, F, R> {
    /// `M` pixels of a row.
    #[inline(always)]
    unsafe fn pixels<const M: usize>(&self, row: usize, column: usize) {
        let Self { job, arena, phase, block, weights, bias, finish } = *self;
        let pixels = (row + 1) * job.size.row() + (column + 1) * BLOCK;
        let (to, step) = match job.scale {
            Scale::Same => (job.output.pixel(block, row, column), BLOCK),
            Scale::Double => {
                (job.output.pixel(block, 2 * row + phase / 2, 2 * column + phase % 2), 2 * BLOCK)
            }
        };
        // SAFETY: what the caller grants.
        unsafe {
            let sums = tile::<V, M, R, BLOCK>(arena.skip(pixels), job.blocks, weights, bias);
            for (pixel, sums) in sums.into_iter().enumerate() {
                for (r, sum) in sums.into_iter().enumerate() {
                    let to = to + pixel * step + register::<V>(r, job.output.size.plane());
                    finish.of(sum).store(arena.skip(to).take(V::WIDTH));
                }
            }
        }
    }
}
