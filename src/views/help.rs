//! The help sheet: gestures, the switch for keys, and every command with its keys, which can be changed.

use crate::commands::{Command, Row, TABLE};
use crate::desk::Desk;
use crate::keys::{Cap, Key};
use crate::memory;
use crate::words::{self, Text};
use leptos::html;
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// The command that waits for a key, and what the last one pressed means already.
type Waiting = RwSignal<Option<(Command, Option<(Key, &'static Row)>)>>;

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
                <div class="choices">
                    <label class="check">
                        <input
                            type="checkbox" prop:checked=move || state.keys.get()
                            on:change:target=move |event| switch(event.target().checked())
                        />
                        {desk.say(words::SINGLE_KEYS)}
                    </label>
                    <button
                        disabled=move || state.bound.with(|bound| bound.untouched())
                        on:click=move |_| state.bound.set(Default::default())
                    >
                        {desk.say(words::DEFAULT_KEYS)}
                    </button>
                </div>
                <p class="quiet small">{desk.say(words::KEYS_NOTE)}</p>
                <Show when=move || state.help.get()><KeyTable/></Show>
            </section>
        </dialog>
    }
}

#[component]
fn KeyTable() -> impl IntoView {
    let desk = Desk::at_hand();
    let waiting = Waiting::new(None);
    let rows = TABLE.iter().filter(|row| desk.has(row.command)).map(|row| {
        view! { <tr><th scope="row">{move || desk.name(row)}</th><td><KeyButton row waiting/></td></tr> }
    });
    view! { <table><tbody>{rows.collect_view()}</tbody></table> }
}

/// A command's keys; pressed, it waits for another one.
#[component]
fn KeyButton(row: &'static Row, waiting: Waiting) -> impl IntoView {
    let desk = Desk::at_hand();
    let bound = desk.state.bound;
    let waits = move || waiting.with(|at| at.as_ref().is_some_and(|(of, _)| *of == row.command));
    let caps = move || {
        let keys = bound.with(|bound| bound.of(row).to_vec());
        if keys.is_empty() {
            return view! { <span class="quiet">{desk.say(words::NO_KEY)}</span> }.into_any();
        }
        let cap = |(at, key): (usize, Key)| {
            let comma = (at > 0).then(|| view! { <span class="out-of-sight">", "</span> });
            view! { {comma}<kbd>{key.shown()}</kbd> }
        };
        keys.into_iter().enumerate().map(cap).collect_view().into_any()
    };
    // What ends all else always has its key.
    if row.command == Command::Cancel {
        return caps.into_any();
    }
    let button = NodeRef::<html::Button>::new();
    let wait = move |_| {
        // Safari gives a button that is clicked no focus, and so no keys.
        if let Some(button) = button.get_untracked() {
            let _ = button.focus();
        }
        waiting.set(Some((row.command, None)));
    };
    let give = move |key| {
        bound.update(|bound| bound.give(row, key));
        waiting.set(None);
    };
    let pressed = move |event: KeyboardEvent| {
        if !untrack(waits) || event.repeat() {
            return;
        }
        let key = Key::pressed(&event);
        if event.key() == "Tab" {
            return waiting.set(None);
        }
        event.prevent_default();
        event.stop_propagation();
        match key {
            Some(Key { cap: Cap::Named("Escape"), .. }) => waiting.set(None),
            Some(Key { cap: Cap::Named("Backspace"), .. }) => give(None),
            Some(key) => match bound.with_untracked(|bound| bound.row(key)) {
                Some(other) if other.command != row.command => {
                    waiting.set(Some((row.command, Some((key, other)))));
                }
                _ => give(Some(key)),
            },
            None => {}
        }
    };
    let told = move || {
        let taken = waiting.get()?.1;
        Some(match taken {
            Some((key, other)) => {
                words::key_taken(desk.state.language.get(), &key.shown(), &desk.name(other))
            }
            None => desk.say(words::PRESS_KEY)().to_owned(),
        })
    };
    view! {
        <button
            class="key" aria-pressed=move || waits().to_string()
            node_ref=button on:click=wait
            on:keydown=pressed
            on:blur=move |_| waiting.set(None)
        >
            <span class="out-of-sight">{move || desk.name(row)}": "</span>
            {caps}
        </button>
        <Show when=waits><p class="small" role="alert">{told}</p></Show>
    }
    .into_any()
}

#[component]
fn Lines(of: &'static [Text]) -> impl IntoView {
    let desk = Desk::at_hand();
    view! { <ul>{of.iter().map(|text| view! { <li>{desk.say(*text)}</li> }).collect_view()}</ul> }
}
