//! A folder of studies, killed half-way: what was finished stays untouched, the rest is done by the next run.
#![expect(clippy::unwrap_used, reason = "a test")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../demo/demo.zip");
const SOUND: [&str; 3] = ["a.zip", "b", "c.zip"];

fn predict(studies: &Path, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lithoscope"));
    command.arg("predict").arg("--each").arg(studies).arg("--out").arg(out);
    command
}

fn code(status: ExitStatus) -> Option<i32> {
    status.code()
}

/// Folders that are there under their final names.
fn finished(out: &Path) -> Vec<String> {
    let entries = fs::read_dir(out).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().is_dir());
    let mut names: Vec<String> =
        folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    names
}

fn lines(out: &Path) -> Vec<Value> {
    let text = fs::read_to_string(out.join("findings.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_run_that_is_killed_is_taken_up_where_it_ended() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("batch");
    let _ = fs::remove_dir_all(&folder);
    let (studies, out) = (folder.join("studies"), folder.join("out"));
    fs::create_dir_all(studies.join("b")).unwrap();
    for name in ["a.zip", "b/inside.zip", "c.zip"] {
        fs::copy(DEMO, studies.join(name)).unwrap();
    }
    fs::write(studies.join("d.txt"), "no CT").unwrap();

    let mut first = predict(&studies, &out).spawn().unwrap();
    let began = Instant::now();
    while finished(&out).is_empty() && began.elapsed() < Duration::from_secs(300) {
        sleep(Duration::from_millis(20));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let before = finished(&out);
    assert_eq!(before[0], "a.zip");
    assert!(before.len() < 4, "killed too late to tell: {before:?}");
    let kept: Vec<(PathBuf, Vec<u8>, _)> = fs::read_dir(out.join("a.zip"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            let changed = fs::metadata(&path).unwrap().modified().unwrap();
            (path.clone(), fs::read(path).unwrap(), changed)
        })
        .collect();
    // Half of a study, as a kill in the midst of writing leaves it.
    fs::create_dir_all(out.join(".c.zip.unfinished")).unwrap();
    fs::write(out.join(".c.zip.unfinished/findings.json"), "{\"schema\":").unwrap();

    let second = predict(&studies, &out).arg("--jobs").arg("2").output().unwrap();
    assert_eq!(code(second.status), Some(4), "one of them holds no CT");
    assert_eq!(finished(&out), ["a.zip", "b", "c.zip", "d.txt"]);
    for (path, bytes, changed) in kept {
        assert_eq!(fs::read(&path).unwrap(), bytes);
        assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), changed, "{}", path.display());
    }
    let told = lines(&out);
    assert_eq!(told.len(), 4);
    assert_eq!(told[3]["failed"]["code"], "nothing_read");
    let stones = |n: usize| told[n]["findings"]["stones"].clone();
    assert!(stones(0).as_array().is_some_and(|stones| stones.len() >= 5));
    assert_eq!([stones(1), stones(2)], [stones(0), stones(0)], "the same study, the same stones");
    let table = fs::read_to_string(out.join("stones.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 3 * stones(0).as_array().unwrap().len());
    for study in SOUND {
        for file in ["labels.nii.gz", "seg.dcm", "sr.dcm"] {
            assert!(out.join(study).join(file).is_file(), "{study}/{file}");
        }
        assert!(!out.join(study).join("seg-fractional.dcm").exists(), "asked for by nobody");
    }
    let hidden = fs::read_dir(&out).unwrap().flatten();
    let hidden = hidden.filter(|entry| entry.file_name().to_string_lossy().starts_with('.'));
    assert_eq!(hidden.count(), 0, "nothing unfinished is left");

    let third = predict(&studies, &out).args(["--share", "0/2"]).output().unwrap();
    assert!(String::from_utf8_lossy(&third.stderr).starts_with("2 studies, 2 finished before"));
    fs::remove_file(studies.join("d.txt")).unwrap();
    fs::remove_dir_all(out.join("d.txt")).unwrap();
    assert_eq!(code(predict(&studies, &out).output().unwrap().status), Some(0));
    assert_eq!(lines(&out).len(), 3);
}

#[test]
fn probabilities_are_written_for_each_where_they_are_asked_for() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("batch-fractional");
    let _ = fs::remove_dir_all(&folder);
    let (studies, out) = (folder.join("studies"), folder.join("out"));
    fs::create_dir_all(&studies).unwrap();
    fs::copy(DEMO, studies.join("a.zip")).unwrap();
    let run = |command: &mut Command| {
        let done = command.env("SOURCE_DATE_EPOCH", "1700000000").output().unwrap();
        assert_eq!(code(done.status), Some(0), "{}", String::from_utf8_lossy(&done.stderr));
    };
    run(predict(&studies, &out).arg("--seg-fractional"));
    let alone = folder.join("alone.dcm");
    let mut command = Command::new(env!("CARGO_BIN_EXE_lithoscope"));
    run(command.arg("predict").arg(DEMO).arg("--seg-fractional").arg(&alone));
    let each = fs::read(out.join("a.zip/seg-fractional.dcm")).unwrap();
    assert!(each == fs::read(&alone).unwrap(), "the same as of a study by itself");
    assert!(out.join("a.zip/seg.dcm").is_file());
}

#[test]
fn mistakes_are_told_by_the_exit_code() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("batch-empty");
    fs::create_dir_all(folder.join("empty")).unwrap();
    let run = |arguments: &[&str]| {
        let mut command = predict(&folder.join("empty"), &folder.join("out"));
        code(command.args(arguments).output().unwrap().status)
    };
    assert_eq!(run(&[]), Some(2));
    assert_eq!(run(&["--share", "2/2"]), Some(1));
    assert_eq!(run(&["--jobs", "0"]), Some(1));
    assert_eq!(run(&["--seg", "one.dcm"]), Some(1), "a file for each, not one for all");
}
