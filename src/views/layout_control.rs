//! How the planes share the room.

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
        <label class="field layout">
            <span class="out-of-sight">{desk.say(words::LAYOUT)}</span>
            <select on:change:target=move |event| choose(event.target().value())>
                {options.into_iter().collect_view()}
            </select>
        </label>
    }
}
