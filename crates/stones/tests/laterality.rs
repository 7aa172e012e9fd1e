//! The side of a stone, however its images lie: in every orientation and at every place it is the patient's.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "physics/mod.rs"]
mod physics;

use glam::{DMat3, DVec3};
use physics::Random;
use stones::findings::Side;
use stones::measure::measure;
use stones::{Acquisition, Candidate};
use volume::{Affine, Geometry, Patient, Volume, Voxel};

const CASES: usize = 3_200;
const VOXEL_MM: f64 = 11.0;
const BODY_MM: DVec3 = DVec3::new(150.0, 100.0, 1e9);
/// A stone nearer to the middle may be said to be in it.
const OFF_MIDDLE_MM: f64 = 24.0;

/// One of the 24 ways that axes can lie, turned a little further: axial, coronal or sagittal, head or feet first,
/// supine, prone or on a side, oblique.
fn orientation(random: &mut Random) -> DMat3 {
    let axes = [DVec3::X, DVec3::Y, DVec3::Z];
    let first = random.pick([0.0, 1.0, 2.0]) as usize;
    let second = (first + random.pick([1.0, 2.0]) as usize) % 3;
    let row = axes[first] * random.pick([-1.0, 1.0]);
    let column = axes[second] * random.pick([-1.0, 1.0]);
    let turn = DVec3::from(std::array::from_fn(|_| random.normal())).normalize();
    let oblique = DMat3::from_axis_angle(turn, random.uniform(-0.3, 0.3));
    oblique * DMat3::from_cols(row, column, row.cross(column))
}

#[test]
fn no_stone_is_on_the_wrong_side() {
    let mut random = Random(2026);
    let mut sides = [0; 2];
    for case in 0..CASES {
        let frame = orientation(&mut random);
        // The body lies anywhere in the scanner.
        let middle = DVec3::from(std::array::from_fn(|_| random.uniform(-80.0, 80.0)));
        let size = [30usize, 30, 30];
        let half = DVec3::splat(14.5 * VOXEL_MM);
        let step = [frame.x_axis, frame.y_axis, frame.z_axis].map(|axis| axis * VOXEL_MM);
        let origin = middle - frame * half;
        let affine = Affine { step, origin };
        let positions_mm: Vec<f64> = (0..size[2]).map(|k| k as f64 * VOXEL_MM).collect();
        let origins = (0..size[2]).map(|k| origin + step[2] * k as f64).collect();
        let geometry = Geometry {
            columns: size[0],
            rows: size[1],
            slices: size[2],
            affine: Some(affine),
            positions_mm,
            origins,
        };
        let mut volume = Volume::new(geometry).unwrap();
        let left = case % 2 == 0;
        let across = random.uniform(OFF_MIDDLE_MM, 110.0) * if left { 1.0 } else { -1.0 };
        let place =
            middle + DVec3::new(across, random.uniform(-50.0, 50.0), random.uniform(-40.0, 40.0));
        let at = volume.geometry.voxel(Patient(place)).unwrap().0.round();
        let stone = [at.x as usize, at.y as usize, at.z as usize];
        for k in 0..size[2] {
            let mut hu = vec![-1000i16; size[0] * size[1]];
            for (n, hu) in hu.iter_mut().enumerate() {
                let voxel = DVec3::new((n % size[0]) as f64, (n / size[0]) as f64, k as f64);
                let from = (affine.patient(Voxel(voxel)).0 - middle) / BODY_MM;
                if from.length_squared() <= 1.0 {
                    *hu = 40;
                }
                if [n % size[0], n / size[0], k] == stone {
                    *hu = 900;
                }
            }
            volume.put(k, &hu);
        }
        let mask = Candidate { voxels: vec![stone], probability: 1.0 };
        let side = measure(&volume, &mask, &[], &Acquisition::default()).side;
        // What is said may be nothing; it may not be wrong.
        let right = if left { Side::Left } else { Side::Right };
        assert!(side.is_some_and(|side| side == right), "case {case}: {side:?}, x {across:+.0} mm");
        sides[usize::from(left)] += 1;
    }
    assert!(sides.iter().all(|&n| n >= 1_500), "{sides:?}");
}

/// An image of a body of which an ellipse of 150 by 100 mm is seen, and what else there may be.
struct Seen {
    /// From where to where the image reaches (mm, +x is the patient's left).
    field: [f64; 2],
    half_width: f64,
    /// Middle and radius of an arm beside the body.
    arm: Option<[f64; 2]>,
    /// The scanner saw a circle as wide as the field.
    round: bool,
    sagittal: bool,
}

const SEEN: Seen =
    Seen { field: [-250.0, 250.0], half_width: 150.0, arm: None, round: false, sagittal: false };

impl Seen {
    /// What is said of a stone at `x`.
    fn side(&self, x: f64) -> Option<Side> {
        const MM: f64 = 5.0;
        let [from, to] = self.field;
        let across = ((to - from) / MM) as usize + 1;
        let (slices, size) = if self.sagittal { (across, [61, 13]) } else { (13, [across, 61]) };
        let (y, z) = (-150.0, -30.0);
        let origin = DVec3::new(from, y, z);
        let axes = match self.sagittal {
            true => [DVec3::Y, DVec3::Z, DVec3::X],
            false => [DVec3::X, DVec3::Y, DVec3::Z],
        };
        let step = axes.map(|axis| axis * MM);
        let geometry = Geometry {
            columns: size[0],
            rows: size[1],
            slices,
            affine: Some(Affine { step, origin }),
            positions_mm: (0..slices).map(|k| k as f64 * MM).collect(),
            origins: (0..slices).map(|k| origin + step[2] * k as f64).collect(),
        };
        let mut volume = Volume::new(geometry.clone()).unwrap();
        let at = geometry.voxel(Patient(DVec3::new(x, 0.0, 0.0))).unwrap().0.round();
        let stone = [at.x as usize, at.y as usize, at.z as usize];
        let middle = (from + to) / 2.0;
        for k in 0..slices {
            let hu = |n: usize| {
                let voxel = [n % size[0], n / size[0], k];
                let place =
                    geometry.patient(Voxel(DVec3::from(voxel.map(|at| at as f64)))).unwrap().0;
                let is_body = (place.x / self.half_width).hypot(place.y / 100.0) <= 1.0;
                let is_arm =
                    self.arm.is_some_and(|[x, radius]| (place.x - x).hypot(place.y) <= radius);
                let is_seen = !self.round || (place.x - middle).hypot(place.y) <= (to - from) / 2.0;
                match () {
                    () if voxel == stone => 900,
                    () if !is_seen => -2000,
                    () if is_body || is_arm => 40,
                    () => -1000,
                }
            };
            volume.put(k, &(0..size[0] * size[1]).map(hu).collect::<Vec<i16>>());
        }
        let mask = Candidate { voxels: vec![stone], probability: 1.0 };
        measure(&volume, &mask, &[], &Acquisition::default()).side
    }
}

#[test]
fn of_a_body_that_is_not_seen_whole_no_side_is_named() {
    let left = Some(Side::Left);
    for (what, seen, x, side) in [
        ("all of it", SEEN, 40.0, left),
        ("one kidney", Seen { field: [0.0, 200.0], ..SEEN }, 40.0, None),
        (
            "one kidney, in a round field",
            Seen { field: [-20.0, 180.0], round: true, ..SEEN },
            40.0,
            None,
        ),
        ("its middle, a little to the left", Seen { field: [-70.0, 130.0], ..SEEN }, 20.0, None),
        ("more than fits", Seen { half_width: 270.0, ..SEEN }, 40.0, left),
        ("an arm", Seen { arm: Some([205.0, 45.0]), ..SEEN }, 30.0, left),
        ("half an arm", Seen { arm: Some([240.0, 45.0]), ..SEEN }, 5.0, Some(Side::Midline)),
        ("sagittal, all", Seen { sagittal: true, ..SEEN }, 40.0, left),
        (
            "more than fits, and off the middle",
            Seen { field: [-210.0, 190.0], half_width: 230.0, ..SEEN },
            40.0,
            left,
        ),
        ("sagittal, a half", Seen { sagittal: true, field: [-200.0, 45.0], ..SEEN }, 40.0, None),
        ("sagittal, a part", Seen { sagittal: true, field: [10.0, 110.0], ..SEEN }, 35.0, None),
    ] {
        assert_eq!(seen.side(x), side, "{what}");
    }
}
