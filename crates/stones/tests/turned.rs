//! A patient who lies otherwise: the network sees the same slices, and what it finds is found at the same place.
#![expect(clippy::unwrap_used, reason = "a test")]

use glam::DVec3;
use stones::{Answer, Crop, Planes, ProbabilityMap};
use volume::{Affine, Geometry, Patient, Volume, Voxel};

const COLUMNS: usize = 40;
const ROWS: usize = 30;
const SLICES: usize = 3;

/// What is at a place of the patient: a body with no two voxels alike, and air around it.
fn hu(place: DVec3) -> i16 {
    let [x, y, z] = place.to_array().map(|mm| mm.round() as i16);
    let inside = (3..36).contains(&x) && (4..24).contains(&y);
    if inside { x + 40 * y + 7 * z } else { -1000 }
}

/// The same patient, written with these axes, from a corner.
fn scanned(axes: [DVec3; 3], origin: DVec3, [columns, rows]: [usize; 2]) -> Volume {
    let step = [axes[0], axes[1], axes[2] * 2.5];
    let geometry = Geometry {
        columns,
        rows,
        slices: SLICES,
        affine: Some(Affine { step, origin }),
        positions_mm: (0..SLICES).map(|k| 2.5 * k as f64).collect(),
        origins: (0..SLICES).map(|k| origin + step[2] * k as f64).collect(),
    };
    let mut volume = Volume::new(geometry.clone()).unwrap();
    for k in 0..SLICES {
        let at = |n: usize| [n % columns, n / columns, k].map(|at| at as f64);
        let place = |n: usize| geometry.patient(Voxel(DVec3::from(at(n)))).unwrap().0;
        volume.put(k, &(0..columns * rows).map(|n| hu(place(n))).collect::<Vec<i16>>());
    }
    volume
}

#[test]
fn a_turned_patient_is_shown_as_one_on_his_back() {
    let (x, y, z) = (DVec3::X, DVec3::Y, DVec3::Z);
    let corner = |i: usize, j: usize| DVec3::new(i as f64, j as f64, 0.0);
    let (right, back) = (COLUMNS - 1, ROWS - 1);
    let supine = scanned([x, y, z], DVec3::ZERO, [COLUMNS, ROWS]);
    let crop = Crop::around_body(&supine, 8);
    let offsets = [-2.5, 0.0, 1.0, 2.5];
    for (what, axes, origin, size) in [
        ("prone", [-x, -y, z], corner(right, back), [COLUMNS, ROWS]),
        ("on the left side", [y, -x, z], corner(right, 0), [ROWS, COLUMNS]),
        ("on the right side", [-y, x, z], corner(0, back), [ROWS, COLUMNS]),
        ("feet first", [-x, y, -z], corner(right, 0) + z * 5.0, [COLUMNS, ROWS]),
    ] {
        let turned = scanned(axes, origin, size);
        let of = Crop::around_body(&turned, 8);
        assert_eq!(
            (of.left, of.top, of.width, of.height),
            (crop.left, crop.top, crop.width, crop.height),
            "{what}"
        );
        for k in 0..SLICES {
            let other = if axes[2].z < 0.0 { SLICES - 1 - k } else { k };
            let seen = Planes::cut(&turned, other, &offsets, of);
            assert_eq!(seen, Planes::cut(&supine, k, &offsets, crop), "{what}, slice {k}");
        }
        // Two pixels that are found: in order for the map, at the patient's own places.
        let mut map = ProbabilityMap::new(&turned.geometry);
        let pixels: Vec<u32> = vec![5 * crop.width as u32 + 9, 6 * crop.width as u32 + 4];
        map.put(1, of, &Answer { pixels: pixels.clone(), probabilities: vec![0.9, 0.7] });
        for (pixel, probability) in pixels.into_iter().zip([0.9, 0.7]) {
            let [i, j] = crop.stored(pixel as usize).unwrap();
            let place =
                supine.geometry.patient(Voxel(DVec3::new(i as f64, j as f64, 1.0))).unwrap();
            let there = turned.geometry.voxel(Patient(place.0)).unwrap().0.round();
            let voxel = there.to_array().map(|at| at as usize);
            assert_eq!(map.at(voxel), probability, "{what}: {voxel:?}");
        }
    }
}
