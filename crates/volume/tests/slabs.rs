//! Slabs against the voxels that they hold.
#![expect(clippy::unwrap_used, reason = "a test")]

use glam::DVec3;
use volume::{Affine, Blend, Geometry, Grid, Plane, Sampled, Slab, Volume};

const SIZE: [usize; 3] = [6, 5, 7];

fn hu(i: usize, j: usize, k: usize) -> i16 {
    ((i * 37 + j * 91 + k * 53) % 211) as i16
}

/// An axial series of 0.5 × 1 × 2 mm voxels without its slices of `missing`.
fn volume(missing: &[usize]) -> Volume {
    let [columns, rows, slices] = SIZE;
    let step = [DVec3::X * 0.5, DVec3::Y, DVec3::Z * 2.0];
    let geometry = Geometry {
        columns,
        rows,
        slices,
        affine: Some(Affine { step, origin: DVec3::ZERO }),
        positions_mm: (0..slices).map(|k| k as f64 * 2.0).collect(),
        origins: (0..slices).map(|k| DVec3::Z * (k as f64 * 2.0)).collect(),
    };
    let mut volume = Volume::new(geometry).unwrap();
    for k in (0..slices).filter(|k| !missing.contains(k)) {
        let slice: Vec<i16> =
            (0..columns * rows).map(|at| hu(at % columns, at / columns, k)).collect();
        assert!(volume.put(k, &slice));
    }
    volume
}

fn slab(volume: &Volume, plane: Plane, index: usize, blend: Blend, planes: usize) -> Vec<i16> {
    let grid = Grid::new(&volume.geometry, plane).unwrap();
    let (mut sampled, mut other) = (Sampled::default(), Sampled::default());
    sampled.cut_slab(volume, &grid, index, Slab { blend, planes }, &mut other);
    sampled.hu
}

#[test]
fn a_coronal_slab_holds_its_rows() {
    let volume = volume(&[]);
    let [columns, rows, slices] = SIZE;
    // Planes 1 to 3 around 2; 3 and 4 around 4, where the volume ends.
    for (index, planes, of) in [(2, 3, 1..4), (rows - 1, 3, 3..rows), (2, 1, 2..3), (1, 2, 1..3)] {
        for blend in [Blend::Mip, Blend::MinIp, Blend::Mean] {
            let expected: Vec<i16> = (0..columns * slices)
                .map(|at| {
                    let (i, k) = (at % columns, slices - 1 - at / columns);
                    let held: Vec<i16> = of.clone().map(|j| hu(i, j, k)).collect();
                    match blend {
                        Blend::Mip => held.iter().copied().max().unwrap(),
                        Blend::MinIp => held.iter().copied().min().unwrap(),
                        Blend::Mean => {
                            let sum: f64 = held.iter().map(|&hu| f64::from(hu)).sum();
                            (sum / held.len() as f64).round_ties_even() as i16
                        }
                    }
                })
                .collect();
            let found = slab(&volume, Plane::Coronal, index, blend, planes);
            assert_eq!(found, expected, "{blend:?}, {planes} around {index}");
        }
    }
}

#[test]
fn slices_that_are_not_there_are_passed_over() {
    let volume = volume(&[4]);
    // Axial planes run from the head: plane 3 is slice 3, between 4 and 2.
    let found = slab(&volume, Plane::Axial, 3, Blend::MinIp, 3);
    let expected: Vec<i16> =
        (0..30).map(|at| hu(at % 6, at / 6, 3).min(hu(at % 6, at / 6, 2))).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_thickness_is_so_many_planes() {
    let geometry = volume(&[]).geometry;
    let planes = |plane, mm| {
        let grid = Grid::new(&geometry, plane).unwrap();
        Slab::of_thickness(Blend::Mip, mm, &grid).planes
    };
    assert_eq!([0.1, 2.0, 5.5, 100.0].map(|mm| planes(Plane::Axial, mm)), [1, 1, 3, 7]);
    assert_eq!([0.1, 1.0, 2.9].map(|mm| planes(Plane::Sagittal, mm)), [1, 2, 6]);
}
