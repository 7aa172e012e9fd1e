//! Where the slices of a series lie: affine, steps, gaps, tilt. Positions decide, nothing else does.

use super::{Warning, WarningCode};
use crate::frame::Frame;
use glam::DVec3;
use volume::{Affine, Geometry};

/// Steps within this of the usual one are even: a share, and a length in mm.
const EVEN: (f64, f64) = (0.05, 0.02);
/// A step off the normal by more than this is gantry tilt.
const TILT_DEGREES: f64 = 0.5;

pub struct Measured {
    pub geometry: Geometry,
    pub spacing_mm: [Option<f64>; 3],
    pub positions_mm: Option<Vec<f64>>,
}

/// The geometry of frames in canonical order (PS3.3 C.7.6.2.1.1).
pub fn measure(frames: &[Frame], warnings: &mut Vec<Warning>) -> Measured {
    let mut warn = |code, detail: String| warnings.push(Warning::new(code, detail));
    let first = frames.first();
    let spacing = first.and_then(|f| f.place.pixel_spacing);
    let mut geometry = Geometry {
        columns: first.map_or(0, |f| f.columns),
        rows: first.map_or(0, |f| f.rows),
        slices: frames.len(),
        affine: None,
        positions_mm: Vec::new(),
        origins: Vec::new(),
    };
    if frames.len() == 1 {
        warn(WarningCode::SingleSlice, String::new());
    }
    if spacing.is_none() {
        warn(WarningCode::NoPixelSpacing, String::new());
    }
    let [row_mm, column_mm] = [0, 1].map(|n| spacing.and_then(|s| s.get(n).copied()));
    let origins: Option<Vec<DVec3>> =
        frames.iter().map(|f| f.place.position.map(DVec3::from_array)).collect();
    let directions = first.and_then(|f| f.place.orientation);
    let (Some(origins), Some(directions)) = (origins, directions) else {
        warn(WarningCode::NoPosition, String::new());
        let spacing_mm = [column_mm, row_mm, None];
        return Measured { geometry, spacing_mm, positions_mm: None };
    };

    let [row, column] = directions.map(DVec3::from_array);
    let normal = row.cross(column).normalize_or_zero();
    let start = origins.first().copied().unwrap_or_default();
    let positions: Vec<f64> = origins.iter().map(|o| (*o - start).dot(normal)).collect();
    let thickness = first.and_then(|f| f.place.thickness_mm);
    let step = slice_step(&origins, normal, thickness, &mut warn);
    let numbers = || -> Option<Vec<i32>> {
        frames.iter().map(|f| f.order.instance_number.filter(|_| !f.multi_frame)).collect()
    };
    if frames.len() > 2
        && numbers().is_some_and(|n| !n.is_sorted_by(|a, b| a < b) && !n.is_sorted_by(|a, b| a > b))
    {
        warn(WarningCode::OrderConflict, String::new());
    }
    if let (Some(row_mm), Some(column_mm)) = (row_mm, column_mm) {
        geometry.affine =
            Some(Affine { step: [row * column_mm, column * row_mm, step], origin: start });
        geometry.positions_mm = positions.clone();
        geometry.origins = origins;
    }
    let spacing_mm = [column_mm, row_mm, Some(step.length())];
    Measured { geometry, spacing_mm, positions_mm: Some(positions) }
}

/// The step from slice to slice. Thickness counts only where there is a single slice.
fn slice_step(
    origins: &[DVec3],
    normal: DVec3,
    thickness: Option<f64>,
    warn: &mut impl FnMut(WarningCode, String),
) -> DVec3 {
    let steps: Vec<f64> =
        origins.iter().zip(origins.iter().skip(1)).map(|(a, b)| (*b - *a).length()).collect();
    let mut sorted = steps.clone();
    volume::sort_numbers(&mut sorted);
    let usual = sorted.len().checked_sub(1).and_then(|last| sorted.get(last / 2));
    let (Some(&first), Some(&last), Some(&usual)) = (origins.first(), origins.last(), usual) else {
        return normal * thickness.unwrap_or(1.0);
    };
    let span = last - first;
    let slack = (EVEN.0 * usual).max(EVEN.1);
    let degrees = libm::acos((span.normalize_or_zero().dot(normal)).clamp(-1.0, 1.0)).to_degrees();
    if degrees > TILT_DEGREES {
        warn(WarningCode::Tilt, format!("{degrees:.1}°"));
    }
    if steps.iter().all(|s| (s - usual).abs() <= slack) {
        return span / steps.len() as f64;
    }
    let whole = |s: &f64| {
        let ratio = (s / usual).round_ties_even().max(1.0);
        (s - ratio * usual).abs() <= slack * ratio
    };
    if steps.iter().all(whole) {
        let missing: f64 = steps.iter().map(|s| (s / usual).round_ties_even() - 1.0).sum();
        warn(WarningCode::Gap, format!("{missing} slices of {usual:.3} mm"));
    } else {
        let widest = sorted.last().copied().unwrap_or(usual);
        let narrowest = sorted.first().copied().unwrap_or(usual);
        warn(WarningCode::NonUniformSpacing, format!("{narrowest:.3} to {widest:.3} mm"));
    }
    span.normalize_or_zero() * usual
}
