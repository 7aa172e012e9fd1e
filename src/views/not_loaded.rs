//! Files that were not loaded: which, why, and what to do; files of one kind under one line.

use super::copy::CopyButton;
use crate::desk::Desk;
use crate::words::{self, Language};
use leptos::prelude::*;
use std::collections::BTreeMap;
use workers::messages::NotLoaded;

/// A folder full of other things is not listed to its end.
const LISTED: usize = 200;

/// Files that were not loaded for the same reason.
struct Kind {
    code: String,
    /// What tells this kind from others of the same code.
    detail: String,
    files: Vec<NotLoaded>,
}

#[component]
pub fn NotLoadedPanel() -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    // What could not be read, and what the PACS did not give.
    let all = move || [state.not_loaded.get(), state.pacs.missing.get()].concat();
    let count = move || state.not_loaded.with(Vec::len) + state.pacs.missing.with(Vec::len);
    let heading = move || words::not_loaded(state.language.get(), count());
    let rows =
        move || kinds(&all()).into_iter().map(|kind| view! { <KindRow kind/> }).collect_view();
    // Nothing is there to be looked at, or less than is thought.
    let matters = move || {
        state.series.with(Vec::is_empty) || state.pacs.missing.with(|missing| !missing.is_empty())
    };
    let copied = move || Some(list(&untrack(all), state.language.get_untracked()));
    view! {
        <Show when=move || { count() > 0 }>
            <section class="panel not-loaded" aria-label=heading>
                <details prop:open=matters>
                    <summary><h2>{heading}</h2></summary>
                    <ul>{rows}</ul>
                    <div class="copies">
                        <CopyButton
                            name=Signal::derive(move || desk.say(words::COPY_LIST)().to_owned())
                            title=Signal::derive(move || desk.say(words::COPY_LIST_NOTE)().to_owned())
                            text=copied
                        />
                    </div>
                </details>
            </section>
        </Show>
    }
}

#[component]
fn KindRow(kind: Kind) -> impl IntoView {
    let desk = Desk::at_hand();
    let language = desk.state.language;
    let Kind { code, detail, files } = kind;
    let act = words::refusal(&code, &detail).act;
    let count = files.len();
    let named = words::is_kind(&code, &detail);
    let why = move || words::refused(language.get(), &code, &detail);
    if let [file] = files.as_slice() {
        let NotLoaded { path, code, detail } = file.clone();
        return view! {
            <li data-code=code>
                <b class="path">{path}</b>
                <span>{why}</span>
                <Detail named detail/>
                <span class="quiet">{desk.say(act)}</span>
            </li>
        }
        .into_any();
    }
    let listed = files.into_iter().take(LISTED).map(|file| {
        let NotLoaded { path, code, detail } = file;
        view! { <li data-code=code><b class="path">{path}</b><Detail named detail/></li> }
    });
    let more = count.saturating_sub(LISTED);
    let more = move || (more > 0).then(|| words::and_more(language.get(), more));
    view! {
        <li class="kind">
            <span>{move || words::times(language.get(), count, &why())}</span>
            <span class="quiet">{desk.say(act)}</span>
            <details>
                <summary>{move || words::files(language.get(), count)}</summary>
                <ul>{listed.collect_view()}</ul>
                <p class="quiet">{more}</p>
            </details>
        </li>
    }
    .into_any()
}

/// What the reader adds for the curious, in its own words; not where the line above says it already.
#[component]
fn Detail(named: bool, detail: String) -> impl IntoView {
    (!named && !detail.is_empty()).then(|| view! { <span class="detail quiet">{detail}</span> })
}

/// Files by reason, the most frequent first. Details tell kinds apart where they name a format or call for another act.
fn kinds(all: &[NotLoaded]) -> Vec<Kind> {
    let mut kinds: BTreeMap<(&str, &str), Vec<NotLoaded>> = BTreeMap::new();
    for file in all {
        let own = words::is_kind(&file.code, &file.detail);
        let detail = if own { file.detail.as_str() } else { "" };
        kinds.entry((&file.code, detail)).or_default().push(file.clone());
    }
    let mut kinds: Vec<Kind> = kinds
        .into_iter()
        .map(|((code, detail), files)| Kind { code: code.into(), detail: detail.into(), files })
        .collect();
    kinds.sort_by_key(|kind| std::cmp::Reverse(kind.files.len()));
    kinds
}

/// The list as text to pass on: counts and reasons. Paths may hold names of patients and stay on the screen.
fn list(all: &[NotLoaded], language: Language) -> String {
    let line = |Kind { code, detail, files }: Kind| {
        let why = words::refused(language, &code, &detail);
        let act = words::refusal(&code, &detail).act.to(language);
        format!("{} [{code}] {act}\n", words::times(language, files.len(), &why))
    };
    kinds(all).into_iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, code: &str, detail: &str) -> NotLoaded {
        NotLoaded { path: path.into(), code: code.into(), detail: detail.into() }
    }

    #[test]
    fn files_of_one_kind_are_one_line_without_their_paths() {
        const MR: &str = "SOP class 1.2.840.10008.5.1.4.1.1.4 MR";
        let all = [
            file("Hong^Gildong/1", "truncated", "10 of 20 bytes of pixel data"),
            file("a", "not_ct_image", MR),
            file("b", "not_ct_image", MR),
            file("c", "not_ct_image", "SOP class 1.2.840.10008.5.1.4.1.1.88.67 SR"),
            file("Hong^Gildong/2", "truncated", "11 of 20 bytes of pixel data"),
            file("readme", "not_dicom", ""),
            file("picture", "not_dicom", "a PNG picture"),
            file("CT", "not_dicom", "a tar archive: unpack it first"),
        ];
        let text = list(&all, Language::English);
        assert_eq!(text.lines().count(), 5);
        assert!(text.contains("2 × Not a DICOM file [not_dicom] Nothing to do"), "{text}");
        assert!(text.contains("not opened here [not_dicom] Unpack it"), "{text}");
        assert!(text.contains("2 × DICOM, but not a CT image: MR image [not_ct_image]"), "{text}");
        assert!(text.contains("2 × The file ends too early [truncated]"), "{text}");
        assert!(!text.contains("Hong"));
    }
}
