//! The infer worker: planes of HU in, probabilities out.

use crate::messages::{FromInfer, Greeting, ToInfer};
use crate::wire::{hear, send};
use js_sys::{Float32Array, Int16Array, Uint8Array, Uint32Array};
use stones::{Crop, Manifest, Planes, ProbabilityMap};
use unet::{Network, Shape};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessagePort};

/// Serves the port that the page hands over.
pub fn start(scope: &DedicatedWorkerGlobalScope) {
    hear(scope, |_: Greeting, attachments| {
        if let Some(port) = attachments.into_iter().next().and_then(|a| a.dyn_into().ok()) {
            serve(port);
        }
    });
    send(scope, &Greeting::Ready, &[], &[]);
}

struct Model {
    manifest: Manifest,
    crop: Crop,
    network: Network,
}

fn serve(port: MessagePort) {
    let answers = port.clone();
    let mut model: Option<Model> = None;
    hear(&port, move |job: ToInfer, attachments| {
        let attachment = attachments.into_iter().next().unwrap_or_default();
        match job {
            ToInfer::Model { manifest, crop } => match load(*manifest, crop, attachment) {
                Ok(loaded) => {
                    model = Some(loaded);
                    send(&answers, &FromInfer::Ready { engine: Network::ENGINE.into() }, &[], &[]);
                }
                Err(detail) => send(&answers, &FromInfer::Refused { detail }, &[], &[]),
            },
            ToInfer::Search { slice } => {
                let Some(model) = &model else { return };
                match search(model, attachment) {
                    Ok((pixels, probabilities)) => {
                        let pixels = Uint32Array::from(&pixels[..]);
                        let probabilities = Float32Array::from(&probabilities[..]);
                        let moved = [pixels.buffer().into(), probabilities.buffer().into()];
                        let attached = [pixels.into(), probabilities.into()];
                        send(&answers, &FromInfer::Searched { slice }, &attached, &moved);
                    }
                    Err(detail) => send(&answers, &FromInfer::Refused { detail }, &[], &[]),
                }
            }
        }
    });
}

fn load(manifest: Manifest, crop: Crop, weights: JsValue) -> Result<Model, String> {
    let weights: Uint8Array = weights.dyn_into().map_err(|_| "no weights came".to_owned())?;
    let shape =
        Shape { channels: manifest.input.channels.len(), rows: crop.height, columns: crop.width };
    let network = Network::new(&weights.to_vec(), shape).map_err(|error| error.to_string())?;
    Ok(Model { manifest, crop, network })
}

fn search(model: &Model, planes: JsValue) -> Result<(Vec<u32>, Vec<f32>), String> {
    let planes: Int16Array = planes.dyn_into().map_err(|_| "no planes came".to_owned())?;
    let image = Planes { hu: planes.to_vec() }.channels(&model.manifest, model.crop);
    let probabilities = model.network.run(&image).map_err(|error| error.to_string())?;
    Ok(ProbabilityMap::sparse(&probabilities))
}
