//! The slices of the series shown: decoded from the middle outwards, put into the volume as they come.

use super::Study;
use super::files::{Job, Purpose};
use crate::messages::{Corner, FromStudy, PlaneCard, Warning};
use paint::{Window, WindowTable, paint_image};
use reader::{Frame, Series};
use std::collections::BTreeMap;
use volume::{Geometry, Grid, Plane, Sampled, Volume};

/// Longest side of a thumbnail in pixels.
const THUMBNAIL: usize = 96;

pub struct Pixels {
    pub series: usize,
    /// Counts what has been shown, so that a late slice of another series is known for what it is.
    showing: u32,
    pub volume: Volume,
    /// Instance Number of each slice.
    pub instance_numbers: Vec<Option<i32>>,
    failed: Vec<usize>,
    /// Seconds from the choice of the files to the last slice.
    pub seconds: f64,
}

impl Pixels {
    /// Slices that can still be hoped for: all but the failed ones.
    pub fn settled(&self) -> usize {
        self.volume.geometry.slices - self.failed.len()
    }

    /// Waits no longer for the slices that have not come.
    pub fn give_up(&mut self) {
        let slices = 0..self.volume.geometry.slices;
        self.failed = slices.filter(|&k| !self.volume.is_loaded(k)).collect();
    }

    pub fn is_complete(&self) -> bool {
        self.volume.loaded_slices() >= self.settled()
    }
}

impl Study {
    /// Shows a series: its planes at once, its pixels as they arrive.
    pub fn show_series(&mut self, number: usize) {
        let Some(series) = self.files.series.get(number) else { return };
        let Some(volume) = Volume::new(series.geometry.clone()) else {
            let bytes = series.geometry.voxels() as u64 * 2;
            self.fail("no_memory", format!("{} MB", bytes / 1_000_000));
            return;
        };
        let frames = series.frames.clone();
        let message = FromStudy::Showing {
            series: number,
            planes: planes(&series.geometry),
            corner: corner(series),
            warnings: series.warnings.iter().map(Warning::from).collect(),
        };
        self.end_search();
        self.view.show(&volume.geometry);
        let showing = self.pixels.as_ref().map_or(0, |p| p.showing + 1);
        self.pixels = Some(Pixels {
            series: number,
            showing,
            volume,
            instance_numbers: frames.iter().map(|f| f.order.instance_number).collect(),
            failed: Vec::new(),
            seconds: 0.0,
        });
        self.tell(&message);
        self.tell(&FromStudy::Loading { loaded: 0, of: frames.len() });
        self.decoders
            .forget(|job| matches!(job, Job::Decode { purpose: Purpose::Slices { .. }, .. }));
        for job in decode_jobs(&frames, showing) {
            self.decoders.push(job);
        }
        self.give_jobs();
        self.paint_soon();
    }

    /// Puts decoded HU where they were asked for.
    pub fn place(&mut self, purpose: Purpose, frame: usize, hu: &[i16]) {
        match purpose {
            Purpose::Thumbnail(series) => self.send_thumbnail(series, hu),
            Purpose::Slices { showing, slices } => {
                let Some(pixels) = self.pixels.as_mut().filter(|p| p.showing == showing) else {
                    return;
                };
                let Some(&k) = slices.get(frame) else { return };
                pixels.volume.put(k, hu);
                self.view.slice_arrived(k);
                self.tell_loading();
                self.paint_soon();
            }
        }
    }

    pub fn slice_failed(&mut self, showing: u32, slice: Option<usize>) {
        if let (Some(pixels), Some(k)) =
            (self.pixels.as_mut().filter(|p| p.showing == showing), slice)
        {
            pixels.failed.push(k);
            self.tell_loading();
        }
    }

    fn tell_loading(&mut self) {
        let now = self.now();
        let opened_at = self.files.opened_at;
        let Some(pixels) = self.pixels.as_mut() else { return };
        if pixels.is_complete() {
            pixels.seconds = now - opened_at;
        }
        let (loaded, of) = (pixels.volume.loaded_slices(), pixels.settled());
        self.tell(&FromStudy::Loading { loaded, of });
        if loaded >= of {
            self.begin_waiting_search();
        }
    }

    fn send_thumbnail(&mut self, number: usize, hu: &[i16]) {
        let Some(series) = self.files.series.get(number) else { return };
        let (columns, rows) = (series.geometry.columns, series.geometry.rows);
        let step = columns.max(rows).div_ceil(THUMBNAIL);
        let small = Sampled {
            width: columns.div_ceil(step),
            height: rows.div_ceil(step),
            hu: (0..rows)
                .step_by(step)
                .flat_map(|j| {
                    (0..columns).step_by(step).filter_map(move |i| hu.get(j * columns + i).copied())
                })
                .collect(),
            hatch: Vec::new(),
        };
        let mut rgba = Vec::new();
        paint_image(&small, &WindowTable::new(Window::ABDOMEN), &mut rgba);
        let (width, height) = (small.width as u32, small.height as u32);
        let buffer = js_sys::Uint8Array::from(&rgba[..]).buffer();
        let message = FromStudy::Thumbnail { series: number, width, height };
        crate::wire::send(&self.page, &message, &[buffer.clone().into()], &[buffer.into()]);
    }
}

/// One job for each file, from the middle of the stack outwards.
fn decode_jobs(frames: &[Frame], showing: u32) -> Vec<Job> {
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (k, frame) in frames.iter().enumerate() {
        files.entry(&frame.path).or_default().push(k);
    }
    let middle = frames.len() / 2;
    let distance = |slices: &Vec<usize>| slices.iter().map(|k| k.abs_diff(middle)).min();
    let mut jobs: Vec<(&str, Vec<usize>)> = files.into_iter().collect();
    jobs.sort_by_key(|(_, slices)| distance(slices));
    jobs.into_iter()
        .map(|(path, slices)| Job::Decode {
            path: path.into(),
            frames: slices.iter().map(|&k| frames[k].clone()).collect(),
            purpose: Purpose::Slices { showing, slices },
            tries: 0,
        })
        .collect()
}

fn planes(geometry: &Geometry) -> Vec<PlaneCard> {
    let card = |grid: Grid| PlaneCard {
        plane: grid.plane,
        width: grid.width,
        height: grid.height,
        count: grid.count,
        pixel_mm: grid.pixel_mm,
        step_mm: grid.step_mm,
        letters: grid.letters,
    };
    Plane::ALL.into_iter().filter_map(|plane| Grid::new(geometry, plane)).map(card).collect()
}

fn corner(series: &Series) -> Corner {
    let labels = &series.labels;
    Corner {
        patient_name: labels.patient_name.clone(),
        patient_id: labels.patient_id.clone(),
        birth_date: labels.birth_date.clone(),
        sex: labels.sex.clone(),
        study_description: labels.study_description.clone(),
        study_date: labels.study_date.clone(),
        series_description: series.description.clone(),
        series_number: series.number,
        thickness_mm: series.thickness_mm,
        tilt_degrees: series.geometry.affine.map_or(0.0, |a| a.tilt_degrees()),
        placed: series.geometry.affine.is_some(),
    }
}
