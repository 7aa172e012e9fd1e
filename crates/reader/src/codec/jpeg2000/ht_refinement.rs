//! The two passes that may follow the cleanup pass of an HT code block (ITU-T T.814 7.4, 7.5).

use super::ht_bits::Bits;
use crate::limits::zeros;
use crate::refusal::Fault;

/// Rows that are scanned column by column.
const STRIPE: usize = 4;

/// When a sample became significant.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Since {
    #[default]
    Never,
    Cleanup,
    Propagation,
}

/// The coefficients of a block whose cleanup pass ended above the lowest bit plane.
pub struct Refinement<'a> {
    coefficients: &'a mut [i32],
    width: usize,
    height: usize,
    /// With one sample beyond each edge.
    significant: Vec<Since>,
    /// The bit plane of both passes.
    plane: u32,
}

impl<'a> Refinement<'a> {
    /// `plane` is that of the cleanup pass, above 0.
    pub fn new(coefficients: &'a mut [i32], plane: u32, width: usize) -> Result<Self, Fault> {
        let height = coefficients.len() / width;
        let mut significant = zeros::<Since>((width + 2) * (height + 2))?;
        let inner = significant.chunks_exact_mut(width + 2).skip(1);
        for (flags, row) in inner.zip(coefficients.chunks_exact(width)) {
            for (flag, &coefficient) in flags[1..].iter_mut().zip(row) {
                *flag = if coefficient == 0 { Since::Never } else { Since::Cleanup };
            }
        }
        Ok(Self { coefficients, width, height, significant, plane: plane - 1 })
    }

    fn flag(&mut self, x: usize, y: usize) -> &mut Since {
        &mut self.significant[(y + 1) * (self.width + 2) + x + 1]
    }

    /// Stripes, and within them columns, as rows and columns.
    fn stripes(&self) -> impl Iterator<Item = std::ops::Range<usize>> + use<> {
        let height = self.height;
        (0..height).step_by(STRIPE).map(move |y| y..(y + STRIPE).min(height))
    }

    /// Samples with a significant neighbour: significance of four columns, then their signs.
    pub fn propagate(&mut self, segment: &[u8], causal: bool) {
        let mut bits = Bits::propagation(segment);
        let magnitude = 3 << self.plane;
        for rows in self.stripes() {
            for first in (0..self.width).step_by(STRIPE) {
                let columns = first..(first + STRIPE).min(self.width);
                let mut found = Vec::new();
                for x in columns {
                    for y in rows.clone() {
                        let below = !causal || y + 1 < rows.end;
                        if *self.flag(x, y) == Since::Never
                            && self.has_neighbour(x, y, below)
                            && bits.next()
                        {
                            *self.flag(x, y) = Since::Propagation;
                            found.push(y * self.width + x);
                        }
                    }
                }
                for at in found {
                    self.coefficients[at] = if bits.next() { -magnitude } else { magnitude };
                }
            }
        }
    }

    fn has_neighbour(&self, x: usize, y: usize, below: bool) -> bool {
        let rows = if below { y..y + 3 } else { y..y + 2 };
        rows.into_iter().any(|row| {
            let at = row * (self.width + 2) + x;
            self.significant[at..at + 3].iter().any(|&since| since != Since::Never)
        })
    }

    /// One more bit of each sample that the cleanup pass found.
    pub fn refine(&mut self, segment: &[u8]) {
        let mut bits = Bits::refinement(segment);
        for rows in self.stripes() {
            for x in 0..self.width {
                for y in rows.clone() {
                    if *self.flag(x, y) != Since::Cleanup {
                        continue;
                    }
                    let coefficient = &mut self.coefficients[y * self.width + x];
                    let known = coefficient.unsigned_abs() & (u32::MAX << (self.plane + 2));
                    let bit = u32::from(bits.next()) << (self.plane + 1);
                    let magnitude = (known | bit | 1 << self.plane) as i32;
                    *coefficient = if *coefficient < 0 { -magnitude } else { magnitude };
                }
            }
        }
    }
}
