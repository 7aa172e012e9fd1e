//! The three anatomical planes over any acquisition: which voxel lies under which pixel.
//!
//! The plane that a series was acquired in shows the stored slices as they are. The other two cut through
//! the stack on a regular lattice `(x, y, z)`: `z` runs along the slice normal in even steps, and each
//! slice is moved in its own plane by what its position says, so that gantry tilt and uneven spacing
//! come out true without resampling the volume.

use crate::affine::{Patient, Voxel};
use crate::cut::Cut;
use crate::geometry::Geometry;
use crate::turned::Turned;
use glam::DVec3;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Plane {
    Axial,
    Coronal,
    Sagittal,
}

impl Plane {
    pub const ALL: [Plane; 3] = [Plane::Axial, Plane::Coronal, Plane::Sagittal];

    /// Patient axis (0 = L, 1 = P, 2 = H) and sense of screen right, screen down and the next slice.
    /// Radiological: the patient's right on the viewer's left, axial from the feet, nose to the left.
    fn convention(self) -> [(usize, f64); 3] {
        match self {
            Plane::Axial => [(0, 1.0), (1, 1.0), (2, -1.0)],
            Plane::Coronal => [(0, 1.0), (2, -1.0), (1, 1.0)],
            Plane::Sagittal => [(1, 1.0), (2, -1.0), (0, 1.0)],
        }
    }
}

/// Orientation letters at the four edges of a view (PS3.3 C.7.6.1.1.1): dominant direction first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letters {
    pub left: String,
    pub right: String,
    pub top: String,
    pub bottom: String,
}

/// A direction of the view as an axis of the lattice, forwards or backwards.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Along {
    axis: usize,
    flipped: bool,
    len: usize,
}

impl Along {
    /// Lattice coordinate of a view coordinate, and back: the map is its own inverse.
    fn turn(self, x: f64) -> f64 {
        if self.flipped { (self.len as f64 - 1.0) - x } else { x }
    }
}

/// A plane of a series: its size in pixels, its scale, and the map between its pixels and voxels.
#[derive(Clone, Debug)]
pub struct Grid {
    pub plane: Plane,
    /// Pixels across and down, and how many such planes there are.
    pub width: usize,
    pub height: usize,
    pub count: usize,
    /// Millimetres per pixel across and down; 1 where the scale is unknown.
    pub pixel_mm: [f64; 2],
    /// Millimetres from one plane to the next.
    pub step_mm: f64,
    pub letters: Letters,
    u: Along,
    v: Along,
    s: Along,
    /// Planes of the stack itself are the stored slices; the others cut through it.
    stack: bool,
    geometry: Geometry,
    /// In-plane move of each slice in voxels, made non-negative; empty where the stack is straight.
    shift: Vec<[f64; 2]>,
    z_mm: f64,
    /// The planes lie askew.
    turned: Option<Turned>,
}

/// Slices that planes can be cut through.
const MIN_SLICES: usize = 3;
/// In-plane moves below this many voxels are rounding of the header, not tilt.
const STRAIGHT: f64 = 0.02;

impl Grid {
    /// The plane over a series. Without a known geometry only the stack as it was stored can be shown,
    /// and it takes the place of the axial view. Fewer than three slices are no volume to cut through.
    pub fn new(geometry: &Geometry, plane: Plane) -> Option<Self> {
        let Some(affine) = geometry.affine else {
            return (plane == Plane::Axial).then(|| Self::unplaced(geometry));
        };
        let normal = affine.normal();
        let directions =
            [affine.step[0].normalize_or_zero(), affine.step[1].normalize_or_zero(), normal];
        let to_lattice = match_axes(&directions);
        let along = |(patient_axis, sense): (usize, f64)| {
            let axis = to_lattice[patient_axis];
            Along { axis, flipped: directions[axis][patient_axis] * sense < 0.0, len: 0 }
        };
        let [mut u, mut v, mut s] = plane.convention().map(along);
        let stack = s.axis == 2;
        if !stack && geometry.slices < MIN_SLICES {
            return None;
        }

        let shift = if stack { Vec::new() } else { in_plane_shift(geometry) };
        let widest =
            |axis: usize| shift.iter().map(|m| m[axis]).fold(0.0, f64::max).ceil() as usize;
        let z_mm = affine.slice_distance_mm();
        let z_len = if stack {
            geometry.slices
        } else {
            let extent = geometry.positions_mm.last().copied().unwrap_or(0.0);
            (extent / z_mm).round_ties_even() as usize + 1
        };
        let len = [geometry.columns + widest(0), geometry.rows + widest(1), z_len];
        for along in [&mut u, &mut v, &mut s] {
            along.len = len[along.axis];
        }

        let [mm_i, mm_j, _] = affine.spacing_mm();
        let mm = [mm_i, mm_j, z_mm];
        let sense = |a: Along| if a.flipped { -directions[a.axis] } else { directions[a.axis] };
        Some(Self {
            plane,
            width: u.len,
            height: v.len,
            count: s.len,
            pixel_mm: [mm[u.axis], mm[v.axis]],
            step_mm: mm[s.axis],
            letters: Letters {
                left: letters(-sense(u)),
                right: letters(sense(u)),
                top: letters(-sense(v)),
                bottom: letters(sense(v)),
            },
            u,
            v,
            s,
            stack,
            geometry: geometry.clone(),
            shift,
            z_mm,
            turned: None,
        })
    }

    fn unplaced(geometry: &Geometry) -> Self {
        let along = |axis, len| Along { axis, flipped: false, len };
        Self {
            plane: Plane::Axial,
            width: geometry.columns,
            height: geometry.rows,
            count: geometry.slices,
            pixel_mm: [1.0, 1.0],
            step_mm: 1.0,
            letters: Letters::default(),
            u: along(0, geometry.columns),
            v: along(1, geometry.rows),
            s: along(2, geometry.slices),
            stack: true,
            geometry: geometry.clone(),
            shift: Vec::new(),
            z_mm: 1.0,
            turned: None,
        }
    }

    /// Whether the planes are the stored slices themselves.
    pub fn is_stack(&self) -> bool {
        self.stack
    }

    /// The voxel axis (0 = column, 1 = row, 2 = slice) that leads from plane to plane.
    pub fn through(&self) -> usize {
        self.s.axis
    }

    /// Continuous voxel under pixel `(u, v)` of plane `s`; whole numbers are centres.
    pub fn voxel(&self, u: f64, v: f64, s: f64) -> Voxel {
        if let Some(turned) = self.turned
            && let Some(voxel) = self.geometry.voxel(Patient(turned.place(u, v, s)))
        {
            return voxel;
        }
        let mut lattice = [0.0; 3];
        for (along, x) in [(self.u, u), (self.v, v), (self.s, s)] {
            lattice[along.axis] = along.turn(x);
        }
        if self.stack {
            return Voxel(DVec3::from_array(lattice));
        }
        let [x, y, z] = lattice;
        let k = self.geometry.slice_at(z * self.z_mm);
        let [di, dj] = self.shift_at(k);
        Voxel(DVec3::new(x - di, y - dj, k))
    }

    /// Pixel and plane `[u, v, s]` of a voxel: the inverse of [`Grid::voxel`].
    pub fn pixel(&self, voxel: Voxel) -> [f64; 3] {
        if let Some(turned) = self.turned
            && let Some(place) = self.geometry.patient(voxel)
        {
            return turned.pixel(place.0);
        }
        let DVec3 { x: i, y: j, z: k } = voxel.0;
        let lattice = if self.stack {
            [i, j, k]
        } else {
            let [di, dj] = self.shift_at(k);
            [i + di, j + dj, self.position_at(k) / self.z_mm]
        };
        [self.u, self.v, self.s].map(|along| along.turn(lattice[along.axis]))
    }

    /// Patient position of a pixel; `None` without geometry.
    pub fn patient(&self, u: f64, v: f64, s: f64) -> Option<Patient> {
        self.geometry.patient(self.voxel(u, v, s))
    }

    /// Where plane `s` lies in the patient; in voxels without geometry.
    pub fn cut(&self, s: f64) -> Cut {
        let place = |u, v| self.patient(u, v, s).map_or(self.voxel(u, v, s).0, |place| place.0);
        let origin = place(0.0, 0.0);
        Cut { origin, right: place(1.0, 0.0) - origin, down: place(0.0, 1.0) - origin }
    }

    /// Whether row or column `z` of the lattice lies between slices that are too far apart to fill in.
    pub(crate) fn bracket(&self, z: f64) -> Bracket {
        let k = self.geometry.slice_at(z * self.z_mm).clamp(0.0, (self.geometry.slices - 1) as f64);
        let below = k.floor() as usize;
        let above = (below + 1).min(self.geometry.slices - 1);
        let weight = k - below as f64;
        let p = &self.geometry.positions_mm;
        let distance = p[above] - p[below];
        let nearest = (weight.min(1.0 - weight)) * distance;
        let gap = self.geometry.gap_above(below).is_some() && nearest > 0.5 * self.z_mm + 1e-6;
        Bracket { below, above, weight, gap }
    }

    pub(crate) fn geometry(&self) -> &Geometry {
        &self.geometry
    }

    pub(crate) fn lie(&mut self, turned: Turned) {
        self.turned = Some(turned);
        self.stack = false;
    }

    pub fn is_turned(&self) -> bool {
        self.turned.is_some()
    }

    pub(crate) fn axes(&self) -> [(usize, bool, usize); 3] {
        [self.u, self.v, self.s].map(|a| (a.axis, a.flipped, a.len))
    }

    pub(crate) fn shift_of(&self, k: usize) -> [f64; 2] {
        self.shift.get(k).copied().unwrap_or([0.0; 2])
    }

    fn shift_at(&self, k: f64) -> [f64; 2] {
        between(&self.shift, k, |a, b, w| [a[0] + (b[0] - a[0]) * w, a[1] + (b[1] - a[1]) * w])
            .unwrap_or([0.0; 2])
    }

    fn position_at(&self, k: f64) -> f64 {
        between(&self.geometry.positions_mm, k, |a, b, w| a + (b - a) * w).unwrap_or(k * self.z_mm)
    }
}

/// The two slices around a place along the normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Bracket {
    pub below: usize,
    pub above: usize,
    pub weight: f64,
    pub gap: bool,
}

/// Linear interpolation, and extrapolation at the ends, of a table at a fractional index.
fn between<T: Copy>(table: &[T], at: f64, mix: impl Fn(T, T, f64) -> T) -> Option<T> {
    if table.len() < 2 {
        return None;
    }
    let below = (at.max(0.0) as usize).min(table.len() - 2);
    Some(mix(table[below], table[below + 1], at - below as f64))
}

/// For each patient axis the lattice axis that runs most nearly along it, each used once.
fn match_axes(directions: &[DVec3; 3]) -> [usize; 3] {
    const ORDERS: [[usize; 3]; 6] =
        [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    let score = |order: &[usize; 3]| -> f64 {
        order.iter().enumerate().map(|(patient, &axis)| directions[axis][patient].abs()).sum()
    };
    let mut best = ORDERS[0];
    for order in ORDERS {
        if score(&order) > score(&best) + 1e-9 {
            best = order;
        }
    }
    best
}

/// How far each slice is moved in its own plane against slice 0, in voxels, smallest move 0.
fn in_plane_shift(geometry: &Geometry) -> Vec<[f64; 2]> {
    let Some(affine) = geometry.affine else { return Vec::new() };
    let Some(&first) = geometry.origins.first() else { return Vec::new() };
    let per_mm = [affine.step[0], affine.step[1]].map(|step| step / step.length_squared());
    let raw: Vec<[f64; 2]> =
        geometry.origins.iter().map(|&o| per_mm.map(|axis| (o - first).dot(axis))).collect();
    if raw.iter().flatten().all(|m| m.abs() < STRAIGHT) {
        return Vec::new();
    }
    let least = [0, 1].map(|axis| raw.iter().map(|m| m[axis]).fold(f64::INFINITY, f64::min));
    raw.iter().map(|m| [m[0] - least[0], m[1] - least[1]]).collect()
}

/// DICOM's letters of a direction, dominant first; a part below 15 degrees is left out.
pub(crate) fn letters(direction: DVec3) -> String {
    const MIN_COSINE: f64 = 0.2588;
    let names = [('L', 'R'), ('P', 'A'), ('H', 'F')];
    let mut parts: Vec<(f64, char)> = direction
        .to_array()
        .into_iter()
        .zip(names)
        .filter(|(x, _)| x.abs() > MIN_COSINE)
        .map(|(x, (plus, minus))| (x.abs(), if x > 0.0 { plus } else { minus }))
        .collect();
    crate::sort_by(&mut parts, |a, b| b.0.total_cmp(&a.0));
    parts.into_iter().map(|(_, letter)| letter).collect()
}
