//! What is measured of a stone.

use crate::candidates::Candidate;
use crate::findings::{Bounds, ErrorBand, Level, Side};
use volume::{Volume, Voxel};

/// The limit of a stone that is not measured, as slices around it are still to be searched.
pub const UNFINISHED: &str = "unfinished";

/// What of the scan bears on sizes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Acquisition {
    /// The slices' own distance stands in.
    pub thickness_mm: Option<f64>,
    /// ConvolutionKernel; empty if unknown.
    pub kernel: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures {
    pub side: Option<Side>,
    pub level: Option<Level>,
    pub center_mm: Option<[f64; 3]>,
    pub bounds_voxel: Bounds,
    pub max_axial_diameter_mm: Option<f64>,
    pub short_axis_mm: Option<f64>,
    pub craniocaudal_mm: Option<f64>,
    pub max_3d_diameter_mm: Option<f64>,
    pub error_mm: ErrorBand,
    pub volume_mm3: Option<f64>,
    pub hu_mean: Option<f64>,
    pub hu_max: Option<f64>,
    pub hu_sd: Option<f64>,
    pub hu_corrected: Option<f64>,
    pub rim_hu: Option<f64>,
    pub skin_distance_mm: Option<f64>,
    pub limits: Vec<String>,
    /// First and last voxel of what was looked at.
    pub looked: ([usize; 3], [usize; 3]),
    /// Slice nearest to the centre: where the stone is looked for again.
    pub slice: usize,
    /// Column and row of the centre.
    pub pixel: Option<[usize; 2]>,
    /// As the surface has them, before the table: what the tables are made of.
    pub raw: Raw,
}

/// Sizes of the half-maximum surface itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Raw {
    pub axial_mm: f64,
    pub short_mm: f64,
    pub craniocaudal_mm: f64,
    pub feret_mm: f64,
    pub volume_mm3: f64,
    pub background_hu: f64,
    pub plateau_hu: f64,
    pub noise_hu: f64,
    pub smoothed: bool,
    /// After the table, before anything is said to be a limit.
    pub corrected_axial_mm: f64,
    pub corrected_craniocaudal_mm: f64,
    pub corrected_volume_mm3: f64,
}

impl Measures {
    /// What is known of a candidate before anything is measured.
    pub(super) fn unknown(candidate: &Candidate) -> Self {
        let (min, max) = candidate.bounds();
        Self {
            bounds_voxel: Bounds { min, max },
            looked: (min, max),
            slice: (min[2] + max[2]) / 2,
            ..Self::default()
        }
    }

    /// Of a candidate of which more may come: where it is up to now.
    pub(crate) fn so_far(volume: &Volume, candidate: &Candidate) -> Self {
        let (min, max) = candidate.bounds();
        let middle = [0, 1, 2].map(|axis| (min[axis] + max[axis]) as f64 / 2.0);
        let place = volume.geometry.patient(Voxel(middle.into()));
        Self {
            center_mm: place.map(|place| place.0.to_array()),
            limits: vec![UNFINISHED.into()],
            ..Self::unknown(candidate)
        }
    }
}
