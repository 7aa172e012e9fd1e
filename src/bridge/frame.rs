//! Wishes about the view: the newest of each kind goes to the study worker, once per frame. What the worker tells of the
//! pictures is taken then, too, so that a frame is laid out once.

use super::{Bridge, Inner};
use crate::state::Window;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use volume::{Plane, Region};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use workers::messages::{Brush, Draw, Pictures, ToStudy};

#[derive(Default)]
pub struct Frame {
    shows: RefCell<Vec<(Plane, usize)>>,
    point: Cell<Option<(Plane, [f64; 2])>>,
    turn: Cell<Option<(Plane, f64)>>,
    window: Cell<Option<Window>>,
    threshold: Cell<Option<Option<f64>>>,
    /// Where the brush went.
    stroke: RefCell<Option<Stroke>>,
    told: RefCell<Vec<Pictures>>,
    scheduled: Cell<bool>,
    /// A question is under way; the next waits for its answer.
    asking: Cell<bool>,
    hover: Cell<Option<(Plane, [f64; 2])>>,
    /// A region is being measured; the newest of each mark waits.
    measuring: Cell<bool>,
    measures: RefCell<BTreeMap<u32, Region>>,
}

struct Stroke {
    plane: Plane,
    points: Vec<[f64; 2]>,
    brush: Brush,
}

impl Frame {
    pub fn show(&self, bridge: &Bridge, plane: Plane, index: usize) {
        let mut shows = self.shows.borrow_mut();
        shows.retain(|(other, _)| *other != plane);
        shows.push((plane, index));
        drop(shows);
        self.schedule(&bridge.inner());
    }

    pub fn point(&self, bridge: &Bridge, plane: Plane, at: [f64; 2]) {
        // Whoever points goes there, whatever slice was wished for before.
        self.shows.borrow_mut().clear();
        self.point.set(Some((plane, at)));
        self.schedule(&bridge.inner());
    }

    pub fn turn(&self, bridge: &Bridge, plane: Plane, radians: f64) {
        let before = self.turn.get().filter(|(other, _)| *other == plane).map_or(0.0, |(_, by)| by);
        self.turn.set(Some((plane, before + radians)));
        self.schedule(&bridge.inner());
    }

    pub fn stroke(&self, bridge: &Bridge, plane: Plane, at: [f64; 2], brush: Brush) {
        let mut stroke = self.stroke.borrow_mut();
        stroke.get_or_insert(Stroke { plane, points: Vec::new(), brush }).points.push(at);
        drop(stroke);
        self.schedule(&bridge.inner());
    }

    /// The points that were not sent yet.
    pub fn lifted(&self) -> Option<Vec<[f64; 2]>> {
        self.stroke.take().map(|stroke| stroke.points)
    }

    pub fn threshold(&self, bridge: &Bridge, least: Option<f64>) {
        self.threshold.set(Some(least));
        self.schedule(&bridge.inner());
    }

    pub fn window(&self, bridge: &Bridge, window: Window) {
        self.window.set(Some(window));
        self.schedule(&bridge.inner());
    }

    pub fn hover(&self, bridge: &Bridge, plane: Plane, at: [f64; 2]) {
        if self.asking.replace(true) {
            self.hover.set(Some((plane, at)));
        } else {
            bridge.inner().post(ToStudy::Hover { plane, u: at[0], v: at[1] }, &[], &[]);
        }
    }

    /// Something is told that the next frame is early enough for.
    pub fn later(&self, inner: &Rc<Inner>, told: Pictures) {
        self.told.borrow_mut().push(told);
        self.schedule(inner);
    }

    pub fn told(&self) -> Vec<Pictures> {
        self.told.take()
    }

    /// The answer to a question is here; gives the place to ask for next.
    pub fn answered(&self) -> Option<(Plane, [f64; 2])> {
        let next = self.hover.take();
        self.asking.set(next.is_some());
        next
    }

    /// Gives the region back if it can be asked for at once.
    pub fn measure(&self, mark: u32, region: Region) -> Option<Region> {
        if self.measuring.replace(true) {
            self.measures.borrow_mut().insert(mark, region);
            return None;
        }
        Some(region)
    }

    /// A region is measured; gives the next.
    pub fn measured(&self) -> Option<(u32, Region)> {
        let next = self.measures.borrow_mut().pop_first();
        self.measuring.set(next.is_some());
        next
    }

    /// Forgets the wishes about a study that has ended.
    pub fn forget(&self) {
        self.shows.borrow_mut().clear();
        self.point.set(None);
        self.turn.set(None);
        self.stroke.take();
        self.window.set(None);
        self.threshold.set(None);
        self.told.take();
        self.asking.set(false);
        self.hover.set(None);
        self.measuring.set(false);
        self.measures.borrow_mut().clear();
    }

    fn schedule(&self, inner: &Rc<Inner>) {
        if self.scheduled.replace(true) {
            return;
        }
        let inner = inner.clone();
        let send = Closure::once_into_js(move |_: JsValue| {
            let frame = &inner.frame;
            frame.scheduled.set(false);
            inner.catch_up();
            if let Some((plane, [u, v])) = frame.point.take() {
                inner.post(ToStudy::Point { plane, u, v }, &[], &[]);
            }
            if let Some((plane, radians)) = frame.turn.take() {
                inner.post(ToStudy::Turn { plane, radians }, &[], &[]);
            }
            for (plane, index) in frame.shows.take() {
                inner.post(ToStudy::Show { plane, index }, &[], &[]);
            }
            if let Some(Stroke { plane, points, brush }) = frame.stroke.take() {
                let act = Draw::Stroke { plane, points, brush, last: false };
                inner.post(ToStudy::Draw(act), &[], &[]);
            }
            if let Some(least) = frame.threshold.take() {
                inner.post(ToStudy::Threshold { least }, &[], &[]);
            }
            if let Some(Window { centre, width, function }) = frame.window.take() {
                inner.post(ToStudy::Window { centre, width, function }, &[], &[]);
            }
        });
        let asked = web_sys::window().map(|w| w.request_animation_frame(send.unchecked_ref()));
        if !matches!(asked, Some(Ok(_))) {
            self.scheduled.set(false);
        }
    }
}
