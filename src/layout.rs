//! How the planes share the room: one of them, a large one with two, three side by side, or three about one stone.

use crate::desk::Desk;
use crate::screen::{Camera, Placement};
use crate::state::State;
use crate::words::{self, Text};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use volume::{DVec3, Plane};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Layout {
    One,
    #[default]
    OneAndTwo,
    Three,
    /// All planes are zoomed on the stone that is gone to.
    Stone,
}

/// What is seen of the surroundings of a stone, in mm.
const AROUND_MM: f64 = 60.0;

impl Layout {
    pub const ALL: [(Layout, &str, Text); 4] = [
        (Layout::One, "one", words::LAYOUT_ONE),
        (Layout::OneAndTwo, "one-and-two", words::LAYOUT_ONE_AND_TWO),
        (Layout::Three, "three", words::LAYOUT_THREE),
        (Layout::Stone, "stone", words::LAYOUT_STONE),
    ];

    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, known, _)| *known == name).map(|(layout, ..)| layout)
    }

    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(layout, ..)| *layout == self).map_or("", |(_, name, _)| name)
    }

    pub fn next(self) -> Self {
        let at = Self::ALL.iter().position(|(layout, ..)| *layout == self).unwrap_or(0);
        Self::ALL[(at + 1) % Self::ALL.len()].0
    }
}

impl State {
    /// The one plane that fills the room of all, if one does.
    pub fn only(&self) -> Option<Plane> {
        let one = self.layout.get() == Layout::One;
        self.alone.get().or(one.then(|| self.active.get()))
    }

    /// The slice, from 0, that a stone's centre lies on in the plane that was acquired.
    pub fn slice_of(&self, stone: u32) -> Option<usize> {
        let acquired = self.facts.with(|facts| Some(facts.as_ref()?.layout.as_ref()?.plane));
        let run = |plane: Plane| {
            self.pane(plane).strip.with(|strip| {
                strip.as_ref()?.stones.iter().find(|run| run.stone == stone).map(|run| run.at)
            })
        };
        Plane::ALL.into_iter().filter(|of| acquired.is_none_or(|it| it == *of)).find_map(run)
    }
}

impl Desk {
    pub fn lay_out(self, layout: Layout) {
        let state = self.state;
        let before = state.layout.get_untracked();
        state.layout.set(layout);
        state.alone.set(None);
        if layout == Layout::Stone {
            self.look_at_stone();
        } else if before == Layout::Stone {
            for plane in Plane::ALL {
                let pane = state.pane(plane);
                pane.look_at.set(None);
                pane.camera.set(Camera::default());
            }
        }
    }

    /// Goes to the stone that is chosen, or to the first.
    fn look_at_stone(self) {
        let first = self.state.found.with_untracked(|found| {
            found.as_ref().and_then(|found| found.shown().next().map(|stone| stone.id))
        });
        if let Some(stone) = self.state.chosen.get_untracked().or(first) {
            self.go_to_finding(stone);
        }
    }

    /// All planes are to have a place in sight as soon as they show it.
    pub fn look_at(self, place: DVec3) {
        for plane in Plane::ALL {
            self.state.pane(plane).look_at.set(Some(place));
            self.state.bring_into_view(plane);
        }
    }
}

impl State {
    /// A person looks at a plane another way.
    pub fn look(&self, plane: Plane, change: impl FnOnce(Camera) -> Camera) {
        self.lead();
        self.pane(plane).camera.update(|camera| *camera = change(*camera));
    }

    /// A plane that shows what is to be looked at has it in its middle: near, where all planes are about a stone; else as it
    /// is magnified, and only where it would be out of sight.
    pub fn bring_into_view(&self, plane: Plane) {
        let pane = self.pane(plane);
        let camera = || {
            let place = pane.look_at.get()?;
            let (cut, reach) = self.cut(plane)?;
            let [u, v, off] = cut.pixel(place);
            let card = pane.card.get().filter(|_| off.abs() <= reach)?;
            if self.layout.get() == Layout::Stone {
                return Some(Camera::around(&card, [u, v], AROUND_MM));
            }
            let (camera, size) = (pane.camera.get(), pane.size.get());
            // A pane that is put away has no size: what was never moved has all in sight.
            let in_sight = Placement::new(&card, camera, size)
                .map_or(camera == Camera::default(), |placed| placed.has_in_sight([u, v], size));
            Some(if in_sight { camera } else { Camera::on(&card, [u, v], camera.zoom) })
        };
        if let Some(camera) = untrack(camera) {
            pane.camera.set(camera);
            pane.look_at.set(None);
        }
    }
}
