//! Segmentation and report, judged by others: dciodvfy checks their form, pydicom and highdicom read them back
//! and compare every mask pixel, place and measure with what was written. Who is not installed is left out, and said.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod ct;

use ct::{Stack, case};
use export::{Moment, Record, Refused, report, segmentation};
use reader::{Limits, Segmentation};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use stones::Candidate;

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/read_back.py");

/// Every geometry that a CT comes in: straight, oblique, tilted, and with slices missing.
fn stacks() -> [(&'static str, Stack); 4] {
    let straight = Stack {
        row: [1.0, 0.0, 0.0],
        column: [0.0, 1.0, 0.0],
        step: [0.0, 0.0, 2.5],
        missing: &[],
    };
    let (sin, cos) = (0.35f64.sin(), 0.35f64.cos());
    let oblique = Stack {
        row: [cos, sin, 0.0],
        column: [-sin * cos, cos * cos, sin],
        step: [0.0; 3],
        ..straight
    };
    let normal = oblique.normal();
    [
        ("straight", straight),
        ("oblique", Stack { step: normal.map(|x| 1.25 * x), ..oblique }),
        ("tilted", Stack { step: [0.0, -0.7, 3.1], ..straight }),
        ("gapped", Stack { missing: &[3, 4], ..straight }),
    ]
}

#[test]
fn others_read_what_was_written() {
    let made = Moment::of_unix(1_772_323_200);
    for (name, stack) in stacks() {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join(name);
        let _ = fs::remove_dir_all(&folder);
        let case = case(&stack, &folder);
        let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
        let (series, findings) = (&case.series, &case.findings);
        let record = Record { series, findings, masks: &masks, made: &made };
        let [seg, sr] = ["seg.dcm", "sr.dcm"].map(|file| folder.join(file));
        let (seg_bytes, sr_bytes) = (segmentation(record).unwrap(), report(record).unwrap());
        assert_eq!(seg_bytes, segmentation(record).unwrap(), "at one second, the same bytes");
        fs::write(&seg, seg_bytes).unwrap();
        fs::write(&sr, sr_bytes).unwrap();
        fs::write(folder.join("findings.json"), serde_json::to_string(findings).unwrap()).unwrap();
        fs::write(folder.join("masks.json"), serde_json::to_string(&case.voxels()).unwrap())
            .unwrap();
        dciodvfy(&seg);
        dciodvfy(&sr);
        read_back(&folder);
        let read = Segmentation::read("seg.dcm", &fs::read(&seg).unwrap(), &Limits::default());
        let own: Vec<_> = read.unwrap().voxels(series).into_iter().collect();
        let sorted = |mask: &Candidate| {
            let mut voxels = mask.voxels.clone();
            voxels.sort_by_key(|&[i, j, k]| (k, j, i));
            voxels
        };
        let written: Vec<_> = case.masks.iter().map(|(id, m)| (*id, sorted(m))).collect();
        assert_eq!(own, written, "{name}: our own reader");
        for kind in ["fractional", "labelmap"] {
            let theirs = fs::read(folder.join(format!("{kind}.dcm")));
            let Ok(theirs) = theirs else { continue };
            let read = Segmentation::read(kind, &theirs, &Limits::default()).unwrap();
            let read: Vec<_> = read.voxels(series).into_iter().collect();
            assert_eq!(read, written, "{name}: {kind} by highdicom");
        }
    }
}

#[test]
fn a_report_may_tell_that_nothing_was_found() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("nothing");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    case.findings.stones.clear();
    let made = Moment::of_unix(0);
    let record = Record { series: &case.series, findings: &case.findings, masks: &[], made: &made };
    assert_eq!(segmentation(record), Err(Refused::Nothing));
    let sr = folder.join("sr.dcm");
    fs::write(&sr, report(record).unwrap()).unwrap();
    dciodvfy(&sr);
}

#[test]
fn a_side_that_is_undetermined_is_never_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("side");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    case.findings.stones[1].side = None;
    let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
    let made = Moment::of_unix(0);
    let record =
        Record { series: &case.series, findings: &case.findings, masks: &masks, made: &made };
    assert_eq!(segmentation(record), Err(Refused::SideUndetermined(2)));
    assert_eq!(report(record), Err(Refused::SideUndetermined(2)));
}

/// Debian's dicom3tools: no error; of warnings only that our own coding scheme is not the standard's.
fn dciodvfy(file: &Path) {
    let Ok(output) = Command::new("dciodvfy").arg("-new").arg(file).output() else {
        println!("skipped: dciodvfy (Debian's dicom3tools) is not here");
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    let unknown = "Unrecognized defined term = <99LITHO>";
    let grave = told.lines().filter(|line| {
        line.starts_with("Error") || line.starts_with("Warning") && !line.contains(unknown)
    });
    let grave: Vec<&str> = grave.collect();
    assert!(grave.is_empty(), "{}: {grave:#?}", file.display());
}

fn read_back(folder: &PathBuf) {
    let known = Command::new("python3").args(["-c", "import highdicom"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3 has no highdicom");
        return;
    }
    let output = Command::new("python3").arg(READER).arg(folder).output().unwrap();
    if !output.status.success() {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    }
}
