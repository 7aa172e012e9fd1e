//! What the objects call a finding, what they say of who made it and who has looked at it, and what limits its measures.

use super::codes::{self, ACCEPTED};
use stones::Stone;
use stones::findings::{Drawn, Hand, Kind, Label};

/// Limits with which a number is not what it seems: the size and the height are bounds, the HU those of an edge.
pub const RESOLUTION: &str = "resolution_limit";
pub const HEIGHT: &str = "craniocaudal_limit";
pub const HOUNSFIELD: &str = "hu_not_reliable";

/// What a finding may be called.
pub const NAMES: [&str; 5] = ["Stone", "Phlebolith", "Plaque", "Bowel content", "Other"];

/// What comes before the model's and a person's word on a finding.
pub const BY_MODEL: &str = "By the model: ";
pub const REVIEW: &str = "Review: ";

/// "Stone 3", or as the person calls it.
pub fn name(stone: &Stone) -> String {
    let kind = stone.drawn.as_ref().map(|drawn| drawn.kind);
    let what = match kind {
        Some(Kind::Phlebolith) => NAMES[1],
        Some(Kind::Plaque) => NAMES[2],
        Some(Kind::BowelContent) => NAMES[3],
        Some(Kind::Other) => NAMES[4],
        None if stone.standing() == Label::LikelyPhlebolith => NAMES[1],
        Some(Kind::Stone) | None => NAMES[0],
    };
    match stone.drawn.as_ref().map(|drawn| drawn.name.as_str()) {
        None | Some("") => format!("{what} {}", stone.id),
        Some(name) => format!("{what} {} {name}", stone.id),
    }
}

/// Whether an algorithm had a part in the mask.
pub fn is_algorithms(stone: &Stone) -> bool {
    stone.drawn.as_ref().is_none_or(|drawn| drawn.by == Hand::Corrected)
}

/// PS3.3 C.8.20.2: by whom the mask was made.
pub fn algorithm_type(stone: &Stone) -> &'static str {
    match stone.drawn.as_ref().map(|drawn| drawn.by) {
        None => "AUTOMATIC",
        Some(Hand::Corrected) => "SEMIAUTOMATIC",
        Some(Hand::Person) => "MANUAL",
    }
}

/// "Corrected by a person: 100 voxels of the model's, 20 added, 4 removed. Review: Accepted.", "By the model: Called
/// indeterminate. Not reviewed."
pub fn standing(stone: &Stone) -> String {
    let made = match &stone.drawn {
        None => &codes::call(stone)
            .map_or(String::new(), |code| format!("{BY_MODEL}{}. ", code.meaning())),
        Some(Drawn { by: Hand::Person, .. }) => "Drawn by a person. ",
        Some(Drawn { by: Hand::Corrected, kept, added, removed, .. }) => &format!(
            "Corrected by a person: {kept} voxels of the model's, {added} added, {removed} removed. "
        ),
    };
    match codes::review(stone) {
        None => format!("{made}Not reviewed."),
        Some(code) if code == ACCEPTED && stone.drawn.is_some() => made.trim_end().to_owned(),
        Some(code) => format!("{made}{REVIEW}{}.", code.meaning()),
    }
}

pub fn is_limited(stone: &Stone, limit: &str) -> bool {
    stone.limits.iter().any(|word| word == limit)
}

/// "≤ 2.34 mm" where it is a bound, which rounding would lower, else "5.2 mm".
pub fn size(mm: f64, is_bound: bool) -> String {
    if is_bound { format!("≤ {mm} mm") } else { format!("{mm:.1} mm") }
}

/// "Limits: HU not reliable; seen in one slice only."
pub fn limits(stone: &Stone) -> Option<String> {
    let told: Vec<&str> = stone.limits.iter().map(|word| limit(word)).collect();
    (!told.is_empty()).then(|| format!("Limits: {}.", told.join("; ")))
}

/// What limits a measure, in the words of the page.
pub fn limit(word: &str) -> &str {
    match word {
        "partial_volume" => "thin against the slices: HU read too low",
        HOUNSFIELD => "HU not reliable",
        "truncated" => "cut off at the edge of the scan",
        "gap" => "missing slices cross it",
        "smoothed" => "noisy: smoothed to be measured",
        RESOLUTION => "at the limit of resolution: not larger than this",
        HEIGHT => "slices too thick for its height: at most this",
        "single_slice" => "seen in one slice only",
        "few_slices" => "seen in two slices only",
        "volume_check" => "volume not certain",
        "side_undetermined" => "side undetermined",
        "kernel_unknown" => "sharpness of the scan unknown",
        "not_axial" => "not an axial series: measured in its own plane",
        "unfinished" => "measured once the slices around it are searched",
        "device" => "metal: not measured",
        "no_geometry" => "no sizes: the file gives no millimetres",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page's words cannot be linked, as they need a browser; they are compared as they are written.
    #[test]
    fn the_page_says_the_same() {
        let page = include_str!("../../../../src/words/codes.rs");
        let (_, page) = page.split_once("pub fn limit(").unwrap();
        let (page, _) = page.split_once("_ =>").unwrap();
        let mut count = 0;
        for arm in page.split("\n        \"").skip(1) {
            let quoted: Vec<_> = arm.split('"').step_by(2).take(2).collect();
            let [word, told] = quoted[..] else { unreachable!("{arm}") };
            assert_eq!(limit(word), told);
            count += 1;
        }
        assert_eq!(count, 16);
    }
}
