//! The four corners of a picture: who, what, how it is shown, and where it is.

use crate::desk::Desk;
use crate::screen::Placement;
use crate::state::State;
use crate::words::{self, Language};
use leptos::prelude::*;
use volume::{Depth, Plane};
use workers::messages::Corner;

#[component]
pub fn Corners(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let desk = Desk::at_hand();
    let state = desk.state;
    let told = move || plane == Plane::Axial && state.patient_text.get();
    let who = move || told().then(|| state.corner.with(|c| who(c, state.language.get())));
    let what = move || {
        let part = state.part.get().and_then(|part| words::part(state.language.get(), part));
        told().then(|| state.corner.with(what)).into_iter().flatten().chain(part).collect()
    };
    view! {
        <div class="corner upper left">
            <b>{desk.say(words::plane(plane))}</b>
            {move || who().map(lines)}
        </div>
        <div class="corner upper right">{move || lines(what())}</div>
        <div class="corner lower left">{move || lines(how(state, plane, placement))}</div>
        <div class="corner lower right">{move || lines(place(state, plane))}</div>
    }
}

fn lines(texts: Vec<String>) -> impl IntoView {
    let full = texts.into_iter().filter(|text| !text.is_empty());
    full.map(|text| view! { <span>{text}</span> }).collect_view()
}

fn who(corner: &Corner, language: Language) -> Vec<String> {
    let born = match date(&corner.birth_date) {
        date if date.is_empty() => date,
        date => format!("{} {date}", words::BORN.to(language)),
    };
    let sex = match corner.sex.trim() {
        "F" => words::FEMALE.to(language),
        "M" => words::MALE.to(language),
        "O" => words::OTHER_SEX.to(language),
        other => other,
    };
    vec![name(&corner.patient_name), corner.patient_id.clone(), joined([born, sex.into()])]
}

fn what(corner: &Corner) -> Vec<String> {
    let number = corner.series_number.map(|n| format!("#{n}")).unwrap_or_default();
    vec![
        corner.study_description.clone(),
        date(&corner.study_date),
        joined([number, corner.series_description.clone()]),
    ]
}

fn how(state: State, plane: Plane, placement: Signal<Option<Placement>>) -> Vec<String> {
    let pane = state.pane(plane);
    if placement.with(Option::is_none) {
        return Vec::new();
    }
    let hu = state.under.get().filter(|under| under.plane == plane);
    let window = pane.painted.with(|painted| {
        painted.as_ref().map(|p| format!("WW {} WL {}", p.width, p.centre)).unwrap_or_default()
    });
    let slab = match pane.depth.get() {
        Depth::Thin => String::new(),
        Depth::Kub => words::KUB.to(state.language.get()).to_owned(),
        Depth::Slab { blend, .. } => {
            let mm = pane.painted.with(|painted| painted.as_ref().and_then(|p| p.slab_mm));
            words::slab(state.language.get(), blend, mm)
        }
    };
    vec![
        hu.map(|under| format!("{} HU", under.hu)).unwrap_or_default(),
        window,
        slab,
        format!(
            "{} {:.0} %",
            words::ZOOM_SHORT.to(state.language.get()),
            pane.camera.get().zoom * 100.0
        ),
    ]
}

fn place(state: State, plane: Plane) -> Vec<String> {
    let language = state.language.get();
    let pane = state.pane(plane);
    let Some(painted) = pane.painted.get() else { return Vec::new() };
    let axis = match plane {
        Plane::Axial => "z",
        Plane::Coronal => "y",
        Plane::Sagittal => "x",
    };
    let place = match painted.position_mm {
        Some(mm) => format!("{axis} {mm:.1} mm"),
        None => words::UNPLACED.to(language).to_owned(),
    };
    let thickness =
        state.corner.with(|corner| corner.thickness_mm).filter(|_| plane == Plane::Axial);
    let instance = painted.instance_number.map(|n| format!("{} {n}", words::INSTANCE.to(language)));
    let loading = if painted.loaded { "" } else { words::NOT_THERE_YET.to(language) };
    vec![
        loading.to_owned(),
        joined([format!("{} / {}", pane.index() + 1, pane.count()), instance.unwrap_or_default()]),
        place,
        thickness
            .map(|mm| format!("{} {mm:.2} mm", words::THICKNESS.to(language)))
            .unwrap_or_default(),
    ]
}

fn joined<const N: usize>(parts: [String; N]) -> String {
    let full: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    full.join(" · ")
}

/// PS3.5 6.2.1: groups of a name (letters, ideographs, sounds) part at `=`, its components at `^`.
pub fn name(stored: &str) -> String {
    let groups: Vec<String> = stored
        .split('=')
        .map(|group| group.split('^').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" "))
        .filter(|group| !group.is_empty())
        .collect();
    groups.join(" · ")
}

/// YYYYMMDD as YYYY-MM-DD, which is read the same everywhere; anything else as it stands.
pub fn date(stored: &str) -> String {
    let stored = stored.trim();
    match (stored.get(0..4), stored.get(4..6), stored.get(6..8)) {
        (Some(year), Some(month), Some(day)) if stored.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{year}-{month}-{day}")
        }
        _ => stored.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_shown_as_they_are_read() {
        assert_eq!(name("Hong^Gildong=洪^吉洞=홍^길동"), "Hong Gildong · 洪 吉洞 · 홍 길동");
        assert_eq!(name("^^"), "");
    }

    #[test]
    fn dates_are_shown_with_their_parts() {
        assert_eq!(date("19640229"), "1964-02-29");
        assert_eq!(date("1964.02.29"), "1964.02.29");
    }
}
