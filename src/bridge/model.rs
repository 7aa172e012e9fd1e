//! The network's files and the programs that run it: fetched once the page stands, before any file is opened, so
//! that from then on nothing goes over the network, and workers wait for Predict.

use super::{Bridge, Inner};
use crate::state::Busy;
use crate::statics::{Compiled, Lacking, Static};
use js_sys::{ArrayBuffer, Uint8Array, WebAssembly};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use workers::messages::{Form, Hardware, Role, ToStudy};

/// The program of the infer workers: the fastest that the browser and the network's form allow. One that does not
/// pass its self-test gives way to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    Relaxed,
    Plain,
    /// Reads the ONNX file itself.
    Foreign,
}

impl Route {
    fn after(self) -> Option<Self> {
        match self {
            Route::Relaxed => Some(Route::Plain),
            Route::Plain => Some(Route::Foreign),
            Route::Foreign => None,
        }
    }

    pub fn form(self) -> Form {
        match self {
            Route::Relaxed | Route::Plain => Form::Plan,
            Route::Foreign => Form::Onnx,
        }
    }
}

/// What a search needs: the program of the infer workers, and what they and the study worker are told of the model.
#[derive(Clone)]
pub struct Searching {
    pub program: Compiled,
    pub manifest: String,
    pub network: ArrayBuffer,
    /// The plan of the network that knows the urinary tract, where the page has one.
    pub tract: Option<ArrayBuffer>,
}

/// A module that only a browser with relaxed SIMD takes: a function `(v128, v128, v128) → v128` of one
/// `f32x4.relaxed_madd` (opcode FD 105 of the proposal).
const RELAXED_PROBE: [u8; 37] = [
    0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, // magic, version
    0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b, // one type
    0x03, 0x02, 0x01, 0x00, // one function
    0x0a, 0x0d, 0x01, 0x0b, 0x00, // its code
    0x20, 0x00, 0x20, 0x01, 0x20, 0x02, // local.get × 3
    0xfd, 0x85, 0x02, // f32x4.relaxed_madd
    0x0b, // end
];

fn knows_relaxed_simd() -> bool {
    WebAssembly::validate(&Uint8Array::from(&RELAXED_PROBE[..])).unwrap_or(false)
}

impl Bridge {
    /// Looks for stones in the series shown.
    pub fn predict(&self) {
        let inner = self.inner();
        let state = inner.state;
        state.failure.set(None);
        state.forget_findings();
        let own = inner.own.borrow().is_some().then_some(Route::Foreign);
        let route = own.or(inner.route.get()).unwrap_or_else(|| inner.best_route());
        inner.predict_by(route);
    }
}

impl Inner {
    /// The plan by the fastest kernels, or the ONNX file where there is no plan.
    fn best_route(&self) -> Route {
        let has = |file| self.statics.as_ref().is_some_and(|statics| statics.has(file));
        match () {
            () if !has(Static::Plan) => Route::Foreign,
            () if has(Static::Relaxed) && knows_relaxed_simd() => Route::Relaxed,
            () => Route::Plain,
        }
    }

    /// Fetches what the best route needs. A failure is told when Predict is pressed, and tries anew.
    pub async fn fetch_ahead(self: &Rc<Self>) {
        if self.fetch_decoder().await.is_ok() {
            self.enlist_decoders();
        }
        let route = self.best_route();
        let _ = self.files_of(route).await;
        let hardware = self.hardware(route);
        if hardware != Hardware::Processor {
            let _ = self.fetch_graphics(hardware).await;
        }
    }

    /// Starts the infer workers that Predict will want.
    pub fn stand_ready(self: &Rc<Self>) {
        let kept = self.fetched.borrow().clone();
        if let Some((route, searching)) = kept {
            self.enlist_searchers(route, searching.program);
        }
    }

    fn enlist_searchers(self: &Rc<Self>, route: Route, program: Compiled) {
        let changed = self.route.replace(Some(route)) != Some(route);
        if changed || self.searchers.borrow().is_empty() {
            self.searchers.borrow_mut().set_program(program);
            self.enlist(Role::Infer);
        }
    }

    fn predict_by(self: &Rc<Self>, route: Route) {
        self.state.busy.set(Some(Busy::FetchingModel));
        let inner = self.clone();
        spawn_local(async move {
            let fetched = inner.files_of(route).await;
            let mut hardware = inner.hardware(route);
            // Nothing else is to search.
            if hardware == Hardware::Graphics && inner.enlist_graphics(hardware).await.is_err() {
                hardware = Hardware::Processor;
            }
            // Cancelled meanwhile.
            if inner.state.busy.get_untracked() != Some(Busy::FetchingModel) {
                return;
            }
            match fetched {
                Ok(Searching { program, manifest, network, tract }) => {
                    inner.enlist_searchers(route, program);
                    let mut attached = vec![manifest.into(), network.into()];
                    attached.extend(tract.map(JsValue::from));
                    let message = ToStudy::Predict { form: route.form(), hardware };
                    inner.post(message, &attached, &[]);
                    // The findings to come have numbers of their own.
                    inner.post(ToStudy::Visible { stone: None, visible: true }, &[], &[]);
                    if hardware == Hardware::Automatic {
                        // Where none answers the processor goes on.
                        let _ = inner.enlist_graphics(hardware).await;
                    }
                }
                Err(Lacking::Missing(detail)) => inner.fail("model_missing", detail),
                Err(Lacking::Another(detail)) => inner.fail("model_sha256", detail),
            }
        });
    }

    /// The program did not pass its self-test: the next is asked.
    pub fn take_next_route(self: &Rc<Self>, detail: &str) {
        self.dismiss_searchers();
        match self.route.get().and_then(Route::after) {
            Some(next) => self.predict_by(next),
            None if self.own.borrow().is_some() => self.fail("own_refused", detail),
            None => self.fail("model_refused", detail),
        }
    }

    async fn files_of(&self, route: Route) -> Result<Searching, Lacking> {
        if let Some(own) = self.own.borrow().clone() {
            return Ok(own);
        }
        let statics = self.statics.as_ref().ok_or("the page does not name its files")?;
        let network = match route.form() {
            Form::Plan => Static::Plan,
            Form::Onnx => Static::Weights,
        };
        let kept = self.fetched.borrow().clone();
        if let Some((of, searching)) = kept
            && of == route
        {
            return Ok(searching);
        }
        let program = match route {
            Route::Relaxed => statics.compile(Static::Relaxed).await?,
            Route::Foreign => statics.compile(Static::Foreign).await?,
            Route::Plain => match self.program.borrow().clone() {
                Some(program) => program,
                None => return Err("the workers' program is not there".into()),
            },
        };
        let manifest = statics.text(Static::Manifest).await?;
        let network = statics.network(network).await?;
        let tract = self.tract().await?;
        let searching = Searching { program, manifest, network, tract };
        *self.fetched.borrow_mut() = Some((route, searching.clone()));
        Ok(searching)
    }

    /// The page's own, with a network that a person brings, too: it is used where that one's manifest names it.
    pub async fn tract(&self) -> Result<Option<ArrayBuffer>, Lacking> {
        if let Some((_, searching)) = &*self.fetched.borrow() {
            return Ok(searching.tract.clone());
        }
        match &self.statics {
            Some(statics) if statics.has(Static::Tract) => {
                statics.network(Static::Tract).await.map(Some)
            }
            _ => Ok(None),
        }
    }
}
