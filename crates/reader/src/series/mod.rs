//! Frames of all files → series: what belongs together, in which order, and where it lies.

mod facts;
mod group;
mod pick;
mod repeats;
mod spacing;
mod warnings;

use crate::frame::{Frame, Labels};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};
use volume::Geometry;

pub use facts::{Facts, Numbered};
pub use group::assemble;
pub use pick::pick;
pub use repeats::rivals;
pub use warnings::{Warning, WarningCode};

/// One volume: slices that belong together, with `k` rising along the normal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub study_instance_uid: Option<String>,
    pub series_instance_uid: Option<String>,
    pub number: Option<i32>,
    pub description: String,
    pub modality: String,
    pub contrast: bool,
    pub geometry: Geometry,
    /// Lengths of the voxel steps, and the places of the slices along the normal from slice 0: what is known
    /// of them, even where the affine is not.
    pub spacing_mm: [Option<f64>; 3],
    pub positions_mm: Option<Vec<f64>>,
    /// In the order of `k`.
    pub frames: Vec<Frame>,
    pub thickness_mm: Option<f64>,
    pub kernel: String,
    pub labels: Labels,
    pub warnings: Vec<Warning>,
}

/// All series, the one with the lowest series number first; and what is in none of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Assembly {
    pub series: Vec<Series>,
    pub refused: Vec<Refusal>,
}
