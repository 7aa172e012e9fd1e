//! Writes a U-Net of random weights as ONNX, for benchmarks: `unet OUT.onnx WIDTH POOLINGS CHANNELS`
#![expect(clippy::unwrap_used, reason = "a tool for benchmarks, told what is wrong by its panic")]

#[path = "../tests/common/mod.rs"]
mod common;

use common::unets::{Spec, unet};

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| words[at].parse::<usize>().unwrap();
    let spec =
        Spec { width: number(1), poolings: number(2), channels: number(3), ..Spec::default() };
    std::fs::write(&words[0], unet(&spec)).unwrap();
}
