//! What a person draws: strokes into voxels, voxels into findings that are measured as a model's are.

use super::Study;
use crate::messages::{About, Brush, Draw, DrawnState, FromStudy, Remark, SaveAs};
use label::{Labels, Limits, Voxels};
use std::collections::BTreeMap;
use stones::drawn::{Drawing, measured, numbers};
use stones::findings::{Bounds, Drawn, Hand, Kind, Label};
use stones::{Candidate, Context, Stone};
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
        Drawn {
            by: if of.is_some() { Hand::Corrected } else { Hand::Person },
            kind: self.kind(label.key, &label.about),
            name: label.about.name.clone(),
            rgb: self.rgb(label.key, &label.about),
            kept,
            added: len - kept,
            removed: of.map_or(0, Voxels::len) - kept,
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

    /// What was drawn, as far as it has changed measured anew.
    pub(super) fn drawings(&mut self, context: &Context) -> Vec<Drawing> {
        let Some(pixels) = &self.pixels else { return Vec::new() };
        let labelling = &mut self.labelling;
        let masks: Vec<(u32, Candidate)> =
            labelling.labels.list().iter().map(|l| (l.key, candidate(&l.voxels))).collect();
        let found = self.list.found().filter(|(stone, _)| !labelling.is_taken(stone));
        let found: Vec<&Candidate> = found.map(|(_, mask)| mask).collect();
        let mut drawings = Vec::new();
        for (label, (key, mask)) in labelling.labels.list().iter().zip(&masks) {
            let of = labelling.found.get(key).map(|stone| stone.bounds_voxel);
            let known = labelling.measured.get(key);
            let known = known.filter(|(of, about, _)| *of == label.voxels && *about == label.about);
            let stone = match known {
                _ if mask.voxels.is_empty() => None,
                Some((_, _, stone)) => Some(stone.clone()),
                None => {
                    let others = masks.iter().filter(|(other, _)| other != key);
                    let others: Vec<&Candidate> =
                        others.map(|(_, mask)| mask).chain(found.iter().copied()).collect();
                    let began = labelling.found.get(key);
                    let drawn = labelling.drawn(label);
                    Some(measured(&pixels.volume, mask, &others, began, drawn, context))
                }
            };
            let review = labelling.word(label);
            let stone = stone.map(|stone| Stone { review, ..stone });
            drawings.push(Drawing { of, mask: mask.clone(), stone });
        }
        let kept = labelling.labels.list().iter().zip(&drawings).filter_map(|(label, drawing)| {
            let stone = drawing.stone.clone()?;
            Some((label.key, (label.voxels.clone(), label.about.clone(), stone)))
        });
        labelling.measured = kept.collect();
        let there = drawings.iter().map(|drawing| (drawing.of, drawing.stone.is_some()));
        let ids = numbers(self.list.found_stones(), there);
        let keys = masks.iter().map(|(key, _)| *key);
        labelling.ids = keys.zip(ids).filter_map(|(key, id)| Some((key, id?))).collect();
        drawings
    }

    /// Marks the labels as they are now; they are measured when the hand is lifted.
    fn show_drawn(&mut self) {
        let labelling = &self.labelling;
        let list = labelling.labels.list();
        let of = |key: u32| labelling.found.get(&key).map(|stone| stone.bounds_voxel);
        let there = list.iter().map(|label| (of(label.key), !label.voxels.is_empty()));
        let ids = numbers(self.list.found_stones(), there);
        let taken = self.list.found_stones().iter().filter(|stone| labelling.is_taken(stone));
        let taken: Vec<u32> =
            taken.map(|stone| stone.id).chain(labelling.ids.values().copied()).collect();
        let marked = |label: &&label::Label<About>| labelling.word(label) != Some(Label::Rejected);
        let drawn =
            list.iter().zip(ids).filter(|(label, _)| marked(label)).filter_map(|(l, id)| {
                Some((id?, candidate(&l.voxels), labelling.rgb(l.key, &l.about)))
            });
        let drawn = drawn.collect();
        self.list.show_drawn(&taken, drawn);
        self.view.dirty();
        self.paint_soon();
    }
}
