//! The programs that run beside the page: the study worker, the decode workers, the infer workers, and one that speaks
//! to a PACS; and the messages that they and the page exchange.
//!
//! The page makes the workers and joins them with `MessageChannel`s; voxels travel between workers only,
//! as transferred buffers. Every message is a JS array `[bytes, attachment, …]` ([`wire`]): the bytes are one
//! of the enums of [`messages`], the attachments (`Blob`s, buffers, canvases, ports) are named at its variant.
#![forbid(unsafe_code)]

pub mod messages;
pub mod wire;

pub mod decode;
#[cfg(feature = "gpu")]
pub mod gpu;
#[cfg(feature = "gpu")]
pub mod graphics;
pub mod infer;
#[cfg(feature = "pacs")]
pub mod pacs;
mod rehearsal;
pub mod study;
pub mod text;

/// The role that the boot script has left in the worker's global scope.
pub fn role() -> Option<messages::Role> {
    let role = js_sys::Reflect::get(&js_sys::global(), &"role".into()).ok()?.as_string()?;
    serde_json::from_value(role.into()).ok()
}
