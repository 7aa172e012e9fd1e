//! Over the pictures, in a word each: what must be known of a series before it is trusted.

use super::icon::{Icon, Sign};
use crate::commands::Command;
use crate::desk::Desk;
use crate::words;
use leptos::prelude::*;
use workers::messages::{Facts, Warning};

/// Badges are buttons: what each means stands in its tooltip, and with all else in the geometry panel.
#[component]
pub fn Badges() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let badges = Memo::new(move |_| {
        state.warnings.with(|warnings| state.facts.with(|facts| badges(warnings, facts.as_ref())))
    });
    let items = move || {
        let badge = |Warning { code, detail }: Warning| {
            let word = words::badge(&code)?;
            let language = state.language;
            let meaning = words::warning(&code);
            let tip = move || words::with_detail(language.get(), meaning, &detail);
            let odd = code != "contrast";
            Some(view! {
                <li>
                    <button
                        class="badge" class:odd=odd data-badge=code title=tip.clone() aria-description=tip
                        on:click=move |_| state.facts_open.set(true)
                    >
                        {odd.then(|| view! { <Icon sign=Sign::Alert/> })}
                        {desk.say(word)}
                    </button>
                </li>
            })
        };
        badges.get().into_iter().filter_map(badge).collect_view()
    };
    view! {
        <Show when=move || desk.can(Command::Facts)>
            <div class="badges">
                <ul aria-label=desk.say(words::BADGES)>{items}</ul>
                <button
                    class="badge" aria-expanded=move || state.facts_open.get().to_string()
                    on:click=move |_| desk.run(Command::Facts)
                >
                    {desk.say(words::FACTS)}
                </button>
            </div>
        </Show>
    }
}

/// Warnings, and what the header tells beside them; those without a word are in the list of notes alone.
fn badges(warnings: &[Warning], facts: Option<&Facts>) -> Vec<Warning> {
    let told = |holds: bool, code: &str, detail: &str| {
        holds.then(|| Warning { code: code.into(), detail: detail.into() })
    };
    let beside = facts.map(|facts| {
        let other = !matches!(facts.modality.as_str(), "" | "CT");
        [
            told(facts.burned_in, "burned_in", ""),
            told(other, "other_modality", &facts.modality),
            told(facts.inverted, "inverted", ""),
            told(facts.contrast, "contrast", &facts.contrast_agents.join(", ")),
        ]
    });
    let all = warnings.iter().cloned().chain(beside.into_iter().flatten().flatten());
    all.filter(|warning| words::badge(&warning.code).is_some()).collect()
}
