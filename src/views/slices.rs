//! The slider of a plane's slices, and under it what lies where: slices in place, searched, missing; stones.

use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use volume::Plane;
use workers::messages::StoneRun;

#[component]
pub fn SliceSlider(plane: Plane) -> impl IntoView {
    let desk = Desk::at_hand();
    let pane = desk.state.pane(plane);
    let language = desk.state.language;
    let at = Memo::new(move |_| pane.index());
    let shown = Memo::new(move |_| pane.painted.with(Option::is_some));
    view! {
        <div class="slices">
            <Map plane/>
            <input
                type="range" min="0" step="1"
                max=move || pane.count().saturating_sub(1).to_string()
                prop:value=move || at.get().to_string()
                disabled=move || pane.count() == 0
                aria-label=move || desk.state.called(words::slider(language.get(), plane))
                aria-valuetext=move || {
                    let told = || words::slice_of(language.get(), at.get(), pane.count());
                    shown.get().then(told)
                }
                on:focus=move |_| desk.state.active.set(plane)
                on:input:target=move |event| {
                    if let Ok(index) = event.target().value().parse() {
                        desk.go(plane, index);
                    }
                }
            />
        </div>
    }
}

/// One unit wide for each step of the slider, so that what lies at a slice stands where the slider's thumb then is.
#[component]
fn Map(plane: Plane) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let pane = state.pane(plane);
    let last = move || pane.count().saturating_sub(1).max(1);
    let runs = move |class: &'static str, runs: Vec<[usize; 2]>| {
        let run = |[first, last]: [usize; 2]| {
            let (x, width) = (first as f64 - 0.5, (last - first + 1) as f64);
            view! { <rect class=class x=x.to_string() width=width.to_string() height="1"></rect> }
        };
        runs.into_iter().map(run).collect_view()
    };
    let stone = move |StoneRun { stone, first, last, .. }| {
        let middle = (first + last) as f64 / 2.0;
        let path = format!("M{middle} 0V1M{} 1H{}", first as f64 - 0.5, last as f64 + 0.5);
        let lit = move || [state.pointed.get(), state.chosen.get()].contains(&Some(stone));
        view! { <path class="stone" class:lit=lit data-stone=stone.to_string() d=path></path> }
    };
    let marked = move || {
        let marked = state.found.with(|found| {
            found.iter().flat_map(|found| found.shown()).map(|s| s.id).collect::<Vec<_>>()
        });
        let strip = pane.strip.get().map(|strip| strip.stones).unwrap_or_default();
        strip.into_iter().filter(|run| marked.contains(&run.stone)).map(stone).collect_view()
    };
    let known = move || {
        let strip = pane.strip.get()?;
        let gap = |after: usize| {
            let path = format!("M{} 0V1", after as f64 + 0.5);
            view! { <path class="gap" d=path></path> }
        };
        Some(view! {
            {runs("loaded", strip.loaded)}
            {runs("searched", strip.searched)}
            {strip.gaps.into_iter().map(gap).collect_view()}
        })
    };
    view! {
        <svg
            class="map" aria-hidden="true" preserveAspectRatio="none"
            viewBox=move || format!("0 0 {} 1", last())
        >
            {known}
            {marked}
        </svg>
    }
}
