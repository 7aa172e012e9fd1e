//! The reader for node: the codecs' test and their benchmark in WebAssembly load it. Not part of the page.
#![forbid(unsafe_code)]

use reader::{Frame, Limits, Scanned};
use wasm_bindgen::prelude::*;

/// The header of a DICOM file with one frame.
#[wasm_bindgen]
pub struct Header {
    frame: Frame,
}

#[wasm_bindgen]
impl Header {
    /// `prefix` is the beginning of a file of `total` bytes. Throws a sentence where it is refused.
    #[wasm_bindgen(constructor)]
    pub fn new(prefix: &[u8], total: f64) -> Result<Header, String> {
        match reader::scan("file", prefix, total as u64, &Limits::default()) {
            Scanned::Frames(frames) => match <[Frame; 1]>::try_from(frames) {
                Ok([frame]) => Ok(Header { frame }),
                Err(frames) => Err(format!("{} frames", frames.len())),
            },
            Scanned::Refused(refusal) => Err(told(&refusal)),
            other => Err(format!("{other:?}")),
        }
    }

    /// HU of the frame in the whole `file`, row by row. Throws where it cannot be decoded.
    pub fn decode(&self, file: &[u8]) -> Result<Vec<i16>, String> {
        let pixels = reader::decode(&self.frame, file, &Limits::default());
        pixels.map(|pixels| pixels.hu).map_err(|refusal| told(&refusal))
    }
}

fn told(refusal: &reader::Refusal) -> String {
    format!("{}: {}", refusal.code.as_str(), refusal.detail)
}
