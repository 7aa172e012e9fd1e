//! Size, affine and the true place of every slice; the HU that go with them.

use crate::affine::{Affine, Patient, Voxel};
use glam::DVec3;
use serde::{Deserialize, Serialize};

/// Slices further apart than this many usual distances have a gap between them.
const GAP: f64 = 1.5;

/// What is known of a series before a pixel is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Geometry {
    pub columns: usize,
    pub rows: usize,
    pub slices: usize,
    /// `None` where orientation, position or pixel spacing is unknown: shown, never measured.
    pub affine: Option<Affine>,
    /// Distance of each slice from slice 0 along the normal in mm; empty where the affine is `None`.
    pub positions_mm: Vec<f64>,
    /// Centre of voxel (0, 0, k) in patient LPS mm for each k; empty where the affine is `None`.
    pub origins: Vec<DVec3>,
}

impl Geometry {
    pub fn voxels(&self) -> usize {
        self.columns * self.rows * self.slices
    }

    pub fn slice_len(&self) -> usize {
        self.columns * self.rows
    }

    /// Millimetres along the normal from slice `k` to the next, where they are so far apart that a slice is
    /// missing between them.
    pub fn gap_above(&self, k: usize) -> Option<f64> {
        let usual = self.affine?.slice_distance_mm();
        let distance = self.positions_mm.get(k + 1)? - self.positions_mm.get(k)?;
        (distance > GAP * usual).then_some(distance)
    }

    /// Patient position of a voxel; between slices it follows the true places of both neighbours.
    pub fn patient(&self, voxel: Voxel) -> Option<Patient> {
        let affine = self.affine?;
        let v = voxel.0;
        let last = self.origins.len().checked_sub(1)?;
        let below = (v.z.max(0.0) as usize).min(last.saturating_sub(1));
        let step = match self.origins.get(below + 1) {
            Some(next) => *next - *self.origins.get(below)?,
            None => affine.step[2],
        };
        let origin = *self.origins.get(below)? + step * (v.z - below as f64);
        Some(Patient(origin + affine.step[0] * v.x + affine.step[1] * v.y))
    }

    /// Continuous voxel index of a patient position, by the true places of the slices.
    pub fn voxel(&self, patient: Patient) -> Option<Voxel> {
        let affine = self.affine?;
        let first = *self.origins.first()?;
        let k = self.slice_at((patient.0 - first).dot(affine.normal()));
        let foot = self.patient(Voxel(DVec3::new(0.0, 0.0, k)))?;
        let in_plane = patient.0 - foot.0;
        let flat =
            Affine { origin: DVec3::ZERO, step: [affine.step[0], affine.step[1], affine.normal()] };
        let v = flat.voxel(Patient(in_plane)).0;
        Some(Voxel(DVec3::new(v.x, v.y, k)))
    }

    /// Continuous slice index at a distance (mm) along the normal from slice 0; extrapolates at both ends.
    pub fn slice_at(&self, distance_mm: f64) -> f64 {
        let p = &self.positions_mm;
        if p.len() < 2 {
            let step = self.affine.map_or(1.0, |a| a.slice_distance_mm());
            return if step > 0.0 { distance_mm / step } else { 0.0 };
        }
        let upper = p.partition_point(|&x| x <= distance_mm).clamp(1, p.len() - 1);
        let (a, b) = (p[upper - 1], p[upper]);
        (upper - 1) as f64 + (distance_mm - a) / (b - a)
    }
}

/// HU of a series, slice by slice, `i` fastest. Slices arrive one by one, and stay where they arrive.
#[derive(Clone, Debug)]
pub struct Volume {
    pub geometry: Geometry,
    slices: Vec<Option<Vec<i16>>>,
    /// What stands for a slice that is not there.
    nothing: Vec<i16>,
}

/// HU shown where nothing has been loaded yet: air.
pub const NOTHING: i16 = -1024;

impl Volume {
    /// A volume without slices; `None` if the machine has no room for all of them.
    pub fn new(geometry: Geometry) -> Option<Self> {
        Self::with(geometry, [])
    }

    /// A volume of which some slices are there already; `None` if the machine has no room for the others.
    pub fn with(
        geometry: Geometry,
        slices: impl IntoIterator<Item = (usize, Vec<i16>)>,
    ) -> Option<Self> {
        let nothing = vec![NOTHING; geometry.slice_len()];
        let mut volume = Self { slices: vec![None; geometry.slices], geometry, nothing };
        for (k, hu) in slices {
            volume.take(k, hu);
        }
        // Taken in one piece and given back, to be taken again slice by slice.
        let missing = volume.geometry.slices - volume.loaded_slices();
        let voxels = missing * volume.geometry.slice_len();
        Vec::<i16>::new().try_reserve_exact(voxels).ok()?;
        Some(volume)
    }

    /// Copies a slice to its place; `false` if there is no such slice or it has another size.
    pub fn put(&mut self, k: usize, hu: &[i16]) -> bool {
        self.take(k, hu.to_vec())
    }

    /// As [`Self::put`], without a copy.
    pub fn take(&mut self, k: usize, hu: Vec<i16>) -> bool {
        match self.slices.get_mut(k) {
            Some(place) if hu.len() == self.nothing.len() => {
                *place = Some(hu);
                true
            }
            _ => false,
        }
    }

    /// Drops all slices but those, which rise; `geometry` is that of what is left.
    pub fn keep(&mut self, slices: &[usize], geometry: Geometry) {
        let mut kept = |&k: &usize| self.slices.get_mut(k).and_then(Option::take);
        self.slices = slices.iter().map(&mut kept).collect();
        self.geometry = geometry;
    }

    pub fn is_loaded(&self, k: usize) -> bool {
        self.slices.get(k).is_some_and(Option::is_some)
    }

    pub fn loaded_slices(&self) -> usize {
        self.slices.iter().flatten().count()
    }

    /// The HU of a slice, row by row: [`NOTHING`] where it is not there, empty where there is none of that number.
    pub fn slice(&self, k: usize) -> &[i16] {
        self.slices.get(k).map_or(&[], |slice| slice.as_ref().unwrap_or(&self.nothing))
    }

    /// HU at a voxel; `None` outside.
    pub fn at(&self, i: isize, j: isize, k: isize) -> Option<i16> {
        let g = &self.geometry;
        let inside = |v: isize, n: usize| usize::try_from(v).ok().filter(|&v| v < n);
        let (i, j, k) = (inside(i, g.columns)?, inside(j, g.rows)?, inside(k, g.slices)?);
        self.slice(k).get(j * g.columns + i).copied()
    }
}
