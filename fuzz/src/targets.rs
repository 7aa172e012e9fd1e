//! What each fuzz target does with the bytes it is given. The reader's own tests run the same bodies.

use dicomweb::{Matches, Parts, instance, store};
use reader::{
    Body, Frame, Identity, Labels, Limits, Order, PixelBytes, Place, Scanned, Seen, Stored, Syntax,
    assemble, decode, scan, unpack,
};
use std::collections::BTreeSet;

pub type Target = fn(&[u8]);

/// All targets by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("header", header),
    ("assembly", assembly),
    ("zip", zip),
    ("nifti", nifti),
    ("rle", rle),
    ("jpeg", jpeg),
    ("jpeg_lossless", jpeg_lossless),
    ("jpeg_ls", jpeg_ls),
    ("jpeg_2000", jpeg_2000),
    ("htj2k", htj2k),
    ("multipart", multipart),
];

/// Frames of one file that are decoded: a damaged header repeats the same work for thousands.
const DECODED: usize = 4;

/// A whole file. The first byte is the share of it in the first prefix.
pub fn header(data: &[u8]) {
    let Some((&share, file)) = data.split_first() else { return };
    whole(file, share);
}

/// A NIfTI file of the version that the first byte tells, its magic put right.
pub fn nifti(data: &[u8]) {
    let Some((&version, file)) = data.split_first() else { return };
    let (at, magic) = match version % 2 {
        0 => (344, &b"n+1\0"[..]),
        _ => (4, &b"n+2\0\r\n\x1a\n"[..]),
    };
    let mut file = file.to_vec();
    if let Some(place) = file.get_mut(at..at + magic.len()) {
        place.copy_from_slice(magic);
    }
    whole(&file, u8::MAX);
}

/// Scanned from a prefix that grows as it is asked for, opened, decoded.
fn whole(file: &[u8], share: u8) {
    let limits = limits();
    let total = file.len() as u64;
    let mut wanted = total * u64::from(share) / 255;
    let frames = loop {
        let prefix = &file[..wanted.min(total) as usize];
        match scan("file", prefix, total, &limits) {
            Scanned::Frames(frames) => break frames,
            Scanned::NeedMore(more) => {
                assert!(more > wanted && more <= total, "{more} of {total} after {wanted}");
                wanted = more;
            }
            Scanned::Archive | Scanned::Refused(_) => return,
        }
    };
    assert!(!frames.is_empty(), "no frame and no refusal");
    let Ok(body) = Body::open(&frames[0], file, &limits) else { return };
    for frame in frames.iter().take(DECODED) {
        if frame.rows * frame.columns <= PIXELS {
            check(frame, body.decode(frame));
        }
    }
}

/// What a decoder gives is whole.
fn check(frame: &Frame, decoded: Result<reader::Pixels, reader::Refusal>) {
    if let Ok(pixels) = decoded {
        assert_eq!(pixels.hu.len(), frame.rows * frame.columns);
    }
}

/// Limits that keep a run short; the code in front of them is the same.
pub fn limits() -> Limits {
    Limits { unpacked_file: 1 << 20, unpacked_archive: 4 << 20, ..Limits::default() }
}

/// An archive and the archives in it.
pub fn zip(data: &[u8]) {
    let limits = limits();
    let unpacked = unpack("a.zip", data, &limits);
    let size: usize = unpacked.entries.iter().map(|(_, content)| content.len()).sum();
    assert!(size as u64 <= limits.unpacked_archive, "{size} bytes");
    for (path, content) in &unpacked.entries {
        assert!(scan(path, content, content.len() as u64, &limits) != Scanned::Archive, "{path}");
    }
}

pub fn rle(data: &[u8]) {
    codec(Syntax::Rle, data);
}

pub fn jpeg(data: &[u8]) {
    codec(Syntax::Jpeg, data);
}

pub fn jpeg_lossless(data: &[u8]) {
    codec(Syntax::JpegLossless, data);
}

pub fn jpeg_ls(data: &[u8]) {
    codec(Syntax::JpegLs, data);
}

pub fn jpeg_2000(data: &[u8]) {
    codec(Syntax::Jpeg2000, data);
}

pub fn htj2k(data: &[u8]) {
    codec(Syntax::HtJpeg2000, data);
}

/// Larger images only take longer.
const PIXELS: usize = 1 << 16;

/// A code stream behind the five bytes that a header would tell: rows, columns, format.
fn codec(syntax: Syntax, data: &[u8]) {
    let Some((&[r0, r1, c0, c1, format], stream)) = data.split_first_chunk() else { return };
    let rows = usize::from(u16::from_le_bytes([r0, r1]));
    let columns = usize::from(u16::from_le_bytes([c0, c1]));
    if !(1..=PIXELS).contains(&(rows * columns)) {
        return;
    }
    let allocated = [8, 16, 32, 16][usize::from(format & 3)];
    let stored = Stored::Integer {
        allocated,
        bits: allocated,
        high: allocated - 1,
        signed: format & 4 != 0,
    };
    let frame = Frame { rows, columns, stored, syntax, ..sound() };
    check(&frame, decode(&frame, &encapsulated(stream), &Limits::default()));
}

/// An empty offset table, one fragment and the end (PS3.5 A.4).
fn encapsulated(stream: &[u8]) -> Vec<u8> {
    let length = (stream.len() as u32).to_le_bytes();
    [b"\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0", &length[..], stream, b"\xfe\xff\xdd\xe0\0\0\0\0"]
        .concat()
}

/// The frame of a sound file of one fragment.
fn sound() -> Frame {
    let file = &include_bytes!("../regressions/header/rle")[1..];
    match scan("", file, file.len() as u64, &Limits::default()) {
        Scanned::Frames(mut frames) if frames.len() == 1 => Frame {
            pixels: PixelBytes::Fragments { offset: 0, extended: None, frames: 1 },
            ..frames.remove(0)
        },
        other => unreachable!("{other:?}"),
    }
}

/// Frames as any headers could tell them, [`FRAME`] bytes each. None gets lost, and their order is of no
/// influence.
pub fn assembly(data: &[u8]) {
    let (chunks, _) = data.as_chunks::<FRAME>();
    let frames: Vec<Frame> = chunks.iter().take(64).zip(0..).map(|(c, n)| placed(c, n)).collect();
    let count = frames.len();
    let given: BTreeSet<String> = frames.iter().map(|f| f.path.clone()).collect();
    let backwards = assemble(frames.iter().rev().cloned().collect());
    let assembly = assemble(frames);
    // As text: a place that is no number equals itself there.
    assert_eq!(format!("{assembly:?}"), format!("{backwards:?}"));
    let kept: Vec<&Frame> = assembly.series.iter().flat_map(|s| &s.frames).collect();
    assert!(kept.len() == count || !assembly.refused.is_empty());
    let refused = assembly.refused.iter().map(|r| &r.path);
    let told: BTreeSet<String> = kept.iter().map(|f| &f.path).chain(refused).cloned().collect();
    assert_eq!(told, given);
}

const FRAME: usize = 12;

/// Few values each, so that frames meet: the same, near, far, and beyond what can be added.
fn placed(bytes: &[u8; FRAME], number: usize) -> Frame {
    const FAR: [f64; 8] = [0.0, 0.004, 0.006, 1e-300, 1e9, 1e200, -1e308, f64::MAX];
    let [x, z, far, turn, series, tells, instance, sop, seen, size, labels, files] = *bytes;
    let word = |bits: u8| if bits == 0 { String::new() } else { bits.to_string() };
    let mm = |n: u8| f64::from(n as i8) * 0.625;
    let position = [mm(x), 0.0, mm(z) + FAR[usize::from(far % 8)]];
    let orientation = match turn % 8 {
        0..4 => [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]],
        4 => [[0.0, 1.0, 0.0], [0.0, 0.0, -1.0]],
        5 => [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]],
        6 => [[0.999, 0.04, 0.0], [-0.04, 0.999, 0.0]],
        _ => [[0.0; 3]; 2],
    };
    let spacing = [Some([0.5, 0.5]), Some([0.50004, 0.5]), None, Some([1e-300, 1e300])];
    Frame {
        path: word(files % 16),
        number,
        multi_frame: files & 16 != 0,
        rows: 1 + usize::from(size % 2),
        columns: 1,
        place: Place {
            position: (turn & 16 == 0).then_some(position),
            orientation: (turn & 32 == 0).then_some(orientation),
            pixel_spacing: spacing[usize::from(turn >> 6)],
            thickness_mm: (size & 4 != 0).then_some(f64::from(size)),
        },
        order: Order {
            instance_number: (instance != 0).then_some(i32::from(instance)),
            stack: word(tells & 1),
            acquisition: word(tells & 2),
            kernel: word(tells & 4),
            time: word(tells & 8),
            temporal: word(tells & 16),
            ..Order::default()
        },
        identity: Identity {
            sop_instance_uid: word(sop),
            series_instance_uid: (series & 3 != 0).then(|| word(series & 3)),
            ..Identity::default()
        },
        labels: Labels {
            patient_id: word(labels & 1),
            series_number: (labels & 2 != 0).then_some(i32::from(labels)),
            ..Labels::default()
        },
        seen: (seen & 1 != 0).then_some(Seen {
            hash: u64::from(seen & 0xFE),
            saturated: u32::from(seen & 2),
            padding: 0,
            lossy: seen & 4 != 0,
        }),
        ..sound()
    }
}

/// The answer of a DICOMweb server, under one of some content types, in chunks of a size: both in the first byte. What
/// comes out is the same at every size. As a list of matches, and of what was stored, it has an answer, too.
pub fn multipart(data: &[u8]) {
    let Some((&how, body)) = data.split_first() else { return };
    let told = [None, Some("multipart/related; boundary=b0"), Some("multipart/related"), Some("")];
    let content_type = told[usize::from(how % 4)];
    let parts = parted(content_type, body, 1 + usize::from(how >> 2));
    assert_eq!(parts, parted(content_type, body, usize::MAX));
    for part in parts.0 {
        let _ = instance::sop_instance_uid(&part);
    }
    if let Ok(matches) = Matches::read(body) {
        let rows = matches.studies().len().max(matches.series().len());
        assert!(rows.max(matches.instances().len()) <= body.len());
    }
    assert_eq!(store::outcomes(&["1".into()], true, body).len(), 1);
}

/// The parts that are whole, and whether the answer ended well.
fn parted(content_type: Option<&str>, body: &[u8], chunk: usize) -> (Vec<Vec<u8>>, bool) {
    let (mut parts, mut all) = (Parts::of(content_type), Vec::new());
    for bytes in body.chunks(chunk) {
        match parts.push(bytes) {
            Ok(more) => all.extend(more),
            Err(_) => return (all, false),
        }
    }
    match parts.end() {
        Ok(last) => (all.into_iter().chain(last).collect(), true),
        Err(_) => (all, false),
    }
}
