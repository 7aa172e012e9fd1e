//! What a person draws in a volume: sets of voxels, the hands that draw them, and the way back.
//!
//! * [`voxels`]: a set of voxels
//! * [`brush`]: a stroke of a ball in the patient, or of a disc on a picture
//! * [`outline`]: what lies within a closed line on a picture
//! * [`mod@grow`]: what hangs together with a voxel between two HU
//! * [`labels`]: what was drawn, each act of which can be taken back
//! * [`mark`]: the name that work on a series is kept under, which tells nobody whose it is
#![forbid(unsafe_code)]

pub mod brush;
pub mod grow;
pub mod labels;
pub mod mark;
pub mod outline;
pub mod voxels;

pub use brush::{ball, disc, nearest};
pub use grow::{Grown, Limits, grow};
pub use labels::{Label, Labels};
pub use mark::mark;
pub use outline::fill;
pub use voxels::Voxels;
