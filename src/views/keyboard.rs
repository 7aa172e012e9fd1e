//! Keys into commands, except while a person types.

use crate::commands::{Command, Row};
use crate::desk::Desk;
use crate::keys::Key;
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, HtmlInputElement, KeyboardEvent};

pub fn listen(desk: Desk) {
    let handle = window_event_listener(ev::keydown, move |event| {
        if event.alt_key() || types(&event) || presses(&event) || closes_menu(&event) {
            return;
        }
        let Some((key, row)) = meant(desk, &event) else { return };
        if is_open("dialog[open]") && !desk.acts_on_sheet(row.command) {
            return;
        }
        let always = row.command == Command::Cancel;
        if (always || key.ctrl || desk.state.keys.get_untracked())
            && untrack(|| desk.can(row.command) || always)
        {
            event.prevent_default();
            desk.run(row.command);
        }
    });
    let released = window_event_listener(ev::keyup, move |event| {
        if meant(desk, &event).is_some_and(|(_, row)| row.command == Command::Peek) {
            desk.state.peek.set(false);
        }
    });
    on_cleanup(move || {
        handle.remove();
        released.remove();
    });
}

fn meant(desk: Desk, event: &KeyboardEvent) -> Option<(Key, &'static Row)> {
    let key = Key::pressed(event)?;
    Some((key, desk.state.bound.with_untracked(|bound| bound.row(key))?))
}

/// Whether the key presses what has the focus.
fn presses(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok());
    let pressed =
        |target: HtmlElement| target.tag_name() != "BODY" && target.class_name() != "glass";
    matches!(event.key().as_str(), " " | "Enter") && target.is_some_and(pressed)
}

/// Whether the browser closes a menu over the key; nothing else is to end by it.
fn closes_menu(event: &KeyboardEvent) -> bool {
    event.key() == "Escape" && is_open(":popover-open")
}

fn is_open(selector: &str) -> bool {
    let open = || web_sys::window()?.document()?.query_selector(selector).ok()?;
    open().is_some()
}

/// Whether the key goes into a field. Sliders and check boxes take no text; arrows on a slider step slices
/// as everywhere else.
fn types(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|t| t.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    if let Some(input) = target.dyn_ref::<HtmlInputElement>() {
        return match input.type_().as_str() {
            // A slider's own arrows; those up and down step slices everywhere.
            "range" => matches!(event.key().as_str(), "ArrowLeft" | "ArrowRight"),
            kind => !matches!(kind, "checkbox" | "file"),
        };
    }
    matches!(target.tag_name().as_str(), "SELECT" | "TEXTAREA") || target.is_content_editable()
}
