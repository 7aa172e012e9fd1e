//! The desk: what every view needs at hand, and what each command does.

mod findings;

use crate::bridge::Bridge;
use crate::commands::{Command, Row};
use crate::marks::{Form, Marks};
use crate::presets::{self, PRESETS};
use crate::screen::{Camera, within};
use crate::state::{State, Tool, Window};
use crate::words::{self, Text};
use leptos::html;
use leptos::prelude::*;
use volume::{Depth, Outline, Plane};
use workers::messages::Failure;

#[derive(Clone, Copy)]
pub struct Desk {
    pub state: State,
    pub bridge: Bridge,
    pub files: NodeRef<html::Input>,
    pub folder: NodeRef<html::Input>,
    /// For findings that were saved.
    pub findings: NodeRef<html::Input>,
    /// For a network and its manifest.
    pub network: NodeRef<html::Input>,
    /// The desk of the study beside.
    pub beside: RwSignal<Option<Desk>>,
}

impl Desk {
    pub fn new() -> Self {
        let state = State::new();
        Self {
            state,
            bridge: Bridge::new(state),
            files: NodeRef::new(),
            folder: NodeRef::new(),
            findings: NodeRef::new(),
            network: NodeRef::new(),
            beside: RwSignal::new(None),
        }
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
            Command::OpenPacs => state.pacs.open.set(true),
            Command::CloseStudy => drop(self.bridge.close()),
            Command::Predict => self.bridge.predict(),
            Command::Cancel => self.cancel(),
            Command::Pan => state.tool.set(Tool::Pan),
            Command::Zoom => state.tool.set(Tool::Zoom),
            Command::Scroll => state.tool.set(Tool::Scroll),
            Command::Window => state.tool.set(Tool::Window),
            Command::Length => state.tool.set(Tool::Mark(Form::Length)),
            Command::Angle => state.tool.set(Tool::Mark(Form::Angle)),
            Command::Ellipse => state.tool.set(Tool::Mark(Form::Region(Outline::Ellipse))),
            Command::Rectangle => state.tool.set(Tool::Mark(Form::Region(Outline::Rectangle))),
            Command::Label => self.take_label(),
            Command::Draw(hand) => self.take_hand(hand),
            Command::Solid => state.labelling.solid.update(|solid| *solid = !*solid),
            Command::SmallerBrush => self.resize_brush(0.8),
            Command::LargerBrush => self.resize_brush(1.25),
            Command::Stamp => self.stamp(),
            Command::Undo if untrack(|| self.takes_back(false)) => self.take_back(false),
            Command::Redo if untrack(|| self.takes_back(true)) => self.take_back(true),
            Command::DeleteMark => self.delete_mark(),
            Command::Undo | Command::UndoMark => state.change_marks(Marks::undo),
            Command::Redo | Command::RedoMark => state.change_marks(Marks::redo),
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
            Command::LessFill => self.fill(-0.1),
            Command::MoreFill => self.fill(0.1),
            Command::Peek => state.peek.set(true),
            Command::NextDepth => self.next_depth(self.active()),
            Command::Thinner => self.thicken(self.active(), 0.5),
            Command::Thicker => self.thicken(self.active(), 2.0),
            Command::Kub => self.kub(),
            Command::Enlarge => self.enlarge(self.active()),
            Command::NextFinding => self.step_finding(1),
            Command::PreviousFinding => self.step_finding(-1),
            Command::Accept => self.on_chosen(Self::accept),
            Command::Reject => self.on_chosen(Self::reject),
            Command::UndoReview => self.take_back(false),
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
            Command::SavePicture => self.bridge.save_picture(self.active()),
            Command::LoadFindings => click(self.findings),
            Command::TakeModel => click(self.network),
            Command::LeaveModel => self.bridge.leave_model(),
            Command::Summary => self.bridge.summarize(),
            Command::SendToPacs => self.bridge.pack(),
            Command::HalfMaximum => self.half_maximum(),
            Command::NextLayout => self.lay_out(state.layout.get_untracked().next()),
            Command::Cine => self.cine(),
            Command::NextPane => self.step_pane(1),
            Command::PreviousPane => self.step_pane(2),
            Command::Side => state.side.update(|open| *open = !*open),
            Command::SeriesList => state.series_list.update(|open| *open = !*open),
            Command::Facts => self.open_facts(),
            Command::Compare => self.compare(),
            Command::MatchHere => self.match_here(),
            Command::Tags if state.tags.with_untracked(Option::is_some) => state.tags.set(None),
            Command::Tags => self.bridge.ask_tags(),
            Command::Trust => state.trust.update(|open| *open = !*open),
            Command::Help => state.help.update(|open| *open = !*open),
        }
    }

    /// What a command is called: what goes to the PACS, and comes from it, names it.
    pub fn name(self, row: &Row) -> String {
        let (language, pacs) = (self.state.language.get(), self.state.pacs);
        match row.command {
            Command::OpenPacs if pacs.is_there() => words::open_from(language, &pacs.name()),
            Command::SendToPacs if pacs.is_there() => words::send_to(language, &pacs.name()),
            _ => row.name.to(language).to_owned(),
        }
    }

    /// Whether this page has a command at all.
    pub fn has(self, command: Command) -> bool {
        !matches!(command, Command::OpenPacs | Command::SendToPacs) || self.state.pacs.is_there()
    }

    /// Whether a command can do anything now.
    pub fn can(self, command: Command) -> bool {
        let state = self.state;
        let shown = || state.showing.with(Option::is_some);
        match command {
            Command::OpenFiles | Command::OpenFolder | Command::Help | Command::Trust => true,
            Command::TakeModel => true,
            Command::LeaveModel => state.own_model.with(Option::is_some),
            Command::HidePatientText | Command::Crosshair => true,
            Command::LessFill | Command::MoreFill | Command::NextLayout => true,
            Command::HalfMaximum => {
                let chosen = state.chosen.get();
                state.found.with(|found| {
                    let mut shown = found.iter().flat_map(|found| found.shown());
                    shown.any(|stone| Some(stone.id) == chosen && stone.hu_max.is_some())
                })
            }
            Command::Kub => shown() && state.pane(Plane::Coronal).card.with(Option::is_some),
            Command::Pan | Command::Zoom | Command::Scroll | Command::Window => true,
            Command::Undo => self.takes_back(false) || state.read_marks(Marks::can_undo),
            Command::Redo => self.takes_back(true) || state.read_marks(Marks::can_redo),
            Command::Solid | Command::SmallerBrush | Command::LargerBrush | Command::Stamp => {
                shown() && state.tool.get() == Tool::Label
            }
            Command::UndoMark => state.read_marks(Marks::can_undo),
            Command::RedoMark => state.read_marks(Marks::can_redo),
            Command::DeleteMark => state.read_marks(|marks| marks.chosen().is_some()),
            Command::CloseStudy => state.open.get(),
            Command::Side | Command::SeriesList => state.reads(),
            Command::Compare => {
                state.prior.series.get().is_some() || state.likely_prior().is_some()
            }
            Command::MatchHere => self.beside.with(Option::is_some),
            Command::Cancel => state.busy.with(Option::is_some),
            Command::FilePreset(number) => state
                .facts
                .with(|facts| facts.as_ref().is_some_and(|facts| facts.windows.len() > number)),
            Command::Predict => {
                shown() && state.busy.with(|busy| !busy.is_some_and(|b| b.searches()))
            }
            Command::Save(file) if file.needs_findings() => self.has_found(),
            Command::Summary => self.has_found(),
            Command::OpenPacs => state.pacs.is_there(),
            Command::SendToPacs => state.pacs.is_there() && self.has_found(),
            Command::VisibleAll | Command::NextFinding | Command::PreviousFinding => {
                state.found.with(|found| found.as_ref().is_some_and(|f| f.shown().next().is_some()))
            }
            Command::Accept | Command::Reject => {
                state.found.with(Option::is_some)
                    && state.busy.with(|busy| !busy.is_some_and(|b| b.searches()))
            }
            Command::UndoReview => state.labelling.done.with(|all| !all.is_empty()),
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
            Command::Length => tool(Tool::Mark(Form::Length)),
            Command::Angle => tool(Tool::Mark(Form::Angle)),
            Command::Ellipse => tool(Tool::Mark(Form::Region(Outline::Ellipse))),
            Command::Rectangle => tool(Tool::Mark(Form::Region(Outline::Rectangle))),
            Command::Label => tool(Tool::Label),
            Command::Draw(_) | Command::Solid => Some(self.is_hand(command)),
            Command::VisibleAll => Some(!self.state.all_hidden.get()),
            Command::HidePatientText => Some(!self.state.patient_text.get()),
            Command::Crosshair => Some(self.state.crosshair.get()),
            Command::Cine => Some(self.state.cine.get().is_some()),
            Command::Kub => Some(self.state.pane(Plane::Coronal).depth.get() == Depth::Kub),
            Command::Enlarge => Some(self.state.alone.get().is_some()),
            Command::Side => Some(self.state.side.get()),
            Command::Compare => Some(self.state.prior.series.get().is_some()),
            Command::SeriesList => Some(self.state.series_list.get()),
            _ => None,
        }
    }

    /// Whether a search has come to its end, or was ended.
    fn has_found(self) -> bool {
        let searches = self.state.busy.get().is_some_and(|busy| busy.searches());
        !searches && self.state.found.with(Option::is_some)
    }

    /// What stands in a panel is seen: a side that is closed opens for it.
    fn open_facts(self) {
        let seen = self.state.facts_open.get_untracked() && self.state.side.get_untracked();
        self.state.facts_open.set(!seen);
        self.state.side.set(true);
    }

    /// Covers more of the picture with the mask, or less.
    fn fill(self, by: f64) {
        let fill = (self.state.fill.get_untracked() + by).clamp(0.0, 1.0);
        self.state.fill.set(fill);
    }

    /// The plane that slices are stepped in.
    pub fn active(self) -> Plane {
        self.state.active.get_untracked()
    }

    /// What lies on top goes first: a sheet, a mark that is being drawn, the panel of facts while nothing goes on, what goes on.
    fn cancel(self) {
        let state = self.state;
        let idle = state.busy.with_untracked(Option::is_none);
        if self.close_sheet() || self.abandon_mark() {
            return;
        }
        if state.cine.get_untracked().is_some() {
            state.cine.set(None);
        } else if state.facts_open.get_untracked() && idle {
            state.facts_open.set(false);
        } else {
            self.bridge.cancel();
        }
    }

    /// Tells whether one was open.
    fn close_sheet(self) -> bool {
        let state = self.state;
        if state.summary.with_untracked(Option::is_some) {
            state.summary.set(None);
        } else if state.tags.with_untracked(Option::is_some) {
            state.tags.set(None);
        } else if state.too_large.with_untracked(Option::is_some) {
            state.too_large.set(None);
        } else if state.pacs.sheet_open() {
            self.bridge.leave_pacs();
        } else if state.trust.get_untracked() {
            state.trust.set(false);
        } else if state.help.get_untracked() {
            state.help.set(false);
        } else {
            return false;
        }
        true
    }

    /// Whether a command concerns the sheet that is open: nothing is done behind it, where nobody sees it.
    pub fn acts_on_sheet(self, command: Command) -> bool {
        match command {
            Command::Cancel => true,
            Command::Help => self.state.help.get_untracked(),
            Command::Trust => self.state.trust.get_untracked(),
            Command::Tags => self.state.tags.with_untracked(Option::is_some),
            _ => false,
        }
    }

    /// Closes the study and forgets what the browser was told to remember; tells whether nothing is left.
    pub async fn forget_all(self) -> bool {
        if !self.bridge.close() {
            return false;
        }
        self.bridge.leave_model();
        crate::memory::forget_all();
        self.state.back_to_defaults();
        let forgotten = crate::keeping::forget_all().await;
        if let Err(detail) = &forgotten {
            let failure = Failure { code: "forget_failed".into(), detail: detail.clone() };
            self.state.failure.set(Some(failure));
        }
        forgotten.is_ok()
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
        for desk in self.both() {
            desk.state.window.set(window);
            desk.bridge.window(window);
        }
    }

    fn reset(self) {
        for plane in Plane::ALL {
            self.state.look(plane, |_| Camera::default());
        }
        self.window(Window::START);
        self.bridge.straighten();
    }

    fn magnify(self, factor: f64) {
        let nearer = |camera: Camera| Camera { zoom: within(camera.zoom * factor), ..camera };
        self.state.look(self.active(), nearer);
    }

    fn step_pane(self, by: usize) {
        let active = self.active();
        let at = Plane::ALL.iter().position(|plane| *plane == active).unwrap_or(0);
        let next = Plane::ALL[(at + by) % Plane::ALL.len()];
        self.state.active.set(next);
        self.state.alone.update(|alone| *alone = alone.map(|_| next));
    }

    pub fn enlarge(self, plane: Plane) {
        self.state.active.set(plane);
        self.state.alone.update(|alone| {
            *alone = if alone.is_some() { None } else { Some(plane) };
        });
    }
}

fn click(input: NodeRef<html::Input>) {
    if let Some(input) = input.get_untracked() {
        input.click();
    }
}
