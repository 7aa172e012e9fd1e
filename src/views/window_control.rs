//! The window by presets and numbers: what dragging does, for those who can't or won't drag.

use crate::commands::{Command, Row};
use crate::desk::Desk;
use crate::number::number;
use crate::presets::{self, PRESETS};
use crate::state::Window;
use crate::words::{self, Text};
use leptos::prelude::*;

/// Marks the value of an option that the file suggests.
const FILE: &str = "file ";

/// The value of the option that follows the stone gone to.
const HALF: &str = "half";

#[component]
pub fn WindowControl() -> impl IntoView {
    let desk = Desk::at_hand();
    let window = desk.state.window;
    let key = move |command| {
        let row = Row::of(command);
        move || desk.state.bound.with(|bound| row.map(|row| bound.shown(row)).unwrap_or_default())
    };
    let of_file = Memo::new(move |_| {
        desk.state.facts.with(|facts| facts.as_ref().map(presets::of_file).unwrap_or_default())
    });
    let chosen = Memo::new(move |_| PRESETS.iter().position(|(_, preset)| *preset == window.get()));
    let chosen_of_file = Memo::new(move |_| {
        of_file.with(|all| all.iter().position(|(_, preset)| *preset == window.get()))
    });
    let choose = move |value: String| match value.strip_prefix(FILE) {
        None if value == HALF => desk.run(Command::HalfMaximum),
        Some(at) => desk.run(Command::FilePreset(at.parse().unwrap_or(usize::MAX))),
        None => desk.run(Command::Preset(value.parse().unwrap_or(usize::MAX))),
    };
    let file_options = move || {
        let option = |(at, (name, preset)): (usize, (String, Window))| {
            let Window { centre, width, .. } = preset;
            let key = key(Command::FilePreset(at));
            let name = move || match name.as_str() {
                "" => desk.say(words::PRESET_FILE)().to_owned(),
                name => name.to_owned(),
            };
            let shown = move || format!("{}  {}  {width}/{centre}", key(), name());
            let selected = move || chosen.get().is_none() && chosen_of_file.get() == Some(at);
            view! { <option value=format!("{FILE}{at}") selected=selected>{shown}</option> }
        };
        of_file.get().into_iter().enumerate().map(option).collect_view()
    };
    let options = PRESETS.iter().enumerate().map(|(at, (name, Window { centre, width, .. }))| {
        let key = key(Command::Preset(at));
        let shown = move || format!("{}  {}  {width}/{centre}", key(), desk.say(*name)());
        view! { <option value=at.to_string() selected=move || chosen.get() == Some(at)>{shown}</option> }
    });
    let half = move || {
        let key = key(Command::HalfMaximum);
        let name = move || format!("{}  {}", key(), desk.say(words::PRESET_HALF)());
        desk.can(Command::HalfMaximum).then(|| view! { <option value=HALF>{name}</option> })
    };
    view! {
        <div class="group window-control">
            <label class="field preset">
                <span class="out-of-sight">{desk.say(words::PRESET)}</span>
                <select on:change:target=move |event| choose(event.target().value())>
                    {options.collect_view()}
                    {half}
                    {file_options}
                    <option
                        value="own" hidden
                        selected=move || chosen.get().is_none() && chosen_of_file.get().is_none()
                    >
                        {desk.say(words::PRESET_OWN)}
                    </option>
                </select>
            </label>
            <WindowNumbers/>
        </div>
    }
}

#[component]
pub fn WindowNumbers() -> impl IntoView {
    let desk = Desk::at_hand();
    let window = desk.state.window;
    view! {
        <div class="numbers">
            <Number
                short="WW" name=words::WIDTH
                value=Signal::derive(move || window.get().width)
                set=move |width| desk.window(Window { width, ..window.get_untracked() })
            />
            <Number
                short="WL" name=words::LEVEL
                value=Signal::derive(move || window.get().centre)
                set=move |centre| desk.window(Window { centre, ..window.get_untracked() })
            />
        </div>
    }
}

#[component]
fn Number(
    short: &'static str,
    name: Text,
    value: Signal<f64>,
    set: impl Fn(f64) + 'static,
) -> impl IntoView {
    let desk = Desk::at_hand();
    view! {
        <label class="field" title=desk.say(name)>
            <span>{short}</span>
            <input
                type="number" step="10" aria-label=desk.say(name)
                prop:value=move || value.get().to_string()
                on:change:target=move |event| {
                    let field = event.target();
                    if let Some(number) = number(&field.value()) {
                        set(number);
                    }
                    // What was no number, or too large a one, gives way to what holds.
                    field.set_value(&value.get_untracked().to_string());
                }
            />
        </label>
    }
}
