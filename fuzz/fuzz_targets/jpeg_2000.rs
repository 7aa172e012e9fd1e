//! See `targets::jpeg_2000`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lithoscope_fuzz::targets::jpeg_2000(data));
