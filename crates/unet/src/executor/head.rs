//! From the last image to probabilities.

use crate::Error;
use crate::kernels::cells::{BLOCK, Place};
use crate::mask::{Mask, WORD};
use crate::plan::Head;

/// Copies the wanted pixels of an image, channel by channel.
pub fn gather(image: &Place, arena: &[f32], wanted: &Mask, outputs: &mut [f32]) {
    for (channel, plane) in outputs.chunks_exact_mut(image.size.pixels()).enumerate() {
        for (row, line) in plane.chunks_exact_mut(image.size.columns).enumerate() {
            for column in wanted.row(row) {
                line[column] = arena[image.pixel(channel / BLOCK, row, column) + channel % BLOCK];
            }
        }
    }
}

/// Makes of the wanted pixels what the head says, word by word of the mask: a loop without branches, which the compiler
/// turns into one over whole registers. What is not wanted is 0.
///
/// # Errors
/// Something wanted is not a number.
pub fn finish(head: Head, wanted: &Mask, outputs: &mut [f32]) -> Result<(), Error> {
    let (rows, columns) = (wanted.rows(), wanted.columns());
    let classes = outputs.len() / (rows * columns);
    let mut sound = true;
    for row in 0..rows {
        for (at, &word) in wanted.words(row).iter().enumerate().filter(|(_, word)| **word != 0) {
            let first = at * WORD;
            let len = WORD.min(columns - first);
            let run = |class: usize| {
                let start = (class * rows + row) * columns + first;
                start..start + len
            };
            match head {
                Head::Linear => {}
                Head::Sigmoid => {
                    for class in 0..classes {
                        outputs[run(class)].iter_mut().for_each(|x| *x = 1.0 / (1.0 + exp(-*x)));
                    }
                }
                Head::Softmax => softmax(outputs, classes, run),
            }
            for class in 0..classes {
                sound &= keep(word, &mut outputs[run(class)]);
            }
        }
    }
    if sound { Ok(()) } else { Err(Error::Refused("its answer is not a number".into())) }
}

fn softmax(outputs: &mut [f32], classes: usize, run: impl Fn(usize) -> std::ops::Range<usize>) {
    let (mut largest, mut sums) = ([f32::MIN; WORD], [0.0; WORD]);
    for class in 0..classes {
        for (largest, &x) in largest.iter_mut().zip(&outputs[run(class)]) {
            *largest = if x > *largest { x } else { *largest };
        }
    }
    for class in 0..classes {
        for ((x, largest), sum) in outputs[run(class)].iter_mut().zip(&largest).zip(&mut sums) {
            *x = exp(*x - largest);
            *sum += *x;
        }
    }
    for class in 0..classes {
        outputs[run(class)].iter_mut().zip(&sums).for_each(|(x, sum)| *x /= sum);
    }
}

/// Makes 0 of what is not in `word`. Whether all that is there is finite.
fn keep(word: u64, run: &mut [f32]) -> bool {
    if word.count_ones() as usize != run.len() {
        for (bit, x) in run.iter_mut().enumerate() {
            *x = if word >> bit & 1 == 1 { *x } else { 0.0 };
        }
    }
    run.iter().fold(true, |sound, x| sound & x.is_finite())
}

/// e^x to two units in the last place for -87..=88, beyond them as at them; NaN stays NaN. Of additions and
/// multiplications only, so that the bits are the same on every machine.
///
/// x = n ln 2 + r with a whole n, and e^r by its series: the eighth power of |r| ≤ ln 2 / 2 over 8! is below half a unit.
#[inline(always)]
fn exp(x: f32) -> f32 {
    // A number so large that its last digit counts ones.
    const ONES: f32 = 12_582_912.0;
    // ln 2 in two parts; the first times any n is exact.
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const SERIES: [f32; 6] = [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];

    let x = if x < -87.0 { -87.0 } else { x };
    let x = if x > 88.0 { 88.0 } else { x };
    let shifted = x * std::f32::consts::LOG2_E + ONES;
    let n = shifted - ONES;
    let r = x - n * LN_2[0] - n * LN_2[1];
    let series = SERIES.iter().fold(1.0 / 5040.0, |sum, coefficient| sum * r + coefficient);
    let power_of_two = f32::from_bits(shifted.to_bits().wrapping_add(127) << 23);
    (series * r + 1.0) * power_of_two
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn exp_is_right_to_two_units_in_the_last_place() {
        for x in (-8700..=8800).map(|x| x as f32 / 100.0 + 0.003) {
            let expected = f64::from(x.min(88.0)).exp();
            let off = (f64::from(exp(x)) / expected - 1.0).abs();
            assert!(off <= 2.0 * f64::from(f32::EPSILON), "exp({x}) is off by {off}");
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!((exp(f32::INFINITY), exp(f32::NEG_INFINITY)), (exp(88.0), exp(-87.0)));
        assert!(exp(f32::NAN).is_nan());
    }
}
