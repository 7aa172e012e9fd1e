//! The bits of a JPEG-LS scan and its Golomb codes (ITU-T T.87 A.5.3, C.1).

use crate::codec::damaged;
use crate::refusal::Fault;

/// Bits of a scan. Beyond a marker or the end it gives zeros; [`Bits::overrun`] tells.
///
/// What is rare takes and returns it by value: so a loop can hold it in registers.
#[derive(Clone, Copy)]
pub struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    held: u64,
    count: u32,
    after_ff: bool,
    /// Zeros that were made up.
    invented: u32,
}

impl<'a> Bits<'a> {
    pub fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, held: 0, count: 0, after_ff: false, invented: 0 }
    }

    /// At least 33 bits are held afterwards.
    #[inline(always)]
    fn fill(&mut self) {
        if self.count > 32 {
            return;
        }
        if !self.after_ff
            && let Some(&word) = self.data.get(self.at..).and_then(|d| d.first_chunk::<4>())
        {
            let word = u32::from_be_bytes(word);
            // No byte of the four is FF.
            if word & !word.wrapping_add(0x0101_0101) & 0x8080_8080 == 0 {
                self.held = self.held << 32 | u64::from(word);
                self.count += 32;
                self.at += 4;
                return;
            }
        }
        *self = self.filled_bytewise();
    }

    #[cold]
    fn filled_bytewise(mut self) -> Self {
        while self.count <= 32 {
            self.byte();
        }
        self
    }

    fn byte(&mut self) {
        match self.data.get(self.at) {
            // T.87 A.1: a zero bit is stuffed after FF; where it is set, a marker begins.
            Some(&byte) if self.after_ff && byte < 0x80 => {
                self.held = self.held << 7 | u64::from(byte);
                self.count += 7;
                self.after_ff = false;
                self.at += 1;
            }
            Some(&byte) if !self.after_ff => {
                self.held = self.held << 8 | u64::from(byte);
                self.count += 8;
                self.after_ff = byte == 0xFF;
                self.at += 1;
            }
            _ => {
                self.held <<= 8;
                self.count += 8;
                self.invented = self.invented.saturating_add(8);
            }
        }
    }

    /// Whether bits were used that the stream does not have.
    pub fn overrun(&self) -> bool {
        self.invented > self.count
    }

    /// Up to 32 bits.
    #[inline(always)]
    pub fn take(&mut self, bits: u32) -> u32 {
        if self.count < bits {
            self.fill();
        }
        self.count -= bits;
        (self.held >> (self.count & 63)) as u32 & ((1u64 << bits) - 1) as u32
    }

    /// A Golomb code of parameter `k`, limited in length (T.87 A.5.3). Not more than 2^31 − 1.
    #[inline(always)]
    pub fn golomb(&mut self, k: u32, limit: u32, escape_bits: u32) -> Result<i32, Fault> {
        self.fill();
        let mut zeros = (self.held << (64 - self.count)).leading_zeros();
        if zeros < self.count {
            self.count -= zeros + 1;
        } else {
            (zeros, *self) = self.long_run()?;
        }
        let value = if zeros < limit - escape_bits - 1 {
            u64::from(zeros) << k | u64::from(self.take(k))
        } else {
            u64::from(self.take(escape_bits)) + 1
        };
        i32::try_from(value).map_err(|_| damaged("a code is too large"))
    }

    /// Zeros up to the next one, and the bits after it, when there are more than are held.
    #[cold]
    fn long_run(mut self) -> Result<(u32, Self), Fault> {
        let mut zeros = self.count;
        self.count = 0;
        while self.take(1) == 0 {
            zeros += 1;
            // The longest code of 16 bit samples has 64 bits.
            if zeros > 64 {
                return Err(damaged("a code is too long"));
            }
        }
        Ok((zeros, self))
    }
}
