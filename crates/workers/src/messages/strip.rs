//! What lies where along the slices of a plane.

use serde::{Deserialize, Serialize};
use volume::Plane;

/// Along the slices of a plane, by their indices in scroll order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strip {
    pub plane: Plane,
    /// Runs of slices, first and last, that are in place, and that were searched.
    pub loaded: Vec<[usize; 2]>,
    pub searched: Vec<[usize; 2]>,
    /// Between each of these and the next, slices are missing.
    pub gaps: Vec<usize>,
    pub stones: Vec<StoneRun>,
}

/// The slices that a stone reaches through, rejected or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoneRun {
    pub stone: u32,
    pub first: usize,
    pub last: usize,
    /// That of its centre.
    pub at: usize,
}
