//! Wishes about the view: the newest of each kind goes to the study worker, once per frame.

use super::Bridge;
use crate::state::Window;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use volume::{Plane, Region};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use workers::messages::{Brush, Draw, ToStudy};

#[derive(Default)]
pub struct Frame {
    shows: RefCell<Vec<(Plane, usize)>>,
    point: Cell<Option<(Plane, [f64; 2])>>,
    turn: Cell<Option<(Plane, f64)>>,
    window: Cell<Option<Window>>,
    threshold: Cell<Option<Option<f64>>>,
    /// Where the brush went.
    stroke: RefCell<Option<Stroke>>,
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
        self.schedule(bridge);
    }

    pub fn point(&self, bridge: &Bridge, plane: Plane, at: [f64; 2]) {
        // Whoever points goes there, whatever slice was wished for before.
        self.shows.borrow_mut().clear();
        self.point.set(Some((plane, at)));
        self.schedule(bridge);
    }

    pub fn turn(&self, bridge: &Bridge, plane: Plane, radians: f64) {
        let before = self.turn.get().filter(|(other, _)| *other == plane).map_or(0.0, |(_, by)| by);
        self.turn.set(Some((plane, before + radians)));
        self.schedule(bridge);
    }

    pub fn stroke(&self, bridge: &Bridge, plane: Plane, at: [f64; 2], brush: Brush) {
        let mut stroke = self.stroke.borrow_mut();
        stroke.get_or_insert(Stroke { plane, points: Vec::new(), brush }).points.push(at);
        drop(stroke);
        self.schedule(bridge);
    }

    /// The points that were not sent yet.
    pub fn lifted(&self) -> Option<Vec<[f64; 2]>> {
        self.stroke.take().map(|stroke| stroke.points)
    }

    pub fn threshold(&self, bridge: &Bridge, least: Option<f64>) {
        self.threshold.set(Some(least));
        self.schedule(bridge);
    }

    pub fn window(&self, bridge: &Bridge, window: Window) {
        self.window.set(Some(window));
        self.schedule(bridge);
    }

    pub fn hover(&self, bridge: &Bridge, plane: Plane, at: [f64; 2]) {
        if self.asking.replace(true) {
            self.hover.set(Some((plane, at)));
        } else {
            bridge.inner().post(ToStudy::Hover { plane, u: at[0], v: at[1] }, &[], &[]);
        }
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
        self.asking.set(false);
        self.hover.set(None);
        self.measuring.set(false);
        self.measures.borrow_mut().clear();
    }

    fn schedule(&self, bridge: &Bridge) {
        if self.scheduled.replace(true) {
            return;
        }
        let inner = bridge.inner();
        let send = Closure::once_into_js(move |_: JsValue| {
            let frame = &inner.frame;
            frame.scheduled.set(false);
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
