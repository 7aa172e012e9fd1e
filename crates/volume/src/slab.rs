//! Several planes as one: their mean, their highest or their lowest HU.

use crate::geometry::Volume;
use crate::grid::Grid;
use crate::sample::Sampled;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Blend {
    Mean,
    /// Maximum intensity projection.
    Mip,
    /// Minimum intensity projection.
    MinIp,
}

/// How much of the volume a plane shows at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Depth {
    #[default]
    Thin,
    /// Planes around, as many as make up the millimetres.
    Slab { blend: Blend, mm: f64 },
    /// All of it, without the skeleton.
    Kub,
}

/// Neighbouring planes that are seen as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slab {
    pub blend: Blend,
    pub planes: usize,
}

impl Slab {
    /// As many planes as come nearest to a thickness, one at the least.
    pub fn of_thickness(blend: Blend, mm: f64, grid: &Grid) -> Self {
        let planes = (mm / grid.step_mm).round_ties_even().clamp(1.0, grid.count as f64);
        Self { blend, planes: planes as usize }
    }
}

impl Sampled {
    /// Cuts the planes around `index` and blends them; the slab ends with the volume, and passes over stored slices
    /// that have not arrived. `other` is room for one plane, to be kept for the next slab.
    pub fn cut_slab(
        &mut self,
        volume: &Volume,
        grid: &Grid,
        index: usize,
        slab: Slab,
        other: &mut Sampled,
    ) {
        self.cut(volume, grid, index);
        let first = index.saturating_sub((slab.planes - 1) / 2);
        let last = (index + slab.planes / 2).min(grid.count - 1);
        let is_there = |plane: usize| {
            let k = grid.voxel(0.0, 0.0, plane as f64).0.z as usize;
            !grid.is_stack() || volume.is_loaded(k)
        };
        let planes = (first..=last).filter(|&plane| plane != index && is_there(plane));
        match slab.blend {
            Blend::Mip => self.fold(volume, grid, planes, other, i16::max),
            Blend::MinIp => self.fold(volume, grid, planes, other, i16::min),
            Blend::Mean => {
                let mut sums: Vec<i32> = self.hu.iter().map(|&hu| i32::from(hu)).collect();
                let mut count = 1;
                for plane in planes {
                    other.cut(volume, grid, plane);
                    sums.iter_mut().zip(&other.hu).for_each(|(sum, &hu)| *sum += i32::from(hu));
                    count += 1;
                }
                for (hu, sum) in self.hu.iter_mut().zip(sums) {
                    *hu = (f64::from(sum) / f64::from(count)).round_ties_even() as i16;
                }
            }
        }
    }

    fn fold(
        &mut self,
        volume: &Volume,
        grid: &Grid,
        planes: impl Iterator<Item = usize>,
        other: &mut Sampled,
        pick: impl Fn(i16, i16) -> i16,
    ) {
        for plane in planes {
            other.cut(volume, grid, plane);
            self.hu.iter_mut().zip(&other.hu).for_each(|(hu, &next)| *hu = pick(*hu, next));
        }
    }
}
