//! What is being worked on, how far it has come, and the way to stop it.

use crate::commands::Command;
use crate::desk::Desk;
use crate::state::{Busy, Progress, State};
use crate::words::{self, Language};
use leptos::prelude::*;

#[component]
pub fn ProgressBar() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let shown =
        Signal::derive(move || state.busy.get().map(|busy| told(busy, state.language.get())));
    let heard = Memo::new(move |before: Option<&String>| heard(state, before));
    view! {
        <div class="progress" class:idle=move || shown.get().is_none()>
            {move || shown.get().map(|(text, part)| view! {
                <span class="progress-text">{text.clone()}</span>
                <progress max="1" value=part.map(|part| part.to_string()) aria-label=text></progress>
                <button class="stop" on:click=move |_| desk.run(Command::Cancel)>
                    {desk.say(words::CANCEL)}
                </button>
            })}
        </div>
        <div class="out-of-sight" role="status" aria-live="polite">{move || heard.get()}</div>
    }
}

/// Text, and the part done where it is known.
fn told(busy: Busy, language: Language) -> (String, Option<f64>) {
    let part = |p: Progress| Some(p.done as f64 / p.of.max(1) as f64);
    match busy {
        Busy::Retrieving(p) => (words::retrieved(language, p.done, p.of), part(p)),
        Busy::Scanning(p) => (words::scanned(language, p.done, p.of), part(p)),
        Busy::Loading(p) => (words::loaded(language, p.done, p.of), part(p)),
        Busy::FetchingModel => (words::PREPARING.to(language).to_owned(), None),
        Busy::Predicting(p) => {
            let done = words::searched(language, p.done, p.of);
            let left = p.seconds_left.map(|s| words::seconds_left(language, s));
            (left.map(|left| format!("{done}, {left}")).unwrap_or(done), part(p))
        }
    }
}

/// What a screen reader is told: each quarter of a piece of work, and what came of it.
fn heard(state: State, before: Option<&String>) -> String {
    let language = state.language.get();
    let loaded = state.loaded.get();
    if let Some(busy) = state.busy.get() {
        let (text, part) = told(busy, language);
        let quarter = part.map(|part| (part * 4.0).floor());
        let exact = part.zip(quarter).is_none_or(|(part, quarter)| part * 4.0 - quarter < 0.05);
        return match before {
            Some(before) if !exact => before.clone(),
            _ => text,
        };
    }
    let found = state.found.with(|found| {
        found.as_ref().map(|found| match found.shown().count() {
            0 => words::nothing_found(language, found.seen_slices),
            count => words::findings(language, count),
        })
    });
    let loaded = loaded.map(|p| words::loaded(language, p.done, p.of));
    found.or(loaded).unwrap_or_default()
}
