//! The arithmetic decoder (ITU-T T.800 Annex C) and the bits that bypass it (D.6).

/// Contexts that a block is decoded with (T.800 table D.7), filled up to a power of two.
pub type Contexts = [u32; 32];

pub const RUN: usize = 17;
pub const UNIFORM: usize = 18;

/// Qe, next state after a more and after a less probable symbol, and whether that one switches the sense
/// (T.800 table C.2).
const TABLE: [(u32, u32, u32, u32); 47] = [
    (0x5601, 1, 1, 1),
    (0x3401, 2, 6, 0),
    (0x1801, 3, 9, 0),
    (0x0AC1, 4, 12, 0),
    (0x0521, 5, 29, 0),
    (0x0221, 38, 33, 0),
    (0x5601, 7, 6, 1),
    (0x5401, 8, 14, 0),
    (0x4801, 9, 14, 0),
    (0x3801, 10, 14, 0),
    (0x3001, 11, 17, 0),
    (0x2401, 12, 18, 0),
    (0x1C01, 13, 20, 0),
    (0x1601, 29, 21, 0),
    (0x5601, 15, 14, 1),
    (0x5401, 16, 14, 0),
    (0x5101, 17, 15, 0),
    (0x4801, 18, 16, 0),
    (0x3801, 19, 17, 0),
    (0x3401, 20, 18, 0),
    (0x3001, 21, 19, 0),
    (0x2801, 22, 19, 0),
    (0x2401, 23, 20, 0),
    (0x2201, 24, 21, 0),
    (0x1C01, 25, 22, 0),
    (0x1801, 26, 23, 0),
    (0x1601, 27, 24, 0),
    (0x1401, 28, 25, 0),
    (0x1201, 29, 26, 0),
    (0x1101, 30, 27, 0),
    (0x0AC1, 31, 28, 0),
    (0x09C1, 32, 29, 0),
    (0x08A1, 33, 30, 0),
    (0x0521, 34, 31, 0),
    (0x0441, 35, 32, 0),
    (0x02A1, 36, 33, 0),
    (0x0221, 37, 34, 0),
    (0x0141, 38, 35, 0),
    (0x0111, 39, 36, 0),
    (0x0085, 40, 37, 0),
    (0x0049, 41, 38, 0),
    (0x0025, 42, 39, 0),
    (0x0015, 43, 40, 0),
    (0x0009, 44, 41, 0),
    (0x0005, 45, 42, 0),
    (0x0001, 45, 43, 0),
    (0x5601, 46, 46, 0),
];

/// The table for both senses, state 2 i + MPS: Qe in bits 16 to 31, from bit 8 the state after a less probable
/// symbol, from bit 1 that after a more probable one, MPS in bit 0.
const STATES: [u32; 128] = {
    let mut states = [0; 128];
    let mut index = 0;
    while index < TABLE.len() {
        let (qe, more, less, switch) = TABLE[index];
        let mut mps = 0;
        while mps < 2 {
            let (more, less) = (2 * more + mps, 2 * less + (mps ^ switch));
            states[2 * index + mps as usize] = qe << 16 | less << 8 | more << 1 | mps;
            mps += 1;
        }
        index += 1;
    }
    states
};

/// T.800 table D.7.
pub const START: Contexts = {
    let mut contexts = [STATES[0]; 32];
    contexts[0] = STATES[2 * 4];
    contexts[RUN] = STATES[2 * 3];
    contexts[UNIFORM] = STATES[2 * 46];
    contexts
};

/// Where Chigh of T.800 C.3 begins in the code register; what is below was read ahead.
const HIGH: u32 = 32;

/// The arithmetic decoder of one codeword segment.
#[derive(Clone)]
pub struct Mq<'a> {
    data: &'a [u8],
    at: usize,
    after_ff: bool,
    /// A and C of T.800 C.3.
    range: u32,
    code: i64,
    /// The lowest bit of the code register that was read; at most [`HIGH`].
    lowest: u32,
}

impl<'a> Mq<'a> {
    /// INITDEC (T.800 C.3.5).
    pub fn new(data: &'a [u8]) -> Self {
        let mut mq =
            Self { data, at: 0, after_ff: false, range: 0x8000, code: 0, lowest: HIGH + 15 };
        mq.read_bytes();
        mq
    }

    /// The next decision in a context (T.800 C.3.2). What depends on the decision is computed without
    /// branches, as nobody can predict it.
    #[inline(always)]
    pub fn decide(&mut self, contexts: &mut Contexts, context: usize) -> u32 {
        let state = &mut contexts[context & 31];
        let entry = *state;
        let qe = entry >> 16;
        let range = self.range.wrapping_sub(qe);
        let code = self.code.wrapping_sub(i64::from(qe) << HIGH);
        if code | (i64::from(range) - 0x8000) >= 0 {
            self.range = range;
            self.code = code;
            return entry & 1;
        }
        // All ones in the lower interval.
        let lower = code >> 63;
        let exchanged = range < qe;
        let less_probable = (lower as u32 & 1) ^ u32::from(exchanged);
        let range = (range & !(lower as u32)) | (qe & lower as u32);
        let code = code.wrapping_add((i64::from(qe) << HIGH) & lower);
        *state = STATES[(entry >> (1 + 7 * less_probable)) as usize & 127];
        let shift = range.leading_zeros().wrapping_sub(16) & 15;
        self.range = range << shift;
        self.code = code << shift;
        self.lowest += shift;
        if self.lowest > HIGH {
            self.refill();
        }
        (entry & 1) ^ less_probable
    }

    #[inline(always)]
    fn refill(&mut self) {
        if let Some(&word) = self.data.get(self.at..).and_then(|rest| rest.first_chunk::<4>())
            && !self.after_ff
        {
            let word = u32::from_be_bytes(word);
            let has_ff = (!word).wrapping_sub(0x0101_0101) & word & 0x8080_8080;
            if has_ff == 0 {
                self.at += 4;
                self.lowest -= 32;
                self.code += i64::from(word) << self.lowest;
                return;
            }
        }
        self.read_bytes();
    }

    /// BYTEIN (T.800 C.3.4), as often as there is room.
    #[cold]
    fn read_bytes(&mut self) {
        while self.lowest >= 8 {
            let byte = self.data.get(self.at).copied();
            let byte = match byte {
                Some(byte) if !self.after_ff || byte <= 0x8F => byte,
                // Beyond a marker or the end there are ones.
                _ => {
                    self.lowest -= 8;
                    self.code = self.code.wrapping_add(0xFF << self.lowest);
                    self.after_ff = true;
                    continue;
                }
            };
            self.lowest -= if self.after_ff { 7 } else { 8 };
            self.code = self.code.wrapping_add(i64::from(byte) << self.lowest);
            self.after_ff = byte == 0xFF;
            self.at += 1;
        }
    }
}

/// The bits of a segment that bypasses the arithmetic decoder.
pub struct RawBits<'a> {
    data: &'a [u8],
    held: u8,
    left: u32,
}

impl<'a> RawBits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, held: 0, left: 0 }
    }

    #[inline(always)]
    pub fn bit(&mut self) -> u32 {
        if self.left == 0 {
            // A zero is stuffed after FF; beyond the end there are ones.
            self.left = if self.held == 0xFF { 7 } else { 8 };
            let (byte, rest) = self.data.split_first().unwrap_or((&0xFF, &[]));
            (self.held, self.data) = (*byte, rest);
        }
        self.left -= 1;
        u32::from(self.held >> self.left) & 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_sequence_of_t_88() {
        // ITU-T T.88 H.2: the same coder, one context from state 0 on.
        const CODED: [u8; 30] = [
            0x84, 0xC7, 0x3B, 0xFC, 0xE1, 0xA1, 0x43, 0x04, 0x02, 0x20, 0x00, 0x00, 0x41, 0x0D,
            0xBB, 0x86, 0xF4, 0x31, 0x7F, 0xFF, 0x88, 0xFF, 0x37, 0x47, 0x1A, 0xDB, 0x6A, 0xDF,
            0xFF, 0xAC,
        ];
        const DECODED: [u8; 32] = [
            0x00, 0x02, 0x00, 0x51, 0x00, 0x00, 0x00, 0xC0, 0x03, 0x52, 0x87, 0x2A, 0xAA, 0xAA,
            0xAA, 0xAA, 0x82, 0xC0, 0x20, 0x00, 0xFC, 0xD7, 0x9E, 0xF6, 0xBF, 0x7F, 0xED, 0x90,
            0x4F, 0x46, 0xA3, 0xBF,
        ];
        let mut mq = Mq::new(&CODED);
        let mut contexts = START;
        for byte in DECODED {
            let bits = (0..8).fold(0, |bits, _| bits << 1 | mq.decide(&mut contexts, 1));
            assert_eq!(bits, u32::from(byte));
        }
    }

    #[test]
    fn a_bit_is_stuffed_after_ff_and_ones_follow_the_end() {
        let mut bits = RawBits::new(&[0xFF, 0x2A]);
        let number = (0..17).fold(0, |bits_read, _| bits_read << 1 | bits.bit());
        assert_eq!(number, 0b1_1111_1110_1010_1011);
    }
}
