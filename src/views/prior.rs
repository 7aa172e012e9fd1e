//! The prior beside the study: which it is, whether both go together, and its planes.

use super::corners::date;
use super::icon::{Icon, Sign};
use super::viewport::Viewport;
use crate::commands::Command;
use crate::desk::Desk;
use crate::prior::Prior;
use crate::words;
use leptos::prelude::*;
use volume::Plane;

#[component]
pub fn PriorRoom(series: usize) -> impl IntoView {
    let first = Desk::at_hand();
    let desk = first.of_prior(series);
    provide_context(desk);
    let state = desk.state;
    let Prior { locked, offset, .. } = state.prior;
    let which = move || {
        state.corner.with(|corner| {
            let parts = [date(&corner.study_date), corner.series_description.clone()];
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        })
    };
    let failed =
        move || state.failure.with(Option::is_some) || state.too_large.with(Option::is_some);
    let loaded = move || {
        let progress = state.loaded.get().filter(|progress| progress.done < progress.of)?;
        Some(words::loaded(state.language.get(), progress.done, progress.of))
    };
    let moved = move || {
        let [x, y, z] = offset.get().to_array();
        let axes = [("x", x), ("y", y), ("z", z)].into_iter().filter(|(_, mm)| *mm != 0.0);
        axes.map(|(axis, mm)| format!("{axis} {mm:+.1} mm")).collect::<Vec<_>>().join(" ")
    };
    view! {
        <section
            class="reading prior" aria-label=desk.say(words::PRIOR)
            class:alone=move || state.only().is_some()
            data-layout=move || state.layout.get().name()
        >
            <header>
                <h2>{desk.say(words::PRIOR)}</h2>
                <span class="quiet">{which}</span>
                <Show when=move || first.state.prior_is_anothers()>
                    <b class="limit" role="alert">{desk.say(words::ANOTHER_PATIENT)}</b>
                </Show>
                <span class="quiet" role="status">
                    {loaded}
                    {move || failed().then(|| desk.say(words::NO_PRIOR)())}
                </span>
                <label class="check">
                    <input
                        type="checkbox" prop:checked=move || locked.get()
                        on:change:target=move |event| locked.set(event.target().checked())
                    />
                    {desk.say(words::TOGETHER)}
                </label>
                <button on:click=move |_| first.run(Command::MatchHere)>{desk.say(words::MATCH_HERE)}</button>
                <span class="quiet">{moved}</span>
                <button class="tool bare" title=desk.say(words::CLOSE_PRIOR) on:click=move |_| first.run(Command::Compare)>
                    <Icon sign=Sign::Away/>
                    <span class="out-of-sight">{desk.say(words::CLOSE_PRIOR)}</span>
                </button>
            </header>
            <div class="panes">
                <Viewport plane=Plane::Axial/>
                <Viewport plane=Plane::Coronal/>
                <Viewport plane=Plane::Sagittal/>
            </div>
        </section>
    }
}
