//! Where the mask of a stone crosses a plane: its pixels, and the box around them.

use crate::candidates::Candidate;
use std::collections::HashSet;
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

    /// The mask as all planes together show it.
    pub fn project(grid: &Grid, candidate: &Candidate) -> Option<Self> {
        let (first, last) = reach(grid, candidate)[2];
        let planes = first.max(0.0).floor() as usize..=last.max(0.0).ceil() as usize;
        let sections = planes.filter(|&plane| plane < grid.count);
        let sections = sections.filter_map(|plane| Self::cut(grid, plane, candidate));
        let mut all = sections.reduce(|mut all, section| {
            all.pixels.extend(section.pixels);
            for axis in 0..2 {
                all.min[axis] = all.min[axis].min(section.min[axis]);
                all.max[axis] = all.max[axis].max(section.max[axis]);
            }
            all
        })?;
        all.pixels.sort_unstable();
        all.pixels.dedup();
        Some(all)
    }

    /// Where the mask ends, along the edges of its pixels in a plane of `width`: stretches from corner to corner, in
    /// pixels whose whole numbers are centres.
    pub fn border(&self, width: usize) -> Vec<[[f64; 2]; 2]> {
        let inside: HashSet<(usize, usize)> =
            self.pixels.iter().map(|&at| (at % width, at / width)).collect();
        // Edges as (line, place on it), across and down.
        let (mut across, mut down) = (Vec::new(), Vec::new());
        for &(u, v) in &inside {
            let is_out = |u: Option<usize>, v: Option<usize>| {
                u.zip(v).is_none_or(|pixel| !inside.contains(&pixel))
            };
            let (left, above) = (u.checked_sub(1), v.checked_sub(1));
            across.extend(is_out(Some(u), above).then_some((v, u)));
            across.extend(is_out(Some(u), Some(v + 1)).then_some((v + 1, u)));
            down.extend(is_out(left, Some(v)).then_some((u, v)));
            down.extend(is_out(Some(u + 1), Some(v)).then_some((u + 1, v)));
        }
        let corner = |x: usize| x as f64 - 0.5;
        let across = stretches(across)
            .map(|(line, from, to)| [[corner(from), corner(line)], [corner(to), corner(line)]]);
        let down = stretches(down)
            .map(|(line, from, to)| [[corner(line), corner(from)], [corner(line), corner(to)]]);
        across.chain(down).collect()
    }
}

/// Edges that follow each other on a line, as one: line, first and last corner.
fn stretches(mut edges: Vec<(usize, usize)>) -> impl Iterator<Item = (usize, usize, usize)> {
    edges.sort_unstable();
    let mut joined: Vec<(usize, usize, usize)> = Vec::new();
    for (line, at) in edges {
        match joined.last_mut() {
            Some(last) if last.0 == line && last.2 == at => last.2 = at + 1,
            _ => joined.push((line, at, at + 1)),
        }
    }
    joined.into_iter()
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_border_runs_along_the_edges_of_the_pixels() {
        // (1, 0), (1, 1) and (2, 1) of a plane that is 4 wide.
        let section = Section { pixels: vec![1, 5, 6], min: [1, 0], max: [2, 1] };
        let mut border = section.border(4);
        border.sort_by(|a, b| a.partial_cmp(b).expect("numbers"));
        let expected = [
            [[0.5, -0.5], [0.5, 1.5]],
            [[0.5, -0.5], [1.5, -0.5]],
            [[0.5, 1.5], [2.5, 1.5]],
            [[1.5, -0.5], [1.5, 0.5]],
            [[1.5, 0.5], [2.5, 0.5]],
            [[2.5, 0.5], [2.5, 1.5]],
        ];
        assert_eq!(border, expected);
    }
}
