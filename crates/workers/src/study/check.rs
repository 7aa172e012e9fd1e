//! What only the pixels can tell of a series: the same slice stored twice, saturated values, loss, damage.

use super::Study;
use super::jobs::{Batch, Job, Purpose};
use crate::messages::FromStudy;
use reader::{Assembly, Frame, Series};
use std::collections::HashMap;

impl Study {
    /// All slices of the series shown are settled. Frames that may be the same slices again are read as well.
    pub fn begin_check(&mut self) {
        let Some(pixels) = &self.pixels else { return };
        let rivals =
            if pixels.part.is_whole() { self.files.rivals(&pixels.series) } else { Vec::new() };
        if rivals.is_empty() {
            return self.check();
        }
        let job = |frame: Frame| {
            let (path, frames) = (frame.path.clone(), vec![frame]);
            Job::Decode { path, frames, purpose: Purpose::Rivals, tries: 0 }
        };
        let jobs = rivals.into_iter().map(job);
        Batch::several(jobs).into_iter().for_each(|batch| self.decoders.push(batch));
        self.give_jobs();
    }

    /// A rival has been read; the last one brings the check to its end.
    pub fn rival_settled(&mut self) {
        let rival = |job: &Job| matches!(job, Job::Decode { purpose: Purpose::Rivals, .. });
        if !self.decoders.any(|batch| batch.left().any(rival)) {
            self.check();
        }
    }

    /// Puts the series together once more, now with what its pixels told, as `lithoscope inspect` does.
    fn check(&mut self) {
        let Some(pixels) = self.pixels.as_ref().filter(|pixels| !pixels.checked) else { return };
        let (list, number, series) = if pixels.part.is_whole() {
            let Assembly { series: list, refused } = reader::assemble(self.files.told_frames());
            let at = list.iter().position(|series| share_a_frame(series, &pixels.series));
            self.files.not_assembled = refused;
            let Some(number) = at else {
                // Not one of its slices could be decoded: it is no series.
                self.files.series = list;
                return self.show_first();
            };
            let series = list[number].clone();
            (list, number, series)
        } else {
            let Some(series) = self.files.told_series(&pixels.series) else {
                return self.end_check();
            };
            (self.files.series.clone(), pixels.number, series)
        };
        let listed_anew = list.len() != self.files.series.len();
        self.files.series = list;
        match kept_slices(&pixels.series, &series) {
            Some(kept) => self.keep_slices(number, series, &kept),
            // Slices that were taken for repeats are none: they have to be read.
            None => {
                self.tell_opened(Some(number));
                return self.show_series(number);
            }
        }
        if listed_anew {
            self.ask_thumbnails();
        }
        self.end_check();
    }

    fn end_check(&mut self) {
        if let Some(pixels) = &mut self.pixels {
            pixels.checked = true;
        }
        self.tell(&FromStudy::NotLoaded { not_loaded: self.not_loaded() });
        self.begin_waiting_search();
        self.look_for_kept();
    }

    fn keep_slices(&mut self, number: usize, series: Series, kept: &[usize]) {
        let Some(pixels) = &mut self.pixels else { return };
        if kept.len() < pixels.series.frames.len() {
            pixels.volume.keep(kept, series.geometry.clone());
            self.view.reshape(&series.geometry, kept);
        }
        pixels.settle_as(number, series);
        let shown = Box::new(pixels.shown());
        self.tell(&FromStudy::Checked {
            series: self.cards(),
            shown,
            not_loaded: self.not_loaded(),
        });
        self.tell_loaded();
        self.paint_soon();
    }
}

fn name(frame: &Frame) -> (&str, usize) {
    (&frame.path, frame.number)
}

fn share_a_frame(a: &Series, b: &Series) -> bool {
    a.frames.iter().any(|frame| b.frames.iter().any(|other| name(other) == name(frame)))
}

/// The slices of `old` that are left in `new`, if nothing else is and they stand in the same order.
fn kept_slices(old: &Series, new: &Series) -> Option<Vec<usize>> {
    let places: HashMap<_, usize> =
        old.frames.iter().enumerate().map(|(k, frame)| (name(frame), k)).collect();
    let kept: Vec<usize> =
        new.frames.iter().map(|frame| places.get(&name(frame)).copied()).collect::<Option<_>>()?;
    kept.is_sorted().then_some(kept)
}
