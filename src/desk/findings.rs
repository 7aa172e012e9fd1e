//! What a person does with the findings: threshold, visibility, steps, the word on a stone.

use super::Desk;
use crate::labelling::Done;
use crate::state::{Found, Window};
use leptos::prelude::*;
use stones::Stone;
use stones::findings::Label;

/// Narrow, so that the stone's edge is where half of its density is.
const HALF_MAXIMUM_WIDTH: f64 = 100.0;

impl Desk {
    /// Counts findings from this score on. They are numbered anew: what was hidden by its number is seen again.
    pub fn set_threshold(self, least: Option<f64>) {
        let state = self.state;
        state.threshold.set(least);
        state.chosen.set(None);
        state.labelling.forget_reviews();
        if !state.all_hidden.get_untracked() {
            self.show_all(true);
        }
        self.bridge.threshold(least);
    }

    pub fn show_all(self, visible: bool) {
        let state = self.state;
        state.all_hidden.set(!visible);
        state.hidden.set(match (visible, state.found.get_untracked()) {
            (false, Some(found)) => found.shown().map(|stone| stone.id).collect(),
            _ => Default::default(),
        });
        self.bridge.set_visible(None, visible);
    }

    pub fn show_one(self, stone: u32, visible: bool) {
        let state = self.state;
        state.hidden.update(|hidden| {
            if visible {
                hidden.remove(&stone);
            } else {
                hidden.insert(stone);
            }
        });
        let stones = state.found.with_untracked(|f| f.as_ref().map_or(0, |f| f.shown().count()));
        state.all_hidden.set(state.hidden.with_untracked(|hidden| hidden.len() >= stones));
        self.bridge.set_visible(Some(stone), visible);
    }

    pub fn go_to_finding(self, stone: u32) {
        let state = self.state;
        state.chosen.set(Some(stone));
        self.bridge.jump(stone);
        if let Some(centre) = self.stone(stone).and_then(|stone| stone.center_mm) {
            self.look_at(centre.into());
        }
        bring_into_sight();
    }

    pub(super) fn stone(self, id: u32) -> Option<Stone> {
        self.state.found.with_untracked(|found| found.as_ref()?.stone(id).cloned())
    }

    /// The window whose middle is half of the highest HU of the stone gone to: its size is judged best in it.
    pub(super) fn half_maximum(self) {
        let stone = self.state.chosen.get_untracked().and_then(|chosen| self.stone(chosen));
        if let Some(hu) = stone.and_then(|stone| stone.hu_max) {
            self.window(Window::linear(hu / 2.0, HALF_MAXIMUM_WIDTH));
        }
    }

    /// Findings in the order of their list: those marked, or those rejected.
    pub fn listed(self, marked: bool) -> Vec<u32> {
        self.state.found.with(|found| {
            let stones = found.iter().flat_map(|found| &found.findings.stones);
            let mut stones: Vec<&Stone> = stones.filter(|s| s.is_shown() == marked).collect();
            self.state.order.get().sort(&mut stones);
            stones.into_iter().map(|stone| stone.id).collect()
        })
    }

    /// The model was right; or wrong to reject it. What it was called by a person stays.
    pub fn accept(self, stone: u32) {
        let label = |stone: &Stone| match (stone.review, stone.label) {
            (None | Some(Label::Rejected), Label::Rejected) => Label::Stone,
            (None | Some(Label::Rejected), label) => label,
            (Some(label), _) => label,
        };
        let found = self.state.found;
        let label = found.with_untracked(|found| Some(label(found.as_ref()?.stone(stone)?)));
        self.review(stone, label);
    }

    pub fn reject(self, stone: u32) {
        self.review(stone, Some(Label::Rejected));
    }

    pub fn review(self, stone: u32, label: Option<Label>) {
        let before = self.set_review(stone, label);
        if let Some(before) = before.filter(|before| *before != label) {
            self.state.labelling.did(Done::Review { stone, before, after: label });
        }
    }

    /// Gives what stood there before; `None` where there is no such stone.
    pub(crate) fn set_review(self, stone: u32, label: Option<Label>) -> Option<Option<Label>> {
        let changed = self.state.found.try_update(|found| {
            let stones = &mut found.as_mut()?.findings.stones;
            let stone = stones.iter_mut().find(|of| of.id == stone)?;
            Some((stone.bounds_voxel, std::mem::replace(&mut stone.review, label)))
        });
        let (bounds, before) = changed.flatten()?;
        // What is said of a drawing is kept with it.
        let is_said = |of: &Stone| of.review.is_some() && of.drawn.is_none();
        let reviewed = |found: &Found| found.findings.stones.iter().any(is_said);
        let any = self.state.found.with_untracked(|found| found.as_ref().is_some_and(reviewed));
        self.state.labelling.reviewed.set(any);
        self.bridge.review(bounds, label);
        Some(before)
    }

    pub(super) fn on_chosen(self, act: fn(Self, u32)) {
        if let Some(stone) = self.state.chosen.get_untracked() {
            act(self, stone);
        }
    }

    pub(super) fn step_finding(self, by: isize) {
        let ids = untrack(|| self.listed(true));
        let chosen = self.state.chosen.get_untracked();
        let at = chosen.and_then(|chosen| ids.iter().position(|id| *id == chosen));
        let next = match (at, by > 0) {
            (Some(at), _) => at as isize + by,
            (None, true) => 0,
            (None, false) => -1,
        };
        let len = ids.len() as isize;
        if let Some(id) = next.checked_rem_euclid(len).and_then(|at| ids.get(at as usize)) {
            self.go_to_finding(*id);
        }
    }
}

/// On a narrow screen the list lies below the pictures, and the page is scrolled to it.
fn bring_into_sight() {
    let panes = || {
        let window = web_sys::window()?;
        let height = window.inner_height().ok()?.as_f64()?;
        Some((height, window.document()?.query_selector(".panes").ok()??))
    };
    if let Some((height, panes)) = panes() {
        let rect = panes.get_bounding_client_rect();
        if rect.top() < 0.0 || rect.bottom() > height {
            panes.scroll_into_view();
        }
    }
}
