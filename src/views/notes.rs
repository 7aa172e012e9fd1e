//! What went wrong, and what is odd about the series shown.

use super::icon::{Icon, Sign};
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use workers::messages::Warning;

#[component]
pub fn FailureNote() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let note = move || {
        state.failure.get().map(|failure| {
            let advice = words::failure(&failure.code);
            view! {
                <div class="note">
                    <Icon sign=Sign::Alert/>
                    <p>
                        <b>{desk.say(advice.what)}". "</b>
                        {desk.say(advice.act)}
                        <span class="detail">{failure.detail}</span>
                    </p>
                    <button on:click=move |_| state.failure.set(None)>
                        {desk.say(words::CLOSE)}
                    </button>
                </div>
            }
        })
    };
    view! { <div role="alert">{note}</div> }
}

#[component]
pub fn WarningsPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let rows = move || {
        let row = |Warning { code, detail }: Warning| {
            let named = code.clone();
            let text =
                move || words::with_detail(state.language.get(), words::warning(&code), &detail);
            view! { <li data-code=named>{text}</li> }
        };
        state.warnings.get().into_iter().map(row).collect_view()
    };
    view! {
        <Show when=move || state.warnings.with(|all| !all.is_empty())>
            <section class="panel warnings" aria-label=desk.say(words::WARNINGS)>
                <h2><Icon sign=Sign::Alert/>{desk.say(words::WARNINGS)}</h2>
                <ul>{rows}</ul>
            </section>
        </Show>
    }
}
