//! What `predict` writes beside what it prints: labels, segmentations, report.

use super::Found;
use crate::arguments::{Arguments, Exit};
use crate::output::tell;
use export::{Moment, Record, Refused};
use reader::Series;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};
use stones::{Findings, Stone};

/// A file that can be written of what was found.
#[derive(Clone, Copy)]
pub enum Kind {
    Labels,
    Segmentation,
    Report,
    /// The segmentation with the probability of each voxel.
    Fractional,
}

impl Kind {
    pub const ALL: [(&'static str, Kind); 4] = [
        ("--labels", Kind::Labels),
        ("--seg", Kind::Segmentation),
        ("--sr", Kind::Report),
        ("--seg-fractional", Kind::Fractional),
    ];
}

/// Writes the files that were asked for, all that can be, whatever keeps another from it.
pub fn files(arguments: &Arguments, series: &Series, found: &Found) -> Result<(), Exit> {
    let wanted = Kind::ALL.into_iter();
    let wanted = wanted.filter_map(|(option, kind)| Some((arguments.option(option)?, kind)));
    let written = wanted.map(|(out, kind)| match bytes(kind, series, found) {
        Ok(bytes) => write(Path::new(out), &bytes),
        Err(nothing @ Refused::Nothing) => {
            tell(format_args!("lithoscope: {out} is not written: {nothing}"));
            Ok(())
        }
        Err(refused) => Err(Exit::NotWritten(out.into(), refused.to_string())),
    });
    let failed: Vec<Exit> = written.filter_map(Result::err).collect();
    let mut failed = failed.into_iter();
    let Some(last) = failed.next_back() else { return Ok(()) };
    failed.for_each(|exit| tell(format_args!("lithoscope: {exit}")));
    Err(last)
}

/// One of them.
pub fn bytes(kind: Kind, series: &Series, found: &Found) -> Result<Vec<u8>, Refused> {
    let Found { findings, masks, map, model, made } = found;
    let shown = findings.stones.iter().zip(masks).filter(|(stone, _)| stone.is_shown());
    let masks: Vec<_> = shown.map(|(stone, mask)| (stone.id, mask)).collect();
    let record = Record { series, findings, masks: &masks, made, deidentified: false };
    match kind {
        Kind::Labels => export::labels(&series.geometry, &masks),
        Kind::Segmentation => export::segmentation(record),
        Kind::Report => export::report(record),
        Kind::Fractional => {
            let probability = |stone: &Stone, pixels, voxel| {
                model.manifest.probability(map.at(voxel), stone.tract_score, pixels)
            };
            export::fractional(record, probability)
        }
    }
}

pub fn write(out: &Path, bytes: &[u8]) -> Result<(), Exit> {
    std::fs::write(out, bytes)
        .map_err(|e| Exit::NotWritten(out.display().to_string(), e.to_string()))
}

pub fn json(findings: &Findings) -> Result<String, Exit> {
    let text = serde_json::to_string_pretty(findings);
    text.map_err(|error| Exit::NotWritten("the JSON".into(), error.to_string()))
}

/// The present, or what SOURCE_DATE_EPOCH names: with it the same search writes the same bytes.
pub fn now() -> Moment {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Moment::of_unix(named.unwrap_or_else(clock))
}
