//! Where the voxels lie: NIfTI's patient axes are right, anterior, superior; ours left, posterior, superior.

use super::header::Header;
use glam::{DMat3, DQuat, DVec3};

/// Distances along i, j and k in millimetres, and the place of the grid if the file tells it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grid {
    pub spacing_mm: [f64; 3],
    pub placed: Option<Placed>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Centre of voxel (0, 0, 0) in patient LPS mm.
    pub origin: DVec3,
    /// Unit vectors of rising i and of rising j.
    pub directions: [DVec3; 2],
    /// From a voxel to its neighbour along i and along j.
    pub steps: [DVec3; 2],
    /// From a voxel to its neighbour along k.
    pub step: DVec3,
}

impl Grid {
    /// The sform counts before the qform. Without either the axes could be any: they have lengths only.
    pub fn read(header: &Header<'_>) -> Self {
        let mm = header.unit_mm();
        let [q_code, s_code] = header.form_codes();
        let sform = || (s_code > 0).then(|| sform(header.rows())).and_then(|f| f.checked(mm));
        let qform = || (q_code > 0).then(|| qform(header)).and_then(|f| f.checked(mm));
        match sform().or_else(qform) {
            Some(Form { axes, origin }) => {
                let [i, j, k] = [axes.x_axis, axes.y_axis, axes.z_axis];
                let directions = [i, j].map(DVec3::normalize_or_zero);
                Self {
                    spacing_mm: [i, j, k].map(DVec3::length),
                    placed: Some(Placed { origin, directions, steps: [i, j], step: k }),
                }
            }
            None => {
                let [_, lengths @ ..] = header.pixel_dimensions();
                let length = |d: f64| if d.is_finite() { d.abs() * mm } else { 0.0 };
                Self { spacing_mm: lengths.map(length), placed: None }
            }
        }
    }
}

/// Columns of the matrix and its offset.
struct Form {
    axes: DMat3,
    origin: DVec3,
}

impl Form {
    /// In LPS millimetres, if it spans a space.
    fn checked(self, mm: f64) -> Option<Self> {
        let lps = DMat3::from_diagonal(DVec3::new(-mm, -mm, mm));
        let (axes, origin) = (lps * self.axes, lps * self.origin);
        let [i, j, k] = [axes.x_axis, axes.y_axis, axes.z_axis].map(DVec3::normalize_or_zero);
        let volume = i.cross(j).dot(k).abs();
        (volume > 1e-3 && origin.is_finite() && axes.is_finite()).then_some(Self { axes, origin })
    }
}

fn sform([a, b, c, x, d, e, f, y, g, h, i, z]: [f64; 12]) -> Form {
    Form { axes: DMat3::from_cols_array(&[a, d, g, b, e, h, c, f, i]), origin: DVec3::new(x, y, z) }
}

/// A rotation, the lengths of the axes, and the sign of the third.
fn qform(header: &Header<'_>) -> Form {
    let [b, c, d, x, y, z] = header.quaternion();
    let [handedness, i_mm, j_mm, k_mm] = header.pixel_dimensions();
    let a = (1.0 - (b * b + c * c + d * d)).max(0.0);
    let rotation = DQuat::from_xyzw(b, c, d, libm::sqrt(a)).normalize();
    let sign = if handedness < 0.0 { -1.0 } else { 1.0 };
    let lengths = DVec3::new(i_mm.abs(), j_mm.abs(), k_mm.abs() * sign);
    Form {
        axes: DMat3::from_quat(rotation) * DMat3::from_diagonal(lengths),
        origin: DVec3::new(x, y, z),
    }
}
