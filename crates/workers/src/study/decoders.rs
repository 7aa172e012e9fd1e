//! The decode workers as the study worker knows them: they join, are replaced, and give way to others that know more.

use super::Study;
use super::files::decoder_failed;
use super::jobs::{Batch, Job};
use crate::messages::{FromDecode, FromStudy};
use crate::wire::hear;
use web_sys::MessagePort;

/// A file that ended this many workers is damaged in a way that no worker survives.
const MAX_TRIES: u32 = 2;

/// Bytes of a file, or out of an archive, beyond which a decode worker is replaced: WebAssembly's memory only grows.
const GROWN: f64 = 32e6;

impl Study {
    pub fn add_decoder(&mut self, number: usize, port: MessagePort, full: bool) {
        if self.has_decoder && !full {
            // It was on its way when others were asked for.
            return port.close();
        }
        self.has_decoder = full;
        let own = self.own.clone();
        hear(&port, move |answer: FromDecode, attachments| {
            own.with(|study| study.decoded(number, answer, attachments));
        });
        if let Some(batch) = self.decoders.join(number, port) {
            // Each by itself now, so that the one that ends workers takes no other with it.
            batch.into_left().rev().for_each(|job| self.try_again(job));
        }
        self.give_jobs();
    }

    /// Has a worker replaced that held as much as this at once. What it has not begun is for the others.
    pub fn renew_grown(&mut self, number: usize, bytes: f64) {
        if bytes > GROWN {
            self.leave(number);
            self.tell(&FromStudy::Grown { number });
        }
    }

    /// Has all workers replaced by such as know every codec and the name of every element.
    pub fn want_decoder(&mut self) {
        if self.has_decoder {
            return;
        }
        self.has_decoder = true;
        for number in 0..self.decoders.places() {
            self.leave(number);
        }
        self.tell(&FromStudy::WantsDecoder);
    }

    /// What a worker has not done is for the others.
    fn leave(&mut self, number: usize) {
        let left = self.decoders.leave(number).into_iter().flat_map(Batch::into_left);
        left.rev().for_each(|job| self.decoders.push_first(Batch::one(job)));
    }

    /// A worker trapped or was stopped over a job.
    fn try_again(&mut self, job: Job) {
        match job {
            Job::Scan { path, tries } if tries < MAX_TRIES => {
                self.decoders.push_first(Batch::one(Job::Scan { path, tries: tries + 1 }));
            }
            Job::Scan { path, .. } => self.scan_failed(&path),
            Job::List { .. } => self.tell(&FromStudy::Tags { listed: Vec::new() }),
            Job::Decode { path, frames, purpose, tries } if tries < MAX_TRIES => {
                let job = Job::Decode { path, frames, purpose, tries: tries + 1 };
                self.decoders.push_first(Batch::one(job));
            }
            Job::Decode { path, frames, purpose, .. } => {
                for (number, frame) in frames.iter().enumerate() {
                    self.files.told.insert((path.clone(), frame.number), None);
                    self.refuse(decoder_failed(&path), Some(purpose.clone()), number);
                }
            }
        }
    }
}
