//! Planes that lie askew: cut through the volume in any direction.

use crate::affine::{Patient, Voxel};
use crate::cut::Cut;
use crate::geometry::{Geometry, NOTHING, Volume};
use crate::grid::{Grid, letters};
use crate::sample::Sampled;
use glam::DVec3;

/// Directions of a picture in the patient: right, down, and away from the viewer; unit vectors at right angles.
pub type Axes = [DVec3; 3];

/// A place turned about an axis through the origin (Rodrigues): from right to down, if the axis leads away from the viewer.
pub fn turn_about(axis: DVec3, radians: f64, way: DVec3) -> DVec3 {
    let (sin, cos) = (libm::sin(radians), libm::cos(radians));
    way * cos + axis.cross(way) * sin + axis * (axis.dot(way) * (1.0 - cos))
}

/// How planes lie that are not those of the patient: pixel (0, 0) of plane 0, and the ways to the next pixels and plane.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Turned {
    origin: DVec3,
    steps: Axes,
}

impl Turned {
    pub fn place(&self, u: f64, v: f64, s: f64) -> DVec3 {
        self.origin + self.steps[0] * u + self.steps[1] * v + self.steps[2] * s
    }

    pub fn pixel(&self, place: DVec3) -> [f64; 3] {
        self.steps.map(|step| (place - self.origin).dot(step) / step.length_squared())
    }
}

impl Grid {
    /// Where the grid's planes look: as it was turned, or as the patient lies. `None` without geometry.
    pub fn looks(&self) -> Option<Axes> {
        let Cut { right, down, .. } = self.cut(0.0);
        self.geometry().affine?;
        let (right, down) = (right.normalize_or_zero(), down.normalize_or_zero());
        Some([right, down, right.cross(down)])
    }

    /// The same planes as the patient lies.
    pub fn straight(&self) -> Option<Self> {
        Self::new(self.geometry(), self.plane)
    }

    /// Planes of a volume along other directions, around its middle and as far as it reaches. Pixels are square and as
    /// small as the finest of the volume's own.
    pub fn turned(&self, axes: Axes) -> Option<Self> {
        let geometry = self.geometry();
        let [mm_i, mm_j, _] = geometry.affine?.spacing_mm();
        let mm = mm_i.min(mm_j);
        let corners = corners(geometry)?;
        let middle = corners.iter().sum::<DVec3>() / corners.len() as f64;
        let steps = axes.map(|axis| axis * mm);
        let count = axes.map(|axis| {
            let far = corners.iter().map(|&corner| (corner - middle).dot(axis).abs());
            2 * (far.fold(0.0, f64::max) / mm).ceil() as usize + 1
        });
        let half = count.map(|count| (count - 1) as f64 / 2.0);
        let origin = middle - steps[0] * half[0] - steps[1] * half[1] - steps[2] * half[2];
        let [right, down, _] = axes;
        let mut grid = self.clone();
        [grid.width, grid.height, grid.count] = count;
        (grid.pixel_mm, grid.step_mm) = ([mm; 2], mm);
        grid.letters.left = letters(-right);
        grid.letters.right = letters(right);
        grid.letters.top = letters(-down);
        grid.letters.bottom = letters(down);
        grid.lie(Turned { origin, steps });
        Some(grid)
    }
}

/// Centres of the outermost voxels.
fn corners(geometry: &Geometry) -> Option<Vec<DVec3>> {
    let size = [geometry.columns, geometry.rows, geometry.slices];
    let corner = |n: usize| {
        let at =
            [0, 1, 2].map(|axis| if n >> axis & 1 == 0 { 0.0 } else { size[axis] as f64 - 1.0 });
        Some(geometry.patient(Voxel(at.into()))?.0)
    };
    (0..8).map(corner).collect()
}

impl Sampled {
    /// A plane that lies askew, pixel by pixel.
    pub(crate) fn askew(&mut self, volume: &Volume, cut: Cut) {
        let gaps = (0..volume.geometry.slices).any(|k| volume.geometry.gap_above(k).is_some());
        if gaps {
            self.hatch.resize(self.hu.len(), false);
        }
        for (v, line) in self.hu.chunks_exact_mut(self.width).enumerate() {
            for (u, hu) in line.iter_mut().enumerate() {
                let place = cut.place([u as f64, v as f64]);
                let found = volume.hu_at(place);
                *hu = found.map_or(NOTHING, |hu| hu.round_ties_even() as i16);
                if gaps && found.is_some() {
                    self.hatch[v * self.width + u] = in_gap(&volume.geometry, place);
                }
            }
        }
    }
}

/// Whether a place is further from the next slice than slices usually are from what lies between them.
fn in_gap(geometry: &Geometry, place: DVec3) -> bool {
    let gap = || {
        let Voxel(at) = geometry.voxel(Patient(place))?;
        let below = at.z.max(0.0) as usize;
        let (distance, weight) = (geometry.gap_above(below)?, at.z - below as f64);
        let usual = geometry.affine?.slice_distance_mm();
        Some(weight.min(1.0 - weight) * distance > 0.5 * usual + 1e-6)
    };
    gap().unwrap_or(false)
}
