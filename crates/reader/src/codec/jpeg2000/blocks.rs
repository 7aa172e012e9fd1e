//! Code-blocks by bit-plane coding: the three passes (ITU-T T.800 Annex D).

use super::mq::{Contexts, Mq, RUN, RawBits, START, UNIFORM};
use super::parameters::BlockStyle;
use super::tables::{SIGN, ZERO};
use super::tile::Kind;
use crate::codec::damaged;
use crate::refusal::Fault;

/// Magnitude planes that a coefficient has room for.
const MOST_PLANES: u8 = 30;

// What is known of the four samples of one column of a stripe, and of their neighbours. The significance of
// three columns by six rows, the stripe and a row above and below it, takes bits 0 to 17, row by row; the
// middle one of a row is the column itself. The eight neighbours of row i are then bits 3 i to 3 i + 8. Signs follow
// in the same order. The bits of the four samples themselves are 4, 7, 10 and 13, and so many places above.
type Column = u64;

const SAMPLES: Column = 1 << 4 | 1 << 7 | 1 << 10 | 1 << 13;
const SIGNIFICANCE: Column = (1 << 18) - 1;
const NEIGHBOURS: Column = 0b111_101_111;
const SIGNS: u32 = 18;
/// Decided in the significance propagation pass of this plane.
const VISITED: u32 = 36;
/// Refined before.
const REFINED: u32 = 37;

/// Contexts of magnitude refinement (T.800 table D.4).
const REFINEMENT: usize = 14;

/// Decides by arithmetic code or raw bits.
trait Decisions {
    fn decide(&mut self, context: usize) -> u32;
    /// A sign, by the contribution of its neighbours.
    fn sign(&mut self, neighbours: usize) -> u32;
}

struct Coded<'a> {
    mq: Mq<'a>,
    contexts: Contexts,
}

impl Decisions for Coded<'_> {
    #[inline(always)]
    fn decide(&mut self, context: usize) -> u32 {
        self.mq.decide(&mut self.contexts, context)
    }

    #[inline(always)]
    fn sign(&mut self, neighbours: usize) -> u32 {
        let look = SIGN[neighbours & 255];
        self.decide(usize::from(look >> 1)) ^ u32::from(look & 1)
    }
}

impl Decisions for RawBits<'_> {
    #[inline(always)]
    fn decide(&mut self, _context: usize) -> u32 {
        self.bit()
    }

    #[inline(always)]
    fn sign(&mut self, _neighbours: usize) -> u32 {
        self.bit()
    }
}

/// Decodes one code-block after the other: [`Self::begin`], its codeword segments, [`Self::finish`].
#[derive(Default)]
pub struct Blocks {
    width: usize,
    height: usize,
    style: BlockStyle,
    kind: Kind,
    /// Planes of which none or not all passes are decoded.
    planes: u8,
    /// Number of the next pass.
    pass: u32,
    contexts: Contexts,
    /// Stripe by stripe, a column more at both ends of each, a stripe more at both ends of all.
    columns: Vec<Column>,
    /// Stripe by stripe, column by column: sign in bit 31, twice the magnitude below it.
    samples: Vec<[u32; 4]>,
}

impl Blocks {
    /// A block of `width` × `height` with `planes` magnitude planes that are not all zero.
    pub fn begin(
        &mut self,
        [width, height]: [usize; 2],
        kind: Kind,
        style: BlockStyle,
        planes: u8,
    ) -> Result<(), Fault> {
        if planes > MOST_PLANES {
            return Err(damaged(format!("{planes} bit planes")));
        }
        let stripes = height.div_ceil(4);
        self.columns.clear();
        self.columns.resize((width + 2) * (stripes + 2), 0);
        self.samples.clear();
        self.samples.resize(width * stripes, [0; 4]);
        let contexts = START;
        *self = Self {
            width,
            height,
            style,
            kind,
            planes,
            pass: 0,
            contexts,
            columns: std::mem::take(&mut self.columns),
            samples: std::mem::take(&mut self.samples),
        };
        Ok(())
    }

    /// How many passes from number `pass` on share a codeword segment (T.800 D.4, D.6, table D.9).
    pub fn passes_of_segment(style: BlockStyle, pass: u32) -> u32 {
        match pass {
            _ if style.terminate => 1,
            _ if !style.bypass => u32::MAX,
            0..10 => 10 - pass,
            _ => {
                if pass % 3 == 1 {
                    2
                } else {
                    1
                }
            }
        }
    }

    /// A codeword segment with its passes.
    pub fn segment(&mut self, data: &[u8], passes: u32) -> Result<(), Fault> {
        if self.style.bypass && self.pass >= 10 && !self.pass.is_multiple_of(3) {
            let mut bits = RawBits::new(data);
            for _ in 0..passes {
                bits = match self.begin_pass()? {
                    (0, one) => self.significance(bits, one),
                    (_, one) => self.refinement(bits, one),
                };
            }
            return Ok(());
        }
        let mut coded = Coded { mq: Mq::new(data), contexts: self.contexts };
        for _ in 0..passes {
            coded = match self.begin_pass()? {
                (0, one) => self.significance(coded, one),
                (1, one) => self.refinement(coded, one),
                (_, one) => self.cleanup(coded, one)?,
            };
            if self.style.reset {
                coded.contexts = START;
            }
        }
        self.contexts = coded.contexts;
        Ok(())
    }

    /// Which of the three passes is next, and the bit of its plane.
    fn begin_pass(&mut self) -> Result<(u32, u32), Fault> {
        let which = (self.pass + 2) % 3;
        if self.planes == 0 {
            return Err(damaged("more passes than planes"));
        }
        let one = 1 << self.planes;
        self.pass += 1;
        self.planes -= u8::from(which == 2);
        Ok((which, one))
    }

    /// Writes the coefficients row by row: twice the magnitude, with half of what is not known.
    pub fn finish(&self, out: &mut [i32]) {
        for (stripe, rows) in
            self.samples.chunks_exact(self.width).zip(out.chunks_mut(4 * self.width))
        {
            for (row, number) in rows.chunks_exact_mut(self.width).zip(0..4) {
                for (value, sample) in row.iter_mut().zip(stripe) {
                    let sign = sample[number] as i32 >> 31;
                    *value = ((sample[number] & 0x7FFF_FFFF) as i32 ^ sign) - sign;
                }
            }
        }
    }

    fn stripe(&mut self, number: usize) -> Stripe<'_> {
        let across = self.width + 2;
        let (above, rest) = self.columns[number * across..].split_at_mut(across);
        let (here, below) = rest.split_at_mut(across);
        let left = self.height - 4 * number;
        Stripe {
            above,
            here,
            below: &mut below[..across],
            samples: &mut self.samples[number * self.width..][..self.width],
            inside: if left < 4 { SAMPLES & ((1 << (3 * left + 2)) - 1) } else { SAMPLES },
            causal: self.style.causal,
        }
    }

    /// T.800 D.3.1.
    fn significance<D: Decisions>(&mut self, mut decisions: D, one: u32) -> D {
        let zero = &ZERO[self.kind as usize];
        for number in 0..self.height.div_ceil(4) {
            let mut stripe = self.stripe(number);
            for x in 0..stripe.samples.len() {
                stripe.significance(&mut decisions, zero, x, one);
            }
        }
        decisions
    }

    /// T.800 D.3.3.
    fn refinement<D: Decisions>(&mut self, mut decisions: D, one: u32) -> D {
        for number in 0..self.height.div_ceil(4) {
            let stripe = self.stripe(number);
            let columns = stripe.here.iter_mut().skip(1);
            for (column, samples) in columns.zip(stripe.samples) {
                refine(&mut decisions, column, samples, one);
            }
        }
        decisions
    }

    /// T.800 D.3.4 and, where a segmentation symbol follows, D.5.
    fn cleanup<'a>(&mut self, mut coded: Coded<'a>, one: u32) -> Result<Coded<'a>, Fault> {
        let zero = &ZERO[self.kind as usize];
        for number in 0..self.height.div_ceil(4) {
            let mut stripe = self.stripe(number);
            for x in 0..stripe.samples.len() {
                stripe.cleanup(&mut coded, zero, x, one);
            }
        }
        if self.style.symbols {
            let symbol = (0..4).fold(0, |bits, _| bits << 1 | coded.decide(UNIFORM));
            if symbol != 0b1010 {
                return Err(damaged("segmentation symbol"));
            }
        }
        Ok(coded)
    }
}

/// Four rows of a block and what borders on them.
struct Stripe<'s> {
    above: &'s mut [Column],
    here: &'s mut [Column],
    below: &'s mut [Column],
    samples: &'s mut [[u32; 4]],
    /// The samples of a column that are in the block.
    inside: Column,
    causal: bool,
}

impl Stripe<'_> {
    #[inline(always)]
    fn significance<D: Decisions>(
        &mut self,
        decisions: &mut D,
        zero: &[u8; 512],
        x: usize,
        one: u32,
    ) {
        let mut column = self.here[x + 1];
        if column & SIGNIFICANCE == 0 {
            return;
        }
        let insignificant = self.inside & !column;
        let mut members = near(column) & insignificant;
        while members != 0 {
            let bit = members.trailing_zeros();
            members &= members - 1;
            column |= 1 << (bit + VISITED);
            let neighbours = (column >> (bit - 4)) as usize & 511;
            if decisions.decide(usize::from(zero[neighbours])) != 0 {
                column = self.found(decisions, column, x, bit, one);
                members |= 1 << (bit + 3) & insignificant;
            }
        }
        self.here[x + 1] = column;
    }

    #[inline(always)]
    fn cleanup(&mut self, coded: &mut Coded<'_>, zero: &[u8; 512], x: usize, one: u32) {
        let mut column = self.here[x + 1];
        let mut members = self.inside & !column & !(column >> VISITED);
        if column & (SIGNIFICANCE | SAMPLES << VISITED) == 0 && self.inside == SAMPLES {
            if coded.decide(RUN) == 0 {
                return;
            }
            let first = coded.decide(UNIFORM) << 1 | coded.decide(UNIFORM);
            let bit = 4 + 3 * first;
            column = self.found(coded, column, x, bit, one);
            members &= !1 << bit;
        }
        while members != 0 {
            let bit = members.trailing_zeros();
            members &= members - 1;
            let neighbours = (column >> (bit - 4)) as usize & 511;
            if coded.decide(usize::from(zero[neighbours])) != 0 {
                column = self.found(coded, column, x, bit, one);
            }
        }
        self.here[x + 1] = column & !(SAMPLES << VISITED);
    }

    /// A sample turns out to be significant: decodes its sign and tells its neighbours. Gives back the column.
    #[inline(always)]
    fn found<D: Decisions>(
        &mut self,
        decisions: &mut D,
        column: Column,
        x: usize,
        bit: u32,
        one: u32,
    ) -> Column {
        // Significance in the odd bits, signs in the even ones.
        let neighbours = column >> (bit - 4);
        let neighbours = neighbours & 0xAA | (neighbours >> SIGNS & 0xAA) >> 1;
        let sign = decisions.sign(neighbours as usize);
        self.samples[x][row(bit)] = sign << 31 | one | one >> 1;
        let mark = 1 | Column::from(sign) << SIGNS;
        self.here[x] |= mark << (bit + 1);
        self.here[x + 2] |= mark << (bit - 1);
        if bit == 4 && !self.causal {
            self.above[x] |= mark << 17;
            self.above[x + 1] |= mark << 16;
            self.above[x + 2] |= mark << 15;
        }
        if bit == 13 {
            self.below[x] |= mark << 2;
            self.below[x + 1] |= mark << 1;
            self.below[x + 2] |= mark;
        }
        column | mark << bit
    }
}

#[inline(always)]
fn refine<D: Decisions>(decisions: &mut D, column: &mut Column, samples: &mut [u32; 4], one: u32) {
    let mut members = *column & SAMPLES & !(*column >> VISITED);
    let refined = members << (REFINED);
    while members != 0 {
        let bit = members.trailing_zeros();
        members &= members - 1;
        let about = *column >> (bit - 4);
        let near = usize::from(about & NEIGHBOURS != 0);
        let again = (about >> (REFINED + 4)) as usize & 1;
        let one_more = decisions.decide(REFINEMENT + near.max(2 * again));
        // The bit of this plane was set as the half of what was not known.
        samples[row(bit)] ^= one >> 1 | one & one_more.wrapping_sub(1);
    }
    *column |= refined;
}

/// Samples of a column that are significant or have a significant neighbour.
#[inline(always)]
fn near(column: Column) -> Column {
    let across = column | column << 1 | column >> 1;
    (across | across << 3 | across >> 3) & SAMPLES
}

/// The row in the stripe of the sample with this bit.
#[inline(always)]
fn row(bit: u32) -> usize {
    (((bit - 4) * 11) >> 5) as usize & 3
}
