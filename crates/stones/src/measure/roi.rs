//! The surroundings of a mask: what a stone is compared with, and in which millimetres.

use crate::findings::Bounds;
use glam::DVec3;
use std::collections::HashSet;
use volume::{Volume, Voxel};

/// What lies this far around the mask is looked at.
const ROI_MM: f64 = 6.0;
/// The shell that tells what surrounds the stone.
const SHELL_MM: [f64; 2] = [1.8, 4.0];
/// A stone in the tract touches urine or wall, never bare fat.
const BACKGROUND_HU: [f64; 2] = [-10.0, 60.0];
/// Voxels deeper than this are free of the edge's blur.
const CORE_MM: f64 = 1.7;
pub const CORE_VOXELS: usize = 12;

/// The surroundings of a mask, with what is needed to turn voxels into millimetres there.
pub struct Roi<'a> {
    pub volume: &'a Volume,
    pub mask: &'a [[usize; 3]],
    pub min: [usize; 3],
    pub max: [usize; 3],
    in_plane_mm: [f64; 2],
    pub slice_mm: f64,
    pub truncated: bool,
}

impl<'a> Roi<'a> {
    pub fn around(volume: &'a Volume, mask: &'a [[usize; 3]], bounds: Bounds) -> Option<Self> {
        let geometry = &volume.geometry;
        let affine = geometry.affine?;
        let [mm_i, mm_j, _] = affine.spacing_mm();
        let slice_mm = affine.slice_distance_mm();
        if !(mm_i > 0.0 && mm_j > 0.0 && slice_mm > 0.0) {
            return None;
        }
        let size = [geometry.columns, geometry.rows, geometry.slices];
        let reach = [mm_i, mm_j, slice_mm].map(|mm| libm::ceil(ROI_MM / mm) as usize);
        let min = [0, 1, 2].map(|a| bounds.min[a].saturating_sub(reach[a]));
        let max = [0, 1, 2].map(|a| (bounds.max[a] + reach[a]).min(size[a] - 1));
        let truncated =
            (0..3).any(|a| size[a] > 1 && (bounds.min[a] == 0 || bounds.max[a] + 1 == size[a]));
        Some(Self { volume, mask, min, max, in_plane_mm: [mm_i, mm_j], slice_mm, truncated })
    }

    pub fn hu(&self, [i, j, k]: [usize; 3]) -> f64 {
        self.volume.at(i as isize, j as isize, k as isize).map_or(-1000.0, f64::from)
    }

    pub fn patient(&self, voxel: DVec3) -> DVec3 {
        self.volume.geometry.patient(Voxel(voxel)).map_or(DVec3::ZERO, |p| p.0)
    }

    /// What a voxel of slice `k` stands for: half the way to both neighbours, however far they are.
    pub fn voxel_mm3(&self, k: usize) -> f64 {
        let p = &self.volume.geometry.positions_mm;
        let distance = |from: usize| Some(p.get(from + 1)? - p.get(from)?);
        let below = k.checked_sub(1).and_then(distance);
        let along = match (below, distance(k)) {
            (Some(below), Some(above)) => (below + above) / 2.0,
            (below, above) => below.or(above).unwrap_or(self.slice_mm),
        };
        self.in_plane_mm[0] * self.in_plane_mm[1] * along
    }

    /// In-plane distance (mm) of each voxel of the region of interest, in the mask's slices, to the mask.
    fn distances(&self) -> Vec<([usize; 3], f64)> {
        let mut distances = Vec::new();
        let (first, last) = (self.mask[0][2], self.mask[self.mask.len() - 1][2]);
        for k in first..=last {
            let here: Vec<&[usize; 3]> = self.mask.iter().filter(|v| v[2] == k).collect();
            for j in self.min[1]..=self.max[1] {
                for i in self.min[0]..=self.max[0] {
                    let to = |m: &&[usize; 3]| self.in_plane([i, j], [m[0], m[1]]);
                    let nearest = here.iter().map(to).fold(f64::INFINITY, f64::min);
                    if nearest.is_finite() {
                        distances.push(([i, j, k], nearest));
                    }
                }
            }
        }
        distances
    }

    fn in_plane(&self, a: [usize; 2], b: [usize; 2]) -> f64 {
        let d = |axis: usize| (a[axis] as f64 - b[axis] as f64) * self.in_plane_mm[axis];
        libm::hypot(d(0), d(1))
    }

    /// Median HU of the shell around the mask, held to what a stone in the tract can touch.
    pub fn background(&self) -> f64 {
        let [near, far] = SHELL_MM;
        let in_shell =
            |(voxel, d): ([usize; 3], f64)| (near..=far).contains(&d).then(|| self.hu(voxel));
        let shell: Vec<f64> = self.distances().into_iter().filter_map(in_shell).collect();
        let [low, high] = BACKGROUND_HU;
        median(shell).unwrap_or(low).clamp(low, high)
    }

    /// HU of the stone's inside: the median of the core, or the mean of the brightest eighth of a stone that
    /// is too small to have one.
    pub fn plateau(&self) -> f64 {
        let core = self.core();
        if core.len() >= CORE_VOXELS {
            return median(core).unwrap_or_default();
        }
        let mut hu: Vec<f64> = self.mask.iter().map(|&v| self.hu(v)).collect();
        hu.sort_by(|a, b| b.total_cmp(a));
        let brightest = hu.len().div_ceil(8);
        hu[..brightest].iter().sum::<f64>() / brightest as f64
    }

    /// HU of mask voxels that have `CORE_MM` of mask around them in their slice.
    pub fn core(&self) -> Vec<f64> {
        let mask: HashSet<[usize; 3]> = self.mask.iter().copied().collect();
        let reach = self.in_plane_mm.map(|mm| libm::floor(CORE_MM / mm) as usize);
        let deep = |&[i, j, k]: &[usize; 3]| {
            (i.saturating_sub(reach[0])..=i + reach[0]).all(|x| {
                (j.saturating_sub(reach[1])..=j + reach[1])
                    .all(|y| self.in_plane([x, y], [i, j]) > CORE_MM || mask.contains(&[x, y, k]))
            })
        };
        self.mask.iter().filter(|v| deep(v)).map(|&v| self.hu(v)).collect()
    }

    /// Noise from the differences of in-plane neighbours: 1.4826 · MAD / √2.
    pub fn noise(&self) -> f64 {
        let k = self.mask[self.mask.len() / 2][2];
        let mut differences = Vec::new();
        for j in self.min[1]..=self.max[1] {
            for i in self.min[0]..self.max[0] {
                differences.push((self.hu([i + 1, j, k]) - self.hu([i, j, k])).abs());
            }
        }
        1.4826 * median(differences).unwrap_or(0.0) / std::f64::consts::SQRT_2
    }
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied()
}
