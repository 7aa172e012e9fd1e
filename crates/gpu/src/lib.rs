//! A plan as a program for a GPU: WGSL sources, buffers, and what is dispatched. It touches no device itself.
//!
//! Whoever has one makes the [`Program`]'s buffers, pipelines and bind groups once. For each image it uploads the image
//! and what a [`Job`] holds, dispatches what the job says, and reads the output back.

mod image;
mod maker;
mod program;
mod shaders;
mod slots;
mod weights;

pub use program::{Binding, Buffer, Dispatch, Job, Pass, Program, buffer};

/// What a device can do. The default is what every WebGPU device can.
#[derive(Clone, Copy, Debug)]
pub struct Device {
    /// Images between the first and the last step are kept as `f16`: it has `shader-f16`.
    pub half: bool,
    /// Storage buffers that a shader may see.
    pub storage_buffers: usize,
    /// Bytes that a shader may see of one buffer.
    pub binding_bytes: usize,
    pub tuning: Tuning,
}

impl Default for Device {
    fn default() -> Self {
        Self {
            half: false,
            storage_buffers: 8,
            binding_bytes: 128 << 20,
            tuning: Tuning::default(),
        }
    }
}

/// How much of a convolution an invocation does; results are the same.
#[derive(Clone, Copy, Debug)]
pub struct Tuning {
    /// Of four pixels each: 1, 2 or 4.
    pub rows: usize,
    /// Of four channels each.
    pub blocks: usize,
    /// Invocations of a workgroup that share pixels, each with other channels: 1, 2, 4 or 8.
    pub groups: usize,
}

impl Default for Tuning {
    fn default() -> Self {
        Self { rows: 2, blocks: 2, groups: 4 }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Another executor may run it.
    #[error("the network does not fit the GPU: {0}")]
    Foreign(String),
    #[error(transparent)]
    Network(#[from] unet::Error),
}
