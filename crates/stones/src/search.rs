//! From a finished or broken-off search to its findings.

use crate::bone::Bone;
use crate::candidates::{Candidate, ProbabilityMap, components};
use crate::findings::{
    Engine, ErrorBand, FindAgain, Findings, Label, ModelCard, NotLoaded, SCHEMA, Seconds,
    SeriesCard, Software, Stone, Warning,
};
use crate::measure::measure;
use crate::model::Manifest;
use reader::{Refusal, Series};
use volume::Volume;

/// Steps per unit of what is told: a hundredth of a millimetre, a tenth of a HU, a thousandth of a score. Finer
/// digits are not the stone's.
const MM: f64 = 100.0;
const HOUNSFIELD: f64 = 10.0;
const SCORE: f64 = 1000.0;

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round_ties_even() / steps
}

/// What the findings say about where they came from.
pub struct Context {
    pub series: SeriesCard,
    pub engine: Engine,
    pub thickness_mm: Option<f64>,
    /// Instance Number of each slice.
    pub instance_numbers: Vec<Option<i32>>,
    pub warnings: Vec<Warning>,
    pub not_loaded: Vec<NotLoaded>,
}

impl Context {
    pub fn of(series: &Series, not_loaded: &[Refusal], engine: Engine) -> Self {
        Self {
            series: SeriesCard::from(series),
            engine,
            thickness_mm: series.thickness_mm,
            instance_numbers: series.frames.iter().map(|f| f.order.instance_number).collect(),
            warnings: series.warnings.iter().map(Warning::from).collect(),
            not_loaded: not_loaded.iter().map(NotLoaded::from).collect(),
        }
    }
}

/// What was found, measured, and labelled, with the mask of each stone (same order as the stones).
pub fn report(
    volume: &Volume,
    map: &ProbabilityMap,
    manifest: &Manifest,
    context: &Context,
) -> (Findings, Vec<Candidate>) {
    let threshold = f64::from(manifest.threshold);
    let (grow, min_voxels) = (manifest.grow_threshold, manifest.min_voxels);
    let candidates: Vec<Candidate> = components(map, grow, grow, min_voxels)
        .into_iter()
        .filter(|c| manifest.probability(c.probability) >= threshold)
        .filter(|c| peak(volume, c) >= manifest.floor.hu)
        .collect();
    let mut bone = Bone::of(volume);
    let mut pairs: Vec<(Stone, Candidate)> = candidates
        .into_iter()
        .map(|c| (stone(volume, &c, manifest, &mut bone, context), c))
        .collect();
    pairs.sort_by(|(a, _), (b, _)| size(b).total_cmp(&size(a)));
    for (id, (stone, _)) in (1..).zip(&mut pairs) {
        stone.id = id;
    }
    let (stones, masks): (Vec<Stone>, Vec<Candidate>) = pairs.into_iter().unzip();

    let missing_slices = map.missing();
    let findings = Findings {
        schema: SCHEMA.into(),
        software: Software::default(),
        model: ModelCard {
            name: manifest.name.clone(),
            version: manifest.version.clone(),
            sha256: manifest.sha256.clone(),
            validation: manifest.validation.clone(),
        },
        engine: context.engine.clone(),
        series: context.series.clone(),
        threshold: rounded(threshold, SCORE),
        complete: missing_slices.is_empty(),
        missing_slices,
        stones,
        warnings: context.warnings.clone(),
        not_loaded: context.not_loaded.clone(),
        seconds: Seconds::default(),
    };
    (findings, masks)
}

/// What stones are ranked by: volume, else voxels.
fn size(stone: &Stone) -> f64 {
    stone.volume_mm3.unwrap_or(stone.voxels as f64)
}

fn stone(
    volume: &Volume,
    candidate: &Candidate,
    manifest: &Manifest,
    bone: &mut Bone,
    context: &Context,
) -> Stone {
    let m = measure(volume, candidate, context.thickness_mm);
    let label = if bone.touches(&candidate.voxels) { Label::Rejected } else { Label::Stone };
    let mm = |value| rounded(value, MM);
    let hounsfield = |value| rounded(value, HOUNSFIELD);
    let slice_location_mm = m.center_mm.map(|c| mm(c[2]));
    Stone {
        id: 0,
        label,
        review: None,
        probability: Some(rounded(manifest.probability(candidate.probability), SCORE)),
        tract_score: None,
        side: m.side,
        center_mm: m.center_mm.map(|c| c.map(mm)),
        bounds_voxel: m.bounds_voxel,
        voxels: candidate.voxels.len(),
        level: m.level,
        max_axial_diameter_mm: m.max_axial_diameter_mm.map(mm),
        short_axis_mm: m.short_axis_mm.map(mm),
        craniocaudal_mm: m.craniocaudal_mm.map(mm),
        max_3d_diameter_mm: m.max_3d_diameter_mm.map(mm),
        error_mm: ErrorBand {
            axial: m.error_mm.axial.map(mm),
            craniocaudal: m.error_mm.craniocaudal.map(mm),
            volume: m.error_mm.volume.map(mm),
        },
        volume_mm3: m.volume_mm3.map(mm),
        hu_mean: m.hu_mean.map(hounsfield),
        hu_max: m.hu_max.map(hounsfield),
        hu_sd: m.hu_sd.map(hounsfield),
        hu_corrected: m.hu_corrected.map(hounsfield),
        skin_distance_mm: m.skin_distance_mm.map(mm),
        limits: m.limits,
        find_again: FindAgain {
            series_number: context.series.series_number,
            instance_number: context.instance_numbers.get(m.slice).copied().flatten(),
            slice_location_mm,
            pixel: m.pixel,
        },
    }
}

fn hu(volume: &Volume, [i, j, k]: [usize; 3]) -> i16 {
    volume.at(i as isize, j as isize, k as isize).unwrap_or(i16::MIN)
}

fn peak(volume: &Volume, candidate: &Candidate) -> i16 {
    candidate.voxels.iter().map(|&v| hu(volume, v)).max().unwrap_or(i16::MIN)
}
