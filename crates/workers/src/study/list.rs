//! What stands in the list: what was found or loaded, with what a person has said of it and drawn.

use super::Study;
use crate::messages::FromStudy;
use std::collections::HashMap;
use stones::drawn::{merged, unsearched};
use stones::findings::{Bounds, Label};
use stones::{Candidate, Findings, Stone};

#[derive(Default)]
pub struct List {
    /// As the model or a file has it.
    found: Option<Found>,
    /// Stones of the last report, and by id the masks of those that are marked.
    stones: Vec<Stone>,
    masks: Vec<(u32, Candidate)>,
    colours: HashMap<u32, [u8; 3]>,
    /// A person's words on stones, by what their masks span: numbers change with the threshold.
    said: Vec<(Bounds, Option<Label>)>,
    /// Slices that the last report knew nothing of; `None` before the first.
    missing: Option<Vec<usize>>,
}

struct Found {
    findings: Findings,
    masks: Vec<(u32, Candidate)>,
    seen_slices: usize,
    of: usize,
}

impl List {
    pub fn masks(&self) -> &[(u32, Candidate)] {
        &self.masks
    }

    pub fn stones(&self) -> &[Stone] {
        &self.stones
    }

    pub fn colours(&self) -> &HashMap<u32, [u8; 3]> {
        &self.colours
    }

    pub fn has_searched(&self, slice: usize) -> bool {
        self.missing.as_ref().is_some_and(|missing| missing.binary_search(&slice).is_err())
    }

    /// The centre of a stone in patient mm.
    pub fn centre(&self, id: u32) -> Option<[f64; 3]> {
        self.stones.iter().find(|stone| stone.id == id)?.center_mm
    }

    /// Stones that nobody has drawn, with their masks.
    pub fn found(&self) -> impl Iterator<Item = (&Stone, &Candidate)> {
        self.found.iter().flat_map(|found| {
            let mask = |id: u32| found.masks.iter().find(|(of, _)| *of == id);
            found.findings.stones.iter().filter_map(move |s| Some((s, &mask(s.id)?.1)))
        })
    }

    pub fn found_stones(&self) -> &[Stone] {
        self.found.as_ref().map_or(&[], |found| &found.findings.stones)
    }

    /// What a person has said of a stone that nobody has drawn.
    pub fn said(&self, of: Bounds) -> Option<Label> {
        self.said.iter().find(|(bounds, _)| *bounds == of).and_then(|(_, label)| *label)
    }

    /// Marks masks where they are now, while a hand draws: `taken` are numbers that are no longer as they were.
    pub fn show_drawn(&mut self, taken: &[u32], drawn: Vec<(u32, Candidate, [u8; 3])>) {
        self.masks.retain(|(id, _)| !taken.contains(id));
        for (id, mask, rgb) in drawn {
            self.masks.retain(|(other, _)| *other != id);
            self.colours.insert(id, rgb);
            self.masks.push((id, mask));
        }
    }
}

impl Study {
    /// What a model has found up to now, or what was loaded, with the mask of each stone.
    pub fn publish(
        &mut self,
        findings: Findings,
        masks: Vec<Candidate>,
        seen_slices: usize,
        of: usize,
    ) {
        let masks = findings.stones.iter().map(|s| s.id).zip(masks);
        let masks = masks.filter(|(_, mask)| !mask.voxels.is_empty()).collect();
        self.list.found = Some(Found { findings, masks, seen_slices, of });
        self.tell_list();
        // Numbers may be others now.
        self.tell_drawn_again();
    }

    /// Puts what was drawn among what was found, and tells all of it.
    pub fn tell_list(&mut self) {
        let Some(context) = self.context() else { return };
        let drawings = self.drawings(&context);
        let list = &mut self.list;
        let frames = context.series.frames;
        let (mut findings, masks, seen_slices, of) = match &list.found {
            Some(found) => {
                let (findings, masks) = merged(&found.findings, &found.masks, drawings);
                (findings, masks, found.seen_slices, found.of)
            }
            None => {
                let (findings, masks) = merged(&unsearched(&context), &[], drawings);
                (findings, masks, 0, frames)
            }
        };
        list.colours.clear();
        for stone in &mut findings.stones {
            match &stone.drawn {
                Some(drawn) => drop(list.colours.insert(stone.id, drawn.rgb)),
                None => stone.review = list.said(stone.bounds_voxel).or(stone.review),
            }
        }
        list.stones = findings.stones.clone();
        list.missing = Some(findings.missing_slices.clone());
        let marked: Vec<u32> = list.stones.iter().filter(|s| s.is_shown()).map(|s| s.id).collect();
        list.masks = masks.into_iter().filter(|(id, _)| marked.contains(id)).collect();
        self.tell(&FromStudy::Found { findings: Box::new(findings), seen_slices, of });
        self.tell_strips();
        self.view.dirty();
        self.paint_soon();
    }

    /// Forgets what was found, and what was said of it; what was drawn stays.
    pub fn forget_found(&mut self) {
        self.list = List::default();
        if self.labelling.holds_any() {
            self.tell_list();
        }
    }

    /// Keeps a person's word on a stone, known by what its mask spans: by now its number may be another's. The list is told
    /// again, as one that was under way knows nothing of the word.
    pub fn review(&mut self, of: Bounds, label: Option<Label>) {
        let id = self.list.stones.iter().find(|s| s.bounds_voxel == of).map(|stone| stone.id);
        let drawn = id.is_some_and(|id| self.labelling.say(id, label));
        if id.is_some() && !drawn {
            self.list.said.retain(|(bounds, _)| *bounds != of);
            self.list.said.push((of, label));
        }
        self.tell_list();
        if drawn {
            self.keep_labels();
        }
    }

    pub fn jump(&mut self, id: u32) {
        if let Some(centre) = self.list.centre(id) {
            self.go(centre.into());
        }
    }
}
