//! Labels that survive the tab, where the person said so of this series: written to the browser's own storage with
//! every act, offered when the same images are opened again, and deleted when they are to be forgotten.

use super::Labelling;
use super::store::{Store, is_missing};
use crate::messages::{About, Failure, FromStudy, Keep, KeptState};
use crate::study::{Shared, Study};
use serde::{Deserialize, Serialize};
use stones::Stone;
use stones::findings::Label;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::spawn_local;
use web_sys::DedicatedWorkerGlobalScope;

/// A label with all that belongs to it.
type Kept = label::Label<KeptAbout>;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct KeptAbout {
    about: About,
    /// The model's finding that it began as.
    found: Option<Stone>,
    word: Option<Label>,
    parts: Option<[usize; 3]>,
}

#[derive(Default)]
pub struct Keeping {
    state: State,
    /// The name of this series' file, once it is known.
    name: Option<String>,
    /// What the file holds.
    written: Vec<u8>,
    /// What is to be done next, and whether something is being done.
    wish: Option<Wish>,
    busy: bool,
}

#[derive(Default)]
enum State {
    #[default]
    Off,
    /// Kept before, and not taken up yet: nothing is written over it.
    Offered(Vec<Kept>),
    On,
}

enum Wish {
    Write(Vec<u8>),
    Remove,
}

impl Labelling {
    fn all_kept(&self) -> Vec<Kept> {
        let kept = |label: &label::Label<About>| label::Label {
            key: label.key,
            voxels: label.voxels.clone(),
            of: label.of.clone(),
            about: KeptAbout {
                about: label.about.clone(),
                found: self.found.get(&label.key).cloned(),
                word: self.words.get(&label.key).copied().flatten(),
                parts: self.parts.get(&label.key).copied(),
            },
        };
        self.labels.list().iter().map(kept).collect()
    }

    fn take_kept(&mut self, kept: Kept) {
        let KeptAbout { about, found, word, parts } = kept.about;
        let key = self.labels.take_up(&kept.voxels, kept.of, about);
        self.found.extend(found.map(|found| (key, found)));
        self.words.extend(word.map(|word| (key, Some(word))));
        self.parts.extend(parts.map(|parts| (key, parts)));
    }
}

impl Study {
    /// All pixels are read: what was kept of this series before is offered.
    pub fn look_for_kept(&mut self) {
        let (own, scope, showing) = (self.own.clone(), self.page.clone(), self.showings);
        spawn_local(async move {
            let Ok(store) = Store::open(&scope, false).await else { return };
            let Ok(salt) = store.salt(&scope).await else { return };
            let Some(name) = named(&own, showing, &salt) else { return };
            let Ok(bytes) = store.read(&name).await else { return };
            own.with(|study| {
                if study.showings == showing {
                    study.offer(bytes);
                }
            });
        });
    }

    fn offer(&mut self, bytes: Vec<u8>) {
        let keeping = &mut self.labelling.keeping;
        // The person was faster.
        if !matches!(keeping.state, State::Off) || keeping.wish.is_some() || keeping.busy {
            return;
        }
        let kept: Vec<Kept> = serde_json::from_slice(&bytes).unwrap_or_default();
        keeping.written = bytes;
        keeping.state = if kept.is_empty() { State::On } else { State::Offered(kept) };
        self.keep_labels();
        self.tell_kept();
    }

    /// The person's word on what is to be kept of this series.
    pub fn set_keep(&mut self, keep: Keep) {
        let keeping = &mut self.labelling.keeping;
        match keep {
            Keep::On => {
                keeping.state = State::On;
                keeping.written.clear();
            }
            Keep::TakeUp => {
                let State::Offered(kept) = std::mem::take(&mut keeping.state) else { return };
                keeping.state = State::On;
                kept.into_iter().for_each(|kept| self.labelling.take_kept(kept));
                self.end_act(None);
            }
            Keep::Forget => {
                keeping.state = State::Off;
                keeping.wish = Some(Wish::Remove);
                self.fulfil();
            }
        }
        self.keep_labels();
        self.tell_kept();
    }

    /// Has what stands here written, where that is wished for and not done yet.
    pub fn keep_labels(&mut self) {
        if !matches!(self.labelling.keeping.state, State::On) {
            return;
        }
        let Ok(bytes) = serde_json::to_vec(&self.labelling.all_kept()) else { return };
        let keeping = &mut self.labelling.keeping;
        if keeping.busy || keeping.wish.is_some() || keeping.written != bytes {
            keeping.wish = Some(Wish::Write(bytes));
            self.fulfil();
            self.tell_kept();
        }
    }

    /// One thing after the other: a file can't be opened twice.
    fn fulfil(&mut self) {
        let keeping = &mut self.labelling.keeping;
        if keeping.busy {
            return;
        }
        let Some(wish) = keeping.wish.take() else { return };
        keeping.busy = true;
        let (own, scope, showing) = (self.own.clone(), self.page.clone(), self.showings);
        let known = keeping.name.clone();
        spawn_local(async move {
            let name = |salt: &[u8]| known.or_else(|| named(&own, showing, salt));
            let result = fulfilled(&scope, &wish, name).await;
            own.with(|study| {
                if study.showings == showing {
                    study.fulfilled(wish, result);
                }
            });
        });
    }

    fn fulfilled(&mut self, wish: Wish, result: Result<(), JsValue>) {
        let keeping = &mut self.labelling.keeping;
        keeping.busy = false;
        match (wish, result) {
            (Wish::Write(bytes), Ok(())) => keeping.written = bytes,
            (Wish::Remove, Ok(())) => keeping.written.clear(),
            (Wish::Write(_), Err(error)) => {
                (keeping.state, keeping.wish) = (State::Off, None);
                self.fail_to_keep("keep_failed", &error);
            }
            (Wish::Remove, Err(error)) => self.fail_to_keep("forget_failed", &error),
        }
        self.fulfil();
        self.tell_kept();
    }

    fn fail_to_keep(&self, code: &str, error: &JsValue) {
        let detail = js_sys::Error::from(error.clone()).message().into();
        self.tell(&FromStudy::Failed(Failure { code: code.into(), detail }));
    }

    fn tell_kept(&self) {
        let keeping = &self.labelling.keeping;
        let (on, offered) = match &keeping.state {
            State::Off => (false, 0),
            State::Offered(kept) => (false, kept.len()),
            State::On => (true, 0),
        };
        let done = !keeping.busy && keeping.wish.is_none();
        self.tell(&FromStudy::Kept(KeptState { on, offered, done }));
    }

    /// The name of the file for the series shown.
    fn mark(&mut self, salt: &[u8]) -> Option<String> {
        let pixels = self.pixels.as_ref()?;
        let uid = pixels.series.series_instance_uid.as_deref().unwrap_or_default();
        let name = label::mark(salt, uid, &pixels.volume);
        self.labelling.keeping.name = Some(name.clone());
        Some(name)
    }
}

/// The name of the file for a series, if that is still the one shown.
fn named(own: &Shared, showing: u32, salt: &[u8]) -> Option<String> {
    let mut name = None;
    own.with(|study| {
        if study.showings == showing {
            name = study.mark(salt);
        }
    });
    name
}

async fn fulfilled(
    scope: &DedicatedWorkerGlobalScope,
    wish: &Wish,
    name: impl FnOnce(&[u8]) -> Option<String>,
) -> Result<(), JsValue> {
    match wish {
        Wish::Write(bytes) => {
            let store = Store::open(scope, true).await?;
            let name = name(&store.salt(scope).await?).ok_or("no series")?;
            store.write(&name, bytes).await
        }
        Wish::Remove => {
            let store = match Store::open(scope, false).await {
                Err(error) if is_missing(&error) => return Ok(()),
                opened => opened?,
            };
            let name = name(&store.salt(scope).await?).ok_or("no series")?;
            store.remove(&name).await
        }
    }
}
