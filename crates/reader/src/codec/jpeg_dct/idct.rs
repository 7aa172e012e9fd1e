//! The inverse cosine transform of 8 × 8 coefficients in whole numbers, so that every machine gives the same
//! samples: Loeffler, Ligtenberg and Moschytz, ICASSP 1989, with the constants and the rounding of libjpeg's
//! accurate transform, with which it agrees in every bit.

use super::Block;
use std::array::from_fn;
use std::ops::{Add, Mul, Shl, Shr, Sub};

/// Rows and columns of a block.
pub const SIDE: usize = 8;

/// Bits behind the point of the constants.
const POINT: u32 = 13;

/// From coefficients to samples.
pub struct Inverse {
    quantisation: [Lanes; SIDE],
    /// Bits behind the point that the first pass keeps for the second.
    kept: u32,
    middle: i32,
}

impl Inverse {
    /// Of samples with a `precision` of 8 or 12 bits.
    pub fn new(quantisation: &Block<u16>, precision: u8) -> Self {
        Self {
            quantisation: from_fn(|row| {
                Lanes(from_fn(|column| i32::from(quantisation[SIDE * row + column])))
            }),
            // Twelve bits leave less room.
            kept: if precision == 8 { 2 } else { 1 },
            middle: 1 << (precision - 1),
        }
    }

    /// Writes the samples of a block from `column` on into up to eight rows of an image.
    #[inline]
    pub fn put(&self, block: &Block<i16>, rows: &mut [u16], columns: usize, column: usize) {
        let samples = self.samples(block);
        for (row, samples) in rows.chunks_mut(columns).zip(samples.as_chunks::<SIDE>().0) {
            let row = row.get_mut(column..).unwrap_or_default();
            match row.first_chunk_mut() {
                Some(whole) => *whole = *samples,
                None => row.iter_mut().zip(samples).for_each(|(to, &from)| *to = from),
            }
        }
    }

    #[inline]
    fn samples(&self, block: &Block<i16>) -> Block<u16> {
        let (dc, ac) = (block[0], &block[1..]);
        if ac.iter().fold(0, |any, &c| any | c) == 0 {
            let level = i32::from(dc).wrapping_mul(self.quantisation[0].0[0]);
            return [self.sample(level.wrapping_add(4) >> 3); SIDE * SIDE];
        }
        let (rows, _) = block.as_chunks::<SIDE>();
        let rows = from_fn(|n| Lanes(rows[n].map(i32::from)) * self.quantisation[n]);
        let rows = one_dimension(rows, POINT - self.kept);
        let columns = one_dimension(transposed(rows), POINT + self.kept + 3);
        let rows = transposed(columns);
        from_fn(|n| self.sample(rows[n / SIDE].0[n % SIDE]))
    }

    /// Shifts the level (T.81 A.3.1) and keeps it within the precision.
    #[inline(always)]
    fn sample(&self, level: i32) -> u16 {
        level.wrapping_add(self.middle).clamp(0, 2 * self.middle - 1) as u16
    }
}

/// Eight columns side by side.
#[derive(Clone, Copy)]
struct Lanes([i32; SIDE]);

/// Damaged streams reach beyond 32 bits; what they show then does not matter.
macro_rules! lane_by_lane {
    ($trait:ident, $name:ident, $wrapping:ident) => {
        impl $trait for Lanes {
            type Output = Self;
            #[inline(always)]
            fn $name(self, other: Self) -> Self {
                Self(from_fn(|n| self.0[n].$wrapping(other.0[n])))
            }
        }
    };
}
lane_by_lane!(Add, add, wrapping_add);
lane_by_lane!(Sub, sub, wrapping_sub);
lane_by_lane!(Mul, mul, wrapping_mul);

impl Mul<f64> for Lanes {
    type Output = Self;
    /// By a constant with [`POINT`] bits behind the point.
    #[inline(always)]
    fn mul(self, constant: f64) -> Self {
        let constant = (constant * f64::from(1 << POINT)).round() as i32;
        Self(self.0.map(|v| v.wrapping_mul(constant)))
    }
}

impl Add<i32> for Lanes {
    type Output = Self;
    #[inline(always)]
    fn add(self, number: i32) -> Self {
        Self(self.0.map(|v| v.wrapping_add(number)))
    }
}

impl Shl<u32> for Lanes {
    type Output = Self;
    #[inline(always)]
    fn shl(self, bits: u32) -> Self {
        Self(self.0.map(|v| v << bits))
    }
}

impl Shr<u32> for Lanes {
    type Output = Self;
    #[inline(always)]
    fn shr(self, bits: u32) -> Self {
        Self(self.0.map(|v| v >> bits))
    }
}

#[inline(always)]
fn transposed(rows: [Lanes; SIDE]) -> [Lanes; SIDE] {
    from_fn(|column| Lanes(from_fn(|row| rows[row].0[column])))
}

/// Eight transforms side by side, rounded to leave out the last `drop` bits. Figure 1 of the paper, read from
/// right to left, times √8.
#[inline(always)]
fn one_dimension([c0, c1, c2, c3, c4, c5, c6, c7]: [Lanes; SIDE], drop: u32) -> [Lanes; SIDE] {
    let half = 1 << (drop - 1);
    let (sum, difference) = (((c0 + c4) << POINT) + half, ((c0 - c4) << POINT) + half);
    let turned = (c2 + c6) * 0.541196100;
    let (more, less) = (turned + c2 * 0.765366865, turned - c6 * 1.847759065);
    let even = [sum + more, difference + less, difference - less, sum - more];

    let all = (c1 + c3 + c5 + c7) * 1.175875602;
    let (outer, inner) = ((c1 + c7) * 0.899976223, (c3 + c5) * 2.562915447);
    let third = all - (c3 + c7) * 1.961570560;
    let fifth = all - (c1 + c5) * 0.390180644;
    let odd = [
        c1 * 1.501321110 - outer + fifth,
        c3 * 3.072711026 - inner + third,
        c5 * 2.053119869 - inner + fifth,
        c7 * 0.298631336 - outer + third,
    ];
    from_fn(|n| {
        let level = if n < 4 { even[n] + odd[n] } else { even[7 - n] - odd[7 - n] };
        level >> drop
    })
}
