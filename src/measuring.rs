//! Measuring: what hands, keys and the list do to the marks of the series shown.

use crate::desk::Desk;
use crate::marks::{Form, Mark, Marks};
use crate::state::{Drawing, State};
use leptos::prelude::*;
use volume::{Cut, Plane};

impl State {
    /// The marks of the series shown; there are none while none is shown.
    pub fn read_marks<T>(&self, read: impl FnOnce(&Marks) -> T) -> T {
        let showing = self.showing.get();
        self.marks.with(|all| match showing.and_then(|series| all.get(&series)) {
            Some(marks) => read(marks),
            None => read(&Marks::default()),
        })
    }

    pub fn change_marks(&self, change: impl FnOnce(&mut Marks)) {
        if let Some(series) = self.showing.get_untracked() {
            self.marks.update(|all| change(all.entry(series).or_default()));
        }
    }

    /// Where the picture of a plane lies, and how far (mm) off a mark on it may be.
    pub fn cut(&self, plane: Plane) -> Option<(Cut, f64)> {
        let pane = self.pane(plane);
        let step = pane.card.with(|card| card.as_ref().map(|card| card.step_mm))?;
        let cut = pane.painted.with(|painted| painted.as_ref().map(|painted| painted.cut))?;
        Some((cut, 0.51 * step))
    }
}

impl Desk {
    /// Begins a mark at a pixel; what is drawn of it follows the hand.
    pub fn begin_mark(self, plane: Plane, form: Form, pixel: [f64; 2]) {
        let Some((cut, _)) = untrack(|| self.state.cut(plane)) else { return };
        let place = cut.place(pixel);
        let (handle, places) = match form {
            Form::Length => (1, vec![place; 2]),
            Form::Angle => (1, vec![place; 3]),
            Form::Region(_) => (2, vec![place; 2]),
        };
        let window = self.state.window.get_untracked();
        let mut mark = 0;
        self.state.change_marks(|marks| {
            mark = marks.next();
            let (name, statistics) = (String::new(), None);
            marks.add(Mark { id: mark, name, form, places, cut, window, statistics });
        });
        self.state.drawing.set(Some(Drawing { plane, mark, handle }));
    }

    /// Takes hold of a mark's handle.
    pub fn take_handle(self, plane: Plane, mark: u32, handle: usize) {
        self.state.change_marks(|marks| {
            marks.begin();
            marks.chosen = Some(mark);
        });
        self.state.drawing.set(Some(Drawing { plane, mark, handle }));
    }

    /// The handle that is held follows the hand to a pixel.
    pub fn draw_mark(self, plane: Plane, pixel: [f64; 2]) {
        let Some(drawing) = self.state.drawing.get_untracked() else { return };
        let Some((cut, _)) = untrack(|| self.state.cut(plane)) else { return };
        if drawing.plane != plane {
            return;
        }
        let Drawing { mark, handle, .. } = drawing;
        let place = cut.place(pixel);
        self.state.change_marks(|marks| marks.move_handle(mark, handle, place));
        self.measure_mark(mark);
    }

    /// The hand lets go. The second side of a new angle goes on to follow it.
    pub fn let_go_of_mark(self, new: bool) {
        let Some(drawing) = self.state.drawing.get_untracked() else { return };
        let angle = untrack(|| {
            self.state.read_marks(|m| m.get(drawing.mark).is_some_and(|m| m.form == Form::Angle))
        });
        let goes_on = new && angle && drawing.handle == 1;
        self.state.drawing.set(goes_on.then_some(Drawing { handle: 2, ..drawing }));
    }

    /// Nothing was drawn, or the person thinks better of it; tells whether there was anything.
    pub fn abandon_mark(self) -> bool {
        let drawing = self.state.drawing.get_untracked();
        self.state.drawing.set(None);
        if let Some(Drawing { mark, .. }) = drawing {
            self.state.change_marks(Marks::abandon);
            self.measure_mark(mark);
        }
        drawing.is_some()
    }

    pub fn go_to_mark(self, id: u32) {
        let middle = untrack(|| self.state.read_marks(|marks| marks.get(id).map(Mark::middle)));
        if let Some(middle) = middle {
            self.state.change_marks(|marks| marks.chosen = Some(id));
            self.bridge.go(middle);
            self.look_at(middle);
        }
    }

    pub fn delete_mark(self) {
        self.state.change_marks(|marks| {
            if let Some(id) = marks.chosen {
                marks.remove(id);
            }
        });
    }

    fn measure_mark(self, id: u32) {
        let region =
            untrack(|| self.state.read_marks(|marks| marks.get(id).and_then(Mark::region)));
        if let Some(region) = region {
            self.bridge.measure(id, region);
        }
    }
}
