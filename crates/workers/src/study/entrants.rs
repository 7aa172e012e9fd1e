//! How infer workers come into the search: they get the network, show what they can do, and are taken in.
//!
//! The GPU's worker is one of them. It searches alone or not at all: while it does, the processor's rest as entrants,
//! and go on where it leaves.

use super::Study;
use super::search::{Job, Search};
use crate::messages::{Fitness, FromInfer, FromStudy, GRAPHICS, Hardware, ToInfer};
use crate::wire::{hear, send};
use wasm_bindgen::JsValue;
use web_sys::MessagePort;

/// A slice that ended this many workers is left out, and the findings say so.
const MAX_TRIES: u32 = 2;

pub struct Entrant {
    number: usize,
    port: MessagePort,
    asked: bool,
}

/// The weights, for workers on the processor.
#[derive(Default)]
pub enum Packed {
    #[default]
    No,
    /// By the worker of this number: the others wait.
    By(usize),
    Yes(JsValue),
}

impl Search {
    /// Makes all workers entrants that have yet to get the network, but those that others have replaced.
    pub fn recall(&mut self) {
        for (number, port) in self.workers.dismiss() {
            if self.entrants.iter().all(|other| other.number != number) {
                self.entrants.push(Entrant { number, port, asked: false });
            }
        }
        for entrant in &mut self.entrants {
            entrant.asked = false;
        }
    }

    fn take_entrant(&mut self, number: usize) -> Option<MessagePort> {
        let at = self.entrants.iter().position(|entrant| entrant.number == number)?;
        Some(self.entrants.remove(at).port)
    }

    /// Whether the GPU is to search, now that it has shown what it can do; `None` while there is nothing to compare.
    fn prefers_graphics(&self) -> Option<bool> {
        let run = self.run.as_ref()?;
        let offer = run.offer.as_ref()?;
        match run.hardware {
            Hardware::Graphics => Some(true),
            Hardware::Processor => Some(false),
            Hardware::Automatic => {
                let processor = run.fitness.as_ref()?.seconds?;
                let resting = self.entrants.iter().filter(|entrant| entrant.number != GRAPHICS);
                let workers = (self.workers.len() + resting.count()) as f64;
                Some(offer.seconds? < processor / workers)
            }
        }
    }

    /// The GPU goes on with all that is not done.
    fn hand_over(&mut self) {
        let Some(port) = self.take_entrant(GRAPHICS) else { return };
        self.recall();
        self.workers.join(GRAPHICS, port);
        if let Some(run) = &mut self.run {
            run.hardware = Hardware::Graphics;
            run.fitness = run.offer.take();
        }
    }
}

impl Study {
    /// A worker stands ready, anew if it replaces one: it gets the network, and slices when it has it.
    pub fn add_infer_worker(&mut self, number: usize, port: MessagePort) {
        let own = self.own.clone();
        hear(&port, move |answer: FromInfer, attachments| {
            own.with(|study| study.inferred(number, answer, attachments));
        });
        self.search.entrants.retain(|other| other.number != number);
        self.search.entrants.push(Entrant { number, port, asked: false });
        if let Some(model) = &mut self.search.model
            && matches!(model.packed, Packed::By(other) if other == number)
        {
            model.packed = Packed::No;
        }
        self.prepare();
    }

    /// Gives the network, for planes of this search's size, to workers that have yet to get it.
    pub fn prepare(&mut self) {
        let Search { entrants, model, run, .. } = &mut self.search;
        let (Some(model), Some(run)) = (model, run) else { return };
        for Entrant { number, port, asked } in entrants.iter_mut().filter(|e| !e.asked) {
            let packed = match (*number, run.hardware, &model.packed) {
                (GRAPHICS, Hardware::Processor, _) => continue,
                (GRAPHICS, ..) => JsValue::UNDEFINED,
                (_, Hardware::Graphics, _) | (.., Packed::By(_)) => continue,
                (.., Packed::No) => {
                    model.packed = Packed::By(*number);
                    JsValue::UNDEFINED
                }
                (.., Packed::Yes(weights)) => weights.clone(),
            };
            let manifest = Box::new(model.manifest.clone());
            let message = ToInfer::Model { manifest, crop: run.crop };
            send(port, &message, &[model.file.clone().into(), packed], &[]);
            *asked = true;
        }
    }

    /// A worker has the network, and has shown what it can do.
    pub fn enter(&mut self, number: usize, fitness: Fitness, packed: Option<JsValue>) {
        let Search { model, run, .. } = &mut self.search;
        let hardware = run.as_ref().map(|run| run.hardware);
        if number == GRAPHICS {
            if let Some(run) = run {
                run.offer = Some(fitness);
            }
        } else {
            if let Some(model) = model
                && matches!(model.packed, Packed::By(_))
            {
                // What was packed by a program that packs nothing is nothing, and serves as well.
                model.packed = Packed::Yes(packed.unwrap_or_default());
            }
            // The GPU has taken over meanwhile.
            if hardware == Some(Hardware::Graphics) {
                return;
            }
            self.take_in(number, fitness);
        }
        match self.search.prefers_graphics() {
            Some(true) => self.search.hand_over(),
            Some(false) => self.leave_graphics(),
            None => {}
        }
        self.prepare();
        self.give_slices();
        self.tell_predicting();
    }

    fn take_in(&mut self, number: usize, fitness: Fitness) {
        let search = &mut self.search;
        let Some(port) = search.take_entrant(number) else { return };
        if let Some(Job { slice, tries }) = search.workers.join(number, port)
            && tries < MAX_TRIES
        {
            search.workers.push_first(Job { slice, tries: tries + 1 });
        }
        if let Some(run) = &mut search.run {
            run.fitness = Some(fitness);
        }
    }

    /// The GPU is slower, or has failed: it goes, and the processor searches what is left.
    pub fn leave_graphics(&mut self) {
        let search = &mut self.search;
        search.take_entrant(GRAPHICS);
        if let Some(job) = search.workers.leave(GRAPHICS) {
            search.workers.push_first(job);
        }
        if let Some(run) = &mut search.run {
            run.hardware = Hardware::Processor;
            run.offer = None;
        }
        self.tell(&FromStudy::GraphicsLeft);
        self.prepare();
    }
}
