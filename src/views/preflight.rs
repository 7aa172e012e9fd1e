//! A series that asks for more memory than there is: which part of it is to be read.

use crate::desk::Desk;
use crate::state::TooLarge;
use crate::words;
use leptos::html;
use leptos::prelude::*;
use volume::{Need, Part};

#[component]
pub fn PreflightSheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if state.too_large.get().is_none() {
            sheet.close();
        } else if !sheet.open() {
            // It stands where it is, as a part of the page, if it can't be laid over it.
            let _ = sheet.show_modal();
        }
    });
    let close = move || state.too_large.set(None);
    let body = move || state.too_large.get().map(|large| view! { <Choices large/> });
    view! {
        <dialog
            class="dialog preflight" node_ref=sheet aria-label=desk.say(words::TOO_LARGE)
            on:close=move |_| close()
        >
            <header>
                <h2>{desk.say(words::TOO_LARGE)}</h2>
                <button on:click=move |_| close()>{desk.say(words::CLOSE)}</button>
            </header>
            {body}
        </dialog>
    }
}

#[component]
fn Choices(large: TooLarge) -> impl IntoView {
    let desk = Desk::at_hand();
    let language = desk.state.language;
    let TooLarge { series, need } = large;
    let load = move |part| desk.bridge.load(series, part);
    let told = move || words::too_large(language.get(), need.bytes(need.slices), need.room);
    let thinned = need.thinned().map(|part| {
        let name = move || words::read_thinned(language.get(), part, need.bytes(part.slices()));
        view! { <button on:click=move |_| load(part)>{name}</button> }
    });
    let all = need.can_be_tried(need.slices).then(|| {
        let whole = move |_| load(Part::whole(need.slices));
        view! { <button on:click=whole>{desk.say(words::READ_ALL_ANYWAY)}</button> }
    });
    view! {
        <p>{told}</p>
        <p>{desk.say(words::TOO_LARGE_NOTE)}</p>
        <RangeChoice series need/>
        <div class="choices">{thinned} {all}</div>
    }
}

/// From one slice to another; it begins with as many from the first on as fit.
#[component]
fn RangeChoice(series: usize, need: Need) -> impl IntoView {
    let desk = Desk::at_hand();
    let language = desk.state.language;
    let (from, to) = (RwSignal::new(1_usize), RwSignal::new(need.most_slices().max(1)));
    let part = move || {
        Part::between(from.get().saturating_sub(1), to.get().saturating_sub(1), need.slices)
    };
    let bytes = move || need.bytes(part().slices());
    let field = move |name, value: RwSignal<usize>| {
        let set = move |text: String| {
            if let Ok(number) = text.parse() {
                value.set(number);
            }
        };
        view! {
            <label class="field">
                {desk.say(name)}
                <input
                    type="number" min="1" max=need.slices
                    prop:value=move || value.get().to_string()
                    on:input:target=move |event| set(event.target().value())
                />
            </label>
        }
    };
    view! {
        <div class="range">
            {field(words::FROM_SLICE, from)}
            {field(words::TO_SLICE, to)}
            <button
                disabled=move || !need.can_be_tried(part().slices())
                on:click=move |_| desk.bridge.load(series, part())
            >
                {move || words::read_range(language.get(), bytes())}
            </button>
        </div>
    }
}
