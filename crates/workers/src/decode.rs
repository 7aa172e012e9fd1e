//! The decode worker: `Blob`s in, headers and HU out.

use crate::messages::{FromDecode, Greeting, Take, Task, ToDecode};
use crate::rehearsal;
use crate::wire::{hear, send};
use js_sys::{Array, ArrayBuffer, Int16Array, Uint8Array};
use reader::{Body, Code, Frame, Limits, PixelBytes, Refusal, Scanned, Seen, Syntax};
use std::collections::VecDeque;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DedicatedWorkerGlobalScope, FileReaderSync, MessageChannel, MessagePort};

/// Files that are on their way while one is worked on: they come from another process, which takes its time.
const AHEAD: usize = 3;

/// Bytes of a file whose elements are listed. Headers are far smaller, but for those of large multi-frame files.
const HEADER: f64 = 1e6;

/// Of files up to this size, one slice of any CT, pixels may be taken with the header.
const SLICE: f64 = 2.2e6;

/// Serves the port that the page hands over.
pub fn start(scope: &DedicatedWorkerGlobalScope) {
    hear(scope, |_: Greeting, attachments| {
        if let Some(port) = attachments.into_iter().next().and_then(|a| a.dyn_into().ok()) {
            serve(port);
        }
    });
    send(scope, &Greeting::Ready, &[], &[]);
    for (frame, pixels) in rehearsal::slices() {
        packed(&pixels.hu, None);
        let seen = Some(pixels.seen());
        let (frames, entries, refused) = (vec![frame], Vec::new(), Vec::new());
        // To nobody: what is to be sent is written all the same.
        if let Ok(channel) = MessageChannel::new() {
            let scanned = FromDecode::Scanned { task: 0, frames, entries, refused, seen };
            send(&channel.port1(), &scanned, &[], &[]);
            channel.port1().close();
        }
    }
}

fn serve(port: MessagePort) {
    let answers = port.clone();
    hear(&port, move |ToDecode { tasks }, attachments| {
        spawn_local(work(answers.clone(), tasks, attachments));
    });
}

/// Works on one file after the other, while the next ones are read.
async fn work(port: MessagePort, tasks: Vec<Task>, blobs: Vec<JsValue>) {
    let mut waiting = tasks.into_iter().zip(blobs);
    let mut coming: VecDeque<Coming> = waiting.by_ref().take(AHEAD).map(Coming::start).collect();
    for task in 0.. {
        coming.extend(waiting.next().map(Coming::start));
        let Some(Coming { asked, blob, bytes }) = coming.pop_front() else { return };
        let bytes = match bytes {
            Some(bytes) => bytes.await.map(ArrayBuffer::from).ok(),
            None => None,
        };
        match asked {
            Task::Scan { path, take } => scan(&port, task, &path, take, &blob, bytes),
            Task::Decode { frames } => decode(&port, task, &frames, bytes),
            Task::List { path } => list(&port, task, &path, &blob),
        }
    }
}

/// A file whose bytes were asked for: of one to scan the beginning, unless its pixels are wanted, too; of one to decode all.
struct Coming {
    asked: Task,
    blob: JsValue,
    /// `None` where there is nothing that could be read.
    bytes: Option<JsFuture>,
}

impl Coming {
    fn start((asked, blob): (Task, JsValue)) -> Self {
        let part = blob.dyn_ref::<Blob>().and_then(|blob| match asked {
            Task::Scan { take, .. } if take == Take::Nothing || blob.size() > SLICE => {
                blob.slice_with_f64_and_f64(0.0, reader::PREFIX as f64).ok()
            }
            Task::Scan { .. } | Task::Decode { .. } => Some(blob.clone()),
            Task::List { .. } => None,
        });
        Self { asked, blob, bytes: part.map(|part| JsFuture::from(part.array_buffer())) }
    }
}

/// Reads a bounded prefix, more only where the header asks for it, and the whole file only of an archive.
fn scan(
    port: &MessagePort,
    task: usize,
    path: &str,
    take: Take,
    blob: &JsValue,
    start: Option<ArrayBuffer>,
) {
    let limits = Limits::default();
    let (mut frames, mut entries, mut refused, mut blobs) =
        (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut taken = None;
    let blob: &Blob = blob.unchecked_ref();
    let total = if start.is_some() { blob.size() } else { 0.0 };
    let mut bytes =
        start.as_ref().map(|start| Uint8Array::new(start).to_vec()).ok_or_else(|| gone(path));
    loop {
        let prefix = match &bytes {
            Ok(bytes) => bytes,
            Err(refusal) => {
                refused.push(refusal.clone());
                break;
            }
        };
        let have = prefix.len() as f64;
        match reader::scan(path, prefix, total as u64, &limits) {
            Scanned::Frames(found) => {
                frames = found;
                if have == total {
                    taken = take_slice(take, &frames, prefix, &limits);
                }
            }
            Scanned::Refused(refusal) => refused.push(refusal),
            Scanned::NeedMore(more) if have < total => {
                bytes = read(path, blob, (more as f64).max(have * 2.0).min(total));
                continue;
            }
            Scanned::NeedMore(_) => {
                refused.push(refusal(path, Code::Truncated, "the header never ends"))
            }
            Scanned::Archive if have < total => {
                bytes = read(path, blob, total);
                continue;
            }
            Scanned::Archive => {
                let unpacked = reader::unpack(path, prefix, &limits);
                refused.extend(unpacked.refused);
                for (entry, bytes) in unpacked.entries {
                    let parts = Array::of1(&Uint8Array::from(&bytes[..]));
                    if let Ok(blob) = Blob::new_with_u8_array_sequence(&parts) {
                        entries.push(entry);
                        blobs.push(JsValue::from(blob));
                    }
                }
            }
        }
        break;
    }
    let (hu, seen) = taken.unzip();
    let hu: Option<Int16Array> = hu.map(|hu: Vec<i16>| packed(&hu, start.as_ref()));
    let moved: Option<JsValue> = hu.as_ref().map(|hu| hu.buffer().into());
    blobs.extend(hu.map(JsValue::from));
    send(
        port,
        &FromDecode::Scanned { task, frames, entries, refused, seen },
        &blobs,
        moved.as_slice(),
    );
}

/// The HU of a file's only frame, where they are wanted. What is wrong with them is told when they are asked for again.
fn take_slice(
    take: Take,
    frames: &[Frame],
    file: &[u8],
    limits: &Limits,
) -> Option<(Vec<i16>, Seen)> {
    let [frame] = frames else { return None };
    let plain =
        matches!(frame.pixels, PixelBytes::Native { .. }) && frame.syntax != Syntax::Deflated;
    let wanted = match take {
        Take::Nothing => false,
        Take::Plain => plain,
        Take::Any => true,
    };
    if !wanted {
        return None;
    }
    let pixels = reader::decode(frame, file, limits).ok()?;
    let seen = pixels.seen();
    Some((pixels.hu, seen))
}

fn decode(port: &MessagePort, task: usize, frames: &[Frame], buffer: Option<ArrayBuffer>) {
    let Some(first) = frames.first() else { return };
    // Of a file of one frame nobody needs the buffer again.
    let spent = buffer.as_ref().filter(|_| frames.len() == 1);
    let file = buffer.as_ref().map(|buffer| Uint8Array::new(buffer).to_vec());
    let file = file.ok_or_else(|| gone(&first.path));
    let body =
        file.as_ref().map_err(Clone::clone).and_then(|f| Body::open(first, f, &Limits::default()));
    for (number, frame) in frames.iter().enumerate() {
        match body.as_ref().map_err(Clone::clone).and_then(|body| body.decode(frame)) {
            Ok(pixels) => {
                let seen = pixels.seen();
                let hu = packed(&pixels.hu, spent);
                let buffer = hu.buffer().into();
                let message = FromDecode::Decoded { task, number, seen };
                send(port, &message, &[hu.into()], &[buffer]);
            }
            Err(refusal) => send(port, &FromDecode::Refused { task, number, refusal }, &[], &[]),
        }
    }
}

fn list(port: &MessagePort, task: usize, path: &str, blob: &JsValue) {
    let blob: &Blob = blob.unchecked_ref();
    let bytes = read(path, blob, HEADER.min(blob.size())).unwrap_or_default();
    send(port, &FromDecode::Listed { task, listed: listing(&bytes) }, &[], &[]);
}

#[cfg(feature = "decoder")]
use reader::listing;

/// Nobody asks this program.
#[cfg(not(feature = "decoder"))]
fn listing(_: &[u8]) -> Vec<reader::Listed> {
    Vec::new()
}

/// HU as they travel: in a buffer that is spent, where they have room in it, as a new one costs more than a copy.
fn packed(hu: &[i16], spent: Option<&ArrayBuffer>) -> Int16Array {
    match spent.filter(|buffer| buffer.byte_length() as usize >= size_of_val(hu)) {
        Some(buffer) => {
            let length = hu.len() as u32;
            let array = Int16Array::new_with_byte_offset_and_length(buffer, 0, length);
            array.copy_from(hu);
            array
        }
        None => Int16Array::from(hu),
    }
}

fn refusal(path: &str, code: Code, detail: &str) -> Refusal {
    Refusal { path: path.into(), code, detail: detail.into() }
}

/// A file that has gone or changed since it was chosen can't be read.
fn gone(path: &str) -> Refusal {
    refusal(path, Code::Truncated, "the browser could not read the file")
}

/// The first `length` bytes of a file.
fn read(path: &str, blob: &Blob, length: f64) -> Result<Vec<u8>, Refusal> {
    let bytes = || -> Result<Vec<u8>, JsValue> {
        let part = blob.slice_with_f64_and_f64(0.0, length)?;
        let buffer = FileReaderSync::new()?.read_as_array_buffer(&part)?;
        Ok(Uint8Array::new(&buffer).to_vec())
    };
    bytes().map_err(|_| gone(path))
}
