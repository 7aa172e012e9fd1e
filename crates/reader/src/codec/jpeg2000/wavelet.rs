//! The inverse wavelet transform (ITU-T T.800 Annex F), one level at a time, row by row.
//!
//! A row is transformed in itself while its low- and high-pass samples lie apart, then as a whole with the rows around it:
//! both ways a step of the lifting is the same work on three slices. Only what a step needs of the rows is held.

use super::codestream::Area;

/// A pair of filters as lifting steps.
pub trait Filter {
    type Value: Copy + Default;

    const STEPS: usize;

    /// Subtracts the `step`th prediction from the samples at even (step 0, 2, …) or odd places, by their neighbours.
    fn lift(step: usize, target: &mut [Self::Value], a: &[Self::Value], b: &[Self::Value]);

    /// Samples of a sub-band; `high` counts the directions in which it is high-pass, less those in which it is low-pass.
    fn load(target: &mut [Self::Value], band: &[Self::Value], high: i32);

    /// A single sample at an odd place (T.800 F.3.6).
    fn halve(values: &mut [Self::Value]);

    /// Coefficients of a sub-band with this step from those of a block, which are twice as large.
    fn dequantise(band: &mut [Self::Value], block: &[i32], step: f32);

    fn round(value: Self::Value) -> i32;
}

/// The 5/3 filter (T.800 F.3.8.2.1.1).
pub struct Reversible;

impl Filter for Reversible {
    type Value = i32;

    const STEPS: usize = 2;

    #[inline(always)]
    fn lift(step: usize, target: &mut [i32], a: &[i32], b: &[i32]) {
        let sums = a.iter().zip(b).map(|(a, b)| a.wrapping_add(*b));
        if step == 0 {
            for (value, sum) in target.iter_mut().zip(sums) {
                *value = value.wrapping_sub(sum.wrapping_add(2) >> 2);
            }
        } else {
            for (value, sum) in target.iter_mut().zip(sums) {
                *value = value.wrapping_add(sum >> 1);
            }
        }
    }

    fn load(target: &mut [i32], band: &[i32], _high: i32) {
        target.copy_from_slice(band);
    }

    fn halve(values: &mut [i32]) {
        values.iter_mut().for_each(|v| *v >>= 1);
    }

    fn dequantise(band: &mut [i32], block: &[i32], _step: f32) {
        for (value, twice) in band.iter_mut().zip(block) {
            *value = twice / 2;
        }
    }

    #[inline(always)]
    fn round(value: i32) -> i32 {
        value
    }
}

/// The 9/7 filter (T.800 F.3.8.2.1.2, table F.4).
pub struct Irreversible;

const K: f32 = 1.230_174_1;

impl Filter for Irreversible {
    type Value = f32;

    const STEPS: usize = 4;

    #[inline(always)]
    fn lift(step: usize, target: &mut [f32], a: &[f32], b: &[f32]) {
        /// δ, γ, β, α.
        const FACTORS: [f32; 4] = [0.443_506_85, 0.882_911_1, -0.052_980_12, -1.586_134_3];
        let factor = FACTORS[step & 3];
        for ((value, a), b) in target.iter_mut().zip(a).zip(b) {
            *value -= factor * (a + b);
        }
    }

    fn load(target: &mut [f32], band: &[f32], high: i32) {
        let factor = match high {
            2 => 1.0 / (K * K),
            1 => 1.0 / K,
            0 => 1.0,
            -1 => K,
            _ => K * K,
        };
        for (value, sample) in target.iter_mut().zip(band) {
            *value = sample * factor;
        }
    }

    fn halve(values: &mut [f32]) {
        values.iter_mut().for_each(|v| *v *= 0.5);
    }

    fn dequantise(band: &mut [f32], block: &[i32], step: f32) {
        let half = step * 0.5;
        for (value, &twice) in band.iter_mut().zip(block) {
            *value = twice as f32 * half;
        }
    }

    #[inline(always)]
    fn round(value: f32) -> i32 {
        value.round_ties_even() as i32
    }
}

/// The rows that are in work.
pub struct Synthesis<F: Filter> {
    rows: Vec<Vec<F::Value>>,
}

impl<F: Filter> Default for Synthesis<F> {
    fn default() -> Self {
        Self { rows: vec![Vec::new(); F::STEPS + 2] }
    }
}

impl<F: Filter> Synthesis<F> {
    /// A resolution from LL, HL, LH and HH. `emit` gets number, samples at even and samples at odd places from the first on
    /// of each row.
    pub fn level(
        &mut self,
        area: Area,
        bands: [&[F::Value]; 4],
        mut emit: impl FnMut(usize, &[F::Value], &[F::Value]),
    ) {
        let shape = Shape::new(area);
        let height = area.height();
        for row in &mut self.rows {
            row.clear();
            row.resize(shape.low + shape.high + 4, F::Value::default());
        }
        for arrived in 0..height + F::STEPS {
            if arrived < height {
                let row = self.rows[arrived % (F::STEPS + 2)].as_mut_slice();
                shape.row::<F>(row, arrived, height, bands);
            }
            if height > 1 {
                self.lift_rows(area.y0, arrived, height);
            }
            if let Some(done) = arrived.checked_sub(F::STEPS) {
                let row = &self.rows[done % (F::STEPS + 2)];
                let low = &row[1..][..shape.low];
                let high = &row[shape.low + 3..][..shape.high];
                if shape.odd { emit(done, high, low) } else { emit(done, low, high) }
            }
        }
    }

    /// Every step that row `arrived` makes possible: step i on the row i + 1 before it.
    fn lift_rows(&mut self, y0: u32, arrived: usize, height: usize) {
        let slot = |row: usize| row % (F::STEPS + 2);
        for step in 0..F::STEPS {
            let Some(row) = arrived.checked_sub(step + 1).filter(|&row| row < height) else {
                continue;
            };
            if (row ^ y0 as usize ^ step) & 1 != 0 {
                continue;
            }
            // Beyond the first and the last row lies the mirror image.
            let below = if row + 1 < height { row + 1 } else { row - 1 };
            let above = row.checked_sub(1).unwrap_or(below);
            let mut target = std::mem::take(&mut self.rows[slot(row)]);
            F::lift(step, &mut target, &self.rows[slot(above)], &self.rows[slot(below)]);
            self.rows[slot(row)] = target;
        }
    }
}

/// How the rows of a resolution are made of low- and high-pass samples.
struct Shape {
    low: usize,
    high: usize,
    /// The first sample, and the first row, lie at an odd place.
    odd: bool,
    odd_rows: bool,
}

impl Shape {
    fn new(Area { x0, x1, y0, .. }: Area) -> Self {
        let low = (x1.div_ceil(2) - x0.div_ceil(2)) as usize;
        let high = (x1 / 2 - x0 / 2) as usize;
        Self { low, high, odd: x0 % 2 == 1, odd_rows: y0 % 2 == 1 }
    }

    /// Loads row `number` and transforms it in itself. It holds the low-pass samples between two that mirror its ends, then
    /// the high-pass ones likewise.
    fn row<F: Filter>(
        &self,
        row: &mut [F::Value],
        number: usize,
        height: usize,
        [ll, hl, lh, hh]: [&[F::Value]; 4],
    ) {
        let odd_row = (number % 2 == 1) != self.odd_rows;
        let (left, right) = if odd_row { (lh, hh) } else { (ll, hl) };
        let (low, high) = row.split_at_mut(self.low + 2);
        let part = |band: usize| number / 2 * band..(number / 2 + 1) * band;
        let vertical = if height == 1 { 0 } else { 2 * i32::from(odd_row) - 1 };
        let horizontal = i32::from(self.low + self.high > 1);
        F::load(&mut low[1..=self.low], &left[part(self.low)], vertical - horizontal);
        F::load(&mut high[1..=self.high], &right[part(self.high)], vertical + horizontal);
        if self.low + self.high > 1 {
            self.lift::<F>(low, high);
        } else if self.odd {
            F::halve(high);
        }
        if height == 1 && odd_row {
            F::halve(low);
            F::halve(high);
        }
    }

    fn lift<F: Filter>(&self, low: &mut [F::Value], high: &mut [F::Value]) {
        let odd = usize::from(self.odd);
        for step in 0..F::STEPS {
            let (target, other, from) = if step % 2 == 0 {
                (&mut *low, &mut *high, odd)
            } else {
                (&mut *high, &mut *low, 1 - odd)
            };
            let last = other.len() - 1;
            other[0] = other[1];
            other[last] = other[last - 1];
            let target_end = target.len() - 1;
            let target = &mut target[1..target_end];
            let length = target.len();
            F::lift(step, target, &other[from..][..length], &other[from + 1..][..length]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// 1D_SR of T.800 F.3.6 for the 9/7 filter, sample by sample as it is written there.
    fn line(samples: &[f64], first: usize) -> Vec<f64> {
        const K: f64 = 1.230174104914001;
        const STEPS: [f64; 4] =
            [0.443506852043971, 0.882911075530934, -0.052980118572961, -1.586134342059924];
        let (mut line, last) = (samples.to_vec(), samples.len() as isize - 1);
        if last == 0 {
            return vec![if first.is_multiple_of(2) { line[0] } else { line[0] / 2.0 }];
        }
        for (at, value) in line.iter_mut().enumerate() {
            *value *= if (first + at).is_multiple_of(2) { K } else { 1.0 / K };
        }
        let mirrored = |at: isize| (if at > last { 2 * last - at } else { at.abs() }) as usize;
        for (step, factor) in STEPS.into_iter().enumerate() {
            for at in (0..line.len()).filter(|at| (first + at + step).is_multiple_of(2)) {
                let [a, b] = [at as isize - 1, at as isize + 1].map(|at| line[mirrored(at)]);
                line[at] -= factor * (a + b);
            }
        }
        line
    }

    /// 2D_SR of F.3.2 on interleaved sub-bands: rows, then columns.
    fn plane(mut samples: Vec<f64>, area: Area) -> Vec<f64> {
        let width = area.width();
        for row in samples.chunks_exact_mut(width) {
            row.copy_from_slice(&line(row, area.x0 as usize));
        }
        for x in 0..width {
            let column: Vec<f64> = samples.iter().skip(x).step_by(width).copied().collect();
            for (y, value) in line(&column, area.y0 as usize).into_iter().enumerate() {
                samples[y * width + x] = value;
            }
        }
        samples
    }

    proptest! {
        #[test]
        fn a_level_is_what_t_800_says(
            (x0, y0) in (0u32..4, 0u32..4),
            (width, height) in (1u32..20, 1u32..20),
            seed in any::<u32>(),
        ) {
            let area = Area { x0, y0, x1: x0 + width, y1: y0 + height };
            let value = |at: u32| (at.wrapping_add(seed).wrapping_mul(2_654_435_761) >> 20) as f32 - 2048.0;
            let samples: Vec<f32> = (0..width * height).map(value).collect();
            let band = |high_x: u32, high_y: u32| -> Vec<f32> {
                let inside = |at: &u32| (x0 + at % width) % 2 == high_x && (y0 + at / width) % 2 == high_y;
                (0..width * height).filter(inside).map(|at| samples[at as usize]).collect()
            };
            let bands = [band(0, 0), band(1, 0), band(0, 1), band(1, 1)];
            let mut made = Vec::new();
            let bands = [&bands[0][..], &bands[1], &bands[2], &bands[3]];
            Synthesis::<Irreversible>::default().level(area, bands, |_, even, odd| {
                made.extend((0..area.width()).map(|x| if x % 2 == 0 { even[x / 2] } else { odd[x / 2] }));
            });
            let expected = plane(samples.iter().map(|&v| f64::from(v)).collect(), area);
            for (a, b) in made.into_iter().zip(expected) {
                prop_assert!((f64::from(a) - b).abs() < 0.02, "{a} {b}");
            }
        }
    }
}
