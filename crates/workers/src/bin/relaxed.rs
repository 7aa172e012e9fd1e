//! The program of the infer workers where the browser knows relaxed SIMD; elsewhere `worker` does their job.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        workers::infer::start(&scope);
    }
}
