//! The order in which slices are searched: the most promising first, so that the first stone is shown early.

use crate::input::Crop;
use volume::Volume;

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
    let most_pixels = (SPOT_MM2 / pixel_mm2) as usize;
    let mut order = coarse_to_fine(volume.geometry.slices);
    order.sort_by_cached_key(|&k| {
        let spots = spots(volume.slice(k), volume.geometry.columns, crop, most_pixels);
        std::cmp::Reverse(spots)
    });
    order
}

/// Every slice before those between it and the next.
fn coarse_to_fine(slices: usize) -> Vec<usize> {
    let bits = usize::BITS - slices.saturating_sub(1).leading_zeros();
    let reversed = |n: usize| if bits == 0 { 0 } else { n.reverse_bits() >> (usize::BITS - bits) };
    (0..1usize << bits).map(reversed).filter(|&k| k < slices).collect()
}

/// How many spots a slice has within the crop.
fn spots(slice: &[i16], columns: usize, crop: Crop, most_pixels: usize) -> usize {
    let mut spots = Spots::default();
    let mut above: Vec<Run> = Vec::new();
    let right = (crop.left + crop.width).min(columns);
    for line in slice.chunks_exact(columns).skip(crop.top).take(crop.height) {
        let mut runs = Vec::new();
        // Most rows have none, which is told faster of a row at once.
        let brightest = line[crop.left..right].iter().fold(i16::MIN, |max, &hu| max.max(hu));
        let mut at = if brightest < SPOT_HU { right } else { crop.left };
        while let Some(start) = (at..right).find(|&i| line[i] >= SPOT_HU) {
            let end = (start..right).find(|&i| line[i] < SPOT_HU).unwrap_or(right);
            let touching = above.iter().filter(|run| run.start <= end && start <= run.end);
            runs.push(Run { start, end, spot: spots.extend(touching, end - start) });
            at = end;
        }
        above = runs;
    }
    spots.count(FEWEST_PIXELS..=most_pixels)
}

/// Pixels `start..end` of a row.
struct Run {
    start: usize,
    end: usize,
    spot: usize,
}

/// Disjoint sets with their numbers of pixels.
#[derive(Default)]
struct Spots {
    parents: Vec<usize>,
    pixels: Vec<usize>,
}

impl Spots {
    /// A run becomes one spot with all those that it touches.
    fn extend<'a>(&mut self, touching: impl Iterator<Item = &'a Run>, pixels: usize) -> usize {
        let spot = self.parents.len();
        self.parents.push(spot);
        self.pixels.push(pixels);
        for run in touching {
            let root = self.root(run.spot);
            if root != spot {
                self.parents[root] = spot;
                self.pixels[spot] += self.pixels[root];
            }
        }
        spot
    }

    fn root(&mut self, mut spot: usize) -> usize {
        while self.parents[spot] != spot {
            self.parents[spot] = self.parents[self.parents[spot]];
            spot = self.parents[spot];
        }
        spot
    }

    fn count(&self, pixels: std::ops::RangeInclusive<usize>) -> usize {
        let roots = (0..self.parents.len()).filter(|&spot| self.parents[spot] == spot);
        roots.filter(|&root| pixels.contains(&self.pixels[root])).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spots_are_counted_by_what_hangs_together() {
        let picture =
            ["..........", ".##....#..", ".##...#...", "....#.....", "########..", "#..###.#.#"];
        let slice: Vec<i16> = picture
            .iter()
            .flat_map(|row| row.bytes().map(|b| if b == b'#' { 300 } else { 0 }))
            .collect();
        let crop = Crop { left: 0, top: 0, width: 16, height: 6 };
        // Four pixels; two by a corner; fifteen, with the one above them; and a single one.
        assert_eq!(spots(&slice, 10, crop, 4), 2);
        assert_eq!(spots(&slice, 10, crop, 20), 3);
        let part = Crop { left: 5, top: 0, width: 5, height: 4 };
        assert_eq!(spots(&slice, 10, part, 20), 1);
    }

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
