//! Images as shaders see them.

use unet::Plan;

/// Channels that lie side by side in every pixel: a `vec4`.
pub const BLOCK: usize = 4;

/// An image `[channel / 4][row][column][4]`; channels beyond the last are 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Image {
    pub channels: usize,
    pub rows: usize,
    pub columns: usize,
    /// Kept as `f16`.
    pub half: bool,
}

impl Image {
    /// Of every value of a plan. The first and the last are `f32`: they cost little, and all of the image's and the
    /// answer's precision.
    pub fn of_values(plan: &Plan, rows: usize, columns: usize, half: bool) -> Vec<Self> {
        let last = plan.steps.last().map_or(0, |step| step.output);
        let of_value = |(at, value): (usize, &unet::plan::Value)| Self {
            channels: value.channels,
            rows: rows >> value.level,
            columns: columns >> value.level,
            half: half && at != 0 && at != last,
        };
        plan.values.iter().enumerate().map(of_value).collect()
    }

    pub fn blocks(&self) -> usize {
        self.channels.div_ceil(BLOCK)
    }

    /// At most what can be counted: no device has so many.
    pub fn bytes(&self) -> usize {
        let number = if self.half { 2 } else { size_of::<f32>() };
        let pixel = self.blocks() * BLOCK * number;
        pixel.saturating_mul(self.rows * self.columns)
    }

    /// Tiles of 4×4 pixels.
    pub fn tiles(&self) -> usize {
        self.rows.div_ceil(unet::TILE) * self.columns.div_ceil(unet::TILE)
    }

    /// The type of its pixels.
    pub fn cell(&self) -> &'static str {
        if self.half { "vec4<f16>" } else { "vec4<f32>" }
    }
}
