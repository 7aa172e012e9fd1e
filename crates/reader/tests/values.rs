//! Stored values to HU through a whole file: bits, sign, padding, rounding, saturation (PS3.5 8.1.1, PS3.3 C.11.1).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;

use part10::{Slice, element, text, word};
use reader::{Frame, Limits, Pixels, Scanned, VoiFunction, decode, scan};

fn frame(file: &[u8]) -> Frame {
    match scan("f", file, file.len() as u64, &Limits::default()) {
        Scanned::Frames(mut frames) => frames.remove(0),
        other => panic!("{other:?}"),
    }
}

/// The first HU of an image whose first stored word is `base`.
fn first(base: i16, extra: &[Vec<u8>]) -> (i16, Pixels) {
    let file = Slice { base, extra: extra.concat(), ..Slice::at(0.0, 1) }.file();
    let pixels = decode(&frame(&file), &file, &Limits::default()).unwrap();
    (pixels.hu[0], pixels)
}

fn rescale(slope: &str, intercept: &str) -> Vec<u8> {
    [text(0x0028_1053, "DS", slope), text(0x0028_1052, "DS", intercept)].concat()
}

fn bits(stored: u16, high: u16, signed: u16) -> Vec<u8> {
    [word(0x0028_0101, stored), word(0x0028_0102, high), word(0x0028_0103, signed)].concat()
}

#[test]
fn only_the_stored_bits_count() {
    let plain = rescale("1", "0");
    for (base, format, hu) in [
        // 12 bits with rubbish above them; sign at bit 11; left-aligned.
        (0x7123, bits(12, 11, 0), 0x123),
        (0x0F00, bits(12, 11, 1), -0x100),
        (0x1230, bits(12, 15, 0), 0x123),
        (-0x0100, bits(12, 15, 1), -0x10),
        (0x1230, bits(8, 11, 0), 0x23),
    ] {
        assert_eq!(first(base, &[plain.clone(), format]).0, hu);
    }
}

#[test]
fn halves_go_to_the_even_hu() {
    for (base, hu) in [(1, 0), (3, 2), (-1, 0), (-3, -2), (5, 2)] {
        assert_eq!(first(base, &[rescale("0.5", "0")]).0, hu);
    }
    assert_eq!(first(100, &[rescale("1.0E+00", "-1.024E+03")]).0, -924);
}

#[test]
fn what_is_no_number_is_not_water() {
    let floats: Vec<u8> =
        [f32::NAN, 40.0].repeat(12).into_iter().flat_map(f32::to_le_bytes).collect();
    let extra = [rescale("1", "0"), element(0x7FE0_0008, "OF", &floats)].concat();
    let file = Slice { extra, ..Slice::at(0.0, 1) }.file();
    let pixels = decode(&frame(&file), &file, &Limits::default()).unwrap();
    assert_eq!((&pixels.hu[..2], pixels.saturated), (&[i16::MIN, 40][..], 0));
}

#[test]
fn beyond_i16_is_saturated_and_counted() {
    let (hu, pixels) = first(-32768, &[rescale("1", "-1024")]);
    assert_eq!((hu, pixels.saturated), (-32768, 24));
    let (hu, pixels) = first(3000, &[rescale("20", "0")]);
    assert_eq!((hu, pixels.saturated), (32767, 24));
}

#[test]
fn padding_is_counted_and_not_saturated() {
    // Padding −32768 to −32761: 8 of 24 pixels.
    let range = [
        element(0x0028_0120, "SS", &(-32768i16).to_le_bytes()),
        element(0x0028_0121, "SS", &(-32761i16).to_le_bytes()),
    ];
    let (_, pixels) = first(-32768, &range);
    assert_eq!((pixels.padding, pixels.saturated), (8, 16));
}

#[test]
fn padding_of_float_pixels_is_counted_and_not_saturated() {
    // From -1e30 to -1e20, both ends of which lie far beyond HU; 1e20 is no padding.
    let values = [-1e30f32, -1e25, 40.0, 1e20].repeat(6);
    let floats: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
    let doubles: Vec<u8> = values.iter().flat_map(|&v| f64::from(v).to_le_bytes()).collect();
    let (single, double) = ([-1e30f32, -1e20], [-1.1e30f64, -1e20]);
    let single = single.map(|v| v.to_le_bytes());
    let double = double.map(|v| v.to_le_bytes());
    for extra in [
        [
            element(0x0028_0122, "FL", &single[1]),
            element(0x0028_0124, "FL", &single[0]),
            rescale("1", "0"),
            element(0x7FE0_0008, "OF", &floats),
        ],
        [
            element(0x0028_0123, "FD", &double[0]),
            element(0x0028_0125, "FD", &double[1]),
            rescale("1", "0"),
            element(0x7FE0_0009, "OD", &doubles),
        ],
    ] {
        let file = Slice { extra: extra.concat(), ..Slice::at(0.0, 1) }.file();
        let pixels = decode(&frame(&file), &file, &Limits::default()).unwrap();
        assert_eq!((pixels.padding, pixels.saturated), (12, 6));
        assert_eq!(pixels.hu[..4], [i16::MIN, i16::MIN, 40, i16::MAX]);
    }
}

#[test]
fn without_a_rescale_stored_values_pass() {
    assert_eq!(first(77, &[rescale("", "")]).0, 77);
    assert_eq!(first(77, &[rescale("0", "-1024")]).0, 77);
}

#[test]
fn windows_of_every_function_are_read_as_they_stand() {
    for (name, function) in [
        ("", VoiFunction::Linear),
        ("LINEAR", VoiFunction::Linear),
        ("LINEAR_EXACT", VoiFunction::LinearExact),
        ("SIGMOID", VoiFunction::Sigmoid),
        ("CUBIC", VoiFunction::Linear),
    ] {
        let extra = [
            text(0x0028_1050, "DS", "40\\-600.5\\7\\300"),
            text(0x0028_1051, "DS", "400\\1500\\0\\2000"),
            text(0x0028_1055, "LO", "SOFT \\LUNG"),
            text(0x0028_1056, "CS", name),
        ];
        let windows = frame(&Slice { extra: extra.concat(), ..Slice::at(0.0, 1) }.file()).windows;
        let told: Vec<_> = windows.iter().map(|w| (w.centre, w.width, &*w.name)).collect();
        // A width of 0 is none.
        assert_eq!(told, [(40.0, 400.0, "SOFT"), (-600.5, 1500.0, "LUNG"), (300.0, 2000.0, "")]);
        assert!(windows.iter().all(|w| w.function == function && w.table.is_empty()), "{name}");
    }
}

#[test]
fn a_voi_lut_stands_behind_the_windows_as_greys() {
    // PS3.3 C.11.2.1.1: four entries of 12 bits from -2 HU on, and three of 8 bits in two words.
    let item =
        |value: &[u8]| [b"\xfe\xff\0\xe0", &(value.len() as u32).to_le_bytes()[..], value].concat();
    let words = |words: &[i16]| words.iter().flat_map(|w| w.to_le_bytes()).collect::<Vec<u8>>();
    let descriptor = |words_of: &[i16]| element(0x0028_3002, "SS", &words(words_of));
    let twelve = [
        descriptor(&[4, -2, 12]),
        text(0x0028_3003, "LO", "SHARP"),
        element(0x0028_3006, "US", &words(&[0, 4095, 2048, 4094])),
    ];
    let eight = [descriptor(&[3, 10, 8]), element(0x0028_3006, "OW", &[255, 7, 0, 0])];
    let luts = [item(&twelve.concat()), item(&eight.concat())].concat();
    let extra = [
        text(0x0028_1050, "DS", "40"),
        text(0x0028_1051, "DS", "400"),
        element(0x0028_3010, "SQ", &luts),
    ];
    let windows = frame(&Slice { extra: extra.concat(), ..Slice::at(0.0, 1) }.file()).windows;
    assert_eq!(windows.len(), 3);
    assert_eq!((windows[1].centre, windows[1].width, &*windows[1].name), (0.0, 4.0, "SHARP"));
    assert_eq!(
        (windows[1].function, &*windows[1].table),
        (VoiFunction::Table(1), &[0, 255, 128, 255][..])
    );
    assert_eq!((windows[2].centre, windows[2].width), (11.5, 3.0));
    assert_eq!(
        (windows[2].function, &*windows[2].table),
        (VoiFunction::Table(2), &[255, 7, 0][..])
    );
}
