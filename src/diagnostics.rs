//! What helps to find a fault: browser, engine, memory, times. No file name, no UID, nothing of a person.

use crate::bridge::has_webgpu;
use crate::state::State;
use crate::words::{self, Text};
use js_sys::Reflect;
use leptos::prelude::*;
use stones::findings::{Engine, Seconds};
use wasm_bindgen::JsValue;

/// Line by line, in the language of the page.
pub fn text(state: &State) -> String {
    let language = state.language.get();
    let line = |(name, value): (Text, String)| format!("{}: {value}\n", name.to(language));
    rows(state).into_iter().map(line).collect()
}

fn rows(state: &State) -> Vec<(Text, String)> {
    let navigator = web_sys::window().map(|window| JsValue::from(window.navigator()));
    let of_navigator = |name: &str| told(navigator.as_ref(), name);
    let megabytes = |bytes: usize| format!("{:.0} MB", bytes as f64 / 1e6);
    let mut rows = vec![
        (words::VERSION, env!("CARGO_PKG_VERSION").to_owned()),
        (words::BROWSER, of_navigator("userAgent")),
        (words::LANGUAGE, state.language.get().code().to_owned()),
        (words::CORES, of_navigator("hardwareConcurrency")),
        (words::MEMORY_GIB, of_navigator("deviceMemory")),
        (words::SCREEN, screen()),
        (words::WEBGPU, has_webgpu().to_string()),
    ];
    if let Some(facts) = state.facts.get() {
        let [columns, rows_of, slices] = [facts.columns, facts.rows, facts.slices];
        rows.push((words::VOXELS, format!("{columns} × {rows_of} × {slices}")));
        rows.push((words::VOLUME_MEMORY, megabytes(2 * columns * rows_of * slices)));
    }
    rows.push((words::NOT_READ, codes(state)));
    if let Some(found) = state.found.get() {
        let Engine { name, workers, self_test_max_abs } = found.findings.engine;
        let off = self_test_max_abs.map_or("–".into(), |off| format!("{off:.1e}"));
        let Seconds { read, predict, measure } = found.findings.seconds;
        rows.push((words::ENGINE, format!("{name}, {workers}, {off}")));
        rows.push((words::TIMES, format!("{read:.1} / {predict:.1} / {measure:.1} s")));
        rows.push((words::MODEL, found.findings.model.sha256));
    }
    if let Some(failure) = state.failure.get() {
        rows.push((words::FAILURE, failure.code));
    }
    rows
}

/// Codes of what was not loaded, each with its number: details can hold names.
fn codes(state: &State) -> String {
    let mut codes: Vec<String> =
        state.not_loaded.with(|all| all.iter().map(|file| file.code.clone()).collect());
    codes.sort();
    let counted = codes.chunk_by(|a, b| a == b).map(|of| format!("{} ×{}", of[0], of.len()));
    counted.collect::<Vec<_>>().join(", ")
}

fn screen() -> String {
    let window = web_sys::window().map(JsValue::from);
    let [width, height, ratio] =
        ["innerWidth", "innerHeight", "devicePixelRatio"].map(|name| told(window.as_ref(), name));
    format!("{width} × {height}, ×{ratio}")
}

/// A property as text; a dash where the browser does not tell.
fn told(of: Option<&JsValue>, name: &str) -> String {
    let value = of.and_then(|of| Reflect::get(of, &name.into()).ok());
    let number = value.as_ref().and_then(JsValue::as_f64).map(|number| number.to_string());
    value.and_then(|value| value.as_string()).or(number).unwrap_or_else(|| "–".into())
}
