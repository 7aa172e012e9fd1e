//! `lithoscope predict` by both weight files of the repository: the demo's stones, and nothing on a real CT that has none.
#![expect(clippy::unwrap_used, reason = "a test")]

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What a weight file, or the one built in, finds.
fn predicted(study: &Path, weights: Option<&str>) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lithoscope"));
    command.arg("predict").arg(study).arg("--json");
    if let Some(weights) = weights {
        command.arg("--model").arg(root().join("models").join(weights));
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn marked(told: &Value) -> Vec<&Value> {
    let stones = told["stones"].as_array().unwrap();
    stones.iter().filter(|stone| stone["label"] != "rejected").collect()
}

fn apart(a: &Value, b: &Value) -> f64 {
    let number = |of: &Value| of.as_f64().unwrap();
    (0..3).map(|axis| (number(&a[axis]) - number(&b[axis])).powi(2)).sum::<f64>().sqrt()
}

#[test]
fn the_stones_of_the_demo_are_found_where_they_are() {
    let demo = root().join("demo");
    let truth: Value = serde_json::from_slice(&fs::read(demo.join("truth.json")).unwrap()).unwrap();
    let truth = truth["stones"].as_array().unwrap();
    for (weights, name) in [
        (None, "stone-unet"),
        (Some("synthetic/stone-unet-synthetic.onnx"), "stone-unet-synthetic"),
    ] {
        let told = predicted(&demo.join("demo.zip"), weights);
        assert_eq!((told["model"]["name"].as_str(), &told["complete"]), (Some(name), &true.into()));
        let marked = marked(&told);
        for stone in truth {
            let here = |of: &&&Value| apart(&of["center_mm"], &stone["center_lps_mm"]) < 3.0;
            let found = marked.iter().find(here);
            let found = found.unwrap_or_else(|| panic!("{name} misses {stone}"));
            assert_eq!(found["side"], stone["side"]);
            // Below 0.3 is off the tract (`stones::labels`).
            assert!(found["tract_score"].as_f64() > Some(0.3), "{found}");
        }
        assert_eq!(marked.len(), truth.len(), "{name} marks what is no stone");
    }
}

#[test]
fn a_real_ct_without_stones_has_no_mark() {
    let ct = root().join("../shared/data/acrin-abdomen");
    if !ct.exists() {
        eprintln!("skipped: ../shared/data/acrin-abdomen is not here");
        return;
    }
    let told = predicted(&ct, None);
    assert_eq!((marked(&told).len(), &told["complete"]), (0, &true.into()), "{told}");
}
