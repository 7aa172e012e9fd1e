//! A person's word on a finding: accepted, rejected, or under another label; the model's own stays beside it.

use crate::commands::Command;
use crate::desk::Desk;
use crate::labelling::Done;
use crate::words::{self, Text};
use leptos::prelude::*;
use stones::Stone;
use stones::findings::{Hand, Label};
use web_sys::MouseEvent;

/// What a finding can be called, beside "rejected".
const LABELS: [(Label, Text); 3] = [
    (Label::Stone, words::STONE),
    (Label::Indeterminate, words::INDETERMINATE),
    (Label::LikelyPhlebolith, words::LIKELY_PHLEBOLITH),
];

#[component]
pub fn Review(id: u32, stone: Memo<Option<Stone>>) -> impl IntoView {
    let desk = Desk::at_hand();
    let language = desk.state.language;
    let label = Memo::new(move |_| stone.with(|stone| stone.as_ref().map(|s| s.label)));
    let word = Memo::new(move |_| stone.with(|stone| stone.as_ref().and_then(|s| s.review)));
    let standing = move || word.get().or(label.get());
    let rejected = move || word.get() == Some(Label::Rejected);
    let accepted = move || word.get().is_some() && !rejected();
    let choose = move |at: String| {
        if let Some((label, _)) = at.parse().ok().and_then(|at: usize| LABELS.get(at)) {
            desk.review(id, Some(*label));
        }
    };
    let options = LABELS.into_iter().enumerate().map(move |(at, (label, name))| {
        let selected = move || standing() == Some(label);
        view! { <option value=at.to_string() selected=selected>{desk.say(name)}</option> }
    });
    let by_person = Memo::new(move |_| {
        stone.with(|stone| {
            let drawn = stone.as_ref().and_then(|stone| stone.drawn.as_ref());
            drawn.is_some_and(|drawn| drawn.by == Hand::Person)
        })
    });
    // Of what a person has drawn no model has said anything.
    let by = move || {
        if by_person.get() {
            return None;
        }
        let model = words::label(label.get()?).to(language.get());
        Some(words::reviewed(language.get(), words::label(word.get()?).to(language.get()), model))
    };
    view! {
        <Show when=move || desk.can(Command::Accept)>
            <div class="review" role="group" aria-label=move || words::your_word(language.get(), id)>
                <button
                    aria-pressed=move || accepted().to_string()
                    on:click=move |event| once(&event, || desk.accept(id))
                >
                    {desk.say(words::ACCEPT)}
                </button>
                <button
                    aria-pressed=move || rejected().to_string()
                    on:click=move |event| once(&event, || desk.reject(id))
                >
                    {desk.say(words::REJECT)}
                </button>
                <select
                    aria-label=move || words::label_of(language.get(), id)
                    on:change:target=move |event| choose(event.target().value())
                >
                    <option value="rejected" hidden selected=move || standing() == Some(Label::Rejected)>
                        {desk.say(words::REJECTED)}
                    </option>
                    {options.clone().collect_view()}
                </select>
            </div>
        </Show>
        <p class="by">{by}</p>
    }
}

/// A finding that is rejected leaves its place to the next: a double click is no word on that one.
fn once(event: &MouseEvent, act: impl FnOnce()) {
    if event.detail() <= 1 {
        act();
    }
}

/// Takes back what was done last to the findings, as long as there is one. Its room is kept, so that no row moves when it comes.
#[component]
pub fn Undo() -> impl IntoView {
    let desk = Desk::at_hand();
    view! {
        <button
            class="undo" class:nothing=move || !desk.can(Command::UndoReview)
            on:click=move |_| desk.run(Command::UndoReview)
        >
            {move || desk.say(match desk.state.labelling.done.with(|all| all.last().copied()) {
                Some(Done::Drawn) => words::UNDO_DRAWING,
                _ => words::UNDO_REVIEW,
            })()}
        </button>
    }
}
