//! A U-Net as a list of steps: what is computed from what, without sizes, addresses or kernels.
//!
//! A [`Plan`] is made from an ONNX graph by `lower` (feature `tract`), travels as a file ([`file`]), and is run by
//! [`crate::Executor`] at any image size that its poolings divide.

pub mod file;

use crate::Error;
use serde::{Deserialize, Serialize};

/// Number of a [`Value`]; 0 is the network's input.
pub type ValueId = usize;

/// More of either is no U-Net, and would only ask for memory.
pub(crate) const MOST_CHANNELS: usize = 4096;
pub(crate) const MOST_LEVELS: u32 = 8;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Every image that is computed.
    pub values: Vec<Value>,
    /// In order: a step reads what earlier ones wrote. The last writes the output.
    pub steps: Vec<Step>,
    /// What is made of the last step's output.
    pub head: Head,
    /// Of all steps, which name their first by its place here.
    #[serde(skip)]
    pub weights: Vec<f32>,
}

/// An image of several channels, whose rows and columns are those of the input, halved `level` times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Value {
    pub channels: usize,
    pub level: u32,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    pub op: Op,
    /// Convolutions take any number, as one concatenated image; [`Op::Add`] two; all others one.
    pub inputs: Vec<ValueId>,
    pub output: ValueId,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Op {
    /// 3×3, stride 1, zeros around. Weights `[out][in][3][3]`.
    Conv3(Filter),
    /// 1×1. Weights `[out][in]`.
    Conv1(Filter),
    /// Transposed, 2×2, stride 2. Weights `[in][out][2][2]`.
    Up(Filter),
    /// The largest of 2×2.
    MaxPool,
    /// Every pixel four times.
    Nearest,
    /// Twice the rows and columns, pixel centres at halves (ONNX `half_pixel`), edges repeated.
    Bilinear,
    /// Sum of two.
    Add(Activation),
}

/// Where a convolution's weights and its bias (one for each channel that comes out) begin in [`Plan::weights`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Filter {
    pub weights: usize,
    pub bias: usize,
    pub activation: Activation,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub enum Activation {
    #[default]
    None,
    Relu,
    /// What is below 0 is multiplied by this, which lies in 0..=1.
    LeakyRelu(f32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Head {
    Linear,
    Sigmoid,
    /// Over the channels.
    Softmax,
}

impl Op {
    /// Its weights' number, of a filter from `inward` to `outward` channels; `None` where it has none.
    pub(crate) fn filter(&self, inward: usize, outward: usize) -> Option<(Filter, usize)> {
        match *self {
            Op::Conv3(filter) => Some((filter, 9 * inward * outward)),
            Op::Conv1(filter) => Some((filter, inward * outward)),
            Op::Up(filter) => Some((filter, 4 * inward * outward)),
            Op::MaxPool | Op::Nearest | Op::Bilinear | Op::Add(_) => None,
        }
    }

    pub(crate) fn activation(&self) -> Activation {
        match *self {
            Op::Conv3(filter) | Op::Conv1(filter) | Op::Up(filter) => filter.activation,
            Op::Add(activation) => activation,
            Op::MaxPool | Op::Nearest | Op::Bilinear => Activation::None,
        }
    }
}

impl Plan {
    /// The channels that come into a step, where images lie in whole blocks of `block`: for each its number in the
    /// weights, `None` where a block has fewer.
    pub fn blocks_in(&self, step: &Step, block: usize) -> Vec<Option<usize>> {
        let mut channels = Vec::new();
        let mut next = 0;
        for &input in &step.inputs {
            let end = next + self.values[input].channels;
            channels.extend((next..end).map(Some));
            channels.resize(channels.len().next_multiple_of(block), None);
            next = end;
        }
        channels
    }

    /// Channels of the input.
    pub fn channels(&self) -> usize {
        self.values.first().map_or(0, |input| input.channels)
    }

    /// Channels of the output.
    pub fn outputs(&self) -> usize {
        self.output().map_or(0, |output| self.values[output].channels)
    }

    /// Rows and columns must be multiples of this.
    pub fn multiple_of(&self) -> usize {
        1 << self.values.iter().map(|value| value.level).max().unwrap_or(0)
    }

    /// Multiplications of the network as it is written, per pixel of the input.
    pub fn multiplications_per_pixel(&self) -> f64 {
        let per_pixel = |step: &Step| {
            self.multiplications(step) / f64::from(1u32 << (2 * self.values[step.output].level))
        };
        self.steps.iter().map(per_pixel).sum()
    }

    /// Multiplications of a step, per pixel of its output.
    pub(crate) fn multiplications(&self, step: &Step) -> f64 {
        let pairs = (self.inward(step) * self.values[step.output].channels) as f64;
        match step.op {
            Op::Conv3(_) => 9.0 * pairs,
            Op::Conv1(_) | Op::Up(_) => pairs,
            Op::MaxPool | Op::Nearest | Op::Bilinear | Op::Add(_) => 0.0,
        }
    }

    pub(crate) fn output(&self) -> Option<ValueId> {
        self.steps.last().map(|step| step.output)
    }

    /// Channels of all inputs of a step.
    pub(crate) fn inward(&self, step: &Step) -> usize {
        step.inputs.iter().map(|&input| self.values[input].channels).sum()
    }

    /// Whether everything that is named is there and fits: the kernels rely on it.
    pub fn check(&self) -> Result<(), Error> {
        let unsound = |what: &str| Err(Error::Refused(format!("its plan is unsound: {what}")));
        let sound = |value: &Value| {
            (1..=MOST_CHANNELS).contains(&value.channels) && value.level <= MOST_LEVELS
        };
        if !self.values.iter().all(sound) || self.values.first().is_none_or(|v| v.level != 0) {
            return unsound("channels or levels");
        }
        let mut written = vec![false; self.values.len()];
        written[0] = true;
        for step in &self.steps {
            if step.inputs.is_empty() || !step.inputs.iter().all(|&i| written.get(i) == Some(&true))
            {
                return unsound("a step reads what is not there");
            }
            if written.get(step.output) != Some(&false) {
                return unsound("a step writes what is there already, or nowhere");
            }
            written[step.output] = true;
            if !self.fits(step) {
                return unsound("sizes of a step");
            }
        }
        match self.output() {
            Some(output) if self.values[output].level == 0 => Ok(()),
            _ => unsound("no output of the input's size"),
        }
    }

    fn fits(&self, step: &Step) -> bool {
        let from: Vec<Value> = step.inputs.iter().map(|&input| self.values[input]).collect();
        let to = self.values[step.output];
        let same = |level: u32| from.iter().all(|value| value.level == level);
        let alone = from.len() == 1 && from[0].channels == to.channels;
        let shape = match step.op {
            Op::Conv3(_) | Op::Conv1(_) => same(to.level),
            Op::Up(_) => same(to.level + 1),
            Op::MaxPool => alone && to.level.checked_sub(1).is_some_and(same),
            Op::Nearest | Op::Bilinear => alone && same(to.level + 1),
            Op::Add(_) => {
                from.len() == 2 && from.iter().all(|v| v.channels == to.channels) && same(to.level)
            }
        };
        let holds = |from: usize, len: usize| {
            from.checked_add(len).is_some_and(|end| end <= self.weights.len())
        };
        let weights = step.op.filter(self.inward(step), to.channels).is_none_or(|(filter, len)| {
            holds(filter.weights, len) && holds(filter.bias, to.channels)
        });
        let activation = match step.op.activation() {
            Activation::LeakyRelu(slope) => (0.0..=1.0).contains(&slope),
            Activation::None | Activation::Relu => true,
        };
        shape && weights && activation
    }
}
