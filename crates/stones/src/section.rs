//! Where the mask of a stone crosses a plane: its pixels, and the box around them.

use crate::candidates::Candidate;
use volume::{Grid, Voxel};

/// Pixels (row by row) of a mask in one plane; `min` and `max` are the outermost columns and rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    pub pixels: Vec<usize>,
    pub min: [usize; 2],
    pub max: [usize; 2],
}

impl Section {
    /// Each pixel takes the voxel that is nearest to its centre. `None` where the mask does not cross.
    pub fn cut(grid: &Grid, index: usize, candidate: &Candidate) -> Option<Self> {
        let [across, down, through] = reach(grid, candidate);
        if !(through.0..=through.1).contains(&(index as f64)) {
            return None;
        }
        let within = |(from, to): (f64, f64), len: usize| {
            from.max(0.0).floor() as usize..(to.max(0.0).ceil() as usize + 1).min(len)
        };
        let mut section = Section { pixels: Vec::new(), min: [usize::MAX; 2], max: [0; 2] };
        for v in within(down, grid.height) {
            for u in within(across, grid.width) {
                if candidate.contains(grid.voxel(u as f64, v as f64, index as f64)) {
                    section.pixels.push(v * grid.width + u);
                    section.min = [section.min[0].min(u), section.min[1].min(v)];
                    section.max = [section.max[0].max(u), section.max[1].max(v)];
                }
            }
        }
        (!section.pixels.is_empty()).then_some(section)
    }
}

/// Range of pixel columns, rows and planes that the candidate's voxels can fall on, half a voxel around.
fn reach(grid: &Grid, candidate: &Candidate) -> [(f64, f64); 3] {
    let mut reach = [(f64::INFINITY, f64::NEG_INFINITY); 3];
    let (min, max) = candidate.bounds();
    for corner in 0..8 {
        let at = [0, 1, 2].map(|axis| {
            if corner >> axis & 1 == 0 { min[axis] as f64 - 0.5 } else { max[axis] as f64 + 0.5 }
        });
        for (range, x) in reach.iter_mut().zip(grid.pixel(Voxel(at.into()))) {
            *range = (range.0.min(x), range.1.max(x));
        }
    }
    reach
}
