//! See `targets::htj2k`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lithoscope_fuzz::targets::htj2k(data));
