//! The PACS, as the page knows it: which there is, what was found in it, and what is to be sent to it.

use crate::requests::Asked;
use crate::state::State;
use leptos::prelude::*;
use workers::messages::{Failure, NotLoaded, Outcome, Query, SaveAs, SeriesRow, Service, StudyRow};

/// What a search has found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Studies {
    pub rows: Vec<StudyRow>,
    /// There are more than are listed.
    pub more: bool,
}

/// A study whose series are listed, once they have come.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfolded {
    pub study: String,
    pub series: Option<Vec<SeriesRow>>,
}

/// Findings that are to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Parcel {
    /// Objects that are to be in it, and bytes of those that are written.
    pub objects: Vec<(SaveAs, Option<u32>)>,
    pub stage: Stage,
    pub problem: Option<Failure>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// Waits for the objects, and then for the person's word.
    Packed,
    Sending,
    Answered(Vec<Outcome>),
}

impl Parcel {
    pub fn of(objects: &[SaveAs]) -> Self {
        let objects = objects.iter().map(|object| (*object, None)).collect();
        Self { objects, stage: Stage::Packed, problem: None }
    }

    /// Whether there is something to say yes to.
    pub fn may_go(&self) -> bool {
        self.stage == Stage::Packed && self.objects.iter().all(|(_, bytes)| bytes.is_some())
    }

    fn is_being_packed(&self) -> bool {
        self.stage == Stage::Packed && !self.may_go()
    }
}

/// The PACS' part of the state.
#[derive(Clone, Copy)]
pub struct Pacs {
    /// The one that the site names, with its whole address.
    pub service: RwSignal<Option<Service>>,
    /// Whether the sheet is open in which studies are searched for.
    pub open: RwSignal<bool>,
    pub query: RwSignal<Query>,
    pub asking: RwSignal<bool>,
    pub studies: RwSignal<Option<Studies>>,
    pub unfolded: RwSignal<Option<Unfolded>>,
    /// Why there is no answer to what the sheet asked.
    pub problem: RwSignal<Option<Failure>>,
    /// Instances of the series shown that did not come; and what is said of it.
    pub missing: RwSignal<Vec<NotLoaded>>,
    pub incomplete: RwSignal<Option<Failure>>,
    pub parcel: RwSignal<Option<Parcel>>,
}

impl Pacs {
    pub fn new() -> Self {
        Self {
            service: RwSignal::new(None),
            open: RwSignal::new(false),
            query: RwSignal::new(Query::default()),
            asking: RwSignal::new(false),
            studies: RwSignal::new(None),
            unfolded: RwSignal::new(None),
            problem: RwSignal::new(None),
            missing: RwSignal::new(Vec::new()),
            incomplete: RwSignal::new(None),
            parcel: RwSignal::new(None),
        }
    }

    pub fn is_there(&self) -> bool {
        self.service.with(Option::is_some)
    }

    /// What people call it.
    pub fn name(&self) -> String {
        self.service.with(|service| service.as_ref().map_or_else(String::new, |s| s.name.clone()))
    }

    /// Whether one of its sheets lies over the page.
    pub fn sheet_open(&self) -> bool {
        self.open.get_untracked() || self.parcel.with_untracked(Option::is_some)
    }

    /// Forgets what belongs to the study that was open.
    pub fn forget_study(&self) {
        self.missing.set(Vec::new());
        self.incomplete.set(None);
        self.parcel.set(None);
    }

    /// Forgets whom was searched for, and who was found.
    pub fn forget_search(&self) {
        self.open.set(false);
        self.asking.set(false);
        self.query.set(Query::default());
        self.studies.set(None);
        self.unfolded.set(None);
        self.problem.set(None);
    }

    /// An object could not be written. Whether that was for a parcel.
    pub fn not_packed(&self, failure: &Failure) -> bool {
        self.change_parcel(Parcel::is_being_packed, |parcel| {
            parcel.problem = Some(failure.clone());
        })
    }

    /// An object is written.
    pub fn packed(&self, object: SaveAs, bytes: u32) {
        self.change_parcel(Parcel::is_being_packed, |parcel| {
            for (of, size) in &mut parcel.objects {
                if *of == object {
                    *size = Some(bytes);
                }
            }
        });
    }

    /// Changes the parcel if there is one of which this is true.
    pub fn change_parcel(
        &self,
        applies: impl Fn(&Parcel) -> bool,
        change: impl FnOnce(&mut Parcel),
    ) -> bool {
        let applies = self.parcel.with_untracked(|parcel| parcel.as_ref().is_some_and(applies));
        if applies {
            self.parcel.update(|parcel| {
                if let Some(parcel) = parcel {
                    change(parcel);
                }
            });
        }
        applies
    }
}

impl State {
    /// A request to the PACS is counted when it is made: a worker that is stopped tells no more of it.
    pub fn count_of_pacs(&self, address: &str) {
        let service = self.pacs.service.with_untracked(|s| s.as_ref().map(|s| s.url.clone()));
        if let Some(url) = service {
            let asked = Asked::now(format!("{url}{address}"));
            self.asked.update(|all| all.iter_mut().for_each(|all| all.push(asked.clone())));
        }
    }

    pub fn is_of_pacs(&self, address: &str) -> bool {
        self.pacs.service.with(|pacs| pacs.as_ref().is_some_and(|s| address.starts_with(&s.url)))
    }
}
