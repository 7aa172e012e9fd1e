//! From the last image to probabilities.

use crate::Error;
use crate::kernels::cells::{BLOCK, Place};
use crate::mask::Mask;
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

/// Makes of the wanted pixels what the head says. `libm` gives the same bits everywhere.
pub fn finish(head: Head, wanted: &Mask, outputs: &mut [f32]) -> Result<(), Error> {
    let (rows, columns) = (wanted.rows(), wanted.columns());
    let classes = outputs.len() / (rows * columns);
    let mut sound = true;
    for row in 0..rows {
        for column in wanted.row(row) {
            let at = |class: usize| (class * rows + row) * columns + column;
            match head {
                Head::Linear => {}
                Head::Sigmoid => {
                    for class in 0..classes {
                        let value = &mut outputs[at(class)];
                        *value = 1.0 / (1.0 + libm::expf(-*value));
                    }
                }
                Head::Softmax => {
                    let largest = (0..classes).map(|c| outputs[at(c)]).fold(f32::MIN, f32::max);
                    let mut sum = 0.0;
                    for class in 0..classes {
                        let value = &mut outputs[at(class)];
                        *value = libm::expf(*value - largest);
                        sum += *value;
                    }
                    for class in 0..classes {
                        outputs[at(class)] /= sum;
                    }
                }
            }
            sound &= (0..classes).all(|class| outputs[at(class)].is_finite());
        }
    }
    if sound { Ok(()) } else { Err(Error::Refused("its answer is not a number".into())) }
}
