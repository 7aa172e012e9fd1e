//! The window by presets and numbers: what dragging does, for those who can't or won't drag.

use crate::desk::Desk;
use crate::presets::PRESETS;
use crate::state::Window;
use crate::words::{self, Text};
use leptos::prelude::*;

#[component]
pub fn WindowControl() -> impl IntoView {
    let desk = Desk::at_hand();
    let window = desk.state.window;
    let chosen = move || PRESETS.iter().position(|(_, preset)| *preset == window.get());
    let choose = move |value: String| {
        if let Some((_, preset)) = value.parse().ok().and_then(|at: usize| PRESETS.get(at)) {
            desk.window(*preset);
        }
    };
    let options = PRESETS.iter().enumerate().map(|(at, (name, Window { centre, width }))| {
        let shown = move || format!("{}  {}  {width}/{centre}", at, desk.say(*name)());
        view! { <option value=at.to_string() selected=move || chosen() == Some(at)>{shown}</option> }
    });
    view! {
        <div class="group window-control">
            <label class="field">
                <span class="out-of-sight">{desk.say(words::PRESET)}</span>
                <select on:change:target=move |event| choose(event.target().value())>
                    {options.collect_view()}
                    <option value="own" hidden selected=move || chosen().is_none()>
                        {desk.say(words::PRESET_OWN)}
                    </option>
                </select>
            </label>
            <Number
                short="WW" name=words::WIDTH
                value=Signal::derive(move || window.get().width)
                set=move |width| desk.window(Window { width, ..window.get_untracked() })
            />
            <Number
                short="WL" name=words::LEVEL
                value=Signal::derive(move || window.get().centre)
                set=move |centre| desk.window(Window { centre, ..window.get_untracked() })
            />
        </div>
    }
}

#[component]
fn Number(
    short: &'static str,
    name: Text,
    value: Signal<f64>,
    set: impl Fn(f64) + 'static,
) -> impl IntoView {
    let desk = Desk::at_hand();
    view! {
        <label class="field" title=desk.say(name)>
            <span>{short}</span>
            <input
                type="number" step="10" aria-label=desk.say(name)
                prop:value=move || value.get().to_string()
                on:change:target=move |event| {
                    if let Ok(number) = event.target().value().parse() {
                        set(number);
                    }
                }
            />
        </label>
    }
}
