//! Before anything is open: one place to drop, a few buttons, and what happens to the files.

use super::icon::{Icon, Sign};
use super::not_loaded::NotLoadedPanel;
use crate::commands::Command;
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn Welcome() -> impl IntoView {
    let desk = Desk::at_hand();
    let demo = desk.bridge.has_demo();
    view! {
        <main class="welcome">
            <div class="drop-target">
                <Icon sign=Sign::Drop/>
                <h1>{desk.say(words::TITLE)}</h1>
                <p class="quiet">{desk.say(words::DROP)}</p>
                <div class="choices">
                    <button class="main" on:click=move |_| desk.run(Command::OpenFolder)>
                        {desk.say(words::OPEN_FOLDER)}
                    </button>
                    <button on:click=move |_| desk.run(Command::OpenFiles)>
                        {desk.say(words::OPEN_FILES)}
                    </button>
                    <Show when=move || desk.state.pacs.is_there()>
                        <button on:click=move |_| desk.run(Command::OpenPacs)>
                            {move || {
                                words::open_from(desk.state.language.get(), &desk.state.pacs.name())
                            }}
                        </button>
                    </Show>
                    <Show when=move || demo>
                        <button on:click=move |_| desk.bridge.open_demo()>
                            {desk.say(words::TRY_DEMO)}
                        </button>
                    </Show>
                </div>
                <Show when=move || demo>
                    <p class="quiet small">{desk.say(words::DEMO_NOTE)}</p>
                </Show>
            </div>
            <NotLoadedPanel/>
            <p class="trust">
                <Icon sign=Sign::Lock/>
                <span>
                    {desk.say(words::TRUST)}
                    <Show when=move || desk.state.pacs.is_there()>
                        " "
                        {move || {
                            words::trust_pacs(desk.state.language.get(), &desk.state.pacs.name())
                        }}
                    </Show>
                </span>
            </p>
        </main>
    }
}
