//! The JSON of `inspect`: geometry, hash and probes of every volume, and what was not loaded.

use super::advice::sentence;
use crate::study::Study;
use reader::{Code, Refusal, Series};
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

#[derive(Serialize)]
pub struct Report<'a> {
    pub series: Vec<Volume<'a>>,
    pub not_loaded: Vec<NotLoaded<'a>>,
}

#[derive(Serialize)]
pub struct NotLoaded<'a> {
    pub path: &'a str,
    pub code: Code,
    /// What was found, for the curious; often empty.
    pub detail: &'a str,
    /// What it means and what to do.
    pub sentence: String,
}

impl<'a> From<&'a Refusal> for NotLoaded<'a> {
    fn from(Refusal { path, code, detail }: &'a Refusal) -> Self {
        Self { path, code: *code, detail, sentence: sentence(*code, detail) }
    }
}

#[derive(Serialize)]
pub struct Volume<'a> {
    pub series_instance_uid: Option<&'a str>,
    pub study_instance_uid: Option<&'a str>,
    pub series_number: Option<i32>,
    pub modality: &'a str,
    pub frames: usize,
    pub rows: usize,
    pub columns: usize,
    pub affine_lps: Option<[[f64; 4]; 4]>,
    pub spacing_mm: [Option<f64>; 3],
    pub slice_positions_mm: Option<&'a [f64]>,
    pub thickness_mm: Option<f64>,
    pub hu_sha256: String,
    pub hu_min: Option<i16>,
    pub hu_max: Option<i16>,
    pub hu_mean: Option<f64>,
    /// `[i, j, k, HU]`.
    pub hu_probes: Vec<[i64; 4]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub padding_voxels: Option<u64>,
    pub warnings: Vec<&'static str>,
    pub tags: Tags<'a>,
}

#[derive(Serialize)]
pub struct Tags<'a> {
    pub patient_name: &'a str,
    pub patient_id: &'a str,
    pub series_description: &'a str,
}

impl<'a> Report<'a> {
    pub fn new(study: &'a Study) -> Self {
        let series = study.series.iter().map(|s| Volume::new(study, s)).collect();
        Self { series, not_loaded: study.not_loaded.iter().map(NotLoaded::from).collect() }
    }
}

impl<'a> Volume<'a> {
    fn new(study: &Study, series: &'a Series) -> Self {
        let geometry = &series.geometry;
        let voxels = Voxels::of(study, series);
        let declared = series.frames.iter().any(|f| f.padding.is_some());
        let padding =
            series.frames.iter().filter_map(|f| f.seen).map(|s| u64::from(s.padding)).sum();
        Self {
            series_instance_uid: series.series_instance_uid.as_deref(),
            study_instance_uid: series.study_instance_uid.as_deref(),
            series_number: series.number,
            modality: &series.modality,
            frames: geometry.slices,
            rows: geometry.rows,
            columns: geometry.columns,
            affine_lps: geometry.affine.map(|a| a.rows()),
            spacing_mm: series.spacing_mm,
            slice_positions_mm: series.positions_mm.as_deref(),
            thickness_mm: series.thickness_mm,
            hu_sha256: voxels.sha256,
            hu_min: voxels.min,
            hu_max: voxels.max,
            hu_mean: voxels.mean,
            hu_probes: probes(study, series),
            padding_voxels: declared.then_some(padding),
            warnings: series.warnings.iter().map(|w| w.code.as_str()).collect(),
            tags: Tags {
                patient_name: &series.labels.patient_name,
                patient_id: &series.labels.patient_id,
                series_description: &series.labels.series_description,
            },
        }
    }
}

struct Voxels {
    sha256: String,
    min: Option<i16>,
    max: Option<i16>,
    mean: Option<f64>,
}

impl Voxels {
    /// SHA-256 of the little endian HU, `k` slowest; least, greatest and mean HU.
    fn of(study: &Study, series: &Series) -> Self {
        let mut sha = Sha256::new();
        let (mut min, mut max): (Option<i16>, Option<i16>) = (None, None);
        let (mut sum, mut count) = (0i64, 0u64);
        for k in 0..series.frames.len() {
            let hu = study.slice(series, k);
            let bytes: Vec<u8> = hu.iter().flat_map(|v| v.to_le_bytes()).collect();
            sha.update(&bytes);
            min = hu.iter().copied().chain(min).min();
            max = hu.iter().copied().chain(max).max();
            sum += hu.iter().map(|&v| i64::from(v)).sum::<i64>();
            count += hu.len() as u64;
        }
        let sha256 = sha.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let mean = (count > 0).then(|| sum as f64 / count as f64);
        Self { sha256, min, max, mean }
    }
}

/// HU at quarters and middles of the rows and columns of the first, the middle and the last slice.
fn probes(study: &Study, series: &Series) -> Vec<[i64; 4]> {
    let geometry = &series.geometry;
    let quarters = |n: usize| BTreeSet::from([n / 4, n / 2, 3 * n / 4]);
    let n = geometry.slices;
    let mut probes = Vec::new();
    for k in BTreeSet::from([0, n / 2, n.saturating_sub(1)]) {
        let slice = study.slice(series, k);
        for j in quarters(geometry.rows) {
            for i in quarters(geometry.columns) {
                if let Some(&hu) = slice.get(j * geometry.columns + i) {
                    probes.push([i as i64, j as i64, k as i64, i64::from(hu)]);
                }
            }
        }
    }
    probes
}
