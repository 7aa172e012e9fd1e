//! What a person draws: strokes into voxels, voxels into findings that are measured as a model's are.
//!
//! * [`measuring`]: labels as findings
//! * [`given`]: labels that come from files
//! * [`keeping`]: labels that the browser keeps, where the person said so; [`store`]: its files

mod given;
mod keeping;
mod measuring;
mod store;

pub use given::Given;

use super::Study;
use crate::messages::{About, Brush, Draw, DrawnState, FromStudy, Remark, SaveAs};
use keeping::Keeping;
use label::{Labels, Limits, Voxels};
use std::collections::BTreeMap;
use stones::findings::{Bounds, Drawn, Hand, Kind, Label};
use stones::{Candidate, Stone};
use volume::{DVec3, Plane};

#[derive(Default)]
pub struct Labelling {
    labels: Labels<About>,
    /// The label that is drawn on, and the bounds of the model's mask that it is or becomes.
    target: (Option<u32>, Option<Bounds>),
    /// What is said of the next new label.
    about: About,
    /// Where the brush was.
    at: Option<[f64; 2]>,
    /// The model's findings that labels began as.
    found: BTreeMap<u32, Stone>,
    /// A person's words on labels, as those on other findings are kept.
    words: BTreeMap<u32, Option<Label>>,
    /// What was measured last of each label, and of what.
    measured: BTreeMap<u32, (Voxels, About, Stone)>,
    /// The number of each label in the list.
    ids: BTreeMap<u32, u32>,
    /// Of corrected labels that came from a file: voxels kept, added and removed before.
    parts: BTreeMap<u32, [usize; 3]>,
    keeping: Keeping,
}

impl Labelling {
    pub fn holds_any(&self) -> bool {
        !self.labels.list().is_empty()
    }

    /// Keeps a word on a label; tells whether the number is one's.
    pub fn say(&mut self, id: u32, word: Option<Label>) -> bool {
        let key = self.key(id);
        if let Some(key) = key {
            self.words.insert(key, word);
        }
        key.is_some()
    }

    fn key(&self, id: u32) -> Option<u32> {
        self.ids.iter().find(|(_, of)| **of == id).map(|(key, _)| *key)
    }

    /// The target, if it is a label by now.
    fn drawn_on(&self) -> Option<u32> {
        let of = |bounds: Bounds| {
            let began = |key: &&u32| self.found.get(*key).is_some_and(|s| s.bounds_voxel == bounds);
            self.labels.list().iter().map(|label| &label.key).find(began).copied()
        };
        let there = self.target.0.filter(|key| self.labels.get(*key).is_some());
        there.or_else(|| self.target.1.and_then(of))
    }

    fn is_taken(&self, stone: &Stone) -> bool {
        let began =
            |key: &u32| self.found.get(key).is_some_and(|s| s.bounds_voxel == stone.bounds_voxel);
        self.labels.list().iter().any(|label| began(&label.key))
    }

    /// A finding of the model's becomes a label.
    fn take(&mut self, stone: &Stone, mask: &Candidate) -> u32 {
        // Who draws on what is not marked says that it is something.
        let kind = (!stone.is_shown()).then_some(Kind::Stone);
        let about = About { kind, ..About::default() };
        let key = self.labels.add(Some(mask.voxels.iter().copied().collect()), about);
        self.found.insert(key, stone.clone());
        key
    }

    fn kind(&self, key: u32, about: &About) -> Kind {
        let found = self.found.get(&key).map(Stone::standing);
        about.kind.unwrap_or(match found {
            None | Some(Label::Stone) => Kind::Stone,
            Some(Label::LikelyPhlebolith) => Kind::Phlebolith,
            Some(Label::Indeterminate | Label::Rejected) => Kind::Other,
        })
    }

    fn rgb(&self, key: u32, about: &About) -> [u8; 3] {
        about.rgb.unwrap_or(self.kind(key, about).rgb())
    }

    fn drawn(&self, label: &label::Label<About>) -> Drawn {
        let len = label.voxels.len();
        let of = label.of.as_ref();
        let kept = of.map_or(0, |of| of.common(&label.voxels).len());
        let now = [kept, len - kept, of.map_or(0, Voxels::len) - kept];
        let [kept, added, removed] = match self.parts.get(&label.key) {
            None => now,
            // Which voxels were whose is not known any more: what goes counts as the model's as long as that has any.
            Some([kept, added, removed]) => {
                let [_, more, less] = now;
                let of_model = less.min(*kept);
                [
                    kept - of_model,
                    (added + more).saturating_sub(less - of_model),
                    removed + of_model,
                ]
            }
        };
        Drawn {
            by: if of.is_some() { Hand::Corrected } else { Hand::Person },
            kind: self.kind(label.key, &label.about),
            name: label.about.name.clone(),
            rgb: self.rgb(label.key, &label.about),
            kept,
            added,
            removed,
            mask_mm3: None,
        }
    }

    /// What a person has said of a label: by a word, else by its kind, else before it was drawn on.
    fn word(&self, label: &label::Label<About>) -> Option<Label> {
        let found = self.found.get(&label.key);
        let by_kind = label.about.kind.filter(|_| found.is_some()).map(Kind::label);
        let before = by_kind.or(found.and_then(|found| found.review));
        self.words.get(&label.key).copied().unwrap_or(before)
    }
}

fn candidate(voxels: &Voxels) -> Candidate {
    Candidate { voxels: voxels.iter().collect(), probability: 1.0 }
}

impl Study {
    pub fn draw(&mut self, act: Draw) {
        if !self.pixels.as_ref().is_some_and(|pixels| pixels.checked) {
            return self.tell_drawn(false, Some(Remark::NotYet));
        }
        match act {
            Draw::Target { stone } => {
                self.target(stone);
                self.tell_drawn(false, None);
            }
            Draw::Describe { about } => self.describe(about),
            Draw::Stroke { plane, points, brush, last } => self.stroke(plane, points, brush, last),
            Draw::Fill { plane, outline, erases } => {
                let voxels = self
                    .size()
                    .zip(self.view.drawn_on(plane))
                    .map(|(size, (grid, at))| label::fill(grid, size, at, &outline));
                self.put(&voxels.unwrap_or_default(), erases);
                self.end_act(None);
            }
            Draw::Grow { plane, at, hu, reach_mm } => self.grow(plane, at, Limits { hu, reach_mm }),
            Draw::Remove { stone } => {
                if let Some(key) = self.labelling.key(stone) {
                    self.labelling.labels.remove(key);
                    self.end_act(None);
                }
            }
            Draw::Abandon => {
                self.labelling.at = None;
                self.labelling.labels.abandon();
                self.tell_list();
            }
            Draw::Undo | Draw::Redo => {
                let labels = &mut self.labelling.labels;
                let _ = if act == Draw::Undo { labels.undo() } else { labels.redo() };
                self.tell_list();
                self.tell_drawn(false, None);
                self.keep_labels();
            }
        }
    }

    /// What was written holds all that was drawn.
    pub fn drawn_is_saved(&mut self, file: SaveAs) {
        if file.holds_masks() {
            self.labelling.labels.save();
            self.tell_drawn(false, None);
        }
    }

    fn size(&self) -> Option<[usize; 3]> {
        let geometry = &self.pixels.as_ref()?.volume.geometry;
        Some([geometry.columns, geometry.rows, geometry.slices])
    }

    fn target(&mut self, stone: Option<u32>) {
        let key = stone.and_then(|id| self.labelling.key(id));
        let of = stone.filter(|_| key.is_none()).and_then(|id| {
            self.list.found_stones().iter().find(|s| s.id == id).map(|s| s.bounds_voxel)
        });
        self.labelling.target = (key, of);
    }

    /// The label that is drawn on: it may be a finding's, which becomes one, or a new one.
    fn target_label(&mut self) -> u32 {
        let labelling = &mut self.labelling;
        let key = labelling.drawn_on().unwrap_or_else(|| {
            let found = self.list.found().find(|(s, _)| Some(s.bounds_voxel) == labelling.target.1);
            match found {
                Some((stone, mask)) => {
                    let review = self.list.said(stone.bounds_voxel);
                    labelling.take(&Stone { review, ..stone.clone() }, mask)
                }
                None => labelling.labels.add(None, labelling.about.clone()),
            }
        });
        labelling.target.0 = Some(key);
        key
    }

    fn describe(&mut self, about: About) {
        let targeted = self.labelling.drawn_on().is_some() || self.labelling.target.1.is_some();
        if !targeted {
            self.labelling.about = about;
            return self.tell_drawn(false, None);
        }
        let key = self.target_label();
        let labelling = &mut self.labelling;
        if labelling.labels.get(key).is_some_and(|label| label.about.kind != about.kind) {
            // What it is called now goes before what was said of it.
            labelling.words.remove(&key);
        }
        labelling.labels.describe(key, about);
        self.end_act(None);
    }

    fn stroke(&mut self, plane: Plane, points: Vec<[f64; 2]>, brush: Brush, last: bool) {
        let mut voxels = Voxels::default();
        for point in points {
            let from = self.labelling.at.replace(point).unwrap_or(point);
            voxels.add(&self.swept(plane, from, point, brush));
        }
        self.put(&voxels, brush.erases);
        if last {
            self.labelling.at = None;
            self.end_act(None);
        } else {
            self.show_drawn();
        }
    }

    fn swept(&self, plane: Plane, from: [f64; 2], to: [f64; 2], brush: Brush) -> Voxels {
        let Some(pixels) = &self.pixels else { return Voxels::default() };
        let (Some(size), Some((grid, at))) = (self.size(), self.view.drawn_on(plane)) else {
            return Voxels::default();
        };
        let radius = brush.mm / 2.0;
        if !brush.solid {
            return label::disc(grid, size, at, from, to, radius);
        }
        let place = |[u, v]: [f64; 2]| -> DVec3 {
            grid.patient(u, v, at).map_or(grid.voxel(u, v, at).0, |place| place.0)
        };
        label::ball(&pixels.volume.geometry, place(from), place(to), radius)
    }

    fn grow(&mut self, plane: Plane, at: [f64; 2], limits: Limits) {
        let seed = self
            .size()
            .zip(self.view.drawn_on(plane))
            .and_then(|(size, (grid, index))| label::nearest(grid, size, at, index));
        let Some((seed, pixels)) = seed.zip(self.pixels.as_ref()) else { return };
        let grown = label::grow(&pixels.volume, seed, limits);
        if grown.voxels.is_empty() {
            return self.tell_drawn(false, Some(Remark::SeedOutside));
        }
        self.put(&grown.voxels, false);
        self.end_act(grown.cut_off.then_some(Remark::CutOff));
    }

    /// Voxels become the target's, or no longer are: without a target an eraser takes from all. Findings of a model's
    /// that lose voxels by it are corrected.
    fn put(&mut self, voxels: &Voxels, erases: bool) {
        if voxels.is_empty() {
            return;
        }
        if !erases {
            let key = self.target_label();
            self.take_touched(voxels, None);
            return self.labelling.labels.paint(key, voxels);
        }
        let on_new = self.labelling.drawn_on().is_none() && self.labelling.target.1.is_none();
        let of_finding = self.labelling.target.1;
        if on_new || of_finding.is_some() {
            self.take_touched(voxels, of_finding);
        }
        let labelling = &mut self.labelling;
        let of_target = labelling.drawn_on();
        let all = labelling.labels.list().iter().map(|label| label.key);
        let keys: Vec<u32> = all.filter(|key| on_new || of_target == Some(*key)).collect();
        for key in keys {
            labelling.labels.erase(key, voxels);
        }
    }

    /// Findings of a model's that voxels lie on become labels: all of them, or only the one.
    fn take_touched(&mut self, voxels: &Voxels, only: Option<Bounds>) {
        let (list, labelling) = (&self.list, &mut self.labelling);
        for (stone, mask) in list.found() {
            let review = list.said(stone.bounds_voxel).or(stone.review);
            let stone = Stone { review, ..stone.clone() };
            let meant = only.is_none_or(|bounds| bounds == stone.bounds_voxel);
            let touched = || mask.voxels.iter().any(|voxel| voxels.contains(*voxel));
            if meant && stone.is_shown() && !labelling.is_taken(&stone) && touched() {
                labelling.take(&stone, mask);
            }
        }
    }

    fn end_act(&mut self, remark: Option<Remark>) {
        let acted = self.labelling.labels.end();
        self.tell_list();
        self.tell_drawn(acted, remark);
        self.keep_labels();
    }

    /// Where anything is drawn, or to be.
    pub(super) fn tell_drawn_again(&self) {
        if self.labelling.holds_any() || self.labelling.target.1.is_some() {
            self.tell_drawn(false, None);
        }
    }

    fn tell_drawn(&self, acted: bool, remark: Option<Remark>) {
        let labelling = &self.labelling;
        let key = labelling.drawn_on();
        let found = labelling.target.1.and_then(|bounds| {
            self.list.found_stones().iter().find(|s| s.bounds_voxel == bounds).map(|s| s.id)
        });
        let label = key.and_then(|key| labelling.labels.get(key));
        let about = match (label, found) {
            (Some(label), _) => label.about.clone(),
            (None, Some(_)) => About::default(),
            (None, None) => labelling.about.clone(),
        };
        let target = key.and_then(|key| labelling.ids.get(&key).copied()).or(found);
        let unsaved = !labelling.labels.is_saved();
        self.tell(&FromStudy::Drawn(DrawnState { target, about, acted, unsaved, remark }));
    }
}
