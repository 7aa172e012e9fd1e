//! Operators that look at a pixel's surroundings: convolutions, pooling, and twice the size.

use super::Lowering;
use super::image::{Axis, Image};
use crate::plan::{Op, ValueId};
use tract_onnx::prelude::*;
use tract_onnx::tract_core::ops::cnn::{Conv, Deconv, KernelFormat, PoolSpec};
use tract_onnx::tract_core::ops::nn::{CoordTransformer, DataFormat, Interpolator};
use tract_onnx_opl::resize::{AspectRatio, CoordTransform, Nearest, Resize};

impl Lowering<'_> {
    pub fn convolution(&mut self, node: &TypedNode, conv: &Conv) -> Option<Image> {
        let image = self.planes(node)?;
        let (op, pad): (fn(_) -> Op, _) = match conv.pool_spec.kernel_shape[..] {
            [1, 1] => (Op::Conv1, 0),
            [3, 3] => (Op::Conv3, 1),
            _ => return None,
        };
        let known = conv.kernel_fmt == KernelFormat::OIHW
            && conv.group == 1
            && conv.q_params.is_none()
            && strides(&conv.pool_spec, 1)
            && self.pads(node, &conv.pool_spec, pad)?;
        if !known {
            return None;
        }
        let outward = conv.output_channels();
        let (weights, _) = self.graph.numbers(node.inputs[1])?;
        let filter = self.draft.filter(&weights, &self.bias(node, outward)?);
        let level = self.draft.level_of(&image)?;
        let value = self.draft.step(op(filter), &image.parts, outward, level)?;
        Some(image.with(vec![value]))
    }

    pub fn transposed_convolution(&mut self, node: &TypedNode, conv: &Deconv) -> Option<Image> {
        let image = self.planes(node)?;
        let pool = &conv.pool_spec;
        let known = conv.kernel_format == KernelFormat::OIHW
            && conv.group == 1
            && pool.kernel_shape[..] == [2, 2]
            && strides(pool, 2)
            && conv.adjustments.iter().all(|&more| more == 0)
            // So it has no padding.
            && self.doubles(node, &image)?;
        if !known {
            return None;
        }
        let (inward, outward) = (pool.input_channels, pool.output_channels);
        let (weights, _) = self.graph.numbers(node.inputs[1])?;
        // From [out][in][2][2].
        let (taps, _) = weights.as_chunks::<4>();
        let pairs = (0..inward).flat_map(|i| (0..outward).map(move |o| o * inward + i));
        let weights = pairs.map(|pair| taps.get(pair)).collect::<Option<Vec<_>>>()?;
        let weights: Vec<f32> = weights.into_iter().flatten().copied().collect();
        let filter = self.draft.filter(&weights, &self.bias(node, outward)?);
        let level = self.draft.level_of(&image)?.checked_sub(1)?;
        let value = self.draft.step(Op::Up(filter), &image.parts, outward, level)?;
        Some(image.with(vec![value]))
    }

    pub fn pooling(&mut self, node: &TypedNode, pool: &PoolSpec) -> Option<Image> {
        let image = self.planes(node)?;
        let [_, _, rows, columns] = self.graph.shape(node.inputs[0])?;
        let known = pool.kernel_shape[..] == [2, 2]
            && strides(pool, 2)
            && self.pads(node, pool, 0)?
            && rows % 2 == 0
            && columns % 2 == 0;
        if !known {
            return None;
        }
        let level = self.draft.level_of(&image)? + 1;
        self.each_part(&image, Op::MaxPool, level)
    }

    pub fn doubling(&mut self, node: &TypedNode, resize: &Resize) -> Option<Image> {
        let image = self.image(node)?;
        let channel = image.axes.iter().position(|&axis| axis == Axis::Channel)?;
        let channels = self.graph.shape(OutletId::new(node.id, 0))?[channel];
        let scales = resize.optional_scales_input.and_then(|at| node.inputs.get(at));
        let scales = scales.map_or(Some(vec![]), |&scales| Some(self.graph.numbers(scales)?.0))?;
        let known = self.doubles(node, &image)?
            && channels == self.draft.channels_of(&image)
            // A size that is rounded comes of other scales as well.
            && scales.iter().all(|&scale| scale == 1.0 || scale == 2.0);
        if !known {
            return None;
        }
        let level = self.draft.level_of(&image)?.checked_sub(1)?;
        self.each_part(&image, upsampling(resize)?, level)
    }

    pub fn each_part(&mut self, image: &Image, op: Op, level: u32) -> Option<Image> {
        let one = |&part: &ValueId| {
            let channels = self.draft.channels(part);
            self.draft.step(op, &[part], channels, level)
        };
        let parts: Option<Vec<_>> = image.parts.iter().map(one).collect();
        Some(image.with(parts?))
    }

    fn planes(&self, node: &TypedNode) -> Option<Image> {
        self.image(node).filter(Image::is_planes)
    }

    fn bias(&self, node: &TypedNode, channels: usize) -> Option<Vec<f32>> {
        let (bias, _) = self.graph.numbers(*node.inputs.get(2)?)?;
        match bias[..] {
            [of_all] => Some(vec![of_all; channels]),
            _ => (bias.len() == channels).then_some(bias),
        }
    }

    /// Whether `pad` rows and columns are added at all four sides of a node's input.
    fn pads(&self, node: &TypedNode, pool: &PoolSpec, pad: usize) -> Option<bool> {
        let [_, _, rows, columns] = self.graph.shape(node.inputs[0])?;
        let pads = pool.computed_padding(&[rows, columns]);
        Some(pads.iter().all(|side| side.pad_before == pad && side.pad_after == pad))
    }

    /// Whether a node's output has twice the rows and columns of its input.
    fn doubles(&self, node: &TypedNode, image: &Image) -> Option<bool> {
        let before = self.graph.shape(node.inputs[0])?;
        let after = self.graph.shape(OutletId::new(node.id, 0))?;
        let mut axes = image.axes.iter().zip(before.iter().zip(after));
        Some(axes.all(|(axis, (&before, after))| match axis {
            Axis::Row | Axis::Column => after == 2 * before,
            Axis::Batch => after == before,
            Axis::Channel => true,
        }))
    }
}

/// Whether a window goes over planes in such strides, and has no holes.
fn strides(pool: &PoolSpec, stride: usize) -> bool {
    pool.data_format == DataFormat::NCHW
        && pool.strides().iter().all(|&s| s == stride)
        && pool.dilations().iter().all(|&dilation| dilation == 1)
}

/// Which of the two upsamplings an ONNX `Resize` is at twice the size.
fn upsampling(resize: &Resize) -> Option<Op> {
    use CoordTransformer::*;
    let CoordTransform::Plain(coordinates) = &resize.coord_transformer else { return None };
    if resize.keep_aspect_ratio_policy != AspectRatio::Stretch || resize.exclude_outside {
        return None;
    }
    match (&resize.interpolator, coordinates, resize.nearest) {
        // At an even size the three are the same.
        (Interpolator::Linear, HalfPixel | PytorchHalfPixel | HalfPixelSymmetric, _) => {
            Some(Op::Bilinear)
        }
        // Output 2n and 2n + 1 fall on n and n + 1/2,
        (Interpolator::Nearest, Asymmetric, Nearest::Floor | Nearest::RoundPreferFloor)
        // on n + 1/4 and n + 3/4,
        | (Interpolator::Nearest, TfHalfPixelForNn, Nearest::Floor)
        // or on n - 1/4 and n + 1/4: on every rounding named here, both are n.
        | (
            Interpolator::Nearest,
            HalfPixel | PytorchHalfPixel | HalfPixelSymmetric,
            Nearest::RoundPreferFloor | Nearest::RoundPreferCeil,
        ) => Some(Op::Nearest),
        _ => None,
    }
}
