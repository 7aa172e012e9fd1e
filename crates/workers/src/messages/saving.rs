//! What can be saved of a study, and what a summary of it shows.

use serde::{Deserialize, Serialize};
use volume::Plane;

/// A file that the study worker writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SaveAs {
    /// DICOM SEG.
    Segmentation,
    /// DICOM SEG with the probability of each voxel.
    Fractional,
    /// DICOM SR.
    Report,
    /// NIfTI of the stones' ids.
    Labels,
    /// NIfTI of the HU.
    Image,
    /// CSV, a line for each stone.
    Table,
    Json,
    /// A ZIP archive of image and truth, as `lithoscope evaluate` reads them.
    Truth,
}

/// Where a file goes that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Goes {
    /// Among the person's own files.
    Home,
    /// To the PACS, once the person has said so.
    ToPacs,
}

impl SaveAs {
    /// What its name ends in.
    pub fn ending(self) -> &'static str {
        match self {
            SaveAs::Segmentation => "stones-seg.dcm",
            SaveAs::Fractional => "stones-seg-fractional.dcm",
            SaveAs::Report => "stones-sr.dcm",
            SaveAs::Labels => "stones-labels.nii.gz",
            SaveAs::Image => "image.nii.gz",
            SaveAs::Table => "stones.csv",
            SaveAs::Json => "stones.json",
            SaveAs::Truth => "labelled.zip",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            SaveAs::Segmentation | SaveAs::Fractional | SaveAs::Report => "application/dicom",
            SaveAs::Labels | SaveAs::Image => "application/gzip",
            SaveAs::Table => "text/csv",
            SaveAs::Json => "application/json",
            SaveAs::Truth => "application/zip",
        }
    }

    /// Whether the stones' masks are in it, voxel by voxel.
    pub fn holds_masks(self) -> bool {
        use SaveAs::{Fractional, Labels, Segmentation, Truth};
        matches!(self, Segmentation | Fractional | Labels | Truth)
    }

    /// Whether it tells of stones; the others need only a series. Where nothing is, that is the truth.
    pub fn needs_findings(self) -> bool {
        !matches!(self, SaveAs::Image | SaveAs::Truth)
    }
}

/// A small picture of a stone in a plane, in the window of the start.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyImage {
    pub stone: u32,
    pub plane: Plane,
    pub width: u32,
    pub height: u32,
    pub pixel_mm: [f64; 2],
    /// The stone's box in pixels, edges included: pixel `p` spans `p - 0.5 ..= p + 0.5`.
    pub min: [f64; 2],
    pub max: [f64; 2],
}
