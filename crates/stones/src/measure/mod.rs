//! How large, how dense and where: the measures of one stone, from the original HU.
//!
//! The surface is the half-maximum level between the stone's plateau and what surrounds it, which no display
//! window can move; the error bands are those of the simulation that the definition was chosen by. The
//! definition's correction tables for blur and slice thickness are not applied: sizes are the raw
//! half-maximum ones, and `limits` says where that matters.

mod band;
mod place;
mod roi;
mod surface;

use crate::candidates::Candidate;
use crate::findings::{Bounds, ErrorBand, Level, Side};
use roi::Roi;
use surface::Surface;
use volume::Volume;

/// Below this axial diameter the width is mostly the scanner's blur.
const RESOLUTION_MM: f64 = 2.5;
/// Below this the HU of a stone are those of its edge.
const HU_RELIABLE_MM: f64 = 5.0;

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
    pub skin_distance_mm: Option<f64>,
    pub limits: Vec<String>,
    /// Slice nearest to the centre: where the stone is looked for again.
    pub slice: usize,
    /// Column and row of the centre.
    pub pixel: Option<[usize; 2]>,
}

/// Measures the stone that a candidate's mask points at.
pub fn measure(volume: &Volume, candidate: &Candidate, thickness_mm: Option<f64>) -> Measures {
    let (min, max) = candidate.bounds();
    let bounds_voxel = Bounds { min, max };
    let mut measures = Measures {
        bounds_voxel,
        slice: (bounds_voxel.min[2] + bounds_voxel.max[2]) / 2,
        ..Measures::default()
    };
    let Some(roi) = Roi::around(volume, &candidate.voxels, bounds_voxel) else {
        measures.limits.push("no_geometry".into());
        return measures;
    };
    let background = roi.background();
    let plateau = roi.plateau();
    let surface = Surface::at(&roi, (background + plateau) / 2.0);

    let centre = surface.centre();
    let center_mm = roi.patient(centre);
    measures.center_mm = Some(center_mm.to_array());
    measures.side = place::side(volume, center_mm);
    measures.skin_distance_mm = place::skin_distance(volume, center_mm, measures.side);
    let axial = surface.axial();
    measures.slice = centre.z.round() as usize;
    measures.pixel = Some([centre.x.round() as usize, centre.y.round() as usize]);
    measures.max_axial_diameter_mm = Some(axial);
    // What no slice shows has no length.
    let gap = surface.crosses_gap();
    let craniocaudal = surface.craniocaudal();
    if !gap {
        measures.craniocaudal_mm = Some(craniocaudal);
        measures.max_3d_diameter_mm = Some(surface.diameter().max(axial));
        measures.volume_mm3 = Some(surface.volume_mm3());
    }

    let noise = roi.noise();
    let thickness = thickness_mm.unwrap_or(roi.slice_mm);
    let contrast_to_noise = (plateau - background) / noise.max(1.0);
    measures.error_mm = band::error(axial, craniocaudal, thickness, contrast_to_noise);
    measures.error_mm.craniocaudal = measures.error_mm.craniocaudal.filter(|_| !gap);

    let hu = surface.hu(&roi);
    measures.hu_mean = Some(hu.mean);
    measures.hu_sd = Some(hu.sd);
    measures.hu_max = Some(hu.max);

    let mut limit = |holds: bool, word: &str| {
        if holds {
            measures.limits.push(word.into());
        }
    };
    limit(axial < RESOLUTION_MM, "resolution_limit");
    limit(thickness > axial || axial < RESOLUTION_MM, "partial_volume");
    limit(axial < HU_RELIABLE_MM, "hu_not_reliable");
    limit(surface.slices() == 1, "single_slice");
    limit(roi.truncated, "truncated");
    limit(gap, "gap");
    measures
}
