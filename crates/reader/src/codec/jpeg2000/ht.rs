//! HT code blocks (ITU-T T.814 clause 7): the cleanup pass, significance propagation, magnitude refinement.

use super::ht_bits::{Bits, RunLengths};
use super::ht_refinement::Refinement;
use super::ht_tables::{
    FIRST_ROW, FIRST_ROW_OFFSETS, LARGE_OFFSETS, OTHER_ROWS, OTHER_ROWS_OFFSETS, Offsets, Quads,
};
use crate::codec::damaged;
use crate::refusal::Fault;

/// One code block as the packets hold it.
#[derive(Clone, Copy)]
pub struct HtBlock<'a> {
    pub cleanup: &'a [u8],
    /// The segment of the two other passes.
    pub refinement: &'a [u8],
    /// 1 to 3.
    pub passes: u8,
    /// Bit planes above that of the cleanup pass.
    pub missing: u32,
    /// Bit planes of the sub-band.
    pub planes: u32,
    pub width: usize,
    pub height: usize,
    /// Nothing below a stripe of four rows is looked at (T.800 table A.19).
    pub causal: bool,
}

/// T.800 table A.18: at most 4096 samples, at most 1024 on a side.
const WIDEST: usize = 1024;
const LARGEST: usize = 4096;
/// Two quads beyond the widest row, one before it.
const QUADS: usize = WIDEST / 2 + 3;
/// Coefficients have 31 bits at most, half units and the middle included.
const MOST_PLANES: u32 = 29;

/// Decodes one block, row by row: twice the coefficients of the lowest bit plane, each in the middle of what it
/// may be, so that the half of it, rounded towards zero, is exact where no plane is missing.
pub fn decode_block(block: &HtBlock<'_>, out: &mut [i32]) -> Result<(), Fault> {
    let &HtBlock { passes, missing, planes, width, height, .. } = block;
    let samples = width.checked_mul(height).filter(|&n| n == out.len() && n <= LARGEST);
    if samples.is_none_or(|n| n == 0) || width > WIDEST {
        return Err(damaged("size of a code block"));
    }
    if planes > MOST_PLANES || missing >= planes {
        return Err(damaged(format!("{missing} of {planes} bit planes are empty")));
    }
    let plane = planes - 1 - missing;
    if passes > 1 && plane == 0 {
        return Err(damaged("passes below the lowest bit plane"));
    }
    if passes == 0 || block.cleanup.is_empty() {
        out.fill(0);
        return Ok(());
    }
    Cleanup::new(block.cleanup, plane, missing + 2)?.decode(out, width)?;
    if passes > 1 {
        let mut refinement = Refinement::new(out, plane, width)?;
        refinement.propagate(block.refinement, block.causal);
        if passes > 2 {
            refinement.refine(block.refinement);
        }
    }
    Ok(())
}

/// Quads of one row, and what the next one needs of them.
struct Row {
    /// Entries of the quad table; the first is that of the quad before the row.
    codes: [u16; QUADS],
    offsets: [u8; QUADS],
}

struct Cleanup<'a> {
    codes: Bits<'a>,
    runs: RunLengths<'a>,
    magnitudes: Bits<'a>,
    plane: u32,
    /// Most bits of a magnitude with its sign.
    most: u32,
}

impl<'a> Cleanup<'a> {
    /// T.814 7.1.2: magnitudes grow from the front, codes from the back, run lengths from between.
    fn new(segment: &'a [u8], plane: u32, most: u32) -> Result<Self, Fault> {
        let wrong = || damaged("segment of a cleanup pass");
        let &[.., low, high] = segment else { return Err(wrong()) };
        let suffix = usize::from(high) << 4 | usize::from(low & 15);
        let prefix = segment.len().checked_sub(suffix).filter(|_| (2..4080).contains(&suffix));
        let (prefix, suffix) = segment.split_at(prefix.ok_or_else(wrong)?);
        Ok(Self {
            codes: Bits::codes(suffix),
            runs: RunLengths::new(suffix),
            magnitudes: Bits::magnitudes(prefix),
            plane,
            most,
        })
    }

    fn decode(mut self, out: &mut [i32], width: usize) -> Result<(), Fault> {
        let quads = width.div_ceil(2);
        let mut above = Row { codes: [0; QUADS], offsets: [0; QUADS] };
        let mut row = Row { codes: [0; QUADS], offsets: [0; QUADS] };
        // For each edge between quads, the samples of the last row at both sides: only their highest bit counts.
        let mut below = [0u32; QUADS];
        let mut lines = [[0i32; WIDEST]; 2];
        for (y, pair) in out.chunks_mut(2 * width).enumerate() {
            if y == 0 {
                self.first_row(&mut row, quads);
            } else {
                self.other_row(&above, &mut row, quads);
            }
            self.samples(&row, quads, &mut below, &mut lines)?;
            for (line, samples) in pair.chunks_exact_mut(width).zip(&lines) {
                line.copy_from_slice(&samples[..width]);
            }
            std::mem::swap(&mut above, &mut row);
        }
        Ok(())
    }

    /// T.814 7.3.5: the context is which samples of the quad before are significant.
    fn first_row(&mut self, row: &mut Row, quads: usize) {
        let mut context = 0;
        let after = |code: u16| {
            usize::from(code >> 4 & 1 | code >> 5 & 1) | usize::from(code >> 6 & 3) << 1
        };
        for at in (1..=quads).step_by(2) {
            self.codes.fill();
            let first = self.code(&FIRST_ROW, context);
            context = after(first);
            let second = if at < quads { self.code(&FIRST_ROW, context) } else { 0 };
            context = after(second);
            row.codes[at] = first;
            row.codes[at + 1] = second;
            let has = first >> 3 & 1 | second >> 2 & 2;
            let large = has == 3 && self.runs.next();
            let table = if large { &LARGE_OFFSETS } else { &FIRST_ROW_OFFSETS };
            [row.offsets[at], row.offsets[at + 1]] = self.offsets(table, has);
        }
    }

    /// The context is which samples around the quad, left of it and above, are significant.
    fn other_row(&mut self, above: &Row, row: &mut Row, quads: usize) {
        let mut before = 0u16;
        let context = |before: u16, at: usize| {
            let [left, up, right] = [above.codes[at - 1], above.codes[at], above.codes[at + 1]];
            usize::from(left >> 7 & 1 | up >> 5 & 1)
                | usize::from(before >> 6 & 1 | before >> 7 & 1) << 1
                | usize::from(up >> 7 & 1 | right >> 5 & 1) << 2
        };
        for at in (1..=quads).step_by(2) {
            self.codes.fill();
            let first = self.code(&OTHER_ROWS, context(before, at));
            let second =
                if at < quads { self.code(&OTHER_ROWS, context(first, at + 1)) } else { 0 };
            before = second;
            row.codes[at] = first;
            row.codes[at + 1] = second;
            let has = first >> 3 & 1 | second >> 2 & 2;
            [row.offsets[at], row.offsets[at + 1]] = self.offsets(&OTHER_ROWS_OFFSETS, has);
        }
    }

    /// Where nothing around is significant, a run length tells whether there is a code at all.
    #[inline(always)]
    fn code(&mut self, table: &Quads, context: usize) -> u16 {
        if context == 0 && !self.runs.next() {
            return 0;
        }
        let code = table[context << 7 | self.codes.peek(7) as usize];
        self.codes.skip(u32::from(code & 7));
        code
    }

    #[inline(always)]
    fn offsets(&mut self, table: &Offsets, has: u16) -> [u8; 2] {
        let entry = table[usize::from(has & 3) << 6 | self.codes.peek(6) as usize];
        self.codes.skip(u32::from(entry & 7));
        let mut value = |length: u16, add: u16| {
            let suffix = self.codes.peek(u32::from(length));
            self.codes.skip(u32::from(length));
            add as u8 + suffix as u8
        };
        [value(entry >> 3 & 7, entry >> 9 & 7), value(entry >> 6 & 7, entry >> 12)]
    }

    /// Magnitudes and signs of one row of quads (T.814 7.3.8).
    fn samples(
        &mut self,
        row: &Row,
        quads: usize,
        below: &mut [u32; QUADS],
        lines: &mut [[i32; WIDEST]; 2],
    ) -> Result<(), Fault> {
        let [top, bottom] = lines.each_mut().map(|line| line.as_chunks_mut::<2>().0);
        let mut edge = 0;
        for (q, (top, bottom)) in top.iter_mut().zip(bottom).take(quads).enumerate() {
            let code = u32::from(row.codes[q + 1]);
            let around = below[q] | below[q + 1];
            below[q] = edge;
            edge = 0;
            if code & 0xF0 == 0 {
                [*top, *bottom] = [[0; 2]; 2];
                continue;
            }
            // T.814 7.3.7: a quad of one significant sample is not predicted from above.
            let alone = code & (code - 0x10) & 0xF0 == 0;
            let exponent = if alone { 1 } else { 31 - (around | 2).leading_zeros() };
            let bits = exponent + u32::from(row.offsets[q + 1]);
            if bits > self.most {
                return Err(damaged("a magnitude beyond its bit planes"));
            }
            let [a, b, c, d] = if 4 * bits <= Bits::HELD {
                self.quad::<4>(code, bits)
            } else {
                self.quad::<1>(code, bits)
            };
            *top = [self.coefficient(a), self.coefficient(c)];
            *bottom = [self.coefficient(b), self.coefficient(d)];
            // Without what `quad` has added.
            below[q] |= b.saturating_sub(2);
            edge = d.saturating_sub(2);
        }
        below[quads] = edge;
        Ok(())
    }

    /// Twice the magnitude, and one more if negative, or 0 (T.814 7.3.8). `AT_ONCE`: samples for which there are bits.
    #[inline(always)]
    fn quad<const AT_ONCE: u32>(&mut self, code: u32, bits: u32) -> [u32; 4] {
        let mut values = [0; 4];
        for (n, out) in (0..4).zip(&mut values) {
            if n % AT_ONCE == 0 {
                self.magnitudes.fill();
            }
            let flag = |group: u32| code >> (group + n) & 1;
            let (significant, known, top) = (flag(4), flag(12), flag(8));
            let length = (bits - known) * significant;
            let value = self.magnitudes.peek(length) | top << length;
            self.magnitudes.skip(length);
            *out = (value + 2) * significant;
        }
        values
    }

    #[inline(always)]
    fn coefficient(&self, value: u32) -> i32 {
        let middle = u32::from(value != 0);
        let magnitude = ((value | middle) << self.plane) as i32;
        let sign = -((value & 1) as i32);
        (magnitude ^ sign) - sign
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        let digits = hex.as_bytes().chunks_exact(2).map(|d| str::from_utf8(d).unwrap());
        digits.map(|d| u8::from_str_radix(d, 16).unwrap()).collect()
    }

    /// The coefficients of a reversible block.
    fn decoded(block: &HtBlock<'_>) -> Result<Vec<i32>, Fault> {
        let mut out = vec![7; block.width * block.height];
        decode_block(block, &mut out)?;
        Ok(out.iter().map(|twice| twice / 2).collect())
    }

    fn block(cleanup: &[u8], planes: u32, [width, height]: [usize; 2]) -> HtBlock<'_> {
        let missing = planes - 1;
        HtBlock {
            cleanup,
            refinement: &[],
            passes: 1,
            missing,
            planes,
            width,
            height,
            causal: false,
        }
    }

    /// By OpenJPH 0.9, and what it was given.
    const BLOCKS: &[(&str, [usize; 2], &[i32])] = &[
        ("006300", [1, 1], &[-1]),
        ("26cf04877400", [1, 1], &[10132]),
        ("c089f40cddb7517600", [7, 1], &[5, 1, -4, 10, 0, 10, -7]),
        (
            "1c272cc00872ac3161d21dad4ffe0143fdf945f5037900",
            [1, 7],
            &[21391, 45, -9234, -18098, -21258, 20958, -25851],
        ),
        ("fb8009ad1500", [5, 3], &[0, 0, -1, 0, 0, 0, 0, -1, 0, 1, -1, 0, 0, -1, 0]),
        (
            "8862c1159f99392154eceaf00ca68827643a181b9705436900302ef5c80bcc60229b00",
            [5, 3],
            &[
                325, -5091, -266, -4566, 5204, -1798, -2458, 2838, 208, 159, -1869, 1585, 4836,
                -774, 1446,
            ],
        ),
        (
            "8feec1d5751abba40800",
            [8, 6],
            &[
                0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, 0, 0, 0, 0, -1, 0, -1, 0, 1, 0, 1, 0, 0, 0,
                -1, 1, 0, 0, 0, 0, -1, 0, -1, 0, 0, 0, 0, 0, 1, 0, -1, -1, 1, -1, -1,
            ],
        ),
    ];

    #[test]
    fn cleanup_passes_are_exact() {
        for &(hex, size, expected) in BLOCKS {
            let segment = bytes(hex);
            assert_eq!(decoded(&block(&segment, 17, size)).unwrap(), expected, "{hex}");
        }
    }

    #[test]
    fn samples_beside_significant_ones_are_found_and_those_refined() {
        let segment = bytes(BLOCKS[1].0);
        let whole = block(&segment, 18, [1, 1]);
        // From the front, lowest bit first: nothing to find. From the back: the bit of the one sample.
        for (refinement, expected) in [([0u8, 0], 20264), ([0, 1], 20265)] {
            let block = HtBlock { refinement: &refinement, passes: 3, missing: 16, ..whole };
            assert_eq!(decoded(&block).unwrap(), [expected]);
        }
        // In the first stripe both neighbours of -1 are found, and signs follow: positive, negative. In the
        // second stripe a neighbour of what was found is found, its own neighbour is not; positive.
        let segment = bytes("b00300");
        let whole = block(&segment, 18, [1, 7]);
        let block = HtBlock { refinement: &[0b01_1011], passes: 2, missing: 16, ..whole };
        let mut out = [0; 7];
        decode_block(&block, &mut out).unwrap();
        assert_eq!(out.map(|twice| twice / 2), [0, 1, -3, -1, 1, 0, 0]);
    }

    #[test]
    fn segments_that_cannot_be_are_refused() {
        let segment = bytes(BLOCKS[5].0);
        let sound = block(&segment, 17, [5, 3]);
        assert!(decoded(&sound).is_ok());
        for wrong in [
            HtBlock { cleanup: &segment[..1], ..sound },
            HtBlock { cleanup: &[0xFF; 9], ..sound },
            HtBlock { missing: 17, ..sound },
            HtBlock { missing: 3, ..sound },
            HtBlock { planes: 40, ..sound },
            HtBlock { passes: 2, ..sound },
            HtBlock { width: 1025, height: 1, ..sound },
        ] {
            assert!(decoded(&wrong).is_err());
        }
    }
}
