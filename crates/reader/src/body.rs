//! The bytes of a file made ready, and the HU of its frames.

use crate::codec;
use crate::dicom::fragments::Fragments;
use crate::frame::{Frame, PixelBytes, Stored};
use crate::hu::{Cells, Pixels, to_hu};
use crate::inflate::inflate;
use crate::limits::Limits;
use crate::refusal::{Code, Fault, Refusal};
use crate::syntax::Syntax;
use std::borrow::Cow;

/// A whole file, opened once for all of its frames: inflated where deflated, its fragments found.
pub struct Body<'a> {
    data: Cow<'a, [u8]>,
    fragments: Option<Fragments>,
}

impl<'a> Body<'a> {
    /// `frame` is any frame of the file.
    pub fn open(frame: &Frame, file: &'a [u8], limits: &Limits) -> Result<Self, Refusal> {
        Self::open_file(frame, file, limits).map_err(|fault| fault.at(&frame.path))
    }

    fn open_file(frame: &Frame, file: &'a [u8], limits: &Limits) -> Result<Self, Fault> {
        let data = match frame.syntax {
            Syntax::Deflated => {
                let start = crate::dicom::scan::data_set_offset(file);
                let packed = file.get(start..).unwrap_or(&[]);
                let most = limits.unpacked(packed.len() as u64).min(end(frame.pixels));
                Cow::Owned(inflate(packed, most))
            }
            _ => Cow::Borrowed(file),
        };
        let fragments = match frame.pixels {
            PixelBytes::Fragments { offset, extended, frames } => {
                Some(Fragments::find(&data, offset, extended, frames)?)
            }
            PixelBytes::Native { .. } => None,
        };
        Ok(Self { data, fragments })
    }

    /// HU of one frame of this file.
    pub fn decode(&self, frame: &Frame) -> Result<Pixels, Refusal> {
        self.decode_frame(frame).map_err(|fault| fault.at(&frame.path))
    }

    fn decode_frame(&self, frame: &Frame) -> Result<Pixels, Fault> {
        let count = frame.rows * frame.columns;
        let size = count * frame.stored.cell();
        match (frame.pixels, &self.fragments) {
            (PixelBytes::Native { offset, swapped_pairs, .. }, _) => {
                let bytes = self.native(offset, frame.number, size, swapped_pairs);
                let bytes = bytes.ok_or_else(|| Fault::new(Code::Truncated, "pixel data"))?;
                let big = matches!(
                    frame.syntax,
                    Syntax::ExplicitBig | Syntax::ImplicitBigPixels | Syntax::Nifti { big: true }
                );
                to_hu(
                    frame,
                    frame.stored,
                    native_cells(frame.stored, bytes, big, swapped_pairs),
                    count,
                )
            }
            (PixelBytes::Fragments { .. }, Some(fragments)) => {
                let stream = fragments.frame(&self.data, frame.number);
                let stream = stream.ok_or_else(|| Fault::new(Code::Truncated, "no such frame"))?;
                match carried(frame, &stream, size) {
                    Syntax::EncapsulatedUncompressed => {
                        let cells = native_cells(frame.stored, raw(&stream, size)?, false, false);
                        to_hu(frame, frame.stored, cells, count)
                    }
                    syntax => compressed(frame, &syntax, &stream, count),
                }
            }
            (PixelBytes::Fragments { .. }, None) => {
                Err(Fault::new(Code::CorruptPixels, "no fragments"))
            }
        }
    }

    fn native(&self, offset: u64, number: usize, size: usize, pairs: bool) -> Option<&[u8]> {
        let start = usize::try_from(offset).ok()?.checked_add(number.checked_mul(size)?)?;
        let end = start.checked_add(size)?;
        // The last byte of an odd image is the second of its word.
        let end = if pairs { end.checked_add(size % 2)? } else { end };
        self.data.get(start..end)
    }
}

/// Where the pixel data ends; nothing behind it is needed.
fn end(pixels: PixelBytes) -> u64 {
    match pixels {
        PixelBytes::Native { offset, length, .. } => offset.saturating_add(length),
        PixelBytes::Fragments { .. } => u64::MAX,
    }
}

/// How the stream of a frame is coded: as it begins, whatever the file says. Failed conversions leave cells as they are
/// under a syntax of the JPEG family, or a code stream under a native one.
fn carried(frame: &Frame, stream: &[u8], size: usize) -> Syntax {
    let is_of_one_size = stream.len() == size || stream.len() == size.next_multiple_of(2);
    let is_rle = codec::is_rle(stream, frame.stored.cell());
    match (stream, &frame.syntax) {
        (_, Syntax::Rle) if is_rle || !is_of_one_size => Syntax::Rle,
        ([0xFF, 0xD8, 0xFF, ..], Syntax::JpegLossless | Syntax::JpegLs) => frame.syntax.clone(),
        ([0xFF, 0xD8, 0xFF, ..], label) if *label != Syntax::Rle => Syntax::Jpeg,
        // SOC and SIZ, and the signature of JP2 (ISO/IEC 15444-1, A.4.1 and I.5.1).
        ([0xFF, 0x4F, 0xFF, 0x51, ..] | [0, 0, 0, 12, b'j', b'P', b' ', b' ', ..], label)
            if *label != Syntax::Rle =>
        {
            Syntax::Jpeg2000
        }
        _ if is_of_one_size => Syntax::EncapsulatedUncompressed,
        _ if is_rle => Syntax::Rle,
        (_, label) => label.clone(),
    }
}

/// The cells of a frame. More than them, but for zeros, is something else than cells.
fn raw(stream: &[u8], size: usize) -> Result<&[u8], Fault> {
    match stream.split_at_checked(size) {
        None => Err(Fault::new(Code::Truncated, "fragment")),
        Some((cells, rest)) if rest.iter().all(|&byte| byte == 0) => Ok(cells),
        Some(_) => {
            let detail = format!("{} bytes for an uncompressed image of {size}", stream.len());
            Err(Fault::new(Code::CorruptPixels, detail))
        }
    }
}

fn native_cells(stored: Stored, bytes: &[u8], big: bool, swapped: bool) -> Cells<'_> {
    match (stored.cell(), big) {
        (1, _) if swapped => Cells::SwappedBytes(bytes),
        (1, _) => Cells::Bytes(bytes),
        (_, true) => Cells::Big(bytes),
        (_, false) => Cells::Little(bytes),
    }
}

fn compressed(
    frame: &Frame,
    syntax: &Syntax,
    stream: &[u8],
    count: usize,
) -> Result<Pixels, Fault> {
    let Stored::Integer { allocated, bits, high, signed } = frame.stored else {
        return Err(Fault::new(Code::UnsupportedPixelFormat, "compressed floating point"));
    };
    let mut decoded =
        codec::decode_frame(syntax, stream, frame.rows, frame.columns, allocated, signed)?;
    if let codec::Samples::Words(words) = &decoded.samples
        && allocated == 8
        && decoded.precision > 8
        && words.iter().any(|&word| word > 0xFF && !(signed && word >= 0xFF80))
    {
        let detail = format!("samples of {} bits in cells of 8", decoded.precision);
        return Err(Fault::new(Code::CorruptPixels, detail));
    }
    // A stream whose precision is below the high bit holds the values without empty bits under them;
    // its sign bit is its own highest (PS3.5 8.2).
    let stored = if decoded.precision > high {
        frame.stored
    } else {
        let bits = bits.min(decoded.precision);
        Stored::Integer { allocated, bits, high: bits - 1, signed }
    };
    if let (true, codec::Samples::Words(words)) = (decoded.lossy, &mut decoded.samples) {
        cut_overshoot(words, decoded.signed, high, signed);
    }
    let cells = match &decoded.samples {
        codec::Samples::Words(words) => Cells::Words(words),
        codec::Samples::DoubleWords(words) => Cells::DoubleWords(words),
    };
    let mut pixels = to_hu(frame, stored, cells, count)?;
    pixels.lossy = decoded.lossy;
    Ok(pixels)
}

/// Loss overshoots; with its upper bits ignored, a bright voxel would turn dark. Without a sign in the stream
/// it is not known where negative values end.
fn cut_overshoot(words: &mut [u16], signed_stream: bool, high: u8, signed: bool) {
    let (least, most) = match (signed_stream, signed) {
        (_, false) => (0, i32::from(u16::MAX >> (15 - high.min(15)))),
        (true, true) => (-1 << high.min(15), (1 << high.min(15)) - 1),
        (false, true) => return,
    };
    for word in words {
        let value = if signed_stream { i32::from(*word as i16) } else { i32::from(*word) };
        *word = value.clamp(least, most) as u16;
    }
}

/// HU of one frame of a file. For files of many frames, open a [`Body`] once.
pub fn decode(frame: &Frame, file: &[u8], limits: &Limits) -> Result<Pixels, Refusal> {
    Body::open(frame, file, limits)?.decode(frame)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overshoots_is_cut_to_the_bits_stored() {
        for (signed_stream, high, signed, words, cut) in [
            (false, 11, false, [0, 4095, 4096, 65535], [0, 4095, 4095, 4095]),
            (false, 15, false, [0, 4096, 32768, 65535], [0, 4096, 32768, 65535]),
            (true, 11, true, [2047, 2050, 0xF800, 0xF7F0], [2047, 2047, 0xF800, 0xF800]),
            (true, 15, true, [0x7FFF, 0x8000, 0, 5], [0x7FFF, 0x8000, 0, 5]),
            (true, 11, false, [5, 4099, 0xFFFE, 0], [5, 4095, 0, 0]),
            // 0x830 may stand for -2000.
            (false, 11, true, [2047, 0x830, 0xF830, 0], [2047, 0x830, 0xF830, 0]),
        ] {
            let mut found = words;
            cut_overshoot(&mut found, signed_stream, high, signed);
            assert_eq!(found, cut, "{signed_stream} {high} {signed}");
        }
    }
}
