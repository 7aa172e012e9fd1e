//! DICOM files: from the first bytes to frames, and from the file to the bytes of each frame's pixels.

mod charset;
mod element;
mod frames;
mod groups;
mod header;
mod start;
mod values;
mod voi;
mod walk;
mod wanted;
mod write;

pub(crate) mod fragments;
pub(crate) mod listing;
pub(crate) mod scan;
pub(crate) mod segmentation;
