//! Where along the urinary tract a stone lies, as far as bones and fluid around it tell.
//!
//! Coll 2002: the proximal ureter is above the sacroiliac joint, the mid ureter over it, the distal ureter below it. Iliac
//! bone on both sides is the pelvis; where it comes close to the sacrum is the height of the joint, above which its wings reach
//! higher. Above the pelvis bones don't tell kidney and proximal ureter apart, nor below the joint ureter and bladder: the network
//! that knows the urinary tract does, if it is sure.

use crate::findings::Level;
use crate::input::Crop;
use crate::spots::spots;
use crate::tract::OnTract;
use glam::DVec3;
use volume::{Geometry, Patient, Volume, Voxel};

/// HU from which on a voxel is bone here.
const BONE_HU: i16 = 160;
/// Spine lies within this distance (mm) of the midline; iliac bone and hips between it and the other.
const CENTRAL_MM: f64 = 38.0;
const LATERAL_MM: f64 = 150.0;
/// Area (mm²) of the largest bone in a slice on either side in the pelvis: more than a rib has, or the edge of a table.
const ILIAC_MM2: f64 = 330.0;
/// The sacroiliac joint: bone on both sides of a gap of at most so much, at these distances from the midline, in rows
/// behind the stone that are together so high, and from there bone to the middle without a larger gap than the sacrum's
/// own. Below it the gap is the greater sciatic notch, of centimetres; marrow and the hip make narrow ones, too, and before
/// the stone pubic bones do.
const JOINT_GAP_MM: f64 = 8.0;
const SACRUM_MM: f64 = 10.0;
const SACRUM_GAP_MM: f64 = 20.0;
const JOINT_FROM_MM: [f64; 2] = [20.0, 65.0];
const JOINT_MM: f64 = 10.0;
/// The iliac wings reach so far (mm) above the joint, which is looked for in steps: it is higher than two of them.
const WINGS_MM: f64 = 80.0;
const STEP_MM: f64 = 4.0;
/// The shell (mm) around a stone that is fluid in the bladder, its HU, and how much of it.
const SHELL_MM: [f64; 2] = [5.0, 11.0];
const FLUID_HU: [i16; 2] = [-15, 28];
const FLUID_SHARE: f64 = 0.7;

/// The organ of a stone above the pelvis is told from this score on.
const SURE: f32 = 0.5;
/// What is on the ureter is in the kidney all the same where the network is as sure as that of the kidney.
const WITHIN: f32 = 0.9;
/// The last of the ureter is where the network sees so much of the bladder beside it; further up it sees none.
const BESIDE: f32 = 0.05;
/// The renal pelvis begins so far (mm) from the middle of the kidney towards the middle of the body.
const PELVIS_MM: f32 = 8.0;

/// Level of a stone at a place; `midline` is the x of the body's middle there.
pub fn level(volume: &Volume, centre: DVec3, midline: f64) -> Option<Level> {
    let bones = Bones::around(volume, centre, midline)?;
    if [1.0, -1.0].into_iter().any(|side| bones.largest_mm2(side) < ILIAC_MM2) {
        return None;
    }
    if bones.joint_mm() >= JOINT_MM {
        return Some(Level::MidUreter);
    }
    if is_above_joint(volume, centre, midline) {
        return Some(Level::ProximalUreter);
    }
    let in_fluid = fluid_share(volume, centre).is_some_and(|share| share >= FLUID_SHARE);
    Some(if in_fluid { Level::Bladder } else { Level::DistalUreter })
}

/// Whether the joint lies below a place in the pelvis that is not at its height.
fn is_above_joint(volume: &Volume, centre: DVec3, midline: f64) -> bool {
    let steps = (1..=(WINGS_MM / STEP_MM) as usize).map(|step| step as f64 * STEP_MM);
    let mut below = steps.map_while(|mm| Bones::around(volume, centre - DVec3::Z * mm, midline));
    below.any(|bones| bones.joint_mm() >= JOINT_MM)
}

/// What the tract's network makes of the level that bones tell.
pub(crate) fn by_tract(bones: Option<Level>, on: OnTract) -> Option<Level> {
    let sure = |score: f32| score >= SURE && score >= on.score();
    match bones {
        None if on.ureter >= SURE && on.kidney < WITHIN => Some(Level::ProximalUreter),
        // Bones that look like a pelvis may be ribs, or what lies dense in the bowel.
        None | Some(Level::ProximalUreter | Level::MidUreter | Level::DistalUreter)
            if sure(on.kidney) =>
        {
            Some(match on.medial_mm {
                Some(mm) if mm >= PELVIS_MM => Level::RenalPelvis,
                _ => Level::Kidney,
            })
        }
        Some(Level::MidUreter | Level::DistalUreter) if on.bladder >= SURE => {
            Some(if on.ureter >= SURE { Level::Ureterovesical } else { Level::Bladder })
        }
        Some(Level::DistalUreter) if on.ureter >= SURE && on.bladder >= BESIDE => {
            Some(Level::Ureterovesical)
        }
        told => told,
    }
}

/// Bone in the slice of a place.
struct Bones<'a> {
    geometry: &'a Geometry,
    slice: &'a [i16],
    k: f64,
    /// Of the place, but in the middle of the body.
    from: DVec3,
    /// Of a pixel: millimetres from a column to the next, and from a row.
    pixel_mm: [f64; 2],
}

impl<'a> Bones<'a> {
    /// `None` where there is no slice.
    fn around(volume: &'a Volume, centre: DVec3, midline: f64) -> Option<Self> {
        let geometry = &volume.geometry;
        let [across, down, _] = geometry.affine?.spacing_mm();
        let k = geometry.voxel(Patient(centre))?.0.z.round();
        (0.0..geometry.slices as f64).contains(&k).then(|| Self {
            geometry,
            slice: volume.slice(k as usize),
            k,
            from: DVec3::new(midline, centre.y, centre.z),
            pixel_mm: [across, down],
        })
    }

    /// Of a pixel.
    fn offset_mm(&self, i: usize, j: usize) -> DVec3 {
        let place = self.geometry.patient(Voxel(DVec3::new(i as f64, j as f64, self.k)));
        place.map_or(DVec3::NAN, |place| place.0 - self.from)
    }

    /// Area of the largest on a side.
    fn largest_mm2(&self, side: f64) -> f64 {
        let Geometry { columns, rows, .. } = *self.geometry;
        let lateral = |i: &usize| {
            (CENTRAL_MM..=LATERAL_MM).contains(&(side * self.offset_mm(*i, rows / 2).x))
        };
        let left = (0..columns).find(lateral).unwrap_or(columns);
        let width = (left..columns).take_while(lateral).count();
        let part = Crop { left, ..Crop::whole(width, rows) };
        let most = spots(self.slice, columns, part, BONE_HU).into_iter().max().unwrap_or(0);
        most as f64 * self.pixel_mm[0] * self.pixel_mm[1]
    }

    /// Height of the rows in which the iliac bone comes close to the sacrum, on the side where they are more.
    fn joint_mm(&self) -> f64 {
        let [across, down] = self.pixel_mm;
        let columns = self.geometry.columns.max(1);
        let is_behind = |j: usize| self.offset_mm(columns / 2, j).y > 0.0;
        let mut rows = [0.0; 2];
        for (j, line) in self.slice.chunks_exact(columns).enumerate().filter(|(j, _)| is_behind(*j))
        {
            let bone = line.iter().enumerate().filter(|(_, hu)| **hu >= BONE_HU);
            let xs: Vec<f64> = bone.map(|(i, _)| self.offset_mm(i, j).x).collect();
            for (side, rows) in [1.0, -1.0].into_iter().zip(&mut rows) {
                *rows += f64::from(is_joint(&xs, side, across));
            }
        }
        f64::max(rows[0], rows[1]) * down
    }
}

/// Whether bone of a row, whose places are in order, has a narrow gap where the joint of a side lies.
fn is_joint(xs: &[f64], side: f64, across: f64) -> bool {
    xs.windows(2).any(|pair| {
        let (gap, middle) = ((pair[1] - pair[0]).abs(), side * (pair[0] + pair[1]) / 2.0);
        gap > 1.5 * across
            && gap <= JOINT_GAP_MM
            && (JOINT_FROM_MM[0]..=JOINT_FROM_MM[1]).contains(&middle)
            && is_sacrum(xs, side, middle)
    })
}

/// Whether bone of a row goes on from a gap at `joint` (mm on a side) to the middle.
fn is_sacrum(xs: &[f64], side: f64, joint: f64) -> bool {
    let mut inward: Vec<f64> =
        xs.iter().map(|x| side * x).filter(|x| (0.0..joint).contains(x)).collect();
    inward.sort_by(|a, b| b.total_cmp(a));
    let mut reached = inward.first().copied().unwrap_or(joint);
    for x in inward {
        if reached - x > SACRUM_GAP_MM {
            break;
        }
        reached = x;
    }
    reached <= SACRUM_MM + SACRUM_GAP_MM
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_joint_is_where_ilium_and_sacrum_meet() {
        let bone = |stretches: &[[i32; 2]]| -> Vec<f64> {
            stretches.iter().flat_map(|&[from, to]| (from..=to).map(f64::from)).collect()
        };
        for (what, row, is) in [
            ("sacrum, joint, ilium", bone(&[[-20, 40], [45, 60]]), true),
            ("a sacrum with marrow in it", bone(&[[-20, -12], [6, 10], [28, 40], [45, 60]]), true),
            ("marrow of an ilium beside the notch", bone(&[[-15, 15], [50, 52], [57, 60]]), false),
            ("a wide gap", bone(&[[-20, 40], [50, 60]]), false),
            ("a joint that is too far out", bone(&[[-20, 70], [75, 90]]), false),
        ] {
            assert_eq!(is_joint(&row, 1.0, 1.0), is, "{what}");
            let mirrored: Vec<f64> = row.iter().rev().map(|x| -x).collect();
            assert_eq!(is_joint(&mirrored, -1.0, 1.0), is, "{what}, on the right");
        }
    }

    #[test]
    fn the_pelvis_has_a_part_above_its_joint() {
        // Pixels of 2 mm, slices of 5 mm from feet to head: ilium on both sides of 500 mm², and a sacrum that comes close to
        // it at the height of the joint only.
        let (columns, rows, slices) = (100, 60, 40);
        let origin = DVec3::new(-99.0, -60.0, 0.0);
        let step = [DVec3::X * 2.0, DVec3::Y * 2.0, DVec3::Z * 5.0];
        let geometry = Geometry {
            columns,
            rows,
            slices,
            affine: Some(volume::Affine { step, origin }),
            positions_mm: (0..slices).map(|k| 5.0 * k as f64).collect(),
            origins: (0..slices).map(|k| origin + step[2] * k as f64).collect(),
        };
        let mut volume = Volume::new(geometry).expect("small");
        for k in 0..slices {
            let reach = if (10..18).contains(&k) { 43.0 } else { 15.0 };
            let hu = |at: usize| {
                let (x, row) = ((2.0 * (at % columns) as f64 - 99.0).abs(), at / columns);
                let is_bone = (20..35).contains(&row) && (x < reach || (47.0..65.0).contains(&x));
                if is_bone { 400 } else { 40 }
            };
            volume.put(k, &(0..columns * rows).map(hu).collect::<Vec<i16>>());
        }
        let told = |k: usize| level(&volume, DVec3::new(20.0, -40.0, 5.0 * k as f64), 0.0);
        let cases = [
            ("below the joint", 5, Some(Level::DistalUreter)),
            ("over it", 14, Some(Level::MidUreter)),
            ("before the wings", 22, Some(Level::ProximalUreter)),
            ("so far above that it is no joint of theirs", 38, Some(Level::DistalUreter)),
        ];
        for (what, k, is) in cases {
            assert_eq!(told(k), is, "{what}");
        }
    }

    #[test]
    fn the_tract_tells_what_bones_do_not() {
        let on =
            |kidney, ureter, bladder, medial_mm| OnTract { kidney, ureter, bladder, medial_mm };
        let cases = [
            (None, on(1.0, 0.1, 0.0, Some(-9.0)), Some(Level::Kidney)),
            (None, on(1.0, 0.1, 0.0, Some(PELVIS_MM)), Some(Level::RenalPelvis)),
            (None, on(1.0, 0.9, 0.0, Some(15.0)), Some(Level::RenalPelvis)),
            (None, on(1.0, 0.1, 0.0, None), Some(Level::Kidney)),
            (None, on(0.8, 0.7, 0.0, Some(25.0)), Some(Level::ProximalUreter)),
            (None, on(0.0, 0.6, 0.0, Some(30.0)), Some(Level::ProximalUreter)),
            (None, on(0.4, 0.3, 0.1, Some(0.0)), None),
            (Some(Level::MidUreter), on(0.0, 0.8, 0.1, None), Some(Level::MidUreter)),
            (Some(Level::DistalUreter), on(0.9, 0.2, 0.0, Some(0.0)), Some(Level::Kidney)),
            (Some(Level::ProximalUreter), on(0.9, 0.2, 0.0, Some(0.0)), Some(Level::Kidney)),
            (
                Some(Level::ProximalUreter),
                on(0.2, 0.4, 0.0, Some(40.0)),
                Some(Level::ProximalUreter),
            ),
            (Some(Level::MidUreter), on(0.6, 0.8, 0.0, Some(20.0)), Some(Level::MidUreter)),
            (Some(Level::DistalUreter), on(0.0, 0.6, 0.9, None), Some(Level::Ureterovesical)),
            (Some(Level::DistalUreter), on(0.0, 0.9, BESIDE, None), Some(Level::Ureterovesical)),
            (Some(Level::DistalUreter), on(0.0, 0.9, 0.04, None), Some(Level::DistalUreter)),
            (Some(Level::DistalUreter), on(0.0, 0.4, 0.3, None), Some(Level::DistalUreter)),
            (Some(Level::DistalUreter), on(0.0, 0.1, 0.9, None), Some(Level::Bladder)),
            (Some(Level::Bladder), on(0.0, 0.1, 0.2, None), Some(Level::Bladder)),
        ];
        for (bones, on, told) in cases {
            assert_eq!(by_tract(bones, on), told, "{bones:?} {on:?}");
        }
    }
}
