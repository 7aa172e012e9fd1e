//! From a finished or broken-off search to its findings.

use crate::candidates::{Candidate, ProbabilityMap, components};
use crate::findings::{
    Engine, ErrorBand, FindAgain, Findings, Label, NotLoaded, SCHEMA, Seconds, SeriesCard,
    Software, Stone, Warning,
};
use crate::known::{Known, Measured};
use crate::labels;
use crate::measure::{Acquisition, Measures, level};
use crate::model::Manifest;
use crate::phase;
use crate::separate::joined;
use crate::settled::Settled;
use crate::tract::{OnTract, Tract};
use crate::turn::is_axial;
use reader::{Frame, Refusal, Series, Stored};
use volume::{Volume, sort_by};

/// Kidneys and bladder are seen in a scan of this length (mm) only.
const TRACT_MM: f64 = 300.0;
/// Score on the tract from which on a kidney or the bladder is sure enough to tell a large stone from bone.
const SURE_ORGAN: f32 = 0.8;
/// Code of the warning that a contrast agent shows.
const CONTRAST: &str = "contrast_phase";
/// Code of the warning that the urinary tract is not known, though the model has a network for it.
const UNKNOWN_TRACT: &str = "tract_unknown";
const EIGHT_BITS: &str = "eight_bits";
/// Stones further apart than this don't bear on each other's surfaces.
pub(crate) const NEAR_VOXELS: usize = 16;

/// Steps per unit of what is told: a hundredth of a millimetre, a tenth of a HU, a thousandth of a score. Finer
/// digits are not the stone's.
const MM: f64 = 100.0;
const HOUNSFIELD: f64 = 10.0;
const SCORE: f64 = 1000.0;

fn rounded(value: f64, steps: f64) -> f64 {
    (value * steps).round_ties_even() / steps
}

/// Millimetres, square and cubic ones too, as they are told.
pub(crate) fn mm(value: f64) -> f64 {
    rounded(value, MM)
}

/// What the findings say about where they came from.
pub struct Context {
    pub series: SeriesCard,
    pub engine: Engine,
    pub acquisition: Acquisition,
    /// What the file says of a contrast agent.
    pub contrast: Vec<String>,
    /// Instance Number of each slice.
    pub instance_numbers: Vec<Option<i32>>,
    pub warnings: Vec<Warning>,
    pub not_loaded: Vec<NotLoaded>,
}

impl Context {
    pub fn of(series: &Series, not_loaded: &[Refusal], engine: Engine) -> Self {
        let mut warnings: Vec<Warning> = series.warnings.iter().map(Warning::from).collect();
        // A window was burned in: what lies outside it, and steps within it, are lost.
        let is_small = |frame: &Frame| matches!(frame.stored, Stored::Integer { bits: ..=8, .. });
        if series.frames.iter().any(is_small) {
            warnings.push(Warning { code: EIGHT_BITS.into(), detail: String::new() });
        }
        Self {
            series: SeriesCard::from(series),
            engine,
            acquisition: Acquisition {
                thickness_mm: series.thickness_mm,
                kernel: series.kernel.clone(),
            },
            contrast: phase::told(series),
            instance_numbers: series.frames.iter().map(|f| f.order.instance_number).collect(),
            warnings,
            not_loaded: not_loaded.iter().map(NotLoaded::from).collect(),
        }
    }
}

/// What was found, measured, and labelled, with the mask of each stone (same order as the stones). `tract` is the
/// series' own, where the model has one.
///
/// What would be a stone in a kidney, and is none where it lies, is rejected: listed, not marked. What is `known` from
/// earlier reports on the same series is not found out anew.
///
/// # Errors
/// The tract's network can't be run.
pub fn report(
    volume: &Volume,
    map: &ProbabilityMap,
    manifest: &Manifest,
    context: &Context,
    mut tract: Option<&mut Tract>,
    known: &mut Known,
    measured: Measured,
) -> Result<(Findings, Vec<Candidate>), unet::Error> {
    known.begin_report();
    let threshold = f64::from(manifest.threshold);
    let (grow, min_voxels) = (manifest.grow_threshold, manifest.min_voxels);
    let unknown_tract = manifest.tract.is_some() && tract.is_none();
    let components = components(map, grow, grow, 1);
    let settled = match measured {
        Measured::All => None,
        Measured::Settled => Some(Settled::of(map, &volume.geometry, &components)),
    };
    let is_settled =
        |mask: &Candidate| settled.as_ref().is_none_or(|it| it.is_settled(mask.bounds()));
    let candidates: Vec<Candidate> = components
        .into_iter()
        .filter(|c| c.voxels.len() >= min_voxels)
        .filter(|c| manifest.probability(c.probability, None, c.widest().len()) >= threshold)
        .filter(|c| peak(volume, c) >= manifest.floor.hu)
        .collect();
    let mut judge = |candidate: &Candidate| -> Result<Verdict, unet::Error> {
        let on_tract = match &mut tract {
            Some(tract) if is_settled(candidate) => tract.of(volume, candidate)?,
            Some(tract) => tract.so_far(volume, candidate)?,
            None => None,
        };
        let place = on_tract.map(|on| f64::from(on.score()));
        let pixels = candidate.widest().len();
        let probability = manifest.probability(candidate.probability, place, pixels);
        Ok(Verdict { probability, on_tract, rejected: probability < threshold })
    };
    let mut verdicts = Vec::with_capacity(candidates.len());
    for candidate in &candidates {
        verdicts.push(judge(candidate)?);
    }
    let judged_candidates = candidates.into_iter().zip(verdicts);
    let (mut all, kept): (Vec<_>, Vec<_>) = judged_candidates.partition(|(_, v)| v.rejected);
    // What is told of the surest part of a whole holds for the stones that it is made of.
    for whole in joined(volume, kept.iter().map(|(part, _)| part.clone()).collect()) {
        let parts =
            kept.iter().filter(|(part, _)| part.voxels.first().is_some_and(|v| whole.has(*v)));
        let surest = parts.max_by(|(_, a), (_, b)| a.probability.total_cmp(&b.probability));
        let Some(&(_, verdict)) = surest else { continue };
        let stones = if is_settled(&whole) { known.split(volume, whole) } else { vec![whole] };
        all.extend(stones.into_iter().map(|stone| (stone, verdict)));
    }
    let (mut stones, masks) = judged(volume, all, context, known, settled.as_ref());

    let lifted_share = known.lifted_share(volume);
    let missing_slices = map.missing();
    let mut warnings = context.warnings.clone();
    if unknown_tract {
        warnings.push(Warning { code: UNKNOWN_TRACT.into(), detail: String::new() });
    }
    // An early report is for the eye; one that stays says all, however many slices were left out.
    if settled.is_none() || missing_slices.is_empty() {
        warnings.extend(unfit(volume, manifest, context, lifted_share));
    }
    let contrast = |warning: &Warning| warning.code == CONTRAST;
    if !context.contrast.is_empty() || warnings.iter().any(contrast) {
        labels::doubt(&mut stones);
    }
    let findings = Findings {
        schema: SCHEMA.into(),
        software: Software::default(),
        model: manifest.card(),
        engine: context.engine.clone(),
        series: context.series.clone(),
        threshold: rounded(threshold, SCORE),
        complete: missing_slices.is_empty(),
        missing_slices,
        stones,
        warnings,
        not_loaded: context.not_loaded.clone(),
        seconds: Seconds::default(),
    };
    Ok((findings, masks))
}

/// Why the model's figures may not hold for a scan: contrast, slices or pixels that it never saw, a short scan.
fn unfit(
    volume: &Volume,
    manifest: &Manifest,
    context: &Context,
    lifted_share: Option<f64>,
) -> Vec<Warning> {
    let geometry = &volume.geometry;
    let mut warnings = Vec::new();
    let mut warn = |code: &str, detail: String| {
        if !context.warnings.iter().any(|warning| warning.code == code) {
            warnings.push(Warning { code: code.into(), detail });
        }
    };
    if let Some(detail) = phase::evidence(lifted_share, &context.contrast) {
        warn(CONTRAST, detail);
    }
    let Some(affine) = geometry.affine else { return warnings };
    if !is_axial(geometry) {
        warn("orientation", String::new());
    }
    let [across, down, _] = affine.spacing_mm();
    let slice_mm = context.acquisition.thickness_mm.unwrap_or(affine.slice_distance_mm());
    let outside = |[low, high]: [f64; 2], mm: f64| mm < low - 0.01 || mm > high + 0.01;
    if outside(manifest.slice_mm, slice_mm)
        || outside(manifest.pixel_mm, across)
        || outside(manifest.pixel_mm, down)
    {
        warn("spacing_out_of_range", format!("{across:.2} × {down:.2} mm, {slice_mm:.2} mm"));
    }
    let covered = geometry.positions_mm.last().map_or(0.0, |last| last + slice_mm);
    if covered < TRACT_MM {
        warn("coverage", format!("{covered:.0} mm"));
    }
    warnings
}

/// What the model says of a candidate.
#[derive(Clone, Copy)]
struct Verdict {
    probability: f64,
    on_tract: Option<OnTract>,
    rejected: bool,
}

/// Stones, measured, labelled and numbered by size, rejected ones last, with the mask of each; their scores are the candidates' own.
pub fn measured(
    volume: &Volume,
    candidates: Vec<Candidate>,
    context: &Context,
) -> (Vec<Stone>, Vec<Candidate>) {
    let own = |candidate: Candidate| {
        let probability = f64::from(candidate.probability);
        (candidate, Verdict { probability, on_tract: None, rejected: false })
    };
    let candidates = candidates.into_iter().map(own).collect();
    judged(volume, candidates, context, &mut Known::default(), None)
}

fn judged(
    volume: &Volume,
    candidates: Vec<(Candidate, Verdict)>,
    context: &Context,
    known: &mut Known,
    settled: Option<&Settled>,
) -> (Vec<Stone>, Vec<Candidate>) {
    let (candidates, verdicts): (Vec<Candidate>, Vec<Verdict>) = candidates.into_iter().unzip();
    let bounds: Vec<_> = candidates.iter().map(Candidate::bounds).collect();
    let near = |a: usize, b: usize| near(bounds[a], bounds[b]);
    let mut of = |at: usize| {
        let others = (0..candidates.len()).filter(|&other| other != at && near(at, other));
        let others: Vec<&Candidate> = others.map(|other| &candidates[other]).collect();
        let Verdict { probability, on_tract, rejected } = verdicts[at];
        // What is as large as bone, and surely in a kidney or the bladder, is a stone all the same.
        let in_organ = on_tract.is_some_and(|on| on.kidney.max(on.bladder) >= SURE_ORGAN);
        let is_bone = !in_organ && known.bones(volume).touches(&candidates[at].voxels);
        let label = if rejected || is_bone { Label::Rejected } else { Label::Stone };
        let candidate = &candidates[at];
        let measures = settled
            .is_none_or(|settled| settled.is_settled(bounds[at]))
            .then(|| known.measure(volume, candidate, &others, &context.acquisition))
            .filter(|measures| settled.is_none_or(|settled| settled.has_seen(measures.looked)))
            .map(|measures| Measures {
                level: on_tract.map_or(measures.level, |on| level::by_tract(measures.level, on)),
                ..measures
            });
        let measures = measures.unwrap_or_else(|| Measures::so_far(volume, candidate));
        let mut stone = stone(candidate, measures, label, context);
        stone.probability = Some(rounded(probability, SCORE));
        stone.tract_score = on_tract.map(|on| rounded(f64::from(on.score()), SCORE));
        stone
    };
    let mut stones: Vec<Stone> = (0..candidates.len()).map(&mut of).collect();
    labels::assign(&mut stones);
    let mut pairs: Vec<(Stone, Candidate)> = stones.into_iter().zip(candidates).collect();
    let is_rejected = |stone: &Stone| stone.label == Label::Rejected;
    sort_by(&mut pairs, |(a, _), (b, _)| {
        is_rejected(a).cmp(&is_rejected(b)).then(size(b).total_cmp(&size(a)))
    });
    for (id, (stone, _)) in (1..).zip(&mut pairs) {
        stone.id = id;
    }
    pairs.into_iter().unzip()
}

/// Whether two masks are so near to each other that one bears on the other's surface, by their bounds.
pub(crate) fn near(a: ([usize; 3], [usize; 3]), b: ([usize; 3], [usize; 3])) -> bool {
    let ((a_min, a_max), (b_min, b_max)) = (a, b);
    (0..3).all(|axis| {
        a_min[axis] <= b_max[axis] + NEAR_VOXELS && b_min[axis] <= a_max[axis] + NEAR_VOXELS
    })
}

/// What stones are ranked by: volume, else voxels.
fn size(stone: &Stone) -> f64 {
    stone.volume_mm3.unwrap_or(stone.voxels as f64)
}

pub(crate) fn stone(candidate: &Candidate, m: Measures, label: Label, context: &Context) -> Stone {
    let hounsfield = |value| rounded(value, HOUNSFIELD);
    let slice_location_mm = m.center_mm.map(|c| mm(c[2]));
    Stone {
        id: 0,
        label,
        review: None,
        drawn: None,
        probability: None,
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
        rim_hu: m.rim_hu.map(hounsfield),
        phlebolith_score: None,
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
