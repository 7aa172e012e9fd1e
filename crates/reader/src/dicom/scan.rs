//! The beginning of a DICOM file → its frames, or what more is needed.

use super::frames;
use super::start::{Sniffed, Start, sniff};
use super::walk::{Stop, walk};
use crate::inflate::inflate;
use crate::limits::Limits;
use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;
use crate::{Frame, PREFIX};

pub enum Looked {
    Frames(Vec<Frame>),
    NeedMore(u64),
    /// Not DICOM at all.
    Other,
}

pub fn look(path: &str, prefix: &[u8], total: u64, limits: &Limits) -> Result<Looked, Fault> {
    let start = match sniff(prefix) {
        Sniffed::Dicom(start) => start,
        Sniffed::Other => return Ok(Looked::Other),
        Sniffed::Needs(end) => return more(end, prefix, total),
    };
    let found = match start.syntax {
        Syntax::Deflated => inflated(path, prefix, total, &start, limits),
        _ => header(path, prefix, start.data_set, Some(total), &start, limits),
    };
    match found {
        Ok(frames) => Ok(Looked::Frames(frames)),
        Err(Stop::Fault(fault)) => Err(fault),
        Err(Stop::Needs(end)) => more(end, prefix, total),
    }
}

/// The frames of the data set that begins at `at`; `length` is that of all of `data`, where it is known.
fn header(
    path: &str,
    data: &[u8],
    at: usize,
    length: Option<u64>,
    start: &Start,
    limits: &Limits,
) -> Result<Vec<Frame>, Stop> {
    // The walk counts in `usize`; a file beyond that has no complete header in its prefix either.
    let end = length.map_or(usize::MAX, |l| usize::try_from(l).unwrap_or(usize::MAX));
    let walked = walk(data, at, end, start.encoding, limits, frames::is_foreign)?;
    frames::frames(path, walked.header.data(), start, walked.pixels, length, limits)
        .map_err(Stop::Fault)
}

/// As [`header`], of a deflated data set: no more of it is inflated than its header needs.
fn inflated(
    path: &str,
    prefix: &[u8],
    total: u64,
    start: &Start,
    limits: &Limits,
) -> Result<Vec<Frame>, Stop> {
    let packed = prefix.get(start.data_set..).unwrap_or(&[]);
    let bound = limits.inflated_header(packed.len() as u64);
    let mut most = PREFIX.min(bound);
    loop {
        let data = inflate(packed, most);
        let all = (data.len() as u64) < most;
        let length = (all && prefix.len() as u64 >= total).then_some(data.len() as u64);
        match header(path, &data, 0, length, start, limits) {
            Err(Stop::Needs(end)) if !all && most < bound => {
                most = (end as u64).max(most).saturating_mul(2).min(bound);
            }
            Err(Stop::Needs(_)) if !all && prefix.len() as u64 >= total => {
                return Err(Stop::Fault(Fault::new(Code::TooLarge, "header")));
            }
            Err(Stop::Needs(_)) => return Err(Stop::Needs(prefix.len().saturating_mul(2))),
            found => return found,
        }
    }
}

/// Asks for bytes up to `end` and some beyond, so that few rounds are needed.
fn more(end: usize, prefix: &[u8], total: u64) -> Result<Looked, Fault> {
    let have = prefix.len() as u64;
    if have >= total || (end as u64 > total && end > prefix.len().saturating_mul(2)) {
        return Err(Fault::new(Code::Truncated, "the file ends inside its header"));
    }
    let wanted = (end as u64).saturating_add(PREFIX).max(have.saturating_mul(2));
    Ok(Looked::NeedMore(wanted.min(total)))
}

/// Where the data set begins, in a file that has been looked at.
pub fn data_set_offset(file: &[u8]) -> usize {
    match sniff(file) {
        Sniffed::Dicom(start) => start.data_set,
        _ => 0,
    }
}
