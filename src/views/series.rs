//! The series found, the one shown, and why it was picked.

use super::thumbnail::ThumbnailPicture;
use crate::desk::Desk;
use crate::words::{self, Language};
use leptos::prelude::*;
use workers::messages::SeriesCard;

#[component]
pub fn SeriesPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let reason = move || {
        let language = state.language.get();
        state.picked.with(|picked| picked.as_ref().map(|picked| words::picked(language, picked)))
    };
    let loaded =
        move || state.loaded.get().map(|p| words::loaded(state.language.get(), p.done, p.of));
    let part = move || state.part.get().and_then(|part| words::part(state.language.get(), part));
    let rows = move || state.series.get().into_iter().enumerate().collect::<Vec<_>>();
    view! {
        <section class="panel series" aria-label=desk.say(words::SERIES)>
            <h2>{desk.say(words::SERIES)}</h2>
            <ul>
                <For each=rows key=|(number, card)| (*number, card.description.clone(), card.slices) let((number, card))>
                    <SeriesRow number card/>
                </For>
            </ul>
            <p class="quiet loaded">{loaded}</p>
            <p class="partial">{part}</p>
            <p class="quiet">{reason}</p>
        </section>
    }
}

#[component]
fn SeriesRow(number: usize, card: SeriesCard) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let shown = move || state.showing.get() == Some(number);
    let thumbnail = Signal::derive(move || state.thumbnails.with(|all| all.get(&number).cloned()));
    let title = {
        let (number, description) = (card.number, card.description.clone());
        move || title(number, &description, state.language.get())
    };
    view! {
        <li>
            <button
                class="row" aria-pressed=move || shown().to_string()
                on:click=move |_| {
                    if !shown() {
                        desk.bridge.choose(number);
                    }
                }
            >
                <ThumbnailPicture of=thumbnail/>
                <span class="row-text">
                    <b>{title}</b>
                    <span class="quiet">{move || facts(&card, state.language.get())}</span>
                </span>
            </button>
        </li>
    }
}

fn title(number: Option<i32>, description: &str, language: Language) -> String {
    let description = match description {
        "" => words::NO_NAME.to(language),
        description => description,
    };
    number.map_or(description.to_owned(), |number| format!("#{number} {description}"))
}

fn facts(card: &SeriesCard, language: Language) -> String {
    let mut facts = vec![words::images(language, card.slices)];
    facts.extend(card.thickness_mm.map(|mm| format!("{mm:.2} mm")));
    facts.extend(card.plane.map(|plane| words::plane(plane).to(language).to_owned()));
    facts.push(format!("{} × {}", card.columns, card.rows));
    if card.contrast {
        facts.push(words::CONTRAST.to(language).to_owned());
    }
    facts.join(" · ")
}
