//! The figures of an evaluation, in the form that `--json` prints; intervals by bootstrap over studies.

use super::case::Case;
use super::matching::{Matched, shared};
use super::naming::Naming;
use serde::Serialize;
use std::collections::{BTreeMap, HashSet};
use stones::Manifest;
use stones::findings::Label;

const SEED: u64 = 20_260_401;
const RESAMPLES: usize = 1000;
/// False positives per study at which sensitivity is told.
const RATES: [f64; 6] = [0.125, 0.25, 0.5, 1.0, 2.0, 4.0];
const BINS: usize = 10;
/// Upper limits (mm) of the size classes of the guidelines, and of the classes of slice thickness.
const SIZES_MM: [f64; 6] = [2.0, 3.0, 5.0, 10.0, 20.0, f64::INFINITY];
const SIZE_NAMES: [&str; 6] = ["<2 mm", "2-3 mm", "3-5 mm", "5-10 mm", "10-20 mm", ">20 mm"];
const THICKNESSES_MM: [f64; 3] = [1.5, 3.5, f64::INFINITY];
const THICKNESS_NAMES: [&str; 3] = ["slices <=1.5 mm", "slices 2-3 mm", "slices >3.5 mm"];

#[derive(Clone, Copy, Debug, Serialize)]
pub struct Interval {
    pub value: Option<f64>,
    pub low: Option<f64>,
    pub high: Option<f64>,
}

#[derive(Serialize)]
pub struct Evaluation {
    pub schema: &'static str,
    pub model: String,
    pub studies: usize,
    pub studies_without_stones: usize,
    pub stones: usize,
    pub threshold: f32,
    pub seed: u64,
    pub sensitivity: Interval,
    pub false_positives_per_study: Interval,
    pub false_positives_per_slice: Interval,
    /// Of those per study, what is not called a likely phlebolith.
    pub false_stones_per_study: Interval,
    /// Share of the studies without stones that have any finding.
    pub stone_free_with_finding: Interval,
    /// Mean over slices that hold a stone or a finding.
    pub dice_slice: Interval,
    /// Mean over stones that are found.
    pub dice_stone: Interval,
    pub froc: Vec<Operating>,
    pub strata: Vec<Stratum>,
    pub calibration: Calibration,
    pub naming: Naming,
    pub misses: Vec<Miss>,
    pub false_positives: Vec<FalsePositive>,
}

/// The lowest threshold with at most so many false positives.
#[derive(Serialize)]
pub struct Operating {
    pub at_most: f64,
    pub threshold: f32,
    pub sensitivity: f64,
    pub false_positives_per_study: f64,
}

#[derive(Serialize)]
pub struct Stratum {
    pub name: String,
    pub stones: usize,
    pub sensitivity: Interval,
}

#[derive(Serialize)]
pub struct Calibration {
    pub ece: Option<f64>,
    pub bins: Vec<Bin>,
}

#[derive(Serialize)]
pub struct Bin {
    pub low: f64,
    pub high: f64,
    pub findings: usize,
    pub probability: f64,
    pub stones: f64,
}

#[derive(Serialize)]
pub struct Miss {
    pub study: String,
    pub label: i16,
    pub diameter_mm: f64,
    pub place: Option<String>,
    pub center_mm: [f64; 3],
    #[serde(skip)]
    pub at: (usize, usize),
}

#[derive(Serialize)]
pub struct FalsePositive {
    pub study: String,
    pub id: u32,
    pub probability: f32,
    pub center_mm: Option<[f64; 3]>,
    pub max_axial_diameter_mm: Option<f64>,
    pub hu_mean: Option<f64>,
    /// The kind of mimic that it lies on.
    pub on: Option<String>,
    #[serde(skip)]
    pub at: (usize, usize),
}

impl Evaluation {
    pub fn of(cases: &[Case], manifest: &Manifest) -> Self {
        let threshold = manifest.threshold;
        let matched: Vec<Matched> = cases.iter().map(|case| case.matched(threshold)).collect();
        let per_case = |share: &dyn Fn(&Case, &Matched) -> (f64, f64)| {
            let pairs = cases.iter().zip(&matched).map(|(case, m)| share(case, m)).collect();
            interval(pairs)
        };
        let stone_free = |case: &Case, m: &Matched| {
            let is_free = case.truth.is_empty();
            (f64::from(is_free && !m.false_positives.is_empty()), f64::from(is_free))
        };
        Self {
            schema: "lithoscope/evaluation/1",
            model: format!("{} {}", manifest.name, manifest.version),
            studies: cases.len(),
            studies_without_stones: cases.iter().filter(|case| case.truth.is_empty()).count(),
            stones: cases.iter().map(Case::stones).sum(),
            threshold,
            seed: SEED,
            sensitivity: per_case(&|case, m| (m.pairs.len() as f64, case.stones() as f64)),
            false_positives_per_study: per_case(&|_, m| (m.false_positives.len() as f64, 1.0)),
            false_positives_per_slice: per_case(&|case, m| {
                (m.false_positives.len() as f64, case.slices as f64)
            }),
            false_stones_per_study: per_case(&|case, m| (false_stones(case, m) as f64, 1.0)),
            stone_free_with_finding: per_case(&stone_free),
            dice_slice: per_case(&|case, _| slice_dice(case, threshold)),
            dice_stone: per_case(&stone_dice),
            froc: froc(cases, 0.0),
            strata: strata(cases, &matched),
            calibration: calibration(cases, 0.0),
            naming: Naming::of(cases, threshold),
            misses: misses(cases, &matched),
            false_positives: false_positives(cases, &matched),
        }
    }
}

/// What is marked, no stone, and not called a likely phlebolith.
fn false_stones(case: &Case, matched: &Matched) -> usize {
    let called = matched.false_positives.iter().map(|&at| case.found[at].stone.label);
    called.filter(|label| *label != Label::LikelyPhlebolith).count()
}

/// Sum over sum of all studies, and the 95 % interval of resampled studies.
fn interval(pairs: Vec<(f64, f64)>) -> Interval {
    let ratio = |picked: &mut dyn Iterator<Item = (f64, f64)>| {
        let (a, b) = picked.fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
        (b > 0.0).then_some(a / b)
    };
    let mut random = SEED;
    let mut pick = || {
        // SplitMix64.
        random = random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (random ^ (random >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        pairs[((z ^ (z >> 31)) % pairs.len() as u64) as usize]
    };
    let mut ratios: Vec<f64> =
        (0..RESAMPLES).filter_map(|_| ratio(&mut (0..pairs.len()).map(|_| pick()))).collect();
    ratios.sort_by(f64::total_cmp);
    let at = |share: f64| ratios.get((ratios.len() as f64 * share) as usize).copied();
    let value = ratio(&mut pairs.iter().copied());
    Interval { value, low: value.and_then(|_| at(0.025)), high: value.and_then(|_| at(0.975)) }
}

/// Sum of the Dice of all slices that hold anything, and how many they are.
fn slice_dice(case: &Case, threshold: f32) -> (f64, f64) {
    // Of each slice: voxels of the truth, of the findings, of both.
    let mut slices: BTreeMap<usize, [usize; 3]> = BTreeMap::new();
    let truth: HashSet<[usize; 3]> =
        case.truth.iter().flat_map(|known| known.mask.voxels.iter().copied()).collect();
    for voxel in &truth {
        slices.entry(voxel[2]).or_default()[0] += 1;
    }
    let found = case.found.iter().filter(|found| found.mask.probability >= threshold);
    for voxel in found.flat_map(|found| &found.mask.voxels) {
        let counts = slices.entry(voxel[2]).or_default();
        counts[1] += 1;
        counts[2] += usize::from(truth.contains(voxel));
    }
    let dice = |[a, b, both]: &[usize; 3]| 2.0 * *both as f64 / (a + b) as f64;
    (slices.values().map(dice).sum(), slices.len() as f64)
}

fn stone_dice(case: &Case, matched: &Matched) -> (f64, f64) {
    let dice = |&(known, found): &(usize, usize)| {
        let (a, b) = (&case.truth[known].mask, &case.found[found].mask);
        2.0 * shared(a, b) as f64 / (a.voxels.len() + b.voxels.len()) as f64
    };
    (matched.pairs.iter().map(dice).sum(), matched.pairs.len() as f64)
}

fn froc(cases: &[Case], lowest: f32) -> Vec<Operating> {
    let stones: usize = cases.iter().map(Case::stones).sum();
    let mut thresholds: Vec<f32> =
        cases.iter().flat_map(|case| &case.found).map(|found| found.mask.probability).collect();
    thresholds.extend([lowest, 1.0]);
    thresholds.sort_by(f32::total_cmp);
    thresholds.dedup();
    let at = |threshold: f32| {
        let matched = cases.iter().map(|case| case.matched(threshold));
        let (hits, wrong) = matched.fold((0, 0), |(hits, wrong), m| {
            (hits + m.pairs.len(), wrong + m.false_positives.len())
        });
        (hits as f64 / stones.max(1) as f64, wrong as f64 / cases.len() as f64)
    };
    let few = |rate: f64| thresholds.partition_point(|&threshold| at(threshold).1 > rate);
    let operating = |at_most: f64| {
        let threshold = *thresholds.get(few(at_most))?;
        let (sensitivity, false_positives_per_study) = at(threshold);
        Some(Operating { at_most, threshold, sensitivity, false_positives_per_study })
    };
    RATES.into_iter().filter_map(operating).collect()
}

fn strata(cases: &[Case], matched: &[Matched]) -> Vec<Stratum> {
    let class = |limits: &[f64], x: f64| limits.iter().filter(|&&limit| x >= limit).count();
    // Of each name, of each study: found and all.
    let mut strata: BTreeMap<(usize, String), Vec<(f64, f64)>> = BTreeMap::new();
    for (at, (case, m)) in cases.iter().zip(matched).enumerate() {
        for (stone, known) in case.truth.iter().enumerate() {
            let size = class(&SIZES_MM, known.diameter_mm);
            let thickness = class(&THICKNESSES_MM, case.thickness_mm);
            let (size_name, thickness_name) = (SIZE_NAMES[size], THICKNESS_NAMES[thickness]);
            let place = known.told.place.as_deref().unwrap_or("place unknown");
            let names = [
                (size, size_name.to_owned()),
                (10 + thickness, thickness_name.to_owned()),
                (20 + 10 * thickness + size, format!("{thickness_name}, {size_name}")),
                (100, place.to_owned()),
            ];
            let is_found = m.pairs.iter().any(|(known, _)| *known == stone);
            for name in names {
                let pairs = strata.entry(name).or_insert_with(|| vec![(0.0, 0.0); cases.len()]);
                pairs[at].0 += f64::from(is_found);
                pairs[at].1 += 1.0;
            }
        }
    }
    let stratum = |((_, name), pairs): ((usize, String), Vec<(f64, f64)>)| {
        let stones = pairs.iter().map(|pair| pair.1).sum::<f64>() as usize;
        Stratum { name, stones, sensitivity: interval(pairs) }
    };
    strata.into_iter().map(stratum).collect()
}

/// How often what is said to be a stone with a probability is one: expected calibration error over equal bins.
fn calibration(cases: &[Case], lowest: f32) -> Calibration {
    let mut bins = [(0usize, 0.0, 0.0); BINS];
    for case in cases {
        let hits: HashSet<usize> = case.matched(lowest).pairs.iter().map(|pair| pair.1).collect();
        for (at, found) in case.found.iter().enumerate() {
            let probability = f64::from(found.mask.probability);
            let bin = &mut bins[((probability * BINS as f64) as usize).min(BINS - 1)];
            *bin = (bin.0 + 1, bin.1 + probability, bin.2 + f64::from(hits.contains(&at)));
        }
    }
    let all: usize = bins.iter().map(|bin| bin.0).sum();
    let off = |&(_, said, was): &(usize, f64, f64)| (said - was).abs() / all as f64;
    let bin = |(at, &(findings, said, was)): (usize, &(usize, f64, f64))| {
        let n = findings as f64;
        let edge = |at: usize| at as f64 / BINS as f64;
        Bin { low: edge(at), high: edge(at + 1), findings, probability: said / n, stones: was / n }
    };
    Calibration {
        ece: (all > 0).then(|| bins.iter().map(off).sum()),
        bins: bins.iter().enumerate().filter(|(_, b)| b.0 > 0).map(bin).collect(),
    }
}

/// Largest first: what should not have been missed.
fn misses(cases: &[Case], matched: &[Matched]) -> Vec<Miss> {
    let mut misses = Vec::new();
    for (case_at, (case, m)) in cases.iter().zip(matched).enumerate() {
        misses.extend(m.missed.iter().map(|&stone| {
            let known = &case.truth[stone];
            Miss {
                study: case.name.clone(),
                label: known.told.label,
                diameter_mm: known.diameter_mm,
                place: known.told.place.clone(),
                center_mm: known.center_mm,
                at: (case_at, stone),
            }
        }));
    }
    misses.sort_by(|a, b| b.diameter_mm.total_cmp(&a.diameter_mm));
    misses
}

/// Surest first: what should not have been said.
fn false_positives(cases: &[Case], matched: &[Matched]) -> Vec<FalsePositive> {
    let mut wrong = Vec::new();
    for (case_at, (case, m)) in cases.iter().zip(matched).enumerate() {
        wrong.extend(m.false_positives.iter().map(|&at| {
            let found = &case.found[at];
            FalsePositive {
                study: case.name.clone(),
                id: found.stone.id,
                probability: found.mask.probability,
                center_mm: found.stone.center_mm,
                max_axial_diameter_mm: found.stone.max_axial_diameter_mm,
                hu_mean: found.stone.hu_mean,
                on: found.on.clone(),
                at: (case_at, at),
            }
        }));
    }
    wrong.sort_by(|a, b| b.probability.total_cmp(&a.probability));
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_is_of_studies() {
        // All studies alike: no spread. One study of three missed: the interval holds the value.
        let alike = interval(vec![(1.0, 2.0); 5]);
        assert_eq!((alike.value, alike.low, alike.high), (Some(0.5), Some(0.5), Some(0.5)));
        let mixed = interval([(2.0, 2.0), (0.0, 2.0), (2.0, 2.0)].repeat(10));
        assert!((mixed.value.unwrap() - 2.0 / 3.0).abs() < 1e-12);
        assert!(mixed.low.unwrap() < 0.6 && mixed.high.unwrap() > 0.75);
        assert!(interval(vec![(0.0, 0.0)]).value.is_none());
    }
}
