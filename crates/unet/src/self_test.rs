//! Warm-up and gate in one: a small image made from a seed, and what another engine answered to it.

use crate::{Error, Executor, Mask, Network, Shape};
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

/// What a test has shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Report {
    /// The largest difference from the stored answers.
    pub difference: f32,
    pub seconds_per_pixel: f64,
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

    /// Runs the test, as a whole and for some of its pixels. `now` gives seconds.
    ///
    /// # Errors
    /// The answers are not those that are stored, or not the same for some as for all.
    pub fn run(&self, network: &Network, now: impl Fn() -> f64) -> Result<Report, Error> {
        let image = self.image(network.plan().channels());
        let mut executor = Executor::new(network.clone(), self.rows, self.columns)?;
        let whole = executor.run(&image, None)?.to_vec();
        let difference = self.difference(&whole);
        if difference > TOLERANCE {
            return Err(Error::Unfit(format!("its self-test is off by {difference:e}")));
        }
        let wanted = self.some_pixels();
        let part = executor.run(&image, Some(&wanted))?;
        let expected = self.part_of(&whole, &wanted);
        if !part.iter().map(|p| p.to_bits()).eq(expected.iter().map(|p| p.to_bits())) {
            return Err(Error::Unfit("its self-test differs for some pixels from all".into()));
        }
        // The first runs were a browser's to compile by.
        let began = now();
        executor.run(&image, None)?;
        let pixels = (self.rows * self.columns) as f64;
        Ok(Report { difference, seconds_per_pixel: (now() - began) / pixels })
    }

    /// What a network answers to the test.
    pub fn answers(&self, network: &Network) -> Result<Vec<f32>, Error> {
        let mut executor = Executor::new(network.clone(), self.rows, self.columns)?;
        executor.run(&self.image(network.plan().channels()), None).map(<[f32]>::to_vec)
    }

    /// What an engine that answered `whole` is to answer for some pixels: 0 for all others.
    pub fn part_of(&self, whole: &[f32], wanted: &Mask) -> Vec<f32> {
        let pixels = self.rows * self.columns;
        let is_wanted = |place| wanted.contains(place / self.columns, place % self.columns);
        let part = |(at, value): (usize, &f32)| if is_wanted(at % pixels) { *value } else { 0.0 };
        whole.iter().enumerate().map(part).collect()
    }

    /// Pixels at an edge, in a corner, and in the middle.
    pub fn some_pixels(&self) -> Mask {
        let mut mask = Mask::none(self.rows, self.columns);
        mask.set(0, 0);
        mask.set(self.rows / 2, self.columns - 1);
        for column in 0..5 {
            mask.set(self.rows / 2 + 1, self.columns / 3 + column);
        }
        mask
    }

    pub fn image(&self, channels: usize) -> Vec<f32> {
        image(Shape { channels, rows: self.rows, columns: self.columns }, self.seed)
    }

    /// The largest difference from the stored answers.
    pub fn difference(&self, outputs: &[f32]) -> f32 {
        difference(outputs, &self.outputs)
    }
}

/// The largest difference of outputs from what was expected of them.
pub fn difference(outputs: &[f32], expected: &[f32]) -> f32 {
    if outputs.len() != expected.len() {
        return f32::INFINITY;
    }
    let apart = |(a, b): (&f32, &f32)| if a.is_nan() { f32::INFINITY } else { (a - b).abs() };
    outputs.iter().zip(expected).map(apart).fold(0.0, f32::max)
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
