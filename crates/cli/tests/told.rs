//! What is told and written where there is nothing to mark, where a file can't be, and where nobody reads on.
#![expect(clippy::unwrap_used, reason = "a test")]

mod ct;

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn lithoscope(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lithoscope"));
    command.args(words);
    command
}

fn run(words: &[&str]) -> (Option<i32>, String, String) {
    let Output { status, stdout, stderr } = lithoscope(words).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code(), text(stdout), text(stderr))
}

/// An empty folder.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("told").join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().unwrap().to_owned()
}

#[test]
fn that_nothing_is_found_is_no_failure() {
    let folder = folder("nothing");
    let study = ct::write(&folder.join("ct"), &[0.0, 2.0, 4.0, 6.0]);
    let [seg, sr] = ["seg.dcm", "sr.dcm"].map(|name| path(&folder, name));
    let (code, told, doubts) = run(&["predict", &study, "--json", "--seg", &seg, "--sr", &sr]);
    assert_eq!(code, Some(0), "{doubts}");
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["stones"], Value::Array(vec![]));
    assert!(doubts.contains("seg.dcm is not written: nothing was found"), "{doubts}");
    assert!(Path::new(&sr).is_file() && !Path::new(&seg).exists());
    let (_, told, _) = run(&["predict", &study]);
    assert!(told.contains("This does not exclude stones."), "{told}");
    assert!(told.contains("\ncoverage: 8 mm\n"), "{told}");
}

#[test]
fn eight_bits_a_pixel_are_no_measurements() {
    let folder = folder("eight-bits");
    let study = ct::write(&folder.join("ct"), &[0.0, 2.0, 4.0, 6.0]);
    let warned = || run(&["predict", &study]).1.contains("\neight_bits");
    assert!(!warned());
    // BitsStored and HighBit, of which all the rest is as it was.
    for n in 1..=4 {
        let file = Path::new(&study).join(format!("{n}.dcm"));
        let mut bytes = fs::read(&file).unwrap();
        for (element, [from, to]) in [(0x01, [16, 8]), (0x02, [15, 7])] {
            let sixteen = [0x28, 0, element, 0x01, 2, 0, 0, 0, from];
            let at = bytes.windows(9).position(|w| w == sixteen).unwrap();
            bytes[at + 8] = to;
        }
        fs::write(&file, bytes).unwrap();
    }
    assert!(warned());
}

#[test]
fn labels_of_uneven_slices_are_refused_and_the_report_is_written() {
    let folder = folder("uneven");
    let study = ct::write(&folder.join("ct"), &[0.0, 2.0, 4.0, 10.0, 12.0]);
    let [labels, sr] = ["labels.nii.gz", "sr.dcm"].map(|name| path(&folder, name));
    let (code, told, problem) = run(&["predict", &study, "--labels", &labels, "--sr", &sr]);
    assert_eq!(code, Some(1));
    assert!(told.contains("No candidate"), "{told}");
    assert!(problem.contains("labels.nii.gz could not be written: the slices are not evenly"));
    assert!(Path::new(&sr).is_file() && !Path::new(&labels).exists());
}

#[test]
fn whoever_has_read_enough_ends_it_quietly() {
    let study = ct::write(&folder("pipe").join("ct"), &[0.0, 2.0, 4.0]);
    for words in [["predict", &study, "--json"], ["inspect", &study, "--json"]] {
        let mut command = lithoscope(&words);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let Output { status, stderr, .. } = child.wait_with_output().unwrap();
        assert_eq!((status.code(), String::from_utf8_lossy(&stderr).as_ref()), (Some(0), ""));
    }
}

#[test]
fn every_command_helps() {
    for command in ["inspect", "predict", "measure", "evaluate", "render", "plan"] {
        let (code, told, _) = run(&[command, "--help"]);
        assert!(code == Some(0) && told.starts_with("usage: lithoscope"), "{command}: {told}");
    }
    assert_eq!(run(&["predict", "--", "--help"]).0, Some(2), "a file of that name");
}

#[test]
fn a_batch_leaves_out_what_it_has_written_and_tells_what_it_could_not() {
    let studies = folder("batch");
    let out = studies.join("out");
    ct::write(&studies.join("a"), &[0.0, 2.0, 4.0]);
    ct::write(&studies.join("b"), &[0.0, 2.0, 4.0]);
    fs::create_dir(&out).unwrap();
    fs::write(out.join(".b.unfinished"), "in the way").unwrap();
    let [each, into] = [path(&studies, ""), path(&studies, "out")];
    let each = ["predict", "--each", &each, "--out", &into];
    let (code, _, told) = run(&each);
    assert_eq!(code, Some(1), "{told}");
    assert!(told.contains("2 studies, 0 finished before"), "{told}");
    assert!(told.contains("b.unfinished could not be written: "), "{told}");
    assert!(out.join("a/seg.dcm.absent.json").is_file());
    fs::remove_file(out.join(".b.unfinished")).unwrap();
    let (code, _, told) = run(&each);
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("2 studies, 1 finished before"), "{told}");

    let missing = path(&studies, "missing");
    let (code, _, told) = run(&["predict", "--each", &missing, "--out", &into]);
    assert!(code == Some(2) && told.contains("missing could not be read: "), "{told}");
    let (code, _, told) = run(&["predict", "--each", &into, "--out", &into]);
    assert!(code == Some(1) && told.contains("folder of the studies itself"), "{told}");
}

#[test]
fn a_study_without_images_is_named_before_the_others_are_searched() {
    let studies = folder("evaluate");
    for name in ["a", "b", "c"] {
        fs::create_dir_all(studies.join(name).join("dicom")).unwrap();
    }
    ct::write(&studies.join("a/dicom"), &[0.0, 2.0, 4.0]);
    for name in ["a", "b"] {
        fs::write(studies.join(name).join("truth.nii.gz"), "read later").unwrap();
    }
    let (code, _, told) = run(&["evaluate", studies.to_str().unwrap()]);
    assert_eq!(code, Some(2));
    assert!(told.contains("b could not be read: it has no CT in dicom/"), "{told}");
    assert!(told.contains("c could not be read: it has no truth.nii.gz"), "{told}");
}

#[test]
fn a_picture_is_of_a_slice_that_there_is() {
    let folder = folder("render");
    let study = ct::write(&folder.join("ct"), &[0.0, 2.0, 4.0, 6.0]);
    let png = path(&folder, "slice.png");
    let render =
        |more: &[&str]| run(&[&["render", &study, "--plane", "axial", "-o", &png], more].concat());
    assert_eq!(render(&["--slice", "3"]).0, Some(0));
    for wrong in ["-1", "3.5", "4"] {
        let (code, _, problem) = render(&["--slice", wrong]);
        assert_eq!(code, Some(1), "{wrong}: {problem}");
    }
    let (_, findings, _) = run(&["predict", &study, "--json"]);
    let file = path(&folder, "findings.json");
    for (text, expected) in [(findings.clone(), 0), (findings.replace("1.2.3.4.2", "1.2.9"), 1)] {
        fs::write(&file, text).unwrap();
        assert_eq!(render(&["--slice", "3", "--findings", &file]).0, Some(expected));
    }
}
