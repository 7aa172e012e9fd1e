//! The compatible engine: tract-onnx runs the graph as it is.

use crate::{Error, Shape};
use tract_onnx::prelude::*;
use tract_onnx::tract_hir::infer::Factoid;
use tract_onnx::tract_hir::internal::DimLike;

/// A network prepared for one input size.
pub struct Compatible {
    shape: Shape,
    layout: Layout,
    plan: Arc<TypedRunnableModel>,
}

/// How a graph's images lie in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layout {
    /// `[1, C, H, W]`
    Planes,
    /// `[1, H, W, C]`, as Keras has it.
    Pixels,
}

impl Compatible {
    /// Reads an ONNX file whose input and output are images of one size, and prepares it for `shape`.
    pub fn new(onnx: &[u8], shape: Shape) -> Result<Self, Error> {
        let model =
            tract_onnx::onnx().model_for_read(&mut std::io::Cursor::new(onnx)).map_err(refused)?;
        let (model, layout) = fed(model, shape).map_err(refused)?;
        let plan =
            model.into_optimized().and_then(|model| model.into_runnable()).map_err(refused)?;
        Ok(Self { shape, layout, plan })
    }

    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Every channel that comes out, row by row, of an image given channel by channel.
    pub fn run(&self, image: &[f32]) -> Result<Vec<f32>, Error> {
        let Shape { channels, rows, columns } = self.shape;
        if image.len() != self.shape.len() {
            return Err(Error::Size { expected: self.shape.len(), given: image.len() });
        }
        let planes = Tensor::from_shape(&[1, channels, rows, columns], image).map_err(refused)?;
        let input = match self.layout {
            Layout::Planes => planes,
            Layout::Pixels => planes.move_axis(1, 3).map_err(refused)?,
        };
        let outputs = self.plan.run(tvec!(input.into())).map_err(refused)?;
        let output =
            outputs.into_iter().next().ok_or_else(|| Error::Refused("it has no output".into()))?;
        let planes = match *output.shape() {
            [1, _, r, c] if (r, c) == (rows, columns) => output.into_tensor(),
            [1, r, c, _] if (r, c) == (rows, columns) => {
                output.into_tensor().move_axis(3, 1).map_err(refused)?
            }
            _ if output.len() == rows * columns => output.into_tensor(),
            _ => return Err(Error::Size { expected: rows * columns, given: output.len() }),
        };
        planes
            .try_as_plain_ram()
            .and_then(|plain| plain.as_slice::<f32>().map(<[f32]>::to_vec))
            .map_err(refused)
    }
}

/// The model with its input's size set to `shape`, and how it wants its images.
pub(crate) fn fed(model: InferenceModel, shape: Shape) -> TractResult<(InferenceModel, Layout)> {
    let Shape { channels, rows, columns } = shape;
    let [planes, pixels] = channels_declared(&model)?;
    let layout = match planes != Some(channels) && pixels == Some(channels) {
        true => Layout::Pixels,
        false => Layout::Planes,
    };
    let fact = match layout {
        Layout::Planes => f32::fact([1, channels, rows, columns]),
        Layout::Pixels => f32::fact([1, rows, columns, channels]),
    };
    Ok((model.with_input_fact(0, fact.into())?, layout))
}

/// What the graph says of its input's second axis and of its last: one of them is the number of channels.
pub(crate) fn channels_declared(model: &InferenceModel) -> TractResult<[Option<usize>; 2]> {
    let shape = &model.input_fact(0)?.shape;
    Ok([1, 3].map(|axis| shape.dim(axis)?.concretize()?.to_usize().ok()))
}

pub(crate) fn refused(error: TractError) -> Error {
    Error::Refused(format!("{error:#}"))
}
