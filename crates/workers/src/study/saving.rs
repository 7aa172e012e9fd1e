//! What was found, as files; and small pictures of it for the summary.

use super::Study;
use crate::messages::{FromStudy, Goes, KeyImage, SaveAs};
use crate::wire::send;
use export::{Moment, Record, Refused, table};
use js_sys::Uint8Array;
use paint::{Function, Window, WindowTable, paint_image};
use reader::Series;
use std::io;
use stones::{Candidate, Findings, Section};
use volume::{Grid, Patient, Plane, Sampled, Volume};
use wasm_bindgen::JsValue;
use web_sys::DedicatedWorkerGlobalScope;

/// Side of a key image, in mm.
const FIELD_MM: f64 = 70.0;
/// PS3.3 C.11.2.1.2 window of key images: where every study begins.
const WINDOW: Window = Window { centre: 60.0, width: 400.0, function: Function::Linear };

impl Study {
    /// Writes a file of these findings, which the page may have changed since they were reported.
    pub fn save(
        &mut self,
        file: SaveAs,
        findings: Option<&Findings>,
        seconds: u64,
        deidentified: bool,
        to: Goes,
    ) {
        let written = if deidentified {
            self.written_of_nobody(file, findings)
        } else {
            let series = self.pixels.as_ref().map(|pixels| &pixels.series);
            let made = &Moment::of_unix(seconds);
            series
                .ok_or(Problem::Nothing)
                .and_then(|series| self.written(file, series, findings, made, false))
        };
        match written {
            Ok(bytes) => {
                // What goes to the PACS is not stored yet.
                if to == Goes::Home {
                    self.drawn_is_saved(file);
                }
                let buffer = JsValue::from(Uint8Array::from(&bytes[..]).buffer());
                let own = std::slice::from_ref(&buffer);
                send(&self.page, &FromStudy::Saved { file, to }, own, own);
            }
            Err(problem) => self.fail(problem.code(), problem.detail()),
        }
    }

    /// Without what names the patient; nobody can tell when it was made.
    fn written_of_nobody(
        &mut self,
        file: SaveAs,
        findings: Option<&Findings>,
    ) -> Result<Vec<u8>, Problem> {
        let series = &self.pixels.as_ref().ok_or(Problem::Nothing)?.series;
        let secret = *self.secret.get_or_insert_with(|| secret(&self.page));
        let context = self.context().ok_or(Problem::Nothing)?;
        let none = stones::drawn::unsearched(&context);
        let (series, of_nobody) = export::deidentified(series, findings.unwrap_or(&none), &secret);
        let findings = findings.map(|_| &of_nobody);
        self.written(file, &series, findings, &Moment::of_unix(0), true)
    }

    fn written(
        &self,
        file: SaveAs,
        series: &Series,
        findings: Option<&Findings>,
        made: &Moment,
        deidentified: bool,
    ) -> Result<Vec<u8>, Problem> {
        let pixels = self.pixels.as_ref().ok_or(Problem::Nothing)?;
        if file == SaveAs::Image {
            return Ok(export::image(&pixels.volume)?);
        }
        let stones = findings.map_or(&[][..], |findings| &findings.stones);
        let shown = |id: u32| stones.iter().any(|s| s.id == id && s.is_shown());
        let masks = self.list.masks().iter().filter(|(id, _)| shown(*id));
        let masks: Vec<(u32, &Candidate)> = masks.map(|(id, mask)| (*id, mask)).collect();
        if file == SaveAs::Truth {
            return Ok(export::truth(&pixels.volume, series, findings, &masks)?);
        }
        let findings = findings.ok_or(Problem::Nothing)?;
        let record = Record { series, findings, masks: &masks, made, deidentified };
        Ok(match file {
            SaveAs::Segmentation => export::segmentation(record)?,
            SaveAs::Fractional => {
                let probability = self.search.probability();
                let of_model = |(id, _): &(u32, &Candidate)| {
                    stones.iter().any(|stone| stone.id == *id && stone.drawn.is_none())
                };
                // What was loaded has none; what a person has drawn needs none.
                if probability.is_none() && masks.iter().any(of_model) {
                    return Err(Problem::NotSearched);
                }
                export::fractional(record, |stone, pixels, voxel| {
                    let told = probability.as_ref();
                    told.map_or(0.0, |probability| probability(stone, pixels, voxel))
                })?
            }
            SaveAs::Report => export::report(record)?,
            SaveAs::Labels => export::labels(&pixels.volume.geometry, &masks)?,
            SaveAs::Table => (table::heading() + &table::lines("", findings)).into_bytes(),
            SaveAs::Json => serde_json::to_vec_pretty(findings).map_err(io::Error::from)?,
            SaveAs::Image | SaveAs::Truth => Vec::new(),
        })
    }

    /// Three planes of each of these stones.
    pub fn tell_key_images(&self, stones: &[u32]) {
        let (mut images, mut pictures) = (Vec::new(), Vec::new());
        let masks = self.list.masks().iter().filter(|(id, _)| stones.contains(id));
        for (id, mask) in masks {
            let key_images = Plane::ALL.into_iter().filter_map(|plane| self.key(*id, mask, plane));
            for (image, rgba) in key_images {
                images.push(image);
                pictures.push(JsValue::from(Uint8Array::from(&rgba[..]).buffer()));
            }
        }
        send(&self.page, &FromStudy::KeyImages { images }, &pictures, &pictures);
    }

    fn key(&self, stone: u32, mask: &Candidate, plane: Plane) -> Option<(KeyImage, Vec<u8>)> {
        let pixels = self.pixels.as_ref()?;
        let table = WindowTable::new(WINDOW).inverted(pixels.series.is_inverted());
        key_image(&pixels.volume, &table, stone, mask, plane, self.list.centre(stone)?)
    }
}

/// What new UIDs follow from beside the old: without it nobody can find the old again.
fn secret(scope: &DedicatedWorkerGlobalScope) -> [u8; 16] {
    let mut secret = [0; 16];
    if let Ok(crypto) = scope.crypto() {
        // Refuses larger arrays only.
        let _ = crypto.get_random_values_with_u8_array(&mut secret);
    }
    secret
}

fn key_image(
    volume: &Volume,
    table: &WindowTable,
    stone: u32,
    mask: &Candidate,
    plane: Plane,
    centre: [f64; 3],
) -> Option<(KeyImage, Vec<u8>)> {
    let geometry = &volume.geometry;
    let grid = Grid::new(geometry, plane)?;
    let [u, v, s] = grid.pixel(geometry.voxel(Patient(centre.into()))?);
    let index = s.round().clamp(0.0, (grid.count - 1) as f64) as usize;
    let mut sampled = Sampled::default();
    sampled.cut(volume, &grid, index);
    let mut all = Vec::new();
    paint_image(&sampled, table, &mut all);

    let span = |at: f64, len: usize, mm: f64| {
        let half = FIELD_MM / 2.0 / mm;
        let from = (at - half).round().clamp(0.0, len as f64) as usize;
        from..((at + half).round().max(0.0) as usize + 1).min(len)
    };
    let across = span(u, grid.width, grid.pixel_mm[0]);
    let down = span(v, grid.height, grid.pixel_mm[1]);
    let row =
        |y: usize| all.get(4 * (y * grid.width + across.start)..4 * (y * grid.width + across.end));
    let rgba = down.clone().filter_map(row).flatten().copied().collect();
    let (min, max) = match Section::cut(&grid, index, mask) {
        Some(section) => (section.min, section.max),
        None => ([u as usize, v as usize], [u as usize, v as usize]),
    };
    let corner = [across.start as f64, down.start as f64];
    let edge = |at: [usize; 2], by: f64| [0, 1].map(|a| at[a] as f64 - corner[a] + by);
    let image = KeyImage {
        stone,
        plane,
        width: across.len() as u32,
        height: down.len() as u32,
        pixel_mm: grid.pixel_mm,
        min: edge(min, -0.5),
        max: edge(max, 0.5),
    };
    Some((image, rgba))
}

/// Why a file could not be written.
enum Problem {
    Nothing,
    /// Nobody knows how probable the masks are.
    NotSearched,
    Refused(Refused),
    Io(io::Error),
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Problem::Refused(refused)
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Problem::Io(error)
    }
}

impl Problem {
    fn code(&self) -> &'static str {
        match self {
            Problem::Nothing | Problem::Refused(Refused::Nothing) => "save_nothing",
            Problem::NotSearched => "save_not_searched",
            Problem::Refused(Refused::SideUndetermined(_)) => "save_side",
            Problem::Refused(Refused::NotDicom) => "save_not_dicom",
            Problem::Refused(Refused::NotPlaced) => "save_not_placed",
            Problem::Refused(Refused::Uneven) => "save_uneven",
            Problem::Refused(Refused::NotWritten(_)) | Problem::Io(_) => "save_failed",
        }
    }

    fn detail(&self) -> String {
        match self {
            Problem::Refused(Refused::SideUndetermined(stone)) => stone.to_string(),
            Problem::Refused(Refused::NotWritten(detail)) => detail.clone(),
            Problem::Io(error) => error.to_string(),
            Problem::Nothing | Problem::NotSearched | Problem::Refused(_) => String::new(),
        }
    }
}
