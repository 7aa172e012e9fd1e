//! The infer worker: planes of HU in, probabilities out.
//!
//! A program without the feature `foreign` runs plans; with it, ONNX files.

use crate::messages::{Fitness, FromInfer, Greeting, ToInfer};
use crate::wire::{hear, send};
use js_sys::{Float32Array, Int16Array, Uint8Array, Uint32Array};
use stones::slice::search;
use stones::{Answer, Crop, Extent, Manifest, Planes};
use unet::{Engine, Shape};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessagePort, Performance};

pub fn start(scope: &DedicatedWorkerGlobalScope) {
    greet(scope, serve);
}

/// Serves the port that the page hands over.
pub(crate) fn greet(
    scope: &DedicatedWorkerGlobalScope,
    serve: fn(MessagePort, Option<Performance>),
) {
    let clock = scope.performance();
    hear(scope, move |_: Greeting, attachments| {
        if let Some(port) = attachments.into_iter().next().and_then(|a| a.dyn_into().ok()) {
            serve(port, clock.clone());
        }
    });
    send(scope, &Greeting::Ready, &[], &[]);
}

pub(crate) fn send_answer(answers: &MessagePort, slice: usize, answer: &Answer) {
    let pixels = Uint32Array::from(&answer.pixels[..]);
    let probabilities = Float32Array::from(&answer.probabilities[..]);
    let moved = [pixels.buffer().into(), probabilities.buffer().into()];
    let attached = [pixels.into(), probabilities.into()];
    send(answers, &FromInfer::Searched { slice }, &attached, &moved);
}

struct Searcher {
    manifest: Manifest,
    crop: Crop,
    engine: Engine,
}

fn serve(port: MessagePort, clock: Option<Performance>) {
    let answers = port.clone();
    let mut searcher: Option<Searcher> = None;
    hear(&port, move |job: ToInfer, attachments| {
        let mut attachments = attachments.into_iter();
        match job {
            ToInfer::Model { manifest, crop } => {
                // The memory of the one before goes first.
                searcher = None;
                let file = attachments.next().unwrap_or_default();
                let packed = attachments.next().and_then(|a| a.dyn_into().ok());
                match load(&file, packed, &manifest, crop, clock.as_ref()) {
                    Ok((engine, fitness, packed)) => {
                        searcher = Some(Searcher { manifest: *manifest, crop, engine });
                        let packed = packed.map(|weights| Float32Array::from(&weights[..]));
                        let moved: Vec<JsValue> =
                            packed.iter().map(|weights| weights.buffer().into()).collect();
                        let attached: Vec<JsValue> = packed.into_iter().map(Into::into).collect();
                        send(&answers, &FromInfer::Ready(fitness), &attached, &moved);
                    }
                    Err(detail) => send(&answers, &FromInfer::Unfit { detail }, &[], &[]),
                }
            }
            ToInfer::Search { slice } => {
                let Some(searcher) = &mut searcher else { return };
                match searched(searcher, attachments) {
                    Ok(answer) => send_answer(&answers, slice, &answer),
                    Err(detail) => send(&answers, &FromInfer::Failed { detail }, &[], &[]),
                }
            }
        }
    });
}

fn searched(
    searcher: &mut Searcher,
    attachments: impl Iterator<Item = JsValue>,
) -> Result<Answer, String> {
    let Searcher { manifest, crop, engine } = searcher;
    let planes = planes(attachments).ok_or("no planes came")?;
    search(&planes, manifest, *crop, engine, Extent::Wanted).map_err(|error| error.to_string())
}

/// What [`ToInfer::Search`] is attached to.
pub(crate) fn planes(mut attachments: impl Iterator<Item = JsValue>) -> Option<Planes> {
    let hu: Int16Array = attachments.next()?.dyn_into().ok()?;
    let skeleton: Uint32Array = attachments.next()?.dyn_into().ok()?;
    Some(Planes { hu: hu.to_vec(), skeleton: skeleton.to_vec() })
}

type Loaded = (Engine, Fitness, Option<Vec<f32>>);

/// The network, tested; and its packed weights, if none were given.
fn load(
    file: &JsValue,
    packed: Option<Float32Array>,
    manifest: &Manifest,
    crop: Crop,
    clock: Option<&Performance>,
) -> Result<Loaded, String> {
    let file: &Uint8Array = file.dyn_ref().ok_or("no network came")?;
    let shape =
        Shape { channels: manifest.input.channels.len(), rows: crop.height, columns: crop.width };
    let now = || clock.map_or(0.0, |clock| clock.now() / 1000.0);
    load_file(&file.to_vec(), packed, manifest, shape, now).map_err(|error| error.to_string())
}

#[cfg(not(feature = "foreign"))]
fn load_file(
    file: &[u8],
    packed: Option<Float32Array>,
    _: &Manifest,
    shape: Shape,
    now: impl Fn() -> f64,
) -> Result<Loaded, unet::Error> {
    let unet::PlanFile { plan, self_test, .. } = unet::PlanFile::read(file)?;
    let shared = packed.is_some();
    let network = match packed {
        Some(weights) => unet::Network::with_weights(plan, weights.to_vec())?,
        None => unet::Network::new(plan)?,
    };
    let report = self_test.run(&network, now)?;
    let fitness = Fitness {
        engine: network.engine().into(),
        max_abs: Some(report.difference.into()),
        seconds: Some(report.seconds_per_pixel * shape.pixels() as f64),
    };
    let packed = (!shared).then(|| network.weights().to_vec());
    Ok((unet::Model::Own(network).prepare(shape)?, fitness, packed))
}

/// The network may be anyone's: it is tried first.
#[cfg(feature = "foreign")]
fn load_file(
    file: &[u8],
    _: Option<Float32Array>,
    manifest: &Manifest,
    shape: Shape,
    now: impl Fn() -> f64,
) -> Result<Loaded, unet::Error> {
    let tried = unet::trial::try_onnx(file, manifest.said(), now)?;
    let fitness = Fitness {
        engine: tried.model.engine().into(),
        max_abs: tried.report.map(|report| report.difference.into()),
        seconds: tried.report.map(|report| report.seconds_per_pixel * shape.pixels() as f64),
    };
    Ok((tried.model.prepare(shape)?, fitness, None))
}
