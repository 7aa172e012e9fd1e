//! The labels that this browser keeps: the study worker writes them, and the page deletes all of them where the person
//! wants everything forgotten.

use gloo::timers::future::TimeoutFuture;
use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemDirectoryHandle, FileSystemRemoveOptions};
use workers::messages::KEPT_LABELS;

/// A worker that was ended a moment ago may still have a file open: so often it is tried again, after so long.
const TRIES: usize = 30;
const PAUSE_MS: u32 = 100;

/// Deletes what was kept of all series.
pub async fn forget_all() -> Result<(), String> {
    let Some(root) = root().await else { return Ok(()) };
    let options = FileSystemRemoveOptions::new();
    options.set_recursive(true);
    let mut told = String::new();
    for _ in 0..TRIES {
        let removed = root.remove_entry_with_options(KEPT_LABELS, &options);
        match JsFuture::from(removed).await {
            Ok(_) => return Ok(()),
            Err(error) if named(&error) == "NotFoundError" => return Ok(()),
            Err(error) => told = named(&error),
        }
        TimeoutFuture::new(PAUSE_MS).await;
    }
    Err(told)
}

/// The folder that the browser gives this page for itself; where it gives none, nothing was ever kept.
async fn root() -> Option<FileSystemDirectoryHandle> {
    let navigator = web_sys::window()?.navigator();
    Reflect::get(&navigator, &"storage".into()).ok().filter(JsValue::is_object)?;
    JsFuture::from(navigator.storage().get_directory()).await.ok()?.dyn_into().ok()
}

fn named(error: &JsValue) -> String {
    let name = Reflect::get(error, &"name".into()).ok();
    name.and_then(|name| name.as_string()).unwrap_or_default()
}
