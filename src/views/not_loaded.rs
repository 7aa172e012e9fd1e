//! Files that were not loaded: which, why, and what to do.

use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use workers::messages::NotLoaded;

/// A folder full of other things is not listed to its end.
const LISTED: usize = 200;

#[component]
pub fn NotLoadedPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let count = move || state.not_loaded.with(Vec::len);
    let heading = move || words::not_loaded(state.language.get(), count());
    let rows = move || {
        state.not_loaded.with(|all| {
            all.iter()
                .take(LISTED)
                .map(|file| view! { <NotLoadedRow file=file.clone()/> })
                .collect_view()
        })
    };
    let more = move || {
        let more = count().saturating_sub(LISTED);
        (more > 0).then(|| words::and_more(state.language.get(), more))
    };
    view! {
        <Show when=move || { count() > 0 }>
            <section class="panel not-loaded" aria-label=heading>
                <details>
                    <summary><h2>{heading}</h2></summary>
                    <ul>{rows}</ul>
                    <p class="quiet">{more}</p>
                </details>
            </section>
        </Show>
    }
}

#[component]
fn NotLoadedRow(file: NotLoaded) -> impl IntoView {
    let desk = Desk::at_hand();
    let NotLoaded { path, code, detail } = file;
    let advice = words::refusal(&code);
    let why = move || words::with_detail(desk.state.language.get(), advice.what, &detail);
    view! {
        <li>
            <b class="path">{path}</b>
            <span>{why}</span>
            <span class="quiet">{desk.say(advice.act)}</span>
        </li>
    }
}
