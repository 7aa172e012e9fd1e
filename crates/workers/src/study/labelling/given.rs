//! Labels that come from files: a person goes on with what was drawn before, here or elsewhere.

use super::Labelling;
use crate::messages::About;
use crate::study::Study;
use label::Voxels;
use stones::findings::Hand;

/// A mask that a person had a hand in.
pub struct Given {
    pub voxels: Voxels,
    pub about: About,
    pub by: Hand,
    /// Of a corrected one: how many voxels were the model's and are left, were added, were taken away.
    pub parts: Option<[usize; 3]>,
}

impl Labelling {
    fn take_given(&mut self, given: Given) {
        let Given { voxels, about, by, parts } = given;
        let of = (by == Hand::Corrected).then(|| voxels.clone());
        let key = self.labels.take_up(&voxels, of, about);
        if let Some(parts) = parts.filter(|[kept, added, _]| kept + added == voxels.len()) {
            self.parts.insert(key, parts);
        }
    }
}

impl Study {
    /// Puts labels out of a file among those that are here. What is in a file need not be saved again.
    pub fn take_labels(&mut self, all: Vec<Given>) {
        let saved = self.labelling.labels.is_saved();
        for given in all {
            self.labelling.take_given(given);
        }
        self.end_act(None);
        if saved {
            self.labelling.labels.save();
            self.tell_drawn(false, None);
        }
    }
}
