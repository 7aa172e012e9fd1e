//! The executor against onnxruntime, which shares no code with it.
//!
//! Wants `LITHOSCOPE_ONNXRUNTIME_PYTHON`, a Python that has onnxruntime; without it, says so and passes.
#![cfg(feature = "tract")]
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::difference;
use common::random::Random;
use common::unets::{Spec, unet};
use std::ffi::OsString;
use std::fs;
use std::path::Path;
use std::process::Command;
use unet::{Compatible, Executor, Network, Shape, lower};

const PYTHON: &str = "LITHOSCOPE_ONNXRUNTIME_PYTHON";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/run_onnx.py");

#[test]
fn plans_and_tract_compute_what_onnxruntime_does() {
    let Some(python) = std::env::var_os(PYTHON) else {
        println!("skipped: {PYTHON} names no Python");
        return;
    };
    let seed = Random::fresh_seed();
    let mut random = Random::new(seed);
    for _ in 0..12 {
        let spec = Spec::any(&mut random);
        let multiple = 1 << spec.poolings;
        let [rows, columns] = [(); 2].map(|()| multiple * (1 + random.below(64 / multiple)));
        let shape = Shape { channels: spec.channels, rows, columns };
        let (onnx, image) = (unet(&spec), random.image(shape.len()));
        let expected = onnxruntime(&python, &onnx, shape, &image);
        let plan = lower(&onnx, shape).unwrap();
        let mut executor = Executor::new(Network::new(plan).unwrap(), rows, columns).unwrap();
        let answers = [
            executor.run(&image, None).unwrap().to_vec(),
            Compatible::new(&onnx, shape).unwrap().run(&image).unwrap(),
        ];
        let [own, tract] = answers.map(|answer| difference(&answer, &expected));
        println!("own {own:.1e}, tract {tract:.1e} {rows}×{columns} {spec:?}");
        assert!(own.max(tract) <= 1e-4, "off by {own} and {tract}; seed {seed}, {spec:?}");
    }
}

fn onnxruntime(python: &OsString, onnx: &[u8], shape: Shape, image: &[f32]) -> Vec<f32> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let [network, input, output] =
        ["network.onnx", "image", "output"].map(|name| folder.join(name));
    fs::write(&network, onnx).unwrap();
    fs::write(&input, image.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<_>>())
        .unwrap();
    let size = [shape.channels, shape.rows, shape.columns].map(|len| len.to_string());
    let mut command = Command::new(python);
    command.arg(SCRIPT).arg(&network).arg(&input).args(size).arg(&output);
    assert!(command.status().unwrap().success());
    let bytes = fs::read(&output).unwrap();
    bytes.as_chunks::<4>().0.iter().map(|&value| f32::from_le_bytes(value)).collect()
}
