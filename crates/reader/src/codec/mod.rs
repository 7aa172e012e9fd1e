//! Compressed pixel data. [`decode_frame`] is the one seam: a new transfer syntax is one arm here.

#[cfg(feature = "codecs")]
mod huffman;
#[cfg(feature = "codecs")]
mod jpeg;
#[cfg(feature = "codecs")]
mod jpeg2000;
#[cfg(feature = "codecs")]
mod jpeg_dct;
#[cfg(feature = "codecs")]
mod jpeg_lossless;
#[cfg(feature = "codecs")]
mod jpegls;
#[cfg(feature = "codecs")]
mod markers;
mod rle;
#[cfg(all(test, feature = "codecs"))]
mod vectors;

use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;

pub(crate) use rle::is_rle;

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
        #[cfg(feature = "codecs")]
        Syntax::Jpeg2000 | Syntax::HtJpeg2000 => jpeg2000::decode(stream, rows, columns),
        #[cfg(feature = "codecs")]
        Syntax::Jpeg | Syntax::JpegLossless | Syntax::JpegLs => jpeg::decode(stream, rows, columns),
        other => Err(Fault::new(Code::UnsupportedSyntax, other.name())),
    }
}

/// The stream cannot be decoded completely.
fn damaged(detail: impl Into<String>) -> Fault {
    Fault::new(Code::CorruptPixels, detail)
}
