//! What a file may cost: no more memory than twice its bytes and what its checked header needs, and no
//! more than ten seconds, whatever it claims.
#![expect(clippy::unwrap_used, reason = "a test")]

mod part10;

use part10::{COLUMNS, ROWS, Slice, element, text, word};
use peak_alloc::PeakAlloc;
use reader::{Body, Frame, Limits, PREFIX, Scanned, assemble, scan, unpack};
use std::io::Write;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

/// Tables, buffers and texts that every file may have, a header of 1 MB that was deflated among them.
const EVERY_FILE: usize = 4 << 20;
/// For each byte of the header that was read, the objects that it is parsed into.
const PER_HEADER_BYTE: usize = 4;
/// A [`Frame`] and what assembling makes of it.
const PER_FRAME: usize = 4 << 10;
/// HU, samples, and the coefficients of a transform.
const PER_PIXEL: usize = 16;

/// Tests are built without optimisation and run beside others.
const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

/// The allocator counts for the whole process: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// What reading a file came to.
#[derive(Default)]
struct Outcome {
    /// Bytes that its accepted headers ask for.
    needed: usize,
    codes: Vec<&'static str>,
}

/// A file as a caller reads it: prefix, header, and one frame after the other.
fn read(path: &str, file: &[u8], outcome: &mut Outcome) {
    let limits = Limits::default();
    let total = file.len() as u64;
    let mut wanted = PREFIX;
    let scanned = loop {
        match scan(path, &file[..wanted.min(total) as usize], total, &limits) {
            Scanned::NeedMore(more) => wanted = more,
            scanned => break scanned,
        }
    };
    outcome.needed += PER_HEADER_BYTE * wanted.min(total) as usize;
    match scanned {
        Scanned::Frames(frames) => decode(frames, file, outcome),
        Scanned::Archive => {
            let unpacked = unpack(path, file, &limits);
            outcome.codes.extend(unpacked.refused.iter().map(|r| r.code.as_str()));
            for (inner, content) in unpacked.entries {
                // Its bytes, and the buffer that they grew in.
                outcome.needed += 3 * content.len();
                read(&inner, &content, outcome);
            }
        }
        Scanned::Refused(refusal) => outcome.codes.push(refusal.code.as_str()),
        Scanned::NeedMore(_) => unreachable!("asked for above"),
    }
}

fn decode(mut frames: Vec<Frame>, file: &[u8], outcome: &mut Outcome) {
    let pixels = frames[0].rows * frames[0].columns;
    outcome.needed += frames.len() * PER_FRAME + pixels * PER_PIXEL;
    match Body::open(&frames[0], file, &Limits::default()) {
        Err(refusal) => outcome.codes.push(refusal.code.as_str()),
        Ok(body) => {
            for frame in &mut frames {
                match body.decode(frame) {
                    Ok(pixels) => frame.seen = Some(pixels.seen()),
                    Err(refusal) => outcome.codes.push(refusal.code.as_str()),
                }
            }
        }
    }
    assemble(frames);
}

/// Reads a file and holds it to its bounds; the code that its first refusal has.
fn bounded(name: &str, file: &[u8]) -> &'static str {
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    let began = Instant::now();
    let mut outcome = Outcome::default();
    read(name, file, &mut outcome);
    let (took, peak) = (began.elapsed(), ALLOCATED.peak_usage() - before);
    let allowed = 2 * file.len() + outcome.needed + EVERY_FILE;
    println!("{name}: {} bytes, {took:?}, {peak} of {allowed} bytes", file.len());
    assert!(peak <= allowed, "{name}: {peak} of {allowed} bytes");
    assert!(took < LONGEST, "{name}: {took:?}");
    outcome.codes.first().copied().unwrap_or("")
}

/// A file with these elements before its pixel data.
fn with(extra: Vec<u8>) -> Vec<u8> {
    Slice { extra, ..Slice::at(0.0, 1) }.file()
}

fn size(rows: u16, columns: u16) -> Vec<u8> {
    [word(0x0028_0010, rows), word(0x0028_0011, columns)].concat()
}

fn item(value: &[u8]) -> Vec<u8> {
    [b"\xfe\xff\x00\xe0", &(value.len() as u32).to_le_bytes()[..], value].concat()
}

/// A file of that transfer syntax; `items` are its offset table and fragments.
fn encapsulated(syntax: &str, extra: Vec<u8>, items: &[u8]) -> Vec<u8> {
    let pixels = b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff";
    let extra = [&extra, &pixels[..], items, b"\xfe\xff\xdd\xe0\0\0\0\0"].concat();
    let slice = Slice { extra, ..Slice::at(0.0, 1) };
    let syntax = element(0x0002_0010, "UI", format!("1.2.840.10008.1.2{syntax}\0").as_bytes());
    [&[0; 128][..], b"DICM", &syntax, &slice.data_set()].concat()
}

/// A multi-frame object of `frames` empty groups under one shared place.
fn multi_frame(frames: usize, extra: Vec<u8>) -> Vec<u8> {
    let sequence = |tag, items: &[u8]| element(tag, "SQ", items);
    let place = [
        sequence(0x0020_9113, &item(&text(0x0020_0032, "DS", "0\\0\\0"))),
        sequence(0x0020_9116, &item(&text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0"))),
    ];
    [
        extra,
        text(0x0028_0008, "IS", &frames.to_string()),
        sequence(0x5200_9229, &item(&place.concat())),
        sequence(0x5200_9230, &item(b"").repeat(frames)),
    ]
    .concat()
}

/// A deflated data set (PS3.5 A.5) with 8 MB of zeros behind it.
fn deflated(data_set: &[u8]) -> Vec<u8> {
    let start = [&[0; 128][..], b"DICM", &element(0x0002_0010, "UI", b"1.2.840.10008.1.2.1.99")];
    let mut encoder =
        flate2::write::DeflateEncoder::new(start.concat(), flate2::Compression::best());
    encoder.write_all(data_set).unwrap();
    encoder.write_all(&vec![0; 8 << 20]).unwrap();
    encoder.finish().unwrap()
}

fn zip(entries: usize, content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for n in 0..entries {
        let method = rawzip::CompressionMethod::DEFLATE;
        let name = n.to_string();
        let (mut entry, config) =
            archive.new_file(&name).compression_method(method).start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::best());
        let mut writer = config.wrap(encoder);
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

/// A NIfTI file (version 1) of 16 bit voxels, without them.
fn nifti(size: [i16; 3]) -> Vec<u8> {
    let mut file = vec![0; 352];
    file[..4].copy_from_slice(&348i32.to_le_bytes());
    let dim = [3, size[0], size[1], size[2], 1, 1, 1, 1].map(i16::to_le_bytes);
    file[40..56].copy_from_slice(dim.as_flattened());
    file[70..74].copy_from_slice(&[4, 0, 16, 0]);
    file[108..112].copy_from_slice(&352f32.to_le_bytes());
    file[344..348].copy_from_slice(b"n+1\0");
    file
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// RLE, JPEG, lossless JPEG, JPEG-LS, JPEG 2000, HTJ2K.
const COMPRESSED: [&str; 6] = [".5", ".4.50", ".4.70", ".4.80", ".4.90", ".4.201"];

/// Found by fuzzing: a value that is no whole number of cells, and after it what could be taken for lengths.
const HALF_A_NUMBER: &[u8] = include_bytes!("../../../fuzz/regressions/header/half_a_number");
const LOSSLESS_JPEG: &[u8] = include_bytes!("data/u12.p1.jpg");
const JPEG_LS: &[u8] = include_bytes!("data/u12.jls");
const JPEG_2000: &[u8] = include_bytes!("data/u12.j2k");

/// The stream with another size in its frame header: the two bytes of SOF, then precision, lines, columns.
fn resized(stream: &[u8], sof: [u8; 2], side: u16) -> Vec<u8> {
    let mut stream = stream.to_vec();
    let at = stream.windows(2).position(|w| w == sof).unwrap() + 5;
    stream[at..at + 4].copy_from_slice([side.to_be_bytes(); 2].as_flattened());
    stream
}

/// Xsiz and Ysiz, and XTsiz and YTsiz, of SIZ (T.800 A.5.1).
fn resized_2000(side: u32) -> Vec<u8> {
    let mut stream = JPEG_2000.to_vec();
    for at in [8, 24] {
        stream[at..at + 8].copy_from_slice([side.to_be_bytes(); 2].as_flattened());
    }
    stream
}

#[test]
fn claims_cost_nothing() {
    let _alone = ALONE.lock();
    let many = element(0x5200_9230, "SQ", &item(b"").repeat(100_000));
    let small = element(0x5200_9230, "SQ", &item(&text(0x0018_0060, "DS", "")).repeat(500_000));
    let tiny = |bytes: &[u8]| encapsulated(".5", vec![], &item(bytes).repeat(2_000_000));
    let endless = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff";
    for (name, file, code) in [
        ("rows and columns", with(size(16384, 16384)), "truncated"),
        ("rows beyond the limit", with(size(65535, 65535)), "too_large"),
        ("frames", with(text(0x0028_0008, "IS", "65536")), "truncated"),
        ("an element of 4 GB", with(b"\x19\0\x01\x10OB\0\0\xfe\xff\xff\xff".to_vec()), "truncated"),
        ("a text of 4 GB", with(b"\x10\0\x10\0UT\0\0\xfe\xff\xff\xff".to_vec()), "truncated"),
        ("depth", with(endless.repeat(50_000)), "corrupt_header"),
        ("100,000 groups", with(many), "inconsistent_geometry"),
        ("500,000 groups of one element", with(small), "inconsistent_geometry"),
        ("fragments of nothing", tiny(b""), "corrupt_pixels"),
        ("fragments of two bytes", tiny(b"ab"), "corrupt_pixels"),
        ("half a number", HALF_A_NUMBER[1..].to_vec(), "not_ct_image"),
        ("deflated zeros", deflated(&[]), "too_large"),
        ("deflated pixels", deflated(&Slice::at(0.0, 1).data_set()), ""),
        ("voxels", nifti([16_384; 3]), "truncated"),
        ("voxels beyond the limit", nifti([32_767; 3]), "too_large"),
        ("gzip", gzipped(&vec![0; 65 << 20]), "archive_limit"),
        ("zip", zip(30, &vec![0; 4 << 20]), "archive_limit"),
        ("zip of zips", zip(30, &zip(1, &vec![0; 4 << 20])), "archive_limit"),
    ] {
        assert_eq!(bounded(name, &file), code, "{name}");
    }
}

#[test]
fn a_stream_must_bear_its_size_out() {
    let _alone = ALONE.lock();
    let empty = item(b"");
    for syntax in COMPRESSED {
        let noise: Vec<u8> =
            (0..2000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let file = encapsulated(syntax, size(16384, 16384), &[&empty[..], &item(&noise)].concat());
        let code = bounded(syntax, &file);
        assert!(["corrupt_pixels", "unsupported_syntax"].contains(&code), "{syntax}: {code}");
    }
    for (syntax, stream) in [
        (".4.70", resized(LOSSLESS_JPEG, [0xFF, 0xC3], 4096)),
        (".4.80", resized(JPEG_LS, [0xFF, 0xF7], 4096)),
        (".4.90", resized_2000(4096)),
    ] {
        let file = encapsulated(syntax, size(4096, 4096), &[&empty[..], &item(&stream)].concat());
        assert_eq!(bounded(syntax, &file), "corrupt_pixels", "{syntax}");
        // The file's header does not agree.
        let rows = size(ROWS as u16, COLUMNS as u16);
        let file = encapsulated(syntax, rows, &[&empty[..], &item(&stream)].concat());
        assert_eq!(bounded(syntax, &file), "corrupt_pixels", "{syntax}");
    }
}

/// A progressive JPEG of nothing but ends of blocks (T.81 G.1.2.2), in `scans` scans of one coefficient each.
fn progressive(side: u16, scans: u8) -> Vec<u8> {
    let segment = |marker: u8, body: &[u8]| {
        [&[0xFF, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat()
    };
    let [high, low] = side.to_be_bytes();
    let blocks = usize::from(side / 8).pow(2);
    let one_code = |head: u8, value: u8| [&[head, 1], &[0; 15][..], &[value]].concat();
    // Runs of 16,384 blocks: the code 0, and 14 bits of 0.
    let runs = vec![0; (15 * blocks.div_ceil(1 << 14)).div_ceil(8)];
    let mut stream = [
        b"\xff\xd8".to_vec(),
        segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        segment(0xC2, &[8, high, low, high, low, 1, 1, 0x11, 0]),
        segment(0xC4, &one_code(0, 0)),
        segment(0xC4, &one_code(0x10, 0xE0)),
        segment(0xDA, &[1, 1, 0, 0, 0, 0]),
        vec![0; blocks / 8],
    ]
    .concat();
    // More scans than there are coefficients give each in two parts.
    let last_bit = u8::from(scans > 63);
    for scan in 0..scans {
        let (coefficient, bits) = match scan / 63 {
            0 => (scan + 1, last_bit),
            _ => (scan - 62, 0x10),
        };
        stream.extend(segment(0xDA, &[1, 1, 0, coefficient, coefficient, bits]));
        stream.extend(&runs);
    }
    [stream, b"\xff\xd9".to_vec()].concat()
}

#[test]
fn work_is_bounded_as_room_is() {
    let _alone = ALONE.lock();
    let side = 2048;
    let file = |scans| {
        let bits = [word(0x0028_0100, 8), word(0x0028_0101, 8), word(0x0028_0102, 7)].concat();
        let items = [item(b""), item(&progressive(side, scans))].concat();
        encapsulated(".4.50", [size(side, side), bits].concat(), &items)
    };
    assert_eq!(bounded("64 scans", &file(63)), "");
    assert_eq!(bounded("127 scans", &file(126)), "corrupt_pixels");
    // Each frame of another pixel spacing, and so a volume of its own.
    let frames = 5_000;
    let spacing = |n: usize| text(0x0028_0030, "DS", &format!("{}\\1", 1 + n));
    let groups: Vec<u8> =
        (0..frames).flat_map(|n| item(&element(0x0028_9110, "SQ", &item(&spacing(n))))).collect();
    let count = text(0x0028_0008, "IS", &frames.to_string());
    let extra = [multi_frame(0, vec![]), count, element(0x5200_9230, "SQ", &groups)].concat();
    bounded("5,000 pixel spacings", &encapsulated(".5", extra, &item(b"")));
}

#[test]
fn frames_do_not_multiply_what_is_said_once() {
    let _alone = ALONE.lock();
    let frames = 65_536;
    let long = text(0x0010_0010, "PN", &"x".repeat(60_000));
    let file = encapsulated(".5", multi_frame(frames, long), &item(b""));
    assert_eq!(bounded("a long name", &file), "too_large");
    let table = element(0x0028_3006, "OW", &[7; 1 << 17]);
    let lut = [element(0x0028_3002, "US", &[0; 6]), table].concat();
    let lut = element(0x0028_3000, "SQ", &item(&lut));
    let file = encapsulated(".5", multi_frame(frames, lut), &item(b""));
    assert_eq!(bounded("a long table", &file), "too_large");
    // One frame each, and an offset table of as many.
    let offsets: Vec<u8> = (0..frames as u32).flat_map(|n| (n * 8).to_le_bytes()).collect();
    let items = [item(&offsets), item(b"").repeat(frames)].concat();
    bounded("offset table", &encapsulated(".5", multi_frame(frames, vec![]), &items));
}

#[test]
fn damaged_files_of_the_corpus() {
    let _alone = ALONE.lock();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpus/public/bad");
    let mut pending = vec![root];
    while let Some(folder) = pending.pop() {
        for path in folder.read_dir().into_iter().flatten().flatten().map(|entry| entry.path()) {
            if path.is_dir() {
                pending.push(path);
            } else {
                bounded(&path.to_string_lossy(), &std::fs::read(&path).unwrap());
            }
        }
    }
}
