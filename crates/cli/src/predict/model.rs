//! The weights and their manifest: those built in, or a file that a person names.

use crate::arguments::Exit;
use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;
use std::time::Instant;
use stones::model::TractNetwork;
use stones::{Manifest, Tract};
use unet::Said;
use unet::trial::{Tried, try_onnx};
use volume::Volume;

const MANIFEST: &str = include_str!("../../../../models/manifest.json");
const WEIGHTS: &[u8] = include_bytes!("../../../../models/stone-unet.onnx");
const TRACT: &[u8] = include_bytes!("../../../../models/stone-tract.onnx");

pub struct Model {
    pub manifest: Manifest,
    pub network: unet::Model,
    /// The network that knows the urinary tract, where the manifest names one.
    tract: Option<(TractNetwork, unet::Model)>,
    /// How far its self-test was off, where our own executor runs it.
    pub self_test_max_abs: Option<f64>,
}

impl Model {
    /// `file` is an ONNX file with its `manifest.json` beside it, and the tract's network if that names one.
    pub fn load(file: Option<&str>) -> Result<Self, Exit> {
        let file = file.map(Path::new);
        let text = match file {
            None => Cow::Borrowed(MANIFEST.as_bytes()),
            Some(file) => read(&file.with_file_name("manifest.json"))?,
        };
        let manifest = Manifest::parse(&String::from_utf8_lossy(&text)).map_err(refused)?;
        let weights = file.map_or(Ok(Cow::Borrowed(WEIGHTS)), read)?;
        manifest.check(&weights).map_err(refused)?;
        let tried = tried(&weights, manifest.said())?;
        let self_test_max_abs = tried.report.map(|report| report.difference.into());

        let tract = match manifest.tract.clone() {
            None => None,
            Some(said) => {
                let weights = file.map_or(Ok(Cow::Borrowed(TRACT)), |file| {
                    read(&file.with_file_name(&said.file))
                })?;
                said.check(&weights).map_err(refused)?;
                let network = self::tried(&weights, said.said())?.model;
                Some((said, network))
            }
        };
        Ok(Self { manifest, network: tried.model, tract, self_test_max_abs })
    }

    /// The urinary tract of a series.
    pub fn tract(&self, volume: &Volume) -> Result<Option<Tract>, Exit> {
        let Some((said, network)) = &self.tract else { return Ok(None) };
        Tract::new(said.clone(), network, volume).map_err(refused)
    }
}

fn tried(weights: &[u8], said: Said) -> Result<Tried, Exit> {
    let began = Instant::now();
    try_onnx(weights, said, || began.elapsed().as_secs_f64()).map_err(refused)
}

fn read(path: &Path) -> Result<Cow<'static, [u8]>, Exit> {
    let bytes = std::fs::read(path);
    Ok(bytes.map_err(|error| refused(format!("{}: {error}", path.display())))?.into())
}

pub fn refused(why: impl Display) -> Exit {
    Exit::NoModel(why.to_string())
}
