//! What `predict` writes beside what it prints: labels, segmentations, report.

use super::Found;
use crate::arguments::{Arguments, Exit};
use export::{Moment, Record};
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

/// Writes the files that were asked for.
pub fn files(arguments: &Arguments, series: &Series, found: &Found) -> Result<(), Exit> {
    for (option, kind) in Kind::ALL {
        if let Some(out) = arguments.option(option) {
            file(kind, Path::new(out), series, found)?;
        }
    }
    Ok(())
}

/// Writes one of them.
pub fn file(kind: Kind, out: &Path, series: &Series, found: &Found) -> Result<(), Exit> {
    let Found { findings, masks, map, model } = found;
    let shown = findings.stones.iter().zip(masks).filter(|(stone, _)| stone.is_shown());
    let masks: Vec<_> = shown.map(|(stone, mask)| (stone.id, mask)).collect();
    let made = now();
    let record = Record { series, findings, masks: &masks, made: &made, deidentified: false };
    let bytes = match kind {
        Kind::Labels => export::labels(&series.geometry, &masks).map_err(|e| e.to_string()),
        Kind::Segmentation => export::segmentation(record).map_err(|e| e.to_string()),
        Kind::Report => export::report(record).map_err(|e| e.to_string()),
        Kind::Fractional => {
            let probability =
                |stone: &Stone, voxel| model.manifest.probability(map.at(voxel), stone.tract_score);
            export::fractional(record, probability).map_err(|e| e.to_string())
        }
    };
    let bytes = bytes.map_err(|problem| Exit::NotWritten(out.display().to_string(), problem))?;
    write(out, &bytes)
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
fn now() -> Moment {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Moment::of_unix(named.unwrap_or_else(clock))
}
