//! The toolbar's menu: what is used seldom, what the toolbar has no room for on this screen, and the language.

use super::icon::{Icon, Sign};
use super::layout_control::LayoutControl;
use super::window_control::WindowNumbers;
use crate::commands::{Group, Row, TABLE};
use crate::desk::Desk;
use crate::memory;
use crate::words::{self, Language};
use leptos::prelude::*;

/// By which the button and the menu know each other.
const MENU: &str = "more";

/// The groups of the toolbar that leave it on smaller screens, those that leave last first; then what is here always.
const GROUPS: [Group; 7] = [
    Group::Pacs,
    Group::Tools,
    Group::Look,
    Group::End,
    Group::Slices,
    Group::Measure,
    Group::More,
];

#[component]
pub fn More() -> impl IntoView {
    let desk = Desk::at_hand();
    let groups = GROUPS.map(|group| {
        let rows = TABLE.iter().filter(move |row| row.group == group && desk.has(row.command));
        let rows = move || rows.clone().map(|row| view! { <Item row/> }).collect_view();
        view! { <div class="items" data-group=group.name()>{rows}</div> }
    });
    view! {
        <button class="tool bare more-button" popovertarget=MENU title=desk.say(words::MORE)>
            <Icon sign=Sign::Dots/>
            <span class="out-of-sight">{desk.say(words::MORE)}</span>
        </button>
        <div id=MENU class="menu" popover="auto" role="group" aria-label=desk.say(words::MORE)>
            <div class="items settings">
                <WindowNumbers/>
                <LayoutControl/>
            </div>
            {groups.into_iter().collect_view()}
            <LanguageSwitch/>
        </div>
    }
}

/// A command, its sign, and its keys. The menu closes over it.
#[component]
fn Item(row: &'static Row) -> impl IntoView {
    let desk = Desk::at_hand();
    let Row { command, .. } = *row;
    view! {
        <button
            class="item" popovertarget=MENU popovertargetaction="hide"
            aria-pressed=move || desk.pressed(command).map(|pressed| pressed.to_string())
            disabled=move || !desk.can(command)
            on:click=move |_| desk.run(command)
        >
            {Sign::of(command).map(|sign| view! { <Icon sign/> })}
            <span>{move || desk.name(row)}</span>
            <span class="quiet" aria-hidden="true">{move || desk.state.bound.with(|bound| bound.shown(row))}</span>
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
            <span>{desk.say(words::LANGUAGE)}</span>
            <select on:change:target=move |event| choose(event.target().value())>
                {options.into_iter().collect_view()}
            </select>
        </label>
    }
}
