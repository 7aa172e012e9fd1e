//! HU to pixels: the window of the standard, and the mask as a layer over it.
//!
//! Painting is a pure function of its arguments, in whole numbers or fixed-order `f64`, so that the same
//! view has the same bytes in every browser and on the command line.
#![forbid(unsafe_code)]

mod mask;
mod window;

pub use mask::{STONE_RGB, paint_mask};
pub use window::{Function, Window, WindowTable, paint_image};
