//! Files that a person saves: a Blob under a name, handed to the browser's own downloads.

use js_sys::Array;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, HtmlCanvasElement, Url};
use workers::messages::KeyImage;

/// A key image with its pixels, as RGBA.
#[derive(Clone, Debug, PartialEq)]
pub struct KeyPicture {
    pub image: KeyImage,
    pub rgba: Vec<u8>,
}

/// Saves bytes. A browser that refuses downloads tells the person itself.
pub fn bytes(name: &str, media_type: &str, buffer: &JsValue) {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    let made = Blob::new_with_buffer_source_sequence_and_options(&Array::of1(buffer), &options);
    if let Ok(blob) = made {
        let _ = download(name, &blob);
    }
}

/// Saves what a canvas shows as PNG.
pub fn picture(name: String, canvas: &HtmlCanvasElement) {
    let save = Closure::once_into_js(move |blob: JsValue| {
        if let Ok(blob) = blob.dyn_into::<Blob>() {
            let _ = download(&name, &blob);
        }
    });
    // Fails only for a canvas of others' pixels, which there are none of.
    let _ = canvas.to_blob(save.unchecked_ref());
}

fn download(name: &str, blob: &Blob) -> Result<(), JsValue> {
    let document = web_sys::window().and_then(|window| window.document()).ok_or("no document")?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    let address = Url::create_object_url_with_blob(blob)?;
    link.set_href(&address);
    link.set_download(name);
    link.click();
    Url::revoke_object_url(&address)
}
