//! What was found or drawn before, or by others, over the series shown: DICOM SEG, NIfTI labels, or findings as JSON.

use super::Study;
use super::labelling::Given;
use crate::messages::About;
use export::Reopened;
use js_sys::Uint8Array;
use reader::{Limits, Segmentation};
use stones::findings::{Engine, Hand, Kind};
use stones::{Candidate, Context, Findings, loaded};
use web_sys::{Blob, FileReaderSync};

/// Why a file shows nothing: a failure's code and detail.
type Problem = (&'static str, String);

/// What a file holds: what an algorithm has found, with the masks, and what a person had a hand in.
#[derive(Default)]
struct Loaded {
    findings: Option<(Findings, Vec<Candidate>)>,
    labels: Vec<Given>,
}

fn is_dicom(bytes: &[u8]) -> bool {
    bytes.get(128..132) == Some(b"DICM")
}

impl Study {
    /// Takes the place of whatever was found or loaded before.
    pub fn load_findings(&mut self, path: &str, blob: &Blob) {
        let bytes = FileReaderSync::new().and_then(|reader| reader.read_as_array_buffer(blob));
        let bytes = bytes.map(|buffer| Uint8Array::new(&buffer).to_vec()).unwrap_or_default();
        let read = if bytes.trim_ascii_start().first() == Some(&b'{') {
            self.of_json(&bytes)
        } else if is_dicom(&bytes) {
            self.of_segmentation(path, &bytes)
        } else {
            self.of_nifti(path, &bytes)
        };
        match read {
            Ok(Loaded { findings, labels }) => {
                if let Some((findings, masks)) = findings {
                    self.show_findings(findings, masks);
                } else {
                    self.end_search();
                }
                self.take_labels(labels);
            }
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
        Some(pixels.context(&not_loaded, Engine::default()))
    }

    fn of_json(&self, bytes: &[u8]) -> Result<Loaded, Problem> {
        let findings: Findings = serde_json::from_slice(bytes)
            .map_err(|error| ("load_unreadable", error.to_string()))?;
        let other = || ("load_other", String::new());
        let (pixels, context) = self.pixels.as_ref().zip(self.context()).ok_or_else(other)?;
        let masks = loaded::masks(&pixels.volume, &context.series, &findings).ok_or_else(other)?;
        Ok(Loaded { findings: Some((findings, masks)), ..Loaded::default() })
    }

    /// Whoever opens labels goes on with them: NIfTI does not say who drew them, and their names say where they are from.
    fn of_nifti(&self, path: &str, bytes: &[u8]) -> Result<Loaded, Problem> {
        let other = || ("load_other", String::new());
        let pixels = self.pixels.as_ref().ok_or_else(other)?;
        let geometry = &pixels.volume.geometry;
        let read = reader::labels(path, bytes, geometry, &Limits::default());
        let read = read.map_err(|refusal| ("load_unreadable", refusal.detail))?;
        let labels = read.ok_or_else(other)?.into_iter().map(|(number, voxels)| Given {
            voxels: voxels.into_iter().collect(),
            about: About { kind: Some(Kind::Stone), name: format!("NIfTI {number}"), rgb: None },
            by: Hand::Person,
            parts: None,
        });
        let labels: Vec<Given> = labels.collect();
        if labels.is_empty() {
            return Err(("load_unreadable", "no label in it".into()));
        }
        Ok(Loaded { labels, ..Loaded::default() })
    }

    fn of_segmentation(&self, path: &str, bytes: &[u8]) -> Result<Loaded, Problem> {
        let other = || ("load_other", String::new());
        let read = Segmentation::read(path, bytes, &Limits::default());
        let segmentation = read.map_err(|refusal| ("load_unreadable", refusal.detail))?;
        let (pixels, context) = self.pixels.as_ref().zip(self.context()).ok_or_else(other)?;
        let (mut masks, mut told, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for (number, voxels) in segmentation.voxels(&pixels.series) {
            let says = segmentation.segments.get(&number).map(export::reopened).unwrap_or_default();
            let Reopened { by, kind, name, rgb, parts, label, review } = says;
            match by {
                _ if voxels.is_empty() => {}
                Some(by) => {
                    let about = About { kind: Some(kind), name, rgb };
                    let voxels = voxels.into_iter().collect();
                    labels.push(Given { voxels, about, by, parts });
                }
                None => {
                    told.push((voxels.clone(), label, review));
                    masks.push(Candidate { voxels, probability: 0.0 });
                }
            }
        }
        if masks.is_empty() && labels.is_empty() {
            return Err(other());
        }
        let findings = (!masks.is_empty()).then(|| {
            let (mut findings, masks) =
                loaded::measured(&pixels.volume, masks, "DICOM SEG", &context);
            for (stone, mask) in findings.stones.iter_mut().zip(&masks) {
                let of = told.iter().find(|(voxels, ..)| *voxels == mask.voxels);
                if let Some(&(_, label, review)) = of {
                    (stone.label, stone.review) = (label, review);
                }
            }
            (findings, masks)
        });
        Ok(Loaded { findings, labels })
    }
}
