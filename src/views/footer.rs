//! What is always in sight: that this is no medical device, and that nothing is uploaded.

use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn Footer() -> impl IntoView {
    let desk = Desk::at_hand();
    view! {
        <footer class="foot">
            <details>
                <summary>{desk.say(words::DISCLAIMER)}</summary>
                <p>{desk.say(words::DISCLAIMER_FULL)}</p>
            </details>
            <span class="local">{desk.say(words::LOCAL)}</span>
            <span class="quiet">{desk.say(words::VERSION)}" "{env!("CARGO_PKG_VERSION")}</span>
        </footer>
    }
}
