//! Streams of OpenJPEG (`tests/data/jpeg2000`, made by `make_jpeg2000.py` beside it), whole, cut and damaged.

use super::decode;
use crate::codec::{Decoded, Samples};
use crate::refusal::Code;
use proptest::prelude::*;

struct Vector {
    name: &'static str,
    stream: &'static [u8],
    raw: &'static [u8],
    rows: usize,
    columns: usize,
    precision: u8,
}

/// PICTURE-WHAT.j2k with its rows, columns, precision, and the samples that it must decode to.
macro_rules! vector {
    ($name:expr, $raw:expr, $rows:literal, $columns:literal, $precision:literal) => {
        Vector {
            name: $name,
            stream: include_bytes!(concat!("../../../tests/data/jpeg2000/", $name, ".j2k")),
            raw: include_bytes!(concat!("../../../tests/data/jpeg2000/", $raw, ".raw")),
            rows: $rows,
            columns: $columns,
            precision: $precision,
        }
    };
}

macro_rules! vectors {
    ($($picture:literal $rows:literal $columns:literal $precision:literal: $($what:literal)+;)+) => {
        &[$($(vector!(
            concat!($picture, "-", $what), $picture, $rows, $columns, $precision
        )),+),+]
    };
}

const EXACT: &[Vector] = vectors![
    "u12" 37 53 12: "plain" "levels0" "blocks4" "blocks64x4" "blocks4x64" "rlcp" "rpcl" "pcrl" "cprl"
        "pcrl-offset" "lrcp" "sop-eph" "tiles" "tile-parts" "poc" "bypass" "reset" "terminate"
        "causal" "predictable" "symbols" "bypass-terminate" "all-styles" "bypass-layers" "offset"
        "tile-offset" "plt-tlm" "raised" "ppm" "ppt";
    "s12" 37 53 12: "plain" "tiles" "all-styles";
    "s16" 37 53 16: "plain" "bypass";
    "u8" 37 53 8: "plain";
    "wild" 37 53 16: "plain" "all-styles" "bypass";
    "blank" 37 53 12: "plain" "layers";
    "dot" 1 1 12: "plain" "odd";
    "row" 1 61 12: "plain" "odd";
    "column" 61 1 12: "plain" "odd";
    "large" 150 131 12: "plain";
];

/// Truncated or damaged by the encoder, but of the reversible filter.
const TRUNCATED: &[Vector] = &[
    vector!("u12-53-truncated", "u12-53-truncated", 37, 53, 12),
    vector!("u12-53-single", "u12-53-single", 37, 53, 12),
    vector!("u12-53-single-odd", "u12-53-single-odd", 37, 53, 12),
];

/// OpenJPEG computes them with a rounded factor: at 16 bits that is as much as 3 of 65 536.
const IRREVERSIBLE: &[(Vector, i32)] = &[
    (vector!("u12-97", "u12-97", 37, 53, 12), 1),
    (vector!("u12-97-odd", "u12-97-odd", 37, 53, 12), 1),
    (vector!("u12-97-fine", "u12-97-fine", 37, 53, 12), 1),
    (vector!("u12-97-layers", "u12-97-layers", 37, 53, 12), 1),
    (vector!("s16-97", "s16-97", 37, 53, 16), 3),
];

fn words(raw: &[u8]) -> Vec<u16> {
    raw.as_chunks().0.iter().map(|&word| u16::from_le_bytes(word)).collect()
}

fn decoded(vector: &Vector) -> (Vec<u16>, bool) {
    let decoded = decode(vector.stream, vector.rows, vector.columns);
    let Decoded { samples, precision, lossy, .. } =
        decoded.unwrap_or_else(|fault| panic!("{}: {fault}", vector.name));
    let Samples::Words(samples) = samples else { panic!("{}", vector.name) };
    assert_eq!(precision, vector.precision, "{}", vector.name);
    (samples, lossy)
}

#[test]
fn reversible_streams_are_exact() {
    for vector in EXACT.iter().chain(TRUNCATED) {
        assert!(decoded(vector) == (words(vector.raw), false), "{}", vector.name);
    }
}

#[test]
fn irreversible_streams_are_as_openjpeg_has_them() {
    for (vector, most) in IRREVERSIBLE {
        let (samples, lossy) = decoded(vector);
        assert!(lossy, "{}", vector.name);
        let signed =
            |word: u16| if vector.precision == 16 { word as i16 as i32 } else { word.into() };
        let pairs = samples.into_iter().zip(words(vector.raw));
        let error = pairs.map(|(a, b)| (signed(a) - signed(b)).abs()).max();
        assert!(error <= Some(*most), "{}: {error:?}", vector.name);
    }
}

#[test]
fn what_is_around_the_stream_does_not_matter() {
    let Vector { stream, raw, rows, columns, .. } = EXACT[0];
    let wrapped = [b"\0\0\0\x0cjP  \r\n\x87\n", stream, &[0]].concat();
    let samples = decode(&wrapped, rows, columns).unwrap().samples;
    assert!(samples == Samples::Words(words(raw)));
}

#[test]
fn the_last_tile_part_may_leave_its_length_open() {
    let Vector { stream, raw, rows, columns, .. } = EXACT[0];
    let mut stream = stream.to_vec();
    let part = stream.windows(2).position(|w| w == [0xFF, 0x90]).unwrap();
    stream[part + 6..part + 10].fill(0);
    let samples = decode(&stream, rows, columns).unwrap().samples;
    assert!(samples == Samples::Words(words(raw)));
}

#[test]
fn a_cut_stream_is_never_an_image() {
    for Vector { name, stream, rows, columns, .. } in EXACT {
        for kept in (0..stream.len()).step_by(1 + stream.len() / 40).chain([stream.len() - 1]) {
            let refused = decode(&stream[..kept], *rows, *columns).unwrap_err();
            assert_eq!(refused.code, Code::CorruptPixels, "{name} cut at {kept}");
        }
    }
}

#[test]
fn a_packet_that_is_missing_is_noticed() {
    let Vector { stream, rows, columns, .. } = EXACT[0];
    let part = stream.windows(2).position(|w| w == [0xFF, 0x90]).unwrap();
    let data = stream.windows(2).position(|w| w == [0xFF, 0x93]).unwrap() + 2;
    // The tile-part ends after half of its packets, and says so.
    let kept = (stream.len() - data) / 2;
    let mut short = [&stream[..data + kept], b"\xff\xd9"].concat();
    short[part + 6..part + 10].copy_from_slice(&((data - part + kept) as u32).to_be_bytes());
    assert!(decode(&short, rows, columns).is_err());
}

#[test]
fn a_header_is_checked_before_it_is_believed() {
    let Vector { stream, rows, columns, .. } = EXACT[0];
    let with = |at: usize, bytes: &[u8]| {
        let mut stream = stream.to_vec();
        stream[at..at + bytes.len()].copy_from_slice(bytes);
        decode(&stream, rows, columns).map_err(|fault| fault.detail)
    };
    let cod = stream.windows(2).position(|w| w == [0xFF, 0x52]).unwrap();
    assert!(with(8, &[0, 0, 0xEA, 0x60]).unwrap_err().contains("60000 × 37"));
    assert!(with(24, &[0, 0, 0, 1, 0, 0, 0, 1]).unwrap_err().contains("1961 tiles"));
    assert!(with(24, &[0; 8]).unwrap_err().contains("SIZ"));
    assert!(with(40, &[0, 3]).unwrap_err().contains("3 components"));
    assert!(with(42, &[16]).unwrap_err().contains("precision 17"));
    assert!(with(cod + 6, &[0xFF, 0xFF]).unwrap_err().contains("packets in"));
    assert!(with(cod + 6, &[0, 0]).unwrap_err().contains("no layers"));
    assert!(with(cod + 5, &[9]).unwrap_err().contains("progression order 9"));
    assert!(with(cod + 9, &[33]).unwrap_err().contains("coding style"));
    assert!(with(cod + 10, &[9]).unwrap_err().contains("coding style"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    /// Whatever happens to the bytes, there is an answer.
    #[test]
    fn damaged_streams_do_not_panic(
        which in 0..EXACT.len() + IRREVERSIBLE.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..9),
        in_header in any::<bool>(),
    ) {
        let mut all = EXACT.iter().chain(IRREVERSIBLE.iter().map(|(vector, _)| vector));
        let Vector { stream, rows, columns, .. } = all.nth(which).unwrap();
        let mut stream = stream.to_vec();
        for (at, byte) in changes {
            let end = if in_header { stream.len().min(150) } else { stream.len() };
            stream[at.index(end)] = byte;
        }
        if let Ok(Decoded { samples: Samples::Words(samples), .. }) = decode(&stream, *rows, *columns) {
            prop_assert_eq!(samples.len(), rows * columns);
        }
    }
}
