//! The geometry panel: all that is known of the series shown, and of what matters also that it is not known.

use crate::commands::Command;
use crate::desk::Desk;
use crate::words::{self, Section};
use leptos::html;
use leptos::prelude::*;

#[component]
pub fn FactsPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    view! {
        <Show when=move || state.facts_open.get() && state.facts.with(Option::is_some)>
            <Panel/>
        </Show>
    }
}

#[component]
fn Panel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let close = NodeRef::<html::Button>::new();
    // Who opens it by key reads on from here, and closes it with the next key.
    Effect::new(move || {
        if let Some(close) = close.get() {
            let _ = close.focus();
        }
    });
    let sections = move || {
        let language = state.language.get();
        let duplicates =
            state.not_loaded.with(|all| all.iter().filter(|f| f.code == "duplicate").count());
        let split = state.warnings.with(|all| {
            all.iter().find(|w| w.code == "split").map(|warning| warning.detail.clone())
        });
        let told = state.facts.with(|facts| {
            facts.as_ref().map(|f| words::facts(language, f, split.as_deref(), duplicates))
        });
        told.into_iter().flatten().map(|section| view! { <Rows section/> }).collect_view()
    };
    view! {
        <section class="panel facts" aria-label=desk.say(words::FACTS)>
            <header>
                <h2>{desk.say(words::FACTS)}</h2>
                <button node_ref=close on:click=move |_| state.facts_open.set(false)>
                    {desk.say(words::CLOSE)}
                </button>
            </header>
            {sections}
            <button on:click=move |_| desk.run(Command::Tags)>{desk.say(words::TAGS)}</button>
        </section>
    }
}

#[component]
fn Rows(section: Section) -> impl IntoView {
    let desk = Desk::at_hand();
    let rows = section.rows.into_iter().map(|(name, value)| {
        view! { <div><dt>{desk.say(name)}</dt><dd>{value}</dd></div> }
    });
    view! {
        <h3>{desk.say(section.heading)}</h3>
        <dl>{rows.collect_view()}</dl>
    }
}
