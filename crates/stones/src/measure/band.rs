//! How far a size may be off: the 95 % bands of the simulation that chose the definition.

use crate::findings::ErrorBand;

/// Upper limits of slice thickness (mm), contrast-to-noise and size (mm) of the table's cells.
const THIN_MM: f64 = 1.5;
const MEDIUM_MM: f64 = 3.5;
const CONTRASTS: [f64; 2] = [25.0, 12.0];
const SIZES_MM: [f64; 4] = [2.0, 3.0, 5.0, 10.0];

/// Bands (mm) of corrected axial diameters: thickness class, contrast class, size class. Not a number: no
/// claim.
const NO: f64 = f64::NAN;
const AXIAL_MM: [[[f64; 5]; 3]; 3] = [
    [[0.6, 0.6, 0.4, 0.2, 0.25], [0.75, 0.85, 0.65, 0.35, 0.5], [0.9, 1.0, 1.25, 0.6, 0.5]],
    [[0.75, 0.7, 0.35, 0.45, 0.4], [0.75, 0.85, 1.1, 0.55, 0.55], [0.8, 0.85, 1.5, 0.8, 0.8]],
    [[NO, 0.6, 0.5, 0.4, 0.8], [NO, 0.8, 0.65, 0.45, 0.9], [NO, 0.9, 1.65, 0.8, 1.0]],
];
/// Bias (mm) of raw half-maximum sizes that the tables' correction would take away, by thickness class.
const RAW_BIAS_MM: [f64; 3] = [0.25, 0.4, 0.8];

/// Half-widths (mm) of the 95 % bands of raw half-maximum sizes.
pub fn error(
    axial_mm: f64,
    craniocaudal_mm: f64,
    thickness_mm: f64,
    contrast_to_noise: f64,
) -> ErrorBand {
    let thickness = match thickness_mm {
        t if t <= THIN_MM => 0,
        t if t <= MEDIUM_MM => 1,
        _ => 2,
    };
    let contrast = CONTRASTS.iter().filter(|&&limit| contrast_to_noise <= limit).count();
    let size = SIZES_MM.iter().filter(|&&limit| axial_mm >= limit).count();
    let corrected = AXIAL_MM[thickness][contrast][size];
    let axial = (!corrected.is_nan()).then_some(corrected + RAW_BIAS_MM[thickness]);
    ErrorBand {
        axial,
        craniocaudal: craniocaudal_band(craniocaudal_mm, thickness_mm),
        volume: None,
    }
}

/// Raw craniocaudal extents are only claimed where the slices are thin against the stone.
fn craniocaudal_band(size_mm: f64, thickness_mm: f64) -> Option<f64> {
    match thickness_mm {
        t if t <= 1.25 => Some(if size_mm >= 3.0 { 0.6 } else { 0.9 }),
        t if t <= 2.0 && size_mm >= 5.0 => Some(0.8),
        t if t <= 3.0 && size_mm >= 5.0 => Some(1.2),
        _ if size_mm >= 10.0 => Some(2.0),
        _ => None,
    }
}
