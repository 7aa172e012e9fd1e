//! The samples of a JPEG-LS scan of one component, lossless or near-lossless (ITU-T T.87 Annex A).

use super::bits::Bits;
use super::parameters::Parameters;
use crate::codec::damaged;
use crate::limits::zeros;
use crate::refusal::Fault;

/// J of T.87 A.2.1: bits of a run length, by run index.
const RUN_BITS: [u32; 32] = [
    0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13,
    14, 15,
];
/// Regular contexts, after signs are merged: 1 to 364 (T.87 A.3.4).
const CONTEXTS: usize = 512;
/// No sum of errors of a sound stream comes near to this.
const LARGEST_SUM: i32 = 1 << 24;

/// A, B, N and C of T.87 A.2, and the Golomb parameter of its next error, which is not to be waited for.
#[derive(Clone, Copy)]
struct Context {
    a: i32,
    b: i32,
    n: i32,
    c: i16,
    k: u16,
}

/// A, N and Nn of a run interruption context (T.87 A.2.2).
#[derive(Clone, Copy)]
struct RunContext {
    a: i32,
    n: i32,
    negative: i32,
}

pub struct Scan<'a> {
    bits: Bits<'a>,
    parameters: Parameters,
    gradients: Vec<i8>,
    contexts: Box<[Context; CONTEXTS]>,
    run_contexts: [RunContext; 2],
    run_index: usize,
}

impl<'a> Scan<'a> {
    pub fn new(data: &'a [u8], parameters: Parameters) -> Self {
        // T.87 A.2.1.
        let a = ((parameters.range + 32) / 64).max(2);
        Self {
            bits: Bits::new(data),
            gradients: parameters.gradients(),
            parameters,
            contexts: Box::new(
                [Context { a, b: 0, n: 1, c: 0, k: golomb_parameter(1, a) as u16 }; CONTEXTS],
            ),
            run_contexts: [RunContext { a, n: 1, negative: 0 }; 2],
            run_index: 0,
        }
    }

    pub fn decode(mut self, rows: usize, columns: usize) -> Result<Vec<u16>, Fault> {
        let mut samples = zeros::<u16>(rows * columns)?;
        let lossless = self.parameters.near == 0;
        // One sample beyond each end: T.87 A.2.1, figure A.1.
        let mut above = zeros::<i32>(columns + 2)?;
        let mut row = zeros::<i32>(columns + 2)?;
        for out in samples.chunks_exact_mut(columns) {
            row[0] = above[1];
            above[columns + 1] = above[columns];
            if lossless {
                self.row::<true>(&above, &mut row)?
            } else {
                self.row::<false>(&above, &mut row)?
            }
            if self.bits.overrun() {
                return Err(damaged("ends early"));
            }
            for (sample, &value) in out.iter_mut().zip(row.iter().skip(1)) {
                *sample = value as u16;
            }
            std::mem::swap(&mut above, &mut row);
        }
        Ok(samples)
    }

    fn row<const LOSSLESS: bool>(&mut self, above: &[i32], row: &mut [i32]) -> Result<(), Fault> {
        let columns = row.len() - 2;
        let mut bits = self.bits;
        let mut x = 1;
        // T.87 figure 3: a is left, b above, c above left, d above right.
        let (mut a, mut b, mut c) = (row[0], above[1], above[0]);
        let mut middle = self.gradient(b - c);
        while x <= columns {
            let d = above[x + 1];
            let right = self.gradient(d - b);
            let context = 81 * right + 9 * middle + self.gradient(c - a);
            if context != 0 {
                a = self.regular::<LOSSLESS>(&mut bits, context, a, b, c)?;
                row[x] = a;
                x += 1;
                (b, c, middle) = (d, b, right);
                continue;
            }
            self.bits = bits;
            let run = self.run_length(columns + 1 - x)?;
            row[x..x + run].fill(a);
            x += run;
            if x <= columns {
                a = self.interruption(a, above[x])?;
                row[x] = a;
                x += 1;
                (b, c) = (above[x], above[x - 1]);
                middle = self.gradient(b - c);
            }
            bits = self.bits;
        }
        self.bits = bits;
        Ok(())
    }

    #[inline(always)]
    fn gradient(&self, difference: i32) -> i32 {
        let at = (difference + self.parameters.maximum) as usize;
        self.gradients.get(at).copied().map_or(0, i32::from)
    }

    /// T.87 A.4 to A.6. `context` is not 0; its sign is that of the error.
    #[inline(always)]
    fn regular<const LOSSLESS: bool>(
        &mut self,
        bits: &mut Bits<'_>,
        context: i32,
        a: i32,
        b: i32,
        c: i32,
    ) -> Result<i32, Fault> {
        let Parameters { maximum, reset, range, qbpp, limit, .. } = self.parameters;
        let sign = context >> 31;
        let state = &mut self.contexts[context.unsigned_abs() as usize % CONTEXTS];
        // A.4.1: the median edge detector.
        let edge = within(a + b - c, lesser(a, b), greater(a, b));
        let prediction = (edge + ((i32::from(state.c) ^ sign) - sign)).clamp(0, maximum);
        let k = u32::from(state.k);
        let mapped = bits.golomb(k, limit, qbpp)?;
        let mut error = (mapped >> 1) ^ -(mapped & 1);
        if error.unsigned_abs() > range.unsigned_abs() {
            return Err(damaged("an error beyond its range"));
        }
        // A.5.2: the mapping is turned round where that is shorter.
        if LOSSLESS && k == 0 && 2 * state.b <= -state.n {
            error = !error;
        }
        let step = if LOSSLESS { 1 } else { self.parameters.step() };
        state.update(error, step, reset)?;
        Ok(self.reconstruct::<LOSSLESS>(prediction + ((error ^ sign) - sign) * step))
    }

    /// T.87 A.7.1: how many samples repeat, `left` of them at most.
    fn run_length(&mut self, left: usize) -> Result<usize, Fault> {
        let mut run = 0;
        loop {
            let bits = RUN_BITS[self.run_index];
            if self.bits.take(1) == 0 {
                run += self.bits.take(bits) as usize;
                // An interruption follows, so one sample is left at least.
                return if run < left { Ok(run) } else { Err(damaged("a run beyond its row")) };
            }
            let whole = 1usize << bits;
            run += whole;
            if run <= left {
                self.run_index = (self.run_index + 1).min(31);
            }
            if run >= left {
                return Ok(left);
            }
        }
    }

    /// The sample that ends a run (T.87 A.7.2).
    fn interruption(&mut self, a: i32, b: i32) -> Result<i32, Fault> {
        let Parameters { near, reset, range, qbpp, limit, .. } = self.parameters;
        let same = (a - b).abs() <= near;
        let kind = usize::from(same);
        let state = &mut self.run_contexts[kind];
        let k = golomb_parameter(state.n, state.a + if same { state.n >> 1 } else { 0 });
        // The run length took its bits of the longest code.
        let limit = limit.checked_sub(RUN_BITS[self.run_index] + 1).filter(|&l| l > qbpp + 1);
        let limit = limit.ok_or_else(|| damaged("code length"))?;
        let mapped = self.bits.golomb(k, limit, qbpp)?;
        if mapped.unsigned_abs() > 2 * range.unsigned_abs() {
            return Err(damaged("an error beyond its range"));
        }
        // A.7.2.2: EMErrval = 2 |Errval| − RItype − map.
        let doubled = mapped + i32::from(same);
        let map = doubled & 1;
        let magnitude = (doubled + map) / 2;
        let positive_is_mapped = k != 0 || 2 * state.negative >= state.n;
        let error = if i32::from(positive_is_mapped) == map { -magnitude } else { magnitude };
        state.update(error, (mapped + 1 - i32::from(same)) >> 1, reset)?;
        self.run_index = self.run_index.saturating_sub(1);
        let step = self.parameters.step();
        Ok(match same {
            true => self.reconstruct::<false>(a + error * step),
            false => self.reconstruct::<false>(b + if b > a { error } else { -error } * step),
        })
    }

    /// A.4.5: modulo the range, then within bounds.
    #[inline(always)]
    fn reconstruct<const LOSSLESS: bool>(&self, mut value: i32) -> i32 {
        let Parameters { maximum, range, .. } = self.parameters;
        let near = if LOSSLESS { 0 } else { self.parameters.near };
        let span = range * (2 * near + 1);
        if value < -near {
            value += span;
        } else if value > maximum + near {
            value -= span;
        }
        value.clamp(0, maximum)
    }
}

/// The smallest k with N · 2^k ≥ A (T.87 A.5.1).
#[inline(always)]
fn golomb_parameter(n: i32, a: i32) -> u32 {
    // The least of which the highest bit is that of A, or one more.
    let k = n.leading_zeros().saturating_sub(a.leading_zeros());
    k + u32::from(n << k < a)
}

// Without branches, which noise makes unpredictable; those of the library become some in WebAssembly.

#[inline(always)]
fn lesser(a: i32, b: i32) -> i32 {
    let difference = a.wrapping_sub(b);
    b.wrapping_add(difference & difference >> 31)
}

#[inline(always)]
fn greater(a: i32, b: i32) -> i32 {
    let difference = a.wrapping_sub(b);
    a.wrapping_sub(difference & difference >> 31)
}

#[inline(always)]
fn within(value: i32, low: i32, high: i32) -> i32 {
    lesser(greater(value, low), high)
}

impl Context {
    /// T.87 A.6.
    #[inline(always)]
    fn update(&mut self, error: i32, step: i32, reset: i32) -> Result<(), Fault> {
        self.b += error * step;
        self.a += error.abs();
        if self.a > LARGEST_SUM {
            return Err(damaged("errors grow without end"));
        }
        if self.n == reset {
            self.a >>= 1;
            self.b >>= 1;
            self.n >>= 1;
        }
        self.n += 1;
        // All bits where B ≤ −N, and where B > 0.
        let (below, above) = ((self.b + self.n - 1) >> 31, -self.b >> 31);
        self.b = within(self.b + (self.n & below) - (self.n & above), 1 - self.n, 0);
        self.c = within(i32::from(self.c) + below - above, -128, 127) as i16;
        self.k = golomb_parameter(self.n, self.a) as u16;
        Ok(())
    }
}

impl RunContext {
    /// T.87 A.7.2.
    fn update(&mut self, error: i32, sum: i32, reset: i32) -> Result<(), Fault> {
        self.negative += i32::from(error < 0);
        self.a += sum;
        if self.a > LARGEST_SUM {
            return Err(damaged("errors grow without end"));
        }
        if self.n == reset {
            self.a >>= 1;
            self.n >>= 1;
            self.negative >>= 1;
        }
        self.n += 1;
        Ok(())
    }
}
