//! The three planes: side by side where there is room, one at a time on narrow screens.

use super::badges::Badges;
use super::viewport::Viewport;
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use volume::Plane;

#[component]
pub fn Reading() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let switch = Plane::ALL.map(|plane| {
        view! {
            <button
                role="tab"
                aria-selected=move || (state.active.get() == plane).to_string()
                on:click=move |_| state.active.set(plane)
            >
                {desk.say(words::plane(plane))}
            </button>
        }
    });
    view! {
        <main
            class="reading" class:alone=move || state.only().is_some()
            data-layout=move || state.layout.get().name()
        >
            <h1 class="out-of-sight">"Lithoscope"</h1>
            <div class="plane-switch" role="tablist" aria-label=desk.say(words::PANES)>
                {switch.into_iter().collect_view()}
            </div>
            <Badges/>
            // A canvas can be handed to a worker once: each study gets new ones.
            <For each=move || [state.epoch.get()] key=|epoch| *epoch let:_epoch>
                <div class="panes">
                    <Viewport plane=Plane::Axial/>
                    <Viewport plane=Plane::Coronal/>
                    <Viewport plane=Plane::Sagittal/>
                </div>
            </For>
        </main>
    }
}
