//! The program of the study and decode workers, and of infer workers without relaxed SIMD.

use wasm_bindgen::JsCast;
use web_sys::DedicatedWorkerGlobalScope;
use workers::messages::Role;

fn main() {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return };
    workers::text::start();
    match workers::role() {
        Some(Role::Study) => workers::study::start(scope),
        Some(Role::Decode) => workers::decode::start(&scope),
        Some(Role::Infer) => workers::infer::start(&scope),
        Some(Role::Graphics | Role::Pacs) | None => {}
    }
}
