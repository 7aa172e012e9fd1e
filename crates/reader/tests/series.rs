//! Which slices make a volume, and what is said of it (PS3.3 C.7.6.2.1.1, C.7.6.16; corpus rules).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;

use part10::{COLUMNS, ROWS, Slice, element, text};
use reader::{
    Assembly, Code, Frame, Limits, Modality, Scanned, WarningCode, assemble, decode, scan,
};

/// The frames of slices, their pixels decoded if `seen`.
fn frames(slices: &[Slice], seen: bool) -> Vec<Frame> {
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

fn assembled(slices: &[Slice]) -> Assembly {
    assemble(frames(slices, true))
}

/// Slices 5 mm apart, `base` above those of [`Slice::at`].
fn stack(count: i32, base: i16, extra: &[u8]) -> Vec<Slice> {
    let slice = |n: i32| {
        let slice = Slice::at(f64::from(5 * n), n + 1);
        Slice { base: slice.base + base, extra: extra.to_vec(), ..slice }
    };
    (0..count).map(slice).collect()
}

/// Lengths of the volumes and the codes of each, in order.
fn volumes(assembly: &Assembly) -> Vec<(usize, Vec<WarningCode>)> {
    let codes = |s: &reader::Series| s.warnings.iter().map(|w| w.code).collect();
    assembly.series.iter().map(|s| (s.frames.len(), codes(s))).collect()
}

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
fn several_warnings_at_once() {
    let extra = [
        // Tilted by 15 degrees about x, while the table moves along z.
        text(0x0020_0037, "DS", "1\\0\\0\\0\\0.965926\\-0.258819"),
        text(0x0028_2110, "CS", "01"),
        text(0x0028_1054, "LO", "US"),
        text(0x0028_1053, "DS", "3000"),
    ];
    let mut slices = stack(6, 0, &extra.concat());
    slices.remove(3);
    let expected = vec![
        WarningCode::Gap,
        WarningCode::Tilt,
        WarningCode::Lossy,
        WarningCode::Saturated,
        WarningCode::NotHu,
    ];
    assert_eq!(volumes(&assembled(&slices)), [(5, expected)]);
}

#[test]
fn patients_under_one_uid_are_told_apart() {
    let both = [stack(3, 0, b""), stack(3, 500, &text(0x0010_0020, "LO", "P2"))].concat();
    let codes = vec![WarningCode::Split, WarningCode::PatientConflict];
    assert_eq!(volumes(&assembled(&both)), [(3, codes.clone()), (3, codes)]);
}

#[test]
fn positions_that_are_none() {
    for (tag, value) in [
        (0x0020_0032, "abc\\nan\\1e999"),
        (0x0020_0032, "1\\2"),
        (0x0020_0032, "\\\\"),
        (0x0020_0037, "0\\0\\0\\0\\0\\0"),
        (0x0020_0037, "1\\0\\0\\1\\0\\0"),
        (0x0020_0037, "1\\0\\0\\0\\1"),
        (0x0020_0037, ""),
    ] {
        // In all slices: they are shown in the order of their numbers, and nothing is measured.
        let bad = text(tag, "DS", value);
        let assembly = assembled(&stack(4, 0, &bad));
        assert_eq!(volumes(&assembly), [(4, vec![WarningCode::NoPosition])], "{value}");
        assert!(assembly.series[0].geometry.affine.is_none());
        // In one of them: it cannot be put among the others.
        let mut slices = stack(5, 0, b"");
        slices[2].extra = bad;
        let assembly = assembled(&slices);
        assert_eq!(volumes(&assembly), [(4, vec![WarningCode::Gap])], "{value}");
        let [refusal] = &assembly.refused[..] else { panic!("{:?}", assembly.refused) };
        assert_eq!((&*refusal.path, refusal.code), ("2", Code::InconsistentGeometry));
    }
}

#[test]
fn pixel_spacing_that_is_none() {
    for value in ["", "0\\0", "-1\\-1", "0.5", "a\\b"] {
        let assembly = assembled(&stack(4, 0, &text(0x0028_0030, "DS", value)));
        assert_eq!(volumes(&assembly), [(4, vec![WarningCode::NoPixelSpacing])], "{value}");
        assert_eq!(assembly.series[0].spacing_mm, [None, None, Some(5.0)]);
    }
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

/// A classic multi-frame image: the slices of a stack in one file, with `extra` at its root.
fn classic(extra: &[u8]) -> Vec<u8> {
    let slices = stack(3, 0, b"");
    let pixels: Vec<u8> =
        slices.iter().flat_map(Slice::stored).flat_map(i16::to_le_bytes).collect();
    let mut file = Slice { extra: extra.to_vec(), ..slices[0].clone() }.file();
    file.truncate(file.len() - 12 - 2 * ROWS * COLUMNS);
    file.extend(element(0x7FE0_0010, "OW", &pixels));
    file
}

#[test]
fn classic_multi_frame_has_frames_and_no_places() {
    let file = classic(&text(0x0028_0008, "IS", "3"));
    let limits = Limits::default();
    let Scanned::Frames(mut frames) = scan("f", &file, file.len() as u64, &limits) else {
        panic!("refused")
    };
    for (frame, slice) in frames.iter_mut().zip(stack(3, 0, b"")) {
        let pixels = decode(frame, &file, &limits).unwrap();
        assert!(pixels.hu.iter().map(|hu| hu + 1024).eq(slice.stored()));
        frame.seen = Some(pixels.seen());
    }
    let assembly = assemble(frames.clone());
    assert_eq!(volumes(&assembly), [(3, vec![WarningCode::NoPosition])]);
    assert!(assembly.series[0].frames.iter().map(|f| f.number).eq(0..3));
    // The same object from another file.
    let copy = frames.iter().cloned().map(|frame| Frame { path: "g".to_owned(), ..frame });
    let assembly = assemble(frames.iter().cloned().chain(copy).collect());
    let [refusal] = &assembly.refused[..] else { panic!("{:?}", assembly.refused) };
    assert_eq!((&*refusal.path, refusal.code), ("g", Code::Duplicate));
    let short = classic(&text(0x0028_0008, "IS", "4"));
    assert!(matches!(
        scan("f", &short, short.len() as u64, &limits),
        Scanned::Refused(refusal) if refusal.code == Code::Truncated
    ));
}

/// A sequence of items of known length.
fn sequence(tag: u32, items: &[Vec<u8>]) -> Vec<u8> {
    let item =
        |item: &Vec<u8>| [b"\xfe\xff\0\xe0", &(item.len() as u32).to_le_bytes()[..], item].concat();
    element(tag, "SQ", &items.iter().flat_map(item).collect::<Vec<u8>>())
}

/// Functional groups of the frames of [`classic`], which lie at `positions`; the second has a slope of its own.
fn enhanced(positions: &[&str]) -> Vec<u8> {
    let macro_of = |tag, attributes: Vec<u8>| sequence(tag, &[attributes]);
    let rescale = |slope: &str| {
        let values = [text(0x0028_1052, "DS", "-1024"), text(0x0028_1053, "DS", slope)];
        macro_of(0x0028_9145, values.concat())
    };
    let shared = [
        macro_of(0x0020_9116, text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0")),
        macro_of(0x0028_9110, text(0x0028_0030, "DS", "0.25\\0.5")),
        rescale("1"),
    ];
    let per_frame: Vec<Vec<u8>> = positions
        .iter()
        .enumerate()
        .map(|(n, position)| {
            let own = if n == 1 { rescale("2") } else { Vec::new() };
            [macro_of(0x0020_9113, text(0x0020_0032, "DS", position)), own].concat()
        })
        .collect();
    [
        text(0x0028_0008, "IS", "3"),
        sequence(0x5200_9229, &[shared.concat()]),
        sequence(0x5200_9230, &per_frame),
    ]
    .concat()
}

#[test]
fn frames_lie_where_their_groups_say() {
    let limits = Limits::default();
    // The root of the file says other things.
    let file = classic(&enhanced(&["0\\0\\8", "0\\0\\2", "0\\0\\5"]));
    let Scanned::Frames(frames) = scan("f", &file, file.len() as u64, &limits) else {
        panic!("refused")
    };
    let slope = |frame: &Frame| match frame.modality_values {
        Modality::Linear { slope, .. } => slope,
        _ => 0.0,
    };
    assert!(frames.iter().map(slope).eq([1.0, 2.0, 1.0]));
    let assembly = assemble(frames);
    assert_eq!(volumes(&assembly), [(3, vec![])]);
    let series = &assembly.series[0];
    assert!(series.frames.iter().map(|f| f.number).eq([1, 2, 0]));
    let affine = series.geometry.affine.unwrap();
    assert_eq!(
        (affine.spacing_mm(), affine.origin.to_array()),
        ([0.5, 0.25, 3.0], [0.0, 0.0, 2.0])
    );
    for positions in [&["0\\0\\8", "0\\0\\2"][..], &["0\\0\\8", "", "0\\0\\2"]] {
        let file = classic(&enhanced(positions));
        assert!(matches!(
            scan("f", &file, file.len() as u64, &limits),
            Scanned::Refused(refusal) if refusal.code == Code::InconsistentGeometry
        ));
    }
}

#[test]
fn modality_tables_of_every_form() {
    // PS3.3 C.11.1.1: descriptor (entries, first, bits), type, data.
    let table = |descriptor: [u16; 3], kind: &str, data: &[u8]| {
        let words: Vec<u8> = descriptor.into_iter().flat_map(u16::to_le_bytes).collect();
        let item = [
            element(0x0028_3002, "SS", &words),
            text(0x0028_3004, "LO", kind),
            element(0x0028_3006, "OW", data),
        ];
        sequence(0x0028_3000, &[item.concat()])
    };
    for (extra, first, values, unit) in [
        (table([3, 0xFFFE, 16], "HU", &[1, 0, 2, 0, 0xFF, 0xFF]), -2, vec![1, 2, -1], None),
        (table([4, 0, 8], "HU", &[1, 2, 3, 200]), 0, vec![1, 2, 3, 200], None),
        (table([2, 0, 8], "HU", &[1, 0, 200, 0]), 0, vec![1, 200], None),
        (table([1, 7, 16], "US", &[9, 0]), 7, vec![9], Some("US")),
    ] {
        let frame = frames(&stack(1, 0, &extra), true).remove(0);
        assert_eq!(frame.modality_values, Modality::Table { first, values });
        assert_eq!(frame.other_unit.as_deref(), unit);
    }
}
