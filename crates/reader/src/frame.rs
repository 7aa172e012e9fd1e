//! One image of a CT, told by its header: plain data, in which nobody looks for a tag again.

use crate::syntax::Syntax;
use serde::{Deserialize, Serialize};

/// A frame that can be loaded: where its pixels are, what they mean, and where they lie in the patient.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// As it was given to [`crate::scan`]; inside an archive `archive.zip!/inner/path`.
    pub path: String,
    /// Number of the frame in its file, from 0.
    pub number: usize,
    /// Whether the file is a multi-frame object, even one with a single frame.
    pub multi_frame: bool,
    pub columns: usize,
    pub rows: usize,
    pub stored: Stored,
    pub syntax: Syntax,
    pub pixels: PixelBytes,
    pub modality_values: Modality,
    /// RescaleType, where it says that the values are not HU.
    pub other_unit: Option<String>,
    /// Closed range of stored values that are padding (PS3.3 C.7.5.1.1.2).
    pub padding: Option<[f64; 2]>,
    /// LossyImageCompression is 01.
    pub lossy: bool,
    pub place: Place,
    pub order: Order,
    pub identity: Identity,
    pub labels: Labels,
    /// What the file suggests for display: centre and width in HU.
    pub windows: Vec<Window>,
    /// A contrast agent is named.
    pub contrast: bool,
    pub remarks: Remarks,
    /// What the pixels told once they were decoded; [`crate::assemble`] uses it when it is there.
    pub seen: Option<Seen>,
}

impl Frame {
    /// Bytes of the texts and tables that each frame has for itself.
    pub(crate) fn held(&self) -> u64 {
        let Self { path, other_unit, order, identity, labels, windows, remarks, .. } = self;
        let texts = [
            path,
            &order.stack,
            &order.acquisition,
            &order.kernel,
            &order.kvp,
            &order.image_type,
            &order.time,
            &order.temporal,
            &identity.sop_class_uid,
            &identity.sop_instance_uid,
            &labels.patient_name,
            &labels.patient_id,
            &labels.birth_date,
            &labels.sex,
            &labels.study_description,
            &labels.study_date,
            &labels.study_time,
            &labels.study_id,
            &labels.accession_number,
            &labels.referring_physician,
            &labels.series_description,
            &remarks.contrast_agent,
            &remarks.lossy_method,
            &remarks.lossy_ratio,
            &remarks.patient_position,
        ];
        let optional = [
            other_unit,
            &identity.series_instance_uid,
            &identity.study_instance_uid,
            &identity.frame_of_reference_uid,
            &identity.modality,
        ];
        let table = match &self.modality_values {
            Modality::Table { values, .. } => size_of_val(values.as_slice()),
            _ => 0,
        };
        let texts = texts.into_iter().chain(optional.into_iter().flatten()).map(String::len);
        let windows = windows.iter().map(|w| size_of::<Window>() + w.name.len() + w.table.len());
        (table + texts.sum::<usize>() + windows.sum::<usize>()) as u64
    }
}

/// How a stored value lies in its cell (PS3.5 8.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stored {
    Integer {
        allocated: u8,
        bits: u8,
        high: u8,
        signed: bool,
    },
    /// Float Pixel Data (7FE0,0008).
    Float32,
    /// Double Float Pixel Data (7FE0,0009).
    Float64,
}

impl Stored {
    /// Bytes of one cell.
    pub fn cell(self) -> usize {
        match self {
            Stored::Integer { allocated, .. } => usize::from(allocated / 8),
            Stored::Float32 => 4,
            Stored::Float64 => 8,
        }
    }
}

/// Where the value of the pixel data element lies in the file (in the inflated data set, if deflated).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PixelBytes {
    /// All frames one after another. `swapped_pairs`: 8 bit cells in big endian words (PS3.5 8.1.2).
    Native { offset: u64, length: u64, swapped_pairs: bool },
    /// Fragments from `offset` on (PS3.5 A.4). Extended offset table: places of its offsets and of
    /// its lengths, 8 bytes each per frame.
    Fragments { offset: u64, extended: Option<[ByteRange; 2]>, frames: usize },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByteRange {
    pub offset: u64,
    pub length: u64,
}

/// From stored values to HU (PS3.3 C.11.1).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Modality {
    Linear {
        slope: f64,
        intercept: f64,
    },
    /// Values of stored `first`, `first + 1`, …; clamped at both ends.
    Table {
        first: i64,
        values: Vec<i32>,
    },
    /// Neither: the stored values pass.
    Missing,
}

/// Where the frame lies in patient LPS millimetres, as far as the header says it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Place {
    /// Centre of the first pixel.
    pub position: Option<[f64; 3]>,
    /// Unit vectors of rising column index and of rising row index.
    pub orientation: Option<[[f64; 3]; 2]>,
    /// Millimetres between rows, and between columns (PS3.3 10.7.1.3).
    pub pixel_spacing: Option<[f64; 2]>,
    pub thickness_mm: Option<f64>,
}

/// What tells frames at the same position apart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub instance_number: Option<i32>,
    pub stack: String,
    pub acquisition: String,
    pub kernel: String,
    pub kvp: String,
    pub image_type: String,
    /// AcquisitionDateTime, or date and time.
    pub time: String,
    pub temporal: String,
}

/// Who made it and what it belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub sop_class_uid: String,
    pub sop_instance_uid: String,
    pub series_instance_uid: Option<String>,
    pub study_instance_uid: Option<String>,
    pub frame_of_reference_uid: Option<String>,
    pub modality: Option<String>,
}

/// Text for the corners of the view and for lists: decoded, empty where unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    pub patient_name: String,
    pub patient_id: String,
    /// YYYYMMDD.
    pub birth_date: String,
    pub sex: String,
    pub study_description: String,
    pub study_date: String,
    /// HHMMSS, with a fraction where the file has one.
    pub study_time: String,
    pub study_id: String,
    pub accession_number: String,
    pub referring_physician: String,
    pub series_description: String,
    pub series_number: Option<i32>,
}

/// What the header says beside the image: told to the person, never computed with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remarks {
    /// As the file names it; empty where it names none or gives a code only.
    pub contrast_agent: String,
    /// Text stands in the pixels (BurnedInAnnotation, PS3.3 C.7.6.1).
    pub burned_in: bool,
    /// PS3.3 C.7.6.1.1.5.1 and C.7.6.1.1.5.2, as they stand.
    pub lossy_method: String,
    pub lossy_ratio: String,
    /// HFS, FFP and so on (PS3.3 C.7.3.1.1.2). Positions are the patient's own without it.
    pub patient_position: String,
    /// MONOCHROME1: the lowest value is shown white (PS3.3 C.7.6.3.1.2).
    pub inverted: bool,
}

/// PS3.3 C.11.2.1.2, or a VOI LUT (C.11.2.1.1) over the HU from `centre - width / 2` on, one for each entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Window {
    pub centre: f64,
    pub width: f64,
    pub function: VoiFunction,
    pub name: String,
    /// The grey levels of a VOI LUT; of all others empty.
    pub table: Vec<u8>,
}

/// VOI LUT Function (PS3.3 C.11.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VoiFunction {
    #[default]
    Linear,
    LinearExact,
    Sigmoid,
    /// By the table of the frame's window with this number.
    Table(usize),
}

/// What only the pixels can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Equal for equal HU.
    pub hash: u64,
    /// Voxels beyond i16 that are not padding.
    pub saturated: u32,
    pub padding: u32,
    /// The stream was irreversible.
    pub lossy: bool,
}
