//! The program of the infer workers for networks that come as ONNX: apart from the others for the megabytes of tract.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        workers::infer::start(&scope);
    }
}

/// The plan file of an ONNX file: called when the page is built, by this program since it is the one with tract.
#[wasm_bindgen]
pub fn plan(onnx: &[u8]) -> Result<Vec<u8>, String> {
    unet::plan_file(onnx).map(|file| file.to_bytes()).map_err(|error| error.to_string())
}
