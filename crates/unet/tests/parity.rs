//! The engine against onnxruntime, on a U-Net with random weights (`data/make.py`).
#![cfg(feature = "tract")]
#![expect(clippy::unwrap_used, reason = "a test")]

use std::collections::BTreeMap;
use unet::{Compatible, Error, Shape};

const TINY: &[u8] = include_bytes!("data/tiny.onnx");

#[derive(serde::Deserialize)]
struct Answer {
    shape: [usize; 3],
    mean: f64,
    /// Pixel and its probability.
    probabilities: BTreeMap<String, f32>,
}

fn answer() -> (Answer, Shape) {
    let answer: Answer = serde_json::from_str(include_str!("data/tiny.json")).unwrap();
    let [channels, rows, columns] = answer.shape;
    (answer, Shape { channels, rows, columns })
}

/// The generator of `make.py`.
fn image(len: usize) -> Vec<f32> {
    let mut state: u64 = 1;
    let next = || {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        (state >> 16) as f32 / 32768.0
    };
    std::iter::repeat_with(next).take(len).collect()
}

#[test]
fn probabilities_are_those_of_onnxruntime() {
    let (answer, shape) = answer();
    let probabilities = Compatible::new(TINY, shape).unwrap().run(&image(shape.len())).unwrap();
    let mut worst: f32 = 0.0;
    for (at, expected) in &answer.probabilities {
        worst = worst.max((probabilities[at.parse::<usize>().unwrap()] - expected).abs());
    }
    assert!(worst <= 1e-4, "off by {worst}");
    let mean =
        probabilities.iter().map(|&p| f64::from(p)).sum::<f64>() / probabilities.len() as f64;
    assert!((mean - answer.mean).abs() <= 1e-5, "mean {mean}, not {}", answer.mean);
}

#[test]
fn what_is_no_network_and_what_is_no_image_are_refused() {
    let (_, shape) = answer();
    assert!(matches!(Compatible::new(b"not an ONNX file", shape), Err(Error::Refused(_))));
    assert!(matches!(Compatible::new(&TINY[..TINY.len() / 2], shape), Err(Error::Refused(_))));
    let network = Compatible::new(TINY, shape).unwrap();
    assert!(matches!(network.run(&[0.0; 7]), Err(Error::Size { given: 7, .. })));
}
