//! Warm-up and gate in one: a small image made from a seed, and what another engine answered to it.

use crate::{Error, Shape};
use serde::{Deserialize, Serialize};

/// Rows and columns are a few poolings of every network that is met, and quickly done.
const SIDE: usize = 64;
/// An engine that is further from the stored answers than this is not used.
pub const TOLERANCE: f32 = 1e-4;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SelfTest {
    pub rows: usize,
    pub columns: usize,
    pub seed: u32,
    /// All outputs, channel by channel.
    pub outputs: Vec<f32>,
}

impl SelfTest {
    /// A test whose image has `channels` and sides of a multiple of `multiple_of`; `answer` is the other engine.
    pub fn made_by(
        channels: usize,
        multiple_of: usize,
        seed: u32,
        answer: impl FnOnce(Shape, &[f32]) -> Result<Vec<f32>, Error>,
    ) -> Result<Self, Error> {
        let side = SIDE.next_multiple_of(multiple_of);
        let shape = Shape { channels, rows: side, columns: side };
        let outputs = answer(shape, &image(shape, seed))?;
        Ok(Self { rows: side, columns: side, seed, outputs })
    }

    pub fn image(&self, channels: usize) -> Vec<f32> {
        image(Shape { channels, rows: self.rows, columns: self.columns }, self.seed)
    }

    /// The largest difference from the stored answers.
    pub fn difference(&self, outputs: &[f32]) -> f32 {
        if outputs.len() != self.outputs.len() {
            return f32::INFINITY;
        }
        let apart = |(a, b): (&f32, &f32)| if a.is_nan() { f32::INFINITY } else { (a - b).abs() };
        outputs.iter().zip(&self.outputs).map(apart).fold(0.0, f32::max)
    }
}

/// Values of 0..1: smooth where the image is even, noise elsewhere, as organs and their edges are.
fn image(shape: Shape, seed: u32) -> Vec<f32> {
    let mut state = seed | 1;
    let mut values = vec![0.0f32; shape.len()];
    for (at, value) in values.iter_mut().enumerate() {
        // xorshift32, Marsaglia 2003.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let noise = (state >> 8) as f32 / (1 << 24) as f32;
        let (row, column) = (at / shape.columns % shape.rows, at % shape.columns);
        let blocks = (row / 8 + column / 8) % 2;
        *value = if blocks == 0 { noise } else { 0.25 + 0.125 * noise };
    }
    values
}
