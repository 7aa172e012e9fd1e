//! Looks at a search while it goes on change nothing of what it finds, and tell no number that is another's in the end.
#![expect(clippy::unwrap_used, reason = "a test")]

#[allow(dead_code, reason = "they serve other tests, too")]
#[path = "../../unet/tests/common/random.rs"]
mod random;

use glam::DVec3;
use proptest::prelude::*;
use random::Random;
use stones::findings::{Engine, SeriesCard, Stone};
use stones::measure::UNFINISHED;
use stones::{
    Acquisition, Answer, Context, Crop, Known, Manifest, Measured, ProbabilityMap, Turn, report,
};
use volume::{Affine, Geometry, Volume};

const COLUMNS: usize = 60;
const ROWS: usize = 50;
const SLICES: usize = 24;
const STRIPE: usize = 6;
const CROP: Crop = Crop { turn: Turn::NONE, left: 0, top: 0, width: COLUMNS, height: ROWS };

fn manifest() -> Manifest {
    Manifest::parse(
        r#"{"schema":"lithoscope/model/1","name":"test","version":"0","file":"","bytes":0,"sha256":"","licence":"",
        "input":{"channels":[{"offset_mm":0,"low_hu":-140,"high_hu":260}],"multiple_of":1},
        "floor":{"hu":110,"reach":1},"threshold":0.5,"grow_threshold":0.3,"min_voxels":3,
        "pixel_mm":[0.5,1.1],"slice_mm":[0.5,5],"trained_on":"","validation":"","card":""}"#,
    )
    .unwrap()
}

fn context() -> Context {
    Context {
        series: SeriesCard::default(),
        engine: Engine::default(),
        acquisition: Acquisition::default(),
        contrast: Vec::new(),
        instance_numbers: vec![None; SLICES],
        warnings: Vec::new(),
        not_loaded: Vec::new(),
    }
}

/// Ellipsoids of HU, many of which touch or lie within a voxel or two of each other, some along many slices.
fn volume(random: &mut Random, slice_mm: f64) -> Volume {
    let step = [DVec3::X * 0.8, DVec3::Y * 0.8, DVec3::Z * slice_mm];
    let geometry = Geometry {
        columns: COLUMNS,
        rows: ROWS,
        slices: SLICES,
        affine: Some(Affine { step, origin: DVec3::ZERO }),
        positions_mm: (0..SLICES).map(|k| slice_mm * k as f64).collect(),
        origins: vec![],
    };
    let mut hu: Vec<i16> =
        (0..COLUMNS * ROWS * SLICES).map(|_| 30 + (random.normal() * 12.0) as i16).collect();
    for _ in 0..random.below(8) + 2 {
        let centre = [15 + random.below(15), 15 + random.below(12), random.below(SLICES)];
        let reach = [1 + random.below(3), 1 + random.below(3), 1 + random.below(9)];
        let dense = 200 + random.below(1200) as i16;
        for (at, hu) in hu.iter_mut().enumerate() {
            let place = [at % COLUMNS, at / COLUMNS % ROWS, at / (COLUMNS * ROWS)];
            let off = |axis: usize| {
                let apart = place[axis].abs_diff(centre[axis]) as f64 / reach[axis] as f64;
                apart * apart
            };
            if (0..3).map(off).sum::<f64>() <= 1.0 {
                *hu = dense.max(*hu);
            }
        }
    }
    let mut volume = Volume::new(geometry).unwrap();
    for (k, slice) in hu.chunks_exact(COLUMNS * ROWS).enumerate() {
        assert!(volume.put(k, slice));
    }
    volume
}

/// What a network may say of a slice: of dense voxels something, mostly not enough for a stone, and between stripes nothing, so that what hangs together is more than one component.
fn answer(random: &mut Random, slice: &[i16]) -> Answer {
    let mut answer = Answer::default();
    let most: Vec<f32> =
        (0..COLUMNS / STRIPE + 1).map(|_| if random.below(4) == 0 { 1.1 } else { 0.49 }).collect();
    let said = |(at, hu): &(usize, &i16)| **hu > 190 && at % COLUMNS % STRIPE > 1;
    for (at, _) in slice.iter().enumerate().filter(said) {
        answer.pixels.push(at as u32);
        answer.probabilities.push(0.3 + random.unit() * (most[at % COLUMNS / STRIPE] - 0.3));
    }
    answer
}

/// All that is measured of a stone, without what depends on the others that there are: number and label.
fn measures(stone: &Stone) -> Stone {
    let mut stone = stone.clone();
    stone.id = 0;
    stone.label = stones::findings::Label::Stone;
    stone
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]
    #[test]
    fn looks_change_nothing_and_tell_what_stays(
        seed in any::<u64>(), slice_mm in prop::sample::select(vec![0.7, 1.0, 2.5, 5.0]), every in 1usize..4,
    ) {
        let mut random = Random::new(seed);
        let volume = volume(&mut random, slice_mm);
        let (manifest, context) = (manifest(), context());
        let mut open: Vec<(usize, Answer)> =
            (0..SLICES).map(|k| (k, answer(&mut random, volume.slice(k)))).collect();
        let mut map = ProbabilityMap::new(&volume.geometry);
        let mut known = Known::default();
        let mut told: Vec<Stone> = Vec::new();
        while !open.is_empty() {
            let (k, answer) = open.swap_remove(random.below(open.len()));
            map.put(k, CROP, &answer);
            if open.len().is_multiple_of(every) {
                let (look, masks) = report(
                    &volume, &map, &manifest, &context, None, &mut known, Measured::Settled,
                ).unwrap();
                prop_assert_eq!(look.stones.len(), masks.len());
                for stone in look.stones {
                    if stone.limits.contains(&UNFINISHED.to_owned()) {
                        prop_assert_eq!(stone.max_axial_diameter_mm.or(stone.hu_mean), None);
                    } else {
                        told.push(measures(&stone));
                    }
                }
            }
        }
        let after = report(&volume, &map, &manifest, &context, None, &mut known, Measured::All);
        let after = after.unwrap();
        let mut anew = Known::default();
        let alone = report(&volume, &map, &manifest, &context, None, &mut anew, Measured::All).unwrap();
        prop_assert_eq!(&after, &alone);
        let last: Vec<Stone> = alone.0.stones.iter().map(measures).collect();
        for stone in told {
            prop_assert!(last.contains(&stone), "{:?} is not among {:?}", stone, last);
        }
        // With all slices there is nothing that is not settled.
        let settled =
            report(&volume, &map, &manifest, &context, None, &mut known, Measured::Settled);
        prop_assert_eq!(settled.unwrap(), alone);
    }
}

/// A stone whose surface goes on into what is no stone yet.
#[test]
fn what_may_become_a_stone_of_its_own_is_waited_for() {
    let dense = |[i, j, k]: [usize; 3], tall: bool| {
        let of = (20..24).contains(&i) && (8..11).contains(&k);
        let beside = tall && (24..35).contains(&i) && (4..20).contains(&k);
        (20..24).contains(&j) && (of || beside)
    };
    for tall in [false, true] {
        let step = [DVec3::X * 0.8, DVec3::Y * 0.8, DVec3::Z * 2.5];
        let mut volume = Volume::new(Geometry {
            columns: COLUMNS,
            rows: ROWS,
            slices: SLICES,
            affine: Some(Affine { step, origin: DVec3::ZERO }),
            positions_mm: (0..SLICES).map(|k| 2.5 * k as f64).collect(),
            origins: vec![],
        })
        .unwrap();
        let mut answers = Vec::new();
        for k in 0..SLICES {
            let place = |at: usize| [at % COLUMNS, at / COLUMNS, k];
            let hu = |at| if dense(place(at), tall) { 800 } else { 30 };
            assert!(volume.put(k, &(0..COLUMNS * ROWS).map(hu).collect::<Vec<i16>>()));
            // Of what touches the stone the network says nothing, further than parts of one stone are apart; beyond, only
            // in one slice that it is sure.
            let said = (0..COLUMNS * ROWS).filter(|&at| dense(place(at), tall)).filter_map(|at| {
                match at % COLUMNS {
                    ..24 => Some((at as u32, 0.9)),
                    31.. => Some((at as u32, if k == 18 { 0.9 } else { 0.4 })),
                    _ => None,
                }
            });
            let (pixels, probabilities) = said.unzip();
            answers.push(Answer { pixels, probabilities });
        }
        let mut map = ProbabilityMap::new(&volume.geometry);
        (3..16).for_each(|k| map.put(k, CROP, &answers[k]));
        let mut known = Known::default();
        let mut look = |map: &ProbabilityMap, measured| {
            let (manifest, context) = (manifest(), context());
            let told = report(&volume, map, &manifest, &context, None, &mut known, measured);
            told.unwrap().0.stones
        };
        let early = look(&map, Measured::Settled);
        assert_eq!(early.len(), 1);
        assert_eq!(early[0].limits == [UNFINISHED], tall);
        assert_eq!(early[0].bounds_voxel.max, [23, 23, 10]);
        (0..SLICES).for_each(|k| map.put(k, CROP, &answers[k]));
        let all = look(&map, Measured::All);
        assert_eq!(all.len(), 1 + usize::from(tall));
        let same = all.iter().find(|stone| stone.bounds_voxel == early[0].bounds_voxel).unwrap();
        assert_eq!(measures(same) == measures(&early[0]), !tall);
    }
}

#[test]
fn a_search_that_was_stopped_keeps_its_cautions() {
    let volume = volume(&mut Random::new(1), 2.5);
    let map = ProbabilityMap::new(&volume.geometry);
    let told = |measured| {
        let (manifest, context, mut known) = (manifest(), context(), Known::default());
        let told = report(&volume, &map, &manifest, &context, None, &mut known, measured);
        told.unwrap().0
    };
    let [early, last] = [Measured::Settled, Measured::All].map(told);
    assert!(!last.complete && early.warnings.is_empty());
    assert_eq!(last.warnings.iter().map(|w| &*w.code).collect::<Vec<_>>(), ["coverage"]);
}
