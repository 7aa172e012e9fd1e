//! What was found before, or by others, over the series shown: DICOM SEG, or findings as JSON.

use super::Study;
use js_sys::Uint8Array;
use reader::{Limits, Segmentation};
use stones::findings::Engine;
use stones::{Candidate, Context, Findings, loaded};
use web_sys::{Blob, FileReaderSync};

/// Why a file shows nothing: a failure's code and detail.
type Problem = (&'static str, String);

impl Study {
    /// Takes the place of whatever was found or loaded before.
    pub fn load_findings(&mut self, path: &str, blob: &Blob) {
        let bytes = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(blob));
        let bytes = bytes.map(|buffer| Uint8Array::new(&buffer).to_vec()).unwrap_or_default();
        let read = if bytes.trim_ascii_start().first() == Some(&b'{') {
            self.of_json(&bytes)
        } else {
            self.of_segmentation(path, &bytes)
        };
        match read {
            Ok((findings, masks)) => self.show_findings(findings, masks),
            Err((code, detail)) => self.fail(code, detail),
        }
    }

    fn show_findings(&mut self, findings: Findings, masks: Vec<Candidate>) {
        let of = findings.series.frames;
        let seen_slices = of - findings.missing_slices.len().min(of);
        self.end_search();
        self.publish(findings, masks, seen_slices, of);
    }

    pub(super) fn context(&self) -> Option<Context> {
        let pixels = self.pixels.as_ref()?;
        let not_loaded = self.files.not_loaded();
        let of = Context::of(&pixels.series, &not_loaded, Engine::default());
        Some(Context { warnings: pixels.warnings(), ..of })
    }

    fn of_json(&self, bytes: &[u8]) -> Result<(Findings, Vec<Candidate>), Problem> {
        let findings: Findings = serde_json::from_slice(bytes)
            .map_err(|error| ("load_unreadable", error.to_string()))?;
        let other = || ("load_other", String::new());
        let (pixels, context) = self.pixels.as_ref().zip(self.context()).ok_or_else(other)?;
        let masks = loaded::masks(&pixels.volume, &context.series, &findings).ok_or_else(other)?;
        Ok((findings, masks))
    }

    fn of_segmentation(
        &self,
        path: &str,
        bytes: &[u8],
    ) -> Result<(Findings, Vec<Candidate>), Problem> {
        let other = || ("load_other", String::new());
        let read = Segmentation::read(path, bytes, &Limits::default());
        let segmentation = read.map_err(|refusal| ("load_unreadable", refusal.detail))?;
        let (pixels, context) = self.pixels.as_ref().zip(self.context()).ok_or_else(other)?;
        let segments = segmentation.voxels(&pixels.series).into_values();
        let masks: Vec<Candidate> = segments
            .filter(|voxels| !voxels.is_empty())
            .map(|voxels| Candidate { voxels, probability: 0.0 })
            .collect();
        if masks.is_empty() {
            return Err(other());
        }
        Ok(loaded::measured(&pixels.volume, masks, "DICOM SEG", &context))
    }
}
