//! The only loop that multiplies: some pixels times some channels, held in registers.

use super::cells::{BLOCK, Cells};
use super::lanes::Lanes;
use std::ops::Range;

/// Weighted sums of `M` pixels, side by side, of the first `CHANNELS` of each of `blocks` (their distances in floats from
/// `pixels`), into `R` registers of channels each, on top of `start`. Weights are `[channel in][R × WIDTH]`, read strictly forwards.
///
/// `M` and `R` are chosen so that sums, one pixel and the weights just fit the registers.
///
/// # Safety
/// Every block has 8 × `M` floats at `pixels`, and there are weights for all of their channels.
#[inline(always)]
pub unsafe fn tile<V: Lanes, const M: usize, const R: usize, const CHANNELS: usize>(
    pixels: Cells,
    blocks: &[usize],
    weights: Cells,
    start: [V; R],
) -> [[V; R]; M] {
    let mut sums = [start; M];
    let mut weights = weights;
    for &block in blocks {
        // SAFETY: what the caller grants.
        unsafe {
            let pixels = pixels.skip(block).take(M * BLOCK);
            channels(&mut sums, pixels, weights.take(BLOCK * R * V::WIDTH), 0..CHANNELS);
            weights = weights.skip(BLOCK * R * V::WIDTH);
        }
    }
    sums
}

/// [`tile`] on top of nothing: the first channel's products are not added to zeros, a sixteenth of the work where there is
/// one block.
///
/// # Safety
/// As [`tile`]; there is a block.
#[inline(always)]
pub unsafe fn bare_tile<V: Lanes, const M: usize, const R: usize, const CHANNELS: usize>(
    pixels: Cells,
    blocks: &[usize],
    weights: Cells,
) -> [[V; R]; M] {
    let mut sums = [[V::splat(0.0); R]; M];
    let Some((&first, others)) = blocks.split_first() else { return sums };
    // SAFETY: what the caller grants.
    unsafe {
        let near = pixels.skip(first).take(M * BLOCK);
        let column = weights.take(BLOCK * R * V::WIDTH);
        let factors: [V; R] = registers(column);
        for (pixel, sums) in sums.iter_mut().enumerate() {
            let x = V::load_splat(near.add(pixel * BLOCK));
            for r in 0..R {
                sums[r] = x.mul(factors[r]);
            }
        }
        channels(&mut sums, near, column, 1..CHANNELS);
        let mut weights = weights.skip(BLOCK * R * V::WIDTH);
        for &block in others {
            let pixels = pixels.skip(block).take(M * BLOCK);
            channels(&mut sums, pixels, weights.take(BLOCK * R * V::WIDTH), 0..CHANNELS);
            weights = weights.skip(BLOCK * R * V::WIDTH);
        }
    }
    sums
}

/// Adds some channels of a block. The loop is not unrolled further: the compilers of browsers then spill.
///
/// # Safety
/// There are the pixels, and weights for these channels.
#[inline(always)]
unsafe fn channels<V: Lanes, const M: usize, const R: usize>(
    sums: &mut [[V; R]; M],
    pixels: *const f32,
    weights: *const f32,
    which: Range<usize>,
) {
    for channel in which {
        // SAFETY: what the caller grants.
        unsafe {
            let weights: [V; R] = registers(weights.add(channel * R * V::WIDTH));
            // A place of its own, so that the pixels' distances become offsets of the loads.
            let pixels = pixels.add(channel);
            for (pixel, sums) in sums.iter_mut().enumerate() {
                let x = V::load_splat(pixels.add(pixel * BLOCK));
                for r in 0..R {
                    sums[r] = sums[r].plus_product(x, weights[r]);
                }
            }
        }
    }
}

/// Registers one after another in memory.
///
/// # Safety
/// `R × WIDTH` floats can be read.
#[inline(always)]
pub unsafe fn registers<V: Lanes, const R: usize>(from: *const f32) -> [V; R] {
    let mut registers = [V::splat(0.0); R];
    for (r, register) in registers.iter_mut().enumerate() {
        // SAFETY: what the caller grants.
        *register = unsafe { V::load(from.add(r * V::WIDTH)) };
    }
    registers
}

/// Where register `r` of a pixel's channels lies from the first, in images whose blocks are `plane` floats apart.
#[inline(always)]
pub fn register<V: Lanes>(r: usize, plane: usize) -> usize {
    let channel = r * V::WIDTH;
    channel / BLOCK * plane + channel % BLOCK
}
