//! Files whose fragments are not quite what their header says.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

#[expect(dead_code, reason = "whole slices are not needed here")]
mod part10;

use part10::{element, text, word};
use reader::{Code, Frame, Limits, Pixels, Refusal, Scanned, decode, scan};

const ROWS: u16 = 21;
const COLUMNS: u16 = 29;
const EXTENDED: &str = "1.2.840.10008.1.2.4.51";
const LOSSLESS: &str = "1.2.840.10008.1.2.4.70";

/// Noise of 12 bits, and what libjpeg-turbo makes of its stream.
const STREAM: &[u8] = include_bytes!("data/u12-29x21-wild.jpg");
const SAMPLES: &[u8] = include_bytes!("data/u12-29x21-wild.raw");

/// One unsigned frame of cells of 8 or 16 bits in `fragments`, stored values as HU.
fn file(syntax: &str, bits: u16, fragments: &[&[u8]]) -> Vec<u8> {
    let item = |bytes: &[u8]| {
        [&[0xFE, 0xFF, 0x00, 0xE0][..], &(bytes.len() as u32).to_le_bytes(), bytes].concat()
    };
    let mut bytes = [vec![0; 128], b"DICM".to_vec(), text(0x0002_0010, "UI", syntax)].concat();
    bytes.extend(text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2"));
    bytes.extend(text(0x0008_0060, "CS", "CT"));
    bytes.extend([word(0x0028_0010, ROWS), word(0x0028_0011, COLUMNS)].concat());
    bytes.extend(
        [
            word(0x0028_0100, if bits > 8 { 16 } else { 8 }),
            word(0x0028_0101, bits),
            word(0x0028_0102, bits - 1),
        ]
        .concat(),
    );
    bytes.extend([text(0x0028_1052, "DS", "0"), text(0x0028_1053, "DS", "1")].concat());
    let mut pixels = element(0x7FE0_0010, "OB", b"");
    pixels.truncate(pixels.len() - 4);
    bytes.extend([pixels, vec![0xFF; 4], item(b"")].concat());
    fragments.iter().for_each(|fragment| bytes.extend(item(fragment)));
    [bytes, vec![0xFE, 0xFF, 0xDD, 0xE0, 0, 0, 0, 0]].concat()
}

fn frame(file: &[u8]) -> Frame {
    match scan("f", file, file.len() as u64, &Limits::default()) {
        Scanned::Frames(mut frames) => frames.pop().unwrap(),
        other => panic!("{other:?}"),
    }
}

fn pixels(file: &[u8]) -> Result<Pixels, Refusal> {
    decode(&frame(file), file, &Limits::default())
}

fn samples() -> Vec<i16> {
    SAMPLES.chunks_exact(2).map(|w| i16::from_le_bytes([w[0], w[1]])).collect()
}

#[test]
fn a_stream_in_several_fragments_of_any_length_is_one() {
    let (first, rest) = STREAM.split_at(301);
    let (second, third) = rest.split_at(7);
    let decoded = pixels(&file(EXTENDED, 12, &[first, second, third])).unwrap();
    assert_eq!(decoded.hu, samples());
    assert!(decoded.lossy);
}

#[test]
fn the_stream_counts_and_not_what_is_declared() {
    assert_eq!(pixels(&file(LOSSLESS, 12, &[STREAM])).unwrap().hu, samples());
    let raw = pixels(&file(LOSSLESS, 12, &[SAMPLES])).unwrap();
    assert_eq!((raw.hu, raw.lossy), (samples(), false));
    let other = pixels(&file(LOSSLESS, 12, &[&SAMPLES[2..]])).unwrap_err();
    assert_eq!(other.code, Code::CorruptPixels);
}

#[test]
fn a_stream_under_a_native_syntax_is_decoded_and_never_shown_as_cells() {
    let [implicit, explicit, encapsulated, rle_label] =
        ["", ".1", ".1.98", ".5"].map(|end| format!("1.2.840.10008.1.2{end}"));
    // Longer than the cells would be, and their very length.
    let size = SAMPLES.len();
    let longer = [STREAM, &vec![0; size.saturating_sub(STREAM.len()) + 10]].concat();
    for stream in [STREAM, &longer, &longer[..size]] {
        for syntax in [&implicit, &explicit, &encapsulated, "1.2.840.10008.1.2.4.90"] {
            let decoded = pixels(&file(syntax, 12, &[stream])).unwrap();
            assert_eq!((decoded.hu, decoded.lossy), (samples(), true), "{syntax}");
        }
    }
    // Two segments of noise: each byte by itself (PS3.5 G.3).
    let literal = |byte: usize| SAMPLES.iter().skip(byte).step_by(2).flat_map(|&b| [0, b]);
    let count = size as u32;
    let header = [2, 64, 64 + count].into_iter().flat_map(u32::to_le_bytes);
    let rle: Vec<u8> = header.chain([0; 52]).chain(literal(1)).chain(literal(0)).collect();
    for syntax in [&explicit, LOSSLESS, &rle_label] {
        assert_eq!(pixels(&file(syntax, 12, &[&rle])).unwrap().hu, samples(), "{syntax}");
    }
    // Cells are cells, with zeros behind them; what is neither is refused.
    let padded = [SAMPLES, &[0; 6]].concat();
    assert_eq!(pixels(&file(&explicit, 12, &[&padded])).unwrap().hu, samples());
    assert_eq!(pixels(&file(&rle_label, 12, &[SAMPLES])).unwrap().hu, samples());
    let more = pixels(&file(&explicit, 12, &[SAMPLES, b"more"])).unwrap_err();
    assert_eq!(more.code, Code::CorruptPixels);
    let less = pixels(&file(&explicit, 12, &[&SAMPLES[2..]])).unwrap_err();
    assert_eq!(less.code, Code::Truncated);
}

#[test]
fn more_bits_than_are_stored_saturate() {
    let decoded = pixels(&file(EXTENDED, 10, &[STREAM])).unwrap();
    let saturated: Vec<i16> = samples().into_iter().map(|v| v.min(1023)).collect();
    assert_eq!(decoded.hu, saturated);
    assert_eq!(pixels(&file(EXTENDED, 16, &[STREAM])).unwrap().hu, samples());
}

#[test]
fn samples_that_no_cell_can_hold_are_no_pixels() {
    let refusal = pixels(&file(EXTENDED, 8, &[STREAM])).unwrap_err();
    assert_eq!(refusal.code, Code::CorruptPixels);
    assert_eq!(refusal.detail, "samples of 12 bits in cells of 8");
}

#[test]
fn jpeg_xl_is_refused_before_any_slice_is_promised() {
    for end in ["110", "111", "112"] {
        let file = file(&format!("1.2.840.10008.1.2.4.{end}"), 12, &[b"\xff\x0a"]);
        match scan("f", &file, file.len() as u64, &Limits::default()) {
            Scanned::Refused(refusal) => {
                assert_eq!(refusal.code, Code::UnsupportedSyntax);
                assert!(refusal.detail.contains("JPEG XL"), "{}", refusal.detail);
            }
            other => panic!("{other:?}"),
        }
    }
}
