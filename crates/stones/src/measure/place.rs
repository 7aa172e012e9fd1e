//! Where a stone lies in the patient: side and distance to the skin, from the affine alone.

use crate::findings::Side;
use glam::DVec3;
use volume::{Geometry, Patient, Volume, Voxel};

/// HU above which a voxel is body, not air.
const BODY_HU: i16 = -300;
/// Half-width of the band around the body's midline in which no side is named.
const MIDLINE_MM: f64 = 10.0;
/// The midline is that of the body within this distance (mm) above and below the stone.
const NEAR_MM: f64 = 20.0;
/// A voxel in so many millimetres, along rows and columns, is enough to find the midline.
const STRIDE_MM: f64 = 4.5;
/// A ray has left the body after this much air (mm); gas in the bowel is shorter.
const OUTSIDE_MM: f64 = 30.0;

/// The patient's side (+x is left) by the distance (mm) from the middle of the body.
pub fn side(offset: f64) -> Side {
    match offset {
        x if x > MIDLINE_MM => Side::Left,
        x if x < -MIDLINE_MM => Side::Right,
        _ => Side::Midline,
    }
}

/// Mean patient x (mm) of the body's voxels near height `z`.
pub fn midline(volume: &Volume, z: f64) -> Option<f64> {
    let g = &volume.geometry;
    let spacing = g.affine?.spacing_mm();
    let stride = |axis: usize| ((STRIDE_MM / spacing[axis].max(0.01)) as usize).max(1);
    let (mut sum, mut count) = (0.0, 0.0);
    for k in (0..g.slices).filter(|&k| reaches(g, k, z)) {
        for j in (0..g.rows).step_by(stride(1)) {
            for i in (0..g.columns).step_by(stride(0)) {
                let place = g.patient(Voxel(DVec3::new(i as f64, j as f64, k as f64)))?.0;
                let hu = volume.at(i as isize, j as isize, k as isize)?;
                if hu > BODY_HU && (place.z - z).abs() <= NEAR_MM {
                    sum += place.x;
                    count += 1.0;
                }
            }
        }
    }
    (count > 0.0).then(|| sum / count)
}

/// Whether a slice has any voxel near height `z`.
fn reaches(geometry: &Geometry, k: usize, z: f64) -> bool {
    let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| {
        let (i, j) = (i * (geometry.columns - 1), j * (geometry.rows - 1));
        let voxel = Voxel(DVec3::new(i as f64, j as f64, k as f64));
        geometry.patient(voxel).map_or(f64::NAN, |p| p.0.z - z)
    });
    corners.iter().any(|d| *d <= NEAR_MM) && corners.iter().any(|d| *d >= -NEAR_MM)
}

/// Skin-to-stone distance in mm: the mean of straight back, straight to the stone's side, and between.
pub fn skin_distance(volume: &Volume, centre: DVec3, side: Option<Side>) -> Option<f64> {
    let lateral = match side? {
        Side::Left => DVec3::X,
        Side::Right => -DVec3::X,
        Side::Midline => return None,
    };
    let rays = [DVec3::Y, (DVec3::Y + lateral).normalize_or_zero(), lateral];
    let distances = rays.map(|ray| leaves_body(volume, centre, ray));
    Some(distances.into_iter().collect::<Option<Vec<f64>>>()?.into_iter().sum::<f64>() / 3.0)
}

/// Distance (mm) at which a ray leaves the body; `None` if the scan's edge cuts the body off before.
fn leaves_body(volume: &Volume, from: DVec3, ray: DVec3) -> Option<f64> {
    let mut last_inside: f64 = 0.0;
    let mut at: f64 = 0.0;
    while at - last_inside < OUTSIDE_MM {
        at += 1.0;
        let v = volume.geometry.voxel(Patient(from + ray * at))?.0.round();
        match volume.at(v.x as isize, v.y as isize, v.z as isize) {
            Some(hu) if hu > BODY_HU => last_inside = at,
            Some(_) => {}
            None => return (at - last_inside > 2.0).then_some(last_inside),
        }
    }
    Some(last_inside)
}
