//! An ONNX graph as a [`Plan`].
//!
//! tract reads the file and works out every size and constant ([`graph`]). Its nodes are then walked in order: each
//! becomes steps of the plan ([`draft`]) or only another view of an image that is there ([`image`]): concatenation,
//! transposition, and whatever leaves an image as it is. What has no step in a plan is [`Error::Foreign`].

mod arithmetic;
mod draft;
mod graph;
mod image;
mod repetition;
mod windows;

use crate::plan::file::PlanFile;
use crate::plan::{Head, MOST_LEVELS, Plan};
use crate::self_test::SelfTest;
use crate::{Compatible, Error, Shape};
use draft::Draft;
use graph::Graph;
use image::{Axis, Image};
use std::collections::HashMap;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::AxisOp;
use tract_onnx::tract_core::ops::array::TypedConcat;
use tract_onnx::tract_core::ops::binary::TypedBinOp;
use tract_onnx::tract_core::ops::cnn::{Conv, Deconv, MaxPool};
use tract_onnx::tract_core::ops::element_wise::ElementWiseOp;
use tract_onnx::tract_core::ops::nn::{Softmax, SoftmaxKind};
use tract_onnx_opl::resize::Resize;

/// Of the self-test's image.
const SEED: u32 = 1;

/// Reads an ONNX file whose input has the size `shape`; the plan runs at any other that its poolings divide.
pub fn lower(onnx: &[u8], shape: Shape) -> Result<Plan, Error> {
    let graph = Graph::read(onnx, shape)?;
    let plan = Lowering::of(&graph, shape.channels).run()?;
    plan.check()?;
    Ok(plan)
}

/// Lowers an ONNX file, whatever its number of channels, and adds what tract answers to the self-test.
pub fn plan_file(onnx: &[u8]) -> Result<PlanFile, Error> {
    let plan = lower_of_any_channels(onnx)?;
    let answer = |shape: Shape, image: &[f32]| Compatible::new(onnx, shape)?.run(image);
    let self_test = SelfTest::made_by(plan.channels(), plan.multiple_of(), SEED, answer)?;
    Ok(PlanFile::new(onnx, plan, self_test))
}

/// A graph does not say which of its input's axes are the channels: the right one is the one that works.
fn lower_of_any_channels(onnx: &[u8]) -> Result<Plan, Error> {
    // A size that all poolings divide.
    let side = 1 << MOST_LEVELS;
    let mut result = Err(Error::Refused("its number of channels is not fixed".into()));
    for channels in graph::channels(onnx)? {
        result = lower(onnx, Shape { channels, rows: side, columns: side });
        if !matches!(result, Err(Error::Refused(_))) {
            break;
        }
    }
    result
}

struct Lowering<'g> {
    graph: &'g Graph,
    /// What the wires carry that are no constants.
    images: HashMap<OutletId, Image>,
    draft: Draft,
    head: Head,
}

impl<'g> Lowering<'g> {
    fn of(graph: &'g Graph, channels: usize) -> Self {
        let draft = Draft::of(channels);
        let mut lowering = Self { graph, images: HashMap::new(), draft, head: Head::Linear };
        lowering.keep(graph.input, Image::of(0, graph.layout));
        lowering
    }

    fn run(mut self) -> Result<Plan, Error> {
        for node in self.graph.nodes()? {
            let outlet = OutletId::new(node.id, 0);
            if self.graph.constant(outlet).is_some() || outlet == self.graph.input {
                continue;
            }
            match self.lowered(node) {
                Some(image) => self.keep(outlet, image),
                // Perhaps a part of what only the whole of tells: if not, whoever reads it lacks it.
                None if self.graph.moves(node) => {}
                None => return Err(self.graph.foreign(self.unmade(node))),
            }
        }
        let output = self.images.get(&self.graph.output).filter(|image| image.is_upright());
        let unmade = self.unmade(self.graph.node(self.graph.output.node));
        let plan = output.and_then(|output| self.draft.finished(output, self.head));
        plan.ok_or_else(|| self.graph.foreign(unmade))
    }

    /// The first that no image came of, on the way to a node that has none.
    fn unmade(&self, node: &'g TypedNode) -> &'g TypedNode {
        let graph = self.graph;
        let lacks = |input: &&OutletId| {
            !self.images.contains_key(input) && graph.constant(**input).is_none()
        };
        match node.inputs.iter().find(lacks) {
            Some(input) => self.unmade(graph.node(input.node)),
            None => node,
        }
    }

    fn keep(&mut self, outlet: OutletId, mut image: Image) {
        image.shared |= self.graph.readers(outlet) > 1;
        self.images.insert(outlet, image);
    }

    /// What a node makes, as steps; `None` is an operator that has none.
    fn lowered(&mut self, node: &TypedNode) -> Option<Image> {
        let image = self.by_itself(node);
        if image.is_none() && self.graph.moves(node) { self.repetition(node) } else { image }
    }

    fn by_itself(&mut self, node: &TypedNode) -> Option<Image> {
        if let Some(conv) = node.op_as::<Conv>() {
            self.convolution(node, conv)
        } else if let Some(conv) = node.op_as::<Deconv>() {
            self.transposed_convolution(node, conv)
        } else if let Some(pool) = node.op_as::<MaxPool>() {
            self.pooling(node, &pool.pool_spec)
        } else if let Some(resize) = node.op_as::<Resize>() {
            self.doubling(node, resize)
        } else if let Some(concat) = node.op_as::<TypedConcat>() {
            self.concatenation(node, concat.axis)
        } else if let Some(binary) = node.op_as::<TypedBinOp>() {
            self.binary(node, binary.0.as_ref())
        } else if let Some(function) = node.op_as::<ElementWiseOp>() {
            self.function(node, function.0.as_ref())
        } else if let Some(softmax) = node.op_as::<Softmax>() {
            self.softmax(node, softmax)
        } else if let Some(&AxisOp::Move(from, to)) = node.op_as() {
            self.image(node)?.moved(from, to)
        } else if self.graph.keeps(node) {
            self.image(node)
        } else {
            None
        }
    }

    /// What a node is given first.
    fn image(&self, node: &TypedNode) -> Option<Image> {
        self.images.get(node.inputs.first()?).cloned()
    }

    fn concatenation(&mut self, node: &TypedNode, axis: usize) -> Option<Image> {
        let images: Option<Vec<&Image>> = node.inputs.iter().map(|i| self.images.get(i)).collect();
        let images = images?;
        let first = *images.first()?;
        let stacked = first.axes.get(axis) == Some(&Axis::Channel)
            && images.iter().all(|image| image.axes == first.axes);
        let parts = images.iter().flat_map(|image| image.parts.iter().copied()).collect();
        let shared = images.iter().any(|image| image.shared);
        stacked.then(|| Image { shared, ..first.with(parts) })
    }

    fn softmax(&mut self, node: &TypedNode, softmax: &Softmax) -> Option<Image> {
        let axes = self.image(node)?.axes;
        let over_channels = softmax.kind == SoftmaxKind::Softmax
            && matches!(softmax.axes[..], [axis] if axes.get(axis) == Some(&Axis::Channel));
        if over_channels { self.headed(node, Head::Softmax) } else { None }
    }

    /// A head is no step: nothing may come after it.
    fn headed(&mut self, node: &TypedNode, head: Head) -> Option<Image> {
        if !self.ends(node) {
            return None;
        }
        self.head = head;
        self.image(node)
    }

    /// Whether what a node makes is the output, perhaps with its axes in another order.
    fn ends(&self, node: &TypedNode) -> bool {
        if self.graph.output == OutletId::new(node.id, 0) {
            return true;
        }
        let [reader] = node.outputs[0].successors[..] else { return false };
        let reader = self.graph.node(reader.node);
        let moves = matches!(reader.op_as(), Some(AxisOp::Move(..)));
        (moves || self.graph.keeps(reader)) && self.ends(reader)
    }
}
