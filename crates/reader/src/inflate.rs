//! Deflate with a budget: what comes out is bounded whatever goes in.

use crate::refusal::{Code, Fault};
use std::io::Read;

/// A deflated data set (PS3.5 A.5): raw deflate, though some writers add a zlib header.
pub(crate) fn inflate(packed: &[u8], most: u64) -> Result<Vec<u8>, Fault> {
    let raw = read_all(flate2::bufread::DeflateDecoder::new(packed), most);
    match raw {
        Ok((bytes, true)) => Ok(bytes),
        _ => match read_all(flate2::bufread::ZlibDecoder::new(packed), most) {
            Ok((bytes, true)) => Ok(bytes),
            _ => raw.and_then(|_| Err(Fault::new(Code::Truncated, "the deflated data set is cut"))),
        },
    }
}

/// As much as the beginning of a deflated data set gives.
pub(crate) fn inflate_prefix(packed: &[u8], most: u64) -> Result<Vec<u8>, Fault> {
    let (raw, _) = read_all(flate2::bufread::DeflateDecoder::new(packed), most)?;
    if !raw.is_empty() {
        return Ok(raw);
    }
    read_all(flate2::bufread::ZlibDecoder::new(packed), most).map(|(bytes, _)| bytes)
}

/// All that a decoder gives, and whether its stream was complete.
pub(crate) fn read_all(decoder: impl Read, most: u64) -> Result<(Vec<u8>, bool), Fault> {
    let mut bytes = Vec::new();
    // Grows by what was read, so that a lying size costs nothing.
    let complete = decoder.take(most.saturating_add(1)).read_to_end(&mut bytes).is_ok();
    if bytes.len() as u64 > most {
        return Err(Fault::new(Code::TooLarge, format!("unpacks to more than {most} bytes")));
    }
    Ok((bytes, complete))
}
