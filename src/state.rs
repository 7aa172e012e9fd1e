//! What the page knows: signals that views read, commands write and the study worker's answers fill.

pub use crate::found::{Found, Order};
use crate::keys::Keys;
use crate::labelling::Labelling;
use crate::layout::Layout;
use crate::marks::Marks;
use crate::memory;
use crate::offline::Kept;
use crate::pacs::Pacs;
use crate::prior::Prior;
use crate::requests::Asked;
use crate::saving::KeyPicture;
use crate::screen::Camera;
pub use crate::tools::{Tool, Window};
use crate::words::Language;
use leptos::prelude::*;
use std::collections::{BTreeMap, HashSet};
use stones::findings::ModelCard;
use volume::{DVec3, Depth, Need, Part, Plane};
use workers::messages::{
    Corner, Facts, Failure, Hardware, Listed, NotLoaded, Painted, Picked, PlaneCard, SeriesCard,
    Strip, Warning,
};

/// Things done, of things to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    pub done: usize,
    pub of: usize,
    pub seconds_left: Option<f64>,
}

/// What is being worked on; the later hides the earlier.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Busy {
    /// A series is on its way from the PACS.
    Retrieving(Progress),
    Scanning(Progress),
    Loading(Progress),
    /// The search program and the model are on their way.
    FetchingModel,
    Predicting(Progress),
}

impl Busy {
    pub fn searches(self) -> bool {
        matches!(self, Busy::FetchingModel | Busy::Predicting(_))
    }
}

/// A series that waits for the person's word on how much of it is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLarge {
    pub series: usize,
    pub need: Need,
}

/// A small picture of a series, as RGBA.
#[derive(Clone, Debug, PartialEq)]
pub struct Thumbnail {
    pub width: u32,
    pub height: u32,
    pub rgba: Vec<u8>,
}

/// What lies under the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Under {
    pub plane: Plane,
    pub hu: i16,
    pub patient_mm: Option<[f64; 3]>,
}

/// The handle of a mark that follows the pointer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing {
    pub plane: Plane,
    pub mark: u32,
    pub handle: usize,
}

/// One plane's part of the state.
#[derive(Clone, Copy)]
pub struct Pane {
    pub card: RwSignal<Option<PlaneCard>>,
    /// How a slice lies that is shown before its series is known, until there is more to see.
    pub glimpse: RwSignal<Option<PlaneCard>>,
    pub painted: RwSignal<Option<Painted>>,
    pub strip: RwSignal<Option<Strip>>,
    /// The slice asked for and not painted yet.
    pub asked: RwSignal<Option<usize>>,
    pub camera: RwSignal<Camera>,
    /// In screen pixels.
    pub size: RwSignal<[f64; 2]>,
    pub depth: RwSignal<Depth>,
    /// How thick a slab is, or will be.
    pub slab_mm: RwSignal<f64>,
    /// A place that is to be in sight, once the picture shows it.
    pub look_at: RwSignal<Option<DVec3>>,
}

impl Pane {
    fn new() -> Self {
        Self {
            card: RwSignal::new(None),
            glimpse: RwSignal::new(None),
            painted: RwSignal::new(None),
            strip: RwSignal::new(None),
            asked: RwSignal::new(None),
            camera: RwSignal::new(Camera::default()),
            size: RwSignal::new([0.0; 2]),
            depth: RwSignal::new(Depth::Thin),
            slab_mm: RwSignal::new(10.0),
            look_at: RwSignal::new(None),
        }
    }

    /// The slice that the person has gone to, which the picture follows.
    pub fn index(&self) -> usize {
        let painted = self.painted.with(|p| p.as_ref().map_or(0, |p| p.index));
        self.asked.get().unwrap_or(painted)
    }

    /// How what is on the canvas lies.
    pub fn lies<T>(&self, read: impl FnOnce(&PlaneCard) -> T) -> Option<T> {
        match self.card.with(Option::is_some) {
            true => self.card.with(|card| card.as_ref().map(read)),
            false => self.glimpse.with(|card| card.as_ref().map(read)),
        }
    }

    pub fn count(&self) -> usize {
        self.card.with(|card| card.as_ref().map_or(0, |card| card.count))
    }
}

#[derive(Clone, Copy)]
pub struct State {
    pub language: RwSignal<Language>,
    /// Counts studies: canvases are made anew with each, as each worker needs its own.
    pub epoch: RwSignal<u32>,
    /// Whether files were opened; the welcome gives way to the pictures.
    pub open: RwSignal<bool>,
    pub busy: RwSignal<Option<Busy>>,
    pub series: RwSignal<Vec<SeriesCard>>,
    pub thumbnails: RwSignal<BTreeMap<usize, Thumbnail>>,
    pub picked: RwSignal<Option<Picked>>,
    pub showing: RwSignal<Option<usize>>,
    /// The slices of the series that are shown.
    pub part: RwSignal<Option<Part>>,
    pub too_large: RwSignal<Option<TooLarge>>,
    pub corner: RwSignal<Corner>,
    pub warnings: RwSignal<Vec<Warning>>,
    pub facts: RwSignal<Option<Facts>>,
    /// Whether the geometry panel is open.
    pub facts_open: RwSignal<bool>,
    pub not_loaded: RwSignal<Vec<NotLoaded>>,
    /// Slices in place, of the series shown.
    pub loaded: RwSignal<Option<Progress>>,
    pub found: RwSignal<Option<Found>>,
    /// The finding gone to last.
    pub chosen: RwSignal<Option<u32>>,
    /// The finding that the pointer or the focus is on, in the list.
    pub pointed: RwSignal<Option<u32>>,
    pub order: RwSignal<Order>,
    pub labelling: Labelling,
    pub hidden: RwSignal<HashSet<u32>>,
    pub all_hidden: RwSignal<bool>,
    /// The key images of the summary, while it is open.
    pub summary: RwSignal<Option<Vec<KeyPicture>>>,
    /// Whether pictures and summaries that leave the page name the patient.
    pub patient_in_picture: RwSignal<bool>,
    /// Whether files are written without what names the patient.
    pub deidentified: RwSignal<bool>,
    /// What the browser keeps of the page; `None` until it does.
    pub kept: RwSignal<Option<Kept>>,
    /// How much of the picture the mask covers, 0 to 1.
    pub fill: RwSignal<f64>,
    /// A look at the pictures without mask and boxes, as long as it lasts.
    pub peek: RwSignal<bool>,
    pub failure: RwSignal<Option<Failure>>,
    pub tool: RwSignal<Tool>,
    pub window: RwSignal<Window>,
    /// Width and centre of the window that the pictures are painted in.
    pub painted_in: RwSignal<Option<[f64; 2]>>,
    pub active: RwSignal<Plane>,
    pub layout: RwSignal<Layout>,
    /// Whether the panels beside the planes are open, and the list of series among them.
    pub side: RwSignal<bool>,
    pub series_list: RwSignal<bool>,
    /// The plane that runs by itself, and how many slices in a second.
    pub cine: RwSignal<Option<Plane>>,
    pub cine_speed: RwSignal<f64>,
    /// What a finding's score must reach; `None` as the model has it.
    pub threshold: RwSignal<Option<f64>>,
    /// The plane that fills the room of all three.
    pub alone: RwSignal<Option<Plane>>,
    pub patient_text: RwSignal<bool>,
    pub crosshair: RwSignal<bool>,
    pub under: RwSignal<Option<Under>>,
    /// What was measured, of each series.
    pub marks: RwSignal<BTreeMap<usize, Marks>>,
    pub drawing: RwSignal<Option<Drawing>>,
    pub help: RwSignal<bool>,
    /// Whether the sheet on what leaves and what stays is open.
    pub trust: RwSignal<bool>,
    /// What was asked of the network since the page stands; `None` where the browser gives no account.
    pub asked: RwSignal<Option<Vec<Asked>>>,
    /// The header of a slice, once it was asked for, until its sheet is closed.
    pub tags: RwSignal<Option<Vec<Listed>>>,
    /// When files were opened, on the clock of the requests.
    pub opened_at: RwSignal<Option<f64>>,
    /// What the person wishes the network to run on.
    pub hardware: RwSignal<Hardware>,
    /// The network that the person brought; `None` is the page's own.
    pub own_model: RwSignal<Option<ModelCard>>,
    /// Whether commands listen to keys.
    pub keys: RwSignal<bool>,
    /// Which keys those are.
    pub bound: RwSignal<Keys>,
    pub pacs: Pacs,
    pub prior: Prior,
    /// Whether this is what is known of the prior.
    pub is_prior: bool,
    panes: [Pane; 3],
}

impl State {
    pub fn new() -> Self {
        let choices = memory::choices();
        Self {
            language: RwSignal::new(Language::remembered()),
            epoch: RwSignal::new(0),
            open: RwSignal::new(false),
            busy: RwSignal::new(None),
            series: RwSignal::new(Vec::new()),
            thumbnails: RwSignal::new(BTreeMap::new()),
            picked: RwSignal::new(None),
            showing: RwSignal::new(None),
            part: RwSignal::new(None),
            too_large: RwSignal::new(None),
            corner: RwSignal::new(Corner::default()),
            warnings: RwSignal::new(Vec::new()),
            facts: RwSignal::new(None),
            facts_open: RwSignal::new(false),
            not_loaded: RwSignal::new(Vec::new()),
            loaded: RwSignal::new(None),
            found: RwSignal::new(None),
            chosen: RwSignal::new(None),
            pointed: RwSignal::new(None),
            order: RwSignal::new(Order::Size),
            labelling: Labelling::new(),
            hidden: RwSignal::new(HashSet::new()),
            all_hidden: RwSignal::new(false),
            summary: RwSignal::new(None),
            patient_in_picture: RwSignal::new(false),
            deidentified: RwSignal::new(false),
            kept: RwSignal::new(None),
            fill: RwSignal::new(choices.fill()),
            peek: RwSignal::new(false),
            failure: RwSignal::new(None),
            tool: RwSignal::new(choices.tool),
            window: RwSignal::new(Window::START),
            painted_in: RwSignal::new(None),
            active: RwSignal::new(Plane::Axial),
            layout: RwSignal::new(choices.layout),
            side: RwSignal::new(choices.side),
            series_list: RwSignal::new(choices.series_list),
            cine: RwSignal::new(None),
            cine_speed: RwSignal::new(choices.cine_speed()),
            threshold: RwSignal::new(None),
            alone: RwSignal::new(None),
            patient_text: RwSignal::new(choices.patient_text),
            crosshair: RwSignal::new(choices.crosshair),
            under: RwSignal::new(None),
            marks: RwSignal::new(BTreeMap::new()),
            drawing: RwSignal::new(None),
            help: RwSignal::new(false),
            trust: RwSignal::new(false),
            asked: RwSignal::new(None),
            tags: RwSignal::new(None),
            opened_at: RwSignal::new(None),
            hardware: RwSignal::new(memory::hardware()),
            own_model: RwSignal::new(None),
            keys: RwSignal::new(memory::single_keys()),
            bound: RwSignal::new(memory::keys()),
            pacs: Pacs::new(),
            prior: Prior::new(),
            is_prior: false,
            panes: [Pane::new(), Pane::new(), Pane::new()],
        }
    }

    /// What is known of a study beside this one. How the person looks at pictures is common to both.
    pub fn beside(&self) -> Self {
        Self {
            language: self.language,
            patient_text: self.patient_text,
            crosshair: self.crosshair,
            layout: self.layout,
            active: self.active,
            alone: self.alone,
            peek: self.peek,
            prior: self.prior,
            is_prior: true,
            ..Self::new()
        }
    }

    pub fn pane(&self, plane: Plane) -> Pane {
        match plane {
            Plane::Axial => self.panes[0],
            Plane::Coronal => self.panes[1],
            Plane::Sagittal => self.panes[2],
        }
    }

    /// Forgets the study; what concerns the person (language, tool, text) stays.
    pub fn forget_study(&self) {
        self.busy.set(None);
        self.series.set(Vec::new());
        self.thumbnails.set(BTreeMap::new());
        self.picked.set(None);
        self.not_loaded.set(Vec::new());
        self.failure.set(None);
        self.marks.set(BTreeMap::new());
        self.pacs.forget_study();
        self.prior.series.set(None);
        self.forget_series();
        self.epoch.update(|epoch| *epoch += 1);
    }

    /// Forgets the series shown and what was found in it.
    pub fn forget_series(&self) {
        self.showing.set(None);
        self.part.set(None);
        self.too_large.set(None);
        self.corner.set(Corner::default());
        self.warnings.set(Vec::new());
        self.facts.set(None);
        self.loaded.set(None);
        self.forget_findings();
        self.labelling.forget();
        self.under.set(None);
        self.tags.set(None);
        self.drawing.set(None);
        self.alone.set(None);
        self.cine.set(None);
        self.threshold.set(None);
        self.window.set(Window::START);
        self.painted_in.set(None);
        for pane in self.panes {
            pane.card.set(None);
            pane.glimpse.set(None);
            pane.painted.set(None);
            pane.strip.set(None);
            pane.asked.set(None);
            pane.camera.set(Camera::default());
            pane.depth.set(Depth::Thin);
            pane.look_at.set(None);
        }
    }

    /// Forgets what was found, and what was said of it.
    pub fn forget_findings(&self) {
        self.summary.set(None);
        self.found.set(None);
        self.chosen.set(None);
        self.pointed.set(None);
        self.labelling.forget_reviews();
        self.labelling.reviewed.set(false);
        self.hidden.set(HashSet::new());
        self.all_hidden.set(false);
    }

    /// What was asked of the network since files were opened; `None` where nobody counts, or nothing is open.
    pub fn asked_since(&self) -> Option<Vec<Asked>> {
        let since = self.opened_at.get()?;
        let after = |asked: &&Asked| asked.1 >= since;
        self.asked.with(|all| Some(all.as_ref()?.iter().filter(after).cloned().collect()))
    }

    /// Whether there are pictures to show, or soon to be.
    pub fn reads(&self) -> bool {
        let busy = self.busy.with(Option::is_some);
        self.open.get() && (busy || self.series.with(|series| !series.is_empty()))
    }

    /// Slices asked for and not painted are no longer waited for: the planes have gone elsewhere.
    pub fn forget_asked(&self) {
        for pane in self.panes {
            pane.asked.set(None);
        }
    }
}
