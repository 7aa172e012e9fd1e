//! Buffers for a plan's images: those that never live at once share one.

use std::ops::RangeInclusive;
use unet::Plan;

/// For each value the number of its slot, and the bytes of each slot.
pub fn share(plan: &Plan, bytes: &[usize]) -> (Vec<usize>, Vec<usize>) {
    let lives: Vec<_> = (0..bytes.len()).map(|value| life(plan, value)).collect();
    let meet = |a: usize, b: usize| {
        let (a, b): (&RangeInclusive<usize>, &RangeInclusive<usize>) = (&lives[a], &lives[b]);
        a.start() <= b.end() && b.start() <= a.end()
    };
    // The largest first: a slot is as large as the first that it is made for.
    let mut order: Vec<usize> = (0..bytes.len()).collect();
    order.sort_by_key(|&value| std::cmp::Reverse(bytes[value]));
    let mut slots: Vec<Vec<usize>> = Vec::new();
    for value in order {
        match slots.iter_mut().find(|slot| !slot.iter().any(|&other| meet(value, other))) {
            Some(slot) => slot.push(value),
            None => slots.push(vec![value]),
        }
    }
    let mut of_value = vec![0; bytes.len()];
    for (number, slot) in slots.iter().enumerate() {
        for &value in slot {
            of_value[value] = number;
        }
    }
    (of_value, slots.iter().map(|slot| bytes[slot[0]]).collect())
}

/// From the step that writes a value to the last that reads it. The input is written before the first step, the output
/// read after the last.
fn life(plan: &Plan, value: usize) -> RangeInclusive<usize> {
    let born = plan.steps.iter().position(|step| step.output == value).map_or(0, |at| at + 1);
    let is_output = plan.steps.last().is_some_and(|step| step.output == value);
    let last_read = plan.steps.iter().rposition(|step| step.inputs.contains(&value));
    let end = if is_output { plan.steps.len() + 1 } else { last_read.map_or(born, |at| at + 1) };
    born..=end
}

#[cfg(test)]
mod tests {
    use super::*;
    use unet::plan::{Head, Op, Step, Value};

    #[test]
    fn a_chain_takes_two_slots_and_a_skip_a_third() {
        let step = |from: usize| Step { op: Op::MaxPool, inputs: vec![from], output: from + 1 };
        let values = (0..5).map(|level| Value { channels: 1, level }).collect();
        let steps = (0..4).map(step).collect();
        let mut plan = Plan { values, steps, head: Head::Linear, weights: vec![] };
        let bytes = [16, 8, 4, 2, 1];
        assert_eq!(share(&plan, &bytes), (vec![0, 1, 0, 1, 0], vec![16, 8]));
        plan.steps[3].inputs.push(1);
        assert_eq!(share(&plan, &bytes), (vec![0, 1, 0, 2, 0], vec![16, 8, 2]));
    }
}
