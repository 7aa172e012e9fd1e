//! The beginning of a DICOM file → its frames, or what more is needed.

use super::frames;
use super::header::Header;
use super::start::{Sniffed, Start, sniff};
use super::walk::{Stop, walk};
use crate::inflate::inflate_prefix;
use crate::limits::Limits;
use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;
use crate::{Frame, PREFIX};
use std::borrow::Cow;

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
    let DataSet { data, at, length } = data_set(&start, prefix, total, limits)?;
    // The walk counts in `usize`; a file beyond that has no complete header in its prefix either.
    let end = length.map_or(usize::MAX, |l| usize::try_from(l).unwrap_or(usize::MAX));
    match walk(&data, at, end, start.encoding, limits, frames::is_foreign) {
        Ok(walked) => {
            let header = Header::parse(&walked.header)?;
            frames::frames(path, header.data(), &start, walked.pixels, length, limits)
                .map(Looked::Frames)
        }
        Err(Stop::Fault(fault)) => Err(fault),
        Err(Stop::Needs(_)) if start.syntax == Syntax::Deflated => {
            more(prefix.len().saturating_mul(2), prefix, total)
        }
        Err(Stop::Needs(end)) => more(end, prefix, total),
    }
}

/// The data set, where it begins in `data`, and how long `data` is when it is whole, if that is known.
struct DataSet<'a> {
    data: Cow<'a, [u8]>,
    at: usize,
    length: Option<u64>,
}

fn data_set<'a>(
    start: &Start,
    prefix: &'a [u8],
    total: u64,
    limits: &Limits,
) -> Result<DataSet<'a>, Fault> {
    if start.syntax != Syntax::Deflated {
        let data = Cow::Borrowed(prefix);
        return Ok(DataSet { data, at: start.data_set, length: Some(total) });
    }
    let packed = prefix.get(start.data_set..).unwrap_or(&[]);
    let whole = prefix.len() as u64 >= total;
    let data = inflate_prefix(packed, limits.unpacked(packed.len() as u64))?;
    let length = whole.then_some(data.len() as u64);
    Ok(DataSet { data: Cow::Owned(data), at: 0, length })
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
