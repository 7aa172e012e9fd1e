//! One CT series in patient space: where its voxels lie, what they hold, and how a plane is cut out of it.
//!
//! * [`affine`]: patient LPS millimetres from voxel indices (PS3.3 C.7.6.2.1.1)
//! * [`geometry`]: size, affine and the true place of every slice
//! * [`grid`]: the three anatomical planes over any acquisition, tilt and gaps included
//! * [`layout`]: how the slices lie, as a person is told
//! * [`sample`]: the HU of one plane
//! * [`part`]: some of the slices, and the memory that they take
//!
//! Conventions: voxel indices are `(i, j, k)` = column, row, slice, with `k` rising along row × column;
//! positions are patient LPS (x to Left, y to Posterior, z to Head) in millimetres.
#![forbid(unsafe_code)]

pub mod affine;
pub mod geometry;
pub mod grid;
pub mod layout;
pub mod part;
pub mod sample;

pub use affine::{Affine, Patient, Voxel};
pub use geometry::{Geometry, Volume};
pub use grid::{Grid, Letters, Plane};
pub use layout::{Gap, Layout, Spread};
pub use part::{Need, Part, room};
pub use sample::Sampled;
