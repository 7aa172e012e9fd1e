//! Where an attribute of a frame is found: its own functional groups, then the shared ones (PS3.3 C.7.6.16).

use super::element::Tag;
use super::header::Data;
use super::wanted::{PER_FRAME_GROUPS, SHARED_GROUPS};

/// The macros of a multi-frame object; of a single-frame image, nothing but its root.
pub struct Groups<'a> {
    root: Data<'a>,
    shared: Option<Data<'a>>,
    per_frame: Vec<Data<'a>>,
}

impl<'a> Groups<'a> {
    pub fn new(root: Data<'a>) -> Self {
        let shared = root.item(SHARED_GROUPS);
        Self { root, shared, per_frame: root.items(PER_FRAME_GROUPS).collect() }
    }

    pub fn enhanced(&self) -> bool {
        self.shared.is_some() || !self.per_frame.is_empty()
    }

    pub fn frames(&self) -> usize {
        self.per_frame.len()
    }

    /// The item of `sequence` that holds `tag` for a frame.
    pub fn find(&self, frame: usize, sequence: Tag, tag: Tag) -> Option<Data<'a>> {
        let own = self.per_frame.get(frame).copied();
        own.into_iter()
            .chain(self.shared)
            .filter_map(|g| g.item(sequence))
            .find(|item| item.has(tag))
    }

    /// As [`Self::find`], with the root for what is not in any group.
    pub fn find_or_root(&self, frame: usize, sequence: Tag, tag: Tag) -> Data<'a> {
        self.find(frame, sequence, tag).unwrap_or(self.root)
    }

    /// Geometry: at the root of a single-frame image, in the groups and nowhere else in an enhanced one.
    pub fn placed(&self, frame: usize, sequence: Tag, tag: Tag) -> Option<Data<'a>> {
        if self.enhanced() { self.find(frame, sequence, tag) } else { Some(self.root) }
    }

    pub fn text(&self, frame: usize, sequences: &[Tag], tag: Tag) -> String {
        let found = sequences.iter().find_map(|&s| self.find(frame, s, tag));
        found.unwrap_or(self.root).text(tag)
    }
}
