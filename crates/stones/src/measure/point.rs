//! What lies at a point that a person chose: the mask that a network would have given.

use super::patch::Patch;
use super::region::{Region, SEED_HU};
use crate::candidates::Candidate;
use crate::findings::Bounds;
use glam::DVec3;
use volume::{Patient, Volume};

/// The brightest voxel within this distance is meant.
const NEAR_MM: f64 = 4.0;

/// The mask around a point (patient LPS mm); `None` where nothing there is as dense as a stone.
pub fn point(volume: &Volume, at: DVec3) -> Option<Candidate> {
    let voxel = volume.geometry.voxel(Patient(at))?.0.round();
    let size = [volume.geometry.columns, volume.geometry.rows, volume.geometry.slices];
    if (0..3).any(|a| !(0.0..size[a] as f64).contains(&voxel[a])) {
        return None;
    }
    let voxel = [voxel.x as usize, voxel.y as usize, voxel.z as usize];
    // As far again as is looked around it: no stone that is not a staghorn reaches further.
    let patch = Patch::around(volume, Bounds { min: voxel, max: voxel })?;
    let light = patch.light();
    let near = |&index: &usize| {
        let place = DVec3::from(patch.place(index).map(|x| x as f64));
        patch.patient(place).distance(at) <= NEAR_MM && light[index] >= SEED_HU
    };
    let near: Vec<usize> = (0..light.len()).filter(near).collect();
    let peak = near.into_iter().max_by(|&a, &b| light[a].total_cmp(&light[b]))?;
    let seed = Region::seed(&patch, &light, &[peak], &vec![false; light.len()]);
    let of_volume = |&index: &usize| {
        let place = patch.place(index);
        [0, 1, 2].map(|axis| place[axis] + patch.min[axis])
    };
    Some(Candidate { voxels: seed.voxels.iter().map(of_volume).collect(), probability: 1.0 })
}
