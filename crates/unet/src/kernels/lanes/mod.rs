//! Several `f32` at once: the one thing that differs between machines.

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "aarch64")]
mod neon;
#[cfg(not(target_arch = "wasm32"))]
mod plain;
#[cfg(target_arch = "wasm32")]
mod simd128;

#[cfg(target_arch = "x86_64")]
pub use avx2::Avx2;
#[cfg(target_arch = "aarch64")]
pub use neon::Neon;
#[cfg(not(target_arch = "wasm32"))]
pub use plain::Plain;
#[cfg(all(target_arch = "wasm32", feature = "relaxed"))]
pub use simd128::Relaxed;
#[cfg(target_arch = "wasm32")]
pub use simd128::Simd128;

/// A register of `WIDTH` lanes. `WIDTH` divides the 8 channels of a block.
pub trait Lanes: Copy {
    const WIDTH: usize;

    fn splat(x: f32) -> Self;

    /// # Safety
    /// `WIDTH` floats can be read.
    unsafe fn load(from: *const f32) -> Self;

    /// All lanes from one float, in one instruction where there is one.
    ///
    /// # Safety
    /// A float can be read.
    unsafe fn load_splat(from: *const f32) -> Self;

    /// # Safety
    /// `WIDTH` floats can be written.
    unsafe fn store(self, to: *mut f32);

    fn add(self, other: Self) -> Self;
    fn sub(self, other: Self) -> Self;
    fn mul(self, other: Self) -> Self;

    /// `self + a × b`; whether the product is rounded first is the type's.
    fn plus_product(self, a: Self, b: Self) -> Self;

    /// `self − a × b`, likewise.
    fn minus_product(self, a: Self, b: Self) -> Self;

    /// `if self < other { other } else { self }`: one instruction everywhere, and what is not a number stays so.
    fn max(self, other: Self) -> Self;

    /// From the first lane to the last.
    fn sum(self) -> f32;
}
