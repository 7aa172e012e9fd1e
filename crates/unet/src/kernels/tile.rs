//! The only loop that multiplies: some pixels times some channels, held in registers.

use super::cells::{BLOCK, Cells};
use super::lanes::Lanes;

/// Weighted sums of `M` pixels, side by side, of the first `CHANNELS` of each of `blocks` (their distances in floats from
/// `pixels`), into `R` registers of channels each, on top of `start`. Weights are `[channel in][R × WIDTH]`, read strictly forwards.
///
/// `M` and `R` are chosen so that sums, one pixel and the weights just fit the registers. The loop over channels is
/// not unrolled further: the compilers of browsers then spill.
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
            let column = weights.take(BLOCK * R * V::WIDTH);
            for channel in 0..CHANNELS {
                let column = column.add(channel * R * V::WIDTH);
                let weights: [V; R] = registers(column);
                // A place of its own, so that the pixels' distances become offsets of the loads.
                let pixels = pixels.add(channel);
                for (pixel, sums) in sums.iter_mut().enumerate() {
                    let x = V::load_splat(pixels.add(pixel * BLOCK));
                    for r in 0..R {
                        sums[r] = sums[r].plus_product(x, weights[r]);
                    }
                }
            }
            weights = weights.skip(BLOCK * R * V::WIDTH);
        }
    }
    sums
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
