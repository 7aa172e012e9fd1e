//! Keys into commands, except while a person types.

use crate::commands::{self, Command};
use crate::desk::Desk;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

pub fn listen(desk: Desk) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || types(&event) {
            return;
        }
        let Some(row) = commands::of_key(&event.key(), event.shift_key()) else { return };
        let always = row.command == Command::Cancel;
        if (always || desk.state.keys.get_untracked())
            && untrack(|| desk.can(row.command) || always)
        {
            event.prevent_default();
            desk.run(row.command);
        }
    });
    on_cleanup(move || handle.remove());
}

/// Whether the key goes into a field. Sliders and check boxes take no text; arrows on a slider step slices
/// as everywhere else.
fn types(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return !matches!(input.type_().as_str(), "range" | "checkbox" | "file");
    }
    matches!(target.tag_name().as_str(), "SELECT" | "TEXTAREA") || target.is_content_editable()
}
