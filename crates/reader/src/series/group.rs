//! Which frames make one volume, and the volume they make.

use super::repeats::{Part, separate};
use super::spacing::{Measured, measure};
use super::{Assembly, Series, Warning, WarningCode};
use crate::frame::{Frame, Modality};
use crate::refusal::{Code, Refusal};
use crate::syntax::Syntax;
use std::collections::{BTreeMap, BTreeSet};
use volume::sort_by;

/// Sizes, orientations and the like under one SeriesInstanceUID: each frame is compared with all of them.
const MOST_VOLUMES: usize = 1000;

/// Cosines within this are one orientation.
const COSINE: f64 = 0.01;

/// Frames of all files → series. The result does not depend on the order of the frames. Where
/// [`Frame::seen`] is filled in, repeats are told by their pixels, else by SOPInstanceUID.
pub fn assemble(mut frames: Vec<Frame>) -> Assembly {
    sort_by(&mut frames, |a, b| (&a.path, a.number).cmp(&(&b.path, b.number)));
    let mut by_uid: BTreeMap<_, Vec<Frame>> = BTreeMap::new();
    for frame in frames {
        // A NIfTI file is a series of its own.
        let nifti = matches!(frame.syntax, Syntax::Nifti { .. }).then(|| frame.path.clone());
        by_uid.entry((frame.identity.series_instance_uid.clone(), nifti)).or_default().push(frame);
    }
    let mut assembly = Assembly::default();
    for members in by_uid.into_values().flat_map(by_study) {
        one_uid(members, &mut assembly);
    }
    sort_by(&mut assembly.series, |a, b| key(a).cmp(&key(b)));
    sort_by(&mut assembly.refused, Ord::cmp);
    // Frames of one file.
    assembly.refused.dedup();
    assembly
}

/// Frames of one SeriesInstanceUID, study by study. Where each file has a study of its own, as some anonymisers leave it,
/// or none, that tells nothing.
fn by_study(frames: Vec<Frame>) -> Vec<Vec<Frame>> {
    let study = |frame: &Frame| frame.identity.study_instance_uid.clone();
    let studies: BTreeSet<_> = frames.iter().filter_map(study).collect();
    if studies.len() <= 1 || 2 * studies.len() > frames.len() {
        return vec![frames];
    }
    let mut parts: BTreeMap<_, Vec<Frame>> = BTreeMap::new();
    for frame in frames {
        parts.entry(study(&frame)).or_default().push(frame);
    }
    parts.into_values().collect()
}

/// A stable order for lists: study, series number, first file.
fn key(series: &Series) -> (&Option<String>, Option<i32>, Option<(&str, usize)>) {
    let first = series.frames.iter().map(|f| (f.path.as_str(), f.number)).min();
    (&series.study_instance_uid, series.number, first)
}

/// All volumes under one SeriesInstanceUID.
fn one_uid(frames: Vec<Frame>, assembly: &mut Assembly) {
    let patients: BTreeSet<_> = frames.iter().map(|f| f.labels.patient_id.as_str()).collect();
    let patients = patients.len();
    let (placed, unplaced): (Vec<_>, Vec<_>) = frames.into_iter().partition(is_placed);
    let groups = if placed.is_empty() {
        alike(unplaced, assembly)
    } else {
        // Among slices that have a place, one that has none cannot be put anywhere.
        assembly.refused.extend(unplaced.into_iter().map(|f| Refusal {
            path: f.path,
            code: Code::InconsistentGeometry,
            detail: "no usable ImagePositionPatient or ImageOrientationPatient".to_owned(),
        }));
        alike(placed, assembly)
    };
    let parts: Vec<Part> =
        groups.into_iter().flat_map(|g| separate(g, &mut assembly.refused)).collect();
    let split = parts.len() > 1;
    for part in parts {
        let mut warnings = Vec::new();
        if split {
            let detail = part.told_by.unwrap_or("size, pixel spacing or orientation".to_owned());
            warnings.push(Warning::new(WarningCode::Split, detail));
        }
        if patients > 1 {
            warnings.push(Warning::new(WarningCode::PatientConflict, ""));
        }
        if part.repeated {
            warnings.push(Warning::new(WarningCode::Duplicate, ""));
        }
        assembly.series.extend(series(part.frames, warnings));
    }
}

fn is_placed(frame: &Frame) -> bool {
    frame.place.position.is_some() && frame.place.orientation.is_some()
}

/// Frames of one patient, frame of reference, size, pixel spacing and orientation.
fn alike(frames: Vec<Frame>, assembly: &mut Assembly) -> Vec<Vec<Frame>> {
    // Where each file has a frame of reference of its own, as some anonymisers leave it, it tells nothing.
    let references: BTreeSet<_> =
        frames.iter().map(|f| f.identity.frame_of_reference_uid.clone()).collect();
    let told = 2 * references.len() <= frames.len();
    let mut groups: Vec<Vec<Frame>> = Vec::new();
    for frame in frames {
        let is_it = |group: &Vec<Frame>| {
            group.first().is_some_and(|first| {
                let (a, b) = (&first.identity, &frame.identity);
                are_alike(first, &frame)
                    && (!told || a.frame_of_reference_uid == b.frame_of_reference_uid)
            })
        };
        let place = groups.iter().position(is_it).unwrap_or(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.push(frame),
            None if place < MOST_VOLUMES => groups.push(vec![frame]),
            None => assembly.refused.push(Refusal {
                path: frame.path,
                code: Code::InconsistentGeometry,
                detail: "a series of too many sizes and orientations".to_owned(),
            }),
        }
    }
    groups
}

fn are_alike(a: &Frame, b: &Frame) -> bool {
    let near = |a: f64, b: f64| (a - b).abs() <= COSINE;
    let same_orientation = match (a.place.orientation, b.place.orientation) {
        (Some(a), Some(b)) => {
            a.as_flattened().iter().zip(b.as_flattened()).all(|(&a, &b)| near(a, b))
        }
        (None, None) => true,
        _ => false,
    };
    // Decimal strings that differ in their last digit are the same spacing.
    let same_spacing = match (a.place.pixel_spacing, b.place.pixel_spacing) {
        (Some(a), Some(b)) => a.iter().zip(b).all(|(a, b)| (a - b).abs() <= 1e-4 * a.abs()),
        (None, None) => true,
        _ => false,
    };
    a.labels.patient_id == b.labels.patient_id
        && (a.rows, a.columns) == (b.rows, b.columns)
        && same_orientation
        && same_spacing
}

/// The volume of frames that are in canonical order.
fn series(frames: Vec<Frame>, mut warnings: Vec<Warning>) -> Option<Series> {
    let first = frames.first()?;
    let Measured { geometry, spacing_mm, positions_mm } = measure(&frames, &mut warnings);
    headers(&frames, &mut warnings);
    sort_by(&mut warnings, |a, b| a.code.cmp(&b.code));
    Some(Series {
        study_instance_uid: first.identity.study_instance_uid.clone(),
        series_instance_uid: first.identity.series_instance_uid.clone(),
        number: first.labels.series_number,
        description: first.labels.series_description.clone(),
        modality: first.identity.modality.clone().unwrap_or_default(),
        contrast: frames.iter().any(|f| f.contrast),
        geometry,
        spacing_mm,
        positions_mm,
        thickness_mm: first.place.thickness_mm,
        kernel: first.order.kernel.clone(),
        labels: first.labels.clone(),
        warnings,
        frames,
    })
}

impl Series {
    /// The series that some of its slices make, measured anew. `slices` rise.
    pub fn of_slices(&self, slices: &[usize]) -> Option<Series> {
        let frames = slices.iter().filter_map(|&k| self.frames.get(k).cloned()).collect();
        let of_all = [WarningCode::Split, WarningCode::PatientConflict, WarningCode::Duplicate];
        let kept = self.warnings.iter().filter(|w| of_all.contains(&w.code)).cloned().collect();
        series(frames, kept)
    }

    /// Whether low values are to be white (MONOCHROME1).
    pub fn is_inverted(&self) -> bool {
        self.frames.iter().any(|frame| frame.remarks.inverted)
    }
}

/// Warnings that headers and pixels give, wherever the slices lie.
fn headers(frames: &[Frame], warnings: &mut Vec<Warning>) {
    let mut warn = |code, count: usize, detail: String| {
        if count > 0 {
            warnings.push(Warning::new(code, detail));
        }
    };
    let count = |test: fn(&Frame) -> bool| frames.iter().filter(|f| test(f)).count();
    let lossy = count(|f| f.lossy || f.seen.is_some_and(|s| s.lossy));
    warn(WarningCode::Lossy, lossy, format!("{lossy} slices"));
    let saturated: u64 = frames.iter().filter_map(|f| f.seen).map(|s| u64::from(s.saturated)).sum();
    warn(WarningCode::Saturated, saturated.min(1) as usize, format!("{saturated} voxels"));
    let missing = count(|f| f.modality_values == Modality::Missing);
    warn(WarningCode::NoRescale, missing, format!("{missing} slices"));
    let units: BTreeSet<_> = frames.iter().filter_map(|f| f.other_unit.as_deref()).collect();
    let unit = units.iter().cloned().collect::<Vec<_>>().join(", ");
    warn(WarningCode::NotHu, units.len(), unit);
    let kernels: BTreeSet<_> = frames.iter().map(|f| f.order.kernel.as_str()).collect();
    let names = kernels.iter().copied().collect::<Vec<_>>().join(", ");
    warn(WarningCode::MixedKernel, kernels.len() - 1, names);
}
