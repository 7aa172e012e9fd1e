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
/// What a scanner writes outside its field of view is less than air.
const UNSEEN_HU: i16 = -1500;
/// Height (mm) of the body's cut at one side beyond that at the other from which on its middle is not told: of a body 300 mm
/// wide and 200 deep 20 mm are lost then, which move the mean by 4.
const ONE_SIDED_MM: f64 = 100.0;
/// An image narrower than a body, and cut at both sides, has no middle either.
const BOTH_SIDES_MM: f64 = 25.0;
const WHOLE_MM: f64 = 320.0;
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

/// Mean patient x (mm) of the body near height `z`. `None` where an image shows more of one side of it than of the other,
/// as that of a single kidney does: what is in the middle of the image is not in the middle of the body then.
pub fn midline(volume: &Volume, z: f64) -> Option<f64> {
    let g = &volume.geometry;
    let affine = g.affine?;
    let spacing = affine.spacing_mm();
    let across = affine.step.map(|step| step.x.abs() / step.length().max(1e-9));
    let is_sagittal = across[2] > across[0].max(across[1]);
    let axis = usize::from(across[1] > across[0]);
    let stride = [0, 1].map(|axis| ((STRIDE_MM / spacing[axis].max(0.01)) as usize).max(1));
    let (mut sum, mut count, mut slices) = (0.0, 0usize, 0usize);
    // How high the body's cut is at either side.
    let mut cut = [0.0, 0.0];
    for k in (0..g.slices).filter(|&k| reaches(g, k, z)) {
        let mut body = Body::of(volume, k, z, stride)?;
        if !is_sagittal {
            body.keep_largest();
            let cells = body.cut_off(axis, volume, k, stride);
            let mm = stride[1 - axis] as f64 * spacing[1 - axis];
            cut = [0, 1].map(|end| cut[end] + cells[end] as f64 * mm);
        } else {
            let cell = [0, 1].map(|axis| stride[axis] as f64 * spacing[axis]);
            let mm = body.cells().count() as f64 * cell[0] * cell[1] / (2.0 * NEAR_MM);
            cut[0] += if k == 0 { mm } else { 0.0 };
            cut[1] += if k + 1 == g.slices { mm } else { 0.0 };
        }
        for [i, j] in body.cells() {
            let voxel = [i * stride[0], j * stride[1], k].map(|at| at as f64);
            sum += g.patient(Voxel(DVec3::from(voxel)))?.0.x;
            count += 1;
        }
        slices += 1;
    }
    let cut = cut.map(|mm| mm / if is_sagittal { 1.0 } else { slices.max(1) as f64 });
    let extent = [g.columns as f64 * spacing[0], g.rows as f64 * spacing[1]];
    let field =
        if is_sagittal { g.slices as f64 * affine.slice_distance_mm() } else { extent[axis] };
    let one_sided = (cut[0] - cut[1]).abs() > ONE_SIDED_MM;
    let narrow = cut[0].min(cut[1]) > BOTH_SIDES_MM && field < WHOLE_MM;
    (count > 0 && !one_sided && !narrow).then(|| sum / count as f64)
}

/// What of a slice is body near a height, in cells.
struct Body {
    columns: usize,
    inside: Vec<bool>,
}

impl Body {
    fn of(volume: &Volume, k: usize, z: f64, stride: [usize; 2]) -> Option<Self> {
        let g = &volume.geometry;
        let columns = g.columns.div_ceil(stride[0]);
        let mut inside = Vec::with_capacity(columns * g.rows.div_ceil(stride[1]));
        for j in (0..g.rows).step_by(stride[1]) {
            for i in (0..g.columns).step_by(stride[0]) {
                let place = g.patient(Voxel(DVec3::new(i as f64, j as f64, k as f64)))?.0;
                let hu = volume.at(i as isize, j as isize, k as isize)?;
                inside.push(hu > BODY_HU && (place.z - z).abs() <= NEAR_MM);
            }
        }
        Some(Self { columns, inside })
    }

    fn cells(&self) -> impl Iterator<Item = [usize; 2]> {
        let inside = self.inside.iter().enumerate().filter(|(_, inside)| **inside);
        inside.map(|(at, _)| [at % self.columns, at / self.columns])
    }

    /// Arms and the table lie beside it.
    fn keep_largest(&mut self) {
        let mut open = std::mem::take(&mut self.inside);
        let mut largest = Vec::new();
        for start in 0..open.len() {
            if !std::mem::take(&mut open[start]) {
                continue;
            }
            let mut part = vec![start];
            let mut next = 0;
            while let Some(&at) = part.get(next) {
                next += 1;
                let column = at % self.columns;
                let beside = [
                    (column > 0).then(|| at - 1),
                    (column + 1 < self.columns).then(|| at + 1),
                    at.checked_sub(self.columns),
                    Some(at + self.columns).filter(|at| *at < open.len()),
                ];
                for neighbour in beside.into_iter().flatten() {
                    if std::mem::take(&mut open[neighbour]) {
                        part.push(neighbour);
                    }
                }
            }
            if part.len() > largest.len() {
                largest = part;
            }
        }
        largest.into_iter().for_each(|at| open[at] = true);
        self.inside = open;
    }

    /// How many of its cells have the edge of the image, or of what the scanner saw, before them and behind them along an axis.
    fn cut_off(&self, axis: usize, volume: &Volume, k: usize, stride: [usize; 2]) -> [usize; 2] {
        let unseen = |[i, j]: [isize; 2]| {
            let hu = volume.at(i, j, k as isize);
            hu.is_none_or(|hu| hu < UNSEEN_HU)
        };
        let beside = |cell: [usize; 2], step: isize| {
            let mut at = [0, 1].map(|n| (cell[n] * stride[n]) as isize);
            at[axis] += step * stride[axis] as isize;
            unseen(at)
        };
        [-1, 1].map(|step| self.cells().filter(|cell| beside(*cell, step)).count())
    }
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
