//! The program of the infer worker on the GPU: fetched where the browser has one to offer.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        workers::graphics::start(&scope);
    }
}
