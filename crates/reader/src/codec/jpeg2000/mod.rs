//! JPEG 2000 (ITU-T T.800) by `hayro-jpeg2000`, with what it leaves to its caller: sizes are checked before
//! it allocates, the sign of the samples is honoured, values are kept within their precision.

use super::{Decoded, Samples, damaged};
use crate::limits::zeros;
use crate::refusal::Fault;
use hayro_jpeg2000::{DecodeSettings, DecoderContext, Image};

/// SOC and SIZ (T.800 A.4.1, A.5.1). A JP2 file around the code stream, though PS3.5 8.2.4 allows none, is met.
const BEGIN: &[u8; 4] = b"\xff\x4f\xff\x51";
const EOC: &[u8; 2] = b"\xff\xd9";
const COD: u8 = 0x52;
const SOT: u8 = 0x90;

pub fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    let begin = stream.windows(BEGIN.len()).position(|w| w == BEGIN);
    let stream = begin.and_then(|at| stream.get(at..)).ok_or_else(|| damaged("no code stream"))?;
    let Size { precision, signed } = Size::read(stream, rows, columns)?;
    let used = stream.iter().rposition(|&b| b != 0).map_or(0, |last| last + 1);
    if !stream.get(..used).is_some_and(|s| s.ends_with(EOC)) {
        return Err(damaged("ends early"));
    }
    let settings =
        DecodeSettings { resolve_palette_indices: false, strict: true, target_resolution: None };
    let image = Image::new(stream, &settings).map_err(|e| damaged(e.to_string()))?;
    let mut context = DecoderContext::default();
    let decoded = image.decode(&mut context).map_err(|e| damaged(e.to_string()))?;
    let component = decoded.components().first().ok_or_else(|| damaged("no component"))?;
    let mut samples = zeros::<u16>(rows * columns)?;
    if component.samples().len() != samples.len() {
        return Err(damaged("another number of samples"));
    }
    // The decoder adds the level shift of T.800 G.1 to signed samples too.
    let most = ((1u32 << precision) - 1) as f32;
    let shift = if signed { 1 << (precision - 1) } else { 0 };
    for (sample, &value) in samples.iter_mut().zip(component.samples()) {
        let level = value.round_ties_even().clamp(0.0, most) as i32;
        *sample = (level - shift) as u16;
    }
    Ok(Decoded { samples: Samples::Words(samples), precision, lossy: !is_reversible(stream) })
}

struct Size {
    precision: u8,
    signed: bool,
}

impl Size {
    /// SIZ (T.800 A.5.1), which must be what the header of the file says.
    fn read(stream: &[u8], rows: usize, columns: usize) -> Result<Self, Fault> {
        let wrong = || damaged("SIZ segment");
        let body = stream.get(8..45).ok_or_else(wrong)?;
        let (words, tail) = body.split_first_chunk::<32>().ok_or_else(wrong)?;
        let (words, _) = words.as_chunks::<4>();
        let words: Vec<u64> = words.iter().map(|&w| u64::from(u32::from_be_bytes(w))).collect();
        let [x1, y1, x0, y0, tile_x, tile_y, _, _] = *words.as_slice() else { return Err(wrong()) };
        let &[0, 1, depth, 1, 1] = tail else {
            return Err(damaged("more than one component, or a subsampled one"));
        };
        let (width, height) = (x1.saturating_sub(x0), y1.saturating_sub(y0));
        if (width, height) != (columns as u64, rows as u64) {
            let detail = format!("{width} × {height} in an image of {columns} × {rows}");
            return Err(damaged(detail));
        }
        if tile_x == 0 || tile_y == 0 {
            return Err(wrong());
        }
        let tiles = x1.div_ceil(tile_x).saturating_mul(y1.div_ceil(tile_y));
        if tiles > (width * height / 64).clamp(1, 65_535) {
            return Err(damaged(format!("{tiles} tiles")));
        }
        let precision = (depth & 0x7F) + 1;
        if precision > 16 {
            return Err(damaged(format!("precision {precision}")));
        }
        Ok(Self { precision, signed: depth & 0x80 != 0 })
    }
}

/// Whether COD names the 5/3 filter (T.800 table A.20).
fn is_reversible(stream: &[u8]) -> bool {
    let mut at = 2usize;
    while let Some(&[0xFF, marker, high, low]) = stream.get(at..at + 4) {
        match marker {
            COD => return stream.get(at + 13) == Some(&1),
            SOT => return false,
            _ => at += 2 + usize::from(u16::from_be_bytes([high, low])),
        }
    }
    false
}
