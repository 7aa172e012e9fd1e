//! What a wire of the graph carries, in the terms of the plan.

use crate::plan::ValueId;
use crate::tract::Layout;

#[derive(Clone, Debug)]
pub struct Image {
    /// Whose channels these are, one after another: a plan has no concatenation.
    pub parts: Vec<ValueId>,
    pub axes: [Axis; 4],
    /// Something else reads one of the parts as it is now: the step that writes it may not be changed.
    pub shared: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    Batch,
    Channel,
    Row,
    Column,
}

const PLANES: [Axis; 4] = [Axis::Batch, Axis::Channel, Axis::Row, Axis::Column];
const PIXELS: [Axis; 4] = [Axis::Batch, Axis::Row, Axis::Column, Axis::Channel];

impl Image {
    pub fn of(value: ValueId, layout: Layout) -> Self {
        let axes = match layout {
            Layout::Planes => PLANES,
            Layout::Pixels => PIXELS,
        };
        Self { parts: vec![value], axes, shared: false }
    }

    /// Other values in the same order of axes.
    pub fn with(&self, parts: Vec<ValueId>) -> Self {
        Self { parts, axes: self.axes, shared: false }
    }

    /// The axis `from` taken out and put in as `to`.
    pub fn moved(&self, from: usize, to: usize) -> Option<Self> {
        let mut axes = self.axes.to_vec();
        if from >= axes.len() || to >= axes.len() {
            return None;
        }
        let axis = axes.remove(from);
        axes.insert(to, axis);
        Some(Self { axes: axes.try_into().ok()?, ..self.clone() })
    }

    pub fn is_planes(&self) -> bool {
        self.axes == PLANES
    }

    /// Whether rows and columns are where someone who reads an output takes them to be.
    pub fn is_upright(&self) -> bool {
        self.axes == PLANES || self.axes == PIXELS
    }
}
