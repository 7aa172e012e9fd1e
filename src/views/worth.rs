//! What the list of findings is worth: how much was searched, what was not, and why the model's figures may not hold.

use crate::desk::Desk;
use crate::state::Found;
use crate::words::{self, Language};
use leptos::prelude::*;
use stones::Stone;
use stones::findings::{Hand, Label};

/// Stands over the list, and on the printed summary.
#[component]
pub fn Worth() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let lines = move || {
        let goes_on = state.busy.get().is_some_and(|busy| busy.searches());
        let language = state.language.get();
        let found = |found: &Found| lines(found, goes_on, language);
        let lines = state.found.with(|it| it.as_ref().map(found)).unwrap_or_default();
        let line = |(text, limits): (String, bool)| view! { <p class:limit=limits>{text}</p> };
        lines.into_iter().map(line).collect_view()
    };
    let cautions = move || {
        let found = |found: &Found| found.findings.warnings.clone();
        let told = |warning: stones::findings::Warning| {
            words::caution(&warning.code)
                .map(|text| view! { <p class="limit">{desk.say(text)}</p> })
        };
        let all = state.found.with(|it| it.as_ref().map(found)).unwrap_or_default();
        all.into_iter().filter_map(told).collect_view()
    };
    view! {
        {lines}
        {cautions}
    }
}

/// What is told, and whether it limits the list.
fn lines(found: &Found, goes_on: bool, language: Language) -> Vec<(String, bool)> {
    let Found { findings, seen_slices, of } = found;
    if goes_on {
        return vec![(words::search_goes_on(language, *seen_slices, *of), false)];
    }
    let is_drawn = |stone: &&Stone| stone.drawn.as_ref().is_some_and(|d| d.by == Hand::Person);
    let drawn = found.shown().filter(is_drawn).count();
    if findings.model.name.is_empty() {
        let only = words::DRAWN_ONLY.to(language).to_owned();
        return vec![(words::drawn_count(language, drawn), false), (only, false)];
    }
    let count = found.shown().count() - drawn;
    let is_rejected = |stone: &&Stone| stone.review == Some(Label::Rejected) && !is_drawn(stone);
    let rejected = findings.stones.iter().filter(is_rejected).count();
    let missing = of.saturating_sub(*seen_slices).max(findings.missing_slices.len());
    let mut lines = vec![match (count, rejected) {
        (0, 0) => (words::nothing_found(language, *seen_slices), false),
        (0, _) => (words::all_rejected(language, rejected), false),
        (count, _) => (words::findings(language, count), false),
    }];
    if drawn > 0 {
        lines.push((words::drawn_count(language, drawn), false));
    }
    if missing > 0 || !findings.complete {
        lines.push((words::not_searched(language, missing, *of), true));
    } else if count > 0 {
        lines.push((words::search_took(language, findings.seconds.predict, *seen_slices), false));
    }
    lines
}
