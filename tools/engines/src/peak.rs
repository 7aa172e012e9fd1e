//! The ceiling: what a loop in registers alone multiplies and adds, in this browser on this machine.

use std::arch::wasm32::*;
use wasm_bindgen::prelude::wasm_bindgen;

/// Chains that do not wait for each other: enough to hide what a multiplication takes.
const CHAINS: usize = 12;

/// Does `steps` of `x × a + b` in every lane of every chain: returns their sum, so that nothing is left out, and
/// [`floating_point_operations`] tells how many that were.
#[wasm_bindgen]
pub fn peak(steps: usize) -> f32 {
    chains(steps)
}

#[wasm_bindgen]
pub fn floating_point_operations(steps: f64) -> f64 {
    (2 * 4 * CHAINS) as f64 * steps
}

#[cfg_attr(feature = "relaxed", target_feature(enable = "relaxed-simd"))]
fn chains(steps: usize) -> f32 {
    let (a, b) = (f32x4_splat(0.9999), f32x4_splat(1e-4));
    let mut chains = [a; CHAINS];
    for (number, x) in chains.iter_mut().enumerate() {
        *x = f32x4_splat(number as f32);
    }
    for _ in 0..steps {
        for x in &mut chains {
            #[cfg(feature = "relaxed")]
            let next = f32x4_relaxed_madd(*x, a, b);
            #[cfg(not(feature = "relaxed"))]
            let next = f32x4_add(f32x4_mul(*x, a), b);
            *x = next;
        }
    }
    let mut sum = 0.0;
    for x in chains {
        sum += f32x4_extract_lane::<0>(x);
    }
    sum
}
