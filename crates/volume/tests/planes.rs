//! Planes over acquisitions of every kind, against a field that is known everywhere in the patient: HU that
//! rise linearly with position, which linear interpolation must give back exactly.
#![expect(clippy::unwrap_used, reason = "a test")]

use glam::DVec3;
use volume::{Affine, Geometry, Grid, Patient, Plane, Sampled, Volume, Voxel};

/// A series in the making: directions of columns and rows, spacings, slice positions, tilt.
struct Case {
    name: &'static str,
    row: DVec3,
    column: DVec3,
    pixel_mm: [f64; 2],
    positions_mm: &'static [f64],
    /// In-plane drift of the slices along the column direction, per mm of travel.
    shear: f64,
    /// Letters of the axial, coronal and sagittal view: left, right, top, bottom.
    letters: [&'static str; 3],
}

const EVEN: &[f64] = &[0.0, 2.5, 5.0, 7.5, 10.0, 12.5, 15.0, 17.5];
const ONE_MISSING: &[f64] = &[0.0, 2.5, 5.0, 10.0, 12.5, 15.0, 17.5];
const STANDARD: [&str; 3] = ["RLAP", "RLHF", "APHF"];

fn cases() -> Vec<Case> {
    let case = |name, row, column, pixel_mm, positions_mm, shear, letters| Case {
        name,
        row,
        column,
        pixel_mm,
        positions_mm,
        shear,
        letters,
    };
    let square = [0.8, 0.8];
    let tilted_column = DVec3::new(0.0, libm::cos(0.3), libm::sin(0.3));
    vec![
        case("axial", DVec3::X, DVec3::Y, square, EVEN, 0.0, STANDARD),
        case("axial, pixels not square", DVec3::X, DVec3::Y, [0.7, 1.1], EVEN, 0.0, STANDARD),
        case("prone, feet first", -DVec3::X, -DVec3::Y, square, EVEN, 0.0, STANDARD),
        case("sagittal", DVec3::Y, -DVec3::Z, square, EVEN, 0.0, STANDARD),
        case("coronal", DVec3::X, -DVec3::Z, square, EVEN, 0.0, STANDARD),
        case("slice missing", DVec3::X, DVec3::Y, square, ONE_MISSING, 0.0, STANDARD),
        case("gantry tilt", DVec3::X, DVec3::Y, square, EVEN, 0.3, STANDARD),
        case(
            "tilted plane",
            DVec3::X,
            tilted_column,
            square,
            EVEN,
            0.0,
            ["RL[AF][PH]", "RL[HA][FP]", "[AF][PH][HA][FP]"],
        ),
    ]
}

fn series(case: &Case) -> Volume {
    let normal = case.row.cross(case.column);
    let origins: Vec<DVec3> = case
        .positions_mm
        .iter()
        .map(|&p| DVec3::new(-9.0, 4.0, 30.0) + normal * p + case.column * (p * case.shear))
        .collect();
    let n = origins.len();
    let step = (origins[n - 1] - origins[0]).normalize() * (origins[1] - origins[0]).length();
    let affine = Affine {
        step: [case.row * case.pixel_mm[0], case.column * case.pixel_mm[1], step],
        origin: origins[0],
    };
    let positions_mm = case.positions_mm.to_vec();
    let geometry =
        Geometry { columns: 24, rows: 20, slices: n, affine: Some(affine), positions_mm, origins };
    let mut volume = Volume::new(geometry.clone()).unwrap();
    for k in 0..n {
        let hu: Vec<i16> = (0..20 * 24)
            .map(|at| {
                let voxel = Voxel(DVec3::new((at % 24) as f64, (at / 24) as f64, k as f64));
                field(geometry.patient(voxel).unwrap()) as i16
            })
            .collect();
        assert!(volume.put(k, &hu));
    }
    volume
}

/// HU at a place in the patient.
fn field(place: Patient) -> f64 {
    (place.0.dot(DVec3::new(11.0, -7.0, 5.0)) + 100.0).round_ties_even()
}

#[test]
fn every_pixel_shows_the_hu_of_its_place() {
    for case in cases() {
        let volume = series(&case);
        let mut compared = 0;
        for plane in Plane::ALL {
            let grid = Grid::new(&volume.geometry, plane).unwrap();
            let mut sampled = Sampled::default();
            for index in 0..grid.count {
                sampled.cut(&volume, &grid, index);
                for (at, &hu) in sampled.hu.iter().enumerate() {
                    let (u, v) = ((at % grid.width) as f64, (at / grid.width) as f64);
                    let voxel = grid.voxel(u, v, index as f64).0;
                    let size = DVec3::new(23.0, 19.0, (volume.geometry.slices - 1) as f64);
                    if voxel.cmplt(DVec3::ZERO).any() || voxel.cmpgt(size).any() {
                        continue;
                    }
                    let place = grid.patient(u, v, index as f64).unwrap();
                    let off = (f64::from(hu) - field(place)).abs();
                    assert!(
                        off <= 1.5,
                        "{}, {plane:?} {index} at ({u}, {v}): off by {off} HU",
                        case.name
                    );
                    compared += 1;
                }
            }
        }
        assert!(compared > 6_000, "{}: only {compared} pixels compared", case.name);
    }
}

#[test]
fn pixel_and_voxel_are_inverse_and_pixels_are_as_far_apart_as_they_say() {
    for case in cases() {
        let volume = series(&case);
        for plane in Plane::ALL {
            let grid = Grid::new(&volume.geometry, plane).unwrap();
            let (u, v, s) = (7.25, 3.5, 2.0);
            let back = grid.pixel(grid.voxel(u, v, s));
            for (a, b) in back.into_iter().zip([u, v, s]) {
                assert!((a - b).abs() < 1e-9, "{}, {plane:?}: {back:?}", case.name);
            }
            let distance = |du: f64, dv: f64| {
                let place = |u, v| grid.patient(u, v, s).unwrap().0;
                (place(u + du, v + dv) - place(u, v)).length()
            };
            assert!(
                (distance(1.0, 0.0) - grid.pixel_mm[0]).abs() < 1e-9,
                "{}, {plane:?}",
                case.name
            );
            assert!(
                (distance(0.0, 1.0) - grid.pixel_mm[1]).abs() < 1e-9,
                "{}, {plane:?}",
                case.name
            );
        }
    }
}

#[test]
fn letters_follow_the_affine() {
    for case in cases() {
        let volume = series(&case);
        for (plane, expected) in Plane::ALL.into_iter().zip(case.letters) {
            let l = Grid::new(&volume.geometry, plane).unwrap().letters;
            let found: String = [l.left, l.right, l.top, l.bottom].map(bracketed).concat();
            assert_eq!(found, expected, "{}, {plane:?}", case.name);
        }
    }
}

/// Compound letters in brackets, so that a word of them stays readable.
fn bracketed(letters: String) -> String {
    if letters.len() > 1 { format!("[{letters}]") } else { letters }
}

#[test]
fn only_the_missing_slice_is_hatched() {
    for case in cases() {
        let volume = series(&case);
        let grid = Grid::new(&volume.geometry, Plane::Coronal).unwrap();
        let mut sampled = Sampled::default();
        sampled.cut(&volume, &grid, 5);
        let rows: Vec<usize> = (0..grid.height)
            .filter(|&v| sampled.hatch.get(v * grid.width).copied().unwrap_or(false))
            .collect();
        // Eight places 2.5 mm apart, head first; the one at 7.5 mm has no slice.
        let expected: &[usize] = if case.name == "slice missing" { &[4] } else { &[] };
        assert_eq!(rows, expected, "{}", case.name);
    }
}

#[test]
fn axial_runs_from_head_to_feet() {
    let volume = series(&cases()[0]);
    let grid = Grid::new(&volume.geometry, Plane::Axial).unwrap();
    let z = |index: f64| grid.patient(0.0, 0.0, index).unwrap().0.z;
    assert!(z(0.0) > z(1.0));
    assert_eq!((grid.width, grid.height, grid.count), (24, 20, 8));
}

#[test]
fn without_geometry_only_the_stack_is_shown() {
    let geometry = Geometry {
        columns: 4,
        rows: 3,
        slices: 2,
        affine: None,
        positions_mm: vec![],
        origins: vec![],
    };
    assert!(Grid::new(&geometry, Plane::Coronal).is_none());
    let grid = Grid::new(&geometry, Plane::Axial).unwrap();
    let mut volume = Volume::new(geometry).unwrap();
    assert!(volume.put(1, &(0..12).collect::<Vec<i16>>()));
    assert!(!volume.put(2, &[0; 12]) && !volume.put(0, &[0; 11]));
    let mut sampled = Sampled::default();
    sampled.cut(&volume, &grid, 1);
    assert_eq!(sampled.hu, (0..12).collect::<Vec<i16>>());
    assert!(grid.letters.left.is_empty());
}
