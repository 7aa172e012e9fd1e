//! Stacks of slices, scanned and assembled.

use crate::part10::Slice;
use reader::{Assembly, Frame, Limits, Scanned, WarningCode, assemble, decode, scan};

/// The frames of slices, their pixels decoded if `seen`.
pub fn frames(slices: &[Slice], seen: bool) -> Vec<Frame> {
    let limits = Limits::default();
    let mut all = Vec::new();
    for (n, slice) in slices.iter().enumerate() {
        let file = slice.file();
        let Scanned::Frames(frames) = scan(&format!("{n}"), &file, file.len() as u64, &limits)
        else {
            panic!("slice {n} is refused")
        };
        for mut frame in frames {
            frame.seen = seen.then(|| decode(&frame, &file, &limits).unwrap().seen());
            all.push(frame);
        }
    }
    all
}

pub fn assembled(slices: &[Slice]) -> Assembly {
    assemble(frames(slices, true))
}

/// Slices 5 mm apart, `base` above those of [`Slice::at`].
pub fn stack(count: i32, base: i16, extra: &[u8]) -> Vec<Slice> {
    let slice = |n: i32| {
        let slice = Slice::at(f64::from(5 * n), n + 1);
        Slice { base: slice.base + base, extra: extra.to_vec(), ..slice }
    };
    (0..count).map(slice).collect()
}

/// Lengths of the volumes and the codes of each, in order.
pub fn volumes(assembly: &Assembly) -> Vec<(usize, Vec<WarningCode>)> {
    let codes = |s: &reader::Series| s.warnings.iter().map(|w| w.code).collect();
    assembly.series.iter().map(|s| (s.frames.len(), codes(s))).collect()
}
