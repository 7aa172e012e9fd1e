//! Wishes about the view: the newest of each kind goes to the study worker, once per frame.

use super::Bridge;
use crate::state::Window;
use std::cell::{Cell, RefCell};
use volume::Plane;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use workers::messages::ToStudy;

#[derive(Default)]
pub struct Frame {
    shows: RefCell<Vec<(Plane, usize)>>,
    window: Cell<Option<Window>>,
    scheduled: Cell<bool>,
    /// A question is under way; the next waits for its answer.
    asking: Cell<bool>,
    hover: Cell<Option<(Plane, [f64; 2])>>,
}

impl Frame {
    pub fn show(&self, bridge: &Bridge, plane: Plane, index: usize) {
        let mut shows = self.shows.borrow_mut();
        shows.retain(|(other, _)| *other != plane);
        shows.push((plane, index));
        drop(shows);
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

    /// Forgets the wishes about a study that has ended.
    pub fn forget(&self) {
        self.shows.borrow_mut().clear();
        self.window.set(None);
        self.asking.set(false);
        self.hover.set(None);
    }

    fn schedule(&self, bridge: &Bridge) {
        if self.scheduled.replace(true) {
            return;
        }
        let inner = bridge.inner();
        let send = Closure::once_into_js(move |_: JsValue| {
            let frame = &inner.frame;
            frame.scheduled.set(false);
            for (plane, index) in frame.shows.take() {
                inner.post(ToStudy::Show { plane, index }, &[], &[]);
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
