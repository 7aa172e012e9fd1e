//! The header of the slice shown, read anew from its file: nothing of it is kept.

use super::Study;
use super::jobs::{Batch, Job};
use crate::messages::FromStudy;

impl Study {
    pub fn ask_tags(&mut self) {
        let Some(path) = self.path_shown() else {
            return self.tell(&FromStudy::Tags { listed: Vec::new() });
        };
        self.want_decoder();
        self.decoders.push_first(Batch::one(Job::List { path }));
        self.give_jobs();
    }

    fn path_shown(&self) -> Option<String> {
        let frame = self.pixels.as_ref()?.series.frames.get(self.view.slice()?)?;
        Some(frame.path.clone())
    }
}
