//! How a message travels: a JS array `[bytes, attachment, …]`, the same on workers and on ports.
//!
//! * [`bytes`]: a message as bytes; [`reading`]: and out of them

mod bytes;
mod reading;

use js_sys::{Array, Function, Uint8Array};
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent, MessagePort, Worker};

/// An end that messages can be posted to and heard from.
pub trait End {
    fn post(&self, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue>;
    fn listen(&self, listener: Option<&Function>);
}

macro_rules! end {
    ($type:ty, $post:ident) => {
        impl End for $type {
            fn post(&self, message: &JsValue, transfer: &JsValue) -> Result<(), JsValue> {
                self.$post(message, transfer)
            }
            fn listen(&self, listener: Option<&Function>) {
                self.set_onmessage(listener);
            }
        }
    };
}
end!(DedicatedWorkerGlobalScope, post_message_with_transfer);
end!(MessagePort, post_message_with_transferable);
end!(Worker, post_message_with_transfer);

/// Sends a message. `attachments` follow the bytes; those of them that are in `moved` change hands instead of
/// being copied. A message that can't be sent has no one to hear of it: its receiver is gone.
pub fn send<M: Serialize>(end: &impl End, message: &M, attachments: &[JsValue], moved: &[JsValue]) {
    let Ok(written) = bytes::write(message) else { return };
    let array = Array::of1(&Uint8Array::from(&written[..]));
    for attachment in attachments {
        array.push(attachment);
    }
    let transfer: Array = moved.iter().collect();
    if let Err(error) = end.post(&array, &transfer) {
        web_sys::console::error_1(&error);
    }
}

/// Hands every message that arrives to `hear`, with its attachments. Lives as long as the end does.
pub fn hear<M: DeserializeOwned>(end: &impl End, mut hear: impl FnMut(M, Vec<JsValue>) + 'static) {
    let listener = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let Ok(array) = event.data().dyn_into::<Array>() else { return };
        let Ok(written) = array.get(0).dyn_into::<Uint8Array>() else { return };
        match bytes::read(&written.to_vec()) {
            Ok(message) => hear(message, array.iter().skip(1).collect()),
            Err(error) => web_sys::console::error_1(&error.to_string().into()),
        }
    });
    end.listen(Some(listener.as_ref().unchecked_ref()));
    listener.forget();
}
