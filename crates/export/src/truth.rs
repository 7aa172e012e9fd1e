//! A labelled study in the form that `lithoscope evaluate` reads: the image, what is known to be there, and what it is.

use crate::dicom::Refused;
use crate::{image, labels, zip};
use reader::Series;
use serde::Serialize;
use sha1::{Digest, Sha1};
use std::io;
use stones::findings::{Drawn, Hand, Kind, Label, Level};
use stones::{Candidate, Findings, Stone};
use volume::Volume;

pub const SCHEMA: &str = "lithoscope/truth/1";

#[derive(Serialize)]
struct Truth<'a> {
    schema: &'static str,
    labels: Vec<Known<'a>>,
}

/// As `lithoscope evaluate` reads it, with who drew it.
#[derive(Serialize)]
struct Known<'a> {
    label: u32,
    /// `stone`, or `mimic`, which is not to be found.
    kind: &'static str,
    /// What kind of mimic, or where along the tract.
    place: Option<String>,
    diameter_mm: Option<f64>,
    volume_mm3: Option<f64>,
    made_by: &'static str,
    name: Option<&'a str>,
}

/// A ZIP archive of a folder that is called by its series, not by its patient. What a person has drawn or accepted is
/// truth; what nobody has looked at is not, and left out.
pub fn truth(
    volume: &Volume,
    series: &Series,
    findings: Option<&Findings>,
    masks: &[(u32, &Candidate)],
) -> Result<Vec<u8>, Refused> {
    volume.geometry.affine.ok_or(Refused::NotPlaced)?;
    let stones = findings.map_or(&[][..], |findings| &findings.stones);
    let known: Vec<&Stone> = stones.iter().filter(|stone| is_known(stone)).collect();
    let masks: Vec<(u32, &Candidate)> =
        masks.iter().filter(|(id, _)| known.iter().any(|s| s.id == *id)).copied().collect();
    let truth = Truth { schema: SCHEMA, labels: known.into_iter().map(described).collect() };
    let json = serde_json::to_vec_pretty(&truth).map_err(io::Error::from)?;
    let folder = folder(series);
    let files = [
        ("dicom/image.nii.gz", image(volume)?),
        ("truth.nii.gz", labels(&volume.geometry, &masks)?),
        ("truth.json", json),
    ];
    let files = files.map(|(name, bytes)| (format!("{folder}/{name}"), bytes));
    zip::zip(&files).ok_or_else(|| Refused::NotWritten("larger than 4 GB".into()))
}

/// Drawn by a person, or by a model and accepted.
fn is_known(stone: &Stone) -> bool {
    stone.is_shown() && (stone.drawn.is_some() || stone.review.is_some())
}

fn described(stone: &Stone) -> Known<'_> {
    let drawn = stone.drawn.as_ref();
    let kind = drawn.map_or(
        match stone.standing() {
            Label::Stone => Some(Kind::Stone),
            Label::LikelyPhlebolith => Some(Kind::Phlebolith),
            Label::Indeterminate | Label::Rejected => None,
        },
        |drawn| Some(drawn.kind),
    );
    let (kind, place) = match kind {
        Some(Kind::Stone) => ("stone", stone.level.map(place)),
        Some(Kind::Phlebolith) => ("mimic", Some("phlebolith")),
        Some(Kind::Plaque) => ("mimic", Some("plaque")),
        Some(Kind::BowelContent) => ("mimic", Some("bowel content")),
        Some(Kind::Other) => ("mimic", Some("other")),
        None => ("mimic", Some("indeterminate")),
    };
    let mask_mm3 = drawn.and_then(|drawn: &Drawn| drawn.mask_mm3);
    Known {
        label: stone.id,
        kind,
        place: place.map(str::to_owned),
        diameter_mm: stone.max_axial_diameter_mm,
        volume_mm3: mask_mm3.or(stone.volume_mm3),
        made_by: match drawn.map(|drawn| drawn.by) {
            None => "model",
            Some(Hand::Person) => "person",
            Some(Hand::Corrected) => "corrected",
        },
        name: drawn.map(|drawn| drawn.name.as_str()).filter(|name| !name.is_empty()),
    }
}

fn place(level: Level) -> &'static str {
    match level {
        Level::Kidney => "kidney",
        Level::RenalPelvis => "renal pelvis",
        Level::ProximalUreter => "proximal ureter",
        Level::MidUreter => "mid ureter",
        Level::DistalUreter => "distal ureter",
        Level::Ureterovesical => "ureterovesical junction",
        Level::Bladder => "bladder",
    }
}

/// "series3-1f0c9a2e": the same of the same series, and of no other.
fn folder(series: &Series) -> String {
    let digest = Sha1::digest(series.series_instance_uid.as_deref().unwrap_or_default());
    let digest: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("series{}-{digest}", series.number.map(|n| n.to_string()).unwrap_or_default())
}
