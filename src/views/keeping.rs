//! What this browser is to keep of the labels: nothing, unless the person says so of this series.

use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use workers::messages::Keep;

/// The switch in the panel of labelling, and the way to have all of it deleted.
#[component]
pub fn KeepChoice() -> impl IntoView {
    let desk = Desk::at_hand();
    let kept = desk.state.labelling.kept;
    let on = move || kept.get().on;
    let note = move || desk.say(if on() { words::KEPT_NOTE } else { words::KEEP_NOTE })();
    let choose = move |on: bool| desk.bridge.keep(if on { Keep::On } else { Keep::Forget });
    view! {
        <Show when=move || kept.get().offered == 0>
            <label class="check">
                <input
                    type="checkbox" prop:checked=on
                    on:change:target=move |event| choose(event.target().checked())
                />
                {desk.say(words::KEEP)}
            </label>
            <p class="quiet small">{note}</p>
            <Show when=on>
                <div class="acts">
                    <button on:click=move |_| desk.bridge.keep(Keep::Forget)>
                        {desk.say(words::FORGET_KEPT)}
                    </button>
                </div>
            </Show>
        </Show>
    }
}

/// Labels of these images that were kept before.
#[component]
pub fn KeptOffer() -> impl IntoView {
    let desk = Desk::at_hand();
    let kept = desk.state.labelling.kept;
    let told = move || words::kept_labels(desk.state.language.get(), kept.get().offered);
    view! {
        <Show when=move || { kept.get().offered > 0 }>
            <div class="offer" role="status">
                <p>{told}</p>
                <div class="acts">
                    <button class="main" on:click=move |_| desk.bridge.keep(Keep::TakeUp)>
                        {desk.say(words::TAKE_UP)}
                    </button>
                    <button on:click=move |_| desk.bridge.keep(Keep::Forget)>
                        {desk.say(words::FORGET_KEPT)}
                    </button>
                </div>
            </div>
        </Show>
    }
}
