//! What is said between page, study worker, decode workers and infer workers: one enum per direction.

mod decoding;
mod drawing;
mod pacs;
mod saving;
mod shown;
mod strip;

pub use decoding::*;
pub use drawing::{About, Brush, Draw, DrawnState, KEPT_LABELS, Keep, KeptState, Remark};
pub use pacs::*;
pub use saving::{Goes, KeyImage, SaveAs};
pub use shown::*;
pub use strip::{StoneRun, Strip};

pub use reader::{Facts, Listed, Numbered, Stored, VoiFunction, Window as FileWindow};
use serde::{Deserialize, Serialize};
use stones::findings::{Bounds, Label, ModelCard};
pub use stones::findings::{NotLoaded, Warning};
use stones::{Crop, Findings, Manifest};
use volume::{DVec3, Depth, Need, Part, Plane, Region, Statistics};

/// What a worker program is told first, as fields of a plain JS object `{ script, module, role }`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Study,
    Decode,
    Infer,
    /// An infer worker that runs on the GPU.
    Graphics,
    /// Speaks to the PACS.
    Pacs,
}

/// The number of the infer worker that runs on the GPU; those on the processor are fewer, and count from 0.
pub const GRAPHICS: usize = 8;

/// What is to run the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Hardware {
    /// What the self-tests foretell to be faster. The processor begins, and the GPU may take over.
    #[default]
    Automatic,
    Processor,
    /// The GPU, and the processor where that fails.
    Graphics,
}

/// Page → study worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToStudy {
    /// A decode worker stands ready at the other end of the port. Attachment: `MessagePort`.
    /// The same number again replaces a worker that was stopped or has trapped. `full`: it knows every codec.
    DecodeWorker { number: usize, full: bool },
    /// An infer worker stands ready. Attachment: `MessagePort`.
    InferWorker { number: usize },
    /// Where a plane is painted. Attachments: `OffscreenCanvas` of the image, `OffscreenCanvas` of the mask.
    Canvas { plane: Plane },
    /// Files to read, added to those already open. Attachments: one `Blob` (a `File`) for each path.
    /// Paths are relative to what the person chose, with `/`. While `more` are to come, no series are made of them.
    Open { paths: Vec<String>, more: bool },
    /// Shows another series of those found.
    Choose { series: usize },
    /// The answer to [`FromStudy::TooLarge`]: reads this part of it, and tries even where it may not fit.
    Load { series: usize, part: Part },
    /// Shows a plane of the volume; the newest wins. 0 is the first in scroll order.
    Show { plane: Plane, index: usize },
    /// How much of the volume a plane shows at once.
    Depth { plane: Plane, depth: Depth },
    /// Turns the other planes about the normal of this one, through the place where all meet: clockwise as it is seen.
    Turn { plane: Plane, radians: f64 },
    /// All planes lie as the patient does again.
    Straighten,
    /// Moves all planes to the voxel under a pixel of the plane that is shown.
    Point { plane: Plane, u: f64, v: f64 },
    /// Asks what lies under a pixel: answered by [`Pictures::Under`].
    Hover { plane: Plane, u: f64, v: f64 },
    /// PS3.3 C.11.2.1.2 window centre and width in HU.
    Window { centre: f64, width: f64, function: VoiFunction },
    /// Looks for stones. Attachments: the manifest's text, the network as `ArrayBuffer`, and, where there is one, the plan
    /// of the network that knows the urinary tract.
    Predict { form: Form, hardware: Hardware },
    /// Asks whether a manifest and a network belong together: answered by [`FromStudy::ModelChecked`]. Attachments: the
    /// manifest's text, the ONNX file as `ArrayBuffer`.
    CheckModel { offer: u32 },
    /// What a finding's probability must reach from now on; the model's own threshold if `None`. What was searched
    /// stays: the network does not run again.
    Threshold { least: Option<f64> },
    /// The infer worker on the GPU has ended by itself: the processor goes on.
    GraphicsEnded,
    /// Keeps what was found so far; the page stops the infer workers.
    StopPredict,
    /// Keeps what was read so far; the page stops the decode workers.
    StopOpen,
    /// Shows or hides the mask and box of one stone, or of all.
    Visible { stone: Option<u32>, visible: bool },
    /// A person's word on a stone, or `None` where it is taken back. Rejected ones are not marked.
    Review { of: Bounds, label: Option<Label> },
    /// A person draws: answered by [`FromStudy::Drawn`] and, where something has changed, [`FromStudy::Found`].
    Draw(Draw),
    /// What this browser is to keep of it: answered by [`FromStudy::Kept`].
    Keep(Keep),
    /// Asks for the header of the slice shown, of what was acquired: answered by [`FromStudy::Tags`].
    Tags,
    /// Moves all planes to the centre of a stone.
    Jump { stone: u32 },
    /// Writes a file of these findings, at so many seconds since 1970, with what names the patient or without:
    /// answered by [`FromStudy::Saved`].
    Save {
        file: SaveAs,
        findings: Option<Box<Findings>>,
        seconds: u64,
        deidentified: bool,
        to: Goes,
    },
    /// Shows what was found or drawn before, or by others: DICOM SEG, NIfTI labels or our own JSON. Attachment: its `Blob`.
    LoadFindings { path: String },
    /// Asks for small pictures of stones: answered by [`FromStudy::KeyImages`].
    KeyImages { stones: Vec<u32> },
    /// Asks for what is on a plane's canvases: answered by [`FromStudy::Layers`].
    Layers { plane: Plane },
    /// Asks for the files of a series, for another study worker: answered by [`FromStudy::Lent`].
    Lend { series: usize },
    /// Moves all planes to a place: patient mm, or voxels as in [`volume::Cut`].
    Go { place: DVec3 },
    /// Asks for the HU in a region: answered by [`FromStudy::Measured`].
    Measure { mark: u32, region: Region },
}

/// What a network comes as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Form {
    /// A plan, made of the ONNX file that the manifest names.
    Plan,
    /// The ONNX file itself.
    Onnx,
}

/// Study worker → page.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromStudy {
    Ready,
    /// Headers read so far, of the files given.
    Scanning {
        seen: usize,
        of: usize,
    },
    /// All headers are read: the series found, the one shown and why, and what was not loaded.
    Opened {
        series: Vec<SeriesCard>,
        picked: Option<Picked>,
        not_loaded: Vec<NotLoaded>,
    },
    /// A slice of what is being opened is on its canvas, before it is known of which series: how it lies. Nothing else is
    /// told of it.
    Glimpse(Box<PlaneCard>),
    /// A series is shown, or a part of it: its planes and what stands in the corners. Sent before its pixels
    /// are read.
    Showing(Box<Shown>),
    /// All pixels are read, and what only they can tell is known: slices that came twice, saturated values,
    /// loss. What is shown stays, less the slices that turned out to be none of it.
    Checked {
        series: Vec<SeriesCard>,
        shown: Box<Shown>,
        not_loaded: Vec<NotLoaded>,
    },
    /// The series asks for more memory than there is. Nothing was read; the page asks the person, and
    /// answers with [`ToStudy::Load`] or not at all.
    TooLarge {
        series: usize,
        need: Need,
    },
    /// A small picture of a series. Attachment: `ArrayBuffer` of RGBA.
    Thumbnail {
        series: usize,
        width: u32,
        height: u32,
    },
    /// Slices in place, of the series shown.
    Loading {
        loaded: usize,
        of: usize,
    },
    /// Something more could not be read; the list is complete each time.
    NotLoaded {
        not_loaded: Vec<NotLoaded>,
    },
    /// What lies where along the slices of each plane.
    Strips(Vec<Strip>),
    /// Decode workers are to run the program that knows every codec; those there were are done with.
    WantsDecoder,
    /// The header of a file, element by element; empty where it can't be read as DICOM.
    Tags {
        listed: Vec<Listed>,
    },
    /// The planes lie another way now.
    Planes {
        planes: Vec<PlaneCard>,
    },
    Pictures(Pictures),
    /// The HU in the region of a mark; `None` where it holds no pixel.
    Measured {
        mark: u32,
        statistics: Option<Statistics>,
    },
    /// Slices searched so far, and what was found in them. `seconds_left` is `None` at first.
    Predicting {
        done: usize,
        of: usize,
        seconds_left: Option<f64>,
    },
    /// The stones found up to now; `findings.complete` tells whether all slices were searched.
    Found {
        findings: Box<Findings>,
        seen_slices: usize,
        of: usize,
    },
    /// How it stands with what a person draws.
    Drawn(DrawnState),
    /// How it stands with what this browser keeps of that.
    Kept(KeptState),
    /// The search has run to its end; what it found was told before.
    Searched,
    /// The infer workers' program did not pass its self-test. Nothing was searched with it: the page starts the
    /// workers with another, and asks again.
    Unfit {
        detail: String,
    },
    /// A person's manifest and network belong together.
    ModelChecked {
        offer: u32,
        card: Box<ModelCard>,
    },
    /// The infer worker on the GPU is given nothing more: it is the slower one, or it failed.
    GraphicsLeft,
    /// A decode worker has grown with what it read, and does nothing now: only its end gives the memory back.
    Grown {
        number: usize,
    },
    /// Attachment: `ArrayBuffer` of the file.
    Saved {
        file: SaveAs,
        to: Goes,
    },
    /// Attachments: one `ArrayBuffer` of RGBA for each.
    KeyImages {
        images: Vec<KeyImage>,
    },
    /// Columns and rows of a plane's image and of its mask. Attachments: an `ArrayBuffer` of RGBA for each.
    Layers {
        plane: Plane,
        sizes: [[u32; 2]; 2],
    },
    /// Attachments: the `Blob` of each file.
    Lent {
        paths: Vec<String>,
    },
    /// What was asked for could not be done.
    Failed(Failure),
}

/// What the series shown is, in words and numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub series: usize,
    /// The glimpse before was of this series, and stays until there is more to see.
    pub glimpsed: bool,
    pub part: Part,
    pub planes: Vec<PlaneCard>,
    pub corner: Corner,
    pub warnings: Vec<Warning>,
    pub facts: Facts,
}

/// One series in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesCard {
    pub study: StudyCard,
    pub number: Option<i32>,
    pub description: String,
    pub modality: String,
    pub slices: usize,
    pub columns: usize,
    pub rows: usize,
    /// Distance of neighbouring slices in mm.
    pub spacing_mm: Option<f64>,
    pub thickness_mm: Option<f64>,
    /// The plane it was acquired in, if it is near one.
    pub plane: Option<Plane>,
    pub contrast: bool,
}

/// What a series belongs to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StudyCard {
    pub uid: String,
    pub patient_name: String,
    pub patient_id: String,
    /// As DICOM writes a date: YYYYMMDD.
    pub birth_date: String,
    pub date: String,
    pub description: String,
}

/// The series that is shown first, and what the choice rests on; the page puts it into words.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Picked {
    pub series: usize,
    pub slices: usize,
    pub spacing_mm: Option<f64>,
    /// Kinds passed over: codes of [`NotLoaded`] with their number, most first.
    pub skipped: Vec<(String, usize)>,
}

/// `code` is one of: `model_missing`, `model_sha256`, `model_refused`, `own_manifest`, `own_sha256`, `nothing_to_search`,
/// `save_side`, `save_nothing`, `save_not_dicom`, `save_not_placed`, `save_uneven`, `save_not_searched`, `save_failed`, `load_other`,
/// `load_unreadable`, `keep_failed`, `forget_failed`, `bug`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub code: String,
    pub detail: String,
}

/// The first word of a decode or infer worker to the page, and the page's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Greeting {
    /// Worker → page: its program runs.
    Ready,
    /// Page → worker. Attachment: the `MessagePort` whose other end the study worker has.
    Port,
}

/// Study worker → infer worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToInfer {
    /// The network to run from now on, on planes of this size. Attachments: `Uint8Array` of its file, and
    /// `Float32Array` of its weights as another worker of the same program has packed them, if one has.
    Model { manifest: Box<Manifest>, crop: Crop },
    /// Searches a slice. Attachments: what [`stones::Planes`] are made of, `Int16Array` of HU and `Uint32Array` of what
    /// is left out.
    Search { slice: usize },
}

/// Infer worker → study worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromInfer {
    /// The network stands ready. Attachment: `Float32Array` of its packed weights, where this worker packed them.
    Ready(Fitness),
    /// The network can't be used by this program.
    Unfit { detail: String },
    /// Attachments: `Uint32Array` of pixels in the crop, `Float32Array` of their probabilities.
    Searched { slice: usize },
    /// A slice can't be searched, nor could any other.
    Failed { detail: String },
}

/// What a self-test has shown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fitness {
    pub engine: String,
    /// The largest difference from the answers in the plan; `None` where there are none.
    pub max_abs: Option<f64>,
    /// Seconds of one slice, if all of it were wanted, as the test foretells.
    pub seconds: Option<f64>,
}
