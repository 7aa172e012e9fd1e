//! Runs a U-Net given as ONNX: image planes in, one probability a pixel out. Knows nothing of HU or stones.
//!
//! A network is a [`Plan`]. Behind the feature `tract` stands tract-onnx: [`Network`] runs any graph as it is, and
//! [`lower`] makes a plan of one.
#![forbid(unsafe_code)]

#[cfg(feature = "tract")]
mod lower;
pub mod plan;
pub mod self_test;
#[cfg(feature = "tract")]
mod tract;

pub use plan::Plan;
pub use plan::file::PlanFile;
#[cfg(feature = "tract")]
pub use {
    lower::{lower, plan_file},
    tract::Network,
};

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
    /// The graph is sound, but has an operator that a plan has no step for: another engine may run it.
    #[error("the network has an operator that is not run here: {0}")]
    Foreign(String),
    /// The caller gave another size than the network was prepared for.
    #[error("the network expects {expected} values, not {given}")]
    Size { expected: usize, given: usize },
}
