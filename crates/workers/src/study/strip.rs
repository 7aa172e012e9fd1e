//! What lies where along the slices of each plane: told to the page, which draws it along the slider.

use super::Study;
use crate::messages::{FromStudy, StoneRun, Strip};
use stones::{Stone, findings::Bounds};
use volume::{Geometry, Grid, Patient, Plane, Voxel};

impl Study {
    pub fn tell_strips(&self) {
        let Some(pixels) = &self.pixels else { return };
        let volume = &pixels.volume;
        let slices = volume.geometry.slices;
        let loaded = |k: usize| volume.is_loaded(k);
        let searched = |k: usize| self.list.has_searched(k);
        let strips = Plane::ALL
            .into_iter()
            .filter_map(|plane| Grid::new(&volume.geometry, plane))
            .map(|grid| {
                let run = |stone| stone_run(&grid, &volume.geometry, stone);
                Strip {
                    plane: grid.plane,
                    loaded: runs(&grid, slices, loaded),
                    searched: runs(&grid, slices, searched),
                    gaps: gaps(&grid, &volume.geometry),
                    stones: self.list.stones().iter().map(run).collect(),
                }
            })
            .collect();
        self.tell(&FromStudy::Strips(strips));
    }
}

/// The slice that an index of the stack shows.
fn slice(grid: &Grid, index: usize) -> usize {
    grid.voxel(0.0, 0.0, index as f64).0.z as usize
}

/// Runs of indices, first and last, whose pixels are all `there`; a plane across the stack needs every slice.
fn runs(grid: &Grid, slices: usize, there: impl Fn(usize) -> bool) -> Vec<[usize; 2]> {
    if !grid.is_stack() {
        let all = (0..slices).all(there);
        return if all { vec![[0, grid.count - 1]] } else { Vec::new() };
    }
    let mut runs: Vec<[usize; 2]> = Vec::new();
    for index in (0..grid.count).filter(|&index| there(slice(grid, index))) {
        match runs.last_mut() {
            Some([_, last]) if *last + 1 == index => *last = index,
            _ => runs.push([index, index]),
        }
    }
    runs
}

/// Indices of the stack with slices missing between them and the next.
fn gaps(grid: &Grid, geometry: &Geometry) -> Vec<usize> {
    let lower = |index: usize| slice(grid, index).min(slice(grid, index + 1));
    let gap = |index: &usize| geometry.gap_above(lower(*index)).is_some();
    if grid.is_stack() { (0..grid.count - 1).filter(gap).collect() } else { Vec::new() }
}

fn stone_run(grid: &Grid, geometry: &Geometry, stone: &Stone) -> StoneRun {
    let Bounds { min, max } = stone.bounds_voxel;
    let index = |voxel: Voxel| {
        let [_, _, s] = grid.pixel(voxel);
        s.round().clamp(0.0, (grid.count - 1) as f64) as usize
    };
    let corner = |corner: usize| {
        let at = [0, 1, 2].map(|axis| if corner >> axis & 1 == 0 { min } else { max }[axis] as f64);
        index(Voxel(at.into()))
    };
    let [first, last] = (0..8).map(corner).fold([usize::MAX, 0], |[a, b], s| [a.min(s), b.max(s)]);
    let centre = stone.center_mm.and_then(|mm| geometry.voxel(Patient(mm.into())));
    let middle = || Voxel([0, 1, 2].map(|axis| (min[axis] + max[axis]) as f64 / 2.0).into());
    StoneRun { stone: stone.id, first, last, at: index(centre.unwrap_or_else(middle)) }
}
