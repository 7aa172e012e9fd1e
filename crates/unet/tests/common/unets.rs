//! U-Nets of many kinds with random weights, as ONNX files.

use super::onnx::{Graph, IMAGE, float, int, ints, text};
use super::random::Random;

#[derive(Clone, Copy, Debug)]
pub struct Spec {
    /// Of the input.
    pub channels: usize,
    /// Channels at full size; twice as many after each pooling.
    pub width: usize,
    pub poolings: usize,
    pub up: Up,
    pub batch_norm: bool,
    pub activation: Activation,
    /// Whether a block's input, in a 1×1 convolution, is added to what the block makes.
    pub residual: bool,
    /// Whether what was kept comes before what comes up.
    pub skip_first: bool,
    pub bias: bool,
    pub head: Head,
    pub seed: u64,
}

#[derive(Clone, Copy, Debug)]
pub enum Up {
    Transposed,
    Nearest,
    Bilinear,
}

#[derive(Clone, Copy, Debug)]
pub enum Activation {
    Relu,
    LeakyRelu(f32),
}

/// With the number of channels that come out.
#[derive(Clone, Copy, Debug)]
pub enum Head {
    Linear(usize),
    Sigmoid(usize),
    Softmax(usize),
}

impl Default for Spec {
    /// The network that Lithoscope ships, but for its weights.
    fn default() -> Self {
        Self {
            channels: 4,
            width: 8,
            poolings: 3,
            up: Up::Transposed,
            batch_norm: false,
            activation: Activation::Relu,
            residual: false,
            skip_first: true,
            bias: true,
            head: Head::Sigmoid(1),
            seed: 1,
        }
    }
}

impl Spec {
    pub fn any(random: &mut Random) -> Self {
        Self {
            channels: 1 + random.below(5),
            width: random.one_of(&[3, 5, 8, 12, 16]),
            poolings: 1 + random.below(4),
            up: random.one_of(&[Up::Transposed, Up::Nearest, Up::Bilinear]),
            batch_norm: random.one_of(&[false, true]),
            activation: random.one_of(&[Activation::Relu, Activation::LeakyRelu(0.1)]),
            residual: random.one_of(&[false, true]),
            skip_first: random.one_of(&[false, true]),
            bias: random.one_of(&[false, true]),
            head: random.one_of(&[
                Head::Linear(2),
                Head::Sigmoid(1),
                Head::Softmax(2),
                Head::Softmax(3),
            ]),
            seed: random.bits(),
        }
    }
}

/// The network as an ONNX file, `[1, C, H, W]` in and out.
pub fn unet(spec: &Spec) -> Vec<u8> {
    let mut net = Net { spec, graph: Graph::default(), random: Random::new(spec.seed) };
    let output = net.unet();
    net.graph.file(&[Some(1), Some(spec.channels), None, None], &output)
}

/// What a node has made, and how many channels that has.
#[derive(Clone)]
struct Wire {
    name: String,
    channels: usize,
}

struct Net<'s> {
    spec: &'s Spec,
    graph: Graph,
    random: Random,
}

impl Net<'_> {
    fn unet(&mut self) -> String {
        let input = Wire { name: IMAGE.into(), channels: self.spec.channels };
        let mut wire = self.block(&input, self.spec.width);
        let mut kept = vec![];
        for _ in 0..self.spec.poolings {
            let pooled = self.pooled(&wire);
            kept.push(wire);
            wire = self.block(&pooled, 2 * pooled.channels);
        }
        while let Some(skip) = kept.pop() {
            let up = self.up(&wire, skip.channels);
            let joined = match self.spec.skip_first {
                true => self.joined(&skip, &up),
                false => self.joined(&up, &skip),
            };
            wire = self.block(&joined, skip.channels);
        }
        self.head(&wire)
    }

    fn block(&mut self, input: &Wire, channels: usize) -> Wire {
        let inner = self.normed(input, channels);
        let inner = self.activated(&inner);
        let outer = self.normed(&inner, channels);
        let outer = match self.spec.residual {
            true => {
                let shortcut = self.convolved(input, channels, 1);
                self.added(&outer, &shortcut)
            }
            false => outer,
        };
        self.activated(&outer)
    }

    fn normed(&mut self, input: &Wire, channels: usize) -> Wire {
        let wire = self.convolved(input, channels, 3);
        if !self.spec.batch_norm {
            return wire;
        }
        // Together they leave the numbers of one size.
        let [scale, variance] = [0.5, 0.75].map(|least| self.uniform(channels, least));
        let [shift, mean] = [0.1, 0.2].map(|deviation| self.normal(&[channels], deviation));
        let inputs = [&wire.name, &scale, &shift, &mean, &variance].map(String::as_str);
        self.wire("BatchNormalization", &inputs, &[], channels)
    }

    fn convolved(&mut self, input: &Wire, channels: usize, side: usize) -> Wire {
        let inward = input.channels * side * side;
        // He et al. 2015: numbers stay of one size however deep the network is, also where two are added.
        let gain = if self.spec.residual { 1.0 } else { 2.0 };
        let deviation = (gain / inward as f32).sqrt();
        let weights = self.normal(&[channels, input.channels, side, side], deviation);
        let pad = (side / 2) as i64;
        let attributes = [ints("pads", &[pad; 4]), ints("kernel_shape", &[side as i64; 2])];
        let inputs = self.with_bias(&input.name, &weights, channels);
        self.wire("Conv", &strs(&inputs), &attributes, channels)
    }

    fn up(&mut self, input: &Wire, channels: usize) -> Wire {
        let attributes = match self.spec.up {
            Up::Transposed => return self.transposed(input, channels),
            Up::Nearest => [
                text("mode", "nearest"),
                text("coordinate_transformation_mode", "asymmetric"),
                text("nearest_mode", "floor"),
            ],
            Up::Bilinear => [
                text("mode", "linear"),
                text("coordinate_transformation_mode", "half_pixel"),
                text("nearest_mode", "floor"),
            ],
        };
        let scales = self.graph.constant(&[4], vec![1.0, 1.0, 2.0, 2.0]);
        let inputs = [&input.name, "", &scales];
        let larger = self.wire("Resize", &inputs, &attributes, input.channels);
        self.convolved(&larger, channels, 3)
    }

    fn transposed(&mut self, input: &Wire, channels: usize) -> Wire {
        let deviation = (1.0 / input.channels as f32).sqrt();
        let weights = self.normal(&[input.channels, channels, 2, 2], deviation);
        let attributes = [ints("strides", &[2, 2]), ints("kernel_shape", &[2, 2])];
        let inputs = self.with_bias(&input.name, &weights, channels);
        self.wire("ConvTranspose", &strs(&inputs), &attributes, channels)
    }

    fn pooled(&mut self, input: &Wire) -> Wire {
        let attributes = [ints("strides", &[2, 2]), ints("kernel_shape", &[2, 2])];
        self.wire("MaxPool", &[&input.name], &attributes, input.channels)
    }

    fn joined(&mut self, a: &Wire, b: &Wire) -> Wire {
        self.wire("Concat", &[&a.name, &b.name], &[int("axis", 1)], a.channels + b.channels)
    }

    fn added(&mut self, a: &Wire, b: &Wire) -> Wire {
        self.wire("Add", &[&a.name, &b.name], &[], a.channels)
    }

    fn activated(&mut self, input: &Wire) -> Wire {
        match self.spec.activation {
            Activation::Relu => self.wire("Relu", &[&input.name], &[], input.channels),
            Activation::LeakyRelu(slope) => {
                let attributes = [float("alpha", slope)];
                self.wire("LeakyRelu", &[&input.name], &attributes, input.channels)
            }
        }
    }

    fn head(&mut self, input: &Wire) -> String {
        let (Head::Linear(channels) | Head::Sigmoid(channels) | Head::Softmax(channels)) =
            self.spec.head;
        let logits = self.convolved(input, channels, 1).name;
        match self.spec.head {
            Head::Linear(_) => logits,
            Head::Sigmoid(_) => self.graph.node("Sigmoid", &[&logits], &[]),
            Head::Softmax(_) => self.graph.node("Softmax", &[&logits], &[int("axis", 1)]),
        }
    }

    fn wire(
        &mut self,
        op: &str,
        inputs: &[&str],
        attributes: &[tract_onnx::pb::AttributeProto],
        channels: usize,
    ) -> Wire {
        Wire { name: self.graph.node(op, inputs, attributes), channels }
    }

    fn with_bias(&mut self, input: &str, weights: &str, channels: usize) -> Vec<String> {
        let mut inputs = vec![input.to_owned(), weights.to_owned()];
        if self.spec.bias {
            inputs.push(self.normal(&[channels], 0.1));
        }
        inputs
    }

    fn normal(&mut self, dims: &[usize], deviation: f32) -> String {
        let len = dims.iter().product();
        let values = (0..len).map(|_| deviation * self.random.normal()).collect();
        self.graph.constant(dims, values)
    }

    /// In `least..least + 1`.
    fn uniform(&mut self, len: usize, least: f32) -> String {
        let values = (0..len).map(|_| least + self.random.unit()).collect();
        self.graph.constant(&[len], values)
    }
}

fn strs(names: &[String]) -> Vec<&str> {
    names.iter().map(String::as_str).collect()
}
