//! The order in which slices are searched: the most promising first, so that the first stone is shown early.

use crate::input::Crop;
use crate::spots::spots;
use crate::turn::Turn;
use volume::{Geometry, Volume};

/// Spots are what hangs together in a slice from this level on, as stones do at any thickness …
const SPOT_HU: i16 = 200;
/// … and is not larger than this: bone is, in most of its sections.
const SPOT_MM2: f64 = 200.0;
/// Where pixels have no known size.
const USUAL_PIXEL_MM2: f64 = 0.6;
/// A single pixel is noise.
const FEWEST_PIXELS: usize = 2;

/// All slices: those with most spots first, and equal ones from coarse to fine over the whole scan.
pub fn order(volume: &Volume, crop: Crop) -> Vec<usize> {
    let pixel_mm2 = volume.geometry.affine.map_or(USUAL_PIXEL_MM2, |affine| {
        let [across, down, _] = affine.spacing_mm();
        across * down
    });
    let Geometry { columns, rows, .. } = volume.geometry;
    let crop = if crop.turn == Turn::NONE { crop } else { Crop::whole(columns, rows) };
    let most_pixels = (SPOT_MM2 / pixel_mm2) as usize;
    let mut order = coarse_to_fine(volume.geometry.slices);
    order.sort_by_cached_key(|&k| {
        let spots = spots(volume.slice(k), columns, crop, SPOT_HU);
        let like_stones = spots.into_iter().filter(|n| (FEWEST_PIXELS..=most_pixels).contains(n));
        std::cmp::Reverse(like_stones.count())
    });
    order
}

/// Every slice before those between it and the next.
fn coarse_to_fine(slices: usize) -> Vec<usize> {
    let bits = usize::BITS - slices.saturating_sub(1).leading_zeros();
    let reversed = |n: usize| if bits == 0 { 0 } else { n.reverse_bits() >> (usize::BITS - bits) };
    (0..1usize << bits).map(reversed).filter(|&k| k < slices).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slice_is_searched_once() {
        for slices in [0, 1, 2, 3, 99, 300] {
            let mut order = coarse_to_fine(slices);
            order.sort_unstable();
            assert_eq!(order, (0..slices).collect::<Vec<_>>());
        }
        assert_eq!(coarse_to_fine(8), [0, 4, 2, 6, 1, 5, 3, 7]);
    }
}
