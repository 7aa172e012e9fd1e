//! RTen for the benchmark's page: one network on images of one size.

use rten::Model;
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
pub struct Rten {
    model: Model,
    shape: [usize; 4],
}

#[wasm_bindgen]
impl Rten {
    #[wasm_bindgen(constructor)]
    pub fn new(
        onnx: Vec<u8>,
        channels: usize,
        rows: usize,
        columns: usize,
    ) -> Result<Self, JsError> {
        Ok(Self { model: Model::load(onnx)?, shape: [1, channels, rows, columns] })
    }

    /// The first output of an image `[channel][row][column]`.
    pub fn run(&self, image: Vec<f32>) -> Result<Vec<f32>, JsError> {
        let image = NdTensor::from_data(self.shape, image);
        let output = self.model.run_one(image.view().into(), None)?;
        let output: NdTensor<f32, 4> = output.try_into()?;
        Ok(output.to_vec())
    }
}
