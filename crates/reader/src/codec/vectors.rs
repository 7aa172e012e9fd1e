//! Streams of other encoders (`tests/data`, made by `make.py` there), whole, cut and damaged.

use super::{Decoded, Samples, decode_frame};
use crate::refusal::Fault;
use crate::syntax::Syntax;
use proptest::prelude::*;

const ROWS: usize = 24;
const COLUMNS: usize = 32;

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../tests/data/", $name))
    };
}

fn decode(syntax: &Syntax, stream: &[u8]) -> Result<Decoded, Fault> {
    decode_frame(syntax, stream, ROWS, COLUMNS, 16, false)
}

fn words(raw: &[u8]) -> Samples {
    Samples::Words(raw.chunks_exact(2).map(|w| u16::from_le_bytes([w[0], w[1]])).collect())
}

const LOSSLESS: &[(&[u8], &[u8], u8)] = &[
    (data!("u8.p1.jpg"), data!("u8.raw"), 8),
    (data!("s16.p1.jpg"), data!("s16.raw"), 16),
    (data!("u12.p1.jpg"), data!("u12.raw"), 12),
    (data!("u12.p2.jpg"), data!("u12.raw"), 12),
    (data!("u12.p3.jpg"), data!("u12.raw"), 12),
    (data!("u12.p4.jpg"), data!("u12.raw"), 12),
    (data!("u12.p5.jpg"), data!("u12.raw"), 12),
    (data!("u12.p6.jpg"), data!("u12.raw"), 12),
    (data!("u12.p7.jpg"), data!("u12.raw"), 12),
    (data!("wild.p1.jpg"), data!("wild.raw"), 16),
    (data!("wild.p4.jpg"), data!("wild.raw"), 16),
    (data!("wild.p7.jpg"), data!("wild.raw"), 16),
];

const LS: &[(&[u8], &[u8], u8)] = &[
    (data!("u8.jls"), data!("u8.raw"), 8),
    (data!("u12.jls"), data!("u12.raw"), 12),
    (data!("s16.jls"), data!("s16.raw"), 16),
    (data!("wild.jls"), data!("wild.raw"), 16),
    (data!("u12near3.jls"), data!("u12near3.raw"), 12),
];

/// Unsigned, and signed in the code stream.
const J2K: &[(&[u8], &[u8], u8)] =
    &[(data!("u12.j2k"), data!("u12.raw"), 12), (data!("s16.j2k"), data!("s16.raw"), 16)];

#[test]
fn jpeg_2000_is_exact() {
    for (index, &(stream, raw, precision)) in J2K.iter().enumerate() {
        let decoded = decode(&Syntax::Jpeg2000, stream).unwrap();
        assert_eq!((decoded.precision, decoded.lossy), (precision, false));
        assert!(decoded.samples == words(raw), "stream {index}");
    }
}

/// Lossless HTJ2K with its columns and rows, then one with loss.
const HT: &[(&[u8], &[u8], [usize; 2])] = &[
    (data!("u12.jph"), data!("u12.raw"), [32, 24]),
    (data!("s16.jph"), data!("s16.raw"), [32, 24]),
    (data!("wild.jph"), data!("wild.raw"), [32, 24]),
    (data!("u12-29x21-rpcl.jph"), data!("u12-29x21-rpcl.raw"), [29, 21]),
    (data!("u12-29x21-tiles.jph"), data!("u12-29x21-tiles.raw"), [29, 21]),
    (data!("u12-1x21.jph"), data!("u12-1x21.raw"), [1, 21]),
    (data!("u12-29x1.jph"), data!("u12-29x1.raw"), [29, 1]),
    (data!("u12-32x24-blank.jph"), data!("u12-32x24-blank.raw"), [32, 24]),
    (data!("u12-32x24-lossy.jph"), data!("u12-32x24-lossy.raw"), [32, 24]),
];

#[test]
fn high_throughput_jpeg_2000_is_exact() {
    let (lossy, lossless) = HT.split_last().unwrap();
    for (index, &(stream, raw, [columns, rows])) in lossless.iter().enumerate() {
        let decoded = decode_frame(&Syntax::HtJpeg2000, stream, rows, columns, 16, false).unwrap();
        assert!(!decoded.lossy && decoded.samples == words(raw), "stream {index}");
    }
    let decoded = decode(&Syntax::HtJpeg2000, lossy.0).unwrap();
    let (Samples::Words(ours), Samples::Words(theirs)) = (&decoded.samples, words(lossy.1)) else {
        panic!("samples of 32 bits")
    };
    assert!(decoded.lossy && ours.iter().zip(theirs).all(|(&a, b)| a.abs_diff(b) <= 1));
}

#[test]
fn damaged_high_throughput_streams_are_answered() {
    for &(stream, _, [columns, rows]) in HT {
        let decode =
            |stream: &[u8]| decode_frame(&Syntax::HtJpeg2000, stream, rows, columns, 16, false);
        for at in 0..stream.len() {
            assert!(decode(&stream[..at]).is_err());
            let mut changed = stream.to_vec();
            changed[at] ^= 0xA5;
            let _ = decode(&changed);
        }
    }
}

#[test]
fn a_jpeg_2000_size_is_checked_before_it_is_believed() {
    let mut huge = J2K[0].0.to_vec();
    huge[8..16].copy_from_slice(&[0, 0, 0xEA, 0x60, 0, 0, 0xEA, 0x60]);
    assert!(decode(&Syntax::Jpeg2000, &huge).is_err());
    let mut tiles = J2K[0].0.to_vec();
    tiles[24..32].copy_from_slice(&[0, 0, 0, 1, 0, 0, 0, 1]);
    assert!(decode(&Syntax::Jpeg2000, &tiles).is_err());
}

#[test]
fn lossless_jpeg_is_exact() {
    for (index, &(stream, raw, precision)) in LOSSLESS.iter().enumerate() {
        let decoded = decode(&Syntax::JpegLossless, stream).unwrap();
        assert_eq!((decoded.precision, decoded.lossy), (precision, false));
        assert!(decoded.samples == words(raw), "stream {index}");
    }
}

#[test]
fn jpeg_ls_is_exact() {
    for (index, &(stream, raw, precision)) in LS.iter().enumerate() {
        let decoded = decode(&Syntax::JpegLs, stream).unwrap();
        assert_eq!((decoded.precision, decoded.lossy), (precision, index == 4));
        assert!(decoded.samples == words(raw), "stream {index}");
    }
}

#[test]
fn a_fill_byte_before_the_end_is_allowed() {
    // DCMTK makes the length even so.
    let stream = LS[1].0;
    let (body, end) = stream.split_at(stream.len() - 2);
    let filled = [body, &[0xFF], end].concat();
    assert!(decode(&Syntax::JpegLs, &filled).unwrap().samples == words(LS[1].1));
}

#[test]
fn a_cut_stream_is_never_an_image() {
    for (syntax, streams) in
        [(Syntax::JpegLossless, LOSSLESS), (Syntax::JpegLs, LS), (Syntax::Jpeg2000, J2K)]
    {
        for &(stream, ..) in streams {
            for kept in [0, 1, 2, 20, stream.len() / 4, stream.len() / 2, stream.len() - 40] {
                assert!(decode(&syntax, &stream[..kept]).is_err());
            }
        }
    }
}

#[test]
fn a_stream_of_another_size_is_refused() {
    for (syntax, stream) in [(Syntax::JpegLossless, LOSSLESS[2].0), (Syntax::JpegLs, LS[1].0)] {
        assert!(decode_frame(&syntax, stream, COLUMNS, ROWS, 16, false).is_err());
        assert!(decode_frame(&syntax, stream, ROWS, COLUMNS + 1, 16, false).is_err());
    }
}

#[test]
fn other_syntaxes_are_refused_by_name() {
    let refused = decode(&Syntax::JpegXl, &[]).unwrap_err();
    assert_eq!((refused.code.as_str(), &*refused.detail), ("unsupported_syntax", "JPEG XL"));
}

proptest! {
    /// Whatever happens to the bytes, there is an answer.
    #[test]
    fn damaged_streams_do_not_panic(
        which in 0usize..19,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let tagged = |syntax: Syntax, streams: &'static [(&'static [u8], &[u8], u8)]| {
            streams.iter().map(move |s| (syntax.clone(), s.0))
        };
        let mut all = tagged(Syntax::JpegLossless, LOSSLESS)
            .chain(tagged(Syntax::JpegLs, LS))
            .chain(tagged(Syntax::Jpeg2000, J2K));
        let (syntax, stream) = all.nth(which).unwrap();
        let mut stream = stream.to_vec();
        for (at, byte) in changes {
            let at = at.index(stream.len());
            stream[at] = byte;
        }
        if let Ok(Decoded { samples: Samples::Words(samples), .. }) = decode(&syntax, &stream) {
            prop_assert_eq!(samples.len(), ROWS * COLUMNS);
        }
    }

    #[test]
    fn random_rle_does_not_panic(stream in prop::collection::vec(any::<u8>(), 0..200), planes in 1u8..5) {
        let mut stream = stream;
        if let Some(first) = stream.first_chunk_mut::<8>() {
            *first = [planes, 0, 0, 0, 64, 0, 0, 0];
        }
        let _ = decode_frame(&Syntax::Rle, &stream, 8, 8, planes * 8, false);
    }
}
