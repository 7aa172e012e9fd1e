//! What leaves the program as a file: NIfTI, DICOM objects, tables, pictures.
//!
//! * [`segmentation`], [`report`]: the stones as DICOM SEG and SR
//! * [`labels`], [`image`]: the stones, and the HU that they were found in, as NIfTI
//! * [`table`]: a line of CSV for each stone
//! * [`png`]: RGBA as a file
#![forbid(unsafe_code)]

mod dicom;
mod nifti;
mod picture;
pub mod table;

pub use dicom::{Moment, Record, Refused, report, segmentation};
pub use nifti::{image, labels};
pub use picture::png;
