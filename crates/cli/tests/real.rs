//! Real CT, slice by slice, against what pydicom decodes and what the data's own notes say; skipped where
//! the files are absent.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use reader::{Assembly, Code, Frame, Limits, Scanned, WarningCode, assemble, decode, scan, unpack};
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data").join(path);
    let found = root.exists();
    if !found {
        eprintln!("skipped: ../shared/data/{path} is not here");
    }
    found.then_some(root)
}

/// Name and bytes of every file of a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Frames of a file with their HU, or why there are none.
fn read(name: &str, file: &[u8]) -> Result<Vec<(Frame, Vec<i16>)>, Code> {
    let limits = Limits::default();
    match scan(name, file, file.len() as u64, &limits) {
        Scanned::Frames(frames) => frames
            .into_iter()
            .map(|mut frame| {
                let pixels = decode(&frame, file, &limits).map_err(|refusal| refusal.code)?;
                frame.seen = Some(pixels.seen());
                Ok((frame, pixels.hu))
            })
            .collect(),
        Scanned::Refused(refusal) => Err(refusal.code),
        other => panic!("{name}: {other:?}"),
    }
}

fn assembled(files: &[(String, Vec<u8>)]) -> Assembly {
    let read = files.iter().flat_map(|(name, file)| read(name, file).unwrap());
    assemble(read.map(|(frame, _)| frame).collect())
}

/// SHA-256 of 16 bit little endian values.
fn hash(values: impl Iterator<Item = i16>) -> String {
    let bytes: Vec<u8> = values.flat_map(i16::to_le_bytes).collect();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Every file holds one slice with intercept -1024 whose stored pixels have the hash in the last column
/// of `slices.csv`.
fn are_the_slices(files: &[(String, Vec<u8>)], table: &Path) {
    let table = fs::read_to_string(table).unwrap();
    let rows = table.lines().skip(1).map(|line| {
        (line.split(',').next().unwrap().to_owned(), line.split(',').next_back().unwrap())
    });
    let mut hashes: HashMap<_, _> = rows.collect();
    for (name, file) in files {
        let (_, hu) = read(name, file).unwrap().remove(0);
        let short = name.rsplit('/').next().unwrap();
        let expected = hashes.remove(short).unwrap_or_else(|| panic!("{name} is not listed"));
        assert_eq!(hash(hu.iter().map(|hu| hu + 1024)), expected, "{name}");
    }
    assert!(hashes.is_empty(), "not read: {hashes:?}");
}

#[test]
fn an_abdomen_from_a_zip() {
    let Some(root) = shared("acrin-abdomen") else { return };
    let zip = fs::read(root.join("acrin-abdomen.zip")).unwrap();
    let unpacked = unpack("z", &zip, &Limits::default());
    assert_eq!(unpacked.refused, []);
    are_the_slices(&unpacked.entries, &root.join("slices.csv"));
}

#[test]
fn an_abdomen_in_jpeg_2000() {
    let Some(root) = shared("tcga-coad-abdomen") else { return };
    let files = files(&root.join("dicom"));
    are_the_slices(&files, &root.join("slices.csv"));
    let assembly = assembled(&files);
    let [series] = &assembly.series[..] else { panic!("not one series") };
    assert_eq!((series.frames.len(), &*series.warnings), (65, &[][..]));
    let affine = series.geometry.affine.unwrap();
    assert_eq!(affine.spacing_mm(), [0.806_640_625, 0.806_640_625, 5.0]);
    assert_eq!(affine.origin.z, -416.5);
}

#[test]
fn one_slice_in_twelve_syntaxes() {
    let Some(root) = shared("odd-ct/syntaxes") else { return };
    let mut lossless = 0;
    for (name, file) in files(&root) {
        let (frame, hu) = match read(&name, &file) {
            Ok(mut frames) => frames.remove(0),
            Err(code) => panic!("{name}: {code:?}"),
        };
        let lossy = [".4.50.", ".4.51.", ".4.81.", ".4.91."].iter().any(|uid| name.contains(uid));
        assert_eq!(frame.lossy || frame.seen.unwrap().lossy, lossy, "{name}");
        let stored = |hu: &i16| i32::from(*hu) + 1024;
        let range = (hu.iter().map(stored).min().unwrap(), hu.iter().map(stored).max().unwrap());
        if !lossy {
            let hash = hash(hu.iter().map(|hu| hu + 1024));
            assert_eq!((&hash[..12], range), ("1bee432808f4", (-2000, 2402)), "{name}");
            lossless += 1;
        } else if !name.contains(".4.5") {
            assert!(
                (range.0 + 2000).abs() <= 4 && (range.1 - 2402).abs() <= 4,
                "{name}: {range:?}"
            );
        }
    }
    assert_eq!(lossless, 8);
}

#[test]
fn a_tilted_gantry() {
    let Some(root) = shared("odd-ct/tilt-phantom") else { return };
    let assembly = assembled(&files(&root));
    let [series] = &assembly.series[..] else { panic!("not one series") };
    assert!(series.warnings.iter().map(|w| w.code).eq([WarningCode::Tilt]));
    assert_eq!(series.frames.len(), 16);
    let affine = series.geometry.affine.unwrap();
    assert!((affine.tilt_degrees() - 16.5).abs() < 0.01);
    // The table moves along z; the slices lie closer than it moves.
    assert!(affine.step[2].abs_diff_eq([0.0, 0.0, 2.5].into(), 1e-9));
    assert!((affine.slice_distance_mm() - 2.5 * 16.5f64.to_radians().cos()).abs() < 1e-3);
    assert!(series.positions_mm.as_ref().unwrap().is_sorted());
}

#[test]
fn a_perfusion_map_is_not_hu() {
    let Some(root) = shared("odd-ct/enhanced") else { return };
    let assembly = assembled(&files(&root));
    let [series] = &assembly.series[..] else { panic!("not one series") };
    assert!(series.warnings.iter().map(|w| w.code).eq([WarningCode::NotHu]));
    // Its rows run from left to right, so the normal points to the feet.
    assert_eq!(series.frames.len(), 2);
    assert_eq!(series.geometry.affine.unwrap().normal().z, -1.0);
}

#[test]
fn what_lies_beside_a_ct() {
    let Some(root) = shared("odd-ct") else { return };
    for (path, code) in [
        ("localizer-phantom/surview.dcm", Code::Localizer),
        ("localizer-phantom/exam-summary.dcm", Code::NotCtImage),
        ("sr/no-pixel-data-sr.dcm", Code::NotCtImage),
    ] {
        assert_eq!(read(path, &fs::read(root.join(path)).unwrap()).unwrap_err(), code, "{path}");
    }
}

/// The test files of the Python package pydicom, with the SHA-256 of the HU as pydicom 3.0.2 decodes them.
const PYDICOM: [(&str, Result<&str, Code>); 14] = [
    ("CT_small.dcm", Ok("743dc0a86c09")),
    ("693_J2KI.dcm", Ok("973da2a2c036")),
    ("J2K_pixelrep_mismatch.dcm", Ok("1296350a0006")),
    ("dicomdirtests/98892001/CT5N/2062", Ok("0eb7fab4c4f1")),
    ("dicomdirtests/98892001/CT5N/2392", Ok("7993e9d77e0c")),
    ("dicomdirtests/77654033/CT2/17106", Ok("632c45afde4e")),
    ("dicomdirtests/77654033/CT2/17136", Ok("db4a4783d763")),
    ("dicomdirtests/77654033/CT2/17196", Ok("6f89411429c4")),
    ("dicomdirtests/98892001/CT2N/6293", Err(Code::Localizer)),
    ("dicomdirtests/98892003/MR1/15820", Err(Code::NotCtImage)),
    ("dicomdirtests/DICOMDIR", Err(Code::Dicomdir)),
    ("dicomdirtests/DICOMDIR-bigEnd", Err(Code::Dicomdir)),
    ("rtdose.dcm", Err(Code::NotCtImage)),
    ("reportsi.dcm", Err(Code::NotCtImage)),
];

#[test]
fn the_test_files_of_pydicom() {
    let print = "import os, pydicom; print(os.path.dirname(pydicom.__file__))";
    let found =
        Command::new("python3").args(["-c", print]).output().ok().filter(|o| o.status.success());
    let Some(found) = found else {
        eprintln!("skipped: python3 has no package pydicom");
        return;
    };
    let package = String::from_utf8(found.stdout).unwrap();
    let root = Path::new(package.trim()).join("data/test_files");
    for (path, expected) in PYDICOM {
        let file = fs::read(root.join(path)).unwrap_or_else(|e| panic!("{path}: {e}"));
        let actual = read(path, &file).map(|frames| hash(frames[0].1.iter().copied()));
        let actual = actual.as_ref().map(|hash| &hash[..12]).map_err(|code| *code);
        assert_eq!(actual, expected, "{path}");
    }
}
