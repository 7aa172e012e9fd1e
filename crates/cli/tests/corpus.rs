//! `inspect` against the expected outcomes of the shared corpus and a real CT; skipped where they are absent.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;

fn shared(path: &str) -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared").join(path);
    let found = root.exists();
    if !found {
        eprintln!("skipped: ../shared/{path} is not here");
    }
    found.then_some(root)
}

fn inspect(path: &Path) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_lithoscope"))
        .args(["inspect", "--json"])
        .arg(path)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| {
        panic!("{}: {e}: {}", path.display(), String::from_utf8_lossy(&output.stderr))
    })
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value[key].as_array().map_or(&[], Vec::as_slice)
}

/// Nested numbers within a tolerance; everything else equal.
fn close(a: &Value, b: &Value, tolerance: f64) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| close(a, b, tolerance))
        }
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= tolerance,
            _ => a == b,
        },
    }
}

fn codes<'a>(value: &'a Value, key: &str) -> Vec<&'a str> {
    list(value, key).iter().filter_map(Value::as_str).collect()
}

fn is_volume(actual: &Value, expected: &Value) -> bool {
    let hu = expected["tolerance_hu"].as_f64().unwrap_or(0.0);
    let mean = if hu > 0.0 { (hu / 20.0).max(1.0) } else { 0.01 };
    let same = |key: &str, tolerance: f64| close(&actual[key], &expected[key], tolerance);
    let (got, want) = (codes(actual, "warnings"), codes(expected, "warnings"));
    let optional = codes(expected, "warnings_optional");
    let tags = expected["tags"].as_object().unwrap();
    ["series_instance_uid", "frames", "rows", "columns"].iter().all(|key| same(key, 0.0))
        && ["affine_lps", "spacing_mm", "slice_positions_mm"].iter().all(|key| same(key, 2e-3))
        && (hu > 0.0 || same("hu_sha256", 0.0))
        && ["hu_min", "hu_max", "hu_probes"].iter().all(|key| same(key, hu))
        && same("hu_mean", mean)
        && (expected.get("padding_voxels").is_none() || same("padding_voxels", 0.0))
        && want.iter().all(|code| got.contains(code))
        && got.iter().all(|code| want.contains(code) || optional.contains(code))
        && tags.iter().all(|(key, value)| &actual["tags"][key] == value)
}

/// Takes the reports that an entry of `not_loaded` asks for; `false` if there are none or of another code.
fn take_reports(reports: &mut Vec<(&str, &str)>, entry: &Value) -> bool {
    let codes = codes(entry, "codes");
    let any_of = self::codes(entry, "any_of");
    let wanted = |path: &str| match (entry["prefix"].as_str(), entry["path"].as_str()) {
        (Some(prefix), _) => path.starts_with(prefix),
        (_, Some(exact)) => path == exact,
        _ => any_of.contains(&path),
    };
    let (taken, rest): (Vec<_>, Vec<_>) = reports.drain(..).partition(|(path, _)| wanted(path));
    *reports = rest;
    let enough = taken.len() == 1 || (entry["prefix"].is_string() && !taken.is_empty());
    enough && taken.iter().all(|(_, code)| codes.contains(code))
}

fn is_outcome(actual: &Value, outcome: &Value) -> bool {
    let mut volumes: Vec<&Value> = list(actual, "series").iter().collect();
    for expected in list(outcome, "series") {
        match volumes.iter().position(|volume| is_volume(volume, expected)) {
            Some(at) => volumes.swap_remove(at),
            None => return false,
        };
    }
    let report = |r: &'static str, entry: &Value| entry[r].as_str().unwrap_or("").to_owned();
    let owned: Vec<_> = list(actual, "not_loaded")
        .iter()
        .map(|entry| (report("path", entry), report("code", entry)))
        .collect();
    let mut reports: Vec<_> = owned.iter().map(|(path, code)| (&**path, &**code)).collect();
    let asked = list(outcome, "not_loaded").iter().all(|entry| take_reports(&mut reports, entry));
    let optional = codes(outcome, "not_loaded_optional");
    volumes.is_empty() && asked && reports.iter().all(|(path, _)| optional.contains(path))
}

#[test]
fn the_corpus_is_read_as_expected() {
    let Some(root) = shared("corpus/public") else { return };
    let text = std::fs::read_to_string(root.join("expected.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut wrong = Vec::new();
    for case in list(&document, "cases") {
        let (id, path) = (case["id"].as_str().unwrap(), root.join(case["path"].as_str().unwrap()));
        // Git drops empty folders.
        if !path.exists() {
            continue;
        }
        let actual = inspect(&path);
        let passed = list(case, "outcomes").iter().any(|outcome| is_outcome(&actual, outcome));
        if !passed {
            wrong.push(id.to_owned());
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_real_ct_of_99_slices() {
    let Some(root) = shared("data/acrin-abdomen") else { return };
    let actual = inspect(&root.join("acrin-abdomen.zip"));
    let table = std::fs::read_to_string(root.join("slices.csv")).unwrap();
    let [series] = list(&actual, "series") else { panic!("not one series: {actual}") };
    assert_eq!(list(&actual, "not_loaded"), [] as [Value; 0]);
    assert_eq!(series["frames"].as_u64(), Some(table.lines().count() as u64 - 1));
    // Positions fall with the file number; slice 0 is the lowest.
    let mut z: Vec<f64> =
        table.lines().skip(1).filter_map(|line| line.split(',').nth(2)?.parse().ok()).collect();
    z.sort_by(f64::total_cmp);
    let positions: Vec<f64> = z.iter().map(|mm| mm - z[0]).collect();
    assert!(close(&series["slice_positions_mm"], &positions.into(), 1e-6));
    assert!(close(&series["affine_lps"][2][3], &z[0].into(), 1e-6));
    assert!(close(&series["spacing_mm"], &vec![0.976562, 0.976562, 4.25].into(), 1e-6));
    // Padding of -2000 goes through the rescale like everything else.
    assert_eq!(series["hu_min"], -3024);
    assert_eq!(codes(series, "warnings"), [] as [&str; 0]);
}
