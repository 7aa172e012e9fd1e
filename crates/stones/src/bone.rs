//! Bone, by size: what hangs together at its density and is larger than any stone.

use crate::candidates::neighbours;
use volume::Volume;

/// What hangs together at this level …
pub(crate) const BONE_HU: i16 = 200;
/// … and is larger than this is skeleton, and what touches it is bone. A staghorn stone is smaller.
pub(crate) const BONE_MM3: f64 = 20_000.0;

/// What is known of a volume's bone so far: no voxel is walked over twice.
pub struct Bone {
    /// Voxels of the smallest skeleton; `None` where nothing has a size in millimetres.
    fewest: Option<usize>,
    seen: Voxels,
    bone: Voxels,
}

impl Bone {
    /// Nothing yet.
    pub fn of(volume: &Volume) -> Self {
        let voxel_mm3 =
            volume.geometry.affine.map_or(0.0, |affine| affine.spacing_mm().into_iter().product());
        let fewest = (voxel_mm3 > 0.0).then_some((BONE_MM3 / voxel_mm3) as usize);
        Self { fewest, seen: Voxels::default(), bone: Voxels::default() }
    }

    /// Whether one of the voxels hangs together with bone.
    pub fn touches(&mut self, volume: &Volume, voxels: &[[usize; 3]]) -> bool {
        let Some(fewest) = self.fewest else { return false };
        voxels.iter().any(|&voxel| is_dense(volume, voxel) && self.is_bone(volume, voxel, fewest))
    }

    fn is_bone(&mut self, volume: &Volume, start: [usize; 3], fewest: usize) -> bool {
        let at = |voxel| index(volume, voxel);
        if !self.seen.insert(at(start)) {
            return self.bone.contains(at(start));
        }
        let mut part = vec![start];
        let mut next = 0;
        let mut found = false;
        while let Some(&voxel) = part.get(next).filter(|_| !found) {
            next += 1;
            for neighbour in neighbours(voxel) {
                if !is_dense(volume, neighbour) {
                    continue;
                }
                if self.seen.insert(at(neighbour)) {
                    part.push(neighbour);
                }
                found |= self.bone.contains(at(neighbour));
            }
            found |= part.len() > fewest;
        }
        if found {
            for voxel in part {
                self.bone.insert(at(voxel));
            }
        }
        found
    }
}

fn is_dense(volume: &Volume, [i, j, k]: [usize; 3]) -> bool {
    let hu = volume.at(i as isize, j as isize, k as isize);
    hu.is_some_and(|hu| hu >= BONE_HU)
}

fn index(volume: &Volume, [i, j, k]: [usize; 3]) -> usize {
    let geometry = &volume.geometry;
    (k * geometry.rows + j) * geometry.columns + i
}

/// A set of voxels, a bit for each up to the last.
#[derive(Default)]
struct Voxels(Vec<u64>);

impl Voxels {
    /// Whether it was not in the set before.
    fn insert(&mut self, at: usize) -> bool {
        if at / 64 >= self.0.len() {
            self.0.resize(at / 64 + 1, 0);
        }
        let Some(word) = self.0.get_mut(at / 64) else { return false };
        let before = *word;
        *word |= 1 << (at % 64);
        *word != before
    }

    fn contains(&self, at: usize) -> bool {
        self.0.get(at / 64).is_some_and(|word| word >> (at % 64) & 1 == 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;
    use volume::{Affine, Geometry};

    /// Voxels of 10 mm: a skeleton has more than 20.
    fn volume(dense: &[[usize; 3]]) -> Volume {
        let geometry = Geometry {
            columns: 8,
            rows: 8,
            slices: 4,
            affine: Some(Affine {
                step: [DVec3::X, DVec3::Y, DVec3::Z].map(|axis| axis * 10.0),
                origin: DVec3::ZERO,
            }),
            positions_mm: vec![],
            origins: vec![],
        };
        let mut volume = Volume::new(geometry).unwrap();
        for k in 0..4 {
            let mut slice = vec![0; 64];
            for &[i, j, _] in dense.iter().filter(|voxel| voxel[2] == k) {
                slice[j * 8 + i] = 300;
            }
            assert!(volume.take(k, slice));
        }
        volume
    }

    #[test]
    fn what_hangs_together_with_more_than_a_stone_is_bone() {
        let block = |size: usize| (0..size).map(|n| [n % 8, n / 8, 1]);
        let stone = [[7, 7, 3], [6, 7, 3]];
        for (size, bone) in [(20, false), (21, true), (32, true)] {
            let dense: Vec<[usize; 3]> = block(size).chain(stone).collect();
            let volume = volume(&dense);
            let mut of = Bone::of(&volume);
            // Asked from either end, and again, the answer is the same.
            for voxel in [dense[0], dense[size - 1], dense[0]] {
                assert_eq!(of.touches(&volume, &[voxel]), bone, "{size} from {voxel:?}");
            }
            assert_eq!(of.touches(&volume, &[[0, 7, 3], dense[size / 2]]), bone);
            assert!(!of.touches(&volume, &stone));
            assert!(!of.touches(&volume, &[[0, 7, 3]]), "soft tissue");
        }
    }
}
