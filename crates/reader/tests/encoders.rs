//! Files written by DCMTK and GDCM (`data/encoded/make.py`): every syntax gives back the image it was made of.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use reader::{Frame, Limits, Scanned, decode, scan};
use std::fs;
use std::path::Path;

fn frame(name: &str, file: &[u8]) -> Frame {
    match scan(name, file, file.len() as u64, &Limits::default()) {
        Scanned::Frames(frames) if frames.len() == 1 => frames.into_iter().next().unwrap(),
        other => panic!("{name}: {other:?}"),
    }
}

#[test]
fn every_encoder_gives_back_the_image() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data");
    let mut count = 0;
    for entry in fs::read_dir(data.join("encoded")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if !name.ends_with(".dcm") {
            continue;
        }
        let file = fs::read(&path).unwrap();
        let frame = frame(name, &file);
        let (image, _) = name.split_once('.').unwrap();
        let raw = fs::read(data.join(image).with_extension("raw")).unwrap();
        let expected: Vec<i16> =
            raw.chunks_exact(2).map(|cell| i16::from_le_bytes([cell[0], cell[1]]) - 1024).collect();
        let pixels = decode(&frame, &file, &Limits::default()).unwrap_or_else(|e| panic!("{e:?}"));
        assert!(pixels.hu == expected, "{name}: other pixels");
        assert!(!pixels.lossy, "{name}");
        assert_eq!(frame.labels.patient_name, "Hong^Gildong=洪^吉洞=홍^길동", "{name}");
        assert_eq!(frame.place.position, Some([-10.0, -20.0, 7.5]), "{name}");
        assert_eq!(frame.place.pixel_spacing, Some([0.5, 0.75]), "{name}");
        count += 1;
    }
    assert_eq!(count, 2 * 22);
}
