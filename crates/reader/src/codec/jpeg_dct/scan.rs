//! The entropy-coded coefficients of one scan: all of them, or the bits that a progressive scan adds.

use super::{Block, damaged};
use crate::codec::huffman::{Bits, Table, Tables};
use crate::refusal::Fault;

/// Where the coefficients lie in a block, in the order of the stream (T.81 figure A.6).
pub const ZIGZAG: Block<usize> = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
    13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59,
    52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
];

/// What a scan tells of each block: coefficients `first` to `last` in zigzag order, without their `low` lowest
/// bits. If `high` is not 0, bits from there on are known (T.81 G.1.1.1).
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Band {
    first: usize,
    last: usize,
    high: u8,
    low: u8,
}

impl Band {
    /// What the one scan of a sequential frame tells, whatever its header says: some encoders leave it empty.
    pub const ALL: Self = Self { first: 0, last: 63, high: 0, low: 0 };

    /// The end of the header of a progressive scan with one component.
    pub fn read(header: &[u8]) -> Result<Self, Fault> {
        let &[_, _, _, first, last, approximation, ..] = header else {
            return Err(damaged("scan header"));
        };
        let band = Self {
            first: usize::from(first),
            last: usize::from(last),
            high: approximation >> 4,
            low: approximation & 15,
        };
        let is_one_kind = if first == 0 { last == 0 } else { (first..=63).contains(&last) };
        if !is_one_kind || band.low > 13 || (band.high != 0 && band.high != band.low + 1) {
            return Err(damaged("scan header"));
        }
        Ok(band)
    }
}

/// For each coefficient of a progressive image, how many of its lowest bits are still to come. As every scan
/// must bring something new, there is a bound to their number.
pub struct Progress {
    missing: [Option<u8>; 64],
    scans: usize,
}

/// Scans of one image, each of which goes over all of its blocks. Encoders write about ten; T.81 allows 896.
const MOST_SCANS: usize = 64;

impl Default for Progress {
    fn default() -> Self {
        Self { missing: [None; 64], scans: 0 }
    }
}

impl Progress {
    pub fn advance(&mut self, band: Band) -> Result<(), Fault> {
        self.scans += 1;
        if self.scans > MOST_SCANS {
            return Err(damaged("too many scans"));
        }
        let [dc, ..] = self.missing;
        let due = if band.high == 0 { None } else { Some(band.high) };
        let missing = self.missing.get_mut(band.first..=band.last).unwrap_or_default();
        if missing.iter().any(|&missing| missing != due) || (band.first > 0 && dc.is_none()) {
            return Err(damaged("scans out of order"));
        }
        missing.fill(Some(band.low));
        Ok(())
    }

    pub fn is_complete(&self) -> Result<(), Fault> {
        let [dc, ac @ ..] = self.missing;
        let complete = dc == Some(0) && ac.iter().all(|&missing| missing.unwrap_or(0) == 0);
        if complete { Ok(()) } else { Err(damaged("ends before its last scan")) }
    }
}

pub struct Scan<'a> {
    bits: Bits<'a>,
    dc: Option<&'a Table>,
    ac: Option<&'a Table>,
    band: Band,
    /// DC coefficient of the block before.
    prediction: i32,
    /// Blocks to come, this one included, in which the band has no further coefficient (T.81 G.1.2.2).
    ended: u32,
    /// Blocks between restarts, and how many have come.
    interval: usize,
    blocks: usize,
}

impl<'a> Scan<'a> {
    /// `selectors` of the DC and of the AC table; only those that the band needs must be there.
    pub fn new(
        bits: Bits<'a>,
        tables: &'a Tables,
        selectors: u8,
        band: Band,
        interval: usize,
    ) -> Result<Self, Fault> {
        let needs_dc = band.first == 0 && band.high == 0;
        let dc = needs_dc.then(|| tables.dc(selectors >> 4)).transpose()?;
        let ac = (band.last > 0).then(|| tables.ac(selectors & 15)).transpose()?;
        Ok(Self { bits, dc, ac, band, prediction: 0, ended: 0, interval, blocks: 0 })
    }

    /// Adds what the scan tells of the next block.
    #[inline]
    pub fn block(&mut self, block: &mut Block<i16>) -> Result<(), Fault> {
        if self.interval > 0 && self.blocks > 0 && self.blocks.is_multiple_of(self.interval) {
            self.bits.restart(self.blocks / self.interval - 1)?;
            (self.prediction, self.ended) = (0, 0);
        }
        self.blocks += 1;
        if self.band.first == 0 {
            self.first_coefficient(block)?;
        }
        match self.ac {
            Some(_) if self.ended > 0 && self.band.high == 0 => self.ended -= 1,
            Some(table) if self.band.high == 0 => self.coefficients(table, block)?,
            Some(table) => self.further_bits(table, block)?,
            None => {}
        }
        Ok(())
    }

    /// Whether all blocks so far were really there.
    pub fn check(&self) -> Result<(), Fault> {
        if self.bits.overrun() { Err(damaged("ends early")) } else { Ok(()) }
    }

    /// How long the data of the scan is.
    pub fn end(mut self) -> Result<usize, Fault> {
        if self.ended > 0 { Err(damaged("a run beyond the image")) } else { self.bits.end() }
    }

    /// T.81 F.2.2.1, G.1.2.1.
    #[inline(always)]
    fn first_coefficient(&mut self, [coefficient, ..]: &mut Block<i16>) -> Result<(), Fault> {
        match self.dc {
            Some(table) => {
                let difference = table.difference(&mut self.bits)?;
                self.prediction = self.prediction.wrapping_add(difference);
                *coefficient = (self.prediction << self.band.low) as i16;
            }
            None => *coefficient |= i16::from(self.bits.bit()) << self.band.low,
        }
        Ok(())
    }

    /// Runs of zeros and the coefficients between them (T.81 F.2.2.2, G.1.2.2).
    #[inline(always)]
    fn coefficients(&mut self, table: &Table, block: &mut Block<i16>) -> Result<(), Fault> {
        let Band { first, last, low, .. } = self.band;
        let mut at = first.max(1);
        while at <= last {
            let (run, size) = run_and_size(table.value(&mut self.bits)?);
            at += run as usize;
            match size {
                0 if run == 15 => {}
                0 => {
                    self.ended = self.ended_blocks(run)? - 1;
                    return Ok(());
                }
                _ => {
                    let value = self.bits.signed(size) << low;
                    let place = ZIGZAG.get(at).filter(|_| at <= last);
                    let place = place.ok_or_else(|| damaged("a run beyond its block"))?;
                    block[*place] = value as i16;
                }
            }
            at += 1;
        }
        Ok(())
    }

    /// One more bit of the coefficients that are known, and others that appear between them (T.81 G.1.2.3).
    fn further_bits(&mut self, table: &Table, block: &mut Block<i16>) -> Result<(), Fault> {
        let Band { first, last, low, .. } = self.band;
        let mut places = ZIGZAG.get(first..=last).unwrap_or_default().iter();
        while self.ended == 0 && !places.as_slice().is_empty() {
            let (mut run, size) = run_and_size(table.value(&mut self.bits)?);
            let appears = match size {
                0 if run == 15 => 0,
                0 => {
                    self.ended = self.ended_blocks(run)?;
                    break;
                }
                1 if self.bits.bit() => 1 << low,
                1 => -1 << low,
                _ => return Err(damaged("size of a coefficient")),
            };
            loop {
                match places.next().map(|&at| &mut block[at]) {
                    Some(known) if *known != 0 => self.one_bit(known),
                    Some(_) if run > 0 => run -= 1,
                    Some(zero) => break *zero = appears,
                    None if appears == 0 => break,
                    None => return Err(damaged("a run beyond its block")),
                }
            }
        }
        if self.ended > 0 {
            self.ended -= 1;
            for &at in places {
                if block[at] != 0 {
                    self.one_bit(&mut block[at]);
                }
            }
        }
        Ok(())
    }

    fn one_bit(&mut self, coefficient: &mut i16) {
        if self.bits.bit() && (*coefficient >> self.band.low) & 1 == 0 {
            *coefficient = coefficient.wrapping_add(coefficient.signum() << self.band.low);
        }
    }

    /// For how many blocks the band ends here; in a sequential scan only for this one.
    fn ended_blocks(&mut self, run: u32) -> Result<u32, Fault> {
        if run > 0 && self.band == Band::ALL {
            return Err(damaged("Huffman code"));
        }
        Ok((1 << run) + self.bits.taken(run))
    }
}

/// The halves of a code's value.
fn run_and_size(value: u8) -> (u32, u32) {
    (u32::from(value >> 4), u32::from(value & 15))
}
