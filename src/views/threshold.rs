//! What a finding's score must reach: the list and the pictures follow at once, nothing is searched again.

use crate::desk::Desk;
use crate::number::number;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn ThresholdSlider() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let used =
        move || state.found.with(|found| found.as_ref().map_or(0.5, |f| f.findings.threshold));
    let value = move || state.threshold.get().unwrap_or_else(used);
    let searches = move || state.busy.get().is_some_and(|busy| busy.searches());
    view! {
        <label class="field threshold">
            <span>{desk.say(words::THRESHOLD)}</span>
            <input
                type="range" min="0.1" max="0.95" step="0.05"
                prop:value=move || value().to_string()
                disabled=searches
                on:input:target=move |event| {
                    let least = number(&event.target().value());
                    desk.set_threshold(least);
                }
            />
            <output>{move || format!("{:.2}", value())}</output>
        </label>
    }
}
