//! The program of the infer workers for networks that come as ONNX: apart from the others for the megabytes of tract.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        workers::infer::start(&scope);
    }
}
