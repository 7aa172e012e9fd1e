//! What the model found: one row for each stone, and what was not looked at.

use crate::commands::Command;
use crate::desk::Desk;
use crate::state::Found;
use crate::words::{self, Language, Text};
use leptos::prelude::*;
use stones::findings::{Label, Side};
use stones::{Findings, Stone};

#[component]
pub fn FindingsPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let body = move || match state.found.get() {
        None => view! { <p class="quiet">{desk.say(words::NOT_PREDICTED)}</p> }.into_any(),
        Some(found) => view! { <FoundList found/> }.into_any(),
    };
    view! {
        <section class="panel findings" aria-label=desk.say(words::FINDINGS)>
            <h2>{desk.say(words::FINDINGS)}</h2>
            {body}
        </section>
    }
}

#[component]
fn FoundList(found: Found) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let count = found.shown().count();
    let rows: Vec<Stone> = found.shown().cloned().collect();
    let any = count > 0;
    let summary = {
        let found = found.clone();
        move || {
            summary(
                &found,
                count,
                state.busy.get().is_some_and(|b| b.searches()),
                state.language.get(),
            )
        }
    };
    view! {
        {move || summary().into_iter().map(|line| view! { <p>{line}</p> }).collect_view()}
        <Show when=move || any>
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || !state.all_hidden.get()
                    on:change=move |_| desk.run(Command::VisibleAll)
                />
                {desk.say(words::VISIBLE)}
            </label>
        </Show>
        <ol class="stones">
            {rows.into_iter().map(|stone| view! { <StoneRow stone count/> }).collect_view()}
        </ol>
        <Show when=move || any>
            <p class="quiet small">{desk.say(words::SCORE_NOTE)}</p>
        </Show>
        <ModelCard findings=found.findings/>
    }
}

/// What the list rests on: how much was searched, what was not.
fn summary(found: &Found, count: usize, goes_on: bool, language: Language) -> Vec<String> {
    let Found { findings, seen_slices, of } = found;
    if goes_on {
        return vec![words::search_goes_on(language, *seen_slices, *of)];
    }
    let missing = of.saturating_sub(*seen_slices).max(findings.missing_slices.len());
    let mut lines = vec![match count {
        0 => words::nothing_found(language, *seen_slices),
        count => words::findings(language, count),
    }];
    if missing > 0 || !findings.complete {
        lines.push(words::not_searched(language, missing, *of));
    } else if count > 0 {
        lines.push(words::search_took(language, findings.seconds.predict, *seen_slices));
    }
    lines
}

#[component]
fn StoneRow(stone: Stone, count: usize) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let id = stone.id;
    let chosen = move || state.chosen.get() == Some(id);
    let visible = move || !state.hidden.with(|hidden| hidden.contains(&id));
    let title = move || words::finding(state.language.get(), id, count);
    let limits = limits(&stone);
    view! {
        <li class:chosen=chosen class:unseen=move || !visible()>
            <button class="row" aria-current=move || chosen().then_some("true")
                on:click=move |_| desk.go_to_finding(id)
            >
                <span class="number" aria-hidden="true">{id}</span>
                <span class="row-text">
                    <b>{title}</b>
                    <span class="quiet">{
                        let stone = stone.clone();
                        move || place(&stone, state.language.get())
                    }</span>
                    <dl>
                        <Measure name=words::DIAMETER value=diameter(&stone)/>
                        <Measure name=words::VOLUME value=shown(stone.volume_mm3, 0, "mm³")/>
                        <Measure name=words::HU_MEAN value=shown(stone.hu_mean, 0, "HU")/>
                        <Measure name=words::HU_MAX value=shown(stone.hu_max, 0, "HU")/>
                        <Measure name=words::SCORE value=shown(stone.probability, 2, "")/>
                    </dl>
                    {limits.into_iter().map(|limit| view! {
                        <span class="limit">{desk.say(limit)}</span>
                    }).collect_view()}
                </span>
            </button>
            <label class="check">
                <input
                    type="checkbox"
                    aria-label=move || words::visible(state.language.get(), id)
                    prop:checked=visible
                    on:change:target=move |event| desk.show_one(id, event.target().checked())
                />
                {desk.say(words::VISIBLE_ONE)}
            </label>
        </li>
    }
}

#[component]
fn Measure(name: Text, value: String) -> impl IntoView {
    let desk = Desk::at_hand();
    view! { <div><dt>{desk.say(name)}" "</dt><dd>{value}</dd></div> }
}

/// "left · slice image 41 · z −123.5 mm", and the label where it is not plainly a stone.
fn place(stone: &Stone, language: Language) -> String {
    let side = stone.side.map(|side| match side {
        Side::Left => words::LEFT,
        Side::Right => words::RIGHT,
        Side::Midline => words::MIDLINE,
    });
    let label = match stone.label {
        Label::Stone | Label::Rejected => None,
        Label::Indeterminate => Some(words::INDETERMINATE),
        Label::LikelyPhlebolith => Some(words::LIKELY_PHLEBOLITH),
    };
    let mut parts: Vec<String> =
        [label, side].into_iter().flatten().map(|text| text.to(language).to_owned()).collect();
    let again = &stone.find_again;
    parts.extend(again.instance_number.map(|n| format!("{} {n}", words::SLICE.to(language))));
    parts.extend(stone.center_mm.map(|[_, _, z]| format!("z {z:.1} mm")));
    parts.join(" · ")
}

fn shown(value: Option<f64>, decimals: usize, unit: &str) -> String {
    match value {
        Some(value) => format!("{value:.decimals$} {unit}").trim_end().to_owned(),
        None => "–".into(),
    }
}

fn diameter(stone: &Stone) -> String {
    match (stone.max_axial_diameter_mm, stone.error_mm.axial) {
        (Some(mm), Some(band)) => format!("{mm:.1} ± {band:.1} mm"),
        (mm, _) => shown(mm, 1, "mm"),
    }
}

fn limits(stone: &Stone) -> Vec<Text> {
    stone.limits.iter().map(|word| words::limit(word)).collect()
}

#[component]
fn ModelCard(findings: Findings) -> impl IntoView {
    let desk = Desk::at_hand();
    let Findings { model, threshold, .. } = findings;
    let name = format!("{} {} · ≥ {threshold:.2}", model.name, model.version);
    view! {
        <dl class="model small">
            <div><dt>{desk.say(words::MODEL)}</dt><dd>{name}</dd></div>
            <div><dt>{desk.say(words::VALIDATION)}</dt><dd>{model.validation}</dd></div>
        </dl>
    }
}
