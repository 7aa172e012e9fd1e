//! A network that a person brings: whether its manifest can be read and is of this file.

use super::Study;
use crate::messages::FromStudy;
use js_sys::Uint8Array;
use stones::Manifest;
use stones::model::ManifestError;
use wasm_bindgen::JsValue;

impl Study {
    pub fn check_model(&self, offer: u32, manifest: Option<String>, file: &JsValue) {
        let checked = Manifest::parse(&manifest.unwrap_or_default()).and_then(|manifest| {
            manifest.check(&Uint8Array::new(file).to_vec())?;
            Ok(manifest)
        });
        match checked {
            Ok(manifest) => {
                let card = Box::new(manifest.card());
                self.tell(&FromStudy::ModelChecked { offer, card });
            }
            Err(error @ ManifestError::Unreadable(_)) => {
                self.fail("own_manifest", error.to_string());
            }
            Err(error @ ManifestError::Sha256 { .. }) => {
                self.fail("own_sha256", error.to_string());
            }
        }
    }
}
