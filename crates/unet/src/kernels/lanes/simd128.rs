//! WebAssembly's 128 bits: [`Simd128`] as every browser computes them, bit for bit, and [`Relaxed`] with the
//! browser's own way to multiply and add.

use super::Lanes;
use std::arch::wasm32::*;

macro_rules! lanes {
    ($type:ident, |$sum:ident, $a:ident, $b:ident| $plus_product:expr, $minus_product:expr) => {
        #[derive(Clone, Copy)]
        pub struct $type(v128);

        impl Lanes for $type {
            const WIDTH: usize = 4;

            #[inline(always)]
            fn splat(x: f32) -> Self {
                Self(f32x4_splat(x))
            }
            #[inline(always)]
            unsafe fn load(from: *const f32) -> Self {
                // SAFETY: four floats can be read; there is no alignment to keep.
                Self(unsafe { v128_load(from.cast()) })
            }
            #[inline(always)]
            unsafe fn load_splat(from: *const f32) -> Self {
                // SAFETY: a float can be read.
                Self(unsafe { v128_load32_splat(from.cast()) })
            }
            #[inline(always)]
            unsafe fn store(self, to: *mut f32) {
                // SAFETY: four floats can be written.
                unsafe { v128_store(to.cast(), self.0) };
            }
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                Self(f32x4_add(self.0, other.0))
            }
            #[inline(always)]
            fn sub(self, other: Self) -> Self {
                Self(f32x4_sub(self.0, other.0))
            }
            #[inline(always)]
            fn mul(self, other: Self) -> Self {
                Self(f32x4_mul(self.0, other.0))
            }
            #[inline(always)]
            fn plus_product(self, $a: Self, $b: Self) -> Self {
                let ($sum, $a, $b) = (self.0, $a.0, $b.0);
                Self($plus_product)
            }
            #[inline(always)]
            fn minus_product(self, $a: Self, $b: Self) -> Self {
                let ($sum, $a, $b) = (self.0, $a.0, $b.0);
                Self($minus_product)
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                // The strict maximum is eight instructions on x86.
                Self(f32x4_pmax(self.0, other.0))
            }
            #[inline(always)]
            fn sum(self) -> f32 {
                f32x4_extract_lane::<0>(self.0)
                    + f32x4_extract_lane::<1>(self.0)
                    + f32x4_extract_lane::<2>(self.0)
                    + f32x4_extract_lane::<3>(self.0)
            }
        }
    };
}

lanes!(Simd128, |sum, a, b| f32x4_add(sum, f32x4_mul(a, b)), f32x4_sub(sum, f32x4_mul(a, b)));
// The functions that use these lanes are compiled for relaxed-simd, and a browser that lacks it takes no module that
// holds them.
#[cfg(feature = "relaxed")]
lanes!(Relaxed, |sum, a, b| f32x4_relaxed_madd(a, b, sum), f32x4_relaxed_nmadd(a, b, sum));
