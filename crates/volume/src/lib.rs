//! One CT series in patient space: where its voxels lie, what they hold, and how a plane is cut out of it.
//!
//! * [`affine`]: patient LPS millimetres from voxel indices (PS3.3 C.7.6.2.1.1)
//! * [`geometry`]: size, affine and the true place of every slice
//! * [`grid`]: the three anatomical planes over any acquisition, tilt and gaps included
//! * [`layout`]: how the slices lie, as a person is told
//! * [`sample`]: the HU of one plane
//! * [`turned`]: planes that lie askew
//! * [`slab`]: several planes as one
//! * [`cut`]: where a picture lies in the patient; [`measure`]: what a person measures on it
//! * [`sorted`]: sorting that weighs little
//! * [`part`]: some of the slices, and the memory that they take
//!
//! Conventions: voxel indices are `(i, j, k)` = column, row, slice, with `k` rising along row × column;
//! positions are patient LPS (x to Left, y to Posterior, z to Head) in millimetres.
#![forbid(unsafe_code)]

pub mod affine;
pub mod cut;
pub mod geometry;
pub mod grid;
pub mod layout;
pub mod measure;
pub mod part;
pub mod sample;
pub mod slab;
pub mod sorted;
pub mod turned;

pub use affine::{Affine, Patient, Voxel};
pub use cut::Cut;
pub use geometry::{Geometry, Volume};
/// A place or a way in patient space, mm.
pub use glam::DVec3;
pub use grid::{Grid, Letters, Plane};
pub use layout::{Gap, Layout, Spread};
pub use measure::{Outline, Region, Statistics, angle_degrees};
pub use part::{Need, Part, room};
pub use sample::Sampled;
pub use slab::{Blend, Depth, Slab};
pub use sorted::{sort_by, sort_numbers, sort_voxels};
pub use turned::{Axes, turn_about};
