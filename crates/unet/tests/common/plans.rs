//! U-Nets of every kind that the executor takes with random weights, as plans.

use super::random::Random;
use unet::plan::{Activation, Filter, Head, Op, Plan, Step, Value, ValueId};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Up {
    Transposed,
    Nearest,
    Bilinear,
}

#[derive(Clone, Copy, Debug)]
pub struct Spec {
    pub channels: usize,
    pub width: usize,
    pub depth: u32,
    pub up: Up,
    pub residual: bool,
    pub activation: Activation,
    pub classes: usize,
    pub head: Head,
    /// The last convolution is a 3×3.
    pub wide_head: bool,
}

pub const USUAL: Spec = Spec {
    channels: 3,
    width: 8,
    depth: 2,
    up: Up::Transposed,
    residual: false,
    activation: Activation::Relu,
    classes: 1,
    head: Head::Sigmoid,
    wide_head: false,
};

/// A U-Net with random weights that keep its images at their size.
pub fn unet(spec: &Spec, random: &mut Random) -> Plan {
    let input = Value { channels: spec.channels, level: 0 };
    let mut made = Maker {
        plan: Plan { values: vec![input], steps: vec![], head: spec.head, weights: vec![] },
        random,
        activation: spec.activation,
    };
    let mut at = 0;
    let mut skips = Vec::new();
    for level in 0..=spec.depth {
        let width = spec.width << level;
        at = made.double(vec![at], width, level, spec.residual);
        if level < spec.depth {
            skips.push(at);
            at = made.step(Op::MaxPool, vec![at], width, level + 1);
        }
    }
    for level in (0..spec.depth).rev() {
        let width = spec.width << level;
        let from = made.plan.values[at].channels;
        let up = match spec.up {
            Up::Transposed => made.filter(Kind::Up, vec![at], width, level, Activation::None),
            Up::Nearest => made.step(Op::Nearest, vec![at], from, level),
            Up::Bilinear => made.step(Op::Bilinear, vec![at], from, level),
        };
        let inputs = skips.pop().into_iter().chain([up]).collect();
        at = made.double(inputs, width, level, spec.residual);
    }
    let kind = if spec.wide_head { Kind::Conv3 } else { Kind::Conv1 };
    made.filter(kind, vec![at], spec.classes, 0, Activation::None);
    made.plan
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Conv3,
    Conv1,
    Up,
}

struct Maker<'a> {
    plan: Plan,
    random: &'a mut Random,
    activation: Activation,
}

impl Maker<'_> {
    fn double(&mut self, from: Vec<ValueId>, width: usize, level: u32, residual: bool) -> ValueId {
        let first = self.filter(Kind::Conv3, from, width, level, self.activation);
        if !residual {
            return self.filter(Kind::Conv3, vec![first], width, level, self.activation);
        }
        let second = self.filter(Kind::Conv3, vec![first], width, level, Activation::None);
        let short = self.filter(Kind::Conv1, vec![first], width, level, self.activation);
        self.step(Op::Add(self.activation), vec![second, short], width, level)
    }

    fn filter(
        &mut self,
        kind: Kind,
        inputs: Vec<ValueId>,
        channels: usize,
        level: u32,
        activation: Activation,
    ) -> ValueId {
        let inward: usize = inputs.iter().map(|&i| self.plan.values[i].channels).sum();
        let taps = match kind {
            Kind::Conv3 => 9,
            Kind::Conv1 => 1,
            Kind::Up => 4,
        };
        let scale = (2.0 / (inward * if kind == Kind::Conv3 { 9 } else { 1 }) as f32).sqrt();
        let weights = self.plan.weights.len();
        for _ in 0..taps * inward * channels {
            self.plan.weights.push(self.random.normal() * scale);
        }
        let bias = self.plan.weights.len();
        for _ in 0..channels {
            self.plan.weights.push(self.random.normal() * 0.1);
        }
        let filter = Filter { weights, bias, activation };
        let op = match kind {
            Kind::Conv3 => Op::Conv3(filter),
            Kind::Conv1 => Op::Conv1(filter),
            Kind::Up => Op::Up(filter),
        };
        self.step(op, inputs, channels, level)
    }

    fn step(&mut self, op: Op, inputs: Vec<ValueId>, channels: usize, level: u32) -> ValueId {
        self.plan.values.push(Value { channels, level });
        let output = self.plan.values.len() - 1;
        self.plan.steps.push(Step { op, inputs, output });
        output
    }
}
