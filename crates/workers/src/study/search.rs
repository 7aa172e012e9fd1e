//! The search for stones: slices to the infer workers, stones out of their answers.

use super::entrants::Entrant;
use super::model::{Failed, Model};
use super::pool::Pool;
use super::{Study, now};
use crate::messages::{Fitness, Form, FromInfer, FromStudy, GRAPHICS, Hardware, ToInfer};
use crate::wire::send;
use js_sys::{Float32Array, Int16Array, Uint32Array};
use stones::findings::Engine;
use stones::measure::voxels_around;
use stones::{Answer, Crop, Known, Measured, Planes, ProbabilityMap, Skeleton, Stone, Tract};
use wasm_bindgen::{JsCast, JsValue};

/// Each word of progress costs the page a frame, and the workers the time for it.
const TOLD_SECONDS: f64 = 0.25;
/// Seconds between two looks at what has been found so far.
const REPORT_SECONDS: f64 = 0.4;
/// Looks take no larger share of the time than this: what has taken long is not looked at again soon.
const REPORT_SHARE: f64 = 0.05;
/// A slice lies ready beside each worker, so that none waits while the study worker has other things to do.
const SLICES_AT_ONCE: usize = 2;
/// A slice to be searched. `tries` counts the workers that it has already cost.
pub(super) struct Job {
    pub slice: usize,
    pub tries: u32,
}

pub struct Search {
    /// Workers that have the network.
    pub(super) workers: Pool<Job>,
    /// Workers that have yet to get it, or to say so.
    pub(super) entrants: Vec<Entrant>,
    pub(super) model: Option<Model>,
    /// What the next search is to run on.
    hardware: Hardware,
    pub(super) run: Option<Run>,
    /// The search that has ended last: what it found is counted anew when the threshold changes.
    ended: Option<Run>,
    /// The person's own threshold.
    threshold: Option<f64>,
    /// Predict was pressed before all slices were there.
    waiting: bool,
}

impl Default for Search {
    fn default() -> Self {
        Self {
            workers: Pool::of_depth(SLICES_AT_ONCE),
            entrants: Vec::new(),
            model: None,
            hardware: Hardware::default(),
            run: None,
            ended: None,
            threshold: None,
            waiting: false,
        }
    }
}

/// One search of the series shown.
pub(super) struct Run {
    pub crop: Crop,
    skeleton: Skeleton,
    /// Slices this near bear on how large a stone is.
    reach: usize,
    map: ProbabilityMap,
    /// `None` until it is laid out; then, where there is one.
    tract: Option<Option<Tract>>,
    known: Known,
    /// What it runs on, from what was asked for to what has come of it.
    pub hardware: Hardware,
    /// What the workers can do, and what the GPU could that has not taken over.
    pub fitness: Option<Fitness>,
    pub offer: Option<Fitness>,
    began: f64,
    reported: f64,
    measuring: f64,
    /// How long all of it took, once it has ended.
    passed: Option<f64>,
}

impl Search {
    /// What the search at hand says of a voxel of a stone, if there was one.
    pub fn probability(&self) -> Option<impl Fn(&Stone, usize, [usize; 3]) -> f64> {
        let run = self.run.as_ref().or(self.ended.as_ref())?;
        let manifest = &self.model.as_ref()?.manifest;
        Some(|stone: &Stone, pixels, voxel| {
            manifest.probability(run.map.at(voxel), stone.tract_score, pixels)
        })
    }
}

impl Study {
    /// Takes the model that the page fetched, and begins as soon as all slices are there.
    pub fn predict(
        &mut self,
        form: Form,
        hardware: Hardware,
        manifest: Option<String>,
        file: JsValue,
        tract: Option<JsValue>,
    ) {
        self.search.hardware = hardware;
        match Model::taken(form, manifest, &file, tract) {
            Ok(model) => self.search.model = Some(model),
            Err((code, detail)) => return self.fail(code, detail),
        }
        match &self.pixels {
            None => self.fail("nothing_to_search", "no series is open"),
            Some(pixels) if pixels.checked => self.begin(),
            Some(_) => self.search.waiting = true,
        }
    }

    /// All slices have come: a search that waited for them begins.
    pub fn begin_waiting_search(&mut self) {
        if std::mem::take(&mut self.search.waiting) {
            self.begin();
        }
    }

    fn begin(&mut self) {
        let (Some(pixels), Some(model)) = (&self.pixels, &self.search.model) else { return };
        let now = self.now();
        let volume = &pixels.volume;
        let crop = Crop::around_body(volume, model.manifest.input.multiple_of);
        let run = Run {
            crop,
            skeleton: Skeleton::default(),
            reach: voxels_around(&volume.geometry)[2],
            map: ProbabilityMap::new(&volume.geometry),
            tract: None,
            known: Known::default(),
            hardware: self.search.hardware,
            fitness: None,
            offer: None,
            began: now,
            reported: now,
            measuring: 0.0,
            passed: None,
        };
        self.search.workers.forget_all();
        self.search.run = Some(run);
        self.search.ended = None;
        self.search.recall();
        self.forget_found();
        self.prepare();
        self.line_up(crop);
        self.report_in_time();
    }

    /// Finds the skeleton and brings the slices into their order, while the workers take the network in.
    fn line_up(&mut self, crop: Crop) {
        let (Some(pixels), Some(run)) = (&self.pixels, &mut self.search.run) else { return };
        let volume = &pixels.volume;
        run.skeleton = run.known.skeleton(volume, &pixels.series);
        // A slice that never came is not searched, and the findings say so.
        for slice in stones::order(volume, crop).into_iter().filter(|&k| volume.is_loaded(k)) {
            self.search.workers.push(Job { slice, tries: 0 });
        }
    }

    /// Lays out the network that knows the urinary tract, if that is not done: not before the workers have slices.
    fn know_tract(&mut self) -> Result<(), Failed> {
        let Search { model, run, .. } = &mut self.search;
        let (Some(pixels), Some(model), Some(run)) = (&self.pixels, model, run) else {
            return Ok(());
        };
        if run.tract.is_none() {
            run.tract = Some(model.tract_of(&pixels.volume)?);
        }
        Ok(())
    }

    pub(super) fn give_slices(&mut self) {
        let Search { workers, model, run, .. } = &mut self.search;
        let (Some(pixels), Some(model), Some(run)) = (&self.pixels, model, run) else { return };
        let offsets = model.manifest.offsets_mm();
        workers.dispatch(|job, port| {
            let planes = Planes::cut(&pixels.volume, job.slice, &offsets, run.crop);
            let hu = Int16Array::from(&planes.hu[..]);
            let skeleton = Uint32Array::from(&run.skeleton.of_slice(job.slice, run.crop)[..]);
            let moved = [hu.buffer().into(), skeleton.buffer().into()];
            let attached = [hu.into(), skeleton.into()];
            send(port, &ToInfer::Search { slice: job.slice }, &attached, &moved);
        });
    }

    pub(super) fn inferred(&mut self, number: usize, answer: FromInfer, attachments: Vec<JsValue>) {
        match answer {
            FromInfer::Ready(fitness) => {
                self.enter(number, fitness, attachments.into_iter().next());
            }
            FromInfer::Unfit { .. } | FromInfer::Failed { .. } if number == GRAPHICS => {
                self.leave_graphics();
            }
            FromInfer::Unfit { detail } => {
                self.end_search();
                self.tell(&FromStudy::Unfit { detail });
            }
            FromInfer::Failed { detail } => {
                self.end_search();
                self.fail("model_refused", detail);
            }
            FromInfer::Searched { slice } => {
                let Some(job) = self.search.workers.finish(number) else { return };
                if job.slice == slice {
                    self.keep(slice, attachments);
                }
                self.give_slices();
                self.report_in_time();
            }
        }
    }

    fn keep(&mut self, slice: usize, attachments: Vec<JsValue>) {
        let mut attachments = attachments.into_iter();
        let pixels = attachments.next().and_then(|a| a.dyn_into::<Uint32Array>().ok());
        let probabilities = attachments.next().and_then(|a| a.dyn_into::<Float32Array>().ok());
        let Search { workers, model, run, .. } = &mut self.search;
        let (Some(model), Some(run), Some(pixels), Some(probabilities)) =
            (model, run, pixels, probabilities)
        else {
            return;
        };
        let answer = Answer { pixels: pixels.to_vec(), probabilities: probabilities.to_vec() };
        run.map.put(slice, run.crop, &answer);
        // What begins here goes on next door, and is measured once all slices around it are searched.
        if answer.probabilities.iter().any(|p| *p >= model.manifest.threshold) {
            workers.prefer(|job| job.slice.abs_diff(slice) <= run.reach);
            workers.prefer(|job| job.slice.abs_diff(slice) == 1);
        }
    }

    /// Tells how far it is and what was found: at the end, and now and then before.
    fn report_in_time(&mut self) {
        if self.is_due(TOLD_SECONDS) {
            self.tell_predicting();
        }
        let now = self.now();
        let Some(run) = &self.search.run else { return };
        if self.search.workers.is_idle() {
            self.report(Measured::All);
            self.end_run();
            self.tell(&FromStudy::Searched);
        } else if now - run.reported > REPORT_SECONDS
            && run.measuring <= REPORT_SHARE * (now - run.began)
        {
            self.report(Measured::Settled);
        }
    }

    pub(super) fn tell_predicting(&self) {
        let (Some(pixels), Some(run)) = (&self.pixels, &self.search.run) else { return };
        let (done, of) = (run.map.searched(), pixels.volume.geometry.slices);
        let passed = self.now() - run.began;
        let workers = self.search.workers.len().max(1) as f64;
        let foretold = run.fitness.as_ref().and_then(|fitness| fitness.seconds);
        let each = if done > 2 {
            Some(passed / done as f64)
        } else {
            foretold.map(|seconds| seconds / workers)
        };
        let seconds_left = each.map(|seconds| seconds * (of - done) as f64);
        self.tell(&FromStudy::Predicting { done, of, seconds_left });
    }

    fn report(&mut self, measured: Measured) {
        if let Err((code, detail)) = self.know_tract() {
            self.end_search();
            return self.fail(code, detail);
        }
        let began = self.now();
        let workers = self.search.workers.len();
        let not_loaded = self.files.not_loaded();
        let (Some(pixels), Some(model), Some(run)) = (
            &self.pixels,
            &self.search.model,
            self.search.run.as_mut().or(self.search.ended.as_mut()),
        ) else {
            return;
        };
        let manifest = match self.search.threshold {
            Some(least) => model.manifest.with_threshold(least as f32),
            None => model.manifest.clone(),
        };
        let engine = Engine {
            name: run.fitness.as_ref().map_or(String::new(), |fitness| fitness.engine.clone()),
            workers,
            self_test_max_abs: run.fitness.as_ref().and_then(|fitness| fitness.max_abs),
        };
        let context = pixels.context(&not_loaded, engine);
        let Run { map, tract, known, .. } = &mut *run;
        let tract = tract.as_mut().and_then(Option::as_mut);
        let found =
            stones::report(&pixels.volume, map, &manifest, &context, tract, known, measured);
        let (mut findings, masks) = match found {
            Ok(found) => found,
            Err(error) => return self.fail("model_refused", error.to_string()),
        };
        let reported = now(&self.page);
        let measuring = match run.passed {
            Some(_) => run.measuring,
            None => run.measuring + reported - began,
        };
        findings.seconds.read = pixels.seconds;
        findings.seconds.measure = measuring;
        findings.seconds.predict = run.passed.unwrap_or(reported - run.began) - measuring;
        let (seen_slices, of) = (run.map.searched(), pixels.volume.geometry.slices);

        if let Some(run) = &mut self.search.run {
            run.measuring = measuring;
            run.reported = reported;
        }
        self.publish(findings, masks, seen_slices, of);
    }

    /// Stops the search; what was found stays, and says which slices were not searched.
    pub fn stop_predict(&mut self) {
        self.search.waiting = false;
        self.search.workers.forget_all();
        if self.search.run.is_some() {
            self.report(Measured::All);
            self.end_run();
        }
    }

    /// Keeps what was searched.
    fn end_run(&mut self) {
        let now = self.now();
        self.search.ended = self.search.run.take();
        if let Some(run) = &mut self.search.ended {
            run.passed = Some(now - run.began);
        }
    }

    pub fn set_threshold(&mut self, least: Option<f64>) {
        self.search.threshold = least;
        let goes_on = self.search.run.is_some();
        self.report(if goes_on { Measured::Settled } else { Measured::All });
    }

    /// Forgets the search and what it found.
    pub fn end_search(&mut self) {
        self.search.workers.forget_all();
        self.search.waiting = false;
        self.search.run = None;
        self.search.ended = None;
        self.search.threshold = None;
        self.forget_found();
    }
}
