//! What the objects call a finding, and what they say of who made it and who has looked at it.

use super::codes::{self, ACCEPTED};
use stones::Stone;
use stones::findings::{Drawn, Hand, Kind, Label};

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
