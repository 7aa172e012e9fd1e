//! One worker that runs: started with its program and role, ended when dropped.

use crate::statics::Compiled;
use js_sys::{Object, Reflect};
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Worker;
use workers::messages::Role;
use workers::wire;

pub struct Running(Worker);

impl Running {
    /// `hear` takes what the worker says, `trapped` is called once if its program ends by an error.
    pub fn start<M: DeserializeOwned>(
        program: &Compiled,
        role: Role,
        hear: impl FnMut(M, Vec<JsValue>) + 'static,
        trapped: impl FnOnce() + 'static,
    ) -> Result<Self, JsValue> {
        let worker = Worker::new(&program.boot)?;
        wire::hear(&worker, hear);
        let trapped = Closure::once_into_js(move |_: JsValue| trapped());
        worker.set_onerror(Some(trapped.unchecked_ref()));

        let role = serde_json::to_value(role).ok();
        let role = role.as_ref().and_then(|role| role.as_str()).unwrap_or_default();
        let start = Object::new();
        Reflect::set(&start, &"script".into(), &program.script.as_str().into())?;
        Reflect::set(&start, &"module".into(), &program.module)?;
        Reflect::set(&start, &"role".into(), &role.into())?;
        Reflect::set(&start, &"requests".into(), &crate::requests::channel().into())?;
        worker.post_message(&start)?;
        Ok(Self(worker))
    }

    pub fn send<M: Serialize>(&self, message: &M, attachments: &[JsValue], moved: &[JsValue]) {
        wire::send(&self.0, message, attachments, moved);
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.set_onmessage(None);
        self.0.set_onerror(None);
        self.0.terminate();
    }
}
