//! The ceiling: what a loop in registers alone multiplies and adds, in this browser on this machine.

use std::arch::wasm32::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Chains that do not wait for each other: enough to hide what a multiplication takes.
const CHAINS: usize = 12;

/// Does `steps` of `x × a + b` in every lane of every chain: returns their sum, so that nothing is left out, and
/// [`floating_point_operations`] tells how many that were.
#[wasm_bindgen]
pub fn peak(steps: usize) -> f32 {
    let (a, b) = (f32x4_splat(0.9999), f32x4_splat(1e-4));
    let mut chains = [f32x4_splat(1.0); CHAINS];
    for _ in 0..steps {
        for x in &mut chains {
            *x = step(*x, a, b);
        }
    }
    chains.into_iter().map(f32x4_extract_lane::<0>).sum()
}

#[wasm_bindgen]
pub fn floating_point_operations(steps: f64) -> f64 {
    (2 * 4 * CHAINS) as f64 * steps
}

#[cfg(not(feature = "relaxed"))]
fn step(x: v128, a: v128, b: v128) -> v128 {
    f32x4_add(f32x4_mul(x, a), b)
}

#[cfg(feature = "relaxed")]
#[target_feature(enable = "relaxed-simd")]
fn step(x: v128, a: v128, b: v128) -> v128 {
    f32x4_relaxed_madd(x, a, b)
}
