//! The menu of what can be saved of a study.

use crate::commands::{Group, Row, TABLE};
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn SaveMenu() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let rows =
        move || TABLE.iter().filter(move |row| row.group == Group::Save && desk.has(row.command));
    let button = move |row: &'static Row| {
        let Row { command, .. } = *row;
        view! {
            <button disabled=move || !desk.can(command) on:click=move |_| desk.run(command)>
                {move || desk.name(row)}
            </button>
        }
    };
    view! {
        <Show when=move || state.showing.with(Option::is_some)>
            <details class="save">
                <summary>{desk.say(words::SAVE)}</summary>
                <div class="files">{move || rows().map(button).collect_view()}</div>
                <p class="quiet small">{desk.say(words::LOAD_FINDINGS)}": "{desk.say(words::LOAD_NOTE)}</p>
                <label class="check">
                    <input
                        type="checkbox" prop:checked=move || state.patient_in_picture.get()
                        on:change:target=move |event| {
                            state.patient_in_picture.set(event.target().checked());
                        }
                    />
                    {desk.say(words::PATIENT_IN_PICTURE)}
                </label>
                <label class="check">
                    <input
                        type="checkbox" prop:checked=move || state.deidentified.get()
                        on:change:target=move |event| {
                            state.deidentified.set(event.target().checked());
                        }
                    />
                    {desk.say(words::DEIDENTIFY)}
                </label>
                <p class="quiet small">
                    {move || desk.say(match state.deidentified.get() {
                        true => words::DEIDENTIFY_NOTE,
                        false => words::SAVE_NOTE,
                    })()}
                </p>
            </details>
        </Show>
    }
}
