//! What was measured and through how much of the volume, in words and numbers.

use super::{Language, labels, plane};
use crate::marks::{Form, Mark};
use crate::state::Window;
use Language::{English, Korean};
use volume::{Blend, Outline, Plane, Statistics};

/// "Length 2".
pub fn mark_usual_name(language: Language, mark: &Mark) -> String {
    let form = match mark.form {
        Form::Length => labels::LENGTH,
        Form::Angle => labels::ANGLE,
        Form::Region(Outline::Ellipse) => labels::ELLIPSE,
        Form::Region(Outline::Rectangle) => labels::RECTANGLE,
    };
    format!("{} {}", form.to(language), mark.id)
}

/// As the person calls it.
pub fn mark_name(language: Language, mark: &Mark) -> String {
    if mark.name.is_empty() { mark_usual_name(language, mark) } else { mark.name.clone() }
}

/// Beside the mark on the picture: "2 · 12.3 mm".
pub fn mark_short(language: Language, mark: &Mark, placed: bool) -> String {
    let value = match mark.statistics.filter(|_| mark.region().is_some()) {
        Some(Statistics { mean, sd, .. }) => format!("{} HU ± {}", whole(mean), whole(sd)),
        None => mark_value(language, mark, placed),
    };
    format!("{} · {value}", mark.id)
}

/// All that a mark tells. Without a known scale lengths are in pixels.
pub fn mark_value(language: Language, mark: &Mark, placed: bool) -> String {
    let unit = if placed { "mm" } else { "px" };
    match mark.form {
        Form::Length => format!("{:.1} {unit}", mark.length()),
        Form::Angle => format!("{:.1}°", mark.degrees()),
        Form::Region(_) => {
            let area = mark.region().map_or(0.0, |region| region.area_mm2());
            let area = match language {
                English => format!("area {area:.1} {unit}²"),
                Korean => format!("면적 {area:.1} {unit}²"),
            };
            match mark.statistics {
                Some(statistics) => format!("{} · {area}", hounsfield(language, statistics)),
                None => area,
            }
        }
    }
}

fn hounsfield(language: Language, statistics: Statistics) -> String {
    let Statistics { mean, sd, min, max, .. } = statistics;
    let [min, max] = [min, max].map(whole);
    match language {
        English => format!("mean {mean:.1} · SD {sd:.1} · min {min} · max {max} HU"),
        Korean => format!("평균 {mean:.1} · 표준편차 {sd:.1} · 최소 {min} · 최대 {max} HU"),
    }
}

/// Without the sign that rounding leaves before a zero.
fn whole(hu: f64) -> i32 {
    hu.round() as i32
}

pub fn drawn_in(language: Language, window: Window) -> String {
    let Window { width, centre, .. } = window;
    match language {
        English => format!("drawn in WW {width} WL {centre}"),
        Korean => format!("WW {width} WL {centre}에서 측정"),
    }
}

pub fn slab_of(language: Language, shown: Plane) -> String {
    match language {
        English => format!("{} slab", plane(shown).to(language)),
        Korean => format!("{} 슬랩", plane(shown).to(language)),
    }
}

/// "MIP 9.6 mm".
pub fn slab(language: Language, blend: Blend, mm: Option<f64>) -> String {
    let kind = match blend {
        Blend::Mean => labels::MEAN,
        Blend::Mip => labels::MIP,
        Blend::MinIp => labels::MINIP,
    };
    let mm = mm.map(|mm| format!(" {mm:.1} mm")).unwrap_or_default();
    format!("{}{mm}", kind.to(language))
}

pub fn thickness_of(language: Language, shown: Plane) -> String {
    match language {
        English => format!("{} slab thickness in mm", plane(shown).to(language)),
        Korean => format!("{} 슬랩 두께(mm)", plane(shown).to(language)),
    }
}

pub fn name_of(language: Language, what: &str) -> String {
    match language {
        English => format!("Name of {what}"),
        Korean => format!("{what} 이름"),
    }
}
