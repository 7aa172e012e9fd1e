//! Sizes of simulated stones against what is true of them: the goals of the measuring, on a few with fixed seeds.
//! All of the table is printed by `cargo run --release --example physics -- report`.

#[path = "physics/mod.rs"]
mod physics;

use physics::{Ellipsoid, Random, Scanner, kernel, measured};
use stones::measure::{Measures, measure};
use stones::{Acquisition, Candidate};

/// Stones of a size range through scans of these thicknesses and noises, by turns.
fn stones(
    seed: u64,
    count: usize,
    size: [f64; 2],
    thicknesses: &[f64],
    noises: &[f64],
) -> Vec<(Ellipsoid, Measures)> {
    let mut random = Random(seed);
    let one = |n: usize| {
        let class = random.pick([0.5, 0.6, 0.7]);
        let thickness_mm = thicknesses[n % thicknesses.len()];
        let scanner = Scanner {
            pixel_mm: random.pick([0.6, 0.7, 0.8, 0.9]),
            thickness_mm,
            spacing_mm: thickness_mm,
            sigma_mm: class + random.uniform(-0.07, 0.07),
            noise_hu: noises[n / thicknesses.len() % noises.len()],
        };
        let stone = Ellipsoid::random(&mut random, size, &scanner);
        measured(&stone, &scanner, kernel(class), &mut random).map(|m| (stone, m))
    };
    (0..count).filter_map(one).collect()
}

/// Mean and 1.96 standard deviations.
fn agreement(errors: &[f64]) -> (f64, f64) {
    let n = errors.len() as f64;
    let bias = errors.iter().sum::<f64>() / n;
    let variance = errors.iter().map(|e| (e - bias) * (e - bias)).sum::<f64>() / (n - 1.0);
    (bias, 1.96 * variance.sqrt())
}

#[test]
fn thin_slices_give_sizes_within_six_tenths_of_a_millimetre() {
    let stones = stones(11, 60, [3.0, 20.0], &[0.6, 1.0, 1.25], &[8.0, 15.0, 25.0]);
    assert!(stones.len() >= 58);
    let errors = |of: fn(&Ellipsoid, &Measures) -> Option<f64>| -> Vec<f64> {
        stones.iter().filter_map(|(stone, m)| of(stone, m)).collect()
    };
    let axial = errors(|stone, m| Some(m.max_axial_diameter_mm? - stone.truth().axial_mm));
    let craniocaudal = errors(|stone, m| Some(m.craniocaudal_mm? - stone.truth().craniocaudal_mm));
    for (name, errors) in [("axial", axial), ("craniocaudal", craniocaudal)] {
        assert_eq!(errors.len(), stones.len(), "{name}");
        let (bias, limits) = agreement(&errors);
        assert!(bias.abs() <= 0.3 && limits <= 0.6, "{name}: {bias:+.3} ± {limits:.3} mm");
    }
    let volume = errors(|stone, m| {
        let truth = stone.truth();
        (truth.axial_mm >= 5.0).then_some(m.volume_mm3? / truth.volume_mm3 - 1.0)
    });
    let (bias, limits) = agreement(&volume);
    assert!(bias.abs() <= 0.05 && limits <= 0.15, "volume: {bias:+.3} ± {limits:.3}");
}

#[test]
fn the_printed_band_holds_the_truth() {
    let stones = stones(12, 120, [1.5, 20.0], &[0.6, 1.0, 1.5, 2.0, 3.0, 5.0], &[8.0, 20.0, 45.0]);
    let (mut held, mut claimed) = (0, 0);
    for (stone, m) in &stones {
        let truth = stone.truth();
        let unresolved = m.limits.iter().any(|limit| limit == "resolution_limit");
        let claims = [
            (m.max_axial_diameter_mm, m.error_mm.axial, truth.axial_mm),
            (m.craniocaudal_mm, m.error_mm.craniocaudal, truth.craniocaudal_mm),
            (m.volume_mm3, m.error_mm.volume, truth.volume_mm3),
        ];
        for (value, band, truth) in claims {
            if let (Some(value), Some(band)) = (value, band) {
                claimed += 1;
                held += usize::from((value - truth).abs() <= band);
            }
        }
        if let (true, Some(bound)) = (unresolved, m.max_axial_diameter_mm) {
            claimed += 1;
            held += usize::from(truth.axial_mm <= bound);
        }
    }
    assert!(claimed > 200, "{claimed}");
    assert!(held as f64 >= 0.95 * claimed as f64, "{held} of {claimed}");
}

/// The network's mask may be a voxel too large or too small: sizes are of the HU.
#[test]
fn a_mask_that_is_a_voxel_off_moves_nothing() {
    let mut random = Random(13);
    for _ in 0..6 {
        let scanner = Scanner {
            pixel_mm: 0.7,
            thickness_mm: 1.0,
            spacing_mm: 1.0,
            sigma_mm: 0.6,
            noise_hu: 15.0,
        };
        let stone = Ellipsoid::random(&mut random, [5.0, 10.0], &scanner);
        let (volume, mask) = stone.scan(&scanner, &mut random);
        let has = |voxels: &[[usize; 3]], at: [usize; 3]| voxels.contains(&at);
        let around =
            |[i, j, k]: [usize; 3]| [[i + 1, j, k], [i - 1, j, k], [i, j + 1, k], [i, j - 1, k]];
        let eroded: Vec<_> = mask
            .voxels
            .iter()
            .copied()
            .filter(|&v| around(v).iter().all(|&n| has(&mask.voxels, n)))
            .collect();
        let mut grown: Vec<_> =
            mask.voxels.iter().flat_map(|&v| around(v)).chain(mask.voxels.clone()).collect();
        grown.sort_by_key(|&[i, j, k]| (k, j, i));
        grown.dedup();
        let acquisition = Acquisition { thickness_mm: Some(1.0), kernel: "B30f".into() };
        let sizes = [mask.voxels, eroded, grown].map(|voxels| {
            let mask = Candidate { voxels, probability: 1.0 };
            let m = measure(&volume, &mask, &[], &acquisition);
            [m.max_axial_diameter_mm.unwrap(), m.craniocaudal_mm.unwrap()]
        });
        for other in &sizes[1..] {
            for (size, of_mask) in other.iter().zip(sizes[0]) {
                assert!((size - of_mask).abs() < 0.1, "{sizes:?}");
            }
        }
    }
}
