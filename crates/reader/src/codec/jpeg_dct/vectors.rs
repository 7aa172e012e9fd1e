//! Streams of libjpeg-turbo and DCMTK (`tests/data`, made by `make_dct.py` there), whole, rearranged, cut and damaged.

use crate::codec::{Decoded, Samples, decode_frame};
use crate::refusal::{Code, Fault};
use crate::syntax::Syntax;
use proptest::prelude::*;

const ROWS: usize = 21;
const COLUMNS: usize = 29;

macro_rules! streams {
    ($($name:literal: $precision:literal),+ $(,)?) => {
        &[$((
            include_bytes!(concat!("../../../tests/data/", $name, ".jpg")),
            include_bytes!(concat!("../../../tests/data/", $name, ".raw")),
            $precision,
        )),+]
    };
}

/// Stream, what libjpeg-turbo makes of it, precision.
const STREAMS: &[(&[u8], &[u8], u8)] = streams![
    "u8-29x21": 8,
    "u8-29x21-wild": 8,
    "u8-29x21-coarse": 8,
    "u8-29x21-restart": 8,
    "u12-29x21": 12,
    "u12-29x21-wild": 12,
    "u12-29x21-coarse": 12,
    "u8-29x21-progressive": 8,
    "u8-29x21-progressive-restart": 8,
    "u12-29x21-spectral": 12,
    "u12-29x21-progressive": 12,
];
const BASELINE: &[u8] = STREAMS[0].0;
const RESTART: &[u8] = STREAMS[3].0;
const PROGRESSIVE: &[u8] = STREAMS[7].0;

fn decode(stream: &[u8]) -> Result<Decoded, Fault> {
    decode_frame(&Syntax::Jpeg, stream, ROWS, COLUMNS, 16, false)
}

fn code(stream: &[u8]) -> Code {
    decode(stream).unwrap_err().code
}

/// Where a marker is.
fn find(stream: &[u8], marker: u8) -> usize {
    stream.windows(2).position(|w| w == [0xFF, marker]).unwrap()
}

fn with(stream: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut stream = stream.to_vec();
    stream[at] = byte;
    stream
}

fn inserted(stream: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
    [&stream[..at], bytes, &stream[at..]].concat()
}

#[test]
fn every_sample_is_the_one_of_libjpeg() {
    for (index, &(stream, raw, precision)) in STREAMS.iter().enumerate() {
        let decoded = decode(stream).unwrap();
        assert_eq!((decoded.precision, decoded.lossy), (precision, true));
        let expected = raw.chunks_exact(2).map(|w| u16::from_le_bytes([w[0], w[1]])).collect();
        assert!(decoded.samples == Samples::Words(expected), "stream {index}");
    }
}

#[test]
fn other_ways_to_write_the_same_stream() {
    let image = decode(BASELINE).unwrap();
    let end = BASELINE.len() - 2;
    let sof = find(BASELINE, 0xC0);
    let scan = find(BASELINE, 0xDA);
    // Both Huffman tables in one segment.
    let dc = find(BASELINE, 0xC4);
    let length = usize::from(BASELINE[dc + 3]);
    let ac = dc + 2 + length;
    let length = (length + usize::from(BASELINE[ac + 3]) - 2) as u8;
    let joined = [&BASELINE[..dc + 3], &[length], &BASELINE[dc + 4..ac], &BASELINE[ac + 4..]];
    // T.81 B.2.5: the number of lines after the scan.
    let lines = inserted(BASELINE, end, &[0xFF, 0xDC, 0, 4, 0, ROWS as u8]);
    for same in [
        joined.concat(),
        with(&lines, sof + 6, 0),
        inserted(BASELINE, scan, &[0xFF, 0xFF, 0xFF]),
        inserted(BASELINE, end, &[0xFF]),
        inserted(BASELINE, end, &[0, 0, 0, 0, 0, 0]),
        BASELINE[..end].to_vec(),
        [BASELINE, b"\0 and what else lies in the fragment \xff\xda"].concat(),
    ] {
        assert_eq!(decode(&same).unwrap(), image);
    }
    let filled = inserted(RESTART, find(RESTART, 0xD0), &[0xFF]);
    assert_eq!(decode(&filled), decode(RESTART));
    let other = inserted(BASELINE, end, &[0xFF, 0xDC, 0, 4, 0, ROWS as u8 + 1]);
    assert_eq!(code(&with(&other, sof + 6, 0)), Code::CorruptPixels);
    assert_eq!(code(&with(BASELINE, sof + 6, 0)), Code::CorruptPixels);
}

#[test]
fn the_stream_tells_which_jpeg_it_is() {
    for declared in [Syntax::JpegLossless, Syntax::JpegLs] {
        let decoded = decode_frame(&declared, BASELINE, ROWS, COLUMNS, 16, false);
        assert_eq!(decoded, decode(BASELINE));
    }
}

#[test]
fn a_cut_stream_is_never_an_image() {
    for &(stream, ..) in STREAMS {
        // The last bytes are padding and EOI.
        for kept in 0..stream.len() - 4 {
            assert_eq!(code(&stream[..kept]), Code::CorruptPixels, "{kept} of {}", stream.len());
        }
    }
    let end = PROGRESSIVE.len() - 2;
    assert_eq!(code(&PROGRESSIVE[..end]), Code::CorruptPixels);
}

#[test]
fn scans_that_do_not_fit_are_refused() {
    let end = BASELINE.len() - 2;
    assert_eq!(code(&inserted(BASELINE, end, &[0x5A])), Code::CorruptPixels);
    let second = find(RESTART, 0xD1);
    assert_eq!(code(&with(RESTART, second + 1, 0xD2)), Code::CorruptPixels);
    // A scan that tells what is known already.
    let scan = find(PROGRESSIVE, 0xDA);
    let next = scan + find(&PROGRESSIVE[scan..], 0xC4);
    let twice = inserted(PROGRESSIVE, next, &PROGRESSIVE[scan..next]);
    assert_eq!(code(&twice), Code::CorruptPixels);
    // And one too few.
    let last = PROGRESSIVE.windows(2).rposition(|w| w == [0xFF, 0xDA]).unwrap();
    let short = [&PROGRESSIVE[..last], &[0xFF, 0xD9]].concat();
    assert_eq!(code(&short), Code::CorruptPixels);
}

#[test]
fn what_is_not_read_is_named() {
    let sof = find(BASELINE, 0xC0);
    let colour = decode(&with(BASELINE, sof + 9, 3)).unwrap_err();
    assert_eq!(colour, Fault::new(Code::UnsupportedPixelFormat, "colour: 3 components"));
    let arithmetic = decode(&with(BASELINE, sof + 1, 0xC9)).unwrap_err();
    assert_eq!(arithmetic, Fault::new(Code::UnsupportedSyntax, "JPEG with arithmetic coding"));
    let hierarchical = decode(&with(BASELINE, sof + 1, 0xC5)).unwrap_err();
    assert_eq!(hierarchical, Fault::new(Code::UnsupportedSyntax, "hierarchical JPEG"));
    assert_eq!(code(&with(BASELINE, sof + 8, COLUMNS as u8 + 1)), Code::CorruptPixels);
    assert_eq!(code(&with(BASELINE, sof + 4, 10)), Code::CorruptPixels);
}

proptest! {
    /// Whatever happens to the bytes, there is an answer.
    #[test]
    fn damaged_streams_do_not_panic(
        which in 0..STREAMS.len(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut stream = STREAMS[which].0.to_vec();
        for (at, byte) in changes {
            let at = at.index(stream.len());
            stream[at] = byte;
        }
        if let Ok(Decoded { samples: Samples::Words(samples), .. }) = decode(&stream) {
            prop_assert_eq!(samples.len(), ROWS * COLUMNS);
        }
    }
}
