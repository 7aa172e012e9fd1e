//! Workers of one role: each joined to the study worker by a channel of its own, replaced when it traps.

use super::{Inner, running::Running};
use crate::statics::{Compiled, Static};
use js_sys::Reflect;
use leptos::task::spawn_local;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::MessageChannel;
use workers::messages::{GRAPHICS, Greeting, Role, ToStudy};

pub struct Crew {
    size: usize,
    program: Option<Compiled>,
    /// Decode workers that know every codec.
    full: bool,
    members: Vec<Option<Running>>,
    /// Workers lost since the crew was made up.
    lost: usize,
}

/// A crew that loses this many workers for each place is not made up any more.
const LOSSES_PER_PLACE: usize = 4;

impl Crew {
    pub fn new(size: usize) -> Self {
        Self { size, program: None, full: false, members: Vec::new(), lost: 0 }
    }

    pub fn set_program(&mut self, program: Compiled) {
        (self.program, self.full) = (Some(program), false);
    }

    pub fn set_full_program(&mut self, program: Compiled) {
        (self.program, self.full) = (Some(program), true);
    }

    pub fn has_program(&self) -> bool {
        self.program.is_some()
    }

    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Ends all workers.
    pub fn dismiss(&mut self) {
        self.members.clear();
        self.lost = 0;
    }
}

impl Inner {
    fn crew(&self, role: Role) -> &RefCell<Crew> {
        match role {
            Role::Infer => &self.searchers,
            Role::Graphics => &self.graphics,
            Role::Decode | Role::Study | Role::Pacs => &self.decoders,
        }
    }

    /// Ends the workers of a role and starts as many new ones, under the same numbers.
    pub fn enlist(self: &Rc<Self>, role: Role) {
        let size = {
            let mut crew = self.crew(role).borrow_mut();
            crew.dismiss();
            let size = crew.size;
            crew.members.resize_with(size, || None);
            size
        };
        for number in 0..size {
            self.start_member(role, number);
        }
    }

    pub fn dismiss_searchers(&self) {
        self.searchers.borrow_mut().dismiss();
        self.graphics.borrow_mut().dismiss();
    }

    /// Ends a decode worker and starts another in its place.
    pub fn renew_decoder(self: &Rc<Self>, number: usize) {
        self.start_member(Role::Decode, number);
    }

    /// Starts decode workers, if there are none: such as know every codec, unless a person was faster than their program.
    pub fn enlist_decoders(self: &Rc<Self>) {
        if !self.decoders.borrow().is_empty() {
            return;
        }
        match (self.decoder.borrow().clone(), self.program.borrow().clone()) {
            (Some(full), _) => self.decoders.borrow_mut().set_full_program(full),
            (None, Some(program)) => self.decoders.borrow_mut().set_program(program),
            (None, None) => return,
        }
        self.enlist(Role::Decode);
    }

    /// Decode workers that know every codec take the place of the others.
    pub fn enlist_decoder(self: &Rc<Self>) {
        let inner = self.clone();
        spawn_local(async move {
            match inner.fetch_decoder().await {
                Ok(program) => {
                    inner.decoders.borrow_mut().set_full_program(program);
                    inner.enlist(Role::Decode);
                }
                Err(detail) => inner.fail("not_started", detail),
            }
        });
    }

    /// Their program, from the network if it is not there yet.
    pub async fn fetch_decoder(&self) -> Result<Compiled, String> {
        let fetched = self.decoder.borrow().clone();
        if let Some(program) = fetched {
            return Ok(program);
        }
        let statics = self.statics.as_ref().ok_or("the page does not name its files")?;
        let program = statics.compile(Static::Decoder).await?;
        *self.decoder.borrow_mut() = Some(program.clone());
        Ok(program)
    }

    fn start_member(self: &Rc<Self>, role: Role, number: usize) {
        let Some(program) = self.crew(role).borrow().program.clone() else { return };
        let (greeted, trapped) = (self.clone(), self.clone());
        let started = Running::start(
            &program,
            role,
            move |_: Greeting, _| greeted.join(role, number),
            move || trapped.replace_member(role, number),
        );
        match started {
            Ok(running) => {
                if let Some(place) = self.crew(role).borrow_mut().members.get_mut(number) {
                    *place = Some(running);
                }
            }
            Err(_) => self.fail("not_started", "worker"),
        }
    }

    /// A worker stands ready: it and the study worker get the two ends of a channel.
    fn join(&self, role: Role, number: usize) {
        let Ok(channel) = MessageChannel::new() else { return };
        let (study_end, worker_end) = (channel.port1().into(), channel.port2().into());
        let full = self.crew(role).borrow().full;
        let message = match role {
            Role::Infer => ToStudy::InferWorker { number },
            Role::Graphics => ToStudy::InferWorker { number: GRAPHICS },
            Role::Decode | Role::Study | Role::Pacs => ToStudy::DecodeWorker { number, full },
        };
        self.post(message, std::slice::from_ref(&study_end), std::slice::from_ref(&study_end));
        let crew = self.crew(role).borrow();
        if let Some(Some(worker)) = crew.members.get(number) {
            let end: &[JsValue] = std::slice::from_ref(&worker_end);
            worker.send(&Greeting::Port, end, end);
        }
    }

    fn replace_member(self: &Rc<Self>, role: Role, number: usize) {
        if role == Role::Graphics {
            return self.graphics_ended();
        }
        let made_up = {
            let mut crew = self.crew(role).borrow_mut();
            crew.lost += 1;
            crew.lost <= crew.size * LOSSES_PER_PLACE
        };
        if made_up {
            self.start_member(role, number);
        } else {
            self.fail("bug", "workers end one after another");
        }
    }
}

/// How many workers search at once: as many as there are cores, and as the browser's word on memory allows at 110 MB
/// each and a quarter of all for them.
pub fn searchers(cores: usize) -> usize {
    let navigator = web_sys::window().map(|window| JsValue::from(window.navigator()));
    let gigabytes = navigator
        .and_then(|navigator| Reflect::get(&navigator, &"deviceMemory".into()).ok())
        .and_then(|memory| memory.as_f64())
        .unwrap_or(4.0);
    let fit = (gigabytes * 1024.0 / 4.0 / 110.0) as usize;
    cores.min(fit).clamp(1, GRAPHICS)
}
