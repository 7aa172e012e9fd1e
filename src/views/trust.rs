//! What leaves this computer and what stays, for how long; the way to forget all; and what to tell when asking for help.

use super::copy::CopyButton;
use crate::commands::Command;
use crate::desk::Desk;
use crate::diagnostics;
use crate::requests::Asked;
use crate::words;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub fn TrustSheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if !state.trust.get() {
            sheet.close();
        } else if !sheet.open() && sheet.show_modal().is_err() {
            state.trust.set(false);
        }
    });
    view! {
        <dialog
            class="dialog" node_ref=sheet aria-label=desk.say(words::TRUST_TITLE)
            on:close=move |_| state.trust.set(false)
        >
            <header>
                <h2>{desk.say(words::TRUST_TITLE)}</h2>
                <button on:click=move |_| desk.run(Command::Trust)>{desk.say(words::CLOSE)}</button>
            </header>
            <Show when=move || state.trust.get()>
                <Requests/>
                <Stored/>
                <Diagnostics/>
            </Show>
        </dialog>
    }
}

#[component]
fn Requests() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let counted = move || match (state.asked.with(Option::is_some), desk.bridge.asked()) {
        (false, _) => desk.say(words::NOT_COUNTED)().to_owned(),
        (true, None) => desk.say(words::NOTHING_OPEN)().to_owned(),
        (true, Some(asked)) => words::requests(state.language.get(), asked, &state.pacs.name()),
    };
    let list = move || {
        // Addresses at the PACS name studies: its own name says enough.
        let row = |asked: &Asked| match state.is_of_pacs(&asked.0) {
            true => view! { <li>{state.pacs.name()}</li> },
            false => view! { <li>{asked.file().to_owned()}</li> },
        };
        state.asked_since().unwrap_or_default().iter().map(row).collect_view()
    };
    view! {
        <section>
            <p><b>{counted}</b></p>
            <ul class="small">{list}</ul>
            <p class="quiet small">{desk.say(words::COUNTED_NOTE)}</p>
            <Show when=move || state.pacs.is_there()>
                <p>{move || words::trust_pacs(state.language.get(), &state.pacs.name())}</p>
            </Show>
        </section>
    }
}

#[component]
fn Stored() -> impl IntoView {
    let desk = Desk::at_hand();
    let told = RwSignal::new(false);
    let rows = words::STORED.map(|[what, place, time]| {
        view! {
            <tr>
                <th scope="row">{desk.say(what)}</th>
                <td>{desk.say(place)}</td>
                <td>{desk.say(time)}</td>
            </tr>
        }
    });
    let [what, place, time] =
        words::STORED_HEADS.map(|head| view! { <th scope="col">{desk.say(head)}</th> });
    let forget = move |_| {
        spawn_local(async move { told.set(desk.forget_all().await) });
    };
    view! {
        <section>
            <h3>{desk.say(words::STORED_TITLE)}</h3>
            <table class="stored">
                <thead><tr>{what} {place} {time}</tr></thead>
                <tbody>{rows.into_iter().collect_view()}</tbody>
            </table>
            <div class="choices">
                <button on:click=forget>{desk.say(words::FORGET_ALL)}</button>
                <span role="status">{move || told.get().then(|| desk.say(words::FORGOTTEN)())}</span>
            </div>
        </section>
    }
}

/// All of it is seen before it is copied.
#[component]
fn Diagnostics() -> impl IntoView {
    let desk = Desk::at_hand();
    let text = Memo::new(move |_| diagnostics::text(&desk.state));
    view! {
        <section>
            <h3>{desk.say(words::DIAGNOSTICS)}</h3>
            <p class="quiet small">{desk.say(words::DIAGNOSTICS_NOTE)}</p>
            <pre tabindex="0" aria-label=desk.say(words::DIAGNOSTICS)>{move || text.get()}</pre>
            <CopyButton
                name=Signal::derive(move || desk.say(words::COPY)().to_owned())
                text=move || Some(text.get_untracked())
            />
        </section>
    }
}
