//! A button that copies a text, and says whether that went well.

use crate::clipboard;
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long it is said.
const SAID: Duration = Duration::from_secs(3);

#[component]
pub fn CopyButton(
    #[prop(into)] name: Signal<String>,
    /// Where it says more than the name.
    #[prop(into, optional)]
    label: Option<Signal<String>>,
    #[prop(into, optional)] title: Option<Signal<String>>,
    text: impl Fn() -> Option<String> + 'static,
) -> impl IntoView {
    let desk = Desk::at_hand();
    let copied = RwSignal::new(None);
    let copy = move |_| {
        let Some(text) = text() else { return };
        spawn_local(async move {
            // The row may be gone by now.
            copied.try_set(Some(clipboard::write(&text).await));
            set_timeout(
                move || {
                    copied.try_set(None);
                },
                SAID,
            );
        });
    };
    let said = move || {
        let word = |went_well: bool| if went_well { words::COPIED } else { words::NOT_COPIED };
        copied.get().map(|went_well| desk.say(word(went_well))())
    };
    view! {
        <button
            aria-label=move || label.map(|label| label.get())
            title=move || title.map(|title| title.get())
            on:click=copy
        >
            {name}
        </button>
        <span class="quiet said" role="status">{said}</span>
    }
}
