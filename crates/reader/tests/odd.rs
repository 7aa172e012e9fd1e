//! Files as careless writers leave them: each is the same slice, and must come out as that.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod part10;
#[path = "part10/recode.rs"]
mod recode;

use part10::{Slice, element, text, word};
use reader::{Code, Frame, Limits, Scanned, decode, scan};
use recode::{big, implicit};

fn scanned(file: &[u8]) -> Scanned {
    scan("f", file, file.len() as u64, &Limits::default())
}

fn only_frame(name: &str, file: &[u8]) -> Frame {
    match scanned(file) {
        Scanned::Frames(frames) if frames.len() == 1 => frames.into_iter().next().unwrap(),
        other => panic!("{name}: {other:?}"),
    }
}

/// The HU of [`Slice::at`] at 7.5 mm with instance number 3.
fn is_the_slice(name: &str, file: &[u8]) {
    let frame = only_frame(name, file);
    let pixels =
        decode(&frame, file, &Limits::default()).unwrap_or_else(|e| panic!("{name}: {e:?}"));
    let expected: Vec<i16> = the_slice().stored().iter().map(|v| v - 1024).collect();
    assert_eq!(pixels.hu, expected, "{name}");
    assert_eq!(frame.place.position, Some([-10.0, -20.0, 7.5]), "{name}");
}

fn the_slice() -> Slice {
    Slice::at(7.5, 3)
}

fn with(extra: Vec<u8>) -> Vec<u8> {
    Slice { extra, ..the_slice() }.file()
}

const ITEM: &[u8] = b"\xfe\xff\0\xe0\xff\xff\xff\xff";
const ITEM_END: &[u8] = b"\xfe\xff\x0d\xe0\0\0\0\0";
const END: &[u8] = b"\xfe\xff\xdd\xe0\0\0\0\0";

/// A sequence of undefined length.
fn sequence(vr: &[u8; 2], parts: &[&[u8]]) -> Vec<u8> {
    [&b"\x19\0\x30\x10"[..], vr, b"\0\0\xff\xff\xff\xff", &parts.concat()].concat()
}

/// An element of a VR with a 32 bit length, in group 0019.
fn long(vr: &str) -> Vec<u8> {
    [&b"\x19\0\x40\x10"[..], vr.as_bytes(), b"\0\0\x08\0\0\0", &[7; 8]].concat()
}

#[test]
fn elements_that_are_stepped_over() {
    let private = text(0x0019_1010, "LO", "AB");
    let in_implicit = b"\x19\0\x10\x10\x02\0\0\0AB";
    for (name, extra) in [
        ("UN in implicit VR (CP-246)", sequence(b"UN", &[ITEM, in_implicit, ITEM_END, END])),
        ("UN in explicit VR", sequence(b"UN", &[ITEM, &private, ITEM_END, END])),
        ("UN that is empty", sequence(b"UN", &[END])),
        ("an item without its delimiter", sequence(b"SQ", &[ITEM, &private, END])),
        ("a sequence without its delimiter", sequence(b"SQ", &[ITEM, &private, ITEM_END])),
        ("items of both kinds", sequence(b"SQ", &[ITEM, ITEM_END, b"\xfe\xff\0\xe0\0\0\0\0", END])),
        ("a sequence of length zero", element(0x0008_1140, "SQ", b"")),
        ("an element in implicit VR", in_implicit.to_vec()),
        ("VR ??", long("??")),
        ("a VR of a later edition", long("ZZ")),
        ("a wrong group length", element(0x0028_0000, "UL", b"\xff\xff\xff\0")),
        ("odd length", b"\x19\0\x50\x10LO\x03\0ODD".to_vec()),
        ("OB with a length of 16 bits", b"\x19\0\x50\x10OB\x02\0AB".to_vec()),
        ("?? with one", b"\x19\0\x50\x10??\x02\0AB".to_vec()),
        ("a VR of blanks", b"\x19\0\x50\x10  \x02\0AB".to_vec()),
        ("LO with a length of 32 bits", b"\x19\0\x50\x10LO\0\0\x02\0\0\0AB".to_vec()),
        ("an overlay", element(0x6000_3000, "OW", &[0xFF; 10])),
        (
            "pixel data within a value",
            element(0x0019_1040, "OB", b"\xe0\x7f\x10\0OW\0\0\x01\0\0\0"),
        ),
    ] {
        is_the_slice(name, &with(extra));
    }
    for vr in ["OB", "OD", "OF", "OL", "OV", "OW", "SV", "UC", "UN", "UR", "UT", "UV"] {
        is_the_slice(vr, &with(long(vr)));
    }
}

#[test]
fn values_under_another_vr() {
    for (name, extra) in [
        ("Rows as UN", element(0x0028_0010, "UN", b"\x04\0")),
        ("Rows as UL", element(0x0028_0010, "UL", b"\x04\0\0\0")),
        ("Columns as SS", element(0x0028_0011, "SS", b"\x06\0")),
        ("intercept as LO", text(0x0028_1052, "LO", "-1024 ")),
        ("slope as FD", element(0x0028_1053, "FD", &1f64.to_le_bytes())),
        ("NumberOfFrames with NUL", element(0x0028_0008, "IS", b"1\0")),
        ("NumberOfFrames empty", element(0x0028_0008, "IS", b"")),
        ("NumberOfFrames of blanks", element(0x0028_0008, "IS", b"  ")),
        ("no frames", element(0x0028_0008, "IS", b"0 ")),
        ("Rows with a length of 32 bits", b"\x28\0\x10\0US\0\0\x02\0\0\0\x04\0".to_vec()),
        ("a delimiter after the intercept", text(0x0028_1052, "DS", "-1024\\")),
        ("a delimiter after the position", text(0x0020_0032, "DS", "-10\\-20\\7.5\\ ")),
        ("position with signs", text(0x0020_0032, "DS", " -1.0E+1 \\-20.\\+7.50")),
        ("orientation of length 0.5", text(0x0020_0037, "DS", "0.5\\0\\0\\0\\.5\\0")),
        ("KVP as an eighth of an SV", b"\x18\0\x60\0SV\0\0\x01\0\0\0x".to_vec()),
        ("KVP as one and a half FL", b"\x18\0\x60\0FL\x06\x00120.00".to_vec()),
        ("KVP as half an AT", b"\x18\0\x60\0AT\x02\x0012".to_vec()),
    ] {
        is_the_slice(name, &with(extra));
    }
}

const PREAMBLE: [u8; 132] = {
    let mut preamble = [0; 132];
    let [.., d, i, c, m] = &mut preamble;
    [*d, *i, *c, *m] = *b"DICM";
    preamble
};

fn syntax(uid: &str) -> Vec<u8> {
    let padded = if uid.len() % 2 == 1 { format!("{uid}\0") } else { uid.to_owned() };
    element(0x0002_0010, "UI", padded.as_bytes())
}

const IMPLICIT: &str = "1.2.840.10008.1.2";
const EXPLICIT: &str = "1.2.840.10008.1.2.1";
const BIG: &str = "1.2.840.10008.1.2.2";

#[test]
fn beginnings_of_every_kind() {
    let explicit = the_slice().data_set();
    let (implicit, big) = (implicit(&explicit), big(&explicit));
    let file = |meta: &[u8], data_set: &[u8]| [&PREAMBLE, meta, data_set].concat();
    let long_group = [element(0x0002_0000, "UL", b"\xff\0\0\0"), syntax(EXPLICIT)].concat();
    let untitled = [syntax(IMPLICIT), element(0x0002_0016, "AE", b"")].concat();
    let with_length = [&b"\x08\0\0\0\x04\0\0\0\x44\0\0\0"[..], &implicit].concat();
    let meta_in_implicit = recode::implicit(&syntax(IMPLICIT));
    let meta_in_big = recode::big(&syntax(BIG));
    for (name, file) in [
        ("explicit", file(&syntax(EXPLICIT), &explicit)),
        ("implicit", file(&syntax(IMPLICIT), &implicit)),
        ("big endian", file(&syntax(BIG), &big)),
        ("bare explicit", explicit.clone()),
        ("bare implicit", implicit.clone()),
        ("bare big endian", big.clone()),
        ("DICM without preamble", file(&syntax(EXPLICIT), &explicit).split_off(128)),
        ("meta group without preamble", [syntax(EXPLICIT), explicit.clone()].concat()),
        ("preamble without meta group", file(b"", &implicit)),
        ("a wrong group length", file(&long_group, &explicit)),
        ("meta group in implicit VR", file(&meta_in_implicit, &implicit)),
        ("meta group in big endian", file(&meta_in_big, &big)),
        ("an empty title before a group length", file(&untitled, &with_length)),
        ("an empty syntax", file(&syntax(""), &implicit)),
        ("a padded syntax", file(&syntax(&format!("{IMPLICIT} \0")), &implicit)),
        ("declared implicit", file(&syntax(IMPLICIT), &explicit)),
        ("declared big endian", file(&syntax(BIG), &implicit)),
        ("declared deflated", file(&syntax("1.2.840.10008.1.2.1.99"), &explicit)),
        ("declared JPEG, raw", file(&syntax("1.2.840.10008.1.2.4.70"), &explicit)),
        ("Philips' own explicit", file(&syntax("1.3.46.670589.33.1.4.1"), &explicit)),
        ("bytes after the end", [file(&syntax(EXPLICIT), &explicit), vec![0xEE; 300]].concat()),
    ] {
        is_the_slice(name, &file);
    }
}

#[test]
fn explicit_elements_in_implicit_vr() {
    let is_end = |at: &[u8]| at == b"\xe0\x7f\x10\0";
    let all = implicit(&the_slice().data_set());
    let (header, pixels) = all.split_at(all.windows(4).position(is_end).unwrap());
    let private = text(0x0029_1010, "LO", "AB");
    let items = [b"\xfe\xff\0\xe0\x0a\0\0\0", &private[..]].concat();
    for (name, odd) in [
        ("one", text(0x0029_1010, "LO", "AB")),
        ("rescale", [text(0x0028_1052, "DS", "-1024"), text(0x0028_1053, "DS", "1")].concat()),
        ("a sequence", element(0x0029_1020, "SQ", &items)),
        ("items", [&b"\x29\0\x20\x10\x12\0\0\0"[..], &items].concat()),
        ("one of 16 kB", element(0x0029_1010, "OB", &[7; 16_975])),
    ] {
        let file = [&PREAMBLE[..], &syntax(IMPLICIT), header, &odd, pixels].concat();
        is_the_slice(name, &file);
    }
}

#[test]
fn general_electrics_own_syntax_has_big_endian_pixels() {
    let slice = the_slice();
    let turned: Vec<u8> = slice.stored().iter().flat_map(|v| v.to_be_bytes()).collect();
    let mut data_set = implicit(&slice.data_set());
    data_set.truncate(data_set.len() - turned.len());
    let file = [&PREAMBLE[..], &syntax("1.2.840.113619.5.2"), &data_set, &turned].concat();
    is_the_slice("GE", &file);
}

#[test]
fn eight_bits_in_big_endian_words_of_odd_number() {
    // 5 × 5 pixels of 8 bits in OW: bytes swapped in pairs, the last one too (PS3.5 8.1.2).
    let extra = [
        word(0x0028_0010, 5),
        word(0x0028_0011, 5),
        word(0x0028_0100, 8),
        word(0x0028_0101, 8),
        word(0x0028_0102, 7),
        word(0x0028_0103, 0),
    ];
    let file = big(&Slice { extra: extra.concat(), ..the_slice() }.data_set());
    let pixels = decode(&only_frame("f", &file), &file, &Limits::default()).unwrap();
    let words: Vec<u8> = the_slice().stored().iter().flat_map(|v| v.to_le_bytes()).collect();
    let expected: Vec<i16> = words.iter().take(25).map(|&b| i16::from(b) - 1024).collect();
    assert_eq!(pixels.hu, expected);
}

#[test]
fn fragments_in_an_element_with_a_length() {
    // RLE of 24 pixels: two planes, each a literal run (PS3.5 G).
    let stored = the_slice().stored();
    let planes = [1, 0].map(|at| {
        let bytes: Vec<u8> = stored.iter().map(|v| v.to_le_bytes()[at]).collect();
        [&[23][..], &bytes, &[0x80]].concat()
    });
    let mut stream = vec![0; 64];
    stream[0] = 2;
    stream[4] = 64;
    stream[8] = 64 + planes[0].len() as u8;
    stream.extend(planes.concat());
    let length = (stream.len() as u32).to_le_bytes();
    let items = [b"\xfe\xff\0\xe0\0\0\0\0\xfe\xff\0\xe0", &length[..], &stream].concat();
    let mut data_set = the_slice().data_set();
    data_set.truncate(data_set.len() - 12 - 48);
    for (name, tail) in [("with a delimiter", END), ("without", b"")] {
        let pixels = element(0x7FE0_0010, "OB", &[&items, tail].concat());
        let file = [&PREAMBLE[..], &syntax("1.2.840.10008.1.2.5"), &data_set, &pixels].concat();
        is_the_slice(name, &file);
    }
}

#[test]
fn what_a_file_is_that_is_not_a_ct() {
    let tar = [&[b'x'; 257][..], b"ustar\x0000", &[0; 250]].concat();
    for (file, code, detail) in [
        (tar, Code::NotDicom, "a tar archive: unpack it first"),
        (b"Rar!\x1a\x07\x01\0 and more".to_vec(), Code::NotDicom, "a RAR archive: unpack it first"),
        (b"%PDF-1.7 and so on and on".to_vec(), Code::NotDicom, "a PDF"),
        (b"EGGA and more and more".to_vec(), Code::NotDicom, "an EGG archive: unpack it first"),
        (
            [&[0; 32_769][..], b"CD001"].concat(),
            Code::NotDicom,
            "a disc image: open it and choose the folder in it",
        ),
        // A media directory names its class in group 0002 only, or not even there.
        (
            [
                &PREAMBLE[..],
                &syntax(EXPLICIT),
                &text(0x0004_1130, "CS", "CD"),
                &element(0x0004_1200, "UL", &[0x78, 1, 0, 0]),
            ]
            .concat(),
            Code::Dicomdir,
            "",
        ),
        (
            [
                &PREAMBLE[..],
                &text(0x0002_0002, "UI", "1.2.840.10008.1.3.10"),
                &syntax(EXPLICIT),
                &text(0x0004_1130, "CS", "CD"),
            ]
            .concat(),
            Code::Dicomdir,
            "",
        ),
    ] {
        match scanned(&file) {
            Scanned::Refused(refusal) => {
                assert_eq!((refusal.code, &*refusal.detail), (code, detail))
            }
            other => panic!("{other:?}"),
        }
    }
}
