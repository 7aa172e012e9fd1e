//! What is known of a series while it is searched: no stone is measured twice, however often what was found so far is told.

use crate::bone::{Bones, Skeleton};
use crate::candidates::Candidate;
use crate::measure::{Acquisition, Measures, measure};
use crate::phase;
use crate::separate::split;
use reader::Series;
use std::sync::Arc;
use volume::Volume;

/// Kept from one report on a search of one volume to the next. What is asked again of the same masks has the same answer.
#[derive(Default)]
pub struct Known {
    bones: Option<Arc<Bones>>,
    /// `None` before it was asked for.
    lifted_share: Option<Option<f64>>,
    parts: Answers<Candidate, Vec<Candidate>>,
    /// Of a mask and the others that bear on its surface.
    measures: Answers<(Candidate, Vec<Candidate>), Measures>,
}

impl Known {
    /// What the last report did not ask for is forgotten.
    pub(crate) fn begin_report(&mut self) {
        self.parts.turn();
        self.measures.turn();
    }

    pub(crate) fn bones(&mut self, volume: &Volume) -> Arc<Bones> {
        self.bones.get_or_insert_with(|| Arc::new(Bones::of(volume))).clone()
    }

    /// What need not be searched of a series, by what its file and its HU say of a contrast agent.
    pub fn skeleton(&mut self, volume: &Volume, series: &Series) -> Skeleton {
        let told = phase::told(series);
        let contrast = phase::evidence(self.lifted_share(volume), &told).is_some();
        Skeleton::of(self.bones(volume), contrast)
    }

    /// How much of the soft tissue an agent has lifted.
    pub(crate) fn lifted_share(&mut self, volume: &Volume) -> Option<f64> {
        *self.lifted_share.get_or_insert_with(|| phase::lifted_share(volume))
    }

    /// The stones of one component.
    pub(crate) fn split(&mut self, volume: &Volume, whole: Candidate) -> Vec<Candidate> {
        self.parts.of(whole, |whole| split(volume, whole.clone()))
    }

    pub(crate) fn measure(
        &mut self,
        volume: &Volume,
        candidate: &Candidate,
        others: &[&Candidate],
        acquisition: &Acquisition,
    ) -> Measures {
        let others = others.iter().map(|other| (*other).clone()).collect();
        self.measures.of((candidate.clone(), others), |(candidate, others)| {
            let others: Vec<&Candidate> = others.iter().collect();
            measure(volume, candidate, &others, acquisition)
        })
    }
}

/// Answers of this report and of the one before.
struct Answers<K, V> {
    before: Vec<(K, V)>,
    now: Vec<(K, V)>,
}

impl<K, V> Default for Answers<K, V> {
    fn default() -> Self {
        Self { before: Vec::new(), now: Vec::new() }
    }
}

impl<K: PartialEq, V: Clone> Answers<K, V> {
    fn turn(&mut self) {
        self.before = std::mem::take(&mut self.now);
    }

    fn of(&mut self, key: K, find: impl FnOnce(&K) -> V) -> V {
        let value = match self.before.iter().position(|(known, _)| *known == key) {
            Some(at) => self.before.swap_remove(at).1,
            None => find(&key),
        };
        self.now.push((key, value.clone()));
        value
    }
}

/// Which stones a report measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    All,
    /// Those that slices still to be searched can't change; of the others it tells where they are so far.
    Settled,
}
