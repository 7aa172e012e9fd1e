//! The series found, the one shown, and why it was picked.

use super::corners::{date, name};
use super::thumbnail::ThumbnailPicture;
use crate::commands::Command;
use crate::desk::Desk;
use crate::words::{self, Language};
use leptos::prelude::*;
use workers::messages::{SeriesCard, StudyCard};

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
    let rows = move || {
        let series = state.series.get();
        let studies: Vec<String> = series.iter().map(|card| card.study.uid.clone()).collect();
        series.into_iter().enumerate().zip(headings(&studies)).collect::<Vec<_>>()
    };
    view! {
        <section class="panel series" aria-label=desk.say(words::SERIES)>
            <details prop:open=move || state.series_list.get()>
                <summary on:click=move |event| {
                    event.prevent_default();
                    desk.run(Command::SeriesList);
                }><h2>{desk.say(words::SERIES)}</h2></summary>
                <ul>
                    <For
                        each=rows
                        key=|((number, card), heading)| (*number, card.description.clone(), card.slices, *heading)
                        let(((number, card), heading))
                    >
                        {heading.map(|(study, of)| view! { <StudyRow study of card=card.study.clone()/> })}
                        <SeriesRow number card/>
                    </For>
                </ul>
                <p class="quiet">{reason}</p>
            </details>
            <p class="quiet loaded">{loaded}</p>
            <p class="partial">{part}</p>
        </section>
    }
}

/// Number of the study and of how many, where a study begins; nothing where all is of one study.
fn headings(studies: &[String]) -> Vec<Option<(usize, usize)>> {
    let begins = |at: usize| at == 0 || studies.get(at) != studies.get(at - 1);
    let of = (0..studies.len()).filter(|&at| begins(at)).count();
    let mut study = 0;
    (0..studies.len())
        .map(|at| {
            study += usize::from(begins(at));
            (begins(at) && of > 1).then_some((study, of))
        })
        .collect()
}

#[component]
fn StudyRow(study: usize, of: usize, card: StudyCard) -> impl IntoView {
    let state = Desk::at_hand().state;
    let heading = move || {
        let whose = match state.patient_text.get() {
            true => [name(&card.patient_name), card.patient_id.clone()],
            false => Default::default(),
        };
        let what = [date(&card.date), card.description.clone()];
        words::study(state.language.get(), study, of, &[whose, what].concat())
    };
    view! { <li class="study"><h3>{heading}</h3></li> }
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
    let prior = state.prior.series;
    let is_prior = move || prior.get() == Some(number);
    let beside = {
        let title = title.clone();
        move || {
            let title = title.clone();
            let other = state.showing.get().is_some() && !shown();
            other.then(|| {
                view! {
                    <button
                        class="small" aria-pressed=move || is_prior().to_string()
                        aria-label=move || words::as_prior(state.language.get(), &title())
                        on:click=move |_| prior.set((!is_prior()).then_some(number))
                    >
                        {desk.say(words::COMPARE)}
                    </button>
                }
            })
        }
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
            {beside}
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_study_of_several_has_a_heading() {
        let studies =
            |uids: &[&str]| headings(&uids.iter().map(|&u| u.to_owned()).collect::<Vec<_>>());
        assert_eq!(studies(&["a", "a", "b"]), [Some((1, 2)), None, Some((2, 2))]);
        assert_eq!(studies(&["a", "a"]), [None, None]);
        assert!(studies(&[]).is_empty());
    }
}
