//! The bridge to the PACS: a worker for each errand, started when a person asks, ended when it is done or stopped.

use super::{Bridge, Inner, running::Running};
use crate::labelling::may_leave;
use crate::pacs::{Parcel, Stage, Studies, Unfolded};
use crate::requests;
use crate::state::{Busy, Found, Progress};
use crate::statics::{Compiled, Static};
use crate::words;
use dicomweb::Link;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Url;
use workers::messages::{
    Errand, Failure, FromPacs, Goes, NotLoaded, Role, SaveAs, Service, ToPacs, ToStudy,
};

/// What the bridge keeps for the PACS.
#[derive(Default)]
pub struct Errands {
    program: Option<Compiled>,
    running: Option<Running>,
    /// Tells the errand that goes on from those that were stopped.
    number: u32,
    /// What it takes along.
    attached: Vec<JsValue>,
    /// The objects of the parcel.
    objects: Vec<(SaveAs, ArrayBuffer)>,
}

impl Bridge {
    pub fn search_pacs(&self) {
        let (inner, pacs) = (self.inner(), self.inner().state.pacs);
        pacs.studies.set(None);
        pacs.unfolded.set(None);
        inner.ask_pacs(Errand::Search(pacs.query.get_untracked()));
    }

    /// Lists the series of a study.
    pub fn unfold(&self, study: String) {
        let inner = self.inner();
        inner.state.pacs.unfolded.set(Some(Unfolded { study: study.clone(), series: None }));
        inner.ask_pacs(Errand::List { study });
    }

    /// Gets a series as a new study.
    pub fn retrieve(&self, study: String, series: String) {
        let inner = self.inner();
        let state = inner.state;
        if !may_leave(state) {
            return;
        }
        if state.open.get_untracked() {
            inner.start_anew();
        }
        state.pacs.forget_study();
        state.pacs.open.set(false);
        inner.stopped.set(false);
        state.open.set(true);
        inner.enlist_decoders();
        state.opened_at.set(Some(requests::now()));
        state.failure.set(None);
        state.busy.set(Some(Busy::Retrieving(Progress { done: 0, of: 0, seconds_left: None })));
        inner.send_out(Errand::Retrieve { study, series }, Vec::new());
    }

    /// Has the findings written that are to be sent; the person is asked when they are.
    pub fn pack(&self) {
        let inner = self.inner();
        let state = inner.state;
        let stones = state.found.with_untracked(|f| f.iter().flat_map(Found::shown).count());
        let objects: &[SaveAs] = match stones {
            // A segmentation without segments can't be.
            0 => &[SaveAs::Report],
            _ => &[SaveAs::Segmentation, SaveAs::Report],
        };
        inner.errands.borrow_mut().objects.clear();
        state.pacs.parcel.set(Some(Parcel::of(objects)));
        // At the same second, so that the report refers to the segmentation.
        inner.save(objects, Goes::ToPacs);
    }

    /// The person has said yes.
    pub fn send_parcel(&self) {
        let inner = self.inner();
        let gone = inner.state.pacs.change_parcel(Parcel::may_go, |parcel| {
            parcel.stage = Stage::Sending;
            parcel.problem = None;
        });
        if gone {
            let objects = inner.errands.borrow().objects.clone();
            let objects = objects.into_iter().map(|(_, object)| object.into()).collect();
            inner.send_out(Errand::Store, objects);
        }
    }

    /// Closes a sheet of the PACS; what it waits for is stopped.
    pub fn leave_pacs(&self) {
        let inner = self.inner();
        let pacs = inner.state.pacs;
        let sending = |parcel: &Parcel| parcel.stage == Stage::Sending;
        let sends = pacs.parcel.with_untracked(|parcel| parcel.as_ref().is_some_and(sending));
        if pacs.asking.get_untracked() || sends {
            inner.stop_errand();
        }
        pacs.open.set(false);
        pacs.asking.set(false);
        pacs.parcel.set(None);
        inner.errands.borrow_mut().objects.clear();
    }
}

impl Inner {
    /// Learns which PACS the site names, and opens what a link asks for.
    pub async fn meet_pacs(self: &Rc<Self>, bridge: Bridge) {
        let link = web_sys::window()
            .and_then(|window| window.location().search().ok())
            .and_then(|search| Link::of_search(&search));
        let site = match &self.statics {
            Some(statics) if statics.has(Static::Site) => statics.text(Static::Site).await,
            _ => Ok("{}".into()),
        };
        let service = match site.map(|site| Service::of_site(&site)) {
            Ok(Ok(service)) => service.and_then(whole),
            Ok(Err(error)) => return self.fail("site_unread", error.to_string()),
            // Without a network there is no PACS either.
            Err(_) => None,
        };
        let there = service.is_some();
        self.state.pacs.service.set(service);
        match link {
            None => {}
            Some(Err(_)) => self.fail("link_no_uid", ""),
            Some(Ok(_)) if !there => self.fail("link_no_pacs", ""),
            Some(Ok(Link { study, series: Some(series) })) => bridge.retrieve(study, series),
            Some(Ok(Link { study, series: None })) => {
                self.state.pacs.open.set(true);
                bridge.unfold(study);
            }
        }
    }

    /// What the sheet asks.
    fn ask_pacs(self: &Rc<Self>, errand: Errand) {
        self.state.pacs.problem.set(None);
        self.state.pacs.asking.set(true);
        self.send_out(errand, Vec::new());
    }

    /// Sends a worker out; the one before is called back.
    fn send_out(self: &Rc<Self>, errand: Errand, attachments: Vec<JsValue>) {
        let number = self.stop_errand();
        let Some(service) = self.state.pacs.service.get_untracked() else { return };
        let inner = self.clone();
        spawn_local(async move {
            let program = inner.pacs_program().await;
            if inner.errands.borrow().number != number {
                return;
            }
            let (hearing, trapping) = (inner.clone(), inner.clone());
            let message = ToPacs { service, errand };
            let started = program.and_then(|program| {
                let hear = move |said: FromPacs, attachments: Vec<JsValue>| match said {
                    FromPacs::Ready => hearing.tell_errand(&message),
                    said => hearing.heard_pacs(said, attachments),
                };
                let trapped = move || trapping.pacs_failed("bug", "PACS worker");
                Running::start(&program, Role::Pacs, hear, trapped)
                    .map_err(|_| "PACS worker".to_owned())
            });
            match started {
                Ok(worker) => {
                    let mut errands = inner.errands.borrow_mut();
                    errands.running = Some(worker);
                    errands.attached = attachments;
                }
                Err(detail) => inner.pacs_failed("not_started", &detail),
            }
        });
    }

    fn tell_errand(&self, message: &ToPacs) {
        let errands = self.errands.borrow();
        if let Some(worker) = &errands.running {
            worker.send(message, &errands.attached, &[]);
        }
    }

    async fn pacs_program(&self) -> Result<Compiled, String> {
        if let Some(program) = self.errands.borrow().program.clone() {
            return Ok(program);
        }
        let statics = self.statics.as_ref().ok_or("the page does not name its files")?;
        let program = statics.compile(Static::Pacs).await?;
        self.errands.borrow_mut().program = Some(program.clone());
        Ok(program)
    }

    /// Ends what goes on, and gives the number of what comes next.
    pub fn stop_errand(&self) -> u32 {
        let mut errands = self.errands.borrow_mut();
        errands.running = None;
        errands.number += 1;
        errands.number
    }

    fn heard_pacs(self: &Rc<Self>, said: FromPacs, attachments: Vec<JsValue>) {
        let pacs = self.state.pacs;
        if !matches!(said, FromPacs::Asking { .. } | FromPacs::Arrived { .. }) {
            self.stop_errand();
            pacs.asking.set(false);
        }
        match said {
            FromPacs::Ready => {}
            FromPacs::Asking { address } => self.state.count_of_pacs(&address),
            FromPacs::Studies { studies, more } => {
                pacs.studies.set(Some(Studies { rows: studies, more }));
            }
            FromPacs::Series { series } => {
                pacs.unfolded.update(|unfolded| {
                    if let Some(unfolded) = unfolded {
                        unfolded.series = Some(series);
                    }
                });
            }
            FromPacs::Arrived { done, of } => self.arrived(done, of, &attachments),
            FromPacs::Retrieved { missing, trouble } => self.retrieved(missing, trouble),
            FromPacs::Stored { outcomes } => {
                let sending = |parcel: &Parcel| parcel.stage == Stage::Sending;
                pacs.change_parcel(sending, |parcel| parcel.stage = Stage::Answered(outcomes));
            }
            FromPacs::Failed(Failure { code, detail }) => self.pacs_failed(&code, &detail),
        }
    }

    /// What could not be done is said where it was asked for.
    fn pacs_failed(&self, code: &str, detail: &str) {
        let pacs = self.state.pacs;
        let failure = Failure { code: code.into(), detail: detail.into() };
        self.stop_errand();
        pacs.asking.set(false);
        let sending = |parcel: &Parcel| parcel.stage == Stage::Sending;
        let sent = pacs.change_parcel(sending, |parcel| {
            parcel.stage = Stage::Packed;
            parcel.problem = Some(failure.clone());
        });
        match self.state.busy.get_untracked() {
            _ if sent => {}
            Some(Busy::Retrieving(_)) if self.stop_retrieving() => {}
            Some(Busy::Retrieving(_)) => {
                self.state.open.set(false);
                self.state.opened_at.set(None);
                self.fail(code, detail);
            }
            _ => pacs.problem.set(Some(failure)),
        }
    }

    /// Instances go on to be read while others are on their way.
    fn arrived(&self, done: usize, of: usize, blobs: &[JsValue]) {
        let first = done - blobs.len().min(done);
        let paths = (0..blobs.len()).map(|n| format!("{:05}.dcm", first + n + 1)).collect();
        self.post(ToStudy::Open { paths, more: true }, blobs, &[]);
        if matches!(self.state.busy.get_untracked(), Some(Busy::Retrieving(_))) {
            let progress = Progress { done, of, seconds_left: None };
            self.state.busy.set(Some(Busy::Retrieving(progress)));
        }
    }

    fn retrieved(&self, missing: Vec<String>, trouble: Option<Failure>) {
        let pacs = self.state.pacs;
        let told = match (missing.is_empty(), trouble) {
            (true, trouble) => trouble,
            (false, trouble) => {
                let language = self.state.language.get_untracked();
                let why =
                    trouble.map(|t| format!(": {}", words::failure(&t.code).what.to(language)));
                let Progress { done, of, .. } = self.progress();
                let detail = format!("{done} / {of}{}", why.unwrap_or_default());
                Some(Failure { code: "pacs_incomplete".into(), detail })
            }
        };
        pacs.incomplete.set(told);
        let named = |path| NotLoaded { path, code: "not_retrieved".into(), detail: String::new() };
        pacs.missing.set(missing.into_iter().map(named).collect());
        self.all_arrived();
    }

    /// The person stops: what has come is shown, and that it is not all.
    pub fn stop_retrieving(&self) -> bool {
        let progress = self.progress();
        self.stop_errand();
        if progress.done > 0 {
            let detail = format!("{} / {}", progress.done, progress.of);
            let told = Failure { code: "pacs_incomplete".into(), detail };
            self.state.pacs.incomplete.set(Some(told));
            self.all_arrived();
        }
        progress.done > 0
    }

    fn progress(&self) -> Progress {
        match self.state.busy.get_untracked() {
            Some(Busy::Retrieving(progress)) => progress,
            _ => Progress { done: 0, of: 0, seconds_left: None },
        }
    }

    fn all_arrived(&self) {
        let Progress { done, .. } = self.progress();
        let progress = Progress { done: 0, of: done, seconds_left: None };
        self.state.busy.set(Some(Busy::Scanning(progress)));
        self.post(ToStudy::Open { paths: Vec::new(), more: false }, &[], &[]);
    }

    /// An object of the parcel is written.
    pub fn packed(&self, object: SaveAs, attachments: Vec<JsValue>) {
        let buffer = attachments.into_iter().next().map(|buffer| buffer.dyn_into::<ArrayBuffer>());
        if let Some(Ok(buffer)) = buffer {
            self.state.pacs.packed(object, buffer.byte_length());
            self.errands.borrow_mut().objects.push((object, buffer));
        }
    }
}

/// The service with its whole address, as this page sees it.
fn whole(mut service: Service) -> Option<Service> {
    let base = web_sys::window()?.document()?.base_uri().ok()??;
    let url = Url::new_with_base(&service.url, &base).ok()?;
    service.url = matches!(url.protocol().as_str(), "http:" | "https:").then(|| url.href())?;
    Some(service)
}
