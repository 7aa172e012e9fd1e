//! A device of the browser's GPU: asked for, watched, and given back.

use super::web::{self, answer, get, message, number, object, text};
use js_sys::{Array, Promise};
use wasm_bindgen::{JsCast, JsValue};

/// What may go wrong without an exception.
const FAULTS: [&str; 3] = ["validation", "out-of-memory", "internal"];

/// Given back when it is dropped.
pub struct Device {
    pub device: web::Device,
    pub queue: web::Queue,
    pub adapter: Adapter,
    /// What programs for it may use.
    pub able: gpu::Device,
}

#[derive(Clone, Debug)]
pub struct Adapter {
    pub name: String,
    /// The processor in a GPU's place: right, and slow.
    pub is_software: bool,
    /// Images are kept as `f16`.
    pub half: bool,
}

impl Device {
    /// The fastest one. With `half` it shall keep images as `f16`, if it can.
    pub async fn open(half: bool) -> Result<Self, String> {
        let gpu = web::gpu().ok_or("the browser has no WebGPU")?;
        let fastest = object(&[("powerPreference", "high-performance".into())]);
        let found = answer(gpu.request_adapter(&fastest)).await?;
        if found.is_null() {
            return Err("no GPU answers".into());
        }
        let found: web::Adapter = found.unchecked_into();
        let half = half && found.features().has("shader-f16");

        let limits = found.limits();
        let features: Array = half.then(|| JsValue::from("shader-f16")).into_iter().collect();
        // Of these all that there is; of all others what every device has.
        let wanted =
            ["maxBufferSize", "maxStorageBufferBindingSize", "maxStorageBuffersPerShaderStage"]
                .map(|name| (name, get(&limits, name)));
        let descriptor = object(&[
            ("requiredFeatures", features.into()),
            ("requiredLimits", object(&wanted).into()),
        ]);
        let device: web::Device = answer(found.request_device(&descriptor)).await?.unchecked_into();

        let info = found.info();
        let adapter = Adapter {
            name: name(&info),
            is_software: get(&info, "isFallbackAdapter").is_truthy(),
            half,
        };
        let binding = number(&limits, "maxStorageBufferBindingSize");
        let able = gpu::Device {
            half,
            storage_buffers: number(&limits, "maxStorageBuffersPerShaderStage") as usize,
            binding_bytes: binding.min(number(&limits, "maxBufferSize")) as usize,
            ..gpu::Device::default()
        };
        Ok(Self { queue: device.queue(), device, adapter, able })
    }

    /// Takes note of all that goes wrong from here on, until [`Self::done`].
    pub fn watch(&self) {
        for fault in FAULTS {
            self.device.push_error_scope(fault);
        }
    }

    /// When `last` is done and nothing that was begun since [`Self::watch`] went wrong; an error, too, when the device
    /// is lost, which `last` alone might never tell. What is noted ends with this call, not with the answer.
    pub fn done(&self, last: &Promise) -> impl Future<Output = Result<(), String>> + use<> {
        let all = Array::of1(last);
        for _ in FAULTS {
            all.push(&self.device.pop_error_scope());
        }
        let first = Promise::race(&Array::of2(&self.device.lost(), &Promise::all(&all)));
        async move {
            let outcome = answer(first).await?;
            let Some(outcome) = outcome.dyn_ref::<Array>() else {
                return Err(format!("the GPU was lost: {}", message(&outcome)));
            };
            let fault = outcome.iter().skip(1).find(|fault| fault.is_truthy());
            fault.map_or(Ok(()), |fault| Err(message(&fault)))
        }
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.device.destroy();
    }
}

/// What the browser tells of an adapter: most tell its maker and its kind only.
fn name(info: &JsValue) -> String {
    let description = text(info, "description");
    if !description.is_empty() {
        return description;
    }
    let parts = [text(info, "vendor"), text(info, "architecture")];
    parts.iter().filter(|part| !part.is_empty()).cloned().collect::<Vec<_>>().join(" ")
}
