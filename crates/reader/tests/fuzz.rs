//! The fuzz targets on what once broke them, and on damaged copies of it; `cargo fuzz` goes on from there.

#[path = "../../../fuzz/src/targets.rs"]
mod targets;

use std::path::Path;
use std::{fs, io};
use targets::TARGETS;

/// Damaged copies of each input.
const COPIES: u32 = 200;

#[test]
fn targets_have_an_answer_to_everything() -> io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/regressions");
    for (name, target) in TARGETS {
        let mut inputs = 0;
        for entry in root.join(name).read_dir()? {
            let path = entry?.path();
            // A panic is printed with what came before it.
            println!("{}", path.display());
            let input = fs::read(&path)?;
            target(&input);
            (0..COPIES).for_each(|seed| target(&damaged(&input, seed)));
            inputs += 1;
        }
        assert!(inputs > 0, "{name} has no inputs");
    }
    Ok(())
}

/// Some bytes changed, and one copy in four cut.
fn damaged(input: &[u8], seed: u32) -> Vec<u8> {
    let mut state = seed.wrapping_mul(0x9E37_79B9) | 1;
    // Marsaglia, "Xorshift RNGs".
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state as usize % below.max(1)
    };
    let mut copy = input.to_vec();
    for _ in 0..=random(8) {
        let (at, byte) = (random(copy.len()), random(256) as u8);
        if let Some(old) = copy.get_mut(at) {
            *old = byte;
        }
    }
    if random(4) == 0 {
        copy.truncate(random(copy.len()));
    }
    copy
}
