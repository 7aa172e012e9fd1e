//! What the second network says of a place: by cells around the middle of the body, and what follows for the findings.
#![expect(clippy::unwrap_used, reason = "a test")]

use glam::DVec3;
use stones::findings::{Engine, Label, Level, SeriesCard};
use stones::model::{Channel, Organ, TractNetwork};
use stones::tract::OnTract;
use stones::{
    Acquisition, Answer, Candidate, Context, Crop, Findings, Known, Manifest, Measured,
    ProbabilityMap, Tract,
};
use unet::plan::{Activation, Filter, Head, Op, Step, Value};
use unet::{Model, Network, Plan};
use volume::{Affine, Geometry, Volume};

const COLUMNS: usize = 90;
const ROWS: usize = 70;
const SLICES: usize = 5;
/// The body, off the middle of the image: columns and rows.
const BODY: [[usize; 2]; 2] = [[14, 74], [8, 48]];
/// From this slice on the body's left half (high columns) is as dense as an organ that the network knows.
const ORGAN_FROM: usize = 2;

fn is_organ([i, j, k]: [usize; 3]) -> bool {
    k >= ORGAN_FROM && (44..BODY[0][1]).contains(&i) && (BODY[1][0]..BODY[1][1]).contains(&j)
}

/// Pixels of 1 mm, slices of 5 mm; what `dense` names is 600 HU.
fn volume(dense: &[[usize; 3]]) -> Volume {
    let geometry = Geometry {
        columns: COLUMNS,
        rows: ROWS,
        slices: SLICES,
        affine: Some(Affine {
            step: [DVec3::X, DVec3::Y, DVec3::Z * 5.0],
            origin: DVec3::new(-50.0, 20.0, 700.0),
        }),
        positions_mm: (0..SLICES).map(|k| 5.0 * k as f64).collect(),
        origins: vec![],
    };
    let mut volume = Volume::new(geometry).unwrap();
    for k in 0..SLICES {
        let places = (0..ROWS).flat_map(|j| (0..COLUMNS).map(move |i| [i, j, k]));
        let hu = |at: [usize; 3]| {
            let inside = (0..2).all(|axis| (BODY[axis][0]..BODY[axis][1]).contains(&at[axis]));
            match () {
                () if dense.contains(&at) => 600,
                () if !inside => -1000,
                () if is_organ(at) => 90,
                () => 0,
            }
        };
        assert!(volume.take(k, places.map(hu).collect()));
    }
    volume
}

fn said() -> TractNetwork {
    TractNetwork {
        file: String::new(),
        bytes: 0,
        sha256: String::new(),
        channels: vec![Channel { offset_mm: 0.0, low_hu: -150.0, high_hu: 250.0 }],
        cell_mm: 4.0,
        rows: 16,
        columns: 16,
        organs: vec![Organ::Ureter, Organ::Kidney],
    }
}

/// One convolution of 1×1: a ureter nowhere (0.01), a kidney where a cell’s mean is above 78 HU (0.57 of the window).
fn network() -> Model {
    let filter = Filter { weights: 0, bias: 2, activation: Activation::None };
    let plan = Plan {
        values: vec![Value { channels: 1, level: 0 }, Value { channels: 2, level: 0 }],
        steps: vec![Step { op: Op::Conv1(filter), inputs: vec![0], output: 1 }],
        head: Head::Sigmoid,
        weights: vec![0.0, 200.0, -4.6, -114.0],
    };
    Model::Own(Network::new(plan).unwrap())
}

fn on(volume: &Volume, voxels: Vec<[usize; 3]>) -> OnTract {
    let mut tract = Tract::new(said(), &network(), volume).unwrap().unwrap();
    tract.of(volume, &Candidate { voxels, probability: 1.0 }).unwrap().unwrap()
}

#[test]
fn a_place_is_judged_by_the_cells_around_it() {
    let volume = volume(&[]);
    let inside = on(&volume, vec![[60, 30, 3]]);
    assert!(inside.kidney > 0.99 && inside.score() == inside.kidney, "{inside:?}");
    let beside = on(&volume, vec![[20, 30, 3]]);
    assert!((beside.ureter - 0.01).abs() < 1e-3 && beside.score() == beside.ureter, "{beside:?}");
    // Cells begin at the middle of the body, column 43.5: the one that holds it reaches from 43.5 to 47.5, and holds the
    // organ's edge at 44 whole; the one before holds none of it.
    assert!(on(&volume, vec![[44, 30, 3]]).score() > 0.99);
    assert!(on(&volume, vec![[43, 30, 3]]).score() < 0.02);
}

#[test]
fn a_place_has_a_distance_from_the_middle_of_the_kidney_on_its_side() {
    let volume = volume(&[]);
    // The organ's cells on this side are those from column 43.5 to 71.5, which has the organ in it by half: their middle is
    // 57.5, and each place is told by the middle of its cell.
    let at = |i| on(&volume, vec![[i, 30, 3]]).medial_mm.unwrap();
    assert_eq!([at(45), at(57), at(70)], [12.0, 0.0, -12.0]);
    assert_eq!(on(&volume, vec![[20, 30, 3]]).medial_mm, None);
}

#[test]
fn a_bright_spot_is_no_organ_of_its_own() {
    let spot = [[24, 28, 3], [25, 28, 3]];
    assert!(on(&volume(&spot), spot.to_vec()).score() < 0.02);
}

#[test]
fn the_slice_with_most_voxels_counts() {
    let volume = volume(&[]);
    // One voxel where there is no organ yet, two above it where there is.
    assert!(on(&volume, vec![[60, 30, 1], [60, 30, 2], [61, 30, 2]]).score() > 0.99);
    assert!(on(&volume, vec![[60, 30, 1], [61, 30, 1], [60, 30, 2]]).score() < 0.02);
}

#[test]
fn what_lies_beyond_the_cells_has_no_score() {
    // 16 cells of 1 mm: 8 mm to each side of the middle.
    let said = TractNetwork { cell_mm: 1.0, ..said() };
    let volume = volume(&[]);
    let mut tract = Tract::new(said, &network(), &volume).unwrap().unwrap();
    let mut at = |i| tract.of(&volume, &Candidate { voxels: vec![[i, 28, 3]], probability: 1.0 });
    assert!(at(44).unwrap().is_some() && at(51).unwrap().is_some());
    assert!(at(53).unwrap().is_none());
}

#[test]
fn a_network_of_other_channels_is_refused() {
    let mut said = said();
    said.channels.push(said.channels[0]);
    assert!(Tract::new(said, &network(), &volume(&[])).is_err());
}

fn manifest() -> Manifest {
    Manifest::parse(
        r#"{"schema":"lithoscope/model/1","name":"test","version":"0","file":"","bytes":0,"sha256":"","licence":"",
        "input":{"channels":[{"offset_mm":0,"low_hu":-140,"high_hu":260}],"multiple_of":1},
        "floor":{"hu":110,"reach":1},"threshold":0.5,"grow_threshold":0.3,"min_voxels":2,
        "calibration":{"slope":1,"tract":1,"offset":0},
        "pixel_mm":[0.5,1.1],"slice_mm":[0.5,5],"trained_on":"","validation":"","card":""}"#,
    )
    .unwrap()
}

fn context() -> Context {
    Context {
        series: SeriesCard::default(),
        engine: Engine::default(),
        acquisition: Acquisition { thickness_mm: Some(5.0), kernel: String::new() },
        contrast: Vec::new(),
        instance_numbers: Vec::new(),
        warnings: Vec::new(),
        not_loaded: Vec::new(),
    }
}

#[test]
fn off_the_tract_a_stone_is_listed_and_not_marked() {
    let spot = |i: usize, rows: usize| {
        (30..30 + rows).flat_map(move |j| (i..i + 3).map(move |i| [i, j, 3]))
    };
    let (on, off) = (spot(58, 3), spot(22, 4));
    let dense: Vec<[usize; 3]> = on.clone().chain(off.clone()).collect();
    let volume = volume(&dense);
    let crop = Crop::whole(COLUMNS, ROWS);
    let mut map = ProbabilityMap::new(&volume.geometry);
    for k in 0..SLICES {
        let here = dense.iter().filter(|voxel| voxel[2] == k);
        let pixels: Vec<u32> = here.map(|&[i, j, _]| (j * COLUMNS + i) as u32).collect();
        let probabilities = vec![0.9; pixels.len()];
        map.put(k, crop, &Answer { pixels, probabilities });
    }
    let mut tract = Tract::new(said(), &network(), &volume).unwrap().unwrap();
    let (manifest, context) = (manifest(), context());
    let anew = |manifest: &Manifest, tract| {
        let known = &mut Known::default();
        stones::report(&volume, &map, manifest, &context, tract, known, Measured::All).unwrap()
    };
    let (findings, masks) = anew(&manifest, Some(&mut tract));
    let at = |from: usize| {
        let mut pairs = findings.stones.iter().zip(&masks);
        pairs.find(|(_, mask)| mask.voxels.contains(&[from, 30, 3])).unwrap().0
    };
    assert_eq!(findings.stones.len(), 2);
    let (kept, rejected) = (at(58), at(22));
    assert_eq!((kept.label, kept.level), (Label::Stone, Some(Level::Kidney)));
    assert!(kept.is_shown() && !kept.is_off_tract() && kept.tract_score > Some(0.99));
    // Odds of 9 by the score, times those of 0.01 by the place.
    assert_eq!(
        (rejected.label, rejected.id, kept.id),
        (Label::Rejected, 2, 1),
        "the larger is last"
    );
    assert!(!rejected.is_shown() && rejected.is_off_tract());
    assert!((rejected.probability.unwrap() - 0.083).abs() < 0.001, "{rejected:?}");

    // Where the second network can't be used nothing is rejected for its place, and that is told.
    let warned = |findings: &Findings| findings.warnings.iter().any(|w| w.code == "tract_unknown");
    assert!(!warned(&findings));
    let manifest = Manifest { tract: Some(said()), ..manifest };
    let (findings, _) = anew(&manifest, None);
    assert!(warned(&findings));
    assert_eq!(findings.stones.len(), 2);
    for stone in &findings.stones {
        assert_eq!((stone.label, stone.tract_score), (Label::Stone, None));
        // Odds of 9 by the score, times those of 0.99.
        assert!((stone.probability.unwrap() - 0.999).abs() < 1e-3);
    }
}
