//! The sheet in which a person searches the PACS for a study, and takes a series of it.

use super::corners::date;
use crate::desk::Desk;
use crate::words::{self, Text};
use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use workers::messages::{Failure, Query, SeriesRow, StudyRow};

#[component]
pub fn PacsSheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let pacs = desk.state.pacs;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if !pacs.open.get() {
            sheet.close();
        } else if !sheet.open() && sheet.show_modal().is_err() {
            pacs.open.set(false);
        }
    });
    let title = move || words::open_from(desk.state.language.get(), &pacs.name());
    view! {
        <dialog
            class="dialog pacs" node_ref=sheet aria-label=title
            on:close=move |_| desk.bridge.leave_pacs()
        >
            <Show when=move || pacs.open.get()>
                <header>
                    <h2>{title}</h2>
                    <button on:click=move |_| desk.bridge.leave_pacs()>
                        {desk.say(words::CLOSE)}
                    </button>
                </header>
                <SearchForm/>
                <p role="status">{move || pacs.asking.get().then(|| desk.say(words::ASKING)())}</p>
                <Problem of=Signal::derive(move || pacs.problem.get())/>
                <Found/>
            </Show>
        </dialog>
    }
}

/// What went wrong, and what to do about it.
#[component]
pub fn Problem(of: Signal<Option<Failure>>) -> impl IntoView {
    let desk = Desk::at_hand();
    let told = move || {
        of.get().map(|Failure { code, detail }| {
            let advice = words::failure(&code);
            view! {
                <p class="problem">
                    <b>{desk.say(advice.what)}". "</b>
                    {desk.say(advice.act)}
                    <span class="detail quiet">{detail}</span>
                </p>
            }
        })
    };
    view! { <div role="alert">{told}</div> }
}

/// Nothing that is typed here is offered again by the browser.
#[component]
fn SearchForm() -> impl IntoView {
    let desk = Desk::at_hand();
    let query = desk.state.pacs.query;
    let field = move |name: Text, kind: &'static str, of: fn(&mut Query) -> &mut String| {
        view! {
            <label class="field">
                <span>{desk.say(name)}</span>
                <input
                    type=kind autocomplete="off" spellcheck="false" maxlength="64"
                    prop:value=move || of(&mut query.get()).clone()
                    on:input:target=move |event| {
                        query.update(|query| *of(query) = event.target().value());
                    }
                />
            </label>
        }
    };
    view! {
        <form
            autocomplete="off"
            on:submit=move |event: SubmitEvent| {
                event.prevent_default();
                desk.bridge.search_pacs();
            }
        >
            {field(words::PATIENT_NAME, "text", |query| &mut query.patient_name)}
            {field(words::PATIENT_ID, "text", |query| &mut query.patient_id)}
            {field(words::ACCESSION, "text", |query| &mut query.accession_number)}
            {field(words::DATE_FROM, "date", |query| &mut query.from)}
            {field(words::DATE_TO, "date", |query| &mut query.to)}
            <button class="main">{desk.say(words::SEARCH_STUDIES)}</button>
        </form>
    }
}

#[component]
fn Found() -> impl IntoView {
    let desk = Desk::at_hand();
    let pacs = desk.state.pacs;
    let heads = [
        words::PATIENT,
        words::PATIENT_ID,
        words::STUDY_DATE,
        words::STUDY,
        words::MODALITIES,
        words::ACCESSION,
    ];
    let count = move || pacs.studies.with(|found| found.as_ref().map(|found| found.rows.len()));
    let rows = move || {
        let rows = pacs.studies.get().unwrap_or_default().rows;
        rows.into_iter().map(|row| view! { <Study row/> }).collect_view()
    };
    let more = move || pacs.studies.with(|found| found.as_ref().is_some_and(|found| found.more));
    // A link may name a study that nobody searched for.
    let linked = move || pacs.unfolded.with(Option::is_some) && pacs.studies.with(Option::is_none);
    view! {
        <Show when=move || count() == Some(0)><p>{desk.say(words::NO_STUDIES)}</p></Show>
        <Show when=move || { count().unwrap_or(0) > 0 }>
            <div class="scroll">
                <table class="stored">
                    <thead>
                        <tr>
                            {heads.map(|head| view! { <th scope="col">{desk.say(head)}</th> })
                                .collect_view()}
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Show>
        <Show when=more><p class="quiet">{desk.say(words::MORE_STUDIES)}</p></Show>
        <Show when=linked><SeriesOfStudy/></Show>
    }
}

#[component]
fn Study(row: StudyRow) -> impl IntoView {
    let desk = Desk::at_hand();
    let unfolded = desk.state.pacs.unfolded;
    let StudyRow { uid, patient_name, patient_id, date: day, description, .. } = row;
    let (modalities, accession) = (row.modalities, row.accession_number);
    let own = uid.clone();
    let open = Memo::new(move |_| {
        unfolded.with(|unfolded| unfolded.as_ref().is_some_and(|unfolded| unfolded.study == own))
    });
    let unfold = move |_| match open.get_untracked() {
        true => unfolded.set(None),
        false => desk.bridge.unfold(uid.clone()),
    };
    let name = if patient_name.is_empty() { "—".to_owned() } else { patient_name };
    view! {
        <tr>
            <th scope="row">
                <button aria-expanded=move || open.get().to_string() on:click=unfold>{name}</button>
            </th>
            <td>{patient_id}</td>
            <td>{date(&day)}</td>
            <td>{description}</td>
            <td>{modalities}</td>
            <td>{accession}</td>
        </tr>
        <Show when=move || open.get()>
            <tr><td colspan="6"><SeriesOfStudy/></td></tr>
        </Show>
    }
}

/// The series of the study that is unfolded.
#[component]
fn SeriesOfStudy() -> impl IntoView {
    let desk = Desk::at_hand();
    let unfolded = desk.state.pacs.unfolded;
    let rows = move || {
        let unfolded = unfolded.get()?;
        let study = unfolded.study;
        let row = |row: SeriesRow| {
            let (study, series) = (study.clone(), row.uid.clone());
            let told = move || words::series_row(desk.state.language.get(), &row);
            view! {
                <li>
                    <button on:click=move |_| {
                        desk.bridge.retrieve(study.clone(), series.clone());
                    }>{told}</button>
                </li>
            }
        };
        let series = unfolded.series?;
        let none = series.is_empty().then(|| view! { <li>{desk.say(words::NO_SERIES)}</li> });
        Some((none, series.into_iter().map(row).collect_view()))
    };
    view! { <ul class="series-rows" aria-label=desk.say(words::SERIES)>{rows}</ul> }
}
