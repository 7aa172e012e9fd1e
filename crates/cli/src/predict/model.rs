//! The weights and their manifest: those built in, or a file that a person names.

use crate::arguments::Exit;
use std::borrow::Cow;
use std::path::Path;
use stones::Manifest;
use unet::Shape;

const MANIFEST: &str = include_str!("../../../../models/manifest.json");
const WEIGHTS: &[u8] = include_bytes!("../../../../models/stone-unet.onnx");

pub struct Model {
    pub manifest: Manifest,
    pub network: unet::Model,
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
        let side = 8 * manifest.input.multiple_of;
        let shape = Shape { channels: manifest.input.channels.len(), rows: side, columns: side };
        let network = unet::Model::from_onnx(&weights, shape)
            .map_err(|error| Exit::NoModel(error.to_string()))?;
        Ok(Self { manifest, network })
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
