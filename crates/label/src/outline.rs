//! What lies within a closed line on a picture, by the even-odd rule.

use crate::brush::nearest;
use crate::voxels::Voxels;
use volume::Grid;

/// The voxels that a picture shows within an outline; its last corner leads back to the first.
pub fn fill(grid: &Grid, size: [usize; 3], plane: f64, outline: &[[f64; 2]]) -> Voxels {
    let pixels = pixels(outline, grid.width, grid.height);
    let at = |[u, v]: [usize; 2]| nearest(grid, size, [u as f64, v as f64], plane);
    pixels.into_iter().filter_map(at).collect()
}

/// Pixels of an image of this size whose centres lie within an outline.
pub fn pixels(outline: &[[f64; 2]], width: usize, height: usize) -> Vec<[usize; 2]> {
    let mut pixels = Vec::new();
    for v in 0..height {
        let mut crossings = crossings(outline, v as f64);
        volume::sort_numbers(&mut crossings);
        for pair in crossings.chunks_exact(2) {
            let within = |x: f64| (x.ceil().max(0.0) as usize).min(width);
            pixels.extend((within(pair[0])..within(pair[1])).map(|u| [u, v]));
        }
    }
    pixels
}

/// Where the sides of an outline cross a row.
fn crossings(outline: &[[f64; 2]], y: f64) -> Vec<f64> {
    let ends = outline.iter().zip(outline.iter().cycle().skip(1));
    ends.filter(|(a, b)| (a[1] > y) != (b[1] > y))
        .map(|(a, b)| a[0] + (b[0] - a[0]) * (y - a[1]) / (b[1] - a[1]))
        .collect()
}
