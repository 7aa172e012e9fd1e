//! A second study beside the first, mostly an earlier one of the same patient: where each is, the other one follows, and
//! a millimetre is as long on the screen in both.
//!
//! It has a desk of its own, so that nothing that is found, measured or drawn in one is known to the other.

use crate::desk::Desk;
use crate::screen::{Camera, Placement};
use crate::state::{Pane, State, Tool};
use crate::words;
use leptos::prelude::*;
use volume::{DVec3, Plane};
use workers::messages::{SeriesCard, StudyCard};

/// What both studies know of being side by side.
#[derive(Clone, Copy)]
pub struct Prior {
    /// The series that is shown as the prior.
    pub series: RwSignal<Option<usize>>,
    /// Whether one follows the other.
    pub locked: RwSignal<bool>,
    /// From a place of the first study to the same place of the prior, in mm.
    pub offset: RwSignal<DVec3>,
    /// The prior was moved last, and the first study follows it.
    leads: RwSignal<bool>,
}

impl Prior {
    pub fn new() -> Self {
        Self {
            series: RwSignal::new(None),
            locked: RwSignal::new(true),
            offset: RwSignal::new(DVec3::ZERO),
            leads: RwSignal::new(false),
        }
    }
}

impl State {
    /// What something of this study is called: of the prior it is said.
    pub fn called(&self, name: String) -> String {
        if self.is_prior { words::of_prior(self.language.get(), &name) } else { name }
    }

    /// The person moves this study: the other one follows from now on.
    pub fn lead(&self) {
        if self.prior.leads.get_untracked() != self.is_prior {
            self.prior.leads.set(self.is_prior);
        }
    }

    /// Where the planes meet in the patient, as far as a picture has told.
    fn place(&self) -> Option<DVec3> {
        if !self.corner.with(|corner| corner.placed) {
            return None;
        }
        let met = |plane| {
            let painted = self.pane(plane).painted;
            painted.with(|painted| painted.as_ref().map(|p| p.cut.place(p.crosshair)))
        };
        Plane::ALL.into_iter().find_map(met)
    }

    /// The series that is likely to be the prior: the largest of another study of the same patient that lies as this one does.
    pub fn likely_prior(&self) -> Option<usize> {
        let showing = self.showing.get()?;
        self.series.with(|all| {
            let shown = all.get(showing)?;
            let others = all.iter().enumerate().filter(|(at, card)| {
                *at != showing && same_patient(&card.study, &shown.study) != Some(false)
            });
            let fit = |(_, card): &(usize, &SeriesCard)| {
                let known = same_patient(&card.study, &shown.study).is_some();
                let another = card.study.uid != shown.study.uid;
                (known, another, card.plane == shown.plane, card.slices)
            };
            others.max_by_key(fit).map(|(at, _)| at)
        })
    }
}

impl State {
    /// Whether the prior is known to be of another patient.
    pub fn prior_is_anothers(&self) -> bool {
        let (showing, prior) = (self.showing.get(), self.prior.series.get());
        self.series.with(|all| {
            let study = |series: Option<usize>| Some(&all.get(series?)?.study);
            let studies = study(showing).zip(study(prior));
            studies.and_then(|(shown, prior)| same_patient(shown, prior)) == Some(false)
        })
    }
}

/// By the ID; where one has none by name and birth date; `None` where nothing tells.
fn same_patient(one: &StudyCard, other: &StudyCard) -> Option<bool> {
    let both = |of: fn(&StudyCard) -> &str| {
        let (one, other) = (of(one).trim(), of(other).trim());
        (!one.is_empty() && !other.is_empty()).then(|| one == other)
    };
    let born = || both(|study| &study.birth_date) != Some(false);
    both(|study| &study.patient_id).or_else(|| Some(both(|study| &study.patient_name)? && born()))
}

impl Desk {
    /// This desk and the one beside it, if there is one.
    pub fn both(self) -> impl Iterator<Item = Desk> {
        std::iter::once(self).chain(self.beside.get_untracked())
    }

    /// Shows the likely prior, or ends the one that is shown.
    pub fn compare(self) {
        let prior = self.state.prior.series;
        let next = match prior.get_untracked() {
            Some(_) => None,
            None => untrack(|| self.state.likely_prior()),
        };
        prior.set(next);
    }

    /// What both show now is the same place, along the axis of the plane in use; from here they go together.
    pub fn match_here(self) {
        let Some(beside) = self.beside.get_untracked() else { return };
        let Prior { offset, locked, .. } = self.state.prior;
        let places = untrack(|| Some((self.state.place()?, beside.state.place()?)));
        let Some((here, there)) = places else { return };
        let axis = axis(self.active());
        offset.update(|offset| *offset = *offset * (DVec3::ONE - axis) + (there - here) * axis);
        locked.set(true);
    }

    /// The desk of the prior that a series is, kept together with this one as long as its owner lives.
    pub fn of_prior(self, series: usize) -> Desk {
        let state = self.state.beside();
        let desk = Desk {
            state,
            bridge: self.bridge.beside(state, series),
            beside: RwSignal::new(None),
            ..self
        };
        self.beside.set(Some(desk));
        desk.beside.set(Some(self));
        self.state.prior.offset.set(DVec3::ZERO);
        self.state.prior.locked.set(true);
        self.state.lead();
        on_cleanup(move || {
            self.beside.set(None);
            desk.bridge.end();
        });
        // Labels are of the first study.
        Effect::new(move || {
            let tool = self.state.tool.get();
            state.tool.set(if tool == Tool::Label { Tool::Window } else { tool });
        });
        Effect::new(move || {
            if state.showing.get().is_some() {
                desk.bridge.window(self.state.window.get_untracked());
                state.window.set(self.state.window.get_untracked());
            }
        });
        Effect::new(move || {
            if let Some((leader, follower, by)) = self.together(desk)
                && let Some(place) = leader.state.place()
            {
                follower.bridge.follow(place + by);
            }
        });
        Effect::new(move || {
            let Some((leader, follower, by)) = self.together(desk) else { return };
            for plane in Plane::ALL {
                let (from, to) = (leader.state.pane(plane), follower.state.pane(plane));
                let now = to.camera.get_untracked();
                if let Some(camera) = alike(from, to, by).filter(|camera| !camera.is_like(&now)) {
                    to.camera.set(camera);
                }
            }
        });
        desk
    }

    /// Which of both leads while they go together, which one follows, and the way from a place of the one to the same of the
    /// other.
    fn together(self, prior: Desk) -> Option<(Desk, Desk, DVec3)> {
        let Prior { locked, offset, leads, .. } = self.state.prior;
        let placed =
            |desk: Desk| desk.state.showing.get().is_some() && desk.state.corner.with(|c| c.placed);
        if !placed(prior) || !placed(self) || !locked.get() {
            return None;
        }
        Some(match leads.get() {
            true => (prior, self, -offset.get()),
            false => (self, prior, offset.get()),
        })
    }
}

/// How a plane is to be looked at, so that the same place is in the middle as in another, under the same magnification.
fn alike(from: Pane, to: Pane, by: DVec3) -> Option<Camera> {
    let (camera, size) = (from.camera.get(), from.size.get());
    let placed = from.card.with(|card| Placement::new(card.as_ref()?, camera, size))?;
    let middle = placed.pixel(size.map(|length| length / 2.0));
    let place = from.painted.with(|painted| painted.as_ref().map(|p| p.cut.place(middle)))? + by;
    let [u, v, _] = to.painted.with(|painted| painted.as_ref().map(|p| p.cut.pixel(place)))?;
    to.card.with(|card| {
        let card = card.as_ref()?;
        let whole = Placement::new(card, Camera::default(), to.size.get())?;
        let zoom = placed.per_mm(camera) / whole.per_mm(Camera::default());
        Some(Camera::on(card, [u, v], zoom))
    })
}

/// The patient's axis that a plane's slices lie along.
fn axis(plane: Plane) -> DVec3 {
    match plane {
        Plane::Axial => DVec3::Z,
        Plane::Coronal => DVec3::Y,
        Plane::Sagittal => DVec3::X,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_is_known_by_id_else_by_name_and_birth_date() {
        let study = |id: &str, name: &str, born: &str| StudyCard {
            patient_id: id.into(),
            patient_name: name.into(),
            birth_date: born.into(),
            ..StudyCard::default()
        };
        let kim = study("7", "Kim^A", "19700101");
        let same = |id, name, born| same_patient(&kim, &study(id, name, born));
        assert_eq!(same("7", "Kim^A^", "19700102"), Some(true));
        assert_eq!(same("8", "Kim^A", "19700101"), Some(false));
        assert_eq!(same("", "Kim^A", "19700101"), Some(true));
        assert_eq!(same("", "Kim^A", "19700102"), Some(false));
        assert_eq!(same("", "Lee^B", ""), Some(false));
        assert_eq!(same("", "", "19700101"), None);
    }
}
