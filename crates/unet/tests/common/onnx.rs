//! ONNX files, node by node.

use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TypeProto, ValueInfoProto, type_proto,
};

/// Name of the input.
pub const IMAGE: &str = "image";

/// The version of the operators, and that of the file format which goes with it.
const OPERATORS: i64 = 13;
const FORMAT: i64 = 7;

#[derive(Default)]
pub struct Graph {
    nodes: Vec<NodeProto>,
    constants: Vec<TensorProto>,
}

impl Graph {
    /// Adds a node, and gives the name of what it makes.
    pub fn node(&mut self, op: &str, inputs: &[&str], attributes: &[AttributeProto]) -> String {
        let output = format!("{op}_{}", self.nodes.len());
        self.nodes.push(NodeProto {
            name: format!("node_{output}"),
            op_type: op.into(),
            input: inputs.iter().map(|&input| input.into()).collect(),
            output: vec![output.clone()],
            attribute: attributes.to_vec(),
            ..Default::default()
        });
        output
    }

    pub fn constant(&mut self, dims: &[usize], values: Vec<f32>) -> String {
        self.tensor(
            dims,
            TensorProto {
                data_type: DataType::Float as i32,
                float_data: values,
                ..Default::default()
            },
        )
    }

    pub fn whole_numbers(&mut self, values: &[i64]) -> String {
        self.tensor(
            &[values.len()],
            TensorProto {
                data_type: DataType::Int64 as i32,
                int64_data: values.to_vec(),
                ..Default::default()
            },
        )
    }

    fn tensor(&mut self, dims: &[usize], tensor: TensorProto) -> String {
        let name = format!("constant_{}", self.constants.len());
        let dims = dims.iter().map(|&dim| dim as i64).collect();
        self.constants.push(TensorProto { name: name.clone(), dims, ..tensor });
        name
    }

    /// The file. Axes of the input that are `None` have any length.
    pub fn file(self, input: &[Option<usize>], output: &str) -> Vec<u8> {
        let graph = GraphProto {
            name: "network".into(),
            node: self.nodes,
            initializer: self.constants,
            input: vec![image(IMAGE, input)],
            output: vec![image(output, &vec![None; input.len()])],
            ..Default::default()
        };
        let operators = OperatorSetIdProto { domain: String::new(), version: OPERATORS };
        let model = ModelProto {
            ir_version: FORMAT,
            opset_import: vec![operators],
            graph: Some(graph),
            ..Default::default()
        };
        model.encode_to_vec()
    }
}

fn image(name: &str, axes: &[Option<usize>]) -> ValueInfoProto {
    let dim = |(at, len): (usize, &Option<usize>)| Dimension {
        value: Some(match len {
            Some(len) => dimension::Value::DimValue(*len as i64),
            None => dimension::Value::DimParam(format!("{name}_{at}")),
        }),
        ..Default::default()
    };
    let tensor = type_proto::Tensor {
        elem_type: DataType::Float as i32,
        shape: Some(TensorShapeProto { dim: axes.iter().enumerate().map(dim).collect() }),
    };
    let kind =
        TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() };
    ValueInfoProto { name: name.into(), r#type: Some(kind), ..Default::default() }
}

pub fn int(name: &str, value: i64) -> AttributeProto {
    let kind = AttributeType::Int as i32;
    AttributeProto { name: name.into(), r#type: kind, i: value, ..Default::default() }
}

pub fn ints(name: &str, values: &[i64]) -> AttributeProto {
    let kind = AttributeType::Ints as i32;
    AttributeProto { name: name.into(), r#type: kind, ints: values.into(), ..Default::default() }
}

pub fn float(name: &str, value: f32) -> AttributeProto {
    let kind = AttributeType::Float as i32;
    AttributeProto { name: name.into(), r#type: kind, f: value, ..Default::default() }
}

pub fn text(name: &str, value: &str) -> AttributeProto {
    let kind = AttributeType::String as i32;
    AttributeProto { name: name.into(), r#type: kind, s: value.into(), ..Default::default() }
}
