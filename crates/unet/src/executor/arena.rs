//! One piece of memory for all images of a network: each has a place in it for as long as it is read.

use crate::kernels::cells::{BLOCK, Place, Size, TILE};
use crate::plan::{Plan, ValueId};

/// The size of an image that was halved `level` times. Room is for whole tiles at the deepest level, so that a tile
/// and what it is made of, or makes, always have the same room.
pub fn size(plan: &Plan, rows: usize, columns: usize, level: u32) -> Size {
    let room = |len: usize| len.next_multiple_of(TILE * plan.multiple_of()) >> level;
    Size {
        rows: rows >> level,
        columns: columns >> level,
        room_rows: room(rows),
        room_columns: room(columns),
    }
}

/// A place for each value, and how many floats they take together. `written_early` names values that are written one
/// or more steps before their own: with the value that they are made of.
pub fn places(
    plan: &Plan,
    rows: usize,
    columns: usize,
    born_at: impl Fn(ValueId) -> usize,
) -> (Vec<Place>, usize) {
    let lives: Vec<(usize, usize)> = (0..plan.values.len())
        .map(|value| {
            let reads = |at: &usize| plan.steps[*at].inputs.contains(&value);
            let last = (0..plan.steps.len()).rev().find(reads);
            let born = born_at(value);
            // The output is read after all steps.
            (born, last.unwrap_or(plan.steps.len()).max(born))
        })
        .collect();
    let mut places: Vec<Place> = plan
        .values
        .iter()
        .map(|value| Place {
            offset: 0,
            blocks: value.channels.div_ceil(BLOCK),
            size: size(plan, rows, columns, value.level),
        })
        .collect();

    // The largest first, each into the lowest gap between those that live at the same time.
    let mut order: Vec<ValueId> = (0..places.len()).collect();
    order.sort_by_key(|&value| std::cmp::Reverse(places[value].floats()));
    let mut top = 0;
    for (at, &value) in order.iter().enumerate() {
        let meets = |other: &ValueId| {
            lives[*other].0 <= lives[value].1 && lives[value].0 <= lives[*other].1
        };
        let mut taken: Vec<(usize, usize)> = order[..at]
            .iter()
            .filter(|other| meets(other))
            .map(|&other| (places[other].offset, places[other].offset + places[other].floats()))
            .collect();
        taken.sort_unstable();
        let mut offset = 0;
        for (from, to) in taken {
            if offset + places[value].floats() <= from {
                break;
            }
            offset = offset.max(to);
        }
        places[value].offset = offset;
        top = top.max(offset + places[value].floats());
    }
    (places, top)
}
