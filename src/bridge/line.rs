//! The line to the study worker: messages wait until it is ready, and go in order.

use super::{Inner, running::Running};
use leptos::prelude::GetUntracked;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use workers::messages::{FromStudy, Role, ToStudy};

#[derive(Default)]
pub struct Line {
    worker: Option<Running>,
    ready: bool,
    waiting: Vec<Letter>,
}

struct Letter {
    message: ToStudy,
    attachments: Vec<JsValue>,
    moved: Vec<JsValue>,
}

impl Line {
    pub fn post(&mut self, message: ToStudy, attachments: &[JsValue], moved: &[JsValue]) {
        match &self.worker {
            Some(worker) if self.ready => worker.send(&message, attachments, moved),
            _ => self.waiting.push(Letter {
                message,
                attachments: attachments.to_vec(),
                moved: moved.to_vec(),
            }),
        }
    }

    /// Ends the worker; nothing waits for another.
    pub fn end(&mut self) {
        self.worker = None;
        self.waiting.clear();
    }

    fn open(&mut self) {
        self.ready = true;
        if let Some(worker) = &self.worker {
            for letter in self.waiting.drain(..) {
                worker.send(&letter.message, &letter.attachments, &letter.moved);
            }
        }
    }
}

impl Inner {
    /// Starts an empty study with workers of its own; the study before ends.
    pub fn start_study(self: &Rc<Self>) {
        let Some(program) = self.program.borrow().clone() else { return };
        let (hearing, trapping) = (self.clone(), self.clone());
        let worker = Running::start(
            &program,
            Role::Study,
            move |message: FromStudy, attachments| match message {
                FromStudy::Ready => hearing.line.borrow_mut().open(),
                FromStudy::Grown { number } => hearing.renew_decoder(number),
                message => hearing.take(message, attachments),
            },
            move || trapping.fail("bug", "study worker"),
        );
        match worker {
            Ok(worker) => {
                let mut line = self.line.borrow_mut();
                line.ready = false;
                if line.worker.replace(worker).is_some() {
                    // What waited was meant for the study before.
                    line.waiting.clear();
                }
            }
            Err(_) => return self.fail("not_started", "study worker"),
        }
        self.decoders.borrow_mut().dismiss();
        if self.state.open.get_untracked() || self.decoder.borrow().is_some() {
            self.enlist_decoders();
        }
        self.stand_ready();
    }
}
