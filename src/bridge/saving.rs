//! Files and pictures: asked of the study worker, handed to the person.

use super::{Bridge, Inner};
use crate::files::Chosen;
use crate::saving::{self, KeyPicture};
use crate::snapshot::{self, Layer};
use crate::state::Found;
use crate::words;
use js_sys::{ArrayBuffer, Uint8Array};
use leptos::prelude::*;
use volume::Plane;
use wasm_bindgen::{JsCast, JsValue};
use workers::messages::{Goes, KeyImage, SaveAs, ToStudy};

/// A summary shows no more stones than this.
const MOST_STONES: usize = 24;

impl Bridge {
    /// Has a file written of what stands in the list now.
    pub fn save(&self, file: SaveAs) {
        self.inner().save(&[file], Goes::Home);
    }

    /// Shows saved findings over the series, in place of those that stand there.
    pub fn load_findings(&self, file: Chosen) {
        let inner = self.inner();
        self.cancel();
        inner.state.failure.set(None);
        inner.state.forget_findings();
        let message = ToStudy::LoadFindings { path: file.path };
        inner.post(message, &[file.file.into()], &[]);
        inner.post(ToStudy::Visible { stone: None, visible: true }, &[], &[]);
    }

    /// Has the pane of a plane saved as it is seen.
    pub fn save_picture(&self, plane: Plane) {
        self.inner().post(ToStudy::Layers { plane }, &[], &[]);
    }

    /// Has the pictures made that the summary shows.
    pub fn summarize(&self) {
        let inner = self.inner();
        let stones = inner.state.found.with_untracked(|found| {
            let shown = found.iter().flat_map(Found::shown);
            shown.map(|stone| stone.id).take(MOST_STONES).collect()
        });
        inner.post(ToStudy::KeyImages { stones }, &[], &[]);
    }
}

impl Inner {
    pub fn save(&self, files: &[SaveAs], to: Goes) {
        self.state.failure.set(None);
        let found = self
            .state
            .found
            .with_untracked(|found| found.as_ref().map(|found| Box::new(found.findings.clone())));
        let seconds = (js_sys::Date::now() / 1000.0) as u64;
        // The PACS knows whose the images are.
        let deidentified = to == Goes::Home && self.state.deidentified.get_untracked();
        for &file in files {
            let findings = found.clone();
            self.post(ToStudy::Save { file, findings, seconds, deidentified, to }, &[], &[]);
        }
    }

    /// The name tells the series and no patient. Words on findings are in all files but those of voxels alone.
    pub fn saved(&self, file: SaveAs, attachments: Vec<JsValue>) {
        if !matches!(file, SaveAs::Labels | SaveAs::Image) {
            self.state.labelling.reviewed.set(false);
        }
        let name = file_name(self.state.corner.with_untracked(|c| c.series_number), file.ending());
        if let Some(buffer) = attachments.first() {
            saving::bytes(&name, file.media_type(), buffer);
        }
    }

    pub fn pictured(&self, plane: Plane, sizes: [[u32; 2]; 2], attachments: Vec<JsValue>) {
        let Ok([image, mask]) = <[JsValue; 2]>::try_from(attachments) else { return };
        let layer = |size, buffer: JsValue| Layer { size, rgba: Uint8Array::new(&buffer).to_vec() };
        let layers = [layer(sizes[0], image), layer(sizes[1], mask)];
        let note = words::DISCLAIMER.to(self.state.language.get_untracked());
        let patient = self.state.patient_in_picture.get_untracked();
        if let Some(picture) = snapshot::of(plane, &layers, patient, note) {
            let series = self.state.corner.with_untracked(|corner| corner.series_number);
            saving::picture(file_name(series, "picture.png"), &picture);
        }
    }

    pub fn summarized(&self, images: Vec<KeyImage>, attachments: Vec<JsValue>) {
        let buffers = attachments.into_iter().filter_map(|a| a.dyn_into::<ArrayBuffer>().ok());
        let pictures = images
            .into_iter()
            .zip(buffers)
            .map(|(image, buffer)| KeyPicture { image, rgba: Uint8Array::new(&buffer).to_vec() });
        self.state.summary.set(Some(pictures.collect()));
    }
}

/// "lithoscope-series3-stones.csv".
fn file_name(series: Option<i32>, ending: &str) -> String {
    let series = series.map(|number| format!("series{number}-")).unwrap_or_default();
    format!("lithoscope-{series}{ending}")
}
