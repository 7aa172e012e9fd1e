//! A pane as a picture of its own: what the screen shows of it, without a patient's name unless that is wished for.

use volume::Plane;
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{
    CanvasRenderingContext2d, DomRect, Element, HtmlCanvasElement, ImageData, Node, NodeList,
    OffscreenCanvas, OffscreenCanvasRenderingContext2d, Path2d,
};

/// What is drawn over a picture, and in which colour.
const LINES: [(&str, &str); 2] = [("svg .box .line", "#3ddc5b"), ("svg .mark .line", "#7fd4ff")];
const TEXTS: &str =
    "svg .box text, svg .mark text, .letter, .corner.lower span, .corner.upper.left b";
const LIGHT: &str = "#e8ebee";
const FONT: &str = "13px system-ui, 'Noto Sans', 'Noto Sans KR', sans-serif";

/// Under the picture, for the note: in pixels of the screen.
const FOOT: f64 = 22.0;

/// What lies on a canvas that a worker paints.
pub struct Layer {
    /// Columns and rows.
    pub size: [u32; 2],
    pub rgba: Vec<u8>,
}

/// Draws the pane of a plane, whose image and mask are these. `None` while there is none, or where the browser draws nothing.
pub fn of(
    plane: Plane,
    layers: &[Layer; 2],
    patient: bool,
    note: &str,
) -> Option<HtmlCanvasElement> {
    let document = web_sys::window()?.document()?;
    let class = format!("{plane:?}").to_lowercase();
    let glass = document.query_selector(&format!(".pane.{class} .glass")).ok()??;
    let canvas: HtmlCanvasElement = document.create_element("canvas").ok()?.unchecked_into();
    draw(&canvas, &glass, layers, patient, note).ok()?;
    Some(canvas)
}

fn draw(
    canvas: &HtmlCanvasElement,
    glass: &Element,
    layers: &[Layer; 2],
    patient: bool,
    note: &str,
) -> Result<(), JsValue> {
    let frame = glass.get_bounding_client_rect();
    let scale = web_sys::window().map_or(1.0, |window| window.device_pixel_ratio()).max(1.0);
    canvas.set_width((frame.width() * scale) as u32);
    canvas.set_height(((frame.height() + FOOT) * scale) as u32);
    let context = canvas.get_context("2d")?.ok_or("no context")?;
    let context: CanvasRenderingContext2d = context.unchecked_into();
    context.scale(scale, scale)?;
    context.fill_rect(0.0, 0.0, frame.width(), frame.height() + FOOT);
    let shown = [("canvas.image", true), ("canvas.mask", false)];
    for ((selector, smooth), layer) in shown.into_iter().zip(layers) {
        if let Some(place) = glass.query_selector(selector)? {
            let [x, y, width, height] = within(&place.get_bounding_client_rect(), &frame);
            context.set_image_smoothing_enabled(smooth);
            let sheet = layer.sheet()?;
            context.draw_image_with_offscreen_canvas_and_dw_and_dh(&sheet, x, y, width, height)?;
        }
    }
    context.set_line_width(2.0);
    for (selector, colour) in LINES {
        context.set_stroke_style_str(colour);
        for path in all(glass, selector)? {
            if let Some(shape) = path.get_attribute("d") {
                context.stroke_with_path(&Path2d::new_with_path_string(&shape)?);
            }
        }
    }
    context.set_font(FONT);
    context.set_text_baseline("top");
    let mut texts = all(glass, TEXTS)?;
    if patient {
        texts.extend(all(glass, ".corner.upper span")?);
    }
    for text in texts {
        let [x, y, ..] = within(&text.get_bounding_client_rect(), &frame);
        write(&context, &text.text_content().unwrap_or_default(), x, y)?;
    }
    context.set_text_align("center");
    write(&context, note, frame.width() / 2.0, frame.height() + 4.0)
}

impl Layer {
    fn sheet(&self) -> Result<OffscreenCanvas, JsValue> {
        let [width, height] = self.size;
        let sheet = OffscreenCanvas::new(width, height)?;
        let context = sheet.get_context("2d")?.ok_or("no context")?;
        let context: OffscreenCanvasRenderingContext2d = context.unchecked_into();
        let pixels = Clamped(&self.rgba[..]);
        let image = ImageData::new_with_u8_clamped_array_and_sh(pixels, width, height)?;
        context.put_image_data(&image, 0.0, 0.0)?;
        Ok(sheet)
    }
}

/// Light letters on a dark rim read on air and on bone.
fn write(context: &CanvasRenderingContext2d, text: &str, x: f64, y: f64) -> Result<(), JsValue> {
    context.set_stroke_style_str("#000");
    context.set_line_width(3.0);
    context.stroke_text(text, x, y)?;
    context.set_fill_style_str(LIGHT);
    context.fill_text(text, x, y)
}

/// `[left, top, width, height]` of a box, seen from another's corner.
fn within(rect: &DomRect, frame: &DomRect) -> [f64; 4] {
    [rect.left() - frame.left(), rect.top() - frame.top(), rect.width(), rect.height()]
}

fn all(glass: &Element, selector: &str) -> Result<Vec<Element>, JsValue> {
    let list: NodeList = glass.query_selector_all(selector)?;
    let nodes = (0..list.length()).filter_map(|at| list.get(at));
    Ok(nodes.map(|node: Node| node.unchecked_into()).collect())
}
