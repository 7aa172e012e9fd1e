//! Planes over acquisitions of every kind, against a field that is known everywhere in the patient: HU that
//! rise linearly with position, which linear interpolation must give back exactly.
#![expect(clippy::unwrap_used, reason = "a test")]

use glam::DVec3;
use std::f64::consts::FRAC_PI_6;
use volume::{
    Affine, Geometry, Grid, Outline, Patient, Plane, Region, Sampled, Volume, Voxel, angle_degrees,
    turn_about,
};

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

#[test]
fn hu_at_a_place_are_those_that_planes_show() {
    for case in cases() {
        let volume = series(&case);
        for plane in Plane::ALL {
            let grid = Grid::new(&volume.geometry, plane).unwrap();
            let (mut sampled, index) = (Sampled::default(), grid.count / 2);
            sampled.cut(&volume, &grid, index);
            let cut = grid.cut(index as f64);
            for (at, &hu) in sampled.hu.iter().enumerate() {
                let pixel = [(at % grid.width) as f64, (at / grid.width) as f64];
                let voxel = grid.voxel(pixel[0], pixel[1], index as f64).0;
                let size = DVec3::new(23.0, 19.0, (volume.geometry.slices - 1) as f64);
                if voxel.cmplt(DVec3::ZERO).any() || voxel.cmpgt(size).any() {
                    continue;
                }
                let exact = volume.hu_at(cut.place(pixel)).unwrap();
                assert!((exact - f64::from(hu)).abs() <= 1.5, "{}, {plane:?} {pixel:?}", case.name);
            }
        }
    }
}

/// DWV #1473: in coronal and sagittal planes the distance of rows is that of the slices.
#[test]
fn lengths_are_the_patients_in_every_plane() {
    for case in cases() {
        let geometry = series(&case).geometry;
        for plane in Plane::ALL {
            let grid = Grid::new(&geometry, plane).unwrap();
            let cut = grid.cut(2.0);
            let length = (cut.place([9.0, 6.0]) - cut.place([2.0, 1.5])).length();
            let [across, down] = grid.pixel_mm;
            let expected = ((7.0 * across).powi(2) + (4.5 * down).powi(2)).sqrt();
            assert!((length - expected).abs() < 1e-9, "{}, {plane:?}", case.name);
            let right = [[9.0, 1.0], [2.0, 1.0], [2.0, 5.0]].map(|pixel| cut.place(pixel));
            assert!((angle_degrees(right[0], right[1], right[2]) - 90.0).abs() < 1e-9);
        }
    }
}

#[test]
fn a_region_has_the_area_and_the_hu_of_its_shape() {
    for case in cases() {
        let volume = series(&case);
        for plane in Plane::ALL {
            let grid = Grid::new(&volume.geometry, plane).unwrap();
            // The middle plane of each case lies within the volume, tilt included.
            let cut = grid.cut((grid.count / 2) as f64);
            let middle = [(grid.width / 2) as f64, (grid.height / 2) as f64];
            let corners = [[middle[0] - 2.0, middle[1] + 1.0], [middle[0] + 2.0, middle[1] - 1.0]];
            let told = |outline| Region { outline, cut, corners }.statistics(&volume).unwrap();
            let (rectangle, ellipse) = (told(Outline::Rectangle), told(Outline::Ellipse));
            let name = format!("{}, {plane:?}: {rectangle:?} {ellipse:?}", case.name);
            assert_eq!((rectangle.pixels, ellipse.pixels), (15, 7), "{name}");
            let area = 4.0 * grid.pixel_mm[0] * 2.0 * grid.pixel_mm[1];
            assert!((rectangle.area_mm2 - area).abs() < 1e-9, "{name}");
            assert!((ellipse.area_mm2 - area * std::f64::consts::FRAC_PI_4).abs() < 1e-9, "{name}");
            // The field is linear: its mean over a shape is its value in the middle.
            let centre = field(Patient(cut.place(middle)));
            assert!((rectangle.mean - centre).abs() < 1.0, "{name}, expected {centre}");
            assert!((ellipse.mean - centre).abs() < 1.0, "{name}, expected {centre}");
            // Steps of the field from pixel to pixel, across and down: variance (n² - 1) / 12 each.
            let step = |way: DVec3| way.dot(DVec3::new(11.0, -7.0, 5.0)).powi(2);
            let sd = (2.0 * step(cut.right) + 2.0 / 3.0 * step(cut.down)).sqrt();
            assert!((rectangle.sd - sd).abs() < 1.0, "{name}, expected {sd}");
            let reach = 2.0 * step(cut.right).sqrt() + step(cut.down).sqrt();
            assert!((rectangle.max - centre - reach).abs() < 1.5, "{name}");
            assert!((centre - rectangle.min - reach).abs() < 1.5, "{name}");
        }
    }
}

#[test]
fn a_region_outside_has_nothing_to_tell() {
    let volume = series(&cases()[0]);
    let cut = Grid::new(&volume.geometry, Plane::Axial).unwrap().cut(3.0);
    let region = |corners| Region { outline: Outline::Rectangle, cut, corners };
    assert_eq!(region([[-9.0, -9.0], [-2.0, -2.0]]).statistics(&volume), None);
    assert_eq!(region([[4.2, 4.2], [4.4, 4.4]]).statistics(&volume), None);
    // Of a region that reaches beyond the picture what lies in it counts.
    assert_eq!(region([[-9.0, 18.5], [1.0, 90.0]]).statistics(&volume).unwrap().pixels, 2);
}

#[test]
fn a_turned_plane_shows_the_hu_of_its_places_square_and_with_its_own_letters() {
    for case in cases() {
        let volume = series(&case);
        let straight = Grid::new(&volume.geometry, Plane::Coronal).unwrap();
        let [right, down, away] = straight.looks().unwrap();
        // Turned in the axial plane by 30 degrees: to the left becomes to the left and back.
        let about = -down;
        let axes = [right, down, away].map(|way| turn_about(about, -FRAC_PI_6, way));
        let grid = straight.turned(axes).unwrap();
        assert_eq!(grid.pixel_mm, [case.pixel_mm[0].min(case.pixel_mm[1]); 2], "{}", case.name);
        let (mut sampled, mut compared) = (Sampled::default(), 0);
        for index in 0..grid.count {
            sampled.cut(&volume, &grid, index);
            let cut = grid.cut(index as f64);
            for (at, &hu) in sampled.hu.iter().enumerate() {
                let pixel = [(at % grid.width) as f64, (at / grid.width) as f64];
                let [u, v] = pixel;
                let voxel = grid.voxel(u, v, index as f64);
                let back = grid.pixel(voxel);
                let off =
                    (back[0] - u).abs() + (back[1] - v).abs() + (back[2] - index as f64).abs();
                assert!(off < 1e-6, "{}: {back:?}", case.name);
                let size = DVec3::new(23.0, 19.0, (volume.geometry.slices - 1) as f64);
                let margin = DVec3::new(1.0, 1.0, 0.0);
                if voxel.0.cmplt(margin).any() || voxel.0.cmpgt(size - margin).any() {
                    continue;
                }
                let expected = field(Patient(cut.place(pixel)));
                assert!((f64::from(hu) - expected).abs() <= 1.5, "{}, {pixel:?}", case.name);
                compared += 1;
            }
        }
        assert!(compared > 1_000, "{}: only {compared} pixels compared", case.name);
        assert_eq!(sampled.hatch.is_empty(), case.name != "slice missing");
    }
    // Straight from the front, the patient's right is on the left; 30 degrees on, the letters say so.
    let grid = Grid::new(&series(&cases()[0]).geometry, Plane::Coronal).unwrap();
    let turned = grid.looks().unwrap().map(|way| turn_about(DVec3::Z, FRAC_PI_6, way));
    let letters = grid.turned(turned).unwrap().letters;
    assert_eq!((letters.left.as_str(), letters.right.as_str()), ("RA", "LP"));
    assert_eq!((letters.top.as_str(), letters.bottom.as_str()), ("H", "F"));
}
