//! The bits of an HT segment (ITU-T T.814 7.1): without stuffing, first bit lowest; and its run lengths.

use std::borrow::Cow;

/// What precedes a byte of seven bits: FF forwards; backwards more than 8F, if the byte itself ends in 7F.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stuffing {
    Forwards,
    Backwards,
}

/// Bits of a segment in the order in which they are used. After its end come those of `fill` for ever.
pub struct Bits<'a> {
    data: Cow<'a, [u8]>,
    at: usize,
    held: u64,
    count: u32,
    stuffing: Stuffing,
    fill: u8,
    before: u8,
}

impl<'a> Bits<'a> {
    /// What [`Bits::fill`] leaves at least.
    pub const HELD: u32 = 56;

    fn new(data: Cow<'a, [u8]>, stuffing: Stuffing, fill: u8, before: u8) -> Self {
        Self { data, at: 0, held: 0, count: 0, stuffing, fill, before }
    }

    /// Magnitudes of a cleanup pass.
    pub fn magnitudes(prefix: &'a [u8]) -> Self {
        Self::new(Cow::Borrowed(prefix), Stuffing::Forwards, 0xFF, 0)
    }

    /// Significance propagation.
    pub fn propagation(segment: &'a [u8]) -> Self {
        Self::new(Cow::Borrowed(segment), Stuffing::Forwards, 0, 0)
    }

    /// Codes of a cleanup pass, from its end backwards; the last 12 bits are its length.
    pub fn codes(suffix: &[u8]) -> Self {
        let mut reversed: Vec<u8> = suffix.iter().rev().skip(1).copied().collect();
        let half = reversed.first().map_or(0, |byte| byte >> 4);
        if let Some(byte) = reversed.first_mut() {
            *byte |= 15;
        }
        let count = if half & 7 == 7 { 3 } else { 4 };
        let bits = Self::new(Cow::Owned(reversed), Stuffing::Backwards, 0, 0);
        Self { at: 1, held: u64::from(half & ((1 << count) - 1)), count, ..bits }
    }

    /// Magnitude refinement, from the end of its segment backwards.
    pub fn refinement(segment: &[u8]) -> Self {
        let reversed = segment.iter().rev().copied().collect();
        Self::new(Cow::Owned(reversed), Stuffing::Backwards, 0, 0xFF)
    }

    /// At least [`Bits::HELD`] bits are held afterwards.
    #[inline(always)]
    pub fn fill(&mut self) {
        if self.count >= Self::HELD {
            return;
        }
        if let Some(&bytes) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<8>()) {
            let word = u64::from_le_bytes(bytes);
            if !self.may_be_stuffed(word) {
                let whole = (63 - self.count) / 8;
                self.held |= word << self.count;
                self.count += 8 * whole;
                self.held &= u64::MAX >> (64 - self.count);
                self.at += whole as usize;
                return;
            }
        }
        self.fill_slowly();
    }

    /// Whether a byte of these, or the one before them, may make another one shorter.
    #[inline(always)]
    fn may_be_stuffed(&self, word: u64) -> bool {
        const EACH: u64 = 0x0101_0101_0101_0101;
        // A byte of which the lowest seven bits are set carries into its highest.
        let ends_in_7f = (word & (0x7F * EACH)).wrapping_add(EACH) & (0x80 * EACH);
        match self.stuffing {
            Stuffing::Forwards => ends_in_7f & word != 0 || self.previous() == 0xFF,
            Stuffing::Backwards => ends_in_7f != 0,
        }
    }

    #[inline(always)]
    fn previous(&self) -> u8 {
        self.at.checked_sub(1).and_then(|at| self.data.get(at)).copied().unwrap_or(self.before)
    }

    #[cold]
    fn fill_slowly(&mut self) {
        while self.count < Self::HELD {
            let Some(&byte) = self.data.get(self.at) else {
                self.held |= u64::from(self.fill) << self.count;
                self.count += 8;
                continue;
            };
            let stuffed = match self.stuffing {
                Stuffing::Forwards => self.previous() == 0xFF,
                Stuffing::Backwards => self.previous() > 0x8F && byte & 0x7F == 0x7F,
            };
            let byte = if stuffed { byte & 0x7F } else { byte };
            self.held |= u64::from(byte) << self.count;
            self.count += 8 - u32::from(stuffed);
            self.at += 1;
        }
    }

    /// The next `count` bits, 31 at most. [`Bits::fill`] provides them.
    #[inline(always)]
    pub fn peek(&self, count: u32) -> u32 {
        (self.held & ((1 << count) - 1)) as u32
    }

    #[inline(always)]
    pub fn skip(&mut self, count: u32) {
        self.held >>= count;
        self.count -= count;
    }

    /// One bit.
    pub fn next(&mut self) -> bool {
        self.fill();
        let bit = self.peek(1) == 1;
        self.skip(1);
        bit
    }
}

/// Exponents of the run lengths by state (T.814 table 2).
const EXPONENTS: [u32; 13] = [0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 4, 5];

/// Runs of events, coded by an adaptive run length code (T.814 7.3.3): highest bit first.
pub struct RunLengths<'a> {
    data: &'a [u8],
    at: usize,
    byte: u8,
    count: u32,
    state: usize,
    /// Events that do not happen, and whether one that does comes after them.
    run: u32,
    ends: bool,
}

impl<'a> RunLengths<'a> {
    /// From the front of the suffix of a cleanup segment.
    pub fn new(suffix: &'a [u8]) -> Self {
        Self { data: suffix, at: 0, byte: 0, count: 0, state: 0, run: 0, ends: false }
    }

    /// Whether the next event happens.
    #[inline]
    pub fn next(&mut self) -> bool {
        if self.run == 0 && !self.ends {
            self.read();
        }
        if self.run > 0 {
            self.run -= 1;
            return false;
        }
        self.ends = false;
        true
    }

    fn read(&mut self) {
        let exponent = EXPONENTS[self.state.min(12)];
        if self.bit() == 1 {
            self.run = 1 << exponent;
            self.state = (self.state + 1).min(12);
        } else {
            self.run = (0..exponent).fold(0, |run, _| run << 1 | self.bit());
            self.ends = true;
            self.state = self.state.saturating_sub(1);
        }
    }

    fn bit(&mut self) -> u32 {
        if self.count == 0 {
            self.count = if self.byte == 0xFF { 7 } else { 8 };
            // The last byte is that of the length, and the codes share the one before it.
            self.byte = match self.data.len() - self.data.len().min(self.at) {
                0 | 1 => 0xFF,
                2 => self.data[self.at] | 15,
                _ => self.data[self.at],
            };
            self.at += 1;
        }
        self.count -= 1;
        u32::from(self.byte >> self.count & 1)
    }
}
