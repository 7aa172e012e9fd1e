//! The study worker's answers, into the page's state.

use super::Inner;
use crate::labelling::Done;
use crate::state::{Busy, Found, Progress, Thumbnail, TooLarge, Under, Window};
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use std::rc::Rc;
use volume::Plane;
use wasm_bindgen::{JsCast, JsValue};
use workers::messages::{
    Failure, FromStudy, Goes, NotLoaded, Painted, Pictures, PlaneCard, Shown, ToStudy,
};

impl Inner {
    pub fn take(self: &Rc<Self>, message: FromStudy, attachments: Vec<JsValue>) {
        if !matches!(message, FromStudy::Pictures(_)) {
            // All in the order in which it was told.
            self.catch_up();
        }
        let state = &self.state;
        match message {
            FromStudy::Ready | FromStudy::Grown { .. } => {}
            FromStudy::Scanning { seen, of } => self.scanning(seen, of),
            FromStudy::Opened { series, picked, not_loaded } => {
                let nothing = series.is_empty().then(|| why_nothing(&not_loaded));
                state.series.set(series);
                state.picked.set(picked);
                state.not_loaded.set(not_loaded);
                state.busy.set(None);
                state.failure.set(state.pacs.incomplete.get_untracked());
                if let Some(code) = nothing {
                    state.forget_series();
                    self.fail(code, "");
                }
            }
            FromStudy::Glimpse(card) => state.pane(card.plane).glimpse.set(Some(*card)),
            FromStudy::Showing(shown) => {
                self.stopped.set(false);
                let glimpses = Plane::ALL.map(|plane| state.pane(plane).glimpse.get_untracked());
                state.forget_series();
                for card in glimpses.into_iter().flatten().filter(|_| shown.glimpsed) {
                    state.pane(card.plane).glimpse.set(Some(card));
                }
                self.choose_room(&shown.planes);
                self.showing(*shown);
                let Window { centre, width, function } = Window::START;
                self.post(ToStudy::Window { centre, width, function }, &[], &[]);
            }
            FromStudy::Checked { series, shown, not_loaded } => {
                state.series.set(series);
                state.not_loaded.set(not_loaded);
                self.showing(*shown);
                self.measure_again();
            }
            FromStudy::TooLarge { series, need } => {
                state.forget_series();
                state.too_large.set(Some(TooLarge { series, need }));
                state.busy.set(None);
            }
            FromStudy::Thumbnail { series, width, height } => {
                let buffer = attachments.into_iter().next().map(|a| a.dyn_into::<ArrayBuffer>());
                if let Some(Ok(buffer)) = buffer {
                    let rgba = Uint8Array::new(&buffer).to_vec();
                    let thumbnail = Thumbnail { width, height, rgba };
                    state.thumbnails.update(|all| drop(all.insert(series, thumbnail)));
                }
            }
            FromStudy::Loading { loaded, of } => self.loading(loaded, of),
            FromStudy::NotLoaded { not_loaded } => state.not_loaded.set(not_loaded),
            FromStudy::Strips(strips) => {
                for strip in strips {
                    state.pane(strip.plane).strip.set(Some(strip));
                }
            }
            FromStudy::WantsDecoder => self.enlist_decoder(),
            FromStudy::Tags { listed } => state.tags.set(Some(listed)),
            FromStudy::Planes { planes } => {
                for card in planes {
                    let pane = state.pane(card.plane);
                    pane.card.set(Some(card));
                }
            }
            FromStudy::Pictures(told) => {
                if matches!(told, Pictures::Under { .. })
                    && let Some((plane, [u, v])) = self.frame.answered()
                {
                    self.post(ToStudy::Hover { plane, u, v }, &[], &[]);
                }
                self.frame.later(self, told);
            }
            FromStudy::Measured { mark, statistics } => {
                state.change_marks(|marks| {
                    if let Some(mark) = marks.get_mut(mark) {
                        mark.statistics = statistics;
                    }
                });
                if let Some((mark, region)) = self.frame.measured() {
                    self.post(ToStudy::Measure { mark, region }, &[], &[]);
                }
            }
            FromStudy::Predicting { done, of, seconds_left } => {
                if matches!(self.busy(), Some(Busy::FetchingModel | Busy::Predicting(_))) {
                    state.busy.set(Some(Busy::Predicting(Progress { done, of, seconds_left })));
                }
            }
            FromStudy::Found { findings, seen_slices, of } => {
                state.found.set(Some(Found { findings: *findings, seen_slices, of }));
            }
            FromStudy::Drawn(told) => {
                if told.acted {
                    state.labelling.did(Done::Drawn);
                }
                state.labelling.told.set(told);
            }
            FromStudy::Kept(kept) => state.labelling.kept.set(kept),
            FromStudy::Searched => {
                if matches!(self.busy(), Some(Busy::Predicting(_))) {
                    state.busy.set(None);
                }
            }
            FromStudy::Unfit { detail } => {
                if matches!(self.busy(), Some(Busy::FetchingModel | Busy::Predicting(_))) {
                    self.take_next_route(&detail);
                }
            }
            FromStudy::ModelChecked { offer, card } => self.model_checked(offer, *card),
            FromStudy::GraphicsLeft => self.dismiss_graphics(),
            FromStudy::Saved { file, to: Goes::Home } => self.saved(file, attachments),
            FromStudy::Saved { file, to: Goes::ToPacs } => self.packed(file, attachments),
            FromStudy::KeyImages { images } => self.summarized(images, attachments),
            FromStudy::Layers { plane, sizes } => self.pictured(plane, sizes, attachments),
            FromStudy::Lent { paths } => self.lend(paths, &attachments),
            FromStudy::Failed(failure) if state.pacs.not_packed(&failure) => {}
            FromStudy::Failed(Failure { code, detail }) => self.fail(&code, detail),
        }
    }

    /// Takes what was told of the pictures since the last frame.
    pub fn catch_up(&self) {
        let state = &self.state;
        for told in self.frame.told() {
            match told {
                Pictures::Painted { centre, width, planes } => {
                    change(state.painted_in, Some([width, centre]));
                    planes.into_iter().for_each(|painted| self.painted(painted));
                }
                Pictures::Under { plane, hu, patient_mm } => {
                    change(state.under, hu.map(|hu| Under { plane, hu, patient_mm }));
                }
            }
        }
    }

    fn showing(&self, shown: Shown) {
        let Shown { series, glimpsed: _, part, planes, corner, warnings, facts } = shown;
        let state = &self.state;
        state.showing.set(Some(series));
        state.part.set(Some(part));
        state.corner.set(corner);
        state.warnings.set(warnings);
        state.facts.set(Some(facts));
        for plane in Plane::ALL {
            let card = planes.iter().find(|card| card.plane == plane).cloned();
            state.pane(plane).card.set(card);
        }
    }

    /// Slices have come since regions were measured.
    fn measure_again(&self) {
        let regions: Vec<_> = self.state.read_marks(|marks| {
            marks.list.iter().filter_map(|mark| Some((mark.id, mark.region()?))).collect()
        });
        for (mark, region) in regions {
            self.measure(mark, region);
        }
    }

    /// A series that has one plane only shows it in the whole room.
    fn choose_room(&self, planes: &[PlaneCard]) {
        if let [only] = planes {
            self.state.active.set(only.plane);
            self.state.alone.set(Some(only.plane));
        }
    }

    fn busy(&self) -> Option<Busy> {
        self.state.busy.get_untracked()
    }

    fn scanning(&self, done: usize, of: usize) {
        if matches!(self.busy(), Some(Busy::Scanning(_))) {
            let progress = Progress { done, of, seconds_left: None };
            self.state.busy.set(Some(Busy::Scanning(progress)));
        }
    }

    fn loading(&self, done: usize, of: usize) {
        let progress = Progress { done, of, seconds_left: None };
        self.state.loaded.set((of > 0).then_some(progress));
        if of == 0 {
            return self.fail("nothing_loaded", "");
        }
        match self.busy() {
            None | Some(Busy::Scanning(_) | Busy::Loading(_)) => {
                let going_on = done < of && !self.stopped.get();
                self.state.busy.set(going_on.then_some(Busy::Loading(progress)));
            }
            Some(Busy::Retrieving(_) | Busy::FetchingModel | Busy::Predicting(_)) => {}
        }
    }

    fn painted(&self, painted: Painted) {
        let pane = self.state.pane(painted.plane);
        if pane.asked.get_untracked() == Some(painted.index) {
            pane.asked.set(None);
        }
        let plane = painted.plane;
        change(pane.painted, Some(painted));
        change(pane.glimpse, None);
        self.state.bring_into_view(plane);
    }
}

/// Sets what has changed: whoever reads it is told of nothing else.
fn change<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, to: T) {
    if signal.with_untracked(|now| *now != to) {
        signal.set(to);
    }
}

/// Code of the failure to find any image.
fn why_nothing(not_loaded: &[NotLoaded]) -> &'static str {
    let directory = |file: &NotLoaded| file.code == "dicomdir";
    if !not_loaded.is_empty() && not_loaded.iter().all(directory) {
        "only_dicomdir"
    } else {
        "nothing_to_show"
    }
}
