//! Where along the urinary tract a stone lies, as far as bones and fluid around it tell.
//!
//! Coll 2002: the proximal ureter is above the sacroiliac joint, the mid ureter over it, the distal ureter below it. Iliac
//! bone on both sides beside a sacrum is the height of the joint; iliac bone or hips without a sacrum is below it. Above the
//! pelvis bones don't tell kidney and proximal ureter apart: the network that knows the urinary tract does, if it is sure.

use crate::findings::Level;
use crate::model::Organ;
use crate::tract::OnTract;
use glam::DVec3;
use volume::{Patient, Volume, Voxel};

/// HU from which on a voxel is bone here.
const BONE_HU: i16 = 160;
/// Sacrum and spine lie within this distance (mm) of the midline; iliac bone and hips between it and the other.
const CENTRAL_MM: f64 = 38.0;
const LATERAL_MM: f64 = 150.0;
/// Area (mm²) of bone in a slice: on either side in the pelvis, more than ribs have; in the middle of a sacrum.
const ILIAC_MM2: f64 = 450.0;
const SACRUM_MM2: f64 = 650.0;
/// The shell (mm) around a stone that is fluid in the bladder, its HU, and how much of it.
const SHELL_MM: [f64; 2] = [5.0, 11.0];
const FLUID_HU: [i16; 2] = [-15, 28];
const FLUID_SHARE: f64 = 0.7;

/// The organ of a stone above the pelvis is told from this score on.
const SURE: f32 = 0.5;

/// Level of a stone at a place; `midline` is the x of the body's middle there.
pub fn level(volume: &Volume, centre: DVec3, midline: f64) -> Option<Level> {
    let [left, right, middle] = bone_mm2(volume, centre, midline)?;
    if left.min(right) < ILIAC_MM2 {
        return None;
    }
    if middle >= SACRUM_MM2 {
        return Some(Level::MidUreter);
    }
    let in_fluid = fluid_share(volume, centre).is_some_and(|share| share >= FLUID_SHARE);
    Some(if in_fluid { Level::Bladder } else { Level::DistalUreter })
}

/// Level of a stone above the pelvis.
pub(crate) fn above_pelvis(on: OnTract) -> Option<Level> {
    match on.organ {
        _ if on.score < SURE => None,
        Organ::Kidney => Some(Level::Kidney),
        Organ::Ureter => Some(Level::ProximalUreter),
        Organ::Bladder => None,
    }
}

/// Bone in the slice of a place: left, right, and in the middle.
fn bone_mm2(volume: &Volume, centre: DVec3, midline: f64) -> Option<[f64; 3]> {
    let geometry = &volume.geometry;
    let [across, down, _] = geometry.affine?.spacing_mm();
    let k = geometry.voxel(Patient(centre))?.0.z.round().max(0.0);
    let mut areas = [0.0; 3];
    for (at, _) in volume.slice(k as usize).iter().enumerate().filter(|(_, hu)| **hu >= BONE_HU) {
        let voxel = DVec3::new((at % geometry.columns) as f64, (at / geometry.columns) as f64, k);
        let x = geometry.patient(Voxel(voxel))?.0.x - midline;
        let part = match x {
            x if x.abs() < CENTRAL_MM => 2,
            x if x > 0.0 && x < LATERAL_MM => 0,
            x if x < 0.0 && x > -LATERAL_MM => 1,
            _ => continue,
        };
        areas[part] += across * down;
    }
    Some(areas)
}

/// Share of the voxels of the shell around a place that are fluid.
fn fluid_share(volume: &Volume, centre: DVec3) -> Option<f64> {
    let geometry = &volume.geometry;
    let spacing = geometry.affine?.spacing_mm();
    let middle = geometry.voxel(Patient(centre))?.0.round();
    let reach = spacing.map(|mm| libm::ceil(SHELL_MM[1] / mm.max(0.1)) as isize);
    let (mut fluid, mut all) = (0.0, 0.0);
    for dk in -reach[2]..=reach[2] {
        for dj in -reach[1]..=reach[1] {
            for di in -reach[0]..=reach[0] {
                let step = DVec3::new(di as f64, dj as f64, dk as f64);
                let mm = (step * DVec3::from(spacing)).length();
                let at = middle + step;
                let hu = volume.at(at.x as isize, at.y as isize, at.z as isize);
                if let (true, Some(hu)) = ((SHELL_MM[0]..=SHELL_MM[1]).contains(&mm), hu) {
                    all += 1.0;
                    fluid += f64::from((FLUID_HU[0]..=FLUID_HU[1]).contains(&hu));
                }
            }
        }
    }
    (all > 0.0).then(|| fluid / all)
}
