//! The desk: what every view needs at hand, and what each command does.

use crate::bridge::{Bridge, file_name};
use crate::commands::Command;
use crate::presets::{self, PRESETS};
use crate::screen::Camera;
use crate::state::{Pane, State, Tool, Window};
use crate::words::{self, Text};
use crate::{saving, snapshot};
use leptos::html;
use leptos::prelude::*;
use stones::Stone;
use stones::findings::Label;
use volume::Plane;

#[derive(Clone, Copy)]
pub struct Desk {
    pub state: State,
    pub bridge: Bridge,
    pub files: NodeRef<html::Input>,
    pub folder: NodeRef<html::Input>,
    /// For findings that were saved.
    pub findings: NodeRef<html::Input>,
}

impl Desk {
    pub fn new() -> Self {
        let state = State::new();
        let (files, folder, findings) = (NodeRef::new(), NodeRef::new(), NodeRef::new());
        Self { state, bridge: Bridge::new(state), files, folder, findings }
    }

    /// The desk of the page that a view stands on.
    pub fn at_hand() -> Self {
        expect_context()
    }

    /// A text that follows the language.
    pub fn say(self, text: Text) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || text.to(self.state.language.get())
    }

    pub fn run(self, command: Command) {
        let state = self.state;
        match command {
            Command::OpenFiles => click(self.files),
            Command::OpenFolder => click(self.folder),
            Command::CloseStudy => self.bridge.close(),
            Command::Predict => self.bridge.predict(),
            Command::Cancel => self.cancel(),
            Command::Pan => state.tool.set(Tool::Pan),
            Command::Zoom => state.tool.set(Tool::Zoom),
            Command::Scroll => state.tool.set(Tool::Scroll),
            Command::Window => state.tool.set(Tool::Window),
            Command::Reset => self.reset(),
            Command::Previous => self.step(self.active(), -1),
            Command::Next => self.step(self.active(), 1),
            Command::BackTen => self.step(self.active(), -10),
            Command::OnTen => self.step(self.active(), 10),
            Command::First => self.go(self.active(), 0),
            Command::Last => self.go(self.active(), usize::MAX),
            Command::ZoomIn => self.magnify(1.25),
            Command::ZoomOut => self.magnify(0.8),
            Command::VisibleAll => self.show_all(state.all_hidden.get_untracked()),
            Command::HidePatientText => state.patient_text.update(|shown| *shown = !*shown),
            Command::Crosshair => state.crosshair.update(|shown| *shown = !*shown),
            Command::Enlarge => self.enlarge(self.active()),
            Command::NextFinding => self.step_finding(1),
            Command::PreviousFinding => self.step_finding(-1),
            Command::Accept => self.on_chosen(Self::accept),
            Command::Reject => self.on_chosen(Self::reject),
            Command::UndoReview => self.undo_review(),
            Command::Preset(number) => {
                if let Some((_, window)) = PRESETS.get(number) {
                    self.window(*window);
                }
            }
            Command::FilePreset(number) => {
                let windows = state.facts.with_untracked(|f| f.as_ref().map(presets::of_file));
                if let Some((_, window)) = windows.unwrap_or_default().get(number) {
                    self.set_window(*window);
                }
            }
            Command::Save(file) => self.bridge.save(file),
            Command::SavePicture => self.save_picture(),
            Command::LoadFindings => click(self.findings),
            Command::Summary => self.bridge.summarize(),
            Command::Facts => state.facts_open.update(|open| *open = !*open),
            Command::Tags => self.bridge.ask_tags(),
            Command::Trust => state.trust.update(|open| *open = !*open),
            Command::Help => state.help.update(|open| *open = !*open),
        }
    }

    /// Whether a command can do anything now.
    pub fn can(self, command: Command) -> bool {
        let state = self.state;
        let shown = || state.showing.with(Option::is_some);
        match command {
            Command::OpenFiles | Command::OpenFolder | Command::Help | Command::Trust => true,
            Command::HidePatientText | Command::Crosshair => true,
            Command::Pan | Command::Zoom | Command::Scroll | Command::Window => true,
            Command::CloseStudy => state.open.get(),
            Command::Cancel => state.busy.with(Option::is_some),
            Command::FilePreset(number) => state
                .facts
                .with(|facts| facts.as_ref().is_some_and(|facts| facts.windows.len() > number)),
            Command::Predict => {
                shown() && state.busy.with(|busy| !busy.is_some_and(|b| b.searches()))
            }
            Command::Save(file) if file.needs_findings() => self.has_found(),
            Command::Summary => self.has_found(),
            Command::VisibleAll | Command::NextFinding | Command::PreviousFinding => {
                state.found.with(|found| found.as_ref().is_some_and(|f| f.shown().next().is_some()))
            }
            Command::Accept | Command::Reject => {
                state.found.with(Option::is_some)
                    && state.busy.with(|busy| !busy.is_some_and(|b| b.searches()))
            }
            Command::UndoReview => state.reviewed.with(|all| !all.is_empty()),
            _ => shown(),
        }
    }

    /// Whether a command is a choice, and chosen.
    pub fn pressed(self, command: Command) -> Option<bool> {
        let tool = |tool| Some(self.state.tool.get() == tool);
        match command {
            Command::Pan => tool(Tool::Pan),
            Command::Zoom => tool(Tool::Zoom),
            Command::Scroll => tool(Tool::Scroll),
            Command::Window => tool(Tool::Window),
            Command::VisibleAll => Some(!self.state.all_hidden.get()),
            Command::HidePatientText => Some(!self.state.patient_text.get()),
            Command::Crosshair => Some(self.state.crosshair.get()),
            Command::Enlarge => Some(self.state.alone.get().is_some()),
            _ => None,
        }
    }

    /// Whether a search has come to its end, or was ended.
    fn has_found(self) -> bool {
        let searches = self.state.busy.get().is_some_and(|busy| busy.searches());
        !searches && self.state.found.with(Option::is_some)
    }

    fn save_picture(self) {
        let state = self.state;
        let note = words::DISCLAIMER.to(state.language.get_untracked());
        let patient = state.patient_in_picture.get_untracked();
        if let Some(picture) = snapshot::of(self.active(), patient, note) {
            let series = state.corner.with_untracked(|corner| corner.series_number);
            saving::picture(file_name(series, "picture.png"), &picture);
        }
    }

    /// The plane that slices are stepped in.
    fn active(self) -> Plane {
        self.state.active.get_untracked()
    }

    /// What lies on top goes first: a sheet, the panel of facts while nothing goes on, what goes on.
    fn cancel(self) {
        let state = self.state;
        let idle = state.busy.with_untracked(Option::is_none);
        if state.tags.with_untracked(Option::is_some) {
            state.tags.set(None);
        } else if state.trust.get_untracked() {
            state.trust.set(false);
        } else if state.help.get_untracked() {
            state.help.set(false);
        } else if state.facts_open.get_untracked() && idle {
            state.facts_open.set(false);
        } else {
            self.bridge.cancel();
        }
    }

    /// Closes the study and forgets what the browser was told to remember.
    pub fn forget_all(self) {
        self.bridge.close();
        crate::memory::forget_all();
        self.state.back_to_defaults();
    }

    pub fn step(self, plane: Plane, by: isize) {
        let index = untrack(|| self.state.pane(plane).index());
        self.go(plane, index.saturating_add_signed(by));
    }

    pub fn go(self, plane: Plane, index: usize) {
        let pane = self.state.pane(plane);
        let last = untrack(|| pane.count()).saturating_sub(1);
        let index = index.min(last);
        if untrack(|| pane.card.with(Option::is_some) && pane.index() != index) {
            pane.asked.set(Some(index));
            self.bridge.show(plane, index);
        }
    }

    pub fn window(self, window: Window) {
        self.set_window(window.clamped());
    }

    /// A window as it stands, in fractions too.
    pub fn set_window(self, window: Window) {
        self.state.window.set(window);
        self.bridge.window(window);
    }

    fn reset(self) {
        for plane in Plane::ALL {
            self.state.pane(plane).camera.set(Camera::default());
        }
        self.window(Window::START);
    }

    fn magnify(self, factor: f64) {
        let Pane { camera, .. } = self.state.pane(self.active());
        camera.update(|camera| camera.zoom = crate::screen::within(camera.zoom * factor));
    }

    pub fn enlarge(self, plane: Plane) {
        self.state.active.set(plane);
        self.state.alone.update(|alone| {
            *alone = if alone.is_some() { None } else { Some(plane) };
        });
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
        self.state.chosen.set(Some(stone));
        self.bridge.jump(stone);
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
            self.state.reviewed.update(|all| all.push((stone, before)));
        }
    }

    fn undo_review(self) {
        let last = self.state.reviewed.try_update(Vec::pop).flatten();
        if let Some((stone, before)) = last {
            self.set_review(stone, before);
        }
    }

    /// Gives what stood there before; `None` where there is no such stone.
    fn set_review(self, stone: u32, label: Option<Label>) -> Option<Option<Label>> {
        let before = self.state.found.try_update(|found| {
            let stones = &mut found.as_mut()?.findings.stones;
            let stone = stones.iter_mut().find(|of| of.id == stone)?;
            Some(std::mem::replace(&mut stone.review, label))
        });
        self.bridge.review(stone, label);
        before.flatten()
    }

    fn on_chosen(self, act: fn(Self, u32)) {
        if let Some(stone) = self.state.chosen.get_untracked() {
            act(self, stone);
        }
    }

    fn step_finding(self, by: isize) {
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

fn click(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}
