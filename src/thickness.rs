//! How much of the volume each plane shows at once: one plane, a slab, or all of it without the skeleton.

use crate::desk::Desk;
use crate::words::{self, Text};
use leptos::prelude::*;
use volume::{Blend, Depth, Plane};

/// Every kind by a name that a control knows it by; slabs take the millimetres of the plane.
pub const KINDS: [(&str, Text, Option<Blend>); 4] = [
    ("thin", words::THIN, None),
    ("mip", words::MIP, Some(Blend::Mip)),
    ("mean", words::MEAN, Some(Blend::Mean)),
    ("minip", words::MINIP, Some(Blend::MinIp)),
];
pub const KUB: &str = "kub";
/// Slabs of other thickness are no slabs.
const MM: [f64; 2] = [1.0, 200.0];

/// The name of what a plane shows.
pub fn kind(depth: Depth) -> &'static str {
    let blend = match depth {
        Depth::Kub => return KUB,
        Depth::Thin => None,
        Depth::Slab { blend, .. } => Some(blend),
    };
    KINDS.iter().find(|(_, _, known)| *known == blend).map_or("thin", |(name, ..)| *name)
}

impl Desk {
    pub fn set_depth(self, plane: Plane, depth: Depth) {
        self.state.pane(plane).depth.set(depth);
        self.bridge.depth(plane, depth);
    }

    pub fn set_kind(self, plane: Plane, name: &str) {
        let mm = self.state.pane(plane).slab_mm.get_untracked();
        let slab = |blend| Depth::Slab { blend, mm };
        let known = KINDS.iter().find(|(known, ..)| *known == name);
        match (name, known) {
            (KUB, _) => self.set_depth(plane, Depth::Kub),
            (_, Some((_, _, blend))) => self.set_depth(plane, blend.map_or(Depth::Thin, slab)),
            (_, None) => {}
        }
    }

    /// From thin through all slabs and back.
    pub fn next_depth(self, plane: Plane) {
        let now = kind(self.state.pane(plane).depth.get_untracked());
        let at = KINDS.iter().position(|(name, ..)| *name == now);
        let next = at.map_or(0, |at| (at + 1) % KINDS.len());
        self.set_kind(plane, KINDS[next].0);
    }

    pub fn set_thickness(self, plane: Plane, mm: f64) {
        let pane = self.state.pane(plane);
        pane.slab_mm.set(mm.clamp(MM[0], MM[1]));
        if let Depth::Slab { .. } = pane.depth.get_untracked() {
            self.set_kind(plane, kind(pane.depth.get_untracked()));
        }
    }

    pub fn thicken(self, plane: Plane, factor: f64) {
        let mm = self.state.pane(plane).slab_mm.get_untracked();
        self.set_thickness(plane, (mm * factor).round());
    }

    /// The whole tract in the coronal pane, or again what was there.
    pub fn kub(self) {
        let state = self.state;
        let pane = state.pane(Plane::Coronal);
        if pane.depth.get_untracked() == Depth::Kub {
            return self.set_depth(Plane::Coronal, Depth::Thin);
        }
        state.active.set(Plane::Coronal);
        state.alone.update(|alone| *alone = alone.map(|_| Plane::Coronal));
        self.set_depth(Plane::Coronal, Depth::Kub);
    }
}
