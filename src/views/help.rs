//! The help sheet: every command with its keys, gestures, and the switch for keys.

use crate::commands::TABLE;
use crate::desk::Desk;
use crate::memory;
use crate::words::{self, Text};
use leptos::html;
use leptos::prelude::*;

#[component]
pub fn HelpSheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if !state.help.get() {
            sheet.close();
        } else if !sheet.open() && sheet.show_modal().is_err() {
            state.help.set(false);
        }
    });
    let keys = move || {
        let rows = TABLE.iter().filter(|row| !row.keys.is_empty() && desk.has(row.command));
        rows.map(|row| {
            let caps = row.keys.iter().map(|key| view! { <kbd>{key.shown}</kbd> }).collect_view();
            view! { <tr><th scope="row">{desk.say(row.name)}</th><td>{caps}</td></tr> }
        })
        .collect_view()
    };
    let switch = move |on: bool| {
        state.keys.set(on);
        memory::keep_single_keys(on);
    };
    view! {
        <dialog
            class="dialog" node_ref=sheet aria-label=desk.say(words::HELP_TITLE)
            on:close=move |_| state.help.set(false)
        >
            <header>
                <h2>{desk.say(words::HELP_TITLE)}</h2>
                <button on:click=move |_| state.help.set(false)>{desk.say(words::CLOSE)}</button>
            </header>
            <section>
                <h3>{desk.say(words::MOUSE)}</h3>
                <Lines of=&[
                    words::MOUSE_LEFT, words::MOUSE_OTHER, words::MOUSE_WHEEL, words::MOUSE_WINDOW,
                    words::MOUSE_CROSSHAIR, words::MOUSE_MARKS,
                ]/>
                <h3>{desk.say(words::TOUCH)}</h3>
                <Lines of=&[words::TOUCH_ONE, words::TOUCH_TWO]/>
            </section>
            <section>
                <h3>{desk.say(words::KEYS)}</h3>
                <label class="check">
                    <input
                        type="checkbox" prop:checked=move || state.keys.get()
                        on:change:target=move |event| switch(event.target().checked())
                    />
                    {desk.say(words::SINGLE_KEYS)}
                </label>
                <table><tbody>{keys}</tbody></table>
            </section>
        </dialog>
    }
}

#[component]
fn Lines(of: &'static [Text]) -> impl IntoView {
    let desk = Desk::at_hand();
    view! { <ul>{of.iter().map(|text| view! { <li>{desk.say(*text)}</li> }).collect_view()}</ul> }
}
