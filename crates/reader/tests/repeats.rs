//! The same slice again, and another scan at the same places (corpus rules on repeats and on what is one volume).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;
#[path = "part10/stack.rs"]
mod stack;

use part10::{Slice, text};
use reader::{WarningCode, assemble};
use stack::{assembled, frames, stack, volumes};

#[test]
fn two_scans_under_one_uid_are_told_apart() {
    for (tag, vr, values) in [
        (0x0020_0012, "IS", ["1", "2"]),
        (0x0018_1210, "SH", ["B30f", "B70f"]),
        (0x0018_0060, "DS", ["80", "140"]),
        (0x0008_0008, "CS", ["ORIGINAL\\PRIMARY\\AXIAL", "DERIVED\\PRIMARY\\AXIAL"]),
        (0x0008_0032, "TM", ["083000", "083100"]),
        (0x0020_0100, "IS", ["1", "2"]),
    ] {
        let [one, other] = values.map(|value| text(tag, vr, value));
        let both = [stack(4, 0, &one), stack(4, 500, &other)].concat();
        let assembly = assembled(&both);
        let split = vec![WarningCode::Split];
        assert_eq!(volumes(&assembly), [(4, split.clone()), (4, split)], "{tag:08X}");
        for series in &assembly.series {
            let extra: Vec<_> =
                series.frames.iter().map(|f| f.path.parse::<i32>().unwrap() / 4).collect();
            assert!(extra.windows(2).all(|w| w[0] == w[1]), "{tag:08X}: mixed {extra:?}");
        }
        assert_eq!(assembly.refused, []);
    }
}

#[test]
fn what_differs_from_slice_to_slice_tells_no_scans_apart() {
    // Each slice of two scans has a time of its own, and nothing else tells the scans apart but the numbers.
    let scan = |base: i16, minute: i32| {
        let timed = |(n, slice): (i32, Slice)| Slice {
            instance: n + 1 + 4 * minute,
            extra: text(0x0008_0032, "TM", &format!("08{minute:02}{n:02}")),
            ..slice
        };
        (0..).zip(stack(4, base, b"")).map(timed).collect::<Vec<_>>()
    };
    let assembly = assembled(&[scan(0, 0), scan(500, 1)].concat());
    let split = vec![WarningCode::Split];
    assert_eq!(volumes(&assembly), [(4, split.clone()), (4, split)]);
    // Three scans of which two overlap are told by their numbers, though no place is there three times.
    let scan = |first: i32, number: &str| {
        let moved = |slice: Slice| Slice {
            z: slice.z + f64::from(5 * first),
            instance: slice.instance + first * 10,
            ..slice
        };
        let slices = stack(12, first as i16, &text(0x0020_0012, "IS", number));
        slices.into_iter().map(moved).collect::<Vec<_>>()
    };
    let assembly = assembled(&[scan(0, "1"), scan(10, "2"), scan(20, "3")].concat());
    assert_eq!(volumes(&assembly), vec![(12, vec![WarningCode::Split]); 3]);
}

#[test]
fn the_last_digit_of_a_position_makes_no_other_place() {
    // Steps of 5/8 mm, which end half-way between hundredths; the second scan is numbered after the first.
    let moved = |first: i32, digit: f64| {
        move |slice: Slice| Slice {
            z: slice.z / 8.0 + digit,
            instance: slice.instance + first,
            ..slice
        }
    };
    let one = stack(8, 0, b"").into_iter().map(moved(0, 1e-6));
    let other = |base| stack(8, base, b"").into_iter().map(moved(8, -1e-6));
    let split = vec![WarningCode::Split];
    let two: Vec<Slice> = one.clone().chain(other(500)).collect();
    assert_eq!(volumes(&assembled(&two)), [(8, split.clone()), (8, split)]);
    let again: Vec<Slice> = one.chain(other(0)).collect();
    let assembly = assembled(&again);
    assert_eq!((assembly.series.len(), assembly.refused.len()), (1, 8));
}

#[test]
fn what_lies_in_other_frames_of_reference_or_studies_is_no_volume() {
    for tag in [0x0020_0052, 0x0020_000D] {
        let above =
            |slice: Slice| Slice { z: slice.z + 20.0, instance: slice.instance + 4, ..slice };
        let one = stack(4, 0, &text(tag, "UI", "1.2.1"));
        let other = stack(4, 500, &text(tag, "UI", "1.2.2")).into_iter().map(above).collect();
        let assembly = assembled(&[one, other].concat());
        assert!(assembly.series.iter().map(|s| s.frames.len()).eq([4, 4]), "{tag:08X}");
    }
    // An anonymiser that gives each file its own.
    let mut slices = stack(6, 0, b"");
    for slice in &mut slices {
        slice.extra = text(0x0020_0052, "UI", &format!("1.2.{}", slice.instance));
    }
    assert_eq!(volumes(&assembled(&slices)), [(6, vec![])]);
}

#[test]
fn what_differs_without_repeats_is_one_volume() {
    let mut slices = stack(6, 0, b"");
    slices[3].extra =
        [text(0x0020_0012, "IS", "2"), text(0x0028_0030, "DS", "0.5\\.7500001")].concat();
    assert_eq!(volumes(&assembled(&slices)), [(6, vec![])]);
    slices[3].extra = text(0x0018_1210, "SH", "B70f");
    assert_eq!(volumes(&assembled(&slices)), [(6, vec![WarningCode::MixedKernel])]);
    slices[3].extra = text(0x0020_0013, "IS", "9");
    assert_eq!(volumes(&assembled(&slices)), [(6, vec![WarningCode::OrderConflict])]);
}

#[test]
fn one_uid_for_all_files_loses_no_slice() {
    let same = text(0x0008_0018, "UI", "1.2.9");
    // Before the pixels are read, and after.
    for seen in [false, true] {
        let assembly = assemble(frames(&stack(5, 0, &same), seen));
        assert_eq!(volumes(&assembly), [(5, vec![])]);
        let twice = [stack(5, 0, &same), stack(5, 0, &same)].concat();
        let assembly = assemble(frames(&twice, seen));
        assert_eq!((assembly.series.len(), assembly.refused.len()), (1, 5));
    }
}

/// `count` slices from place `first` on, with HU of their own.
fn scan_at(first: i32, count: i32, base: i16, extra: &[u8]) -> Vec<Slice> {
    let moved = |slice: Slice| Slice {
        z: slice.z + f64::from(5 * first),
        instance: slice.instance + first + i32::from(base),
        ..slice
    };
    stack(count, base, extra).into_iter().map(moved).collect()
}

#[test]
fn short_scans_that_overlap_in_part_are_told_apart() {
    // More scans than any place has slices, and few slices each.
    let acquisition = |number: &str| text(0x0020_0012, "IS", number);
    for (cases, lengths) in [
        ([(0, 6), (5, 6), (10, 6)].to_vec(), [6, 6, 6].to_vec()),
        ([(0, 9), (0, 9), (20, 1), (30, 1)].to_vec(), [9, 9, 1, 1].to_vec()),
    ] {
        let scans = (1..).zip(cases).flat_map(|(n, (first, count))| {
            scan_at(first, count, 500 * n, &acquisition(&n.to_string()))
        });
        let assembly = assembled(&scans.collect::<Vec<_>>());
        let mut found: Vec<usize> =
            volumes(&assembly).into_iter().map(|(count, _)| count).collect();
        found.sort_by(|a, b| b.cmp(a));
        assert_eq!((found, assembly.refused), (lengths, vec![]));
    }
}

#[test]
fn air_of_another_scan_is_no_copy() {
    // The first and last slices of two scans are alike.
    let scan = |base: i16, extra: &[u8]| {
        let mut slices = scan_at(0, 6, base, extra);
        slices.iter_mut().for_each(|slice| slice.instance += i32::from(base));
        for end in [0, 1, 5] {
            slices[end].base = -100;
        }
        slices
    };
    for (tag, vr, values) in
        [(0x0020_0012, "IS", ["1", "2"]), (0x0018_1210, "SH", ["B30f", "B70f"])]
    {
        let [one, other] = values.map(|value| text(tag, vr, value));
        let assembly = assembled(&[scan(0, &one), scan(500, &other)].concat());
        let split = vec![WarningCode::Split];
        assert_eq!(volumes(&assembly), [(6, split.clone()), (6, split)], "{tag:08X}");
        assert_eq!(assembly.refused, []);
    }
    // The same air in two regions side by side.
    let mut both = stack(2, 0, b"");
    let beside = |slice: &Slice| Slice {
        instance: slice.instance + 2,
        extra: text(0x0020_0032, "DS", &format!("80\\-20\\{}", slice.z)),
        ..slice.clone()
    };
    both.extend(both.clone().iter().map(beside));
    assert_eq!(assembled(&both).refused, []);
}

#[test]
fn a_copy_under_another_image_type_is_still_one() {
    let original = stack(6, 0, b"");
    let mut copies = original[1..4].to_vec();
    for slice in &mut copies {
        (slice.instance, slice.image_type) = (slice.instance + 50, "DERIVED\\SECONDARY\\AXIAL");
    }
    let assembly = assembled(&[original, copies].concat());
    assert_eq!(volumes(&assembly), [(6, vec![WarningCode::Duplicate])]);
    assert_eq!(assembly.refused.len(), 3);
}

#[test]
fn positions_near_an_edge_of_rounding_are_one_place() {
    // Every offset of the second scan, in thousandths of a millimetre, and the places of both a third of one apart.
    for offset in [-4, -3, -1, 2, 4] {
        let nudged = |by: f64| {
            move |(n, slice): (i32, Slice)| Slice {
                z: slice.z + f64::from(n) / 3000.0 + by,
                instance: slice.instance + (by.abs() * 1e5) as i32 * 20,
                ..slice
            }
        };
        let one = (0..).zip(stack(8, 0, b"")).map(nudged(0.0));
        let other = (0..).zip(stack(8, 500, b"")).map(nudged(f64::from(offset) / 1000.0));
        let assembly = assembled(&one.chain(other).collect::<Vec<_>>());
        let lengths: Vec<usize> = assembly.series.iter().map(|s| s.frames.len()).collect();
        assert_eq!(lengths, [8, 8], "{offset}");
    }
}

#[test]
fn a_study_for_each_file_tells_nothing() {
    let study = |n: i32| text(0x0020_000D, "UI", &format!("1.2.{n}"));
    let mut slices = stack(6, 0, b"");
    for slice in &mut slices {
        slice.extra = study(slice.instance);
    }
    assert_eq!(volumes(&assembled(&slices)), [(6, vec![])]);
    // One file that has lost it.
    let mut slices = stack(5, 0, &study(1));
    slices[2].extra = Vec::new();
    assert_eq!(volumes(&assembled(&slices)), [(5, vec![])]);
}

#[test]
fn one_uid_for_all_files_keeps_equal_slices_of_air() {
    let mut slices = stack(5, 0, &text(0x0008_0018, "UI", "1.2.9"));
    slices.iter_mut().for_each(|slice| slice.base = -500);
    assert_eq!(volumes(&assembled(&slices)), [(5, vec![])]);
}
