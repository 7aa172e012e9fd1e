//! What the page is told of the planes: how they lie, and what they show now.

use serde::{Deserialize, Serialize};
use volume::{Cut, Letters, Plane};

/// One plane of the series shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlaneCard {
    pub plane: Plane,
    pub width: usize,
    pub height: usize,
    pub count: usize,
    pub pixel_mm: [f64; 2],
    pub step_mm: f64,
    /// What fits the pane at zoom 1: the plane as it lies before it is turned.
    pub fit_mm: [f64; 2],
    pub letters: Letters,
}

/// Text of the corners. Names are as the file gives them, decoded; empty where unknown.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Corner {
    pub patient_name: String,
    pub patient_id: String,
    /// As DICOM writes a date: YYYYMMDD.
    pub birth_date: String,
    pub sex: String,
    pub study_description: String,
    pub study_date: String,
    pub series_description: String,
    pub series_number: Option<i32>,
    pub thickness_mm: Option<f64>,
    pub tilt_degrees: f64,
    /// Whether lengths and places are known at all.
    pub placed: bool,
}

/// What is told of the pictures as often as they change.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Pictures {
    /// Planes have been painted, in this window.
    Painted { centre: f64, width: f64, planes: Vec<Painted> },
    /// What lies under the pointer; all `None` outside.
    Under { plane: Plane, hu: Option<i16>, patient_mm: Option<[f64; 3]> },
}

/// What a plane shows now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Painted {
    pub plane: Plane,
    pub index: usize,
    /// Instance Number of the slice, in the plane that was acquired.
    pub instance_number: Option<i32>,
    /// Patient coordinate along the plane's own axis (axial: z to Head) in mm.
    pub position_mm: Option<f64>,
    /// Whether the slice of an acquired plane has arrived.
    pub loaded: bool,
    /// Where the other two planes cross this one, in pixels; whole numbers are pixel centres.
    pub crosshair: [f64; 2],
    /// Which ways they run, as unit vectors on the picture.
    pub lines: [[f64; 2]; 2],
    /// Where the picture lies in the patient.
    pub cut: Cut,
    /// How thick a slab is that the picture shows.
    pub slab_mm: Option<f64>,
    pub boxes: Vec<StoneBox>,
}

/// The box of a stone's mask in a plane, in pixels, edges included and without margin: pixel `p` spans
/// `p - 0.5 ..= p + 0.5`. Only boxes of visible stones that cross the plane are sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoneBox {
    pub stone: u32,
    pub min: [f64; 2],
    pub max: [f64; 2],
    /// The colour of its mask.
    pub rgb: [u8; 3],
    /// The mask's own border along pixel edges, in straight stretches.
    pub border: Vec<[[f64; 2]; 2]>,
}
