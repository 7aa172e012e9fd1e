//! Runs a plan on images of one size, with all memory laid out beforehand.

mod arena;
pub mod demand;
mod head;
pub mod weights;

use crate::kernels::cells::{BLOCK, Place};
use crate::kernels::pointwise::{Pointwise, Scale};
use crate::kernels::simple::{Dots, Map};
use crate::kernels::winograd::{Conv3, Pass, THIN};
use crate::kernels::{self, Kernels};
use crate::mask::{Mask, WORD};
use crate::plan::{Op, Plan, Step, ValueId};
use crate::{Error, Shape};
use demand::Demand;
use std::sync::Arc;
use weights::Packed;

/// A plan and its weights as the kernels read them; shared by any number of executors.
#[derive(Clone)]
pub struct Network {
    plan: Arc<Plan>,
    kernels: &'static Kernels,
    /// In an `Arc` as they are: as a slice of it they would be copied.
    weights: Arc<Vec<f32>>,
}

impl Network {
    /// Transforms the weights of a plan for the fastest kernels of this machine.
    pub fn new(plan: Plan) -> Result<Self, Error> {
        Self::with_kernels(plan, kernels::best())
    }

    /// The same for kernels whose results are the same, bit for bit, on every machine.
    pub fn reproducible(plan: Plan) -> Result<Self, Error> {
        Self::with_kernels(plan, kernels::plain())
    }

    fn with_kernels(mut plan: Plan, kernels: &'static Kernels) -> Result<Self, Error> {
        plan.check()?;
        let weights = Arc::new(weights::pack(&plan, kernels.group));
        plan.weights = Vec::new();
        Ok(Self { plan: Arc::new(plan), kernels, weights })
    }

    /// A plan without weights, and those that [`Self::weights`] gave of the same plan with the same kernels.
    pub fn with_weights(plan: Plan, weights: Vec<f32>) -> Result<Self, Error> {
        let (_, floats) = weights::places(&plan);
        if weights.len() != floats {
            return Err(Error::Size { expected: floats, given: weights.len() });
        }
        Ok(Self { plan: Arc::new(plan), kernels: kernels::best(), weights: Arc::new(weights) })
    }

    /// The transformed weights, for [`Self::with_weights`].
    pub fn weights(&self) -> &[f32] {
        &self.weights
    }

    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// What its kernels are called.
    pub fn engine(&self) -> &'static str {
        self.kernels.name
    }
}

/// A network prepared for images of one size.
pub struct Executor {
    network: Network,
    shape: Shape,
    steps: Vec<Prepared>,
    places: Vec<Place>,
    everything: Demand,
    some: Demand,
    all: Mask,
    arena: Vec<f32>,
    scratch: Vec<f32>,
    outputs: Vec<f32>,
}

/// A step, with what does not change from image to image.
struct Prepared {
    packed: Packed,
    inputs: Vec<Place>,
    /// Where each block of the inputs begins.
    planes: Vec<usize>,
    /// Of a 3×3 convolution.
    pass: Option<Pass>,
    thin: bool,
    /// Written by the same kernel as the step's output.
    pooled: Option<ValueId>,
    /// Done by an earlier step.
    done: bool,
}

impl Executor {
    /// Lays out the memory for images of so many rows and columns: multiples of [`Plan::multiple_of`].
    pub fn new(network: Network, rows: usize, columns: usize) -> Result<Self, Error> {
        let plan = network.plan.clone();
        let multiple = plan.multiple_of();
        let fits = |len: usize| (1..=1 << 14).contains(&len) && len.is_multiple_of(multiple);
        if !fits(rows) || !fits(columns) {
            return Err(Error::Refused(format!(
                "its images are multiples of {multiple} pixels, not {columns} × {rows}"
            )));
        }
        let fused = fuse_pools(&plan);
        let born_at = |value: ValueId| {
            let pooled_by = fused.iter().position(|pooled| *pooled == Some(value));
            pooled_by
                .unwrap_or_else(|| plan.steps.iter().position(|s| s.output == value).unwrap_or(0))
        };
        let (places, floats) = arena::places(&plan, rows, columns, born_at);
        let (packed, _) = weights::places(&plan);

        let prepare = |(at, packed): (usize, Packed)| {
            let step = &plan.steps[at];
            let inputs: Vec<Place> = step.inputs.iter().map(|&input| places[input]).collect();
            let planes: Vec<usize> = inputs.iter().flat_map(Place::planes).collect();
            let outward = places[step.output].blocks;
            let pass = matches!(step.op, Op::Conv3(_))
                .then(|| Pass::new(planes.len(), outward, network.kernels.unit));
            let thin = matches!(step.inputs[..], [input] if plan.values[input].channels <= THIN);
            let done = fused.contains(&Some(step.output));
            Prepared { packed, inputs, planes, pass, thin, pooled: fused[at], done }
        };
        let steps: Vec<Prepared> = packed.into_iter().enumerate().map(prepare).collect();

        let scratch = steps.iter().flat_map(|s| &s.pass).map(Pass::scratch).max().unwrap_or(0);
        let all = Mask::all(rows, columns);
        let mut everything = Demand::new(&plan, rows, columns);
        everything.ask(&plan, &all);
        let shape = Shape { channels: plan.channels(), rows, columns };
        Ok(Self {
            shape,
            steps,
            places,
            everything,
            some: Demand::new(&plan, rows, columns),
            all,
            arena: vec![0.0; floats],
            scratch: vec![0.0; scratch],
            outputs: vec![0.0; plan.outputs() * rows * columns],
            network,
        })
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Bytes of images, scratch and output; weights are the network's.
    pub fn bytes(&self) -> usize {
        (self.arena.len() + self.scratch.len() + self.outputs.len()) * size_of::<f32>()
    }

    /// Multiplications that the kernels do for a whole image: fewer than the network is written with, as convolutions
    /// are transformed, and more, as channels come in blocks.
    pub fn multiplications(&self) -> f64 {
        let of_step = |(step, prepared): (&Step, &Prepared)| {
            let (from, to) = (prepared.planes.len() * BLOCK, self.places[step.output]);
            let pairs = (from * to.blocks * BLOCK * to.size.pixels()) as f64;
            match step.op {
                Op::Conv3(_) => 36.0 / 16.0 * pairs,
                Op::Conv1(_) | Op::Up(_) => pairs,
                Op::MaxPool | Op::Nearest | Op::Bilinear | Op::Add(_) => 0.0,
            }
        };
        self.network.plan.steps.iter().zip(&self.steps).map(of_step).sum()
    }

    /// The share of the network's multiplications that these wanted pixels ask for.
    pub fn share(&mut self, wanted: &Mask) -> f64 {
        let plan = self.network.plan.clone();
        self.some.ask(&plan, wanted);
        let cost = |demand: &Demand| -> f64 {
            let of_step = |(at, step): (usize, &Step)| {
                // The tiles of a transposed convolution are four of its output's.
                let scale = if matches!(step.op, Op::Up(_)) { 4.0 } else { 1.0 };
                demand.tiles(at).len() as f64 * scale * plan.multiplications(step)
            };
            plan.steps.iter().enumerate().map(of_step).sum()
        };
        cost(&self.some) / cost(&self.everything)
    }

    /// Outputs `[class][row][column]` of an image `[channel][row][column]`. Only `wanted` pixels are computed, if given;
    /// all others are 0.
    ///
    /// # Errors
    /// The image has another size, or a wanted output is not a number.
    pub fn run(&mut self, image: &[f32], wanted: Option<&Mask>) -> Result<&[f32], Error> {
        if image.len() != self.shape.len() {
            return Err(Error::Size { expected: self.shape.len(), given: image.len() });
        }
        let (rows, columns) = (self.shape.rows, self.shape.columns);
        if let Some(wanted) = wanted {
            if (wanted.rows(), wanted.columns()) != (rows, columns) {
                let given = wanted.rows() * wanted.columns();
                return Err(Error::Size { expected: rows * columns, given });
            }
            self.some.ask(&self.network.plan, wanted);
        }
        self.outputs.fill(0.0);
        self.take_in(image, wanted);
        for at in 0..self.steps.len() {
            if !self.steps[at].done {
                self.step(at, wanted);
            }
        }
        let wanted = wanted.unwrap_or(&self.all);
        head::finish(self.network.plan.head, wanted, &mut self.outputs)?;
        Ok(&self.outputs)
    }

    /// Lays what is read of the image into its place, channels side by side.
    fn take_in(&mut self, image: &[f32], wanted: Option<&Mask>) {
        let place = self.places[0];
        place.clear_edge(&mut self.arena);
        place.clear_beyond(&mut self.arena);
        let Shape { rows, columns, .. } = self.shape;
        let read = if wanted.is_some() { &self.some } else { &self.everything }.read(0);
        let planes: Vec<&[f32]> = image.chunks_exact(rows * columns).collect();
        for (block, planes) in planes.chunks(BLOCK).enumerate() {
            for row in 0..rows {
                let words = read.words(row).iter().enumerate();
                for first in words.filter(|(_, word)| **word != 0).map(|(at, _)| at * WORD) {
                    let len = WORD.min(columns - first);
                    let to = place.pixel(block, row, first);
                    let (pixels, _) = self.arena[to..][..len * BLOCK].as_chunks_mut::<BLOCK>();
                    // Channels that the image lacks are 0: they meet weights of 0, which would not forgive a NaN.
                    pixels.fill([0.0; BLOCK]);
                    for (channel, plane) in planes.iter().enumerate() {
                        let line = &plane[row * columns + first..][..len];
                        for (pixel, &value) in pixels.iter_mut().zip(line) {
                            pixel[channel] = value;
                        }
                    }
                }
            }
        }
    }

    fn step(&mut self, at: usize, wanted: Option<&Mask>) {
        let Self { network, steps, places, arena, scratch, outputs, .. } = self;
        let Network { plan, kernels, weights } = network;
        let demand = if wanted.is_some() { &self.some } else { &self.everything };
        let (step, prepared) = (&plan.steps[at], &steps[at]);
        let Prepared { packed, inputs, planes, pass, thin, .. } = prepared;
        let (packed_weights, bias) =
            (&weights[packed.weights.clone()], &weights[packed.bias.clone()]);
        let output = places[step.output];
        let size = inputs[0].size;
        let tiles = demand.tiles(at);

        if weights::is_dots(plan, at) {
            let bias = &bias[..plan.outputs()];
            let wanted = wanted.unwrap_or(&self.all);
            let job = Dots { blocks: planes, size, weights: packed_weights, bias, wanted };
            return kernels.dots(&job, arena, outputs);
        }
        output.clear_edge(arena);
        let pooled = prepared.pooled.map(|value| places[value]);
        if let Some(pooled) = pooled {
            pooled.clear_edge(arena);
        }
        let map = Map { input: inputs[0], output, tiles };
        let pointwise = |scale, activation| Pointwise {
            blocks: planes,
            size,
            output,
            scale,
            weights: packed_weights,
            bias,
            activation,
            tiles,
        };
        match (step.op, pass) {
            (Op::Conv3(filter), Some(pass)) => {
                let activation = filter.activation;
                let weights = packed_weights;
                let job = Conv3 {
                    inputs,
                    output,
                    pooled,
                    weights,
                    bias,
                    activation,
                    thin: *thin,
                    tiles,
                    pass,
                };
                kernels.conv3(&job, arena, scratch);
            }
            (Op::Conv3(_), None) => unreachable!("a convolution has a pass"),
            (Op::Conv1(filter), _) => {
                kernels.pointwise(&pointwise(Scale::Same, filter.activation), arena);
            }
            (Op::Up(filter), _) => {
                kernels.pointwise(&pointwise(Scale::Double, filter.activation), arena);
            }
            (Op::MaxPool, _) => kernels.max_pool(&map, arena),
            (Op::Nearest, _) => kernels.nearest(&map, arena),
            (Op::Bilinear, _) => kernels.bilinear(&map, arena),
            (Op::Add(activation), _) => kernels.add(&map, &inputs[1], activation, arena),
        }
        output.clear_beyond(arena);
        if let Some(pooled) = pooled {
            pooled.clear_beyond(arena);
        }
        if at + 1 == steps.len() {
            head::gather(&output, arena, wanted.unwrap_or(&self.all), outputs);
        }
    }
}

/// For each step the pooled value that its kernel can write as well: of a 3×3 convolution, the first pooling of what
/// it makes.
fn fuse_pools(plan: &Plan) -> Vec<Option<ValueId>> {
    let pooled = |of: ValueId| {
        let pools = |step: &&Step| step.op == Op::MaxPool && step.inputs == [of];
        plan.steps.iter().find(pools).map(|step| step.output)
    };
    let of_step = |step: &Step| match step.op {
        Op::Conv3(_) => pooled(step.output),
        _ => None,
    };
    plan.steps.iter().map(of_step).collect()
}
