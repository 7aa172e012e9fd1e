//! The weights of a plan in the order in which shaders read them.

use crate::image::BLOCK;
use crate::shaders::conv::{Division, Kind};
use unet::Plan;
use unet::plan::{Filter, Step};

/// Weights `[parts of a workgroup][block in][tap][channel in][part][channel out]`, then the bias.
pub struct Packed {
    pub weights: Vec<f32>,
    /// Where the bias begins, in blocks.
    pub bias: usize,
}

pub fn pack(plan: &Plan, step: &Step, filter: Filter, kind: Kind, division: Division) -> Packed {
    let inward = plan.blocks_in(step, BLOCK);
    let channels = inward.iter().flatten().count();
    let outward = plan.values[step.output].channels;
    let blocks_in = inward.len() / BLOCK;
    let workgroups = (outward.div_ceil(BLOCK) * kind.parts()).div_ceil(division.parts());
    let bias = workgroups * blocks_in * kind.taps() * BLOCK * division.parts();
    let mut weights = vec![0.0; (bias + outward.div_ceil(BLOCK)) * BLOCK];

    let place = |i: usize, o: usize, tap: usize, part: usize| {
        let part = o / BLOCK * kind.parts() + part;
        let (workgroup, part) = (part / division.parts(), part % division.parts());
        let row = (workgroup * blocks_in + i / BLOCK) * kind.taps() + tap;
        ((row * BLOCK + i % BLOCK) * division.parts() + part) * BLOCK + o % BLOCK
    };
    for (i, from) in inward.iter().enumerate().filter_map(|(i, from)| Some((i, (*from)?))) {
        for o in 0..outward {
            // A transposed convolution has its input channels first.
            let pair = if kind == Kind::UP { from * outward + o } else { o * channels + from };
            for number in 0..kind.taps() * kind.parts() {
                let (tap, part) = (number / kind.parts(), number % kind.parts());
                let of_pair = filter.weights + pair * kind.taps() * kind.parts();
                weights[place(i, o, tap, part)] = plan.weights[of_pair + number];
            }
        }
    }
    let biases = &plan.weights[filter.bias..][..outward];
    weights[bias * BLOCK..][..outward].copy_from_slice(biases);
    Packed { weights, bias }
}
