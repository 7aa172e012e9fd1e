//! What was found, in the form that `lithoscope predict --json` prints and the page keeps.

use serde::{Deserialize, Serialize};

pub const SCHEMA: &str = "lithoscope/findings/1";

/// One search of one series. Positions are patient LPS mm; unknown values are `None`, never 0.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    pub schema: String,
    pub software: Software,
    pub model: ModelCard,
    pub engine: Engine,
    pub series: SeriesCard,
    pub threshold: f64,
    /// `false`: some slices were not searched.
    pub complete: bool,
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub missing_slices: Vec<usize>,
    pub stones: Vec<Stone>,
    pub warnings: Vec<Warning>,
    pub not_loaded: Vec<NotLoaded>,
    pub seconds: Seconds,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Software {
    pub name: String,
    pub version: String,
}

impl Default for Software {
    fn default() -> Self {
        Self { name: "lithoscope".into(), version: env!("CARGO_PKG_VERSION").into() }
    }
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub name: String,
    pub version: String,
    pub sha256: String,
    pub validation: String,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Engine {
    pub name: String,
    pub workers: usize,
    pub self_test_max_abs: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SeriesCard {
    pub study_instance_uid: Option<String>,
    pub series_instance_uid: Option<String>,
    pub series_number: Option<i32>,
    pub series_description: Option<String>,
    pub frames: usize,
    pub rows: usize,
    pub columns: usize,
    pub affine_lps: Option<[[f64; 4]; 4]>,
}

impl From<&reader::Series> for SeriesCard {
    fn from(series: &reader::Series) -> Self {
        let described = !series.description.is_empty();
        Self {
            study_instance_uid: series.study_instance_uid.clone(),
            series_instance_uid: series.series_instance_uid.clone(),
            series_number: series.number,
            series_description: described.then(|| series.description.clone()),
            frames: series.geometry.slices,
            rows: series.geometry.rows,
            columns: series.geometry.columns,
            affine_lps: series.geometry.affine.map(|affine| affine.rows()),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Label {
    #[default]
    Stone,
    Indeterminate,
    LikelyPhlebolith,
    Rejected,
}

/// Patient's side, from the affine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    Left,
    Right,
    Midline,
}

/// Seven places along the urinary tract, from above; the ureter's thirds by the sacroiliac joint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    Kidney,
    RenalPelvis,
    ProximalUreter,
    MidUreter,
    DistalUreter,
    Ureterovesical,
    Bladder,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stone {
    /// 1 is the largest; rejected ones come last.
    pub id: u32,
    /// The model's own; of what a person has drawn from nothing, what its kind makes of it.
    pub label: Label,
    /// What a person calls it instead, or confirms; absent where nobody has looked.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub review: Option<Label>,
    /// Absent where the mask is the model's own.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub drawn: Option<Drawn>,
    pub probability: Option<f64>,
    /// How sure the tract's network is that it lies on the urinary tract.
    pub tract_score: Option<f64>,
    pub side: Option<Side>,
    pub center_mm: Option<[f64; 3]>,
    pub bounds_voxel: Bounds,
    pub voxels: usize,
    /// Where along the urinary tract, where that can be told.
    #[serde(default)]
    pub level: Option<Level>,
    /// An upper bound where `limits` holds `resolution_limit`.
    pub max_axial_diameter_mm: Option<f64>,
    /// Largest chord perpendicular to the axial diameter, in its slice.
    #[serde(default)]
    pub short_axis_mm: Option<f64>,
    /// An upper bound where `limits` holds `craniocaudal_limit`.
    pub craniocaudal_mm: Option<f64>,
    pub max_3d_diameter_mm: Option<f64>,
    pub error_mm: ErrorBand,
    pub volume_mm3: Option<f64>,
    pub hu_mean: Option<f64>,
    pub hu_max: Option<f64>,
    pub hu_sd: Option<f64>,
    /// What the inside of a small stone has once the blur is taken off; `hu_mean` is of its edge then.
    #[serde(default)]
    pub hu_corrected: Option<f64>,
    /// Of what lies right at it, in its slices: soft tissue around a stone in the ureter (the rim sign), often fat around a
    /// vein stone.
    #[serde(default)]
    pub rim_hu: Option<f64>,
    /// How much it looks like a vein stone, of one in the pelvis ([`crate::labels`]).
    #[serde(default)]
    pub phlebolith_score: Option<f64>,
    pub skin_distance_mm: Option<f64>,
    /// Words of the limits table: `resolution_limit`, `craniocaudal_limit`, `single_slice`, `few_slices` (two),
    /// `truncated`, `gap`, `smoothed`, `partial_volume`, `hu_not_reliable`, `volume_check`, `side_undetermined`,
    /// `kernel_unknown`, `device` (metal: not measured), `no_geometry`, `unfinished` (of a search that goes on: not measured yet).
    pub limits: Vec<String>,
    pub find_again: FindAgain,
}

impl Stone {
    /// What it counts as: a person's word goes before the model's.
    pub fn standing(&self) -> Label {
        self.review.unwrap_or(self.label)
    }

    /// Whether it lies off the urinary tract rather than on it, as far as that is known.
    pub fn is_off_tract(&self) -> bool {
        self.tract_score.is_some_and(|score| score < 0.5)
    }

    /// Whether it is marked in the picture: rejected ones are only listed.
    pub fn is_shown(&self) -> bool {
        self.standing() != Label::Rejected
    }
}

/// Who made a mask that is not the model's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hand {
    Person,
    /// The model's, corrected by a person.
    Corrected,
}

/// What a person says that something is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    #[default]
    Stone,
    Phlebolith,
    Plaque,
    BowelContent,
    Other,
}

impl Kind {
    pub const ALL: [Kind; 5] =
        [Kind::Stone, Kind::Phlebolith, Kind::Plaque, Kind::BowelContent, Kind::Other];

    /// What it counts as among findings.
    pub fn label(self) -> Label {
        match self {
            Kind::Stone => Label::Stone,
            Kind::Phlebolith => Label::LikelyPhlebolith,
            Kind::Plaque | Kind::BowelContent | Kind::Other => Label::Indeterminate,
        }
    }

    /// The colour that it is shown in where the person has chosen none.
    pub fn rgb(self) -> [u8; 3] {
        match self {
            Kind::Stone => [255, 40, 40],
            Kind::Phlebolith => [90, 150, 255],
            Kind::Plaque => [255, 190, 40],
            Kind::BowelContent => [60, 200, 110],
            Kind::Other => [220, 120, 255],
        }
    }
}

/// What a person has drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drawn {
    pub by: Hand,
    pub kind: Kind,
    /// What the person calls it; empty where it has no name.
    pub name: String,
    pub rgb: [u8; 3],
    /// Voxels that were the model's and are left, those that the person added, and those that the person took away.
    pub kept: usize,
    pub added: usize,
    pub removed: usize,
    /// Volume of the mask itself; unknown where the scale is.
    pub mask_mm3: Option<f64>,
}

/// Inclusive voxel bounds `[i, j, k]` of the mask, before any margin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    pub min: [usize; 3],
    pub max: [usize; 3],
}

/// Half-width of the 95 % band.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ErrorBand {
    pub axial: Option<f64>,
    pub craniocaudal: Option<f64>,
    /// In mm³.
    #[serde(default)]
    pub volume: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FindAgain {
    pub series_number: Option<i32>,
    pub instance_number: Option<i32>,
    pub slice_location_mm: Option<f64>,
    /// Column and row of the stone's centre in that image, from 0.
    #[serde(default)]
    pub pixel: Option<[usize; 2]>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    pub code: String,
    pub detail: String,
}

impl From<&reader::Warning> for Warning {
    fn from(warning: &reader::Warning) -> Self {
        Self { code: warning.code.as_str().into(), detail: warning.detail.clone() }
    }
}

/// A file that was not loaded; `code` is one of the reader's refusal codes, `detail` is English.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotLoaded {
    pub path: String,
    pub code: String,
    pub detail: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Seconds {
    pub read: f64,
    pub predict: f64,
    pub measure: f64,
}

impl From<&reader::Refusal> for NotLoaded {
    fn from(refusal: &reader::Refusal) -> Self {
        Self {
            path: refusal.path.clone(),
            code: refusal.code.as_str().into(),
            detail: refusal.detail.clone(),
        }
    }
}
