//! Compressed pixel data. [`decode_frame`] is the one seam: a new transfer syntax is one arm here.

mod huffman;
mod jpeg2000;
mod jpeg_dct;
mod jpeg_lossless;
mod jpegls;
mod markers;
mod rle;
#[cfg(test)]
mod vectors;

use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;
use markers::{SOF0, SOF1, SOF2, SOF3, SOF55};

/// Samples in the order of the pixels, as the stream holds them: sign and unused bits are not touched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Samples {
    Words(Vec<u16>),
    DoubleWords(Vec<u32>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub samples: Samples,
    /// Bits per sample in the stream.
    pub precision: u8,
    /// The stream itself says that its samples have a sign; they are extended to 16 bits then.
    pub signed: bool,
    /// The stream is irreversible.
    pub lossy: bool,
}

/// One frame of an image with `allocated` bits per cell, `signed` if its values are. Sizes in the stream
/// are compared with `rows` and `columns` before anything is allocated.
pub(crate) fn decode_frame(
    syntax: &Syntax,
    stream: &[u8],
    rows: usize,
    columns: usize,
    allocated: u8,
    _signed: bool,
) -> Result<Decoded, Fault> {
    match syntax {
        Syntax::Rle => rle::decode(stream, rows * columns, allocated),
        Syntax::Jpeg2000 | Syntax::HtJpeg2000 => jpeg2000::decode(stream, rows, columns),
        Syntax::Jpeg | Syntax::JpegLossless | Syntax::JpegLs => jpeg(stream, rows, columns),
        other => Err(Fault::new(Code::UnsupportedSyntax, other.name())),
    }
}

/// The stream tells which JPEG it is; files that declare another are met.
fn jpeg(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    match markers::process(stream)? {
        SOF0 | SOF1 | SOF2 => jpeg_dct::decode(stream, rows, columns),
        SOF3 => jpeg_lossless::decode(stream, rows, columns),
        SOF55 => jpegls::decode(stream, rows, columns),
        0xC9..=0xCB => Err(Fault::new(Code::UnsupportedSyntax, "JPEG with arithmetic coding")),
        _ => Err(Fault::new(Code::UnsupportedSyntax, "hierarchical JPEG")),
    }
}

/// The stream cannot be decoded completely.
fn damaged(detail: impl Into<String>) -> Fault {
    Fault::new(Code::CorruptPixels, detail)
}
