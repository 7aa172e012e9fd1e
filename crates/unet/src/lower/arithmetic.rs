//! Operators on single pixels: sums, normalisations written out as products and sums, and activations.

use super::Lowering;
use super::image::{Axis, Image};
use crate::plan::{Activation, Head, Op};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::binary::BinMiniOp;
use tract_onnx::tract_core::ops::element_wise::ElementWiseMiniOp;
use tract_onnx::tract_core::ops::math::{Add, Div, Max, Mul, Sub};
use tract_onnx::tract_core::ops::nn::{LeakyRelu, Sigmoid};

impl Lowering<'_> {
    pub fn binary(&mut self, node: &TypedNode, op: &dyn BinMiniOp) -> Option<Image> {
        let [a, b] = node.inputs[..] else { return None };
        match (self.images.get(&a).cloned(), self.images.get(&b).cloned()) {
            (Some(a), Some(b)) if op.is::<Add>() => self.sum(node, &a, &b),
            (Some(image), None) => {
                let constant = self.per_channel(&image, b)?;
                self.with_constant(&image, &constant, op)
            }
            (None, Some(image)) => {
                let constant = self.per_channel(&image, a)?;
                if op.is::<Sub>() {
                    self.draft.scaled(&image, &vec![-1.0; constant.len()], &constant)
                } else {
                    self.commuting(&image, &constant, op)
                }
            }
            _ => None,
        }
    }

    fn sum(&mut self, node: &TypedNode, a: &Image, b: &Image) -> Option<Image> {
        let shape = |input| self.graph.shape(input);
        if a.axes != b.axes || shape(node.inputs[0])? != shape(node.inputs[1])? {
            return None;
        }
        let (channels, level) = (self.draft.channels_of(a), self.draft.level_of(a)?);
        let summands = [self.draft.whole(a)?, self.draft.whole(b)?];
        let value = self.draft.step(Op::Add(Activation::None), &summands, channels, level)?;
        Some(a.with(vec![value]))
    }

    fn with_constant(&mut self, image: &Image, by: &[f32], op: &dyn BinMiniOp) -> Option<Image> {
        let each = |of: fn(f32) -> f32| by.iter().map(|&c| of(c)).collect::<Vec<_>>();
        if op.is::<Sub>() {
            self.draft.scaled(image, &vec![1.0; by.len()], &each(|c| -c))
        } else if op.is::<Div>() {
            self.draft.scaled(image, &each(|c| 1.0 / c), &vec![0.0; by.len()])
        } else {
            self.commuting(image, by, op)
        }
    }

    fn commuting(&mut self, image: &Image, by: &[f32], op: &dyn BinMiniOp) -> Option<Image> {
        if op.is::<Add>() {
            self.draft.scaled(image, &vec![1.0; by.len()], by)
        } else if op.is::<Mul>() {
            self.draft.scaled(image, by, &vec![0.0; by.len()])
        } else if op.is::<Max>() && by.iter().all(|&least| least == 0.0) {
            self.draft.activated(image, Activation::Relu)
        } else {
            None
        }
    }

    pub fn function(&mut self, node: &TypedNode, op: &dyn ElementWiseMiniOp) -> Option<Image> {
        match op.downcast_ref() {
            Some(&LeakyRelu { alpha }) if (0.0..=1.0).contains(&alpha) => {
                self.draft.activated(&self.image(node)?, Activation::LeakyRelu(alpha))
            }
            None if op.is::<Sigmoid>() => self.headed(node, Head::Sigmoid),
            _ => None,
        }
    }

    /// A constant that is the same in every pixel of an image, once for each channel.
    fn per_channel(&self, image: &Image, constant: OutletId) -> Option<Vec<f32>> {
        let channels = self.draft.channels_of(image);
        let (numbers, shape) = self.graph.numbers(constant)?;
        let even = |(&len, &axis): (&usize, &Axis)| len == 1 || axis == Axis::Channel;
        let fits = shape.len() == image.axes.len() && shape.iter().zip(&image.axes).all(even);
        match numbers[..] {
            _ if !fits => None,
            [of_all] => Some(vec![of_all; channels]),
            _ => (numbers.len() == channels).then_some(numbers),
        }
    }
}
