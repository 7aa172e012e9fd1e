//! Compressed pixel data. [`decode_frame`] is the one seam: a new transfer syntax is one arm here.

use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;

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
    /// The stream says that it is irreversible.
    pub lossy: bool,
}

/// One frame of an image with `allocated` bits per cell.
pub(crate) fn decode_frame(
    syntax: &Syntax,
    _stream: &[u8],
    _rows: usize,
    _columns: usize,
    _allocated: u8,
    _signed: bool,
) -> Result<Decoded, Fault> {
    Err(Fault::new(Code::UnsupportedSyntax, syntax.name()))
}
