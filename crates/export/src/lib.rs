//! What leaves the program as a file: labels as NIfTI, pictures as PNG.
#![forbid(unsafe_code)]

mod nifti;
mod picture;

pub use nifti::labels;
pub use picture::png;
