//! Cine: a plane that runs through its slices by itself.

use crate::desk::Desk;
use gloo::timers::callback::Interval;
use leptos::prelude::*;

/// Slices in a second that an eye can follow.
pub fn within(speed: f64) -> f64 {
    speed.clamp(1.0, 60.0)
}

/// Steps the plane that runs, as long as one does.
pub fn run(desk: Desk) {
    let state = desk.state;
    let clock = StoredValue::new_local(None);
    Effect::new(move || {
        let running = state.cine.get().map(|plane| {
            let milliseconds = (1000.0 / within(state.cine_speed.get())) as u32;
            Interval::new(milliseconds, move || {
                let pane = state.pane(plane);
                // A slice that is not painted yet is waited for.
                if pane.asked.get_untracked().is_none() {
                    let (index, count) = untrack(|| (pane.index(), pane.count()));
                    desk.go(plane, if index + 1 < count { index + 1 } else { 0 });
                }
            })
        });
        clock.set_value(running);
    });
}

impl Desk {
    pub fn cine(self) {
        let active = self.active();
        self.state.cine.update(|cine| *cine = if cine.is_some() { None } else { Some(active) });
    }

    pub fn set_cine_speed(self, speed: f64) {
        self.state.cine_speed.set(within(speed));
    }
}
