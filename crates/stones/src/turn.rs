//! How a slice is turned for a network, which has learnt from patients that lie on their back: its columns run to the
//! patient's left, its rows to the back, whatever the scanner wrote of one who lies prone or on a side.

use serde::{Deserialize, Serialize};
use volume::Geometry;

/// Cosine between normal and body axis from which on a series is axial. Only its slices can be turned so.
pub const AXIAL_COSINE: f64 = 0.8;

/// By quarters and mirrors: no pixel is mixed of others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Turn {
    /// What is shown as columns are the rows of the image.
    pub transposed: bool,
    /// The last column and the last row of the image, where it is shown from there on.
    pub from_last: [Option<usize>; 2],
}

impl Turn {
    pub const NONE: Self = Self { transposed: false, from_last: [None; 2] };

    /// As it is stored, unless it is axial and lies otherwise.
    pub fn of(geometry: &Geometry) -> Self {
        let Some(affine) = geometry.affine.filter(|_| is_axial(geometry)) else {
            return Self::NONE;
        };
        let [columns, rows, _] = affine.step.map(|step| step.normalize_or_zero());
        let transposed = rows.x.abs() > columns.x.abs();
        let along = if transposed { [columns.y, rows.x] } else { [columns.x, rows.y] };
        let last = [geometry.columns, geometry.rows].map(|size| size.saturating_sub(1));
        let from_last = [0, 1].map(|axis| (along[axis] < 0.0).then_some(last[axis]));
        Self { transposed, from_last }
    }

    /// Column and row of the image → those that are shown.
    pub fn shown(&self, [i, j]: [usize; 2]) -> [usize; 2] {
        let mirrored = |at: usize, last: Option<usize>| last.map_or(at, |last| last - at.min(last));
        let [i, j] = [mirrored(i, self.from_last[0]), mirrored(j, self.from_last[1])];
        if self.transposed { [j, i] } else { [i, j] }
    }

    /// What is shown → column and row of the image; `None` before its first.
    pub fn stored(&self, [i, j]: [usize; 2]) -> Option<[usize; 2]> {
        let [i, j] = if self.transposed { [j, i] } else { [i, j] };
        let mirrored = |at: usize, last: Option<usize>| match last {
            Some(last) => last.checked_sub(at),
            None => Some(at),
        };
        Some([mirrored(i, self.from_last[0])?, mirrored(j, self.from_last[1])?])
    }

    /// Something for the image's columns and for its rows, in the order of what is shown.
    pub fn ordered<T>(&self, [columns, rows]: [T; 2]) -> [T; 2] {
        if self.transposed { [rows, columns] } else { [columns, rows] }
    }
}

/// Whether the slices of a series lie across the body; `false` of one without a place.
pub fn is_axial(geometry: &Geometry) -> bool {
    geometry.affine.is_some_and(|affine| affine.normal().z.abs() >= AXIAL_COSINE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;
    use volume::Affine;

    const SIZE: [usize; 2] = [5, 3];

    fn geometry(columns: DVec3, rows: DVec3) -> Geometry {
        let step = [columns * 0.7, rows * 0.8, columns.cross(rows) * 3.0];
        Geometry {
            columns: SIZE[0],
            rows: SIZE[1],
            slices: 1,
            affine: Some(Affine { step, origin: DVec3::ZERO }),
            positions_mm: vec![0.0],
            origins: vec![DVec3::ZERO],
        }
    }

    #[test]
    fn columns_run_to_the_left_and_rows_to_the_back() {
        let (x, y, z) = (DVec3::X, DVec3::Y, DVec3::Z);
        for (what, columns, rows, axial) in [
            ("supine", x, y, true),
            ("prone", -x, -y, true),
            ("on the right side", -y, x, true),
            ("on the left side", y, -x, true),
            ("feet first", -x, y, true),
            ("mirrored rows", x, -y, true),
            ("transposed", y, x, true),
            ("tilted by 20 degrees", -x, DVec3::new(0.0, -0.94, 0.342), true),
            ("sagittal", y, -z, false),
            ("coronal", x, -z, false),
        ] {
            let geometry = geometry(columns, rows);
            let turn = Turn::of(&geometry);
            assert_eq!(is_axial(&geometry), axial, "{what}");
            if !axial {
                assert_eq!(turn, Turn::NONE, "{what}");
                continue;
            }
            let place = |at: [usize; 2]| {
                let [i, j] = turn.stored(at).unwrap().map(|at| at as f64);
                columns * i + rows * j
            };
            let (right, down) = (place([1, 0]) - place([0, 0]), place([0, 1]) - place([0, 0]));
            assert!(right.x > 0.9 && down.y > 0.9, "{what}: {right} {down}");
            for (i, j) in (0..SIZE[0]).flat_map(|i| (0..SIZE[1]).map(move |j| (i, j))) {
                assert_eq!(turn.stored(turn.shown([i, j])), Some([i, j]), "{what}");
            }
        }
        let prone = Turn::of(&geometry(-x, -y));
        assert_eq!((prone.stored([4, 2]), prone.stored([5, 0])), (Some([0, 0]), None));
    }
}
