//! The part of the browser's WebGPU that the executor calls. web-sys has it behind a compiler flag for all that is built.

use js_sys::{Array, ArrayBuffer, Object, Promise, Reflect};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    pub type Gpu;
    #[wasm_bindgen(method, js_name = requestAdapter)]
    pub fn request_adapter(this: &Gpu, options: &Object) -> Promise;

    pub type Adapter;
    #[wasm_bindgen(method, getter)]
    pub fn features(this: &Adapter) -> Features;
    #[wasm_bindgen(method, getter)]
    pub fn limits(this: &Adapter) -> Object;
    #[wasm_bindgen(method, getter)]
    pub fn info(this: &Adapter) -> Object;
    #[wasm_bindgen(method, js_name = requestDevice)]
    pub fn request_device(this: &Adapter, descriptor: &Object) -> Promise;

    pub type Features;
    #[wasm_bindgen(method)]
    pub fn has(this: &Features, name: &str) -> bool;

    #[derive(Clone)]
    pub type Device;
    #[wasm_bindgen(method, getter)]
    pub fn lost(this: &Device) -> Promise;
    #[wasm_bindgen(method, getter)]
    pub fn queue(this: &Device) -> Queue;
    #[wasm_bindgen(method)]
    pub fn destroy(this: &Device);
    #[wasm_bindgen(method, js_name = pushErrorScope)]
    pub fn push_error_scope(this: &Device, filter: &str);
    #[wasm_bindgen(method, js_name = popErrorScope)]
    pub fn pop_error_scope(this: &Device) -> Promise;
    #[wasm_bindgen(method, js_name = createBuffer)]
    pub fn create_buffer(this: &Device, descriptor: &Object) -> Buffer;
    #[wasm_bindgen(method, js_name = createShaderModule)]
    pub fn create_shader_module(this: &Device, descriptor: &Object) -> JsValue;
    #[wasm_bindgen(method, js_name = createComputePipelineAsync)]
    pub fn create_compute_pipeline(this: &Device, descriptor: &Object) -> Promise;
    #[wasm_bindgen(method, js_name = createBindGroup)]
    pub fn create_bind_group(this: &Device, descriptor: &Object) -> JsValue;
    #[wasm_bindgen(method, js_name = createCommandEncoder)]
    pub fn create_command_encoder(this: &Device) -> Encoder;

    pub type Queue;
    #[wasm_bindgen(method, js_name = writeBuffer)]
    pub fn write_buffer(this: &Queue, buffer: &Buffer, offset: f64, data: &Object);
    #[wasm_bindgen(method)]
    pub fn submit(this: &Queue, commands: &Array);

    pub type Buffer;
    #[wasm_bindgen(method, js_name = mapAsync)]
    pub fn map(this: &Buffer, mode: u32) -> Promise;
    #[wasm_bindgen(method, catch, js_name = getMappedRange)]
    pub fn mapped_range(this: &Buffer) -> Result<ArrayBuffer, JsValue>;
    #[wasm_bindgen(method)]
    pub fn unmap(this: &Buffer);

    #[derive(Clone)]
    pub type Pipeline;
    #[wasm_bindgen(method, js_name = getBindGroupLayout)]
    pub fn bind_group_layout(this: &Pipeline, group: u32) -> JsValue;

    pub type Encoder;
    #[wasm_bindgen(method, js_name = beginComputePass)]
    pub fn begin_compute_pass(this: &Encoder) -> Pass;
    #[wasm_bindgen(method, js_name = copyBufferToBuffer)]
    pub fn copy(this: &Encoder, from: &Buffer, at: f64, to: &Buffer, place: f64, bytes: f64);
    #[wasm_bindgen(method)]
    pub fn finish(this: &Encoder) -> JsValue;

    pub type Pass;
    #[wasm_bindgen(method, js_name = setPipeline)]
    pub fn set_pipeline(this: &Pass, pipeline: &Pipeline);
    #[wasm_bindgen(method, js_name = setBindGroup)]
    pub fn set_bind_group(this: &Pass, number: u32, group: &JsValue);
    #[wasm_bindgen(method, js_name = dispatchWorkgroups)]
    pub fn dispatch(this: &Pass, x: u32, y: u32, z: u32);
    #[wasm_bindgen(method)]
    pub fn end(this: &Pass);
}

/// Flags of the specification.
pub mod usage {
    pub const MAP_READ: u32 = 0x1;
    pub const COPY_SRC: u32 = 0x4;
    pub const COPY_DST: u32 = 0x8;
    pub const UNIFORM: u32 = 0x40;
    pub const STORAGE: u32 = 0x80;
}
/// `GPUMapMode.READ`.
pub const MAP_MODE_READ: u32 = 1;

/// The page's or the worker's, where the browser has one.
pub fn gpu() -> Option<Gpu> {
    let gpu = get(&get(&js_sys::global(), "navigator"), "gpu");
    gpu.is_object().then(|| gpu.unchecked_into())
}

pub fn object(entries: &[(&str, JsValue)]) -> Object {
    let object = Object::new();
    for (name, value) in entries {
        // A new object takes every property.
        let _ = Reflect::set(&object, &(*name).into(), value);
    }
    object
}

/// A property, or `undefined`.
pub fn get(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or_default()
}

pub fn number(of: &JsValue, name: &str) -> f64 {
    get(of, name).as_f64().unwrap_or(0.0)
}

pub fn text(of: &JsValue, name: &str) -> String {
    get(of, name).as_string().unwrap_or_default()
}

/// What a promise comes to; the message of an error.
pub async fn answer(promise: Promise) -> Result<JsValue, String> {
    JsFuture::from(promise).await.map_err(|error| message(&error))
}

pub fn message(error: &JsValue) -> String {
    let message = text(error, "message");
    if message.is_empty() { format!("{error:?}") } else { message }
}
