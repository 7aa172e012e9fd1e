//! A network that a person brings, an ONNX file and its manifest: searches in place of the page's own until the page is left.

use super::{Bridge, Inner};
use crate::bridge::model::Searching;
use crate::files::Chosen;
use crate::statics::Static;
use js_sys::ArrayBuffer;
use leptos::prelude::Set;
use leptos::task::spawn_local;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use stones::findings::ModelCard;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::File;
use workers::messages::ToStudy;

/// Networks that were offered: of several the last counts.
#[derive(Default)]
pub struct Offers {
    /// How many there were, or let go: an answer to an earlier one comes too late.
    count: Cell<u32>,
    /// Manifest and network of the last one, while it is checked.
    checked: RefCell<Option<(String, ArrayBuffer)>>,
}

impl Offers {
    fn next(&self) -> u32 {
        self.count.set(self.count.get() + 1);
        self.count.get()
    }

    fn is_latest(&self, offer: u32) -> bool {
        self.count.get() == offer
    }
}

/// Whether files are brought as a network, and not to be looked at.
pub fn is_network(files: &[Chosen]) -> bool {
    files.iter().any(|file| ends(file, ".onnx"))
}

fn ends(chosen: &Chosen, ending: &str) -> bool {
    chosen.path.to_ascii_lowercase().ends_with(ending)
}

impl Bridge {
    /// Has a network and its manifest checked; it is taken when they belong together.
    pub fn take_model(&self, files: Vec<Chosen>) {
        let inner = self.inner();
        let [network, manifest] = [".onnx", ".json"].map(|ending| {
            let mut fitting = files.iter().filter(|file| ends(file, ending));
            let only = fitting.next().map(|chosen| chosen.file.clone());
            only.filter(|_| fitting.next().is_none())
        });
        let (Some(network), Some(manifest)) = (network, manifest) else {
            return inner.fail("own_pair", "");
        };
        let offer = inner.offered.next();
        spawn_local(async move {
            let read = read(&manifest, &network).await;
            if !inner.offered.is_latest(offer) {
                return;
            }
            match read {
                Ok((manifest, network)) => {
                    let attached = [manifest.clone().into(), network.clone().into()];
                    *inner.offered.checked.borrow_mut() = Some((manifest, network));
                    inner.post(ToStudy::CheckModel { offer }, &attached, &[]);
                }
                Err(_) => inner.fail("own_unreadable", network.name()),
            }
        });
    }

    /// Goes back to the page's own network.
    pub fn leave_model(&self) {
        let inner = self.inner();
        inner.offered.next();
        inner.set_own_model(None, None);
    }
}

impl Inner {
    /// Manifest and network of an offer belong together.
    pub fn model_checked(self: &Rc<Self>, offer: u32, card: ModelCard) {
        if !self.offered.is_latest(offer) {
            return;
        }
        let Some((manifest, network)) = self.offered.checked.borrow_mut().take() else { return };
        let inner = self.clone();
        spawn_local(async move {
            let program = match &inner.statics {
                Some(statics) => statics.compile(Static::Foreign).await,
                None => Err("the page does not name its files".into()),
            };
            let tract = inner.tract().await.ok().flatten();
            if !inner.offered.is_latest(offer) {
                return;
            }
            match program {
                Ok(program) => {
                    let own = Searching { program, manifest, network, tract };
                    inner.set_own_model(Some(own), Some(card));
                }
                Err(detail) => inner.fail("not_started", detail),
            }
        });
    }

    /// From the next search on; one that goes on is stopped.
    fn set_own_model(self: &Rc<Self>, own: Option<Searching>, card: Option<ModelCard>) {
        self.stop_search();
        self.route.set(None);
        *self.own.borrow_mut() = own;
        self.state.failure.set(None);
        self.state.own_model.set(card);
    }
}

async fn read(manifest: &File, network: &File) -> Result<(String, ArrayBuffer), JsValue> {
    let manifest = JsFuture::from(manifest.text()).await?;
    let network = JsFuture::from(network.array_buffer()).await?;
    Ok((manifest.as_string().unwrap_or_default(), network.dyn_into()?))
}
