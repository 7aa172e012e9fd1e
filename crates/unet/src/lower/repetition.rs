//! Up-sampling that was written out as operators which only move values: new axes, widened, and merged into rows and
//! columns, as Keras' `UpSampling2D` is exported.
//!
//! There are many ways to write it. So the operators are tried on an image whose values tell where they come from.

use super::Lowering;
use super::image::{Axis, Image};
use crate::plan::Op;
use tract_onnx::prelude::*;

/// Whole numbers below this are told from each other as `f32`.
const MOST_VALUES: usize = 1 << 24;

impl Lowering<'_> {
    /// What the operators up to a node make of the last image before them, if that is each pixel four times.
    pub fn repetition(&mut self, node: &TypedNode) -> Option<Image> {
        let after = self.graph.shape(OutletId::new(node.id, 0))?;
        let mut operators = vec![node];
        let (source, image) = loop {
            let input = *operators.last()?.inputs.first()?;
            if let Some(image) = self.images.get(&input) {
                break (input, image.clone());
            }
            operators.push(Some(self.graph.node(input.node)).filter(|n| self.graph.moves(n))?);
        };
        let before = self.graph.shape(source)?;
        if after != doubled(before, &image) || before.iter().product::<usize>() > MOST_VALUES {
            return None;
        }
        let moved = moved(before, operators.into_iter().rev())?;
        if !is_nearest(&moved, before, after) {
            return None;
        }
        let level = self.draft.level_of(&image)?.checked_sub(1)?;
        self.each_part(&image, Op::Nearest, level)
    }
}

fn doubled(before: [usize; 4], image: &Image) -> [usize; 4] {
    let mut after = before;
    for (length, axis) in after.iter_mut().zip(image.axes) {
        if matches!(axis, Axis::Row | Axis::Column) {
            *length *= 2;
        }
    }
    after
}

/// Where each value comes from, as its place in the image before.
fn moved<'n>(
    before: [usize; 4],
    operators: impl Iterator<Item = &'n TypedNode>,
) -> Option<Vec<f32>> {
    let places: Vec<f32> = (0..before.iter().product()).map(|place: usize| place as f32).collect();
    let mut value = Tensor::from_shape(&before, &places).ok()?.into_tvalue();
    for operator in operators {
        value = operator.op.eval_out_of_plan(tvec![value]).ok()??.pop()?;
    }
    let plain = value.try_as_plain_ram().ok()?;
    Some(plain.as_slice::<f32>().ok()?.to_vec())
}

/// Whether each place holds what the place before holds that it covers.
fn is_nearest(moved: &[f32], before: [usize; 4], after: [usize; 4]) -> bool {
    let covered = |mut place: usize| {
        let mut source = 0;
        let mut stride = 1;
        for axis in (0..4).rev() {
            let at = place % after[axis] * before[axis] / after[axis];
            source += at * stride;
            stride *= before[axis];
            place /= after[axis];
        }
        source as f32
    };
    moved.len() == after.iter().product::<usize>()
        && moved.iter().enumerate().all(|(place, &source)| source == covered(place))
}
