//! The decode worker: `Blob`s in, headers and HU out.

use crate::messages::{FromDecode, Greeting, ToDecode};
use crate::wire::{hear, send};
use js_sys::{Array, Int16Array, Uint8Array};
use reader::{Body, Code, Frame, Limits, Refusal, Scanned};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessagePort};

/// Serves the port that the page hands over.
pub fn start(scope: &DedicatedWorkerGlobalScope) {
    hear(scope, |_: Greeting, attachments| {
        if let Some(port) = attachments.into_iter().next().and_then(|a| a.dyn_into().ok()) {
            serve(port);
        }
    });
    send(scope, &Greeting::Ready, &[], &[]);
}

fn serve(port: MessagePort) {
    let answers = port.clone();
    hear(&port, move |job: ToDecode, attachments| {
        let Some(blob) = attachments.into_iter().next().and_then(|a| a.dyn_into::<Blob>().ok())
        else {
            return;
        };
        match job {
            ToDecode::Scan { path } => scan(&answers, &path, &blob),
            ToDecode::Decode { frames } => decode(&answers, &frames, &blob),
        }
    });
}

/// Reads a bounded prefix, more only where the header asks for it, and the whole file only of an archive.
fn scan(port: &MessagePort, path: &str, blob: &Blob) {
    let limits = Limits::default();
    let total = blob.size();
    let mut wanted = reader::PREFIX as f64;
    let mut scanned =
        FromDecode::Scanned { frames: Vec::new(), entries: Vec::new(), refused: Vec::new() };
    let mut blobs = Vec::new();
    let FromDecode::Scanned { frames, entries, refused } = &mut scanned else { return };
    loop {
        let prefix = match read(path, blob, 0.0, wanted.min(total)) {
            Ok(bytes) => bytes,
            Err(refusal) => {
                refused.push(refusal);
                break;
            }
        };
        match reader::scan(path, &prefix, total as u64, &limits) {
            Scanned::Frames(found) => *frames = found,
            Scanned::Refused(refusal) => refused.push(refusal),
            Scanned::NeedMore(bytes) if wanted < total => {
                wanted = (bytes as f64).max(wanted * 2.0);
                continue;
            }
            Scanned::NeedMore(_) => {
                refused.push(refusal(path, Code::Truncated, "the header never ends"))
            }
            Scanned::Archive => match read(path, blob, 0.0, total) {
                Ok(bytes) => {
                    let unpacked = reader::unpack(path, &bytes, &limits);
                    refused.extend(unpacked.refused);
                    for (entry, bytes) in unpacked.entries {
                        if let Ok(blob) = Blob::new_with_u8_array_sequence(&Array::of1(
                            &Uint8Array::from(&bytes[..]),
                        )) {
                            entries.push(entry);
                            blobs.push(JsValue::from(blob));
                        }
                    }
                }
                Err(refusal) => refused.push(refusal),
            },
        }
        break;
    }
    send(port, &scanned, &blobs, &[]);
}

fn decode(port: &MessagePort, frames: &[Frame], blob: &Blob) {
    let Some(first) = frames.first() else { return };
    let file = read(&first.path, blob, 0.0, blob.size());
    let body =
        file.as_ref().map_err(Clone::clone).and_then(|f| Body::open(first, f, &Limits::default()));
    for (number, frame) in frames.iter().enumerate() {
        match body.as_ref().map_err(Clone::clone).and_then(|body| body.decode(frame)) {
            Ok(pixels) => {
                let seen = pixels.seen();
                let hu = Int16Array::from(&pixels.hu[..]);
                let buffer = hu.buffer().into();
                send(port, &FromDecode::Decoded { number, seen }, &[hu.into()], &[buffer]);
            }
            Err(refusal) => send(port, &FromDecode::Refused { number, refusal }, &[], &[]),
        }
    }
}

fn refusal(path: &str, code: Code, detail: &str) -> Refusal {
    Refusal { path: path.into(), code, detail: detail.into() }
}

/// Bytes `from..to` of a file. A file that has gone or changed since it was chosen can't be read.
fn read(path: &str, blob: &Blob, from: f64, to: f64) -> Result<Vec<u8>, Refusal> {
    let bytes = || -> Result<Vec<u8>, JsValue> {
        let part = blob.slice_with_f64_and_f64(from, to)?;
        let buffer = FileReaderSync::new()?.read_as_array_buffer(&part)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    };
    bytes().map_err(|_| refusal(path, Code::Truncated, "the browser could not read the file"))
}
