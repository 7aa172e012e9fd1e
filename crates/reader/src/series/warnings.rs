//! What is odd about a series and yet readable.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    pub code: WarningCode,
    pub detail: String,
}

impl Warning {
    pub(crate) fn new(code: WarningCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }
}

/// The names are part of the `inspect` output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// Slices are missing.
    Gap,
    NonUniformSpacing,
    /// The slice step is off the normal: gantry tilt.
    Tilt,
    /// A slice was there more than once.
    Duplicate,
    Lossy,
    /// HU beyond i16.
    Saturated,
    SingleSlice,
    NoPosition,
    NoPixelSpacing,
    /// The values are not known to be HU.
    NoRescale,
    NotHu,
    /// One SeriesInstanceUID, several volumes.
    Split,
    /// One SeriesInstanceUID, several patients.
    PatientConflict,
    MixedKernel,
    /// Instance numbers neither rise nor fall along the slices.
    OrderConflict,
}

impl WarningCode {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            WarningCode::Gap => "gap",
            WarningCode::NonUniformSpacing => "non_uniform_spacing",
            WarningCode::Tilt => "tilt",
            WarningCode::Duplicate => "duplicate",
            WarningCode::Lossy => "lossy",
            WarningCode::Saturated => "saturated",
            WarningCode::SingleSlice => "single_slice",
            WarningCode::NoPosition => "no_position",
            WarningCode::NoPixelSpacing => "no_pixel_spacing",
            WarningCode::NoRescale => "no_rescale",
            WarningCode::NotHu => "not_hu",
            WarningCode::Split => "split",
            WarningCode::PatientConflict => "patient_conflict",
            WarningCode::MixedKernel => "mixed_kernel",
            WarningCode::OrderConflict => "order_conflict",
        }
    }
}
