//! The toolbar: every command that has a button, in groups.

use super::icon::{Icon, Sign};
use super::layout_control::LayoutControl;
use super::window_control::WindowControl;
use crate::commands::{Command, Group, Row, TABLE};
use crate::desk::Desk;
use crate::memory;
use crate::words::{self, Language};
use leptos::prelude::*;

#[component]
pub fn Toolbar() -> impl IntoView {
    let desk = Desk::at_hand();
    view! {
        <header class="toolbar" aria-label=desk.say(words::TOOLBAR)>
            <Buttons group=Group::Open/>
            <Show when=move || desk.state.pacs.is_there()><Buttons group=Group::Pacs/></Show>
            <Buttons group=Group::Search/>
            <Buttons group=Group::Tools/>
            <Buttons group=Group::Measure/>
            <WindowControl/>
            <Buttons group=Group::Slices/>
            <LayoutControl/>
            <Buttons group=Group::Look/>
            <LanguageSwitch/>
        </header>
    }
}

#[component]
pub fn Buttons(group: Group) -> impl IntoView {
    let rows = TABLE.iter().filter(move |row| row.group == group);
    view! { <div class="group">{rows.map(|row| view! { <Tool row/> }).collect_view()}</div> }
}

#[component]
fn Tool(row: &'static Row) -> impl IntoView {
    let desk = Desk::at_hand();
    let Row { command, .. } = *row;
    let keys = row.keys.iter().map(|key| key.shown).collect::<Vec<_>>().join(", ");
    let tip = move || match keys.as_str() {
        "" => desk.name(row),
        keys => format!("{} ({keys})", desk.name(row)),
    };
    let pressed = move || desk.pressed(command).map(|pressed| pressed.to_string());
    // A sign that everyone knows needs no word beside it, only for those who don't see it.
    let bare = Sign::speaks_for(command);
    view! {
        <button
            class="tool" class:bare=bare class:main=command == Command::Predict
            title=tip
            aria-pressed=pressed
            disabled=move || !desk.can(command)
            on:click=move |_| desk.run(command)
        >
            {Sign::of(command).map(|sign| view! { <Icon sign/> })}
            <span class:out-of-sight=bare>{move || desk.name(row)}</span>
        </button>
    }
}

#[component]
fn LanguageSwitch() -> impl IntoView {
    let desk = Desk::at_hand();
    let choose = move |code: String| {
        if let Some(language) = Language::of_code(&code) {
            desk.state.language.set(language);
            memory::keep_language(language);
        }
    };
    let options = Language::ALL.map(|language| {
        view! {
            <option
                value=language.code() lang=language.code()
                selected=move || desk.state.language.get() == language
            >
                {language.name()}
            </option>
        }
    });
    view! {
        <label class="field language">
            <span class="out-of-sight">{desk.say(words::LANGUAGE)}</span>
            <select on:change:target=move |event| choose(event.target().value())>
                {options.into_iter().collect_view()}
            </select>
        </label>
    }
}
