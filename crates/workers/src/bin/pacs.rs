//! The program of the worker that speaks to the PACS: fetched where a site names one, and only when it is asked.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        workers::pacs::start(scope);
    }
}
