//! Slices that came with their headers: kept until it is known which series is shown. The first of them is shown at once.

use super::Study;
use super::jobs::Batch;
use super::pane::Scene;
use super::pixels::planes;
use super::view::View;
use crate::messages::{FromStudy, PlaneCard, Take};
use crate::rehearsal;
use reader::{Assembly, Frame, Seen, Series};
use std::collections::HashMap;
use volume::{Grid, Plane, Volume};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::OffscreenCanvas;

/// Bytes beyond which nothing more is kept of what nobody may want to see.
const MOST: usize = 256 << 20;

/// How many more files of other series than of the one that is kept may be read for nothing.
const FOR_NOTHING: usize = 16;

#[derive(Default)]
pub struct Early {
    /// By path: files of one frame only are taken.
    slices: HashMap<String, (Vec<i16>, Seen)>,
    bytes: usize,
    /// The SeriesInstanceUID of all of them.
    series: Option<String>,
    for_nothing: usize,
    glimpse: Option<Glimpse>,
    /// Files that wait for it: what reads them has the cores that are to make and show it.
    held: Vec<Batch>,
}

/// Milliseconds that files wait for a glimpse at most. Of some it can't be, and without an axial plane nobody sees it.
const HELD: i32 = 100;

/// The first slice, as a series of its own.
struct Glimpse {
    series: Series,
    volume: Volume,
    card: PlaneCard,
    told: bool,
}

impl Early {
    /// Whether the pixels of another file are wanted; while there are none at all, those of the first of several in any case.
    pub fn wants(&self, first: bool) -> Take {
        let in_vain = self.for_nothing > self.slices.len() + FOR_NOTHING;
        match () {
            () if in_vain || self.bytes > MOST => Take::Nothing,
            () if first && self.slices.is_empty() => Take::Any,
            () => Take::Plain,
        }
    }

    pub fn holds(&self) -> bool {
        !self.held.is_empty()
    }

    pub fn forget_held(&mut self) {
        self.held.clear();
    }

    /// What has come of a series, by its slices; the rest is let go. And whether the glimpse was of it.
    pub fn of(self, series: &Series) -> (Vec<(usize, Vec<i16>, Seen)>, bool) {
        let Self { mut slices, glimpse, .. } = self;
        let glimpsed = glimpse.as_ref().filter(|glimpse| glimpse.told).and_then(Glimpse::path);
        let glimpsed = glimpsed.is_some_and(|path| series.frames.iter().any(|f| f.path == path));
        let came = |(k, frame): (usize, &Frame)| {
            slices.remove(&frame.path).map(|(hu, seen)| (k, hu, seen))
        };
        (series.frames.iter().enumerate().filter_map(came).collect(), glimpsed)
    }
}

impl Glimpse {
    /// Of a slice that lies across the patient, as one does that is worth a look.
    fn of(frame: &Frame, hu: &[i16]) -> Option<Self> {
        let Assembly { series, .. } = reader::assemble(vec![frame.clone()]);
        let series = series.into_iter().next()?;
        let worth = series.geometry.affine.is_some() && frame.other_unit.is_none();
        let grid = Grid::new(&series.geometry, Plane::Axial).filter(|g| worth && g.is_stack())?;
        let card = planes(&series, [&grid].into_iter()).pop()?;
        let mut volume = Volume::new(series.geometry.clone())?;
        volume.put(0, hu);
        Some(Self { series, volume, card, told: false })
    }

    fn path(&self) -> Option<&str> {
        self.series.frames.first().map(|frame| frame.path.as_str())
    }
}

/// Paints a glimpse for nobody. The first canvas of a worker waits for the page's own thread, too, which is busy when there is
/// something to see.
pub fn rehearse() {
    let (Ok(image), Ok(mask)) = (OffscreenCanvas::new(1, 1), OffscreenCanvas::new(1, 1)) else {
        return;
    };
    let mut view = View::default();
    view.set_canvas(Plane::Axial, image, mask);
    for (frame, pixels) in rehearsal::slices() {
        let Some(Glimpse { series, volume, .. }) = Glimpse::of(&frame, &pixels.hu) else { return };
        let (frames, colours) = (&series.frames[..], &HashMap::new());
        view.glimpse(&Scene { volume: &volume, frames, masks: &[], colours }, false);
    }
}

impl Study {
    /// Reads these files when the glimpse is painted.
    pub fn hold(&mut self, batches: Vec<Batch>) {
        self.early.held.extend(batches);
        let own = self.own.clone();
        let release = Closure::once_into_js(move || own.with(Study::hold_no_more));
        let release = release.unchecked_ref();
        if self.page.set_timeout_with_callback_and_timeout_and_arguments_0(release, HELD).is_err() {
            self.hold_no_more();
        }
    }

    pub fn hold_no_more(&mut self) {
        for batch in std::mem::take(&mut self.early.held) {
            self.decoders.push(batch);
        }
        self.give_jobs();
    }

    /// The pixels of a file came with its header.
    pub fn came_early(&mut self, frame: &Frame, hu: Vec<i16>, seen: Seen) {
        let early = &mut self.early;
        if early.slices.is_empty() {
            early.series.clone_from(&frame.identity.series_instance_uid);
        } else if early.series != frame.identity.series_instance_uid {
            early.for_nothing += 1;
            return;
        }
        if early.glimpse.is_none() && self.pixels.is_none() {
            early.glimpse = Glimpse::of(frame, &hu);
            match early.glimpse {
                // Nothing else is to be painted with it, and a person waits.
                Some(_) => self.paint_glimpse(),
                None => self.hold_no_more(),
            }
        }
        let early = &mut self.early;
        early.bytes += size_of_val(&hu[..]);
        early.slices.insert(frame.path.clone(), (hu, seen));
    }

    /// Paints the glimpse, once it has a canvas.
    pub fn paint_glimpse(&mut self) {
        let Some(glimpse) = self.early.glimpse.as_mut().filter(|glimpse| !glimpse.told) else {
            return;
        };
        let Glimpse { series, volume, card, told } = glimpse;
        let inverted = series.is_inverted();
        let (masks, colours) = (self.list.masks(), self.list.colours());
        let scene = Scene { volume, frames: &series.frames, masks, colours };
        *told = self.view.glimpse(&scene, inverted);
        if *told {
            let card = Box::new(card.clone());
            self.tell(&FromStudy::Glimpse(card));
            self.hold_no_more();
        }
    }
}
