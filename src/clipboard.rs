//! Text into the clipboard, at the person's wish.

/// A browser that refuses leaves the clipboard as it was, and the list on the screen can still be marked.
pub fn write(text: &str) {
    if let Some(window) = web_sys::window() {
        let _ = window.navigator().clipboard().write_text(text);
    }
}
