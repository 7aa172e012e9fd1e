//! Runs a U-Net given as ONNX: image planes in, one probability a pixel out. Knows nothing of HU or stones.
//!
//! [`Network`] is the one door. Behind the feature `tract` stands tract-onnx, which reads any graph.

mod executor;
mod kernels;
mod mask;
pub mod plan;
pub mod self_test;
#[cfg(feature = "tract")]
mod tract;

pub use executor::demand::Demand;
pub use executor::{Executor, Network};
pub use kernels::cells::{TILE, Tile};
pub use mask::Mask;
pub use plan::Plan;
pub use plan::file::PlanFile;
#[cfg(feature = "tract")]
pub use tract::Network as TractNetwork;

/// Size of a network's input: channels, rows, columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub channels: usize,
    pub rows: usize,
    pub columns: usize,
}

impl Shape {
    pub fn len(self) -> usize {
        self.channels * self.rows * self.columns
    }

    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The graph can't be read or run: another file is needed.
    #[error("the network can't be used: {0}")]
    Refused(String),
    /// The caller gave another size than the network was prepared for.
    #[error("the network expects {expected} values, not {given}")]
    Size { expected: usize, given: usize },
}
