//! What was found as DICOM objects: a segmentation of the stones and a structured report that refers to it.
//!
//! * [`segmentation`]: PS3.3 A.51, one segment for each stone
//! * [`report`]: Comprehensive 3D SR (PS3.3 A.35.13) by TID 1500
//! * [`reopened`]: what a segment of a segmentation, ours or another's, says of itself
//! * [`modules`]: what both have in common; [`codes`], [`words`], [`searched`], [`colour`], [`uid`], [`data`]: what they are written with

mod codes;
mod colour;
mod data;
mod modules;
mod moment;
mod reopened;
mod report;
mod searched;
mod segmentation;
mod uid;
mod words;

pub use moment::Moment;
pub use reopened::{Reopened, reopened};
pub use report::report;
pub use segmentation::{fractional, segmentation};

use reader::{Frame, Series};
use sha1::{Digest, Sha1};
use stones::{Candidate, Findings, Stone};
pub(crate) use uid::uid;

/// A series, what was found in it, and when that is written down. `masks` go with the stones' ids.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub series: &'a Series,
    pub findings: &'a Findings,
    pub masks: &'a [(u32, &'a Candidate)],
    pub made: &'a Moment,
    /// Series and findings are those of nobody any more.
    pub deidentified: bool,
}

/// Why an object can't be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the images are not DICOM: there is nothing that a DICOM object could refer to")]
    NotDicom,
    #[error("the images have no known place in the patient")]
    NotPlaced,
    #[error("nothing was found, and a segmentation without segments can't be")]
    Nothing,
    #[error("the slices are not evenly spaced, and NIfTI can't say so")]
    Uneven,
    #[error("the side of finding {0} is undetermined")]
    SideUndetermined(u32),
    #[error("the object could not be written: {0}")]
    NotWritten(String),
}

impl From<std::io::Error> for Refused {
    fn from(error: std::io::Error) -> Self {
        Refused::NotWritten(error.to_string())
    }
}

/// What a record says once it is known that it can be written.
struct Checked<'a> {
    record: Record<'a>,
    study_uid: &'a str,
    series_uid: &'a str,
    /// The stones that are shown, each with its mask.
    stones: Vec<(&'a Stone, &'a Candidate)>,
    /// What the UIDs of its objects are made of: equal for equal content at the same second.
    content: String,
}

impl<'a> Checked<'a> {
    fn new(record: Record<'a>) -> Result<Self, Refused> {
        let Record { series, findings, masks, made, .. } = record;
        let identified = |frame: &Frame| !frame.identity.sop_instance_uid.is_empty();
        let (Some(study_uid), Some(series_uid), true) = (
            series.study_instance_uid.as_deref(),
            series.series_instance_uid.as_deref(),
            series.frames.iter().all(identified),
        ) else {
            return Err(Refused::NotDicom);
        };
        let mask = |id| masks.iter().find(|(of, _)| *of == id).map(|(_, mask)| *mask);
        let shown = findings.stones.iter().filter(|stone| stone.is_shown());
        let stones: Vec<_> = shown.filter_map(|stone| Some((stone, mask(stone.id)?))).collect();
        if let Some((stone, _)) = stones.iter().find(|(stone, _)| stone.side.is_none()) {
            return Err(Refused::SideUndetermined(stone.id));
        }
        let mut digest = Sha1::new();
        for (stone, mask) in &stones {
            digest.update(format!("{stone:?}{:?}", mask.voxels));
        }
        digest.update(searched::told(series, findings));
        let digest: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let model = &findings.model.sha256;
        let content = format!("{series_uid} {model} {} {} {digest}", made.date, made.time);
        Ok(Self { record, study_uid, series_uid, stones, content })
    }

    /// The UID of one thing of this record.
    fn uid(&self, what: &str) -> String {
        uid(format!("{what} {}", self.content))
    }

    /// The same for every search of this series that finds this stone with this network.
    fn tracking_uid(&self, stone: &Stone) -> String {
        let place = stone.center_mm.map(|centre| centre.map(|mm| mm.round() as i64));
        uid(format!("stone {} {place:?} {}", self.series_uid, self.record.findings.model.sha256))
    }
}
