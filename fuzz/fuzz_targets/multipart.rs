//! See `targets::multipart`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lithoscope_fuzz::targets::multipart(data));
