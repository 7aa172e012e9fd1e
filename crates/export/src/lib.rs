//! What leaves the program as a file: NIfTI, DICOM objects, tables, pictures.
//!
//! * [`segmentation`], [`fractional`], [`report`]: the stones as DICOM SEG, with probabilities, and SR;
//!   [`reopened`]: what a SEG says of its segments
//! * [`labels`], [`image`]: the stones, and the HU that they were found in, as NIfTI
//! * [`deidentified`]: all of it without the patient
//! * [`table`]: a line of CSV for each stone
//! * [`truth()`]: a labelled study, as `lithoscope evaluate` reads it
//! * [`png`]: RGBA as a file
#![forbid(unsafe_code)]

mod deidentify;
mod dicom;
mod nifti;
mod picture;
pub mod table;
mod truth;
mod zip;

pub use deidentify::deidentified;
pub use dicom::{Moment, Record, Refused, Reopened, fractional, reopened, report, segmentation};
pub use nifti::{image, labels};
pub use picture::png;
pub use truth::truth;
