//! What is searched as far as a finding can reach finds the same as what is searched whole.
#![expect(clippy::unwrap_used, reason = "a test")]

#[allow(dead_code, reason = "they serve other tests, too")]
#[path = "../../unet/tests/common"]
mod common {
    pub mod plans;
    pub mod random;
}

use common::plans::{Spec, USUAL, unet};
use common::random::Random;
use glam::{DMat3, DVec3};
use proptest::prelude::*;
use stones::candidates::components;
use stones::model::{Channel, Floor, Input, SCHEMA};
use stones::slice::{SearchError, search, wanted};
use stones::{Candidate, Crop, Extent, Manifest, Planes, ProbabilityMap};
use unet::{Engine, Model, Network, Shape};
use volume::{Affine, Geometry, Volume};

const COLUMNS: usize = 44;
const ROWS: usize = 36;
const SLICES: usize = 5;
const MULTIPLE: usize = 4;

fn manifest(floor: Floor) -> Manifest {
    let channel = |offset_mm, high_hu| Channel { offset_mm, low_hu: -140.0, high_hu };
    Manifest {
        schema: SCHEMA.into(),
        name: "random".into(),
        version: "0".into(),
        file: String::new(),
        bytes: 0,
        sha256: String::new(),
        licence: String::new(),
        input: Input {
            channels: vec![channel(-2.0, 260.0), channel(0.0, 260.0), channel(0.0, 1400.0)],
            multiple_of: MULTIPLE,
        },
        output: 0,
        floor,
        threshold: 0.5,
        grow_threshold: 0.3,
        min_voxels: 1,
        calibration: None,
        tract: None,
        pixel_mm: [0.6, 1.0],
        slice_mm: [0.6, 5.0],
        trained_on: String::new(),
        validation: String::new(),
        card: String::new(),
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    /// Noise around the floor: every other pixel is wanted.
    Noise,
    /// A body with small bright spots, some of them at its edges.
    Spots,
    /// All of it above the floor.
    Bright,
    /// A single bright voxel in a corner of a slice.
    Corner,
    /// Nothing above the floor.
    Dark,
}

fn hu(kind: Kind, random: &mut Random, floor: i16) -> Vec<i16> {
    let mut hu: Vec<i16> = (0..COLUMNS * ROWS * SLICES)
        .map(|_| match kind {
            Kind::Noise => floor + (random.normal() * 40.0) as i16,
            Kind::Bright => floor + (random.unit() * 900.0) as i16,
            Kind::Spots | Kind::Corner | Kind::Dark => floor - 70 + (random.normal() * 10.0) as i16,
        })
        .collect();
    match kind {
        Kind::Spots => {
            for _ in 0..12 {
                let at = random.below(hu.len() - COLUMNS - 2);
                for step in [0, 1, COLUMNS, COLUMNS + 1] {
                    hu[at + step] = floor + (random.unit() * 800.0) as i16;
                }
            }
        }
        Kind::Corner => hu[(SLICES / 2) * COLUMNS * ROWS] = floor,
        Kind::Noise | Kind::Bright | Kind::Dark => {}
    }
    hu
}

fn volume(hu: &[i16]) -> Volume {
    let step = DMat3::from_diagonal(DVec3::new(0.8, 0.8, 2.0));
    let affine = Affine { step: [step.x_axis, step.y_axis, step.z_axis], origin: DVec3::ZERO };
    let geometry = Geometry {
        columns: COLUMNS,
        rows: ROWS,
        slices: SLICES,
        affine: Some(affine),
        positions_mm: (0..SLICES).map(|k| 2.0 * k as f64).collect(),
        origins: vec![],
    };
    let mut volume = Volume::new(geometry).unwrap();
    for (k, slice) in hu.chunks_exact(COLUMNS * ROWS).enumerate() {
        assert!(volume.put(k, slice));
    }
    volume
}

/// Stretches of a slice, some of them over one another or past its end.
fn skeleton(random: &mut Random) -> Vec<u32> {
    let stretch = |_| {
        let from = random.below(COLUMNS * ROWS) as u32;
        [from, from + random.below(60) as u32]
    };
    (0..12).flat_map(stretch).collect()
}

fn found(
    volume: &Volume,
    skeletons: &[Vec<u32>],
    manifest: &Manifest,
    engine: &mut Engine,
    extent: Extent,
) -> Vec<Candidate> {
    let crop = crop();
    let mut map = ProbabilityMap::new(&volume.geometry);
    for (k, skeleton) in skeletons.iter().enumerate() {
        let cut = Planes::cut(volume, k, &manifest.offsets_mm(), crop);
        let planes = Planes { skeleton: skeleton.clone(), ..cut };
        map.put(k, crop, &search(&planes, manifest, crop, engine, extent).unwrap());
    }
    components(&map, manifest.grow_threshold, manifest.threshold, manifest.min_voxels)
}

fn crop() -> Crop {
    Crop::whole(COLUMNS, ROWS)
}

fn engine(random: &mut Random) -> Engine {
    let plan = unet(&Spec { channels: 3, ..USUAL }, random);
    let shape = Shape { channels: 3, rows: ROWS, columns: COLUMNS };
    Model::Own(Network::new(plan).unwrap()).prepare(shape).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn components_are_the_same(
        seed in any::<u64>(), floor in -200i16..400, reach in 0usize..4,
        kind in prop::sample::select(vec![Kind::Noise, Kind::Spots, Kind::Bright, Kind::Corner, Kind::Dark]),
    ) {
        let mut random = Random::new(seed);
        let manifest = manifest(Floor { hu: floor, reach });
        let volume = volume(&hu(kind, &mut random, floor));
        let mut engine = engine(&mut random);
        let skeletons: Vec<_> = (0..SLICES).map(|_| skeleton(&mut random)).collect();
        let part = found(&volume, &skeletons, &manifest, &mut engine, Extent::Wanted);
        let whole = found(&volume, &skeletons, &manifest, &mut engine, Extent::Whole);
        prop_assert_eq!(&part, &whole);
        if matches!(kind, Kind::Dark) {
            prop_assert!(whole.is_empty());
        }
    }

    #[test]
    fn all_above_the_floor_is_wanted_and_nothing_of_the_skeleton(seed in any::<u64>(), floor in -200i16..400, reach in 0usize..4) {
        let mut random = Random::new(seed);
        let slice = &hu(Kind::Noise, &mut random, floor)[..COLUMNS * ROWS];
        let skeleton = skeleton(&mut random);
        let mask = wanted(slice, &skeleton, crop(), Floor { hu: floor, reach });
        for (at, &hu) in slice.iter().enumerate() {
            let left_out = skeleton.chunks(2).any(|ends| (ends[0]..ends[1]).contains(&(at as u32)));
            let is_wanted = mask.contains(at / COLUMNS, at % COLUMNS);
            let is_right = if left_out { !is_wanted } else { hu < floor || is_wanted };
            prop_assert!(is_right);
        }
    }
}

#[test]
fn planes_of_another_size_are_no_empty_answer() {
    let mut engine = engine(&mut Random::new(1));
    let manifest = manifest(Floor { hu: 110, reach: 1 });
    for hu in [vec![], vec![500; COLUMNS * ROWS]] {
        let answer = search(
            &Planes { hu, skeleton: vec![] },
            &manifest,
            crop(),
            &mut engine,
            Extent::Wanted,
        );
        assert!(matches!(answer, Err(SearchError::Planes { .. })));
    }
}
