//! Stored values to HU through a whole file: bits, sign, padding, rounding, saturation (PS3.5 8.1.1, PS3.3 C.11.1).
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;

use part10::{Slice, element, text, word};
use reader::{Limits, Pixels, Scanned, decode, scan};

/// The first HU of an image whose first stored word is `base`.
fn first(base: i16, extra: &[Vec<u8>]) -> (i16, Pixels) {
    let slice = Slice { base, extra: extra.concat(), ..Slice::at(0.0, 1) };
    let file = slice.file();
    let limits = Limits::default();
    match scan("f", &file, file.len() as u64, &limits) {
        Scanned::Frames(frames) => {
            let pixels = decode(&frames[0], &file, &limits).unwrap();
            (pixels.hu[0], pixels)
        }
        other => panic!("{other:?}"),
    }
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
fn without_a_rescale_stored_values_pass() {
    assert_eq!(first(77, &[rescale("", "")]).0, 77);
    assert_eq!(first(77, &[rescale("0", "-1024")]).0, 77);
}
