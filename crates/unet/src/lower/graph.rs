//! The graph as tract reads it: every size known, constants worked out, operators still as they were written.
//!
//! tract's own simplifications are left out on purpose: they turn 1×1 convolutions into matrix products and move axes
//! about, which is harder to read back than the file.

use crate::tract::{Layout, channels_declared, fed, refused};
use crate::{Error, Shape};
use tract_onnx::pb::ModelProto;
use tract_onnx::prelude::*;
use tract_onnx::tract_core::internal::*;

pub struct Graph {
    model: TypedModel,
    pub input: OutletId,
    pub output: OutletId,
    pub layout: Layout,
    /// Names of the file's nodes and their operators, for what is said of a refusal.
    written: Vec<(String, String)>,
}

impl Graph {
    pub fn read(onnx: &[u8], shape: Shape) -> Result<Self, Error> {
        let file = parsed(onnx)?;
        let read = || -> TractResult<Self> {
            let (model, layout) = fed(tract_onnx::onnx().model_for_proto_model(&file)?, shape)?;
            let mut model = model.into_typed()?;
            // Others, which some networks have for their training, are not wanted.
            let output = *model.output_outlets()?.first().context("it has no output")?;
            model.select_output_outlets(&[output])?;
            model.prop_consts()?;
            let input = *model.input_outlets()?.first().context("it has no input")?;
            let output = *model.output_outlets()?.first().context("it has no output")?;
            Ok(Self { model, input, output, layout, written: written(&file) })
        };
        read().map_err(refused)
    }

    /// Those that the output needs, each after those that it needs.
    pub fn nodes(&self) -> Result<Vec<&TypedNode>, Error> {
        let order = self.model.eval_order().map_err(refused)?;
        Ok(order.into_iter().map(|id| self.model.node(id)).collect())
    }

    pub fn node(&self, id: usize) -> &TypedNode {
        self.model.node(id)
    }

    /// How many nodes read a wire, where the world outside counts as one.
    pub fn readers(&self, outlet: OutletId) -> usize {
        let node = self.model.node(outlet.node);
        let inside = node.outputs.get(outlet.slot).map_or(0, |output| output.successors.len());
        inside + usize::from(outlet == self.output)
    }

    pub fn shape(&self, outlet: OutletId) -> Option<[usize; 4]> {
        self.model.outlet_fact(outlet).ok()?.shape.as_concrete()?.try_into().ok()
    }

    pub fn constant(&self, outlet: OutletId) -> Option<&Tensor> {
        self.model.outlet_fact(outlet).ok()?.konst.as_deref()
    }

    /// A constant's numbers, and its shape.
    pub fn numbers(&self, outlet: OutletId) -> Option<(Vec<f32>, &[usize])> {
        let tensor = self.constant(outlet)?;
        let plain = tensor.try_as_plain_ram().ok()?;
        Some((plain.as_slice::<f32>().ok()?.to_vec(), tensor.shape()))
    }

    /// Whether a node gives its first input on as it is, shape and all.
    pub fn keeps(&self, node: &TypedNode) -> bool {
        let Some(&input) = node.inputs.first() else { return false };
        let Ok(before) = self.model.outlet_fact(input) else { return false };
        let same = node.outputs.first().is_some_and(|output| {
            output.fact.shape == before.shape && output.fact.datum_type == before.datum_type
        });
        same && (self.only_shapes(node) || self.is_idle_dropout(node))
    }

    /// Whether a node only puts the values of its first input elsewhere.
    pub fn moves(&self, node: &TypedNode) -> bool {
        use tract_onnx::tract_core::ops::array::MultiBroadcastTo;
        node.op_is::<AxisOp>() || node.op_is::<MultiBroadcastTo>() || self.keeps(node)
    }

    /// Operators that do nothing at all where the shape and the type stay the same.
    fn only_shapes(&self, node: &TypedNode) -> bool {
        use tract_onnx::tract_core::ops;
        node.op_is::<ops::identity::Identity>()
            || node.op_is::<ops::cast::Cast>()
            || node.op_is::<ops::array::Pad>()
            || node.op_is::<ops::array::Slice>()
            || node.op_is::<ops::array::MultiBroadcastTo>()
            || matches!(node.op_as(), Some(AxisOp::Reshape(..)))
    }

    /// Dropout that is not told to train. The type is private to tract-onnx.
    fn is_idle_dropout(&self, node: &TypedNode) -> bool {
        let idle = |&input: &OutletId| match self.constant(input) {
            Some(flag) if flag.datum_type() == bool::datum_type() => {
                flag.cast_to_scalar::<bool>().is_ok_and(|trains| !trains)
            }
            Some(_) => true,
            None => false,
        };
        node.op().name() == "Dropout" && node.inputs.iter().skip(1).all(idle)
    }

    /// A node that has no step, by its operator in the file: tract names what it makes of a node after it.
    pub fn foreign(&self, node: &TypedNode) -> Error {
        let origin = |(name, _): &&(String, String)| node.name.starts_with(name.as_str());
        let origin = self.written.iter().filter(origin).max_by_key(|(name, _)| name.len());
        Error::Foreign(match origin {
            Some((_, operator)) => operator.clone(),
            None => node.op().name().into_owned(),
        })
    }
}

/// What the input's number of channels may be, likelier ones first.
pub fn channels(onnx: &[u8]) -> Result<Vec<usize>, Error> {
    let model = tract_onnx::onnx().model_for_proto_model(&parsed(onnx)?).map_err(refused)?;
    Ok(channels_declared(&model).map_err(refused)?.into_iter().flatten().collect())
}

fn parsed(onnx: &[u8]) -> Result<ModelProto, Error> {
    tract_onnx::onnx().proto_model_for_read(&mut std::io::Cursor::new(onnx)).map_err(refused)
}

fn written(file: &ModelProto) -> Vec<(String, String)> {
    let nodes = file.graph.iter().flat_map(|graph| &graph.node);
    // As tract names them.
    let name = |node: &tract_onnx::pb::NodeProto| match node.name.is_empty() {
        true => node.output.first().cloned().unwrap_or_default(),
        false => node.name.clone(),
    };
    nodes.map(|node| (name(node), node.op_type.clone())).collect()
}
