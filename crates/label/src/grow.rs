//! What hangs together with a voxel between two HU, no further from it than a bound.

use crate::voxels::Voxels;
use glam::DVec3;
use volume::{Geometry, Volume, Voxel};

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// Lowest and highest HU.
    pub hu: [i16; 2],
    /// Nothing further from the seed than this (mm; voxels, where a series has no known place).
    pub reach_mm: f64,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grown {
    pub voxels: Voxels,
    /// It would have gone on beyond the bound.
    pub cut_off: bool,
}

/// Grows over faces, in slices that are loaded. A seed outside the limits grows to nothing.
pub fn grow(volume: &Volume, seed: [usize; 3], limits: Limits) -> Grown {
    let mut grown = Grown::default();
    let middle = place(&volume.geometry, seed);
    let within = |[i, j, k]: [usize; 3]| {
        let hu = volume.at(i as isize, j as isize, k as isize);
        volume.is_loaded(k) && hu.is_some_and(|hu| (limits.hu[0]..=limits.hu[1]).contains(&hu))
    };
    if !within(seed) {
        return grown;
    }
    grown.voxels.insert(seed);
    let mut open = vec![seed];
    while let Some(voxel) = open.pop() {
        for next in faces(voxel).filter(|&next| within(next)) {
            if (place(&volume.geometry, next) - middle).length() > limits.reach_mm {
                grown.cut_off = true;
            } else if grown.voxels.insert(next) {
                open.push(next);
            }
        }
    }
    grown
}

fn place(geometry: &Geometry, voxel: [usize; 3]) -> DVec3 {
    let voxel = Voxel(voxel.map(|x| x as f64).into());
    geometry.patient(voxel).map_or(voxel.0, |place| place.0)
}

fn faces(voxel: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    (0..6).filter_map(move |face| {
        let mut next = voxel;
        let at = &mut next[face / 2];
        *at = if face % 2 == 0 { at.checked_sub(1)? } else { *at + 1 };
        Some(next)
    })
}
