//! The sheet that asks a person before findings go to the PACS: where to, whose, what; and what became of it.

use super::corners::{date, name};
use super::pacs::Problem;
use crate::desk::Desk;
use crate::pacs::{Parcel, Stage};
use crate::words;
use leptos::html;
use leptos::prelude::*;
use workers::messages::SaveAs;

#[component]
pub fn SendSheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let pacs = desk.state.pacs;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if pacs.parcel.with(Option::is_none) {
            sheet.close();
        } else if !sheet.open() && sheet.show_modal().is_err() {
            pacs.parcel.set(None);
        }
    });
    let title = move || words::send_to(desk.state.language.get(), &pacs.name());
    let parcel = move || pacs.parcel.get().map(|parcel| view! { <Contents parcel/> });
    view! {
        <dialog
            class="dialog pacs" node_ref=sheet aria-label=title
            on:close=move |_| desk.bridge.leave_pacs()
        >
            <header><h2>{title}</h2></header>
            {parcel}
        </dialog>
    }
}

#[component]
fn Contents(parcel: Parcel) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let language = state.language;
    let may_go = parcel.may_go();
    let Parcel { objects, stage, problem } = parcel;
    let whose = state.corner.with_untracked(|corner| {
        let told = [
            name(&corner.patient_name),
            corner.patient_id.clone(),
            date(&corner.study_date),
            corner.study_description.clone(),
        ];
        told.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" · ")
    });
    let place = state
        .pacs
        .service
        .with_untracked(|service| service.as_ref().map(|service| service.url.clone()));
    let rows = objects.iter().enumerate().map(|(n, (object, bytes))| {
        let what = match object {
            SaveAs::Segmentation => words::SAVE_SEGMENTATION,
            _ => words::SAVE_REPORT,
        };
        let size = bytes.map(|bytes| format!(" ({:.1} kB) ", f64::from(bytes) / 1000.0));
        let outcome = match &stage {
            Stage::Answered(outcomes) => outcomes.get(n).copied(),
            _ => None,
        };
        let became = move || outcome.map(|outcome| words::outcome(language.get(), outcome));
        view! { <li>{desk.say(what)}{size}<b>{became}</b></li> }
    });
    let rows = rows.collect_view();
    let answered = matches!(stage, Stage::Answered(_));
    let sending = stage == Stage::Sending;
    view! {
        <dl>
            <div><dt>{desk.say(words::DESTINATION)}</dt>
                <dd><b>{state.pacs.name()}</b>" "<span class="quiet">{place}</span></dd></div>
            <div><dt>{desk.say(words::PATIENT)}</dt><dd>{whose}</dd></div>
        </dl>
        <ul>{rows}</ul>
        <p role="status">{sending.then(|| desk.say(words::SENDING)())}</p>
        <Problem of=Signal::derive(move || problem.clone())/>
        <Show when=move || !answered>
            <p class="quiet small">{desk.say(words::SEND_NOTE)}</p>
        </Show>
        <div class="choices">
            <Show when=move || !answered>
                <button
                    class="main" disabled=!may_go
                    on:click=move |_| desk.bridge.send_parcel()
                >{desk.say(words::SEND)}</button>
            </Show>
            <button on:click=move |_| desk.bridge.leave_pacs()>
                {desk.say(if answered { words::CLOSE } else { words::CANCEL })}
            </button>
        </div>
    }
}
