//! Whole files through the public door: scan, unpack, decode, assemble; and files that mean harm.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;

use part10::{COLUMNS, ROWS, Slice, element, text};
use proptest::prelude::*;
use reader::{
    Assembly, Code, Frame, Limits, Scanned, WarningCode, assemble, decode, pick, scan, unpack,
};
use std::io::Write;

fn scanned(path: &str, file: &[u8]) -> Scanned {
    scan(path, file, file.len() as u64, &Limits::default())
}

fn frames(path: &str, file: &[u8]) -> Vec<Frame> {
    match scanned(path, file) {
        Scanned::Frames(frames) => frames,
        other => panic!("{other:?}"),
    }
}

fn refusal(file: &[u8]) -> Code {
    match scanned("f", file) {
        Scanned::Refused(refusal) => refusal.code,
        other => panic!("{other:?}"),
    }
}

/// Scanned, decoded and assembled.
fn assembled(slices: &[Slice]) -> Assembly {
    let mut all = Vec::new();
    for (n, slice) in slices.iter().enumerate() {
        let file = slice.file();
        for mut frame in frames(&format!("{n:03}"), &file) {
            frame.seen = Some(decode(&frame, &file, &Limits::default()).unwrap().seen());
            all.push(frame);
        }
    }
    assemble(all)
}

fn codes(assembly: &Assembly) -> Vec<WarningCode> {
    assembly.series.iter().flat_map(|s| &s.warnings).map(|w| w.code).collect()
}

#[test]
fn a_slice_becomes_hu_at_its_place() {
    let slice = Slice::at(7.5, 3);
    let file = slice.file();
    let frame = frames("a", &file).remove(0);
    assert_eq!((frame.columns, frame.rows, frame.order.instance_number), (COLUMNS, ROWS, Some(3)));
    let pixels = decode(&frame, &file, &Limits::default()).unwrap();
    let expected: Vec<i16> = slice.stored().iter().map(|v| v - 1024).collect();
    assert_eq!((pixels.hu, pixels.saturated), (expected, 0));
    // Without preamble and meta group it is the same image.
    let bare = slice.data_set();
    let frame = frames("a", &bare).remove(0);
    assert!(decode(&frame, &bare, &Limits::default()).is_ok());
}

#[test]
fn a_prefix_is_enough_or_asks_for_more() {
    let mut slice = Slice::at(0.0, 1);
    slice.extra = element(0x0019_1001, "OB", &[7; 5000]);
    let file = slice.file();
    let total = file.len() as u64;
    let limits = Limits::default();
    let more = match scan("f", &file[..600], total, &limits) {
        Scanned::NeedMore(more) => more,
        other => panic!("{other:?}"),
    };
    assert!(more > 600 && more <= total);
    // Up to the header of the pixel data is enough.
    let header = file.len() - COLUMNS * ROWS * 2;
    assert!(matches!(scan("f", &file[..header], total, &limits), Scanned::Frames(_)));
}

#[test]
fn slices_are_ordered_by_position_whatever_comes_first() {
    let slices = [Slice::at(20.0, 1), Slice::at(0.0, 3), Slice::at(10.0, 2)];
    let one = assembled(&slices);
    let series = &one.series[0];
    assert_eq!(series.positions_mm.as_deref(), Some(&[0.0, 10.0, 20.0][..]));
    let affine = series.geometry.affine.unwrap();
    // Columns are 0.75 mm apart and rows 0.5 mm (PS3.3 10.7.1.3).
    assert_eq!(affine.spacing_mm(), [0.75, 0.5, 10.0]);
    assert_eq!(affine.origin.to_array(), [-10.0, -20.0, 0.0]);
    assert_eq!(codes(&one), []);
    assert_eq!(pick(&one.series), Some(0));
}

#[test]
fn gaps_and_uneven_steps_are_told_apart() {
    let at = |places: &[f64]| {
        let slices: Vec<_> = places.iter().zip(1..).map(|(&z, n)| Slice::at(z, n)).collect();
        codes(&assembled(&slices))
    };
    assert_eq!(at(&[0.0, 5.0, 10.0, 20.0]), [WarningCode::Gap]);
    assert_eq!(at(&[0.0, 4.1, 9.3, 13.2]), [WarningCode::NonUniformSpacing]);
    assert_eq!(at(&[0.0, 0.63, 1.25, 1.88]), []);
    assert_eq!(at(&[0.0]), [WarningCode::SingleSlice]);
}

#[test]
fn repeats_are_dropped_or_split() {
    let slices = [Slice::at(0.0, 1), Slice::at(5.0, 2), Slice::at(10.0, 3)];
    let twice = [&slices[..], &slices[1..2]].concat();
    let assembly = assembled(&twice);
    assert_eq!((assembly.series.len(), assembly.refused[0].code), (1, Code::Duplicate));
    // Other pixels at the same places: two volumes.
    let mut phases = slices.to_vec();
    phases.extend(slices.iter().map(|s| Slice {
        instance: s.instance + 3,
        base: 500,
        ..s.clone()
    }));
    let assembly = assembled(&phases);
    assert_eq!(assembly.series.len(), 2);
    assert!(codes(&assembly).contains(&WarningCode::Split));
    assert!(assembly.series.iter().all(|s| s.frames.len() == 3));
}

#[test]
fn what_is_no_ct_slice_is_refused_by_code() {
    let good = Slice::at(0.0, 1);
    let file = good.file();
    assert_eq!(refusal(b""), Code::Empty);
    assert_eq!(refusal(b"\x89PNG\r\n\x1a\n and so on and on"), Code::NotDicom);
    assert_eq!(refusal(&file[..file.len() - 1]), Code::Truncated);
    assert_eq!(refusal(&file[..251]), Code::Truncated);
    let scout = Slice { image_type: "ORIGINAL\\PRIMARY\\LOCALIZER", ..good.clone() };
    assert_eq!(refusal(&scout.file()), Code::Localizer);
    for (extra, code) in [
        (part10::word(0x0028_0002, 3), Code::UnsupportedPixelFormat),
        (part10::word(0x0028_0010, 0), Code::BadDimensions),
        (part10::word(0x0028_0010, 65535), Code::TooLarge),
        (part10::word(0x0028_0100, 24), Code::UnsupportedPixelFormat),
        (text(0x0028_0008, "IS", "2147483647"), Code::TooLarge),
        (text(0x0028_0004, "CS", "PALETTE COLOR"), Code::UnsupportedPixelFormat),
        (text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.4"), Code::NotCtImage),
    ] {
        let slice = Slice { extra, ..good.clone() };
        assert_eq!(refusal(&slice.file()), code);
    }
}

#[test]
fn private_sequences_of_any_form_are_stepped_over() {
    let un = b"\x19\0\x30\x10UN\0\0\xff\xff\xff\xff\
        \xfe\xff\0\xe0\xff\xff\xff\xff\x19\0\x10\x10\x02\0\0\0AB\xfe\xff\x0d\xe0\0\0\0\0\
        \xfe\xff\xdd\xe0\0\0\0\0";
    let icon = b"\x88\0\0\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff\
        \xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0\x02\0\0\0\xff\xd8\
        \xfe\xff\xdd\xe0\0\0\0\0\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0";
    for extra in [&un[..], icon] {
        let slice = Slice { extra: extra.to_vec(), ..Slice::at(0.0, 1) };
        assert_eq!(frames("f", &slice.file()).len(), 1);
    }
    let level = b"\x08\0\x40\x11SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff";
    let slice = Slice { extra: level.repeat(4000), ..Slice::at(0.0, 1) };
    assert_eq!(refusal(&slice.file()), Code::CorruptHeader);
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn gzip_keeps_its_path_and_its_limits() {
    let file = Slice::at(0.0, 1).file();
    let packed = gzipped(&file);
    assert_eq!(scanned("a.dcm.gz", &packed), Scanned::Archive);
    let limits = Limits::default();
    let unpacked = unpack("a.dcm.gz", &packed, &limits);
    assert_eq!(unpacked.entries, [("a.dcm.gz".to_owned(), file.clone())]);
    // RFC 1952, 2.2: members one after another; what follows them is no part of the file, nor the length of one.
    let followed = [packed.clone(), vec![0xFF; 8]].concat();
    assert_eq!(unpack("a", &followed, &limits).entries.len(), 1);
    let (head, tail) = file.split_at(200);
    let members = [gzipped(head), gzipped(tail), vec![0; 20]].concat();
    assert_eq!(unpack("a", &members, &limits).entries, [("a".to_owned(), file.clone())]);
    let cut = unpack("a", &packed[..packed.len() / 2], &limits);
    assert_eq!(cut.refused[0].code, Code::CorruptArchive);
    let bomb = unpack("a", &gzipped(&vec![0; 65 << 20]), &limits);
    assert_eq!(bomb.refused[0].code, Code::ArchiveLimit);
    let twice = unpack("a", &gzipped(&packed), &limits);
    assert_eq!(twice.refused[0].code, Code::ArchiveLimit);
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut archive = rawzip::ZipArchiveWriter::new(&mut out);
    for (name, bytes) in files {
        let (mut entry, config) = archive
            .new_file(name)
            .compression_method(rawzip::CompressionMethod::DEFLATE)
            .start()
            .unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(bytes).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
    out
}

/// A stored entry whose sizes, place and counts all stand in the fields of zip64 (APPNOTE 4.3.14 to 4.3.16, 4.5.3), as
/// programs write them that do not know sizes beforehand.
fn zip64(name: &str, content: &[u8]) -> Vec<u8> {
    let length = content.len() as u64;
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let sizes = [length.to_le_bytes(), length.to_le_bytes()].concat();
    let common = |signature: &[u8], extra: usize| {
        let mut head = signature.to_vec();
        // Version 4.5, no flags, stored, no time.
        head.extend([45, 0, 0, 0, 0, 0, 0, 0, 0x21, 0]);
        head.extend(crc.sum().to_le_bytes());
        head.extend([0xff; 8]);
        head.extend((name.len() as u16).to_le_bytes());
        head.extend((extra as u16).to_le_bytes());
        head
    };
    let mut file = common(b"PK\x03\x04", 20);
    file.extend(name.as_bytes());
    file.extend([1, 0, 16, 0]);
    file.extend(&sizes);
    file.extend(content);

    let directory = file.len() as u64;
    file.extend(common(b"PK\x01\x02\x2d\x00", 28));
    // No comment, first disk, no attributes; the place of the local header is in the extra field.
    file.extend([0; 10]);
    file.extend([0xff; 4]);
    file.extend(name.as_bytes());
    file.extend([1, 0, 24, 0]);
    file.extend(&sizes);
    file.extend(0u64.to_le_bytes());

    let end = file.len() as u64;
    file.extend(b"PK\x06\x06");
    file.extend(44u64.to_le_bytes());
    file.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    for number in [1, 1, end - directory, directory] {
        file.extend(number.to_le_bytes());
    }
    file.extend(b"PK\x06\x07\0\0\0\0");
    file.extend(end.to_le_bytes());
    file.extend(1u32.to_le_bytes());
    file.extend(b"PK\x05\x06\0\0\0\0");
    file.extend([0xff; 12]);
    file.extend([0; 2]);
    file
}

#[test]
fn zip64_is_read_as_zip_is() {
    let file = Slice::at(0.0, 1).file();
    let unpacked = unpack("a.zip", &zip64("b/c", &file), &Limits::default());
    assert_eq!(unpacked.refused, []);
    assert_eq!(unpacked.entries, [("a.zip!/b/c".to_owned(), file)]);
}

#[test]
fn zip_names_its_entries_and_ends_at_its_depth() {
    let file = Slice::at(0.0, 1).file();
    let inner = zipped(&[("b/c", &file)]);
    let limits = Limits::default();
    let unpacked = unpack("a.zip", &inner, &limits);
    assert_eq!(unpacked.entries, [("a.zip!/b/c".to_owned(), file)]);
    let wrapped = (1..5).fold(inner.clone(), |zip, _| zipped(&[("in.zip", &zip)]));
    let unpacked = unpack("a.zip", &wrapped, &limits);
    let refused = &unpacked.refused[0];
    let deepest = "a.zip!/in.zip!/in.zip!/in.zip!/in.zip";
    assert_eq!((&*refused.path, refused.code), (deepest, Code::ArchiveLimit));
    let unpacked = unpack("a.zip", &zipped(&[("p.zip", &zipped(&[("s.zip", &inner)]))]), &limits);
    assert_eq!(unpacked.entries[0].0, "a.zip!/p.zip!/s.zip!/b/c");
    let damaged = unpack("a.zip", &inner[..inner.len() / 2], &limits);
    assert_eq!(damaged.refused[0].code, Code::CorruptArchive);
    // Files of one name stay apart, as frames are known by their paths.
    let twins = unpack("z", &zipped(&[("a", b"one"), ("a", b"two")]), &limits).entries;
    assert_eq!(
        twins,
        [("z!/a".to_owned(), b"one".to_vec()), ("z!/a (1)".to_owned(), b"two".to_vec())]
    );
}

proptest! {
    /// Bytes changed anywhere, cut anywhere: an answer, and no pixels beyond what was declared.
    #[test]
    fn damaged_files_are_answered(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
        kept in any::<prop::sample::Index>(),
    ) {
        let mut file = Slice::at(0.0, 1).file();
        for (at, byte) in changes {
            let at = 128 + at.index(file.len() - 128);
            file[at] = byte;
        }
        let prefix = &file[..=kept.index(file.len())];
        let limits = Limits::default();
        if let Scanned::Frames(frames) = scan("f", prefix, file.len() as u64, &limits) {
            for frame in &frames {
                if let Ok(pixels) = decode(frame, &file, &limits) {
                    prop_assert_eq!(pixels.hu.len(), frame.rows * frame.columns);
                }
            }
            assemble(frames);
        }
    }

    #[test]
    fn the_order_of_the_files_does_not_matter(order in Just((1..8).collect::<Vec<i32>>()).prop_shuffle()) {
        let frames = |order: &[i32]| -> Vec<Frame> {
            order.iter().flat_map(|&n| frames(&format!("{n}"), &Slice::at(f64::from(n % 5), n).file())).collect()
        };
        prop_assert_eq!(assemble(frames(&order)), assemble(frames(&[1, 2, 3, 4, 5, 6, 7])));
    }
}
