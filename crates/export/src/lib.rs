//! What leaves the program as a file: labels as NIfTI, stones as DICOM objects, pictures as PNG.
#![forbid(unsafe_code)]

mod dicom;
mod nifti;
mod picture;

pub use dicom::{Moment, Record, Refused, report, segmentation};
pub use nifti::labels;
pub use picture::png;
