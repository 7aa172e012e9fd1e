//! From bytes to a CT in patient space: DICOM files, NIfTI, zip and gzip, in whatever shape they arrive.
//!
//! 1. [`scan`] the beginning of each file → [`Frame`]s, an archive to [`unpack`], or a [`Refusal`]
//! 2. [`assemble`] all frames → [`Series`] with their geometry, slices in canonical order
//! 3. [`decode`] each frame → HU
//!
//! What only pixels can tell (the same slice stored twice, saturation) is in [`Frame::seen`]: whoever has
//! decoded fills it in and calls [`assemble`] again. No file system, no threads, no web: it takes bytes.
#![forbid(unsafe_code)]

mod body;
mod codec;
mod dicom;
mod frame;
mod hu;
mod inflate;
mod limits;
mod nifti;
mod refusal;
mod scan;
mod series;
mod syntax;
mod text;
mod unpack;

pub use body::{Body, decode};
pub use dicom::listing::{Listed, listing};
pub use dicom::segmentation::{Segment, Segmentation};
pub use frame::{
    ByteRange, Frame, Identity, Labels, Modality, Order, PixelBytes, Place, Remarks, Seen, Stored,
    VoiFunction, Window,
};
pub use hu::Pixels;
pub use limits::Limits;
pub use nifti::labels::{LabelVoxels, labels};
pub use refusal::{Code, Refusal};
pub use scan::{PREFIX, Scanned, scan};
pub use series::{Assembly, Facts, Numbered, Series, Warning, WarningCode, assemble, pick, rivals};
pub use syntax::Syntax;
pub use text::{TextDecoder, decode_text_by};
pub use unpack::{Unpacked, unpack};
