//! Which JPEG a stream is: it tells itself; files that declare another are met.

use super::markers::{self, SOF0, SOF1, SOF2, SOF3, SOF55};
use super::{Decoded, jpeg_dct, jpeg_lossless, jpegls};
use crate::refusal::{Code, Fault};

pub fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    match markers::process(stream)? {
        SOF0 | SOF1 | SOF2 => jpeg_dct::decode(stream, rows, columns),
        SOF3 => jpeg_lossless::decode(stream, rows, columns),
        SOF55 => jpegls::decode(stream, rows, columns),
        0xC9..=0xCB => Err(Fault::new(Code::UnsupportedSyntax, "JPEG with arithmetic coding")),
        _ => Err(Fault::new(Code::UnsupportedSyntax, "hierarchical JPEG")),
    }
}
