//! The page without a network: registers the service worker that keeps its files, and hears of newer versions.

use crate::state::State;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ServiceWorkerRegistration, ServiceWorkerState};

/// What the browser keeps of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// All that it needs to start without a network.
    All,
    /// A newer version too, which the next start takes.
    Newer,
}

/// Registers `script`. Where the browser knows no service workers, or the page came from no server, it stays as it is.
pub fn keep(script: String, state: State) {
    spawn_local(async move {
        // The page's own start goes first.
        gloo::timers::future::TimeoutFuture::new(LATER_MS).await;
        // While a study is open nothing is asked of the network that nobody pressed a button for.
        while state.open.get_untracked() {
            gloo::timers::future::TimeoutFuture::new(LATER_MS).await;
        }
        let Some(registration) = register(&script).await else { return };
        listen(registration, state);
    });
}

/// Milliseconds from the start of the page to the keeping of its files.
const LATER_MS: u32 = 10_000;

async fn register(script: &str) -> Option<ServiceWorkerRegistration> {
    let navigator = web_sys::window()?.navigator();
    if !js_sys::Reflect::has(&navigator, &"serviceWorker".into()).ok()? {
        return None;
    }
    let registered = navigator.service_worker().register(script);
    JsFuture::from(registered).await.ok()?.dyn_into().ok()
}

/// Follows a worker through its states: the first one that stands ready makes the page independent, a later one waits
/// for the next start.
fn listen(registration: ServiceWorkerRegistration, state: State) {
    let tell = {
        let registration = registration.clone();
        move || {
            let kept = match (registration.waiting(), registration.active()) {
                (Some(_), Some(_)) => Kept::Newer,
                (_, Some(active)) if active.state() == ServiceWorkerState::Activated => Kept::All,
                _ => return,
            };
            state.kept.set(Some(kept));
        }
    };
    tell();
    let watch = {
        let registration = registration.clone();
        move || {
            for worker in [registration.installing(), registration.waiting(), registration.active()]
            {
                let Some(worker) = worker else { continue };
                let tell = Closure::<dyn Fn()>::new(tell.clone());
                worker.set_onstatechange(Some(tell.as_ref().unchecked_ref()));
                tell.forget();
            }
        }
    };
    watch();
    let found = Closure::<dyn Fn(JsValue)>::new(move |_| watch());
    registration.set_onupdatefound(Some(found.as_ref().unchecked_ref()));
    found.forget();
}
