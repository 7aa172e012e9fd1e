//! The infer worker on the GPU: its program comes only where an adapter answers, and it ends where it is of no use.

use super::Inner;
use super::model::Route;
use crate::statics::Static;
use js_sys::{Function, Promise, Reflect};
use leptos::prelude::GetUntracked;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use workers::messages::{Form, Hardware, Role, ToStudy};

/// Whether this browser knows of GPUs at all.
pub fn has_webgpu() -> bool {
    webgpu().is_some()
}

impl Inner {
    /// What is to search by this route, of what the person wishes.
    pub fn hardware(&self, route: Route) -> Hardware {
        let wish = self.state.hardware.get_untracked();
        let has = self.statics.as_ref().is_some_and(|statics| statics.has(Static::Graphics));
        let tried = wish == Hardware::Automatic && self.graphics_left.get();
        if !has || !has_webgpu() || tried || route.form() == Form::Onnx {
            Hardware::Processor
        } else {
            wish
        }
    }

    /// Starts the worker, if an adapter answers. A processor that plays GPU counts only where it is wished for.
    pub async fn enlist_graphics(self: &Rc<Self>, hardware: Hardware) -> Result<(), String> {
        if !self.graphics.borrow().is_empty() {
            return Ok(());
        }
        self.fetch_graphics(hardware).await?;
        // Cancelled meanwhile, or come by another way.
        let searches = self.state.busy.get_untracked().is_some_and(|busy| busy.searches());
        if searches && self.graphics.borrow().is_empty() {
            self.enlist(Role::Graphics);
        }
        Ok(())
    }

    /// Gets the worker's program, if an adapter answers that is worth it.
    pub async fn fetch_graphics(&self, hardware: Hardware) -> Result<(), String> {
        let adapter = adapter().await.ok_or("no adapter")?;
        if hardware == Hardware::Automatic && is_software(&adapter) {
            return Err("no GPU".into());
        }
        if !self.graphics.borrow().has_program() {
            let statics = self.statics.as_ref().ok_or("the page does not name its files")?;
            let program = statics.compile(Static::Graphics).await?;
            self.graphics.borrow_mut().set_program(program);
        }
        Ok(())
    }

    /// The worker has ended by itself: the study goes on without.
    pub fn graphics_ended(&self) {
        self.post(ToStudy::GraphicsEnded, &[], &[]);
    }

    /// The study has let it go: until the page is loaded again it comes only where it is wished for.
    pub fn dismiss_graphics(&self) {
        self.graphics_left.set(true);
        self.graphics.borrow_mut().dismiss();
    }
}

fn webgpu() -> Option<JsValue> {
    let navigator = get(&js_sys::global(), "navigator");
    Some(get(&navigator, "gpu")).filter(JsValue::is_object)
}

async fn adapter() -> Option<JsValue> {
    let gpu = webgpu()?;
    let request: Function = get(&gpu, "requestAdapter").dyn_into().ok()?;
    let answer: Promise = request.call0(&gpu).ok()?.dyn_into().ok()?;
    JsFuture::from(answer).await.ok().filter(JsValue::is_object)
}

fn is_software(adapter: &JsValue) -> bool {
    let info = get(adapter, "info");
    let named = get(&info, "architecture").as_string().is_some_and(|name| name == "swiftshader");
    named || get(&info, "isFallbackAdapter").is_truthy()
}

fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}
