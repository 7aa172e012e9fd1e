//! Labels as findings: measured as the hand is lifted, and marked while it draws.

use super::candidate;
use crate::messages::About;
use crate::study::Study;
use stones::drawn::{Drawing, measured, numbers};
use stones::findings::Label;
use stones::{Candidate, Context, Stone};

impl Study {
    /// What was drawn, as far as it has changed measured anew.
    pub fn drawings(&mut self, context: &Context) -> Vec<Drawing> {
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
    pub(super) fn show_drawn(&mut self) {
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
