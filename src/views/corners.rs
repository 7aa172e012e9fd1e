//! The four corners of a picture: who, what, how it is shown, and where it is.

use crate::desk::Desk;
use crate::number::rounded;
use crate::screen::Placement;
use crate::words::{self, Language};
use leptos::prelude::*;
use volume::{Depth, Plane};
use workers::messages::{Corner, Painted};

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
            {move || who().map(|texts| lines(texts, 1))}
        </div>
        <div class="corner upper right">{move || lines(what(), 0)}</div>
        <How plane placement/>
        <Place plane/>
    }
}

/// Those beyond the first few are left out of a small pane.
fn lines(texts: Vec<String>, first: usize) -> impl IntoView {
    let full = texts.into_iter().filter(|text| !text.is_empty()).enumerate();
    full.map(|(n, text)| view! { <span class:minor={n >= first}>{text}</span> }).collect_view()
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

/// A line of its own: it alone is told of what it tells.
fn line(text: impl Fn() -> Option<String> + Send + 'static) -> impl IntoView {
    move || text().map(|text| view! { <span>{text}</span> })
}

/// The same, left out of a small pane.
fn minor(text: impl Fn() -> Option<String> + Send + 'static) -> impl IntoView {
    move || text().map(|text| view! { <span class="minor">{text}</span> })
}

#[component]
fn How(plane: Plane, placement: Signal<Option<Placement>>) -> impl IntoView {
    let state = Desk::at_hand().state;
    let (pane, language) = (state.pane(plane), state.language);
    let hu = Memo::new(move |_| {
        state.under.get().filter(|under| under.plane == plane).map(|under| under.hu)
    });
    let painted = Memo::new(move |_| pane.painted.with(Option::is_some));
    let window = move || state.painted_in.get().filter(|_| painted.get());
    let slab_mm = Memo::new(move |_| pane.painted.with(|painted| painted.as_ref()?.slab_mm));
    let slab = move || match pane.depth.get() {
        Depth::Thin => None,
        Depth::Kub => Some(words::KUB.to(language.get()).to_owned()),
        Depth::Slab { blend, .. } => Some(words::slab(language.get(), blend, slab_mm.get())),
    };
    let zoom = Memo::new(move |_| placement.get().map(|_| pane.camera.get().zoom));
    let short = move || words::ZOOM_SHORT.to(language.get());
    view! {
        <div class="corner lower left">
            {line(move || hu.get().map(|hu| format!("{hu} HU")))}
            {line(move || window().map(|[width, centre]| format!("WW {width} WL {centre}")))}
            {line(slab)}
            {minor(move || zoom.get().map(|zoom| format!("{} {:.0} %", short(), zoom * 100.0)))}
        </div>
    }
}

#[component]
fn Place(plane: Plane) -> impl IntoView {
    let state = Desk::at_hand().state;
    let (pane, language) = (state.pane(plane), state.language);
    let slice = Memo::new(move |_| {
        let slice = |painted: &Painted| {
            (painted.loaded, painted.index, painted.instance_number, painted.position_mm)
        };
        pane.painted.with(|painted| painted.as_ref().map(slice))
    });
    let axis = match plane {
        Plane::Axial => "z",
        Plane::Coronal => "y",
        Plane::Sagittal => "x",
    };
    let loading = move || {
        let (loaded, ..) = slice.get()?;
        (!loaded).then(|| words::NOT_THERE_YET.to(language.get()).to_owned())
    };
    let number = move || {
        let (_, index, instance, _) = slice.get()?;
        let instance = instance.map(|n| format!("{} {n}", words::INSTANCE.to(language.get())));
        Some(joined([format!("{} / {}", index + 1, pane.count()), instance.unwrap_or_default()]))
    };
    let place = move || {
        let (.., position_mm) = slice.get()?;
        Some(match position_mm {
            Some(mm) => format!("{axis} {} mm", rounded(mm, 1)),
            None => words::UNPLACED.to(language.get()).to_owned(),
        })
    };
    let painted = Memo::new(move |_| slice.with(Option::is_some));
    let thickness = move || {
        let told = painted.get() && plane == Plane::Axial;
        let mm = state.corner.with(|corner| corner.thickness_mm).filter(|_| told)?;
        Some(format!("{} {mm:.2} mm", words::THICKNESS.to(language.get())))
    };
    view! {
        <div class="corner lower right">
            {line(loading)} {line(number)} {line(place)} {minor(thickness)}
        </div>
    }
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
