//! The stone inside its half-maximum surface: what is long, wide and dense about it.

use crate::measure::roi::{CORE_VOXELS, Roi};
use glam::DVec3;
use std::collections::HashSet;

/// The stone inside its half-maximum surface.
pub struct Surface<'a> {
    roi: &'a Roi<'a>,
    level: f64,
    /// In ascending order of k, j, i.
    pub voxels: Vec<[usize; 3]>,
    inside: HashSet<[usize; 3]>,
}

impl<'a> Surface<'a> {
    /// Voxels at or above the level that hang together by faces with the mask's, within the region.
    pub fn at(roi: &'a Roi<'a>, level: f64) -> Self {
        let mut voxels: Vec<[usize; 3]> =
            roi.mask.iter().copied().filter(|&v| roi.hu(v) >= level).collect();
        if voxels.is_empty() {
            // The mask missed the bright part, or the level is noise: the mask's brightest voxel stands in.
            voxels
                .extend(roi.mask.iter().copied().max_by(|&a, &b| roi.hu(a).total_cmp(&roi.hu(b))));
        }
        let mut inside: HashSet<[usize; 3]> = voxels.iter().copied().collect();
        let mut next = 0;
        while let Some(&voxel) = voxels.get(next) {
            next += 1;
            for axis in 0..3 {
                for up in [false, true] {
                    let mut neighbour = voxel;
                    let moved = if up { voxel[axis] + 1 } else { voxel[axis].wrapping_sub(1) };
                    if !(roi.min[axis]..=roi.max[axis]).contains(&moved) {
                        continue;
                    }
                    neighbour[axis] = moved;
                    if roi.hu(neighbour) >= level && inside.insert(neighbour) {
                        voxels.push(neighbour);
                    }
                }
            }
        }
        voxels.sort_by_key(|&[i, j, k]| (k, j, i));
        Self { roi, level, voxels, inside }
    }

    /// Centre of mass in voxels.
    pub fn centre(&self) -> DVec3 {
        let sum: DVec3 = self.voxels.iter().map(|&v| point(v)).sum();
        sum / self.voxels.len() as f64
    }

    pub fn slices(&self) -> usize {
        let k: HashSet<usize> = self.voxels.iter().map(|v| v[2]).collect();
        k.len()
    }

    /// Whether slices are missing within the stone or right beside it, where it may go on.
    pub fn crosses_gap(&self) -> bool {
        let (first, last) = (self.voxels[0][2], self.voxels[self.voxels.len() - 1][2]);
        let geometry = &self.roi.volume.geometry;
        (first.saturating_sub(1)..=last).any(|k| geometry.gap_above(k).is_some())
    }

    pub fn volume_mm3(&self) -> f64 {
        self.voxels.iter().map(|v| self.roi.voxel_mm3(v[2])).sum()
    }

    /// Largest in-plane Feret diameter of any one slice, in mm.
    pub fn axial(&self) -> f64 {
        let contour = |slice: &[[usize; 3]]| -> Vec<DVec3> {
            self.crossings(slice, 2).map(|p| self.roi.patient(p)).collect()
        };
        let slices = self.voxels.chunk_by(|a, b| a[2] == b[2]);
        slices.map(|slice| feret(&contour(slice))).fold(0.0, f64::max)
    }

    /// Largest distance of any two points of the surface, in mm.
    pub fn diameter(&self) -> f64 {
        let surface: Vec<DVec3> =
            self.crossings(&self.voxels, 3).map(|p| self.roi.patient(p)).collect();
        feret(&surface)
    }

    /// From the first to the last crossing of the level by the slices' own maxima, along the normal.
    pub fn craniocaudal(&self) -> f64 {
        let (first, last) = (self.voxels[0][2], self.voxels[self.voxels.len() - 1][2]);
        let end = |k: usize, beyond: Option<usize>| -> f64 {
            let (inside, outside) =
                (self.peak(k), beyond.map_or(self.level - 1.0, |b| self.peak(b)));
            let past =
                if inside > outside { (inside - self.level) / (inside - outside) } else { 0.5 };
            past.clamp(0.0, 1.0)
        };
        let below = end(first, first.checked_sub(1).filter(|&k| k >= self.roi.min[2]));
        let above = end(last, Some(last + 1).filter(|&k| k <= self.roi.max[2]));
        (self.position(last) - self.position(first)) + (below + above) * self.roi.slice_mm
    }

    /// Highest HU of slice `k` where the stone casts its shadow.
    fn peak(&self, k: usize) -> f64 {
        let columns: HashSet<[usize; 2]> = self.voxels.iter().map(|v| [v[0], v[1]]).collect();
        columns.into_iter().map(|[i, j]| self.roi.hu([i, j, k])).fold(f64::NEG_INFINITY, f64::max)
    }

    fn position(&self, k: usize) -> f64 {
        self.roi
            .volume
            .geometry
            .positions_mm
            .get(k)
            .copied()
            .unwrap_or(k as f64 * self.roi.slice_mm)
    }

    /// Where the level is crossed between a voxel and its outer neighbours along the first `axes` axes.
    fn crossings<'b>(
        &'b self,
        voxels: &'b [[usize; 3]],
        axes: usize,
    ) -> impl Iterator<Item = DVec3> + 'b {
        voxels.iter().flat_map(move |&voxel| {
            (0..axes * 2).filter_map(move |side| {
                let (axis, up) = (side / 2, side % 2 == 1);
                let mut outside = voxel;
                outside[axis] = if up { voxel[axis] + 1 } else { voxel[axis].checked_sub(1)? };
                if self.inside.contains(&outside) {
                    return None;
                }
                let (a, b) = (self.roi.hu(voxel), self.roi.hu(outside));
                let part = if a > b { ((a - self.level) / (a - b)).clamp(0.0, 1.0) } else { 0.5 };
                Some(point(voxel) + (point(outside) - point(voxel)) * part)
            })
        })
    }

    /// HU of the core; of all voxels where there is no core.
    pub fn hu(&self, roi: &Roi) -> Hu {
        let core = roi.core();
        let mut hu = if core.len() >= CORE_VOXELS {
            core
        } else {
            self.voxels.iter().map(|&v| roi.hu(v)).collect()
        };
        hu.sort_by(f64::total_cmp);
        let n = hu.len() as f64;
        let mean = hu.iter().sum::<f64>() / n;
        let variance = hu.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / n;
        let top = ((hu.len() - 1) as f64 * 0.99).round_ties_even() as usize;
        Hu { mean, sd: libm::sqrt(variance), max: hu[top] }
    }
}

pub struct Hu {
    pub mean: f64,
    pub sd: f64,
    pub max: f64,
}

fn point([i, j, k]: [usize; 3]) -> DVec3 {
    DVec3::new(i as f64, j as f64, k as f64)
}

/// Largest distance of any two points.
fn feret(points: &[DVec3]) -> f64 {
    let mut longest: f64 = 0.0;
    for (at, a) in points.iter().enumerate() {
        for b in &points[at + 1..] {
            longest = longest.max(a.distance_squared(*b));
        }
    }
    libm::sqrt(longest)
}
