//! The small picture of a series.

use crate::state::Thumbnail;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, ImageData};

#[component]
pub fn ThumbnailPicture(of: Signal<Option<Thumbnail>>) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    Effect::new(move || {
        let (Some(canvas), Some(of)) = (canvas.get(), of.get()) else { return };
        canvas.set_width(of.width);
        canvas.set_height(of.height);
        let context = canvas.get_context("2d").ok().flatten();
        let context = context.and_then(|c| c.dyn_into::<CanvasRenderingContext2d>().ok());
        let (width, height) = (of.width, of.height);
        let picture = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&of.rgba), width, height);
        if let (Some(context), Ok(picture)) = (context, picture) {
            // Fails only for a canvas without pixels.
            let _ = context.put_image_data(&picture, 0.0, 0.0);
        }
    });
    view! { <canvas class="thumbnail" width="1" height="1" aria-hidden="true" node_ref=canvas></canvas> }
}
