//! See `targets::jpeg_ls`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lithoscope_fuzz::targets::jpeg_ls(data));
