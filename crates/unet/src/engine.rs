//! What runs a network: our own executor, or tract where a graph has a step that the executor lacks.

#[cfg(feature = "tract")]
use crate::Compatible;
use crate::executor::{Executor, Network};
use crate::mask::Mask;
use crate::{Error, Shape};

/// A network that is ready to run, on as many threads as there are.
#[derive(Clone)]
pub enum Model {
    Own(Network),
    /// An ONNX file that has no plan.
    #[cfg(feature = "tract")]
    Foreign(std::sync::Arc<[u8]>),
}

/// A network laid out for images of one size.
pub enum Engine {
    Own(Box<Executor>),
    #[cfg(feature = "tract")]
    Compatible(Box<Compatible>),
}

impl Model {
    /// What the findings call the engine.
    pub fn engine(&self) -> &'static str {
        match self {
            Self::Own(network) => network.engine(),
            #[cfg(feature = "tract")]
            Self::Foreign(_) => "compatible (tract)",
        }
    }

    pub fn prepare(&self, shape: Shape) -> Result<Engine, Error> {
        match self {
            Self::Own(network) => {
                let channels = network.plan().channels();
                if channels != shape.channels {
                    return Err(Error::Size { expected: channels, given: shape.channels });
                }
                let executor = Executor::new(network.clone(), shape.rows, shape.columns)?;
                Ok(Engine::Own(Box::new(executor)))
            }
            #[cfg(feature = "tract")]
            Self::Foreign(onnx) => Ok(Engine::Compatible(Box::new(Compatible::new(onnx, shape)?))),
        }
    }
}

impl Engine {
    /// Outputs `[class][row][column]` of an image `[channel][row][column]`. Where `wanted` is given, pixels that are not in
    /// it need not be computed, and mean nothing.
    pub fn run(&mut self, image: &[f32], wanted: Option<&Mask>) -> Result<Vec<f32>, Error> {
        match self {
            Self::Own(executor) => executor.run(image, wanted).map(<[f32]>::to_vec),
            #[cfg(feature = "tract")]
            Self::Compatible(engine) => engine.run(image),
        }
    }
}
