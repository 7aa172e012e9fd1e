//! The manifest that comes with the weights: what the network is shown and how its answer is read.

use crate::findings::ModelCard;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use unet::Said;

pub const SCHEMA: &str = "lithoscope/model/1";
/// Pixels around one above the floor; more are the whole image.
const MOST_REACH: usize = 512;
/// Rows and columns of the tract network's image at most.
const MOST_CELLS: usize = 1024;

/// `models/manifest.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    pub schema: String,
    pub name: String,
    pub version: String,
    pub file: String,
    pub bytes: u64,
    /// SHA-256 of the weights, lower-case hex.
    pub sha256: String,
    pub licence: String,
    pub input: Input,
    /// Which of the network's outputs is the stones' probability.
    #[serde(default)]
    pub output: usize,
    pub floor: Floor,
    /// A component is reported when its probability, as it is told, reaches this.
    pub threshold: f32,
    /// A component is made of neighbouring voxels that reach this.
    pub grow_threshold: f32,
    pub min_voxels: usize,
    /// Without it a score is the network's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub calibration: Option<Calibration>,
    /// The second network, which knows where the urinary tract is. Without it nothing is said of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tract: Option<TractNetwork>,
    /// Pixel sizes and slice distances (mm) that it was trained for.
    pub pixel_mm: [f64; 2],
    pub slice_mm: [f64; 2],
    pub trained_on: String,
    pub validation: String,
    pub card: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Input {
    pub channels: Vec<Channel>,
    /// Rows and columns are padded to a multiple of this.
    pub multiple_of: usize,
}

/// One channel: the slice at a distance along the normal, mapped from `low_hu..=high_hu` to 0..=1.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Channel {
    pub offset_mm: f64,
    pub low_hu: f32,
    pub high_hu: f32,
}

/// What a finding must hold to be one: a voxel of at least this HU. It grows through voxels only that lie within
/// `reach` rows and columns of one in their slice, so that nothing else needs to be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Floor {
    pub hu: i16,
    pub reach: usize,
}

/// A network whose image is a slice in coarse cells around the middle of the body, and whose outputs are organs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TractNetwork {
    pub file: String,
    pub bytes: u64,
    /// SHA-256 of the weights, lower-case hex.
    pub sha256: String,
    pub channels: Vec<Channel>,
    /// Edge of a cell. Its value is the mean of the pixels whose middle lies in it.
    pub cell_mm: f64,
    pub rows: usize,
    pub columns: usize,
    /// What each output is the probability of.
    pub organs: Vec<Organ>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Organ {
    Kidney,
    Ureter,
    Bladder,
}

/// From the highest score `p` of a component, its score `t` on the urinary tract, and its pixels `n` in the slice that holds
/// most of them, to how often such a component is a stone, fitted on held-out scans (Platt 1999):
/// `1 / (1 + exp(-(slope * logit(p) + tract * logit(t) + size * ln(n) + offset)))`. Rises with all three.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    pub slope: f64,
    #[serde(default)]
    pub tract: f64,
    #[serde(default)]
    pub size: f64,
    pub offset: f64,
}

impl Calibration {
    /// Scores are told from 0 and 1 down to this; those on the tract down to the other.
    const LEAST: f64 = 1e-6;
    const LEAST_TRACT: f64 = 0.01;

    /// Where nothing is known of the tract, all counts as on it: nothing is to be missed for that.
    fn of(self, score: f64, tract: Option<f64>, pixels: usize) -> f64 {
        let evidence = self.slope * logit(score, Self::LEAST)
            + self.tract * logit(tract.unwrap_or(1.0), Self::LEAST_TRACT)
            + self.size * libm::log(pixels.max(1) as f64)
            + self.offset;
        1.0 / (1.0 + libm::exp(-evidence))
    }

    fn is_sound(self) -> bool {
        let Self { slope, tract, size, offset } = self;
        let finite = [slope, tract, size, offset].iter().all(|number| number.is_finite());
        finite && slope > 0.0 && tract >= 0.0 && size >= 0.0
    }
}

fn logit(p: f64, least: f64) -> f64 {
    let p = p.clamp(least, 1.0 - least);
    libm::log(p / (1.0 - p))
}

#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    #[error("the model's manifest can't be read: {0}")]
    Unreadable(String),
    #[error(
        "the model's weights are not those of its manifest (SHA-256 {found}, expected {expected})"
    )]
    Sha256 { expected: String, found: String },
}

impl Manifest {
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = serde_json::from_str(text)
            .map_err(|error| ManifestError::Unreadable(error.to_string()))?;
        let is_range = |[low, high]: [f64; 2]| low > 0.0 && high >= low && high.is_finite();
        let is_share = |share: f32| (0.0..=1.0).contains(&share);
        let input = &manifest.input;
        let fields = [
            ("input.channels", !input.channels.is_empty()),
            ("input.channels", input.channels.iter().all(Channel::is_sound)),
            ("input.multiple_of", input.multiple_of > 0),
            ("floor.reach", manifest.floor.reach <= MOST_REACH),
            ("threshold", is_share(manifest.threshold)),
            ("grow_threshold", is_share(manifest.grow_threshold)),
            ("pixel_mm", is_range(manifest.pixel_mm)),
            ("slice_mm", is_range(manifest.slice_mm)),
            ("calibration", manifest.calibration.is_none_or(Calibration::is_sound)),
            ("tract", manifest.tract.as_ref().is_none_or(TractNetwork::is_sound)),
        ];
        let wrong = fields.into_iter().find(|(_, is_sound)| !is_sound);
        match wrong {
            _ if manifest.schema != SCHEMA => {
                Err(ManifestError::Unreadable(format!("it is not a {SCHEMA}")))
            }
            Some((field, _)) => {
                Err(ManifestError::Unreadable(format!("its {field} makes no sense")))
            }
            None => Ok(manifest),
        }
    }

    /// Whether these are the weights that the manifest speaks of.
    pub fn check(&self, weights: &[u8]) -> Result<(), ManifestError> {
        check(&self.sha256, weights)
    }

    /// What findings say of the model.
    pub fn card(&self) -> ModelCard {
        ModelCard {
            name: self.name.clone(),
            version: self.version.clone(),
            sha256: self.sha256.clone(),
            validation: self.validation.clone(),
        }
    }

    /// What the network itself has to be.
    pub fn said(&self) -> Said {
        let Input { channels, multiple_of } = &self.input;
        Said { channels: channels.len(), multiple_of: *multiple_of, output: self.output }
    }

    /// The calibrated probability of a component by its highest score, its score on the urinary tract, and its pixels in the slice
    /// that holds most of them ([`Candidate::widest`](crate::Candidate::widest)), 0..=1.
    pub fn probability(&self, score: f32, tract: Option<f64>, pixels: usize) -> f64 {
        let score = f64::from(score);
        self.calibration.map_or(score, |calibration| calibration.of(score, tract, pixels))
    }

    /// The same with another threshold. What a finding grows through is never above what it must reach, where both are the
    /// network's own scores.
    pub fn with_threshold(&self, threshold: f32) -> Self {
        let grow_threshold = match self.calibration {
            Some(_) => self.grow_threshold,
            None => self.grow_threshold.min(threshold),
        };
        Self { threshold, grow_threshold, ..self.clone() }
    }

    pub fn offsets_mm(&self) -> Vec<f64> {
        offsets_mm(&self.input.channels)
    }
}

impl TractNetwork {
    pub fn check(&self, weights: &[u8]) -> Result<(), ManifestError> {
        check(&self.sha256, weights)
    }

    /// What the network itself has to be.
    pub fn said(&self) -> Said {
        let output = self.organs.len().saturating_sub(1);
        Said { channels: self.channels.len(), multiple_of: self.multiple_of(), output }
    }

    /// The largest power of 2 that divides rows and columns: its poolings can't need more.
    fn multiple_of(&self) -> usize {
        1 << (self.rows | self.columns).trailing_zeros()
    }

    fn is_sound(&self) -> bool {
        self.channels.iter().all(Channel::is_sound)
            && !self.channels.is_empty()
            && !self.organs.is_empty()
            && self.cell_mm > 0.0
            && self.cell_mm.is_finite()
            && (1..=MOST_CELLS).contains(&self.rows)
            && (1..=MOST_CELLS).contains(&self.columns)
    }
}

impl Channel {
    fn is_sound(&self) -> bool {
        // What is no number goes through no message as one.
        let finite = self.low_hu.is_finite() && self.high_hu.is_finite();
        finite && self.high_hu > self.low_hu && self.offset_mm.is_finite()
    }
}

/// The distinct slice offsets: the slice itself, which the floor is of, then others in the order of their first use.
pub(crate) fn offsets_mm(channels: &[Channel]) -> Vec<f64> {
    let mut offsets = vec![0.0];
    for channel in channels {
        if !offsets.contains(&channel.offset_mm) {
            offsets.push(channel.offset_mm);
        }
    }
    offsets
}

/// Whether these bytes have that SHA-256, in lower-case hex.
pub fn check(expected: &str, weights: &[u8]) -> Result<(), ManifestError> {
    let mut found = String::with_capacity(64);
    for byte in Sha256::digest(weights) {
        // Writing to a String can't fail.
        let _ = write!(found, "{byte:02x}");
    }
    if found == expected {
        Ok(())
    } else {
        Err(ManifestError::Sha256 { expected: expected.into(), found })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(calibration: &str) -> Result<Manifest, ManifestError> {
        Manifest::parse(&text(calibration))
    }

    fn text(calibration: &str) -> String {
        format!(
            r#"{{"schema":"lithoscope/model/1","name":"test","version":"0","file":"","bytes":0,"sha256":"","licence":"",
            "input":{{"channels":[{{"offset_mm":0,"low_hu":-140,"high_hu":260}}],"multiple_of":8}},
            "floor":{{"hu":110,"reach":1}},"threshold":0.5,"grow_threshold":0.3,"min_voxels":2,{calibration}
            "pixel_mm":[0.5,1.1],"slice_mm":[0.5,5],"trained_on":"","validation":"","card":""}}"#
        )
    }

    #[test]
    fn a_score_is_told_as_calibrated() {
        // Odds of 4 to 1, squared: 16 to 1.
        let squared = with(r#""calibration":{"slope":2,"offset":0},"#).unwrap();
        assert!((squared.probability(0.8, None, 5) - 16.0 / 17.0).abs() < 1e-6);
        assert!(squared.probability(1.0, None, 5) <= 1.0);
        assert!(squared.probability(0.0, None, 5) >= 0.0);
        assert!((with("").unwrap().probability(0.8, Some(0.1), 5) - 0.8).abs() < 1e-6);
    }

    #[test]
    fn a_place_on_the_tract_counts_as_evidence() {
        let manifest = with(r#""calibration":{"slope":1,"tract":2,"offset":0},"#).unwrap();
        // Odds of 4 to 1 by the score; of 3 to 1 by the place, squared.
        assert!((manifest.probability(0.8, Some(0.75), 5) - 36.0 / 37.0).abs() < 1e-6);
        assert!((manifest.probability(0.8, Some(0.25), 5) - 4.0 / 13.0).abs() < 1e-6);
        // As sure as the score on the tract can be, 0.99.
        assert!((manifest.probability(0.8, None, 5) - 39_204.0 / 39_205.0).abs() < 1e-9);
        assert!(with(r#""calibration":{"slope":1,"tract":-2,"offset":0},"#).is_err());
    }

    #[test]
    fn another_threshold_moves_no_edge_of_what_is_calibrated() {
        let calibrated = with(r#""calibration":{"slope":1,"offset":0},"#).unwrap();
        assert_eq!(calibrated.with_threshold(0.1).with_threshold(0.5), calibrated);
        let scores = with("").unwrap();
        assert_eq!(scores.with_threshold(0.1).grow_threshold, 0.1);
        assert_eq!(scores.with_threshold(0.6).grow_threshold, scores.grow_threshold);
    }

    #[test]
    fn what_is_larger_is_surer() {
        let manifest = with(r#""calibration":{"slope":1,"size":0.5,"offset":0},"#).unwrap();
        // Odds of 4 to 1 by the score, times the root of the pixels.
        for (pixels, odds) in [(0, 4.0), (1, 4.0), (9, 12.0), (100, 40.0)] {
            let told = manifest.probability(0.8, None, pixels);
            assert!((told - odds / (odds + 1.0)).abs() < 1e-6, "{pixels}: {told}");
        }
        assert!(with(r#""calibration":{"slope":1,"size":-0.5,"offset":0},"#).is_err());
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (sound, changed, field) in [
            (r#""threshold":0.5"#, r#""threshold":1.5"#, "threshold"),
            (r#""reach":1"#, r#""reach":1000000000"#, "floor.reach"),
            (r#""pixel_mm":[0.5,1.1]"#, r#""pixel_mm":[2,1]"#, "pixel_mm"),
            (r#""slice_mm":[0.5,5]"#, r#""slice_mm":[-1,5]"#, "slice_mm"),
            (r#""low_hu":-140"#, r#""low_hu":260"#, "input.channels"),
        ] {
            let text = text("");
            assert!(text.contains(sound), "{sound}");
            let error = Manifest::parse(&text.replace(sound, changed)).unwrap_err();
            assert!(error.to_string().contains(field), "{error}");
        }
    }

    #[test]
    fn a_calibration_that_turns_the_order_round_is_refused() {
        assert!(with(r#""calibration":{"slope":-1,"offset":0},"#).is_err());
    }
}
