//! The header of the slice shown, read anew from its file: nothing of it is kept.

use super::Study;
use crate::decode::read;
use crate::messages::{FromStudy, Listed};

/// Bytes of a file that are looked through. Headers are far smaller, but for those of large multi-frame files.
const HEADER: f64 = 1e6;

impl Study {
    pub fn tell_tags(&self) {
        self.tell(&FromStudy::Tags { listed: self.tags().unwrap_or_default() });
    }

    fn tags(&self) -> Option<Vec<Listed>> {
        let frame = self.pixels.as_ref()?.series.frames.get(self.view.slice()?)?;
        let blob = self.files.blob(&frame.path)?;
        let bytes = read(&frame.path, blob, HEADER.min(blob.size())).ok()?;
        Some(reader::listing(&bytes))
    }
}
