//! Random plans of every shape that the executor takes, and what they mean in plain loops.
#![allow(dead_code)]

use unet::plan::{Activation, Filter, Head, Op, Plan, Step, Value, ValueId};

pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// 0..1.
    pub fn unit(&mut self) -> f32 {
        // xorshift64*, Vigna 2016.
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 40) as f32 / (1 << 24) as f32
    }

    /// Around 0, of standard deviation 1.
    pub fn normal(&mut self) -> f32 {
        (0..12).map(|_| self.unit()).sum::<f32>() - 6.0
    }

    pub fn image(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| self.normal()).collect()
    }
}

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
        let skip = skips.pop().expect("one a level");
        at = made.double(vec![skip, up], width, level, spec.residual);
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

/// The plan's outputs `[class][row][column]`, by its definition, in `f64`.
pub fn interpret(plan: &Plan, image: &[f32], rows: usize, columns: usize) -> Vec<f64> {
    let mut values: Vec<Vec<f64>> = vec![Vec::new(); plan.values.len()];
    values[0] = image.iter().map(|&x| f64::from(x)).collect();
    for step in &plan.steps {
        let to = plan.values[step.output];
        let from = plan.values[step.inputs[0]];
        let (r, c) = (rows >> from.level, columns >> from.level);
        let (out_r, out_c) = (rows >> to.level, columns >> to.level);
        let input: Vec<f64> = match step.op {
            Op::Add(_) => values[step.inputs[0]].clone(),
            _ => step.inputs.iter().flat_map(|&i| values[i].iter().copied()).collect(),
        };
        let inward = input.len() / (r * c);
        let pixel = |i: usize, y: isize, x: isize| {
            let inside = (0..r as isize).contains(&y) && (0..c as isize).contains(&x);
            if inside { input[(i * r + y as usize) * c + x as usize] } else { 0.0 }
        };
        let weight = |at: usize| f64::from(plan.weights[at]);
        let at = |o: usize, y: usize, x: usize| -> f64 {
            let (ys, xs) = (y as isize, x as isize);
            match step.op {
                Op::Conv3(Filter { weights, bias, activation }) => {
                    let taps = (0..inward * 9).map(|k| {
                        let (i, dy, dx) = (k / 9, (k % 9 / 3) as isize - 1, (k % 3) as isize - 1);
                        pixel(i, ys + dy, xs + dx) * weight(weights + o * inward * 9 + k)
                    });
                    active(taps.sum::<f64>() + weight(bias + o), activation)
                }
                Op::Conv1(Filter { weights, bias, activation }) => {
                    let taps =
                        (0..inward).map(|i| pixel(i, ys, xs) * weight(weights + o * inward + i));
                    active(taps.sum::<f64>() + weight(bias + o), activation)
                }
                Op::Up(Filter { weights, bias, activation }) => {
                    let phase = y % 2 * 2 + x % 2;
                    let taps = (0..inward).map(|i| {
                        pixel(i, ys / 2, xs / 2)
                            * weight(weights + (i * to.channels + o) * 4 + phase)
                    });
                    active(taps.sum::<f64>() + weight(bias + o), activation)
                }
                Op::MaxPool => (0..4)
                    .fold(f64::MIN, |max, k| max.max(pixel(o, 2 * ys + k / 2, 2 * xs + k % 2))),
                Op::Nearest => pixel(o, ys / 2, xs / 2),
                Op::Bilinear => {
                    let weights = |at: usize, len: usize| {
                        let place = ((at as f64 + 0.5) / 2.0 - 0.5).max(0.0);
                        let low = place.floor().min(len as f64 - 1.0);
                        let high = (low + 1.0).min(len as f64 - 1.0);
                        (low as isize, high as isize, place - low)
                    };
                    let ((y0, y1, wy), (x0, x1, wx)) = (weights(y, r), weights(x, c));
                    let line = |y| pixel(o, y, x0) * (1.0 - wx) + pixel(o, y, x1) * wx;
                    line(y0) * (1.0 - wy) + line(y1) * wy
                }
                Op::Add(activation) => {
                    let other = values[step.inputs[1]][(o * r + y) * c + x];
                    active(pixel(o, ys, xs) + other, activation)
                }
            }
        };
        let pixels = (0..to.channels * out_r * out_c)
            .map(|k| at(k / (out_r * out_c), k / out_c % out_r, k % out_c));
        values[step.output] = pixels.collect();
    }
    let last = plan.steps.last().expect("it has steps").output;
    head(plan.head, &values[last], rows * columns)
}

fn active(x: f64, activation: Activation) -> f64 {
    match activation {
        Activation::None => x,
        Activation::Relu => x.max(0.0),
        Activation::LeakyRelu(slope) => x.max(x * f64::from(slope)),
    }
}

fn head(head: Head, logits: &[f64], pixels: usize) -> Vec<f64> {
    let sum = |at: usize| {
        (at % pixels..logits.len()).step_by(pixels).map(|i| logits[i].exp()).sum::<f64>()
    };
    let of = |(at, &x): (usize, &f64)| match head {
        Head::Linear => x,
        Head::Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Head::Softmax => x.exp() / sum(at),
    };
    logits.iter().enumerate().map(of).collect()
}
