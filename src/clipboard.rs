//! Text into the clipboard, at the person's wish.

use wasm_bindgen_futures::JsFuture;

/// Tells whether it is there. A browser that refuses leaves the clipboard as it was, and the text on the screen can still be
/// marked.
pub async fn write(text: &str) -> bool {
    // Off a secure origin there is no clipboard at all, whatever the types say.
    let Some(window) = web_sys::window().filter(|window| window.is_secure_context()) else {
        return false;
    };
    JsFuture::from(window.navigator().clipboard().write_text(text)).await.is_ok()
}
