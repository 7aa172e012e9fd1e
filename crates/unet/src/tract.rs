//! The compatible engine: tract-onnx runs the graph as it is.

use crate::{Error, Shape};
use tract_onnx::prelude::*;

/// A network prepared for one input size.
pub struct Network {
    shape: Shape,
    plan: Arc<TypedRunnableModel>,
}

impl Network {
    /// What the findings call this engine.
    pub const ENGINE: &'static str = "tract";

    /// Reads an ONNX file with one input `[1, C, H, W]` and one output `[1, 1, H, W]`, and prepares it for `shape`.
    pub fn new(onnx: &[u8], shape: Shape) -> Result<Self, Error> {
        let fact = f32::fact([1, shape.channels, shape.rows, shape.columns]);
        let plan = tract_onnx::onnx()
            .model_for_read(&mut std::io::Cursor::new(onnx))
            .and_then(|model| model.with_input_fact(0, fact.into()))
            .and_then(|model| model.into_optimized())
            .and_then(|model| model.into_runnable())
            .map_err(refused)?;
        Ok(Self { shape, plan })
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Probabilities, row by row, of an image given channel by channel.
    pub fn run(&self, image: &[f32]) -> Result<Vec<f32>, Error> {
        let Shape { channels, rows, columns } = self.shape;
        if image.len() != self.shape.len() {
            return Err(Error::Size { expected: self.shape.len(), given: image.len() });
        }
        let input = Tensor::from_shape(&[1, channels, rows, columns], image).map_err(refused)?;
        let output = self.plan.run(tvec!(input.into())).map_err(refused)?;
        let map = output.first().ok_or_else(|| Error::Refused("it has no output".into()))?;
        let values = map
            .try_as_plain_ram()
            .and_then(|plain| plain.as_slice::<f32>().map(<[f32]>::to_vec))
            .map_err(refused)?;
        match values.len() {
            n if n == rows * columns => Ok(values),
            given => Err(Error::Size { expected: rows * columns, given }),
        }
    }
}

fn refused(error: TractError) -> Error {
    Error::Refused(format!("{error:#}"))
}
