//! The header of the slice shown, element by element, with a search over tags, names and values.

use crate::desk::Desk;
use crate::words;
use leptos::html;
use leptos::prelude::*;
use workers::messages::Listed;

#[component]
pub fn TagSheet() -> impl IntoView {
    let desk = Desk::at_hand();
    let tags = desk.state.tags;
    let sheet = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        let Some(sheet) = sheet.get() else { return };
        if tags.with(Option::is_none) {
            sheet.close();
        } else if !sheet.open() && sheet.show_modal().is_err() {
            tags.set(None);
        }
    });
    let listed = move || tags.get().map(|listed| view! { <Tags listed/> });
    view! {
        <dialog
            class="dialog tags" node_ref=sheet aria-label=desk.say(words::TAGS)
            on:close=move |_| tags.set(None)
        >
            <header>
                <h2>{desk.say(words::TAGS)}</h2>
                <button on:click=move |_| tags.set(None)>{desk.say(words::CLOSE)}</button>
            </header>
            {listed}
        </dialog>
    }
}

#[component]
fn Tags(listed: Vec<Listed>) -> impl IntoView {
    let desk = Desk::at_hand();
    let sought = RwSignal::new(String::new());
    let none = listed.is_empty();
    let heads = [words::TAG, words::VR, words::KEYWORD, words::VALUE];
    let heads = heads.map(|head| view! { <th scope="col">{desk.say(head)}</th> });
    let rows = listed.into_iter().map(|Listed { depth, tag, vr, name, value }| {
        // Group 0010 is the patient's (PS3.6 section 6).
        let whose = tag.starts_with("0010,") && !desk.state.patient_text.get_untracked();
        let value = if whose { "•••".to_owned() } else { value };
        let text = format!("{tag} {name} {value}").to_lowercase();
        let away = move || !sought.with(|sought| text.contains(sought.as_str()));
        let tag = format!("{}{tag}", "› ".repeat(depth));
        view! {
            <tr hidden=away>
                <th scope="row">{tag}</th>
                <td>{vr}</td>
                <td>{name}</td>
                <td>{value}</td>
            </tr>
        }
    });
    view! {
        <input
            type="search" placeholder=desk.say(words::TAGS_SEARCH)
            aria-label=desk.say(words::TAGS_SEARCH)
            on:input:target=move |event| sought.set(event.target().value().to_lowercase())
        />
        <Show when=move || none><p>{desk.say(words::TAGS_NONE)}</p></Show>
        <table class="stored small">
            <thead><tr>{heads.into_iter().collect_view()}</tr></thead>
            <tbody>{rows.collect_view()}</tbody>
        </table>
    }
}
