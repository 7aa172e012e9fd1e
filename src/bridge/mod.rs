//! The bridge to the workers: starts them, joins them, speaks to the study worker and hears its answers.
//!
//! * [`running`]: one worker
//! * [`asked`]: what goes over the network, and for whom
//! * [`beside`]: a second study, with workers of its own
//! * [`crew`]: the decode workers, the infer workers: replaced when they trap or are stopped
//! * [`line`]: the study worker, and what waits for it to be ready
//! * [`frame`]: wishes about the view, the newest of each once per frame
//! * [`inbox`]: the study worker's answers into the page's state
//! * [`model`]: the network's files
//! * [`own_model`]: a network that a person brings
//! * [`saving`]: files and key images that a person asks for
//! * [`graphics`]: the infer worker on the GPU
//! * [`pacs`]: errands to the PACS, where the site names one

mod asked;
mod beside;
mod crew;
mod frame;
mod graphics;
mod inbox;
mod line;
mod model;
mod own_model;
mod pacs;
mod running;
mod saving;

pub use asked::Requests;
pub use graphics::has_webgpu;

use crate::files::Chosen;
use crate::labelling::may_leave;
use crate::offline;
use crate::requests;
use crate::state::{Busy, Progress, State, Window};
use crate::statics::{Compiled, Static, Statics};
use crew::{Crew, searchers};
use frame::Frame;
use leptos::prelude::*;
use leptos::task::spawn_local;
use line::Line;
use model::{Route, Searching};
use own_model::Offers;
use pacs::Errands;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use stones::findings::{Bounds, Label};
use volume::{DVec3, Depth, Part, Plane, Region};
use wasm_bindgen::JsValue;
use web_sys::HtmlCanvasElement;
use workers::messages::{Brush, Draw, Failure, Keep, Role, ToStudy};

/// A handle that views and commands copy about.
#[derive(Clone, Copy)]
pub struct Bridge(StoredValue<Rc<Inner>, LocalStorage>);

struct Inner {
    state: State,
    statics: Option<Statics>,
    program: RefCell<Option<Compiled>>,
    /// The program of decode workers that know every codec, once it is fetched.
    decoder: RefCell<Option<Compiled>>,
    line: RefCell<Line>,
    decoders: RefCell<Crew>,
    searchers: RefCell<Crew>,
    /// The one infer worker on the GPU, and whether a study has let it go.
    graphics: RefCell<Crew>,
    graphics_left: Cell<bool>,
    /// What the infer workers run, once they do; and what was fetched for it.
    route: Cell<Option<Route>>,
    fetched: RefCell<Option<(Route, Searching)>>,
    /// The network of the person's own, and one that is being checked.
    own: RefCell<Option<Searching>>,
    offered: Offers,
    frame: Frame,
    errands: RefCell<Errands>,
    /// Waits for files of this study.
    borrower: RefCell<Option<Rc<Inner>>>,
    /// Reading was stopped: what still comes in is no reason to look busy.
    stopped: Cell<bool>,
}

impl Bridge {
    pub fn new(state: State) -> Self {
        let cores =
            web_sys::window().map_or(2.0, |w| w.navigator().hardware_concurrency()) as usize;
        Self::with_crews(state, cores.clamp(2, 8), searchers(cores))
    }

    fn with_crews(state: State, decoders: usize, searchers: usize) -> Self {
        Self(StoredValue::new_local(Rc::new(Inner {
            state,
            statics: Statics::of_this_page(),
            program: RefCell::default(),
            decoder: RefCell::default(),
            line: RefCell::default(),
            decoders: RefCell::new(Crew::new(decoders)),
            searchers: RefCell::new(Crew::new(searchers)),
            graphics: RefCell::new(Crew::new(1)),
            graphics_left: Cell::new(false),
            route: Cell::default(),
            fetched: RefCell::default(),
            own: RefCell::default(),
            offered: Offers::default(),
            frame: Frame::default(),
            errands: RefCell::default(),
            borrower: RefCell::default(),
            stopped: Cell::new(false),
        })))
    }

    fn inner(&self) -> Rc<Inner> {
        self.0.get_value()
    }

    /// Compiles the workers' program and starts the workers, and fetches the network, before any file is chosen.
    pub fn boot(&self) {
        let (bridge, inner) = (*self, self.inner());
        let meeting = inner.clone();
        spawn_local(async move { meeting.meet_pacs(bridge).await });
        spawn_local(async move {
            let compiled = match &inner.statics {
                Some(statics) => statics.compile(Static::Worker).await,
                None => Err("the page does not name its files".into()),
            };
            match compiled {
                Ok(program) => {
                    *inner.program.borrow_mut() = Some(program);
                    inner.start_study();
                    inner.fetch_ahead().await;
                    inner.stand_ready();
                    if let Some(script) = inner.statics.as_ref().and_then(|s| s.offline.clone()) {
                        offline::keep(script, inner.state);
                    }
                }
                Err(detail) => inner.fail("not_started", detail),
            }
        });
    }

    /// What tells this build of the page from others.
    pub fn build(&self) -> Option<String> {
        self.inner().statics.as_ref().and_then(|statics| statics.build.clone())
    }

    pub fn has_demo(&self) -> bool {
        self.inner().statics.as_ref().is_some_and(|statics| statics.has(Static::Demo))
    }

    /// Gives a plane its canvases. A canvas is given once; a new study needs new ones.
    pub fn give_canvases(&self, plane: Plane, image: &HtmlCanvasElement, mask: &HtmlCanvasElement) {
        let (Ok(image), Ok(mask)) =
            (image.transfer_control_to_offscreen(), mask.transfer_control_to_offscreen())
        else {
            return self.inner().fail("no_offscreen_canvas", "");
        };
        let canvases = [JsValue::from(image), JsValue::from(mask)];
        self.inner().post(ToStudy::Canvas { plane }, &canvases, &canvases);
    }

    /// Opens files as a new study: the one before is forgotten, its worker ended. A network among them is taken as one.
    pub fn open(&self, files: Vec<Chosen>) {
        if own_model::is_network(&files) {
            return self.take_model(files);
        }
        let inner = self.inner();
        let state = inner.state;
        if files.is_empty() {
            return inner.fail("no_files", "");
        }
        if !may_leave(state) {
            return;
        }
        if state.open.get_untracked() {
            inner.start_anew();
        }
        inner.stopped.set(false);
        state.open.set(true);
        state.opened_at.set(Some(requests::now()));
        state.failure.set(None);
        inner.enlist_decoders();
        let of = files.len();
        state.busy.set(Some(Busy::Scanning(Progress { done: 0, of, seconds_left: None })));
        let (paths, blobs): (Vec<String>, Vec<JsValue>) =
            files.into_iter().map(|file| (file.path, JsValue::from(file.file))).unzip();
        inner.post(ToStudy::Open { paths, more: false }, &blobs, &[]);
    }

    /// Fetches the demonstration study and opens it.
    pub fn open_demo(&self) {
        let (bridge, inner) = (*self, self.inner());
        spawn_local(async move {
            let Some(statics) = &inner.statics else { return };
            match statics.bytes(Static::Demo).await {
                Ok(bytes) => bridge.open(Chosen::named("demo.zip", &bytes).into_iter().collect()),
                Err(detail) => inner.fail("no_demo", detail),
            }
        });
    }

    pub fn choose(&self, series: usize) {
        let inner = self.inner();
        if !may_leave(inner.state) {
            return;
        }
        inner.stopped.set(false);
        if inner.searches() {
            inner.stop_search();
        }
        if inner.state.prior.series.get_untracked() == Some(series) {
            inner.state.prior.series.set(None);
        }
        inner.state.forget_series();
        inner.post(ToStudy::Choose { series }, &[], &[]);
    }

    /// Reads a part of a series that does not fit as a whole.
    pub fn load(&self, series: usize, part: Part) {
        let inner = self.inner();
        inner.stopped.set(false);
        inner.state.too_large.set(None);
        inner.post(ToStudy::Load { series, part }, &[], &[]);
    }

    /// Ends the study: its workers and all their memory go. Tells whether the person let it.
    pub fn close(&self) -> bool {
        let inner = self.inner();
        if !may_leave(inner.state) {
            return false;
        }
        inner.start_anew();
        inner.state.open.set(false);
        inner.state.opened_at.set(None);
        inner.state.pacs.forget_search();
        true
    }

    /// Goes to a slice, with the next frame.
    pub fn show(&self, plane: Plane, index: usize) {
        let inner = self.inner();
        inner.state.lead();
        inner.frame.show(self, plane, index);
    }

    /// Sets the window, with the next frame.
    pub fn window(&self, window: Window) {
        self.inner().frame.window(self, window);
    }

    /// Moves the crosshair to a pixel of a plane, with the next frame.
    pub fn point(&self, plane: Plane, at: [f64; 2]) {
        let inner = self.inner();
        inner.state.lead();
        inner.state.forget_asked();
        inner.frame.point(self, plane, at);
    }

    pub fn hover(&self, plane: Plane, at: [f64; 2]) {
        self.inner().frame.hover(self, plane, at);
    }

    pub fn set_visible(&self, stone: Option<u32>, visible: bool) {
        self.inner().post(ToStudy::Visible { stone, visible }, &[], &[]);
    }

    pub fn jump(&self, stone: u32) {
        let inner = self.inner();
        inner.state.lead();
        inner.state.forget_asked();
        inner.post(ToStudy::Jump { stone }, &[], &[]);
    }

    /// Keeps a person's word on a stone in the study, known by what its mask spans.
    pub fn review(&self, of: Bounds, label: Option<Label>) {
        self.inner().post(ToStudy::Review { of, label }, &[], &[]);
    }

    pub fn draw(&self, act: Draw) {
        self.inner().post(ToStudy::Draw(act), &[], &[]);
    }

    pub fn keep(&self, keep: Keep) {
        self.inner().post(ToStudy::Keep(keep), &[], &[]);
    }

    /// The brush goes to a pixel, with the next frame.
    pub fn stroke(&self, plane: Plane, pixel: [f64; 2], brush: Brush) {
        self.inner().frame.stroke(self, plane, pixel, brush);
    }

    /// The brush is lifted.
    pub fn lift(&self, plane: Plane, brush: Brush) {
        let points = self.inner().frame.lifted().unwrap_or_default();
        self.draw(Draw::Stroke { plane, points, brush, last: true });
    }

    pub fn abandon_stroke(&self) {
        self.inner().frame.lifted();
        self.draw(Draw::Abandon);
    }

    /// Asks for the header of the slice shown.
    pub fn ask_tags(&self) {
        self.inner().post(ToStudy::Tags, &[], &[]);
    }

    /// Counts findings from this score on, with the next frame.
    pub fn threshold(&self, least: Option<f64>) {
        self.inner().frame.threshold(self, least);
    }

    /// Turns the other planes about this one's normal, with the next frame.
    pub fn turn(&self, plane: Plane, radians: f64) {
        self.inner().frame.turn(self, plane, radians);
    }

    pub fn straighten(&self) {
        self.inner().post(ToStudy::Straighten, &[], &[]);
    }

    pub fn depth(&self, plane: Plane, depth: Depth) {
        self.inner().post(ToStudy::Depth { plane, depth }, &[], &[]);
    }

    /// Moves all planes to a place.
    pub fn go(&self, place: DVec3) {
        self.inner().state.lead();
        self.follow(place);
    }

    /// Asks for the HU in the region of a mark.
    pub fn measure(&self, mark: u32, region: Region) {
        self.inner().measure(mark, region);
    }

    /// Stops what is going on; what was reached is kept.
    pub fn cancel(&self) {
        let inner = self.inner();
        match inner.state.busy.get_untracked() {
            Some(Busy::Retrieving(_)) => {
                if !inner.stop_retrieving() {
                    self.close();
                }
                return;
            }
            Some(Busy::Scanning(_) | Busy::Loading(_)) => {
                inner.stopped.set(true);
                inner.post(ToStudy::StopOpen, &[], &[]);
                inner.enlist(Role::Decode);
            }
            Some(Busy::FetchingModel | Busy::Predicting(_)) => inner.stop_search(),
            None => {}
        }
        inner.state.busy.set(None);
    }
}

impl Inner {
    fn fail(&self, code: &str, detail: impl Into<String>) {
        self.state.busy.set(None);
        self.state.failure.set(Some(Failure { code: code.into(), detail: detail.into() }));
    }

    fn post(&self, message: ToStudy, attachments: &[JsValue], moved: &[JsValue]) {
        self.line.borrow_mut().post(message, attachments, moved);
    }

    fn searches(&self) -> bool {
        self.state.busy.get_untracked().is_some_and(|busy| busy.searches())
    }

    /// What was found so far is kept.
    fn stop_search(&self) {
        if self.searches() {
            self.post(ToStudy::StopPredict, &[], &[]);
            self.state.busy.set(None);
        }
        self.dismiss_searchers();
    }

    fn measure(&self, mark: u32, region: Region) {
        if let Some(region) = self.frame.measure(mark, region) {
            self.post(ToStudy::Measure { mark, region }, &[], &[]);
        }
    }

    /// Ends the study and begins an empty one.
    fn start_anew(self: &Rc<Self>) {
        self.frame.forget();
        self.stop_errand();
        self.dismiss_searchers();
        self.state.forget_study();
        self.start_study();
    }
}
