//! The slices of the series shown: decoded from the middle outwards, put into the volume as they come.

use super::jobs::{Batch, Job, Purpose};
use super::labelling::Labelling;
use super::{PROGRESS_SECONDS, Study};
use crate::messages::{Corner, FromStudy, PlaneCard, Shown, VoiFunction, Warning};
use js_sys::Reflect;
use paint::{Window, WindowTable, paint_image};
use reader::{Facts, Frame, Refusal, Seen, Series};
use std::collections::{BTreeMap, HashSet};
use stones::Context;
use stones::findings::Engine;
use volume::{Grid, Need, Part, Plane, Sampled, Volume, sort_by};

/// Longest side of a thumbnail in pixels.
const THUMBNAIL: usize = 96;

pub struct Pixels {
    /// Its place in the list.
    pub number: usize,
    /// What is shown of it: all slices, or a part.
    pub series: Series,
    pub part: Part,
    /// Counts what has been shown, so that a late slice of another series is known for what it is.
    showing: u32,
    pub volume: Volume,
    failed: Vec<usize>,
    /// Nothing more is to come: all slices are settled, and what they tell is known.
    pub checked: bool,
    /// Seconds from the choice of the files to the last slice.
    pub seconds: f64,
}

impl Pixels {
    /// Slices that can still be hoped for: all but the failed ones.
    fn hoped_for(&self) -> usize {
        self.volume.geometry.slices - self.failed.len()
    }

    /// Waits no longer for the slices that have not come.
    pub fn give_up(&mut self) {
        let slices = 0..self.volume.geometry.slices;
        self.failed = slices.filter(|&k| !self.volume.is_loaded(k)).collect();
        self.checked = true;
    }

    /// The series is, in the end, this one.
    pub fn settle_as(&mut self, number: usize, series: Series) {
        self.number = number;
        self.series = series;
        self.failed.clear();
    }

    /// The table of a window that [`Facts`] tells of; of most there is none.
    pub fn lut(&self, function: VoiFunction) -> Vec<u8> {
        let VoiFunction::Table(number) = function else { return Vec::new() };
        let mut windows = Facts::of(&self.series).windows;
        if number < windows.len() { windows.swap_remove(number).table } else { Vec::new() }
    }

    /// What findings in them say of where they came from.
    pub fn context(&self, not_loaded: &[Refusal], engine: Engine) -> Context {
        let mut context = Context::of(&self.series, not_loaded, engine);
        context.warnings.extend(self.left_out());
        context
    }

    fn warnings(&self) -> Vec<Warning> {
        self.series.warnings.iter().map(Warning::from).chain(self.left_out()).collect()
    }

    fn left_out(&self) -> Option<Warning> {
        let Part { first, last, step, of } = self.part;
        (!self.part.is_whole()).then(|| Warning {
            code: "part".into(),
            detail: format!("{}–{} / {of}, 1:{step}", first + 1, last + 1),
        })
    }

    pub fn shown(&self) -> Shown {
        let grid = |plane| Grid::new(&self.series.geometry, plane);
        let grids: Vec<Grid> = Plane::ALL.into_iter().filter_map(grid).collect();
        Shown {
            series: self.number,
            glimpsed: false,
            part: self.part,
            planes: planes(&self.series, grids.iter()),
            corner: corner(&self.series),
            warnings: self.warnings(),
            facts: Facts::of(&self.series),
        }
    }
}

impl Study {
    /// Shows a series, if there is room for it; else asks for which part of it there is to be.
    pub fn show_series(&mut self, number: usize) {
        let Some(series) = self.files.series.get(number) else { return };
        let need = need(series, volume::room(machine_gib()));
        let whole = Part::whole(need.slices);
        if need.fits(need.slices) {
            self.load(number, whole);
        } else {
            self.refuse_too_large(number, need);
        }
    }

    /// Shows a part of a series: its planes at once, its pixels as they arrive.
    pub fn load(&mut self, number: usize, part: Part) {
        let Some(listed) = self.files.series.get(number) else { return };
        let series = if part.is_whole() {
            Some(listed.clone())
        } else {
            listed.of_slices(&slices_of(listed, part))
        };
        let Some(series) = series else { return };
        self.forget_pixels();
        self.showings += 1;
        let (early, glimpsed) = std::mem::take(&mut self.early).of(&series);
        let jobs = decode_jobs(&series.frames, &early, self.showings);
        Batch::several(jobs).into_iter().for_each(|batch| self.decoders.push(batch));
        // The workers read while the volume is made.
        self.give_jobs();
        let name = |k: usize| (series.frames[k].path.clone(), series.frames[k].number);
        let told = early.iter().map(|(k, _, seen)| (name(*k), Some(*seen)));
        self.files.told.extend(told);
        let early = early.into_iter().map(|(k, hu, _)| (k, hu));
        let Some(volume) = Volume::with(series.geometry.clone(), early) else {
            let need = need(&series, 0);
            let room = largest_allocation(need.bytes(need.slices));
            self.forget_pixels();
            return self.refuse_too_large(number, Need { room, ..need });
        };
        let inverted = series.is_inverted();
        self.view.show(&volume.geometry, inverted);
        if glimpsed {
            self.view.keep_glimpse();
        }
        let pixels = Pixels {
            number,
            series,
            part,
            showing: self.showings,
            volume,
            failed: Vec::new(),
            checked: false,
            seconds: 0.0,
        };
        let shown = Shown { glimpsed, ..pixels.shown() };
        self.tell(&FromStudy::Showing(Box::new(shown)));
        self.pixels = Some(pixels);
        // The page is to know at once that there is more to come.
        self.told_at = 0.0;
        self.slice_settled();
        self.paint_soon();
    }

    pub fn forget_pixels(&mut self) {
        self.labelling = Labelling::default();
        self.end_search();
        let of_slices = |job: &Job| {
            matches!(job, Job::Decode { purpose: Purpose::Slices { .. } | Purpose::Rivals, .. })
        };
        self.decoders.forget(|batch| batch.left().any(of_slices));
        self.pixels = None;
    }

    fn refuse_too_large(&mut self, series: usize, need: Need) {
        self.forget_pixels();
        self.tell(&FromStudy::TooLarge { series, need });
    }

    /// Puts decoded HU where they were asked for.
    pub fn place(&mut self, purpose: Purpose, frame: usize, hu: Vec<i16>) {
        let now = self.now();
        match purpose {
            Purpose::Thumbnail(series) => self.send_thumbnail(series, &hu),
            Purpose::Rivals => self.rival_settled(),
            Purpose::Slices { showing, slices } => {
                let Some(pixels) = self.pixels.as_mut().filter(|p| p.showing == showing) else {
                    return;
                };
                let Some(&k) = slices.get(frame) else { return };
                pixels.volume.take(k, hu);
                self.view.slice_arrived(k, now);
                self.slice_settled();
                self.paint_soon();
            }
        }
    }

    pub fn slice_failed(&mut self, showing: u32, slice: Option<usize>) {
        if let (Some(pixels), Some(k)) =
            (self.pixels.as_mut().filter(|p| p.showing == showing), slice)
        {
            pixels.failed.push(k);
            self.slice_settled();
        }
    }

    fn slice_settled(&mut self) {
        let now = self.now();
        self.tell_loaded();
        let opened_at = self.files.opened_at;
        let Some(pixels) = self.pixels.as_mut() else { return };
        if pixels.volume.loaded_slices() >= pixels.hoped_for() {
            pixels.seconds = now - opened_at;
            self.view.catch_up();
            self.begin_check();
        }
    }

    pub fn tell_loaded(&mut self) {
        let Some(pixels) = &self.pixels else { return };
        let (loaded, of) = (pixels.volume.loaded_slices(), pixels.hoped_for());
        if loaded == of || self.is_due(PROGRESS_SECONDS) {
            self.tell(&FromStudy::Loading { loaded, of });
            self.tell_strips();
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
        let table = WindowTable::new(Window::ABDOMEN).inverted(series.is_inverted());
        paint_image(&small, &table, &mut rgba);
        let (width, height) = (small.width as u32, small.height as u32);
        let buffer = js_sys::Uint8Array::from(&rgba[..]).buffer();
        let message = FromStudy::Thumbnail { series: number, width, height };
        crate::wire::send(&self.page, &message, &[buffer.clone().into()], &[buffer.into()]);
    }
}

/// One job for each file whose slices have not come early, from the middle of the stack outwards.
fn decode_jobs(frames: &[Frame], early: &[(usize, Vec<i16>, Seen)], showing: u32) -> Vec<Job> {
    let mut files: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let here: HashSet<usize> = early.iter().map(|(k, ..)| *k).collect();
    for (k, frame) in frames.iter().enumerate().filter(|(k, _)| !here.contains(k)) {
        files.entry(&frame.path).or_default().push(k);
    }
    let middle = frames.len() / 2;
    let distance = |slices: &Vec<usize>| slices.iter().map(|k| k.abs_diff(middle)).min();
    let mut jobs: Vec<(&str, Vec<usize>)> = files.into_iter().collect();
    sort_by(&mut jobs, |(_, a), (_, b)| distance(a).cmp(&distance(b)));
    jobs.into_iter()
        .map(|(path, slices)| Job::Decode {
            path: path.into(),
            frames: slices.iter().map(|&k| frames[k].clone()).collect(),
            purpose: Purpose::Slices { showing, slices },
            tries: 0,
        })
        .collect()
}

/// What a series asks for. `room` as [`volume::room`] says.
fn need(series: &Series, room: u64) -> Need {
    let slice_bytes = series.geometry.slice_len() as u64 * size_of::<i16>() as u64;
    Need { slices: series.frames.len(), slice_bytes, room }
}

/// Memory of the machine in GiB, where the browser tells.
fn machine_gib() -> Option<f64> {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
    Reflect::get(&navigator, &"deviceMemory".into()).ok()?.as_f64()
}

/// Of `bytes`, a half, a quarter …: what can be had in one piece now.
fn largest_allocation(bytes: u64) -> u64 {
    let fits = |bytes: &u64| {
        usize::try_from(*bytes).is_ok_and(|n| Vec::<u8>::new().try_reserve_exact(n).is_ok())
    };
    std::iter::successors(Some(bytes), |bytes| Some(bytes / 2)).find(fits).unwrap_or(0)
}

/// The slices of a part, which counts in scroll order; rising.
fn slices_of(series: &Series, part: Part) -> Vec<usize> {
    let grids = Plane::ALL.into_iter().filter_map(|plane| Grid::new(&series.geometry, plane));
    let stack = grids.into_iter().find(Grid::is_stack);
    let slice = |index: usize| match &stack {
        Some(grid) => grid.voxel(0.0, 0.0, index as f64).0.z as usize,
        None => index,
    };
    let mut slices: Vec<usize> = part.indices().map(slice).collect();
    slices.sort_unstable();
    slices
}

/// What the page is told of planes.
pub(super) fn planes<'a>(series: &Series, grids: impl Iterator<Item = &'a Grid>) -> Vec<PlaneCard> {
    let geometry = &series.geometry;
    // Without positions the pixels can still have a known shape.
    let shape = match (geometry.affine, series.spacing_mm) {
        (None, [Some(across), Some(down), _]) => Some([across, down]),
        _ => None,
    };
    let card = |grid: &Grid| {
        let pixel_mm = shape.unwrap_or(grid.pixel_mm);
        let straight = grid.straight();
        let straight = straight.as_ref().unwrap_or(grid);
        let straight_mm = shape.unwrap_or(straight.pixel_mm);
        PlaneCard {
            plane: grid.plane,
            width: grid.width,
            height: grid.height,
            count: grid.count,
            pixel_mm,
            step_mm: grid.step_mm,
            fit_mm: [
                straight.width as f64 * straight_mm[0],
                straight.height as f64 * straight_mm[1],
            ],
            letters: grid.letters.clone(),
        }
    };
    grids.map(card).collect()
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
