//! What a segment says of what it marks, of those that we have written and of others: the way back of [`super::words`].

use super::codes::{
    ACCEPTED, BOWEL_CONTENT, CALCIFIED_PLAQUE, CALLED_PHLEBOLITH, CALLED_STONE, CALLED_UNSURE,
    Code, OTHER, PHLEBOLITH,
};
use super::colour::rgb;
use super::words::{BY_MODEL, NAMES, REVIEW};
use reader::Segment;
use stones::findings::{Hand, Kind, Label};

/// A mask as its file tells of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reopened {
    /// Whose hands had a part in it; `None` where it is an algorithm's, or nobody says.
    pub by: Option<Hand>,
    pub kind: Kind,
    /// What the person called it.
    pub name: String,
    /// `None`: the colour of its kind.
    pub rgb: Option<[u8; 3]>,
    /// Of a corrected one: voxels kept, added and removed.
    pub parts: Option<[usize; 3]>,
    /// What the algorithm calls it; where it does not say so, what its kind makes of it.
    pub label: Label,
    /// What a person calls what the algorithm found, or confirms.
    pub review: Option<Label>,
}

pub fn reopened(segment: &Segment) -> Reopened {
    let by = match &*segment.algorithm {
        "MANUAL" => Some(Hand::Person),
        "SEMIAUTOMATIC" => Some(Hand::Corrected),
        _ => None,
    };
    let kind = kind(&segment.finding);
    let told = |by: &str, Code(.., meaning): Code| {
        segment.description.contains(&format!("{by}{meaning}."))
    };
    let called = |by: &str| {
        let words = [
            (CALLED_STONE, Label::Stone),
            (CALLED_PHLEBOLITH, Label::LikelyPhlebolith),
            (CALLED_UNSURE, Label::Indeterminate),
        ];
        words.into_iter().find(|(code, _)| told(by, *code)).map(|(_, label)| label)
    };
    let otherwise = called(REVIEW);
    // What a person calls otherwise is coded as what it is to them: of the model's own word nothing is left then but this.
    let own = if otherwise.is_some() { Label::Stone } else { kind.label() };
    let label = called(BY_MODEL).unwrap_or(own);
    Reopened {
        by,
        kind,
        name: name(&segment.label).to_owned(),
        rgb: segment.colour.map(rgb).filter(|rgb| *rgb != kind.rgb()),
        parts: parts(&segment.description),
        label,
        review: otherwise.or(told(REVIEW, ACCEPTED).then_some(label)),
    }
}

/// What is coded as something else is no stone; who writes a general code marks stones all the same.
fn kind([value, scheme]: &[String; 2]) -> Kind {
    let kinds = [
        (PHLEBOLITH, Kind::Phlebolith),
        (CALCIFIED_PLAQUE, Kind::Plaque),
        (BOWEL_CONTENT, Kind::BowelContent),
        (OTHER, Kind::Other),
    ];
    let is = |Code(of, by, _): &Code| of == value && by == scheme;
    kinds.into_iter().find(|(code, _)| is(code)).map(|(_, kind)| kind).unwrap_or_default()
}

/// "Stone 3 upper pole" without what we put before a name; of others' labels all is the name.
fn name(label: &str) -> &str {
    let numbered = |rest: &str| rest.split(' ').next().is_some_and(|n| n.parse::<u32>().is_ok());
    let ours = NAMES.iter().find_map(|what| label.strip_prefix(what)?.strip_prefix(' '));
    match ours.filter(|rest| numbered(rest)) {
        Some(rest) => rest.split_once(' ').map_or("", |(_, name)| name),
        None => label,
    }
}

/// The numbers of "Corrected by a person: 100 voxels of the model's, 20 added, 4 removed."
fn parts(description: &str) -> Option<[usize; 3]> {
    let (_, rest) = description.split_once("Corrected by a person: ")?;
    let (kept, rest) = rest.split_once(" voxels of the model's, ")?;
    let (added, rest) = rest.split_once(" added, ")?;
    let (removed, _) = rest.split_once(" removed")?;
    Some([kept.parse().ok()?, added.parse().ok()?, removed.parse().ok()?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_a_person_gave() {
        for (label, expected) in [
            ("Stone 3", ""),
            ("Stone 3 upper pole", "upper pole"),
            ("Bowel content 12 쌀알", "쌀알"),
            ("Stone", "Stone"),
            ("Stone in the ureter", "Stone in the ureter"),
            ("Kidney", "Kidney"),
            ("", ""),
        ] {
            assert_eq!(name(label), expected, "{label}");
        }
    }

    #[test]
    fn what_is_not_told_is_not_made_up() {
        assert_eq!(reopened(&Segment::default()), Reopened::default());
        let odd = |description: &str| {
            reopened(&Segment { description: description.into(), ..Segment::default() })
        };
        for text in ["Corrected by a person: x voxels", "Corrected by a person: ", "Review: "] {
            assert_eq!(odd(text), Reopened::default(), "{text}");
        }
    }
}
