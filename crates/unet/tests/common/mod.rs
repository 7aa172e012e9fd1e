//! What tests and benchmarks of networks share: networks of any shape, and answers that are slow but plain to see.
#![allow(dead_code, reason = "no test needs all of it")]

#[cfg(feature = "tract")]
pub mod net;
#[cfg(feature = "tract")]
pub mod onnx;
pub mod plans;
pub mod random;
pub mod reference;
#[cfg(feature = "tract")]
pub mod unets;

/// The largest difference; infinite where one is no number.
pub fn difference(a: &[f32], b: &[f32]) -> f32 {
    assert_eq!(a.len(), b.len());
    let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs());
    apart.fold(0.0, |worst, d| if d.is_nan() { f32::INFINITY } else { worst.max(d) })
}
