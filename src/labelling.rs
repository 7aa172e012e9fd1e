//! Labelling: what a person draws over the planes; the study worker turns it into voxels and measures them.

use crate::commands::Command;
use crate::desk::Desk;
use crate::state::{State, Tool};
use crate::words;
use leptos::prelude::*;
use stones::findings::{Kind, Label};
use volume::Plane;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use workers::messages::{About, Brush, Draw, DrawnState, KeptState};

/// What a hand draws with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hand {
    Brush,
    Eraser,
    /// Grows from where it is set down.
    Grow,
    /// Fills a closed line.
    Lasso,
}

/// Something that was done to the findings and can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    Review {
        stone: u32,
        before: Option<Label>,
        after: Option<Label>,
    },
    /// An act that the study worker remembers.
    Drawn,
}

#[derive(Clone, Copy)]
pub struct Labelling {
    pub hand: RwSignal<Hand>,
    /// A ball in the patient; else a disc in the slice.
    pub solid: RwSignal<bool>,
    /// Diameter of the brush.
    pub mm: RwSignal<f64>,
    /// Between which HU it grows, and how far.
    pub hu: RwSignal<[i16; 2]>,
    pub reach_mm: RwSignal<f64>,
    /// What the study worker told last.
    pub told: RwSignal<DrawnState>,
    /// What this browser keeps of it.
    pub kept: RwSignal<KeptState>,
    /// The pixel that the brush is over.
    pub over: RwSignal<Option<(Plane, [f64; 2])>>,
    /// The line that is being drawn.
    pub outline: RwSignal<Option<(Plane, Vec<[f64; 2]>)>>,
    /// Whether there are words on findings that are in no file.
    pub reviewed: RwSignal<bool>,
    /// What was done, oldest first, and what of it was taken back.
    pub done: RwSignal<Vec<Done>>,
    pub undone: RwSignal<Vec<Done>>,
}

impl Labelling {
    pub fn new() -> Self {
        Self {
            hand: RwSignal::new(Hand::Brush),
            solid: RwSignal::new(true),
            mm: RwSignal::new(5.0),
            hu: RwSignal::new([200, 3071]),
            reach_mm: RwSignal::new(20.0),
            told: RwSignal::new(DrawnState::default()),
            kept: RwSignal::new(KeptState::default()),
            over: RwSignal::new(None),
            outline: RwSignal::new(None),
            reviewed: RwSignal::new(false),
            done: RwSignal::new(Vec::new()),
            undone: RwSignal::new(Vec::new()),
        }
    }

    /// Forgets the series that was drawn on; how the person draws stays.
    pub fn forget(&self) {
        self.told.set(DrawnState::default());
        self.kept.set(KeptState::default());
        self.over.set(None);
        self.outline.set(None);
        self.reviewed.set(false);
        self.done.set(Vec::new());
        self.undone.set(Vec::new());
    }

    /// Findings are numbered anew: words on their numbers can't be taken back.
    pub fn forget_reviews(&self) {
        let drawn = |done: &Done| *done == Done::Drawn;
        self.done.update(|all| all.retain(drawn));
        self.undone.update(|all| all.retain(drawn));
    }

    pub fn did(&self, done: Done) {
        self.done.update(|all| all.push(done));
        self.undone.set(Vec::new());
    }

    /// Whether something would be lost with the tab.
    pub fn is_unsaved(&self) -> bool {
        let kept = self.kept.get();
        let drawn = self.told.with(|told| told.unsaved) && !(kept.on && kept.done);
        drawn || self.reviewed.get()
    }
}

/// Whether what is shown may be left: the person is asked where labels or words on findings would be lost.
pub fn may_leave(state: State) -> bool {
    if !untrack(|| state.labelling.is_unsaved()) {
        return true;
    }
    let question = words::UNSAVED.to(state.language.get_untracked());
    web_sys::window().is_none_or(|w| w.confirm_with_message(question).unwrap_or(true))
}

/// As long as there is something that was not saved, the browser asks before it leaves the page.
pub fn guard(state: State) {
    let ask = Closure::<dyn FnMut(web_sys::Event)>::new(|event: web_sys::Event| {
        event.prevent_default();
    });
    let ask = StoredValue::new_local(ask);
    let unsaved = Memo::new(move |_| state.labelling.is_unsaved());
    Effect::new(move || {
        let asks = unsaved.get();
        if let Some(window) = web_sys::window() {
            ask.with_value(|ask| {
                window.set_onbeforeunload(asks.then(|| ask.as_ref().unchecked_ref()));
            });
        }
    });
}

impl Desk {
    /// Takes a hand up, and lays down what else was in it.
    pub fn take_hand(self, hand: Hand) {
        self.state.labelling.hand.set(hand);
        self.take_label();
    }

    /// What is drawn with is set at the side.
    pub fn take_label(self) {
        self.state.tool.set(Tool::Label);
        self.state.side.set(true);
    }

    fn brush(self, erases: bool) -> Brush {
        let Labelling { hand, solid, mm, .. } = self.state.labelling;
        Brush {
            mm: mm.get_untracked(),
            solid: solid.get_untracked(),
            erases: erases || hand.get_untracked() == Hand::Eraser,
        }
    }

    /// The hand is set down on a pixel.
    pub fn begin_label(self, plane: Plane, pixel: [f64; 2], erases: bool) {
        if self.state.all_hidden.get_untracked() {
            self.show_all(true);
        }
        match self.state.labelling.hand.get_untracked() {
            Hand::Brush | Hand::Eraser => self.bridge.stroke(plane, pixel, self.brush(erases)),
            Hand::Lasso => self.state.labelling.outline.set(Some((plane, vec![pixel]))),
            Hand::Grow => {}
        }
    }

    /// It moves.
    pub fn go_on_with_label(self, plane: Plane, pixel: [f64; 2], erases: bool) {
        match self.state.labelling.hand.get_untracked() {
            Hand::Brush | Hand::Eraser => self.bridge.stroke(plane, pixel, self.brush(erases)),
            Hand::Lasso => self.state.labelling.outline.update(|outline| {
                if let Some((of, line)) = outline
                    && *of == plane
                {
                    line.push(pixel);
                }
            }),
            Hand::Grow => {}
        }
    }

    /// It is lifted from a pixel.
    pub fn end_label(self, plane: Plane, pixel: [f64; 2], erases: bool) {
        let Labelling { hand, outline, .. } = self.state.labelling;
        match hand.get_untracked() {
            Hand::Brush | Hand::Eraser => self.bridge.lift(plane, self.brush(erases)),
            Hand::Lasso => {
                let drawn = outline.try_update(Option::take).flatten();
                if let Some((plane, outline)) = drawn {
                    self.bridge.draw(Draw::Fill { plane, outline, erases });
                }
            }
            Hand::Grow => self.grow(plane, pixel),
        }
    }

    pub fn abandon_label(self) {
        self.state.labelling.outline.set(None);
        self.bridge.abandon_stroke();
    }

    fn grow(self, plane: Plane, at: [f64; 2]) {
        let Labelling { hu, reach_mm, .. } = self.state.labelling;
        let (hu, reach_mm) = (hu.get_untracked(), reach_mm.get_untracked());
        self.bridge.draw(Draw::Grow { plane, at, hu, reach_mm });
    }

    /// The hand is set down and lifted where the planes meet, for those who use keys.
    pub fn stamp(self) {
        let plane = self.active();
        let pane = self.state.pane(plane);
        let crossing = pane.painted.with_untracked(|it| it.as_ref().map(|it| it.crosshair));
        let Some(pixel) = crossing else { return };
        match self.state.labelling.hand.get_untracked() {
            Hand::Grow => self.grow(plane, pixel),
            Hand::Lasso => {}
            Hand::Brush | Hand::Eraser => {
                self.begin_label(plane, pixel, false);
                self.end_label(plane, pixel, false);
            }
        }
    }

    pub fn resize_brush(self, factor: f64) {
        let mm = self.state.labelling.mm.get_untracked() * factor;
        self.set_brush_mm((mm * 2.0).round() / 2.0);
    }

    pub fn set_brush_mm(self, mm: f64) {
        self.state.labelling.mm.set(mm.clamp(0.5, 60.0));
    }

    /// Says something of what is drawn on.
    pub fn describe(self, change: impl FnOnce(&mut About)) {
        let mut about = self.state.labelling.told.with_untracked(|told| told.about.clone());
        change(&mut about);
        // What is said next is said of this, whether the study worker has answered or not.
        self.state.labelling.told.update(|told| told.about = about.clone());
        self.bridge.draw(Draw::Describe { about });
    }

    /// What the label that is drawn on is.
    pub fn kind_drawn(self) -> Kind {
        let told = self.state.labelling.told.get();
        let stone = told
            .target
            .and_then(|id| self.state.found.with(|found| found.as_ref()?.stone(id).cloned()));
        let of_finding = stone.map(|stone| match (stone.drawn.as_ref(), stone.standing()) {
            (Some(drawn), _) => drawn.kind,
            (None, Label::Stone | Label::Rejected) => Kind::Stone,
            (None, Label::LikelyPhlebolith) => Kind::Phlebolith,
            (None, Label::Indeterminate) => Kind::Other,
        });
        told.about.kind.or(of_finding).unwrap_or_default()
    }

    /// Whether the tool at hand has something to take back of the findings.
    pub fn takes_back(self, forwards: bool) -> bool {
        let Labelling { done, undone, .. } = self.state.labelling;
        let list = if forwards { undone } else { done };
        self.state.tool.get() == Tool::Label && list.with(|list| !list.is_empty())
    }

    /// Takes the last act back, or does again what was taken back last.
    pub fn take_back(self, forwards: bool) {
        let Labelling { done, undone, .. } = self.state.labelling;
        let (from, to) = if forwards { (undone, done) } else { (done, undone) };
        let Some(act) = from.try_update(Vec::pop).flatten() else { return };
        match act {
            Done::Review { stone, before, after } => {
                self.set_review(stone, if forwards { after } else { before });
            }
            Done::Drawn => self.bridge.draw(if forwards { Draw::Redo } else { Draw::Undo }),
        }
        to.update(|all| all.push(act));
    }

    /// Whether a command of labelling is a choice, and chosen.
    pub fn is_hand(self, command: Command) -> bool {
        let Labelling { hand, solid, .. } = self.state.labelling;
        match command {
            Command::Draw(with) => self.state.tool.get() == Tool::Label && hand.get() == with,
            Command::Solid => solid.get(),
            _ => false,
        }
    }
}
