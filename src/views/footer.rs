//! What is always in sight: that this is no medical device, and that nothing is uploaded.

use super::icon::{Icon, Sign};
use crate::commands::Command;
use crate::desk::Desk;
use crate::offline::Kept;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn Footer() -> impl IntoView {
    let desk = Desk::at_hand();
    let local = move || match desk.bridge.asked() {
        Some(asked) => words::requests(desk.state.language.get(), asked, &desk.state.pacs.name()),
        None => desk.say(words::LOCAL)().to_owned(),
    };
    // On a narrow screen the sentence is for those who hear it.
    let count = move || desk.state.asked_since().map(|asked| asked.len().to_string());
    let kept = move || {
        desk.state.kept.get().map(|kept| {
            desk.say(match kept {
                Kept::All => words::KEPT,
                Kept::Newer => words::NEWER_VERSION,
            })()
        })
    };
    view! {
        <footer class="foot">
            <details>
                <summary>{desk.say(words::DISCLAIMER)}</summary>
                <p>{desk.say(words::DISCLAIMER_FULL)}</p>
            </details>
            <button
                class="local" title=desk.say(words::TRUST_TITLE)
                aria-haspopup="dialog" on:click=move |_| desk.run(Command::Trust)
            >
                <Icon sign=Sign::Lock/>
                <span class="long">{local}</span>
                <span class="short" aria-hidden="true">{count}</span>
            </button>
            <span class="quiet" role="status">{kept}</span>
            <span class="quiet version">
                {desk.say(words::VERSION)}" "{env!("CARGO_PKG_VERSION")}" "{desk.bridge.build()}
            </span>
        </footer>
    }
}
