//! Which slices make a volume, and what is said of it (PS3.3 C.7.6.2.1.1, C.7.6.16; corpus rules).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;
#[path = "part10/stack.rs"]
mod stack;

use part10::{COLUMNS, ROWS, Slice, element, text, word};
use reader::{Code, Frame, Limits, Modality, Scanned, WarningCode, assemble, decode, scan};
use stack::{assembled, frames, stack, volumes};

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
    groups(positions, &[])
}

/// The same, with more macros of each frame.
fn groups(positions: &[&str], more: &[Vec<Vec<u8>>]) -> Vec<u8> {
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
            let more = more.get(n).map(|more| more.concat()).unwrap_or_default();
            [macro_of(0x0020_9113, text(0x0020_0032, "DS", position)), own, more].concat()
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
    // One of them is a scout (PS3.3 C.8.15.3.1), or all are.
    let typed = |kinds: [&str; 3]| {
        let kind = |kind| vec![sequence(0x0018_9329, &[text(0x0008_9007, "CS", kind)])];
        let file = classic(&groups(&["0\\0\\8", "0\\0\\2", "0\\0\\5"], &kinds.map(kind)));
        scan("f", &file, file.len() as u64, &limits)
    };
    let (scout, volume) = ("ORIGINAL\\PRIMARY\\LOCALIZER", "ORIGINAL\\PRIMARY\\VOLUME");
    let Scanned::Frames(frames) = typed([scout, volume, volume]) else { panic!("refused") };
    assert!(frames.iter().map(|frame| frame.number).eq([1, 2]));
    assert!(
        matches!(typed([scout; 3]), Scanned::Refused(refusal) if refusal.code == Code::Localizer)
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
    let table_of = |vr: &str, descriptor: [u16; 3], kind: &str, data: &[u8]| {
        let words: Vec<u8> = descriptor.into_iter().flat_map(u16::to_le_bytes).collect();
        let item = [
            element(0x0028_3002, "SS", &words),
            text(0x0028_3004, "LO", kind),
            element(0x0028_3006, vr, data),
        ];
        sequence(0x0028_3000, &[item.concat()])
    };
    let table = |descriptor, kind, data: &[u8]| table_of("OW", descriptor, kind, data);
    // Pixels without a sign, values with one.
    let negative = table_of("SS", [2, 0xFFFE, 16], "HU", &[0x18, 0xFC, 0xFF, 0xFF]);
    let negative = [word(0x0028_0103, 0), negative].concat();
    for (extra, first, values, unit) in [
        (table([3, 0xFFFE, 16], "HU", &[1, 0, 2, 0, 0xFF, 0xFF]), -2, vec![1, 2, -1], None),
        (table([4, 0, 8], "HU", &[1, 2, 3, 200]), 0, vec![1, 2, 3, 200], None),
        (table([2, 0, 8], "HU", &[1, 0, 200, 0]), 0, vec![1, 200], None),
        (table([1, 7, 16], "US", &[9, 0]), 7, vec![9], Some("US")),
        (negative, 0xFFFE, vec![-1000, -1], None),
    ] {
        let frame = frames(&stack(1, 0, &extra), true).remove(0);
        assert_eq!(frame.modality_values, Modality::Table { first, values });
        assert_eq!(frame.other_unit.as_deref(), unit);
    }
}
