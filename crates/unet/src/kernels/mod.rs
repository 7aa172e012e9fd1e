//! What computes: the one room of the project with `unsafe`.
//!
//! Every kernel is written once, over [`lanes::Lanes`], and compiled for each kind of machine by [`kernels!`]. Where
//! debug assertions are on, every access is checked against the bounds of what it reads ([`cells::Cells`]), so that
//! the tests find what would be out of them.
//!
//! * [`doors`]: the safe way in, which checks what the kernels rely on
//! * [`cells`]: where images lie
//! * [`lanes`]: several numbers at once
//! * [`tile`]: the loop that multiplies
//! * [`finish`]: what becomes of its sums
//! * [`winograd`], [`pointwise`], [`simple`]: the operators
#![allow(unsafe_code)]

pub mod cells;
mod doors;
mod finish;
mod lanes;
pub mod pointwise;
pub mod simple;
mod tile;
pub mod winograd;

use crate::plan::Activation;
use cells::{Cells, Place};
use pointwise::Pointwise;
use simple::{Dots, Map};
use winograd::Conv3;

/// The kernels of one kind of machine. They are reached by [`doors`].
pub struct Kernels {
    pub name: &'static str,
    /// Channels that a register tile makes, of which weights are packed side by side.
    pub group: usize,
    /// Tiles that a convolution takes at once.
    pub unit: usize,
    conv3: unsafe fn(&Conv3, Cells, Cells),
    pointwise: unsafe fn(&Pointwise, Cells),
    max_pool: unsafe fn(&Map, Cells),
    nearest: unsafe fn(&Map, Cells),
    bilinear: unsafe fn(&Map, Cells),
    add: unsafe fn(&Map, Cells, &Place, Activation),
    dots: unsafe fn(&Dots, Cells, &mut [f32]),
}

/// Kernels for `$lanes`. `$m × $r` is the register tile of a convolution (pixels × registers of channels), `$m1 × $r1` the
/// one for a last block of channels, if `$r` registers hold more than one. Sums, weights and a pixel must fit the registers.
macro_rules! kernels {
    ($(#[$features:meta])* $kernels:ident, $name:literal, $lanes:ty, $m:literal x $r:literal, $m1:literal x $r1:literal) => {
        pub static $kernels: Kernels = {
            use lanes::Lanes;
            type V = $lanes;

            $(#[$features])*
            unsafe fn conv3(job: &Conv3, arena: Cells, scratch: Cells) {
                // SAFETY: what the caller grants; so in all of the below.
                unsafe { winograd::conv3::<V, $m, $r, $m1, $r1>(job, arena, scratch) }
            }
            $(#[$features])*
            unsafe fn pointwise(job: &Pointwise, arena: Cells) {
                // SAFETY: as above.
                unsafe { pointwise::pointwise::<V, $m, $r, $m1, $r1>(job, arena) }
            }
            $(#[$features])*
            unsafe fn max_pool(job: &Map, arena: Cells) {
                // SAFETY: as above.
                unsafe { simple::max_pool::<V>(job, arena) }
            }
            $(#[$features])*
            unsafe fn nearest(job: &Map, arena: Cells) {
                // SAFETY: as above.
                unsafe { simple::nearest::<V>(job, arena) }
            }
            $(#[$features])*
            unsafe fn bilinear(job: &Map, arena: Cells) {
                // SAFETY: as above.
                unsafe { simple::bilinear::<V>(job, arena) }
            }
            $(#[$features])*
            unsafe fn add(job: &Map, arena: Cells, other: &Place, activation: Activation) {
                // SAFETY: as above.
                unsafe { simple::add::<V>(job, arena, other, activation) }
            }
            $(#[$features])*
            unsafe fn dots(job: &Dots, arena: Cells, sums: &mut [f32]) {
                // SAFETY: as above.
                unsafe { simple::dots::<V>(job, arena, sums) }
            }
            const _: () = assert!($m % $m1 == 0 || $m1 % $m == 0);
            Kernels {
                name: $name,
                group: $r * V::WIDTH,
                unit: if $m > $m1 { $m } else { $m1 },
                conv3,
                pointwise,
                max_pool,
                nearest,
                bilinear,
                add,
                dots,
            }
        };
    };
}

// With the multiplication apart, eight sums are what 16 registers hold; one more with it fused in.
#[cfg(not(target_arch = "wasm32"))]
kernels!(PLAIN, "plain", lanes::Plain, 4 x 2, 4 x 2);
#[cfg(target_arch = "wasm32")]
kernels!(PLAIN, "simd128", lanes::Simd128, 4 x 2, 4 x 2);
#[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
kernels!(#[target_feature(enable = "relaxed-simd")] RELAXED, "relaxed-simd", lanes::Relaxed, 5 x 2, 5 x 2);
#[cfg(target_arch = "x86_64")]
kernels!(#[target_feature(enable = "avx2,fma")] AVX2, "avx2", lanes::Avx2, 6 x 2, 12 x 1);
#[cfg(target_arch = "aarch64")]
kernels!(NEON, "neon", lanes::Neon, 6 x 4, 12 x 2);

/// The fastest kernels that this machine runs.
pub fn best() -> &'static Kernels {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
        return &AVX2;
    }
    #[cfg(target_arch = "aarch64")]
    return &NEON;
    #[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
    return &RELAXED;
    #[cfg(not(any(target_arch = "aarch64", all(target_arch = "wasm32", feature = "relaxed"))))]
    &PLAIN
}

/// The same bits on every machine: those of WebAssembly's 128 bits.
pub fn plain() -> &'static Kernels {
    &PLAIN
}
