//! `lithoscope measure` on the demo study, whose stones have known places and sizes.

use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn what_lies_at_a_point_is_measured_and_where_nothing_lies_it_is_said() {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo");
    let truth: Value = serde_json::from_slice(&fs::read(demo.join("truth.json")).unwrap()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_lithoscope"));
    command.arg("measure").arg(demo.join("demo.zip")).arg("--json");
    // Of more than 5 mm: smaller ones want thinner slices.
    let stones: Vec<&Value> = truth["stones"].as_array().unwrap().iter().take(3).collect();
    for stone in &stones {
        let place = stone["center_lps_mm"].as_array().unwrap();
        let place: Vec<String> = place.iter().map(Value::to_string).collect();
        command.args(["--at", &place.join(",")]);
    }
    let output = command.args(["--at", "0,0,500"]).output().unwrap();
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();

    assert_eq!(told["schema"], "lithoscope/measure/1");
    let measured = told["stones"].as_array().unwrap();
    assert_eq!(measured.len(), stones.len());
    let number = |of: &Value| of.as_f64().unwrap();
    let apart = |a: &Value, b: &Value| {
        (0..3).map(|axis| (number(&a[axis]) - number(&b[axis])).powi(2)).sum::<f64>().sqrt()
    };
    for stone in stones {
        let here = |of: &&Value| apart(&of["center_mm"], &stone["center_lps_mm"]) < 1.5;
        let measured = measured.iter().find(here).unwrap();
        let share = number(&measured["volume_mm3"]) / number(&stone["volume_mm3"]);
        assert!((share - 1.0).abs() < 0.05, "{measured} of {stone}");
        assert_eq!(measured["side"], stone["side"]);
        assert!(measured["probability"].is_null());
    }
    let warnings = told["warnings"].as_array().unwrap();
    assert!(warnings.iter().any(|warning| warning["code"] == "nothing_here"), "{told}");
}

#[test]
fn phleboliths_of_a_real_pelvis_lie_below_the_sacroiliac_joint() {
    let ct = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../shared/data/acrin-abdomen/acrin-abdomen.zip");
    if !ct.exists() {
        eprintln!("skipped: ../shared/data/acrin-abdomen is not here");
        return;
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_lithoscope"));
    command.arg("measure").arg(ct).arg("--json");
    // As the data's README lists them; hips and marrow lie beside them.
    for place in ["20,62,-837.8", "-61,64,-799.5", "32,61,-825"] {
        command.args(["--at", place]);
    }
    let told: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    let found = |key: &str| -> Vec<&str> {
        let stones = told["stones"].as_array().unwrap();
        stones.iter().map(|stone| stone[key].as_str().unwrap()).collect()
    };
    assert_eq!(found("side"), ["left", "right", "left"]);
    assert_eq!(found("level"), ["distal_ureter"; 3]);
}
