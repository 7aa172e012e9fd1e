//! The study worker: owns the volume of one study; assembles, paints, searches and measures it.
//!
//! * [`files`]: files → headers → series; [`jobs`]: what decode workers do for it;
//!   [`decoders`]: those workers
//! * [`early`]: slices that came with their headers, and the first glimpse
//! * [`pixels`]: the slices of the series shown, into the volume
//! * [`check`]: what the pixels tell of their series
//! * [`view`]: where the planes meet; [`pane`]: each onto its canvases; [`strip`]: what lies where along them
//! * [`tags`]: the header of a slice, for a person to read
//! * [`saving`]: files and key images of what was found; [`loading`]: what was found before
//! * [`list`]: what was found, with what a person has said of it and drawn; [`labelling`]: what a person draws
//! * [`search`]: slices to the infer workers, stones out of their answers; [`entrants`]: how those come into it;
//!   [`model`]: what they run
//!
//! One study, one worker: ending the worker is what gives the memory back.

mod check;
mod decoders;
mod early;
mod entrants;
mod files;
mod jobs;
mod labelling;
mod list;
mod loading;
mod model;
mod own_model;
mod pane;
mod pixels;
mod pool;
mod saving;
mod search;
mod strip;
mod tags;
mod view;

use crate::messages::{FromStudy, ToStudy};
use crate::wire::{hear, send};
use early::Early;
use files::Files;
use labelling::Labelling;
use list::List;
use pixels::Pixels;
use pool::Pool;
use search::Search;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

const PROGRESS_SECONDS: f64 = 0.1;

/// Everything of one study. The parts do not know each other; what concerns several is decided here.
pub struct Study {
    page: DedicatedWorkerGlobalScope,
    /// Itself, for the listeners of the ports that it is handed.
    own: Shared,
    decoders: Pool<jobs::Batch>,
    /// Decode workers know every codec, or such are on their way.
    has_decoder: bool,
    files: Files,
    early: Early,
    pixels: Option<Pixels>,
    /// How often a series was shown.
    showings: u32,
    /// When the page was last told of progress, in seconds.
    told_at: f64,
    view: view::View,
    search: Search,
    list: List,
    labelling: Labelling,
    /// Of what is written of nobody.
    secret: Option<[u8; 16]>,
}

#[derive(Clone)]
struct Shared(Rc<RefCell<Option<Study>>>);

impl Shared {
    /// Runs `work` on the study. A message that arrives while another is being worked on can't happen:
    /// a worker hears one at a time.
    fn with(&self, work: impl FnOnce(&mut Study)) {
        if let Ok(mut study) = self.0.try_borrow_mut()
            && let Some(study) = study.as_mut()
        {
            work(study);
        }
    }
}

pub fn start(scope: DedicatedWorkerGlobalScope) {
    let shared = Shared(Rc::new(RefCell::new(None)));
    let study = Study {
        page: scope.clone(),
        own: shared.clone(),
        decoders: Pool::of_depth(1),
        has_decoder: false,
        files: Files::default(),
        early: Early::default(),
        pixels: None,
        showings: 0,
        told_at: 0.0,
        view: view::View::default(),
        search: Search::default(),
        list: List::default(),
        labelling: Labelling::default(),
        secret: None,
    };
    *shared.0.borrow_mut() = Some(study);
    let listener = shared.clone();
    hear(&scope, move |message: ToStudy, attachments| {
        listener.with(|study| study.take(message, attachments));
    });
    send(&scope, &FromStudy::Ready, &[], &[]);
    early::rehearse();
}

impl Study {
    fn take(&mut self, message: ToStudy, attachments: Vec<JsValue>) {
        let mut attachments = attachments.into_iter();
        match message {
            ToStudy::DecodeWorker { number, full } => {
                if let Some(port) = attachments.next().and_then(|a| a.dyn_into().ok()) {
                    self.add_decoder(number, port, full);
                }
            }
            ToStudy::InferWorker { number } => {
                if let Some(port) = attachments.next().and_then(|a| a.dyn_into().ok()) {
                    self.add_infer_worker(number, port);
                }
            }
            ToStudy::Canvas { plane } => {
                let mut canvas = || attachments.next().and_then(|a| a.dyn_into().ok());
                if let (Some(image), Some(mask)) = (canvas(), canvas()) {
                    self.view.set_canvas(plane, image, mask);
                    self.paint_glimpse();
                    self.paint_soon();
                }
            }
            ToStudy::Open { paths, more } => {
                let blobs = attachments.filter_map(|a| a.dyn_into().ok());
                self.open(paths.into_iter().zip(blobs).collect(), more);
            }
            ToStudy::StopOpen => self.stop_open(),
            ToStudy::Choose { series } => self.show_series(series),
            ToStudy::Load { series, part } => self.load(series, part),
            ToStudy::Show { plane, index } => {
                self.view.go_to(plane, index);
                self.paint_soon();
            }
            ToStudy::Depth { plane, depth } => {
                self.view.set_depth(plane, depth);
                self.paint_soon();
            }
            ToStudy::Turn { plane, radians } => self.turn(plane, radians),
            ToStudy::Straighten => self.straighten(),
            ToStudy::Point { plane, u, v } => {
                self.view.point(plane, u, v);
                self.paint_soon();
            }
            ToStudy::Hover { plane, u, v } => self.tell_under(plane, u, v),
            ToStudy::Window { centre, width, function } => {
                let lut = self.pixels.as_ref().map(|pixels| pixels.lut(function));
                self.view
                    .set_window(view::window(centre, width, function), lut.unwrap_or_default());
                self.paint_soon();
            }
            ToStudy::Predict { form, hardware } => {
                let manifest = attachments.next().and_then(|a| a.as_string());
                let file = attachments.next().unwrap_or_default();
                self.predict(form, hardware, manifest, file, attachments.next());
            }
            ToStudy::CheckModel { offer } => {
                let manifest = attachments.next().and_then(|a| a.as_string());
                self.check_model(offer, manifest, &attachments.next().unwrap_or_default());
            }
            ToStudy::Threshold { least } => self.set_threshold(least),
            ToStudy::GraphicsEnded => self.leave_graphics(),
            ToStudy::StopPredict => self.stop_predict(),
            ToStudy::Visible { stone, visible } => {
                self.view.set_visible(stone, visible);
                self.paint_soon();
            }
            ToStudy::Review { of, label } => self.review(of, label),
            ToStudy::Draw(act) => self.draw(act),
            ToStudy::Keep(keep) => self.set_keep(keep),
            ToStudy::Tags => self.ask_tags(),
            ToStudy::Jump { stone } => self.jump(stone),
            ToStudy::Save { file, findings, seconds, deidentified, to } => {
                self.save(file, findings.as_deref(), seconds, deidentified, to);
            }
            ToStudy::LoadFindings { path } => {
                if let Some(blob) = attachments.next().and_then(|a| a.dyn_into().ok()) {
                    self.load_findings(&path, &blob);
                }
            }
            ToStudy::KeyImages { stones } => self.tell_key_images(&stones),
            ToStudy::Layers { plane } => self.tell_layers(plane),
            ToStudy::Lend { series } => self.lend(series),
            ToStudy::Go { place } => self.go(place),
            ToStudy::Measure { mark, region } => self.tell_measured(mark, &region),
        }
    }

    fn tell(&self, message: &FromStudy) {
        send(&self.page, message, &[], &[]);
    }

    /// Whether it is time to tell the page of progress again, so many seconds after the last word. It draws nothing
    /// more often than this, and each word to it costs the slices that arrive meanwhile.
    fn is_due(&mut self, seconds: f64) -> bool {
        let now = self.now();
        let due = now - self.told_at >= seconds;
        if due {
            self.told_at = now;
        }
        due
    }

    fn fail(&self, code: &str, detail: impl Into<String>) {
        let failure = crate::messages::Failure { code: code.into(), detail: detail.into() };
        self.tell(&FromStudy::Failed(failure));
    }

    /// Seconds on the worker's own clock.
    fn now(&self) -> f64 {
        now(&self.page)
    }
}

fn now(page: &DedicatedWorkerGlobalScope) -> f64 {
    page.performance().map_or(0.0, |p| p.now() / 1000.0)
}
