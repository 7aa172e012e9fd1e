//! How the slices of a series lie, in the numbers that a person is told.

use crate::geometry::Geometry;
use crate::grid::{Plane, letters};
use glam::DVec3;
use serde::{Deserialize, Serialize};

/// Least, median and greatest of several lengths in mm.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    pub least: f64,
    pub median: f64,
    pub greatest: f64,
}

impl Spread {
    /// `None` of nothing; of an even number the lower median.
    pub fn of(lengths: impl IntoIterator<Item = f64>) -> Option<Self> {
        let mut sorted: Vec<f64> = lengths.into_iter().collect();
        crate::sort_numbers(&mut sorted);
        let (&least, &greatest) = (sorted.first()?, sorted.last()?);
        let median = *sorted.get((sorted.len() - 1) / 2)?;
        Some(Self { least, median, greatest })
    }
}

/// Slices that are not there: between slice `below` and the next, at these patient coordinates (mm along
/// [`Layout::axis`], in the middle of both slices).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gap {
    pub below: usize,
    pub from_mm: f64,
    pub to_mm: f64,
    /// Millimetres along the normal.
    pub distance_mm: f64,
    /// How many slices of the usual distance would fill it.
    pub missing: usize,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layout {
    /// The anatomical plane that the slices are nearest to, and their angle to it.
    pub plane: Plane,
    pub oblique_degrees: f64,
    /// Patient axis that runs most nearly through the slices: 0 to Left, 1 to Posterior, 2 to Head.
    pub axis: usize,
    /// Letters of rising column, row and slice index.
    pub letters: [String; 3],
    /// Between neighbouring slices, along the normal; `None` of a single slice.
    pub distance_mm: Option<Spread>,
    /// Angle between normal and slice step, from the positions.
    pub tilt_degrees: f64,
    pub gaps: Vec<Gap>,
}

impl Layout {
    /// `None` where positions or pixel spacing are unknown.
    pub fn of(geometry: &Geometry) -> Option<Self> {
        let affine = geometry.affine?;
        let normal = affine.normal();
        let off = |axis: usize| normal[axis].abs();
        let axis = (0..3).max_by(|&a, &b| off(a).total_cmp(&off(b)))?;
        let plane = [Plane::Sagittal, Plane::Coronal, Plane::Axial][axis];
        let directions = [affine.step[0], affine.step[1], normal];
        let p = &geometry.positions_mm;
        let distances = p.iter().zip(p.iter().skip(1)).map(|(a, b)| b - a);
        Some(Self {
            plane,
            oblique_degrees: libm::acos(off(axis).min(1.0)).to_degrees(),
            axis,
            letters: directions.map(|d| letters(d.normalize_or_zero())),
            distance_mm: Spread::of(distances),
            tilt_degrees: affine.tilt_degrees(),
            gaps: gaps(geometry, axis),
        })
    }
}

fn gaps(geometry: &Geometry, axis: usize) -> Vec<Gap> {
    let Some(affine) = geometry.affine else { return Vec::new() };
    let usual = affine.slice_distance_mm();
    let to_middle = affine.step[0] * ((geometry.columns - 1) as f64 / 2.0)
        + affine.step[1] * ((geometry.rows - 1) as f64 / 2.0);
    let place = |k: usize| {
        let origin = geometry.origins.get(k).copied().unwrap_or(DVec3::ZERO);
        (origin + to_middle)[axis]
    };
    let gap = |below: usize| {
        let distance_mm = geometry.gap_above(below)?;
        Some(Gap {
            below,
            from_mm: place(below),
            to_mm: place(below + 1),
            distance_mm,
            missing: ((distance_mm / usual).round_ties_even() as usize).saturating_sub(1),
        })
    };
    (0..geometry.slices).filter_map(gap).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Affine;

    /// Slices of 3 × 5 pixels of 2 mm along `normal`, each moved by `shear` times its distance along the rows.
    fn stack(row: DVec3, column: DVec3, positions_mm: &[f64], shear: f64) -> Geometry {
        let normal = row.cross(column);
        let origins: Vec<DVec3> =
            positions_mm.iter().map(|&p| normal * p + column * (p * shear)).collect();
        let mut steps: Vec<f64> = positions_mm.windows(2).map(|w| w[1] - w[0]).collect();
        steps.sort_by(f64::total_cmp);
        let step = (normal + column * shear) * steps[(steps.len() - 1) / 2];
        Geometry {
            columns: 3,
            rows: 5,
            slices: positions_mm.len(),
            affine: Some(Affine { step: [row * 2.0, column * 2.0, step], origin: DVec3::ZERO }),
            positions_mm: positions_mm.to_vec(),
            origins,
        }
    }

    fn layout(row: DVec3, column: DVec3, positions_mm: &[f64], shear: f64) -> Layout {
        Layout::of(&stack(row, column, positions_mm, shear)).expect("a placed stack")
    }

    #[test]
    fn planes_and_letters() {
        use DVec3 as V;
        let (sin, cos) = (libm::sin(0.35), libm::cos(0.35));
        // Row, column, plane, letters, angle to the plane.
        let table = [
            (V::X, V::Y, Plane::Axial, "L P H", 0.0),
            (-V::X, -V::Y, Plane::Axial, "R A H", 0.0),
            (V::X, -V::Y, Plane::Axial, "L A F", 0.0),
            (V::Y, -V::Z, Plane::Sagittal, "P F R", 0.0),
            (V::X, -V::Z, Plane::Coronal, "L F P", 0.0),
            (V::X, V::new(0.0, cos, sin), Plane::Axial, "L PH HA", 0.35_f64.to_degrees()),
        ];
        for (row, column, plane, letters, degrees) in table {
            let found = layout(row, column, &[0.0, 5.0], 0.0);
            assert_eq!((found.plane, found.letters.join(" ").as_str()), (plane, letters));
            assert!((found.oblique_degrees - degrees).abs() < 1e-6, "{letters}");
        }
    }

    #[test]
    fn distances_and_tilt() {
        let found = layout(DVec3::X, DVec3::Y, &[0.0, 2.0, 4.0, 9.0], 0.5);
        assert_eq!(found.distance_mm, Some(Spread { least: 2.0, median: 2.0, greatest: 5.0 }));
        // tan 26.565° = 0.5.
        assert!((found.tilt_degrees - 26.565).abs() < 1e-3);
        assert_eq!(layout(DVec3::X, DVec3::Y, &[0.0, 2.0], 0.0).tilt_degrees, 0.0);
    }

    #[test]
    fn gaps_are_where_slices_are_missing() {
        let found = layout(DVec3::X, DVec3::Y, &[0.0, 2.0, 4.0, 10.0, 12.0, 16.0], 0.0).gaps;
        let told: Vec<_> = found.iter().map(|g| (g.below, g.from_mm, g.to_mm, g.missing)).collect();
        assert_eq!(told, [(2, 4.0, 10.0, 2), (4, 12.0, 16.0, 1)]);
        // Feet first along the normal: places are the patient's, not the stack's.
        let found = layout(DVec3::X, -DVec3::Y, &[0.0, 2.0, 6.0, 8.0], 0.0).gaps;
        assert_eq!((found[0].from_mm, found[0].to_mm, found[0].distance_mm), (-2.0, -6.0, 4.0));
        assert!(layout(DVec3::X, DVec3::Y, &[0.0, 2.0, 4.9, 7.0], 0.0).gaps.is_empty());
    }

    #[test]
    fn nothing_is_told_without_positions() {
        let geometry = Geometry { affine: None, ..stack(DVec3::X, DVec3::Y, &[0.0, 1.0], 0.0) };
        assert_eq!(Layout::of(&geometry), None);
    }
}
