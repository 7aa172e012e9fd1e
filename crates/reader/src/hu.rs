//! Stored values to HU: bits, sign, modality transformation, rounding, saturation, padding.

use crate::frame::{Frame, Modality, Seen, Stored};
use crate::refusal::{Code, Fault};
use serde::{Deserialize, Serialize};

/// The HU of one frame, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pixels {
    pub hu: Vec<i16>,
    /// Voxels beyond i16 that are not padding.
    pub saturated: u32,
    pub padding: u32,
    /// The stream was irreversible.
    pub lossy: bool,
}

impl Pixels {
    /// What [`crate::assemble`] wants to know of them.
    pub fn seen(&self) -> Seen {
        let Pixels { hu, saturated, padding, lossy } = self;
        Seen { hash: hash(hu), saturated: *saturated, padding: *padding, lossy: *lossy }
    }
}

/// Cells as they come from the file or from a codec.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Cells<'a> {
    Bytes(&'a [u8]),
    /// 8 bit cells in big endian words (PS3.5 8.1.2).
    SwappedBytes(&'a [u8]),
    Little(&'a [u8]),
    Big(&'a [u8]),
    Words(&'a [u16]),
    DoubleWords(&'a [u32]),
}

/// HU of `count` cells. `stored` says how values lie in them.
pub(crate) fn to_hu(
    frame: &Frame,
    stored: Stored,
    cells: Cells<'_>,
    count: usize,
) -> Result<Pixels, Fault> {
    let mut out = Output::new(frame.padding, count)?;
    match stored {
        Stored::Integer { allocated: 32, .. } => {
            let value = Value::new(stored);
            let values = double_words(cells).map(|cell| value.of(cell));
            out.modality(&frame.modality_values, values);
        }
        Stored::Integer { allocated: 64, signed, .. } => {
            let value = |cell: u64| match signed {
                true => cell as i64,
                false => i64::try_from(cell).unwrap_or(i64::MAX),
            };
            out.modality(&frame.modality_values, quad_words(cells).map(value));
        }
        Stored::Integer { .. } => {
            let value = Value::new(stored);
            out.words(&frame.modality_values, cells, value, count);
        }
        Stored::Float32 => {
            let values = double_words(cells).map(|bits| f64::from(f32::from_bits(bits)));
            out.reals(&frame.modality_values, values);
        }
        Stored::Float64 => out.reals(&frame.modality_values, quad_words(cells).map(f64::from_bits)),
    }
    let pixels = out.pixels;
    if pixels.hu.len() != count {
        return Err(Fault::new(Code::Truncated, format!("{} of {count} pixels", pixels.hu.len())));
    }
    Ok(pixels)
}

/// The bits that end at the high bit, with their sign (PS3.5 8.1.1).
#[derive(Clone, Copy)]
struct Value {
    left: u32,
    right: u32,
    signed: bool,
}

impl Value {
    fn new(stored: Stored) -> Self {
        match stored {
            Stored::Integer { bits, high, signed, .. } => Self {
                left: 31 - u32::from(high.min(31)),
                right: 32 - u32::from(bits.clamp(1, 32)),
                signed,
            },
            _ => Self { left: 0, right: 0, signed: false },
        }
    }

    #[inline]
    fn of(self, cell: u32) -> i64 {
        if self.signed { i64::from(self.signed32(cell)) } else { i64::from(self.unsigned32(cell)) }
    }

    #[inline]
    fn signed32(self, cell: u32) -> i32 {
        ((cell << self.left) as i32) >> self.right
    }

    #[inline]
    fn unsigned32(self, cell: u32) -> u32 {
        (cell << self.left) >> self.right
    }
}

struct Output {
    pixels: Pixels,
    /// Closed range of padding, empty without padding.
    low: f64,
    high: f64,
}

impl Output {
    fn new(padding: Option<[f64; 2]>, count: usize) -> Result<Self, Fault> {
        let [low, high] = padding.unwrap_or([1.0, 0.0]);
        let mut pixels = Pixels::default();
        pixels
            .hu
            .try_reserve_exact(count)
            .map_err(|_| Fault::new(Code::TooLarge, format!("no memory for {count} pixels")))?;
        Ok(Self { pixels, low, high })
    }

    /// Cells of 8 and 16 bits.
    fn words(&mut self, modality: &Modality, cells: Cells<'_>, value: Value, count: usize) {
        // One rule for both signs, so that the loops are of whole vectors.
        let sign = if value.signed { 1 << (31 - value.right) } else { 0 };
        let to_i32 =
            move |cell: u16| (value.unsigned32(u32::from(cell)) ^ sign) as i32 - sign as i32;
        match cells {
            Cells::Bytes(b) => self.small(modality, b.iter().map(|&b| to_i32(u16::from(b)))),
            Cells::SwappedBytes(b) => {
                let pairs = b.chunks(2).flat_map(|pair| pair.iter().rev());
                self.small(modality, pairs.take(count).map(|&b| to_i32(u16::from(b))));
            }
            Cells::Little(b) => {
                let (pairs, _) = b.as_chunks::<2>();
                self.small(modality, pairs.iter().map(|&w| to_i32(u16::from_le_bytes(w))));
            }
            Cells::Big(b) => {
                let (pairs, _) = b.as_chunks::<2>();
                self.small(modality, pairs.iter().map(|&w| to_i32(u16::from_be_bytes(w))));
            }
            Cells::Words(w) => self.small(modality, w.iter().map(|&w| to_i32(w))),
            Cells::DoubleWords(w) => self.modality(modality, w.iter().map(|&w| value.of(w))),
        }
    }

    /// Most CT: slope 1 and a whole intercept need no floating point.
    fn small(&mut self, modality: &Modality, values: impl Iterator<Item = i32>) {
        match *modality {
            Modality::Linear { slope: 1.0, intercept }
                if intercept.fract() == 0.0 && intercept.abs() < 1e6 =>
            {
                let (low, high) = (self.low as i32, self.high as i32);
                let offset = intercept as i32;
                let (mut saturated, mut padded) = (0u32, 0u32);
                let mut written = 0;
                // Not by `extend`, whose loop is not of whole vectors in WebAssembly.
                let hu = &mut self.pixels.hu;
                hu.resize(hu.capacity(), 0);
                for (out, v) in hu.iter_mut().zip(values) {
                    let hu = v + offset;
                    let clamped = hu.clamp(i32::from(i16::MIN), i32::from(i16::MAX));
                    let is_padding = (low <= v) & (v <= high);
                    padded += u32::from(is_padding);
                    saturated += u32::from((clamped != hu) & !is_padding);
                    *out = clamped as i16;
                    written += 1;
                }
                hu.truncate(written);
                self.pixels.saturated += saturated;
                self.pixels.padding += padded;
            }
            _ => self.modality(modality, values.map(i64::from)),
        }
    }

    fn modality(&mut self, modality: &Modality, values: impl Iterator<Item = i64>) {
        match modality {
            Modality::Linear { slope, intercept } => {
                // Multiplied, then added, and not fused: the bits are the same everywhere.
                self.extend(values, |v| slope * v as f64 + intercept)
            }
            // PS3.3 C.11.1.1: below and above the table its ends hold.
            Modality::Table { first, values: table } => {
                let last = table.len().saturating_sub(1);
                self.extend(values, |v| {
                    let at = usize::try_from(v.saturating_sub(*first)).unwrap_or(0).min(last);
                    f64::from(table.get(at).copied().unwrap_or(0))
                })
            }
            Modality::Missing => self.extend(values, |v| v as f64),
        }
    }

    fn extend(&mut self, values: impl Iterator<Item = i64>, hu: impl Fn(i64) -> f64) {
        for v in values {
            self.push(v as f64, hu(v));
        }
    }

    /// Float pixel data are the stored values as they are; a table has no meaning for them.
    fn reals(&mut self, modality: &Modality, values: impl Iterator<Item = f64>) {
        let (slope, intercept) = match modality {
            Modality::Linear { slope, intercept } => (*slope, *intercept),
            _ => (1.0, 0.0),
        };
        for v in values {
            self.push(v, slope * v + intercept);
        }
    }

    fn push(&mut self, stored: f64, hu: f64) {
        let (rounded, outside) = round(hu);
        let is_padding = self.low <= stored && stored <= self.high;
        self.pixels.padding += u32::from(is_padding);
        self.pixels.saturated += u32::from(outside && !is_padding);
        self.pixels.hu.push(rounded);
    }
}

/// To the nearest integer, ties to even, saturated; and whether it was outside. The one rounding of HU. Of what is no number
/// nothing was measured: it is as dark as can be, not the 0 HU of water.
#[inline]
fn round(hu: f64) -> (i16, bool) {
    let rounded = hu.round_ties_even();
    let inside = (f64::from(i16::MIN)..=f64::from(i16::MAX)).contains(&rounded);
    if rounded.is_nan() { (i16::MIN, false) } else { (rounded as i16, !inside) }
}

fn double_words(cells: Cells<'_>) -> Box<dyn Iterator<Item = u32> + '_> {
    match cells {
        Cells::Little(b) => Box::new(b.as_chunks::<4>().0.iter().map(|&w| u32::from_le_bytes(w))),
        Cells::Big(b) => Box::new(b.as_chunks::<4>().0.iter().map(|&w| u32::from_be_bytes(w))),
        Cells::Words(w) => Box::new(w.iter().map(|&w| u32::from(w))),
        Cells::DoubleWords(w) => Box::new(w.iter().copied()),
        Cells::Bytes(_) | Cells::SwappedBytes(_) => Box::new(std::iter::empty()),
    }
}

fn quad_words(cells: Cells<'_>) -> Box<dyn Iterator<Item = u64> + '_> {
    match cells {
        Cells::Little(b) => Box::new(b.as_chunks::<8>().0.iter().map(|&w| u64::from_le_bytes(w))),
        Cells::Big(b) => Box::new(b.as_chunks::<8>().0.iter().map(|&w| u64::from_be_bytes(w))),
        _ => Box::new(std::iter::empty()),
    }
}

/// Equal HU give equal hashes; 64 bits are enough to tell the slices of a study apart.
fn hash(hu: &[i16]) -> u64 {
    const ODD: u64 = 0x9E37_79B9_7F4A_7C15;
    let mix = |state: u64, word: u64| {
        let x = (state ^ word).wrapping_mul(ODD);
        x ^ (x >> 29)
    };
    let word = |few: &[i16]| few.iter().rev().fold(0u64, |w, &v| w << 16 | u64::from(v as u16));
    // Four at once, as none waits for another.
    let mut states = [hu.len() as u64, 1, 2, 3];
    let (rows, rest) = hu.as_chunks::<16>();
    for row in rows {
        let (quads, _) = row.as_chunks::<4>();
        for (state, quad) in states.iter_mut().zip(quads) {
            *state = mix(*state, word(quad));
        }
    }
    let state = rest.chunks(4).fold(0, |state, few| mix(state, word(few)));
    states.into_iter().fold(state, mix)
}
