//! Runs a U-Net given as ONNX: image planes in, one probability a pixel out. Knows nothing of HU or stones.
//!
//! A network is a [`Plan`]; a [`Model`] is one that is ready to run, an [`Engine`] one that is laid out for images of one
//! size. Behind the feature `tract` stands tract-onnx: it makes a plan of an ONNX file, or runs the file as it is.

mod engine;
mod executor;
mod kernels;
#[cfg(feature = "tract")]
mod lower;
mod mask;
pub mod plan;
pub mod self_test;
#[cfg(feature = "tract")]
mod tract;
#[cfg(feature = "tract")]
pub mod trial;

pub use engine::{Engine, Model};
pub use executor::demand::Demand;
pub use executor::{Executor, Network};
pub use kernels::cells::{TILE, Tile};
pub use mask::Mask;
pub use plan::Plan;
pub use plan::file::PlanFile;
#[cfg(feature = "tract")]
pub use {
    lower::{lower, plan_file},
    tract::Compatible,
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

    /// Of one channel.
    pub fn pixels(self) -> usize {
        self.rows * self.columns
    }
}

/// What is said of a network that is to be tried.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    pub channels: usize,
    /// Rows and columns are padded to a multiple of this.
    pub multiple_of: usize,
    /// Which of its outputs is a probability.
    pub output: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The graph can't be read or run: another file is needed.
    #[error("the network can't be used: {0}")]
    Refused(String),
    /// The graph is sound, but has an operator that a plan has no step for: another engine may run it.
    #[error("the network has an operator that is not run here: {0}")]
    Foreign(String),
    /// The engine does not compute here what it computes elsewhere: another engine is needed.
    #[error("{0}")]
    Unfit(String),
    /// The caller gave another size than the network was prepared for.
    #[error("the network expects {expected} values, not {given}")]
    Size { expected: usize, given: usize },
}
