//! From HU to stones: what the network is shown, what its answer means, and how large a stone is.
#![forbid(unsafe_code)]

pub mod findings;

pub use findings::{Findings, Stone};
