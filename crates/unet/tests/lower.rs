//! U-Nets become plans that compute the same as tract computes from the file.
#![cfg(feature = "tract")]
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::random::Random;
use common::unets::{Activation, Spec, Up, unet};
use common::{difference, reference};
use unet::{Compatible, Error, Executor, Network, Plan, PlanFile, Shape, lower, plan_file};

const SHIPPED: &[u8] = include_bytes!("../../../models/stone-unet.onnx");
const TRACT: &[u8] = include_bytes!("../../../models/stone-tract.onnx");
const TINY: &[u8] = include_bytes!("data/tiny.onnx");

/// What the executor makes of an image by a file's plan, and what tract does.
fn both(onnx: &[u8], shape: Shape, seed: u64) -> [Vec<f32>; 2] {
    let image = Random::new(seed).image(shape.len());
    let plan = lower(onnx, shape).unwrap();
    let expected = Compatible::new(onnx, shape).unwrap().run(&image).unwrap();
    let mut executor =
        Executor::new(Network::new(plan).unwrap(), shape.rows, shape.columns).unwrap();
    [executor.run(&image, None).unwrap().to_vec(), expected]
}

/// What is folded takes no step of its own, and nothing only passes an image on.
fn steps(spec: &Spec) -> usize {
    let blocks = 2 * spec.poolings + 1;
    let up = if matches!(spec.up, Up::Transposed) { 1 } else { 2 };
    let block = if spec.residual { 4 } else { 2 };
    blocks * block + spec.poolings * (1 + up) + 1
}

#[test]
fn every_kind_of_unet_computes_what_tract_does() {
    let seed = Random::fresh_seed();
    let mut random = Random::new(seed);
    let mut spread = 0.0;
    for kind in 0..24 {
        let spec = Spec {
            up: [Up::Transposed, Up::Nearest, Up::Bilinear][kind % 3],
            batch_norm: kind / 3 % 2 == 1,
            residual: kind / 6 % 2 == 1,
            activation: [Activation::Relu, Activation::LeakyRelu(0.1)][kind / 12],
            ..Spec::any(&mut random)
        };
        let multiple = 1 << spec.poolings;
        let [rows, columns] = [(); 2].map(|()| multiple * (1 + random.below(48 / multiple)));
        let shape = Shape { channels: spec.channels, rows, columns };
        let onnx = unet(&spec);
        let [answer, expected] = both(&onnx, shape, random.bits());
        let worst = difference(&answer, &expected);
        println!("{worst:.1e} {rows}×{columns} {spec:?}");
        assert!(worst <= 1e-4, "off by {worst}; seed {seed}, {shape:?}, {spec:?}");
        assert_eq!(lower(&onnx, shape).unwrap().steps.len(), steps(&spec), "{spec:?}");
        let highest = expected.iter().copied().fold(f32::MIN, f32::max);
        spread += highest - expected.iter().copied().fold(f32::MAX, f32::min);
    }
    assert!(spread > 1.0, "flat answers match anything; seed {seed}");
}

#[test]
fn files_of_pytorch_compute_what_tract_does() {
    let files = [
        (SHIPPED, 4, 48, 64, 4),
        (SHIPPED, 4, 16, 16, 4),
        (TRACT, 5, 96, 128, 3),
        (TINY, 4, 24, 72, 3),
    ];
    for (onnx, channels, rows, columns, poolings) in files {
        let shape = Shape { channels, rows, columns };
        let [answer, expected] = both(onnx, shape, Random::fresh_seed());
        let worst = difference(&answer, &expected);
        println!("{worst:.1e} {rows}×{columns}");
        assert!(worst <= 1e-4, "off by {worst}");
        let spec = Spec { poolings, ..Spec::default() };
        assert_eq!(lower(onnx, shape).unwrap().steps.len(), steps(&spec));
    }
}

#[test]
fn a_plan_is_the_same_whatever_the_size_it_is_read_at() {
    let spec = Spec { up: Up::Bilinear, residual: true, ..Spec::any(&mut Random::new(7)) };
    let onnx = unet(&spec);
    let plan = |rows, columns| lower(&onnx, Shape { channels: spec.channels, rows, columns });
    assert_eq!(plan(48, 16).unwrap(), plan(160, 224).unwrap());
    assert_eq!(plan(48, 16).unwrap().multiple_of(), 1 << spec.poolings);
}

#[test]
fn a_plan_file_finds_the_channels_and_carries_the_answers_of_tract() {
    let spec = Spec { channels: 5, poolings: 2, ..Spec::default() };
    for (onnx, channels) in [(SHIPPED.to_vec(), 4), (TRACT.to_vec(), 5), (unet(&spec), 5)] {
        let file = PlanFile::read(&plan_file(&onnx).unwrap().to_bytes()).unwrap();
        assert_eq!(file.plan.channels(), channels);
        let answer = run_test(&file.plan, &file);
        assert!(file.self_test.difference(&answer) <= 1e-4);
    }
}

fn run_test(plan: &Plan, file: &PlanFile) -> Vec<f32> {
    let test = &file.self_test;
    reference::run(plan, test.rows, test.columns, &test.image(plan.channels()))
}

#[test]
fn what_is_no_network_is_refused() {
    let shape = Shape { channels: 4, rows: 64, columns: 64 };
    for bytes in [&b"not an ONNX file"[..], &SHIPPED[..SHIPPED.len() / 2], &[]] {
        assert!(matches!(lower(bytes, shape), Err(Error::Refused(_))));
        assert!(matches!(plan_file(bytes), Err(Error::Refused(_))));
    }
    let other = Shape { channels: 3, ..shape };
    assert!(matches!(lower(SHIPPED, other), Err(Error::Refused(_))));
}
