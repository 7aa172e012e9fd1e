//! The choice of what the network runs on, where the browser knows of GPUs: the next search follows it.

use crate::bridge::has_webgpu;
use crate::desk::Desk;
use crate::memory;
use crate::words::{self, Text};
use leptos::prelude::*;
use workers::messages::Hardware;

const CHOICES: [(Hardware, Text); 3] = [
    (Hardware::Automatic, words::AUTOMATIC),
    (Hardware::Processor, words::PROCESSOR),
    (Hardware::Graphics, words::GRAPHICS_CARD),
];

#[component]
pub fn HardwareChoice() -> impl IntoView {
    let desk = Desk::at_hand();
    let wish = desk.state.hardware;
    let choose = move |at: String| {
        if let Some((hardware, _)) = at.parse().ok().and_then(|at: usize| CHOICES.get(at)) {
            wish.set(*hardware);
            memory::keep_hardware(*hardware);
        }
    };
    let options = move || {
        let option = |(at, (hardware, name)): (usize, (Hardware, Text))| {
            let selected = move || wish.get() == hardware;
            view! { <option value=at.to_string() selected=selected>{desk.say(name)}</option> }
        };
        CHOICES.into_iter().enumerate().map(option).collect_view()
    };
    view! {
        <Show when=has_webgpu>
            <label class="field small">
                <span>{desk.say(words::SEARCH_ON)}</span>
                <select on:change:target=move |event| choose(event.target().value())>
                    {options()}
                </select>
            </label>
        </Show>
    }
}
