//! The network for a bare page, built once for each engine.
#![forbid(unsafe_code)]

#[cfg(target_arch = "wasm32")]
mod peak;

use unet::self_test::SelfTest;
use unet::{Executor, Mask, Network, PlanFile};
use wasm_bindgen::prelude::wasm_bindgen;

/// A network prepared for images of one size.
#[wasm_bindgen]
pub struct Engine {
    executor: Executor,
    name: &'static str,
    network: Network,
    self_test: SelfTest,
}

#[wasm_bindgen]
impl Engine {
    /// Of a plan file.
    #[wasm_bindgen(constructor)]
    pub fn new(plan: &[u8], rows: usize, columns: usize) -> Result<Engine, String> {
        let PlanFile { plan, self_test, .. } =
            PlanFile::read(plan).map_err(|error| error.to_string())?;
        let network = Network::new(plan).map_err(|error| error.to_string())?;
        let name = network.engine();
        let executor =
            Executor::new(network.clone(), rows, columns).map_err(|error| error.to_string())?;
        Ok(Engine { executor, name, network, self_test })
    }

    pub fn name(&self) -> String {
        self.name.into()
    }

    /// Outputs of the plan's self-test.
    pub fn answers(&self) -> Result<Vec<f32>, String> {
        self.self_test.answers(&self.network).map_err(|error| error.to_string())
    }

    /// Outputs of an image; only of those pixels that `wanted` names by a number other than 0, if it has any.
    pub fn run(&mut self, image: &[f32], wanted: &[u8]) -> Result<Vec<f32>, String> {
        let mask = (!wanted.is_empty()).then(|| self.mask(wanted));
        let outputs = self.executor.run(image, mask.as_ref());
        outputs.map(<[f32]>::to_vec).map_err(|error| error.to_string())
    }

    /// Multiplications that the kernels do for a whole image.
    pub fn multiplications(&self) -> f64 {
        self.executor.multiplications()
    }

    /// The share of the multiplications that these wanted pixels ask for.
    pub fn share(&mut self, wanted: &[u8]) -> f64 {
        let mask = self.mask(wanted);
        self.executor.share(&mask)
    }

    fn mask(&self, wanted: &[u8]) -> Mask {
        let shape = self.executor.shape();
        let mut mask = Mask::none(shape.rows, shape.columns);
        for at in (0..wanted.len()).filter(|&at| wanted[at] != 0) {
            mask.set(at / shape.columns, at % shape.columns);
        }
        mask
    }
}

/// An ONNX file as tract runs it.
#[cfg(feature = "tract")]
#[wasm_bindgen]
pub struct Tract(unet::Compatible);

#[cfg(feature = "tract")]
#[wasm_bindgen]
impl Tract {
    #[wasm_bindgen(constructor)]
    pub fn new(onnx: &[u8], channels: usize, rows: usize, columns: usize) -> Result<Tract, String> {
        let shape = unet::Shape { channels, rows, columns };
        unet::Compatible::new(onnx, shape).map(Tract).map_err(|error| error.to_string())
    }

    pub fn run(&self, image: &[f32]) -> Result<Vec<f32>, String> {
        self.0.run(image).map_err(|error| error.to_string())
    }
}

/// A plan on the browser's GPU.
#[cfg(feature = "webgpu")]
#[wasm_bindgen]
pub struct WebGpu(workers::gpu::GpuExecutor);

#[cfg(feature = "webgpu")]
#[wasm_bindgen]
impl WebGpu {
    pub async fn of(plan: Vec<u8>, rows: usize, columns: usize) -> Result<WebGpu, String> {
        let PlanFile { plan, .. } = PlanFile::read(&plan).map_err(|error| error.to_string())?;
        workers::gpu::GpuExecutor::new(&plan, rows, columns, false).await.map(WebGpu)
    }

    pub async fn run(&mut self, image: Vec<f32>) -> Result<Vec<f32>, String> {
        self.0.run(&image, None).await
    }
}
