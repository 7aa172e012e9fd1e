//! The weights of a plan as the kernels read them: transformed, in groups of channels, strictly forwards.

use crate::kernels::cells::BLOCK;
use crate::kernels::winograd::{POSITIONS, transform_filter};
use crate::plan::{Activation, Filter, Op, Plan};
use std::ops::Range;

/// Where the packed weights and the bias of a step lie.
#[derive(Clone, Debug, Default)]
pub struct Packed {
    pub weights: Range<usize>,
    pub bias: Range<usize>,
}

/// Whether a step's sums are taken pixel by pixel, where they are wanted: the last one, if it is a 1×1.
pub fn is_dots(plan: &Plan, at: usize) -> bool {
    let step = &plan.steps[at];
    let plain = matches!(step.op, Op::Conv1(Filter { activation: Activation::None, .. }));
    at + 1 == plan.steps.len() && plain
}

/// Places of all steps' weights, and how many floats they are together.
pub fn places(plan: &Plan) -> (Vec<Packed>, usize) {
    let mut end = 0;
    let mut take = |floats: usize| {
        let range = end..end + floats;
        end = range.end;
        range
    };
    let of_step = |at: usize| {
        let step = &plan.steps[at];
        let (inward, outward) =
            (plan.blocks_in(step, BLOCK).len(), plan.values[step.output].channels);
        let padded = outward.next_multiple_of(BLOCK);
        let weights = match step.op {
            Op::Conv1(_) if is_dots(plan, at) => inward * outward,
            Op::Conv1(_) => inward * padded,
            Op::Conv3(_) => POSITIONS * inward * padded,
            Op::Up(_) => 4 * inward * padded,
            Op::MaxPool | Op::Nearest | Op::Bilinear | Op::Add(_) => return Packed::default(),
        };
        Packed { weights: take(weights), bias: take(padded) }
    };
    ((0..plan.steps.len()).map(of_step).collect(), end)
}

/// Packs the weights of all steps, for kernels that make `group` channels at once.
pub fn pack(plan: &Plan, group: usize) -> Vec<f32> {
    let (places, floats) = places(plan);
    let mut packed = vec![0.0; floats];
    for (at, place) in places.into_iter().enumerate() {
        let step = &plan.steps[at];
        let inward = plan.blocks_in(step, BLOCK);
        let outward = plan.values[step.output].channels;
        let to = Group { inward: inward.len(), outward, width: group };
        let real = inward.iter().flatten().count();

        let weights = &mut packed[place.weights];
        // Number of a channel in its block and in the plan, and a channel that goes out.
        let pairs = inward
            .iter()
            .enumerate()
            .filter_map(|(i, from)| Some((i, (*from)?)))
            .flat_map(|(i, from)| (0..outward).map(move |o| (i, from, o)));
        let filter = match step.op {
            Op::Conv1(filter) => {
                let dots = is_dots(plan, at);
                for (i, from, o) in pairs {
                    let at = if dots { o * to.inward + i } else { to.at(0, i, o) };
                    weights[at] = plan.weights[filter.weights + o * real + from];
                }
                filter
            }
            Op::Conv3(filter) => {
                let (taps, _) = plan.weights[filter.weights..].as_chunks::<9>();
                for (i, from, o) in pairs {
                    let transformed = transform_filter(&taps[o * real + from]);
                    for (position, weight) in transformed.into_iter().enumerate() {
                        weights[to.at(position, i, o)] = weight;
                    }
                }
                filter
            }
            Op::Up(filter) => {
                let (phases, _) = plan.weights[filter.weights..].as_chunks::<4>();
                for (i, from, o) in pairs {
                    for (phase, &weight) in phases[from * outward + o].iter().enumerate() {
                        weights[to.at(phase, i, o)] = weight;
                    }
                }
                filter
            }
            Op::MaxPool | Op::Nearest | Op::Bilinear | Op::Add(_) => continue,
        };
        let bias = &plan.weights[filter.bias..][..outward];
        packed[place.bias][..outward].copy_from_slice(bias);
    }
    packed
}

/// `[phase][group][channel in][channel of the group]`; what does not fill a group is in groups of one block.
struct Group {
    inward: usize,
    outward: usize,
    width: usize,
}

impl Group {
    fn at(&self, phase: usize, i: usize, o: usize) -> usize {
        let padded = self.outward.next_multiple_of(BLOCK);
        let whole = padded / self.width * self.width;
        let width = if o < whole { self.width } else { BLOCK };
        let first = o / width * width;
        (phase * padded + first) * self.inward + i * width + o - first
    }
}
