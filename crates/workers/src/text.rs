//! Text in encodings older than Unicode: the browser has their tables.

use web_sys::{TextDecoder, TextDecoderOptions};

/// Lets the reader ask the browser.
pub fn start() {
    reader::decode_text_by(decoded);
}

fn decoded(encoding: &str, bytes: &[u8], strictly: bool) -> Option<String> {
    let options = TextDecoderOptions::new();
    options.set_fatal(strictly);
    let decoder = TextDecoder::new_with_label_and_options(encoding, &options).ok()?;
    decoder.decode_with_u8_array(bytes).ok()
}
