//! What a person draws over the planes, and how it stands with it.

use serde::{Deserialize, Serialize};
use stones::findings::Kind;
use volume::Plane;

/// What a person says of something drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct About {
    /// `None`: a stone where it was drawn from nothing, else as it was found.
    pub kind: Option<Kind>,
    pub name: String,
    /// `None`: the colour of its kind.
    pub rgb: Option<[u8; 3]>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Brush {
    /// Its diameter.
    pub mm: f64,
    /// A ball in the patient; else a disc in the slice that the plane shows.
    pub solid: bool,
    pub erases: bool,
}

/// An act of a person's. Places are pixels of the slice that a plane shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Draw {
    /// What follows goes to this finding; to a new one if `None`.
    Target {
        stone: Option<u32>,
    },
    /// What is said of the target, or of the next that is new.
    Describe {
        about: About,
    },
    /// The brush has gone along these pixels; `last` as it is lifted.
    Stroke {
        plane: Plane,
        points: Vec<[f64; 2]>,
        brush: Brush,
        last: bool,
    },
    /// A closed line was drawn: all within is the target's, or no more.
    Fill {
        plane: Plane,
        outline: Vec<[f64; 2]>,
        erases: bool,
    },
    /// What hangs together with a pixel's voxel between two HU, no further away than `reach_mm`.
    Grow {
        plane: Plane,
        at: [f64; 2],
        hu: [i16; 2],
        reach_mm: f64,
    },
    /// What was drawn goes; what a model had found comes back.
    Remove {
        stone: u32,
    },
    /// The stroke that is going on never was.
    Abandon,
    Undo,
    Redo,
}

/// What a person is to be told of an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Remark {
    /// The HU at the seed are outside the limits.
    SeedOutside,
    /// Growth would have gone on beyond its bound.
    CutOff,
    /// Slices are still being read.
    NotYet,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DrawnState {
    /// The finding that is drawn on.
    pub target: Option<u32>,
    /// What is said of it, or of the next that is new.
    pub about: About,
    /// An act was done that can be taken back.
    pub acted: bool,
    pub unsaved: bool,
    pub remark: Option<Remark>,
}

/// The folder of the browser's storage for this page in which labels are kept.
pub const KEPT_LABELS: &str = "lithoscope-labels";

/// A person's word on what this browser is to keep of the labels of the series shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Keep {
    /// From now on all that is drawn.
    On,
    /// What was kept before goes among the labels, and on.
    TakeUp,
    /// What was kept is deleted, and no more is.
    Forget,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptState {
    pub on: bool,
    /// Labels that were kept before and wait to be taken up.
    pub offered: usize,
    /// All that stands here is written.
    pub done: bool,
}
