//! Under each plane: how much of the volume it shows at once, and how fast it runs by itself.

use crate::desk::Desk;
use crate::number::number;
use crate::thickness::{KINDS, KUB, kind};
use crate::words;
use leptos::prelude::*;
use volume::{Depth, Plane};

#[component]
pub fn DepthControl(plane: Plane) -> impl IntoView {
    let desk = Desk::at_hand();
    let pane = desk.state.pane(plane);
    let language = desk.state.language;
    let chosen = move || kind(pane.depth.get());
    let options = KINDS.map(|(name, text, _)| {
        view! { <option value=name selected=move || chosen() == name>{desk.say(text)}</option> }
    });
    let kub = (plane == Plane::Coronal).then(|| {
        view! { <option value=KUB selected=move || chosen() == KUB>{desk.say(words::KUB)}</option> }
    });
    let slab = move || matches!(pane.depth.get(), Depth::Slab { .. });
    view! {
        <div class="depth">
            <Show when=move || desk.state.cine.get() == Some(plane)>
                <label class="field cine" title=desk.say(words::CINE_SPEED)>
                    <input
                        type="number" min="1" max="60" step="1" aria-label=desk.say(words::CINE_SPEED)
                        prop:value=move || desk.state.cine_speed.get().to_string()
                        on:change:target=move |event| {
                            if let Some(speed) = number(&event.target().value()) {
                                desk.set_cine_speed(speed);
                            }
                        }
                    />
                    <span>"/ s"</span>
                </label>
            </Show>
            <select
                aria-label=move || desk.state.called(words::slab_of(language.get(), plane))
                disabled=move || pane.card.with(Option::is_none)
                on:change:target=move |event| desk.set_kind(plane, &event.target().value())
            >
                {options.into_iter().collect_view()}
                {kub}
            </select>
            <Show when=slab>
                <input
                    type="number" min="1" max="200" step="1"
                    aria-label=move || desk.state.called(words::thickness_of(language.get(), plane))
                    prop:value=move || pane.slab_mm.get().to_string()
                    on:change:target=move |event| {
                        if let Some(mm) = number(&event.target().value()) {
                            desk.set_thickness(plane, mm);
                        }
                    }
                />
                <span class="quiet">"mm"</span>
            </Show>
        </div>
    }
}
