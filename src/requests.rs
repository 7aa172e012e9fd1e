//! What went over the network, as the browser itself accounts for it (Resource Timing), of the page and of each worker.

use js_sys::{Array, Object, Reflect};
use serde::Deserialize;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{BroadcastChannel, MessageEvent, PerformanceObserver};

/// Address, milliseconds since 1970, bytes that came from the network, bytes of the body.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Asked(pub String, pub f64, f64, f64);

impl Asked {
    /// One that goes out now, of which nothing is known but that.
    pub fn now(address: String) -> Self {
        Self(address, now(), 1.0, 0.0)
    }

    /// Out of the browser's cache: nothing was sent. What can't be told counts as sent.
    fn is_cached(&self) -> bool {
        let Asked(_, _, transferred, body) = *self;
        transferred == 0.0 && body > 0.0
    }

    /// The last part of the address, without what may follow it.
    pub fn file(&self) -> &str {
        let path = self.0.split(['?', '#']).next().unwrap_or_default();
        path.rsplit('/').next().unwrap_or_default()
    }
}

/// The channel that the workers of this very page speak on: other tabs have their own.
pub fn channel() -> String {
    let origin = performance().map_or(0.0, |p| number(&p, "timeOrigin"));
    format!("lithoscope requests {origin}")
}

/// Milliseconds since 1970, on the clock of the requests.
pub fn now() -> f64 {
    let performance = web_sys::window().and_then(|window| window.performance());
    performance.map_or(0.0, |p| number(&p, "timeOrigin") + p.now())
}

/// Hands on every request of the page and its workers, those before this call too; lives as long as the page.
/// A browser that keeps no such account gives `false`.
pub fn observe(hear: impl Fn(Vec<Asked>) + Clone + 'static) -> bool {
    let hear = move |all: Vec<Asked>| {
        let sent: Vec<Asked> = all.into_iter().filter(|request| !request.is_cached()).collect();
        if !sent.is_empty() {
            hear(sent);
        }
    };
    of_workers(hear.clone()).is_some() && of_page(hear).is_some()
}

fn of_page(hear: impl Fn(Vec<Asked>) + 'static) -> Option<()> {
    let origin = number(&performance()?, "timeOrigin");
    let listener = Closure::<dyn Fn(JsValue)>::new(move |list: JsValue| {
        let entries = Reflect::get(&list, &"getEntries".into()).ok();
        let entries =
            entries.and_then(|get| get.dyn_into::<js_sys::Function>().ok()?.call0(&list).ok());
        let entries: Array = entries.map_or_else(Array::new, JsCast::unchecked_into);
        let request = |entry: JsValue| {
            let name = Reflect::get(&entry, &"name".into()).ok()?.as_string()?;
            let [start, transferred, body] =
                ["startTime", "transferSize", "encodedBodySize"].map(|name| number(&entry, name));
            Some(Asked(name, origin + start, transferred, body))
        };
        hear(entries.iter().filter_map(request).collect());
    });
    let observer = PerformanceObserver::new(listener.as_ref().unchecked_ref()).ok()?;
    listener.forget();
    let wanted = Object::new();
    Reflect::set(&wanted, &"type".into(), &"resource".into()).ok()?;
    Reflect::set(&wanted, &"buffered".into(), &true.into()).ok()?;
    observer.observe(wanted.unchecked_ref());
    Some(())
}

fn of_workers(hear: impl Fn(Vec<Asked>) + 'static) -> Option<()> {
    let channel = BroadcastChannel::new(&channel()).ok()?;
    let listener = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let told = event.data().as_string().and_then(|text| serde_json::from_str(&text).ok());
        hear(told.unwrap_or_default());
    });
    channel.set_onmessage(Some(listener.as_ref().unchecked_ref()));
    // A channel that is listened to stays.
    listener.forget();
    Some(())
}

fn performance() -> Option<JsValue> {
    Some(web_sys::window()?.performance()?.into())
}

fn number(of: &JsValue, name: &str) -> f64 {
    Reflect::get(of, &name.into()).ok().and_then(|value| value.as_f64()).unwrap_or(0.0)
}
