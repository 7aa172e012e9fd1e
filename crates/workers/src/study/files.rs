//! Files → headers → series: what was opened, what it holds, and what could not be read.

use super::jobs::{Batch, Job, Purpose};
use super::{PROGRESS_SECONDS, Study};
use crate::messages::{
    FromDecode, FromStudy, NotLoaded, Picked, SeriesCard, StudyCard, Take, Task, ToDecode,
};
use crate::wire::send;
use js_sys::Int16Array;
use reader::{Assembly, Code, Frame, Refusal, Seen, Series};
use std::collections::{BTreeMap, HashMap};
use volume::{Grid, Plane, sort_by};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

#[derive(Default)]
pub struct Files {
    blobs: HashMap<String, Blob>,
    frames: Vec<Frame>,
    /// What decoding told of a frame, by path and number; `None` where it failed.
    pub told: HashMap<(String, usize), Option<Seen>>,
    /// What could not be read, and what fits into no series.
    refused: Vec<Refusal>,
    pub not_assembled: Vec<Refusal>,
    pub series: Vec<Series>,
    seen: usize,
    of: usize,
    scanning: bool,
    /// More files are on their way.
    more: bool,
    /// When the files were handed over, in seconds.
    pub opened_at: f64,
}

impl Files {
    pub fn blob(&self, path: &str) -> Option<&Blob> {
        self.blobs.get(path)
    }

    /// The frames that can be decoded, as far as it is known, with what their pixels told.
    pub fn told_frames(&self) -> Vec<Frame> {
        let told = |frame: &Frame| match self.told.get(&(frame.path.clone(), frame.number)) {
            Some(None) => None,
            Some(seen) => Some(Frame { seen: *seen, ..frame.clone() }),
            None => Some(frame.clone()),
        };
        self.frames.iter().filter_map(told).collect()
    }

    /// The same of a part of a series.
    pub fn told_series(&self, part: &Series) -> Option<Series> {
        let mut part = part.clone();
        for frame in &mut part.frames {
            frame.seen = self.told.get(&(frame.path.clone(), frame.number)).copied().flatten();
        }
        let slices: Vec<usize> =
            (0..part.frames.len()).filter(|&k| part.frames[k].seen.is_some()).collect();
        part.of_slices(&slices)
    }

    /// Frames whose pixels must tell whether they are slices of the series again, and have not yet.
    pub fn rivals(&self, series: &Series) -> Vec<Frame> {
        reader::rivals(series, &self.frames)
            .filter(|frame| !self.told.contains_key(&(frame.path.clone(), frame.number)))
            .cloned()
            .collect()
    }

    /// All that is not shown, in the order of [`reader::assemble`], one reason for each file.
    pub fn not_loaded(&self) -> Vec<Refusal> {
        let mut all = [&self.refused[..], &self.not_assembled].concat();
        sort_by(&mut all, Ord::cmp);
        all.dedup_by(|a, b| (&a.path, a.code) == (&b.path, b.code));
        all
    }
}

impl Study {
    /// The files of a series, for another study worker.
    pub fn lend(&self, series: usize) {
        let frames = self.files.series.get(series).map(|series| &series.frames[..]);
        let mut paths: Vec<&String> = frames.iter().copied().flatten().map(|f| &f.path).collect();
        sort_by(&mut paths, Ord::cmp);
        paths.dedup();
        let file = |path: &String| Some((path.clone(), JsValue::from(self.files.blob(path)?)));
        let (paths, blobs): (Vec<String>, Vec<JsValue>) =
            paths.into_iter().filter_map(file).unzip();
        send(&self.page, &FromStudy::Lent { paths }, &blobs, &[]);
    }

    /// Adds files to those already open; their headers are read first, all of them.
    pub fn open(&mut self, files: Vec<(String, Blob)>, more: bool) {
        self.files.opened_at = self.now();
        self.files.scanning = true;
        self.files.more = more;
        self.decoders.forget(|batch| batch.left().any(|job| matches!(job, Job::Decode { .. })));
        self.scan(files);
        self.end_scan_if_idle();
    }

    fn scan(&mut self, files: Vec<(String, Blob)>) {
        self.files.of += files.len();
        let job = |(path, _): &(String, Blob)| Job::Scan { path: path.clone(), tries: 0 };
        let mut jobs: Vec<Job> = files.iter().map(job).collect();
        // By itself and first: the file that is most likely to show what most of them show.
        let alone = jobs.len() > 1 && self.files.frames.is_empty();
        if alone {
            let middle = jobs.remove(jobs.len() / 2);
            self.decoders.push(Batch::one(middle));
        }
        let batches = Batch::several(jobs);
        match alone {
            true => self.hold(batches),
            false => batches.into_iter().for_each(|batch| self.decoders.push(batch)),
        }
        self.files.blobs.extend(files);
        self.tell_scanned();
        self.give_jobs();
    }

    pub fn give_jobs(&mut self) {
        let (blobs, early) = (&self.files.blobs, &self.early);
        self.decoders.dispatch(|batch, port| {
            let task = |(at, job): (usize, &Job)| match job {
                Job::Scan { path, tries } => {
                    // What has ended a worker is not hurried.
                    let take = if *tries > 0 { Take::Nothing } else { early.wants(at == 0) };
                    (Task::Scan { path: path.clone(), take }, blobs.get(path))
                }
                Job::Decode { path, frames, .. } => {
                    (Task::Decode { frames: frames.clone() }, blobs.get(path))
                }
                Job::List { path } => (Task::List { path: path.clone() }, blobs.get(path)),
            };
            let tasks = batch.left().enumerate().map(task);
            let (tasks, blobs): (Vec<Task>, Vec<Option<&Blob>>) = tasks.unzip();
            let blobs: Vec<JsValue> =
                blobs.into_iter().map(|blob| blob.map_or(JsValue::NULL, JsValue::from)).collect();
            send(port, &ToDecode { tasks }, &blobs, &[]);
        });
    }

    /// A task of a worker's batch is done; the last one ends the batch.
    fn finish(&mut self, number: usize, task: usize) -> Option<Job> {
        let batch = self.decoders.job_of(number)?;
        let job = batch.finish(task);
        if batch.left().next().is_none() {
            self.decoders.finish(number);
        }
        job
    }

    pub fn decoded(&mut self, number: usize, answer: FromDecode, attachments: Vec<JsValue>) {
        match answer {
            FromDecode::Scanned { task, frames, entries, refused, seen } => {
                // A stopped worker's last word is nobody's answer.
                let Some(Job::Scan { .. }) = self.finish(number, task) else { return };
                self.files.seen += 1;
                if let (Some(seen), [frame]) = (seen, &frames[..])
                    && let Some(hu) = attachments.first().and_then(|a| a.dyn_ref::<Int16Array>())
                {
                    self.came_early(frame, hu.to_vec(), seen);
                } else {
                    self.hold_no_more();
                }
                if frames.iter().any(|frame| frame.syntax.needs_codecs()) {
                    self.want_decoder();
                }
                self.files.frames.extend(frames);
                self.files.refused.extend(refused);
                let blobs: Vec<Blob> =
                    attachments.into_iter().filter_map(|a| a.dyn_into().ok()).collect();
                self.renew_grown(number, blobs.iter().map(Blob::size).sum());
                self.scan(entries.into_iter().zip(blobs).collect());
                self.end_scan_if_idle();
            }
            FromDecode::Decoded { task, number: frame, seen } => {
                let hu =
                    attachments.into_iter().next().and_then(|a| a.dyn_into::<Int16Array>().ok());
                let purpose = self.purpose_of(number, task, frame, Some(seen));
                if let (Some(hu), Some(purpose)) = (hu, purpose) {
                    self.place(purpose, frame, hu.to_vec());
                }
                self.give_jobs();
            }
            FromDecode::Refused { task, number: frame, refusal } => {
                let purpose = self.purpose_of(number, task, frame, None);
                self.refuse(refusal, purpose, frame);
                self.give_jobs();
            }
            FromDecode::Listed { task, listed } => {
                self.finish(number, task);
                self.tell(&FromStudy::Tags { listed });
                self.give_jobs();
                self.end_scan_if_idle();
            }
        }
    }

    /// What a frame of a worker's task is for, and keeps what it told; the last frame ends the task.
    fn purpose_of(
        &mut self,
        number: usize,
        task: usize,
        frame: usize,
        seen: Option<Seen>,
    ) -> Option<Purpose> {
        let job = self.decoders.job_of(number)?.job(task)?;
        let Job::Decode { path, frames, purpose, .. } = job else { return None };
        // One picture of a series does not tell of its repeats.
        if !matches!(purpose, Purpose::Thumbnail(_)) {
            self.files.told.insert((path.clone(), frames.get(frame)?.number), seen);
        }
        let (last, purpose) = (frame + 1 >= frames.len(), purpose.clone());
        if last {
            let bytes = self.files.blobs.get(path).map_or(0.0, Blob::size);
            self.finish(number, task);
            self.renew_grown(number, bytes);
        }
        Some(purpose)
    }

    pub fn refuse(&mut self, refusal: Refusal, purpose: Option<Purpose>, frame: usize) {
        if !self.files.refused.contains(&refusal) {
            self.files.refused.push(refusal);
        }
        // Slices may be refused in hundreds; the check of their series tells of the last.
        let one_of_many = matches!(purpose, Some(Purpose::Slices { .. }));
        if !one_of_many || self.is_due(PROGRESS_SECONDS) {
            self.tell(&FromStudy::NotLoaded { not_loaded: self.not_loaded() });
        }
        match purpose {
            Some(Purpose::Slices { showing, slices }) => {
                self.slice_failed(showing, slices.get(frame).copied());
            }
            Some(Purpose::Rivals) => self.rival_settled(),
            Some(Purpose::Thumbnail(_)) | None => {}
        }
    }

    /// No worker survives a file.
    pub fn scan_failed(&mut self, path: &str) {
        self.files.seen += 1;
        self.files.refused.push(decoder_failed(path));
        self.end_scan_if_idle();
    }

    /// Stops reading: what has been read stays.
    pub fn stop_open(&mut self) {
        self.early.forget_held();
        self.decoders.forget_all();
        if self.files.scanning {
            self.all_scanned();
        } else if let Some(pixels) = &mut self.pixels {
            pixels.give_up();
            self.view.catch_up();
            self.paint_soon();
            self.tell_loaded();
            self.begin_waiting_search();
        }
    }

    fn tell_scanned(&mut self) {
        let Files { seen, of, .. } = self.files;
        if seen == of || self.is_due(PROGRESS_SECONDS) {
            self.tell(&FromStudy::Scanning { seen, of });
        }
    }

    fn end_scan_if_idle(&mut self) {
        self.tell_scanned();
        if self.files.scanning && !self.files.more && !self.early.holds() && self.decoders.is_idle()
        {
            self.all_scanned();
        }
    }

    fn all_scanned(&mut self) {
        self.files.scanning = false;
        let Assembly { series, refused } = reader::assemble(self.files.frames.clone());
        self.files.series = series;
        self.files.not_assembled = refused;
        self.show_first();
    }

    /// Tells of the series there are, and shows the one that is wanted most likely.
    pub fn show_first(&mut self) {
        self.forget_pixels();
        let first = reader::pick(&self.files.series);
        self.tell_opened(first);
        if let Some(first) = first {
            self.show_series(first);
            self.ask_thumbnails();
        }
    }

    pub fn tell_opened(&self, shown: Option<usize>) {
        self.tell(&FromStudy::Opened {
            series: self.cards(),
            picked: shown.map(|series| self.picked(series)),
            not_loaded: self.not_loaded(),
        });
    }

    pub fn cards(&self) -> Vec<SeriesCard> {
        self.files.series.iter().map(card).collect()
    }

    fn picked(&self, series: usize) -> Picked {
        let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
        for refused in self.not_loaded() {
            *kinds.entry(refused.code).or_default() += 1;
        }
        let mut skipped: Vec<(String, usize)> = kinds.into_iter().collect();
        sort_by(&mut skipped, |a, b| b.1.cmp(&a.1));
        let chosen = card(&self.files.series[series]);
        Picked { series, slices: chosen.slices, spacing_mm: chosen.spacing_mm, skipped }
    }

    pub fn ask_thumbnails(&mut self) {
        for (number, series) in self.files.series.iter().enumerate() {
            if let Some(frame) = series.frames.get(series.frames.len() / 2) {
                self.decoders.push(Batch::one(Job::Decode {
                    path: frame.path.clone(),
                    frames: vec![frame.clone()],
                    purpose: Purpose::Thumbnail(number),
                    tries: 0,
                }));
            }
        }
        self.give_jobs();
    }

    pub fn not_loaded(&self) -> Vec<NotLoaded> {
        self.files.not_loaded().iter().map(NotLoaded::from).collect()
    }
}

pub fn decoder_failed(path: &str) -> Refusal {
    let detail = "the decoder stopped at this file".into();
    Refusal { path: path.into(), code: Code::CorruptPixels, detail }
}

fn card(series: &Series) -> SeriesCard {
    let geometry = &series.geometry;
    let stack = |plane: &Plane| Grid::new(geometry, *plane).is_some_and(|grid| grid.is_stack());
    let labels = &series.labels;
    SeriesCard {
        study: StudyCard {
            uid: series.study_instance_uid.clone().unwrap_or_default(),
            patient_name: labels.patient_name.clone(),
            patient_id: labels.patient_id.clone(),
            birth_date: labels.birth_date.clone(),
            date: labels.study_date.clone(),
            description: labels.study_description.clone(),
        },
        number: series.number,
        description: series.description.clone(),
        modality: series.modality.clone(),
        slices: geometry.slices,
        columns: geometry.columns,
        rows: geometry.rows,
        spacing_mm: geometry.affine.map(|a| a.slice_distance_mm()),
        thickness_mm: series.thickness_mm,
        plane: geometry.affine.and_then(|_| Plane::ALL.into_iter().find(stack)),
        contrast: series.contrast,
    }
}
