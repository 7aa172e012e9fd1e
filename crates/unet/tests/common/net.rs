//! Networks that are put together operator by operator, and what comes of their lowering.
#![expect(clippy::unwrap_used, reason = "a test")]

use super::onnx::{Graph, int, ints, text};
use super::random::Random;
use super::{difference, reference};
use tract_onnx::pb::AttributeProto;
use unet::{Compatible, Error, Plan, Shape, lower};

pub const SHAPE: Shape = Shape { channels: 3, rows: 24, columns: 16 };
pub const PLANES: [Option<usize>; 4] = [Some(1), Some(3), None, None];
pub const PIXELS: [Option<usize>; 4] = [None, None, None, Some(3)];

/// Nodes with random weights.
pub struct Net {
    pub graph: Graph,
    pub random: Random,
}

impl Net {
    pub fn new() -> Self {
        Self { graph: Graph::default(), random: Random::new(Random::fresh_seed()) }
    }

    pub fn op(&mut self, op: &str, inputs: &[&str], attributes: &[AttributeProto]) -> String {
        self.graph.node(op, inputs, attributes)
    }

    pub fn weights(&mut self, dims: &[usize]) -> String {
        let values = (0..dims.iter().product()).map(|_| 0.3 * self.random.normal()).collect();
        self.graph.constant(dims, values)
    }

    pub fn positive(&mut self, dims: &[usize]) -> String {
        let values = (0..dims.iter().product()).map(|_| 0.5 + self.random.unit()).collect();
        self.graph.constant(dims, values)
    }

    /// 3×3, with a bias.
    pub fn conv(&mut self, input: &str, inward: usize, outward: usize) -> String {
        self.window(input, &[outward, inward, 3, 3], &[ints("pads", &[1; 4])])
    }

    pub fn window(&mut self, input: &str, dims: &[usize], attributes: &[AttributeProto]) -> String {
        let (weights, bias) = (self.weights(dims), self.weights(&dims[..1]));
        self.op("Conv", &[input, &weights, &bias], attributes)
    }

    pub fn transposed(&mut self, input: &str, order: [i64; 4]) -> String {
        self.op("Transpose", &[input], &[ints("perm", &order)])
    }

    pub fn joined(&mut self, a: &str, b: &str) -> String {
        self.op("Concat", &[a, b], &[int("axis", 1)])
    }

    pub fn pooled(&mut self, input: &str) -> String {
        let attributes = [ints("kernel_shape", &[2, 2]), ints("strides", &[2, 2])];
        self.op("MaxPool", &[input], &attributes)
    }

    pub fn resized(
        &mut self,
        input: &str,
        by: f32,
        [mode, coordinates, nearest]: [&str; 3],
    ) -> String {
        let scales = self.graph.constant(&[4], vec![1.0, 1.0, by, by]);
        let attributes = [
            text("mode", mode),
            text("coordinate_transformation_mode", coordinates),
            text("nearest_mode", nearest),
        ];
        self.op("Resize", &[input, "", &scales], &attributes)
    }

    pub fn file(self, output: &str) -> Vec<u8> {
        self.graph.file(&PLANES, output)
    }
}

/// The plan of a file, after it was seen to compute what tract does.
pub fn lowered(onnx: &[u8]) -> Plan {
    let seed = Random::fresh_seed();
    let image = Random::new(seed).image(SHAPE.len());
    let plan = lower(onnx, SHAPE).unwrap();
    let expected = Compatible::new(onnx, SHAPE).unwrap().run(&image).unwrap();
    let answer = reference::run(&plan, SHAPE.rows, SHAPE.columns, &image);
    let worst = difference(&answer, &expected);
    assert!(worst <= 1e-4, "off by {worst}; seed {seed}");
    plan
}

/// The operator that a plan has no step for, or what came instead.
pub fn foreign(onnx: &[u8]) -> String {
    match lower(onnx, SHAPE) {
        Err(Error::Foreign(operator)) => operator,
        other => format!("{other:?}"),
    }
}
