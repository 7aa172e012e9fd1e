//! One study: what is known to be there, and what was found.

use super::matching::{self, Matched};
use crate::arguments::Exit;
use crate::predict::model::{self, Model};
use crate::predict::search::{search_all, workers};
use crate::study::Study;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;
use stones::findings::{Engine, Stone};
use stones::{Candidate, Context, Extent, Manifest, Measured, report};
use volume::{Volume, Voxel};

/// Side of the pictures on the sheets, in pixels of the image.
pub const PICTURE: usize = 64;

/// What the folder of a study holds.
pub const IMAGES: &str = "dicom";
pub const TRUTH: &str = "truth.nii.gz";

/// What `truth.json` says of a label.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Told {
    pub label: i16,
    #[serde(default)]
    pub diameter_mm: Option<f64>,
    /// `stone`, or `mimic`, which is not to be found.
    #[serde(default)]
    pub kind: Option<String>,
    /// What kind of mimic, or where along the tract.
    #[serde(default)]
    pub place: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum TruthFile {
    List(Vec<Told>),
    Named { labels: Vec<Told> },
}

/// A stone, or a mimic, that is known to be there.
pub struct Known {
    pub mask: Candidate,
    pub told: Told,
    pub diameter_mm: f64,
    pub center_mm: [f64; 3],
    pub picture: Vec<u8>,
}

pub struct Found {
    pub stone: Stone,
    pub mask: Candidate,
    /// The kind of mimic that it lies on, if any.
    pub on: Option<String>,
    pub picture: Vec<u8>,
}

pub struct Case {
    pub name: String,
    pub slices: usize,
    pub thickness_mm: f64,
    pub mm: [f64; 3],
    pub truth: Vec<Known>,
    /// All that reaches the level at which components grow, so that any threshold above can be looked at.
    pub found: Vec<Found>,
}

impl Case {
    pub fn read(folder: &Path, model: &Model) -> Result<Self, Exit> {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let missing = |what: &str| Exit::NotRead(folder.display().to_string(), what.into());
        let study = Study::read(&[folder.join(IMAGES)]);
        let series = study.choose(None).map_err(|exit| missing(&exit.to_string()))?;
        let volume = study.volume(series).ok_or_else(|| missing("the machine has no room"))?;
        let affine = volume.geometry.affine.ok_or_else(|| missing("the study has no geometry"))?;
        let [i, j, _] = affine.spacing_mm();
        let mm = [i, j, affine.slice_distance_mm()];
        let (known, mimics): (Vec<_>, Vec<_>) = truth(folder, &volume, mm)
            .map_err(|problem| missing(&problem))?
            .into_iter()
            .partition(|known| known.told.kind.as_deref().is_none_or(|kind| kind == "stone"));

        let mut seen = stones::Known::default();
        let skeleton = seen.skeleton(&volume, series);
        let map = search_all(&volume, &skeleton, model, Extent::Wanted, workers())?;
        let low = Manifest { threshold: 0.0, ..model.manifest.clone() };
        let context = Context::of(series, &study.not_loaded, Engine::default());
        let mut tract = model.tract(&volume)?;
        let (tract, all) = (tract.as_mut(), Measured::All);
        let (findings, masks) =
            report(&volume, &map, &low, &context, tract, &mut seen, all).map_err(model::refused)?;

        let shown = findings.stones.into_iter().zip(masks).filter(|(stone, _)| stone.is_shown());
        let found = shown.map(|(stone, mut mask)| {
            // As it is told: calibrated.
            mask.probability = stone.probability.unwrap_or_default() as f32;
            let on = mimics.iter().find(|m| matching::near(&m.mask, &mask, mm));
            let on = on.map(|m| m.told.place.clone().unwrap_or_else(|| "mimic".into()));
            let picture = picture(&volume, &mask);
            Found { stone, mask, on, picture }
        });
        Ok(Self {
            slices: volume.geometry.slices,
            thickness_mm: series.thickness_mm.unwrap_or(mm[2]),
            mm,
            found: found.collect(),
            truth: known,
            name,
        })
    }

    pub fn stones(&self) -> usize {
        self.truth.len()
    }

    /// Who is matched with whom among what reaches a threshold.
    pub fn matched(&self, threshold: f32) -> Matched {
        let found: Vec<(usize, &Candidate)> = self
            .found
            .iter()
            .enumerate()
            .filter(|(_, found)| found.mask.probability >= threshold)
            .map(|(at, found)| (at, &found.mask))
            .collect();
        let truth: Vec<&Candidate> = self.truth.iter().map(|known| &known.mask).collect();
        matching::matched(&truth, &found, self.mm)
    }

    pub fn hits(&self, threshold: f32) -> usize {
        self.matched(threshold).pairs.len()
    }
}

/// The labels of `truth.nii.gz` in the study's own voxels, with what `truth.json` says of them.
fn truth(folder: &Path, volume: &Volume, mm: [f64; 3]) -> Result<Vec<Known>, String> {
    let file = folder.join(TRUTH);
    let study = Study::read(std::slice::from_ref(&file));
    let series = study.series.first().ok_or("truth.nii.gz can't be read")?;
    let mut told: BTreeMap<i16, Told> = BTreeMap::new();
    if let Ok(text) = std::fs::read_to_string(folder.join("truth.json")) {
        let file: TruthFile =
            serde_json::from_str(&text).map_err(|error| format!("truth.json: {error}"))?;
        let (TruthFile::List(labels) | TruthFile::Named { labels }) = file;
        told.extend(labels.into_iter().map(|of| (of.label, of)));
    }
    let mut voxels: BTreeMap<i16, Vec<[usize; 3]>> = BTreeMap::new();
    let of = &series.geometry;
    for k in 0..series.frames.len() {
        for (at, &label) in
            study.slice(series, k).iter().enumerate().filter(|(_, label)| **label > 0)
        {
            let voxel = [at % of.columns, at / of.columns, k].map(|x| x as f64);
            let place = of.patient(Voxel(voxel.into())).ok_or("truth.nii.gz has no geometry")?;
            let at = volume.geometry.voxel(place).ok_or("the study has no geometry")?.0.round();
            let size = [volume.geometry.columns, volume.geometry.rows, volume.geometry.slices];
            if (0..3).any(|axis| !(0.0..size[axis] as f64).contains(&at[axis])) {
                return Err("truth.nii.gz lies outside the study".into());
            }
            voxels.entry(label).or_default().push([at.x as usize, at.y as usize, at.z as usize]);
        }
    }
    let voxel_mm3: f64 = mm.iter().product();
    let known = |(label, mut voxels): (i16, Vec<[usize; 3]>)| {
        voxels.sort_by_key(|&[i, j, k]| (k, j, i));
        let told = told.get(&label).cloned().unwrap_or(Told { label, ..Told::default() });
        let sphere = (6.0 / std::f64::consts::PI * voxels.len() as f64 * voxel_mm3).cbrt();
        let diameter_mm = told.diameter_mm.unwrap_or(sphere);
        let mask = Candidate { voxels, probability: 1.0 };
        let (center_mm, picture) = (centre(volume, &mask), picture(volume, &mask));
        Known { mask, told, diameter_mm, center_mm, picture }
    };
    Ok(voxels.into_iter().map(known).collect())
}

fn centre(volume: &Volume, mask: &Candidate) -> [f64; 3] {
    let (min, max) = mask.bounds();
    let middle = [0, 1, 2].map(|axis| (min[axis] + max[axis]) as f64 / 2.0);
    volume.geometry.patient(Voxel(middle.into())).map_or([0.0; 3], |p| p.0.to_array())
}

/// Grey values (window 400/60) of the image around a mask's middle.
fn picture(volume: &Volume, mask: &Candidate) -> Vec<u8> {
    let (min, max) = mask.bounds();
    let middle = [0, 1, 2].map(|axis| ((min[axis] + max[axis]) / 2) as isize);
    let half = PICTURE as isize / 2;
    let grey = |(i, j): (isize, isize)| {
        let hu = volume.at(middle[0] + i, middle[1] + j, middle[2]).map_or(-1024.0, f64::from);
        ((hu + 140.0) / 400.0 * 255.0).clamp(0.0, 255.0) as u8
    };
    (-half..half).flat_map(|j| (-half..half).map(move |i| (i, j))).map(grey).collect()
}
