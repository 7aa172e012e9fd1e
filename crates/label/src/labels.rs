//! What was drawn: labels that share no voxel, and the acts that made them, forwards and back.

use crate::voxels::Voxels;
use serde::{Deserialize, Serialize};

/// One thing that was drawn. `about` is what the person says of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label<D> {
    /// Its own for as long as the labels live.
    pub key: u32,
    pub voxels: Voxels,
    /// What it began as, where another had drawn it before.
    pub of: Option<Voxels>,
    pub about: D,
}

#[derive(Clone, Debug, PartialEq)]
enum Change<D> {
    Voxels { key: u32, added: Voxels, removed: Voxels },
    Comes(Label<D>),
    Goes(Label<D>),
    About { key: u32, before: D, after: D },
}

/// An act and its number.
#[derive(Clone, Debug)]
struct Act<D> {
    number: u32,
    changes: Vec<Change<D>>,
}

#[derive(Clone, Debug)]
pub struct Labels<D> {
    list: Vec<Label<D>>,
    keys: u32,
    acts: u32,
    /// The act that is going on.
    open: Vec<Change<D>>,
    past: Vec<Act<D>>,
    future: Vec<Act<D>>,
    /// The act after which all was saved; 0 is before the first.
    saved: u32,
}

impl<D> Default for Labels<D> {
    fn default() -> Self {
        let (list, open, past, future) = Default::default();
        Self { list, keys: 0, acts: 0, open, past, future, saved: 0 }
    }
}

impl<D: Clone + PartialEq> Labels<D> {
    pub fn list(&self) -> &[Label<D>] {
        &self.list
    }

    pub fn get(&self, key: u32) -> Option<&Label<D>> {
        self.list.iter().find(|label| label.key == key)
    }

    /// Begins a label: with nothing, or with what another has drawn.
    pub fn add(&mut self, of: Option<Voxels>, about: D) -> u32 {
        self.keys += 1;
        let voxels = of.clone().unwrap_or_default();
        self.change(Change::Comes(Label { key: self.keys, voxels, of, about }));
        self.keys
    }

    /// Begins a label that was drawn elsewhere, or before; another that had its voxels has them no more. Where it was
    /// drawn on something, `of` is that.
    pub fn take_up(&mut self, voxels: &Voxels, of: Option<Voxels>, about: D) -> u32 {
        self.keys += 1;
        let key = self.keys;
        self.change(Change::Comes(Label { key, voxels: Voxels::default(), of, about }));
        self.paint(key, voxels);
        key
    }

    /// Adds voxels to a label; another that had them has them no more.
    pub fn paint(&mut self, key: u32, voxels: &Voxels) {
        let Some(own) = self.get(key) else { return };
        let added = voxels.without(&own.voxels);
        let lost: Vec<(u32, Voxels)> = self
            .list
            .iter()
            .filter(|label| label.key != key)
            .map(|label| (label.key, label.voxels.common(voxels)))
            .collect();
        for (key, removed) in lost {
            self.replace(key, Voxels::default(), removed);
        }
        self.replace(key, added, Voxels::default());
    }

    pub fn erase(&mut self, key: u32, voxels: &Voxels) {
        if let Some(own) = self.get(key) {
            let removed = own.voxels.common(voxels);
            self.replace(key, Voxels::default(), removed);
        }
    }

    pub fn describe(&mut self, key: u32, after: D) {
        if let Some(before) = self.get(key).map(|label| label.about.clone())
            && before != after
        {
            self.change(Change::About { key, before, after });
        }
    }

    pub fn remove(&mut self, key: u32) {
        if let Some(label) = self.get(key) {
            self.change(Change::Goes(label.clone()));
        }
    }

    /// What was changed since the last act is an act of its own; tells whether there was anything.
    pub fn end(&mut self) -> bool {
        if self.open.is_empty() {
            return false;
        }
        self.acts += 1;
        let changes = std::mem::take(&mut self.open);
        self.past.push(Act { number: self.acts, changes });
        self.future.clear();
        true
    }

    /// What was changed since the last act never was.
    pub fn abandon(&mut self) {
        for change in std::mem::take(&mut self.open).iter().rev() {
            self.apply(change, false);
        }
    }

    /// Takes the last act back; tells whether there was one.
    pub fn undo(&mut self) -> bool {
        self.abandon();
        let Some(act) = self.past.pop() else { return false };
        for change in act.changes.iter().rev() {
            self.apply(change, false);
        }
        self.future.push(act);
        true
    }

    pub fn redo(&mut self) -> bool {
        self.abandon();
        let Some(act) = self.future.pop() else { return false };
        for change in &act.changes {
            self.apply(change, true);
        }
        self.past.push(act);
        true
    }

    pub fn is_saved(&self) -> bool {
        self.at() == self.saved
    }

    /// All that stands here now is kept elsewhere.
    pub fn save(&mut self) {
        self.saved = self.at();
    }

    fn at(&self) -> u32 {
        self.past.last().map_or(0, |act| act.number)
    }

    fn replace(&mut self, key: u32, added: Voxels, removed: Voxels) {
        if !added.is_empty() || !removed.is_empty() {
            self.change(Change::Voxels { key, added, removed });
        }
    }

    fn change(&mut self, change: Change<D>) {
        self.apply(&change, true);
        self.open.push(change);
    }

    fn apply(&mut self, change: &Change<D>, forwards: bool) {
        match (change, forwards) {
            (Change::Voxels { key, added, removed }, _) => {
                let (more, less) = if forwards { (added, removed) } else { (removed, added) };
                if let Some(label) = self.list.iter_mut().find(|label| label.key == *key) {
                    label.voxels.take(less);
                    label.voxels.add(more);
                }
            }
            (Change::Comes(label), true) | (Change::Goes(label), false) => {
                let at = self.list.partition_point(|other| other.key < label.key);
                self.list.insert(at, label.clone());
            }
            (Change::Comes(label), false) | (Change::Goes(label), true) => {
                self.list.retain(|other| other.key != label.key);
            }
            (Change::About { key, before, after }, _) => {
                if let Some(label) = self.list.iter_mut().find(|label| label.key == *key) {
                    label.about = if forwards { after } else { before }.clone();
                }
            }
        }
    }
}
