//! Deflate with a budget: what comes out is bounded whatever goes in.

use crate::refusal::{Code, Fault};
use std::io::Read;

/// As much as a deflated data set (PS3.5 A.5) gives, up to `most` bytes: raw deflate, though some writers
/// add a zlib header.
pub(crate) fn inflate(packed: &[u8], most: u64) -> Vec<u8> {
    let raw = beginning(flate2::bufread::DeflateDecoder::new(packed), most);
    if raw.is_empty() { beginning(flate2::bufread::ZlibDecoder::new(packed), most) } else { raw }
}

fn beginning(decoder: impl Read, most: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    // What came before an error is kept.
    let _ = decoder.take(most).read_to_end(&mut bytes);
    bytes
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
