//! The weights and their manifest: those built in, or a file that a person names.

use crate::arguments::Exit;
use std::borrow::Cow;
use std::path::Path;
use std::time::Instant;
use stones::Manifest;
use unet::trial::try_onnx;

const MANIFEST: &str = include_str!("../../../../models/manifest.json");
const WEIGHTS: &[u8] = include_bytes!("../../../../models/stone-unet.onnx");

pub struct Model {
    pub manifest: Manifest,
    pub network: unet::Model,
    /// How far its self-test was off, where our own executor runs it.
    pub self_test_max_abs: Option<f64>,
}

impl Model {
    /// `file` is an ONNX file with its `manifest.json` beside it.
    pub fn load(file: Option<&str>) -> Result<Self, Exit> {
        let (text, weights) = match file {
            None => (Cow::Borrowed(MANIFEST), Cow::Borrowed(WEIGHTS)),
            Some(file) => read(Path::new(file))?,
        };
        let manifest = Manifest::parse(&text).map_err(|error| Exit::NoModel(error.to_string()))?;
        manifest.check(&weights).map_err(|error| Exit::NoModel(error.to_string()))?;
        let began = Instant::now();
        let tried = try_onnx(&weights, manifest.said(), || began.elapsed().as_secs_f64())
            .map_err(|error| Exit::NoModel(error.to_string()))?;
        let self_test_max_abs = tried.report.map(|report| report.difference.into());
        Ok(Self { manifest, network: tried.model, self_test_max_abs })
    }
}

fn read(weights: &Path) -> Result<(Cow<'static, str>, Cow<'static, [u8]>), Exit> {
    let unreadable =
        |path: &Path, error: std::io::Error| Exit::NoModel(format!("{}: {error}", path.display()));
    let manifest = weights.with_file_name("manifest.json");
    let text = std::fs::read_to_string(&manifest).map_err(|error| unreadable(&manifest, error))?;
    let bytes = std::fs::read(weights).map_err(|error| unreadable(weights, error))?;
    Ok((text.into(), bytes.into()))
}
