//! The toolbar: commands that have a button, in groups. Those that the screen has no room for stand in the menu at its end.

use super::icon::{Icon, Sign};
use super::layout_control::LayoutControl;
use super::more::More;
use super::window_control::WindowControl;
use crate::commands::{Command, Group, Row, TABLE};
use crate::desk::Desk;
use crate::words;
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
            <More/>
            <Buttons group=Group::End/>
        </header>
    }
}

#[component]
pub fn Buttons(group: Group) -> impl IntoView {
    let rows = TABLE.iter().filter(move |row| row.group == group);
    view! {
        <div class="group" data-group=group.name()>
            {rows.map(|row| view! { <Tool row/> }).collect_view()}
        </div>
    }
}

#[component]
fn Tool(row: &'static Row) -> impl IntoView {
    let desk = Desk::at_hand();
    let Row { command, .. } = *row;
    let tip = move || {
        desk.state.bound.with(|bound| match bound.shown(row).as_str() {
            "" => desk.name(row),
            keys => format!("{} ({keys})", desk.name(row)),
        })
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
            <span class="word" class:out-of-sight=bare>{move || desk.name(row)}</span>
        </button>
    }
}
