//! The network that searches, as the page has fetched it, and the one that knows the urinary tract.

use super::entrants::Packed;
use crate::messages::Form;
use js_sys::Uint8Array;
use std::fmt::Display;
use stones::model::ManifestError;
use stones::{Manifest, Tract};
use unet::{Network, PlanFile};
use volume::Volume;
use wasm_bindgen::JsValue;

pub struct Model {
    pub manifest: Manifest,
    /// The plan of what knows the urinary tract, if it came.
    tract: Option<JsValue>,
    pub file: Uint8Array,
    /// The weights as the first worker has packed them; the others need not do it again.
    pub packed: Packed,
}

/// A failure's code and reason.
pub type Failed = (&'static str, String);

impl Model {
    /// The model, or why it is none.
    pub fn taken(
        form: Form,
        manifest: Option<String>,
        file: &JsValue,
        tract: Option<JsValue>,
    ) -> Result<Self, Failed> {
        let manifest = manifest.ok_or(("model_missing", "no model came with this page".into()))?;
        let manifest = Manifest::parse(&manifest).map_err(another)?;
        let file = Uint8Array::new(file);
        match form {
            Form::Onnx => manifest.check(&file.to_vec()).map_err(another)?,
            Form::Plan => {
                let plan = PlanFile::read(&file.to_vec()).map_err(another)?;
                if plan.source != manifest.sha256 {
                    let expected = manifest.sha256;
                    return Err(another(ManifestError::Sha256 { expected, found: plan.source }));
                }
            }
        }
        Ok(Self { manifest, tract, file, packed: Packed::default() })
    }

    /// The network that knows the urinary tract, laid out for a series; `None` where it is not the one that the manifest
    /// names, or does not stand its self-test here.
    pub fn tract_of(&self, volume: &Volume) -> Result<Option<Tract>, Failed> {
        let (Some(said), Some(plan)) = (&self.manifest.tract, &self.tract) else {
            return Ok(None);
        };
        let file = PlanFile::read(&Uint8Array::new(plan).to_vec()).map_err(another)?;
        let PlanFile { source, plan, self_test, .. } = file;
        if source != said.sha256 {
            return Ok(None);
        }
        let network = Network::new(plan).map_err(another)?;
        if self_test.run(&network, || 0.0).is_err() {
            return Ok(None);
        }
        Tract::new(said.clone(), &unet::Model::Own(network), volume)
            .map_err(|error| ("model_refused", error.to_string()))
    }
}

/// What came is not what the page was built with.
fn another(error: impl Display) -> Failed {
    ("model_sha256", error.to_string())
}
