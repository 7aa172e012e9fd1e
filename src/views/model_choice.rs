//! The choice of the network: the page's own, or one that a person brings.

use crate::commands::Command;
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn ModelChoice() -> impl IntoView {
    let desk = Desk::at_hand();
    let own = desk.state.own_model;
    let name =
        move || own.with(|card| card.as_ref().map(|it| format!("{} {}", it.name, it.version)));
    view! {
        <Show when=move || own.with(Option::is_some)>
            <p class="limit" role="status"><b>{name}</b>": "{desk.say(words::OWN_MODEL)}</p>
            <button on:click=move |_| desk.run(Command::LeaveModel)>{desk.say(words::LEAVE_MODEL)}</button>
        </Show>
        <button title=desk.say(words::MODEL_NOTE) on:click=move |_| desk.run(Command::TakeModel)>
            {desk.say(words::TAKE_MODEL)}
        </button>
    }
}
