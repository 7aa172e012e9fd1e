//! Patient from voxel: DICOM's equation C.7.6.2.1-1 and what follows from it.

use glam::{DMat3, DVec3};
use serde::{Deserialize, Serialize};

/// Continuous voxel index `(i, j, k)`: column, row, slice. Whole numbers are voxel centres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Voxel(pub DVec3);

/// Position in patient LPS millimetres.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Patient(pub DVec3);

/// Patient LPS millimetres from voxel indices. Columns 0 and 1 are the in-plane steps, column 2 the slice
/// step (off the normal under gantry tilt), `origin` the centre of voxel (0, 0, 0).
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Affine {
    pub step: [DVec3; 3],
    pub origin: DVec3,
}

impl Affine {
    pub fn patient(&self, voxel: Voxel) -> Patient {
        let v = voxel.0;
        Patient(self.origin + self.step[0] * v.x + self.step[1] * v.y + self.step[2] * v.z)
    }

    pub fn voxel(&self, patient: Patient) -> Voxel {
        let linear = DMat3::from_cols(self.step[0], self.step[1], self.step[2]);
        Voxel(linear.inverse() * (patient.0 - self.origin))
    }

    /// Lengths of the three steps in millimetres.
    pub fn spacing_mm(&self) -> [f64; 3] {
        self.step.map(DVec3::length)
    }

    /// Unit vector of the slice normal, row direction × column direction.
    pub fn normal(&self) -> DVec3 {
        self.step[0].cross(self.step[1]).normalize_or_zero()
    }

    /// Distance of neighbouring slices along the normal, in millimetres.
    pub fn slice_distance_mm(&self) -> f64 {
        self.step[2].dot(self.normal())
    }

    /// Angle between slice step and normal in degrees: the gantry tilt as the positions tell it.
    pub fn tilt_degrees(&self) -> f64 {
        let along = self.slice_distance_mm();
        let across = (self.step[2] - self.normal() * along).length();
        libm::atan2(across, along).to_degrees()
    }

    /// Row-major 4 × 4, as `inspect` prints it.
    pub fn rows(&self) -> [[f64; 4]; 4] {
        let [a, b, c] = self.step;
        let o = self.origin;
        [[a.x, b.x, c.x, o.x], [a.y, b.y, c.y, o.y], [a.z, b.z, c.z, o.z], [0.0, 0.0, 0.0, 1.0]]
    }
}
