//! What `predict` writes beside what it prints: labels, segmentation, report.

use crate::arguments::{Arguments, Exit};
use export::{Moment, Record};
use reader::Series;
use std::time::{SystemTime, UNIX_EPOCH};
use stones::{Candidate, Findings};

/// Writes the files that were asked for.
pub fn files(
    arguments: &Arguments,
    series: &Series,
    findings: &Findings,
    masks: &[Candidate],
) -> Result<(), Exit> {
    let shown = findings.stones.iter().zip(masks).filter(|(stone, _)| stone.is_shown());
    let masks: Vec<_> = shown.map(|(stone, mask)| (stone.id, mask)).collect();
    let made = now();
    let record = Record { series, findings, masks: &masks, made: &made };
    let labels = || export::labels(&series.geometry, &masks).map_err(|error| error.to_string());
    let seg = || export::segmentation(record).map_err(|error| error.to_string());
    let sr = || export::report(record).map_err(|error| error.to_string());
    write(arguments, "--labels", labels)?;
    write(arguments, "--seg", seg)?;
    write(arguments, "--sr", sr)
}

fn write(
    arguments: &Arguments,
    option: &str,
    file: impl Fn() -> Result<Vec<u8>, String>,
) -> Result<(), Exit> {
    let Some(out) = arguments.option(option) else { return Ok(()) };
    let written = file().and_then(|file| std::fs::write(out, file).map_err(|e| e.to_string()));
    written.map_err(|problem| Exit::NotWritten(out.into(), problem))
}

/// The present, or what SOURCE_DATE_EPOCH names: with it the same search writes the same bytes.
fn now() -> Moment {
    let named = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|seconds| seconds.parse().ok());
    let clock = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    Moment::of_unix(named.unwrap_or_else(clock))
}
