//! How the planes share the room, and how fast one runs by itself.

use crate::desk::Desk;
use crate::layout::Layout;
use crate::words;
use leptos::prelude::*;

#[component]
pub fn LayoutControl() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let options = Layout::ALL.map(|(layout, name, text)| {
        let selected = move || state.layout.get() == layout;
        view! { <option value=name selected=selected>{desk.say(text)}</option> }
    });
    let choose = move |name: String| {
        if let Some(layout) = Layout::of_name(&name) {
            desk.lay_out(layout);
        }
    };
    view! {
        <Show when=move || state.cine.get().is_some()>
            <label class="field cine" title=desk.say(words::CINE_SPEED)>
                <input
                    type="number" min="1" max="60" step="1" aria-label=desk.say(words::CINE_SPEED)
                    prop:value=move || state.cine_speed.get().to_string()
                    on:change:target=move |event| {
                        if let Ok(speed) = event.target().value().parse() {
                            desk.set_cine_speed(speed);
                        }
                    }
                />
                <span>"/ s"</span>
            </label>
        </Show>
        <label class="field layout">
            <span class="out-of-sight">{desk.say(words::LAYOUT)}</span>
            <select on:change:target=move |event| choose(event.target().value())>
                {options.into_iter().collect_view()}
            </select>
        </label>
    }
}
