//! The program of decode workers that know every codec and the name of every element: apart from `worker`, so that a CT that is
//! not compressed is seen without it.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;

fn main() {
    if let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() {
        workers::text::start();
        workers::decode::start(&scope);
    }
}
