//! The ways in: hidden inputs behind the buttons, and the whole page as a place to drop.

use crate::desk::Desk;
use crate::files;
use crate::words;
use leptos::ev;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::DragEvent;

#[component]
pub fn FileInputs() -> impl IntoView {
    let desk = Desk::at_hand();
    let chosen = move |input: NodeRef<html::Input>| {
        let Some(input) = input.get_untracked() else { return };
        let files = input.files().map(|list| files::of_input(&list)).unwrap_or_default();
        desk.bridge.open(files);
        // The same folder may be chosen again.
        input.set_value("");
    };
    view! {
        <input
            type="file" multiple class="out-of-sight" tabindex="-1" aria-hidden="true" id="files-input"
            node_ref=desk.files
            on:change=move |_: ev::Event| chosen(desk.files)
        />
        <input
            type="file" multiple prop:webkitdirectory=true class="out-of-sight" tabindex="-1"
            aria-hidden="true" id="folder-input"
            node_ref=desk.folder
            on:change=move |_: ev::Event| chosen(desk.folder)
        />
        <input
            type="file" multiple accept=".onnx,.json" class="out-of-sight" tabindex="-1" aria-hidden="true"
            id="network-input" node_ref=desk.network
            on:change:target=move |event| {
                let input = event.target();
                let files = input.files().map(|list| files::of_input(&list)).unwrap_or_default();
                input.set_value("");
                desk.bridge.take_model(files);
            }
        />
        <input
            type="file" class="out-of-sight" tabindex="-1" aria-hidden="true" id="findings-input"
            node_ref=desk.findings
            on:change:target=move |event| {
                let input = event.target();
                let files = input.files().map(|list| files::of_input(&list)).unwrap_or_default();
                input.set_value("");
                if let Some(file) = files.into_iter().next() {
                    desk.bridge.load_findings(file);
                }
            }
        />
    }
}

#[component]
pub fn DropArea(children: Children) -> impl IntoView {
    let desk = Desk::at_hand();
    let over = RwSignal::new(false);
    let dragged = move |event: DragEvent| {
        event.prevent_default();
        over.set(true);
    };
    let dropped = move |event: DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(data) = event.data_transfer() {
            let entries = files::entries_of_drop(&data);
            // What comes from no folder of a disk has no entries, but files it may have.
            let loose = data.files().map(|list| files::of_input(&list)).unwrap_or_default();
            spawn_local(async move {
                let walked = files::of_entries(entries).await;
                desk.bridge.open(if walked.is_empty() { loose } else { walked });
            });
        }
    };
    view! {
        <div
            class="page" class:dropping=move || over.get()
            on:dragover=dragged
            on:dragleave=move |event: DragEvent| {
                if event.related_target().is_none() {
                    over.set(false);
                }
            }
            on:drop=dropped
        >
            {children()}
            <div class="drop-sign" aria-hidden="true">{desk.say(words::DROP)}</div>
        </div>
    }
}
