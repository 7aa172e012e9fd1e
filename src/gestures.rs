//! Hands on a picture: mouse, wheel and fingers into moves of the camera, the window and the slices.

use crate::desk::Desk;
use crate::marks::Form;
use crate::screen::{CROSSHAIR_GAP, CROSSHAIR_GRIP, KNOB, Placement};
use crate::state::{Tool, Window};
use leptos::prelude::*;
use volume::Plane;
use web_sys::{PointerEvent, WheelEvent};

/// Wheel pixels of one slice, of a trackpad, which sends many small ones.
const NOTCH: f64 = 100.0;
/// A press that moves less than this is a click.
const STILL: f64 = 4.0;
/// A line this near to the pointer can be taken hold of.
const NEAR: f64 = 5.0;
/// What a pen's other end is called (Pointer Events, 4.1.2).
const PEN_ERASER: i16 = 5;
/// So is a handle of a mark.
const HANDLE: f64 = 10.0;

pub struct Gestures {
    desk: Desk,
    plane: Plane,
    drag: Option<Drag>,
    /// Fingers on the glass.
    fingers: Vec<(i32, [f64; 2])>,
    /// Wheel and drag that have not made a whole slice yet.
    rest: f64,
}

/// What a drag has hold of.
#[derive(Clone, Copy, PartialEq)]
enum Hold {
    Tool(Tool),
    /// A line of the crosshair, which moves across itself.
    Line {
        across: [f64; 2],
    },
    /// The knob of a line, which turns the planes.
    Knob,
    /// A handle of a mark; of a new one the handle that it is drawn with.
    Handle {
        new: bool,
    },
    /// What draws labels; the back of a pen, or Alt, erases.
    Label {
        erases: bool,
    },
}

struct Drag {
    hold: Hold,
    primary: bool,
    from: [f64; 2],
    last: [f64; 2],
    moved: bool,
}

impl Gestures {
    pub fn new(desk: Desk, plane: Plane) -> Self {
        Self { desk, plane, drag: None, fingers: Vec::new(), rest: 0.0 }
    }

    fn placement(&self) -> Option<Placement> {
        let pane = self.desk.state.pane(self.plane);
        let (camera, size) = (pane.camera.get_untracked(), pane.size.get_untracked());
        pane.card.with_untracked(|card| Placement::new(card.as_ref()?, camera, size))
    }

    pub fn down(&mut self, event: &PointerEvent) {
        let at = place(event);
        self.desk.state.active.set(self.plane);
        if event.pointer_type() == "touch" {
            self.fingers.push((event.pointer_id(), at));
        }
        // The second side of an angle has followed the hand until now.
        if self.desk.state.drawing.get_untracked().is_some() {
            self.desk.let_go_of_mark(false);
            return;
        }
        let chosen = self.desk.state.tool.get_untracked();
        if let Some(Drag { hold: Hold::Label { .. }, .. }) = self.drag {
            // The second finger: it was no stroke.
            self.desk.abandon_label();
            self.drag = None;
            return;
        }
        let navigates = event.shift_key() || event.ctrl_key() || event.meta_key();
        let hold = match event.button() {
            0 | PEN_ERASER if chosen == Tool::Label && !navigates => {
                let erases = event.alt_key() || event.button() == PEN_ERASER;
                self.label(at, erases)
            }
            1 => Hold::Tool(Tool::Pan),
            2 => Hold::Tool(Tool::Zoom),
            _ if self.take_handle(at) => Hold::Handle { new: false },
            _ if let Tool::Mark(form) = chosen => {
                self.begin_mark(form, at);
                Hold::Handle { new: true }
            }
            _ if event.pointer_type() == "touch" => Hold::Tool(Tool::Scroll),
            _ if event.shift_key() => Hold::Tool(Tool::Pan),
            _ if event.ctrl_key() || event.meta_key() => Hold::Tool(Tool::Zoom),
            _ => self.line(at).unwrap_or(Hold::Tool(chosen)),
        };
        self.rest = 0.0;
        let primary = event.button() == 0;
        self.drag = Some(Drag { hold, primary, from: at, last: at, moved: false });
    }

    pub fn moved(&mut self, event: &PointerEvent) {
        let at = place(event);
        if self.fingers.len() >= 2 {
            return self.pinch(event.pointer_id(), at);
        }
        self.hover(at);
        if let Some(Drag { hold: Hold::Label { erases }, .. }) = self.drag {
            if let Some(placement) = self.placement() {
                self.desk.go_on_with_label(self.plane, placement.pixel(at), erases);
            }
            return;
        }
        if event.buttons() == 0 {
            self.draw(at);
            if event.shift_key() {
                self.point(at);
            }
        }
        let Some(drag) = &mut self.drag else { return };
        let way = [at[0] - drag.from[0], at[1] - drag.from[1]];
        if !drag.moved && way[0].hypot(way[1]) < STILL {
            return;
        }
        drag.moved = true;
        let by = [at[0] - drag.last[0], at[1] - drag.last[1]];
        let last = std::mem::replace(&mut drag.last, at);
        let (hold, from) = (drag.hold, drag.from);
        match hold {
            Hold::Tool(Tool::Window) => self.drag_window(by),
            Hold::Tool(Tool::Pan) => self.pan(by),
            Hold::Tool(Tool::Zoom) => self.zoom((-by[1] / 120.0).exp2(), from),
            Hold::Tool(Tool::Scroll) => self.drag_slices(by[1]),
            Hold::Tool(Tool::Mark(_) | Tool::Label) | Hold::Label { .. } => {}
            Hold::Line { across } => self.drag_line(across, at),
            Hold::Knob => self.turn(last, at),
            Hold::Handle { .. } => self.draw(at),
        }
    }

    /// A press that ends where it began sets the crosshair.
    pub fn up(&mut self, event: &PointerEvent) {
        let several = self.fingers.len() > 1;
        self.fingers.retain(|(id, _)| *id != event.pointer_id());
        let Some(drag) = self.drag.take() else { return };
        match drag.hold {
            Hold::Handle { new } if drag.moved => self.desk.let_go_of_mark(new),
            Hold::Handle { .. } => drop(self.desk.abandon_mark()),
            Hold::Label { erases } => {
                if let Some(placement) = self.placement() {
                    self.desk.end_label(self.plane, placement.pixel(place(event)), erases);
                }
                return;
            }
            _ => {}
        }
        if drag.primary && !drag.moved && !several {
            self.point(place(event));
        }
    }

    pub fn cancelled(&mut self, event: &PointerEvent) {
        self.fingers.retain(|(id, _)| *id != event.pointer_id());
        self.desk.abandon_mark();
        if let Some(Drag { hold: Hold::Label { .. }, .. }) = self.drag {
            self.desk.abandon_label();
        }
        self.drag = None;
    }

    pub fn wheel(&mut self, event: &WheelEvent) {
        let by = notches(event.delta_y(), event.delta_mode()) * NOTCH;
        if event.ctrl_key() || event.meta_key() {
            let at = [event.offset_x() as f64, event.offset_y() as f64];
            return self.zoom((-by / 400.0).exp2(), at);
        }
        self.slices(by, NOTCH);
    }

    fn hover(&self, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            self.desk.bridge.hover(self.plane, placement.pixel(at));
            if self.desk.state.tool.get_untracked() == Tool::Label {
                self.desk.state.labelling.over.set(Some((self.plane, placement.pixel(at))));
            }
        }
    }

    /// The other planes go to where a label is drawn, so that it is seen from all sides.
    fn label(&self, at: [f64; 2], erases: bool) -> Hold {
        if let Some(placement) = self.placement() {
            let pixel = placement.pixel(at);
            self.desk.bridge.point(self.plane, pixel);
            self.desk.begin_label(self.plane, pixel, erases);
        }
        Hold::Label { erases }
    }

    fn begin_mark(&self, form: Form, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            self.desk.begin_mark(self.plane, form, placement.pixel(at));
        }
    }

    fn draw(&self, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            self.desk.draw_mark(self.plane, placement.pixel(at));
        }
    }

    /// Takes hold of the handle under a place, if one is there.
    fn take_handle(&self, at: [f64; 2]) -> bool {
        let state = self.desk.state;
        let found = || {
            let (placement, (cut, reach)) = (self.placement()?, state.cut(self.plane)?);
            let near = |pixel: &[f64; 2]| {
                let [x, y] = placement.screen(*pixel);
                (x - at[0]).hypot(y - at[1]) <= HANDLE
            };
            state.read_marks(|marks| {
                marks.list.iter().rev().find_map(|mark| {
                    let handle = mark.on(&cut, reach)?.iter().position(near)?;
                    Some((mark.id, handle))
                })
            })
        };
        let found = untrack(found);
        if let Some((mark, handle)) = found {
            self.desk.take_handle(self.plane, mark, handle);
        }
        found.is_some()
    }

    /// Moves the crosshair to a place.
    fn point(&self, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            self.desk.bridge.point(self.plane, placement.pixel(at));
        }
    }

    /// Where the lines of the crosshair cross on the screen and which ways they run, if they are shown.
    fn crossing(&self) -> Option<([f64; 2], [[f64; 2]; 2])> {
        let state = self.desk.state;
        let shown = state.crosshair.get_untracked().then(|| self.placement()).flatten()?;
        state.pane(self.plane).painted.with_untracked(|painted| {
            let painted = painted.as_ref()?;
            Some((shown.screen(painted.crosshair), painted.lines))
        })
    }

    /// The line under a place, near the crossing; further out and where they cross the picture is free for the tools.
    fn line(&self, at: [f64; 2]) -> Option<Hold> {
        let (crossing, lines) = self.crossing()?;
        let [x, y] = [0, 1].map(|axis| at[axis] - crossing[axis]);
        lines.into_iter().find_map(|[right, down]| {
            let (along, off) = (x * right + y * down, y * right - x * down);
            if off.abs() <= HANDLE && (along.abs() - KNOB).abs() <= HANDLE {
                return Some(Hold::Knob);
            }
            let on_it =
                off.abs() <= NEAR && (CROSSHAIR_GAP..=CROSSHAIR_GRIP).contains(&along.abs());
            on_it.then_some(Hold::Line { across: [-down, right] })
        })
    }

    /// The line follows the hand, and its crossing with it.
    fn drag_line(&self, across: [f64; 2], at: [f64; 2]) {
        if let Some((crossing, _)) = self.crossing() {
            let by = (at[0] - crossing[0]) * across[0] + (at[1] - crossing[1]) * across[1];
            self.point([crossing[0] + across[0] * by, crossing[1] + across[1] * by]);
        }
    }

    /// Planes turn as the hand goes round the crossing.
    fn turn(&self, from: [f64; 2], to: [f64; 2]) {
        if let Some((crossing, _)) = self.crossing() {
            let angle = |at: [f64; 2]| (at[1] - crossing[1]).atan2(at[0] - crossing[0]);
            let by = angle(to) - angle(from);
            let turns = (by / std::f64::consts::TAU).round();
            self.desk.bridge.turn(self.plane, by - turns * std::f64::consts::TAU);
        }
    }

    fn drag_window(&self, by: [f64; 2]) {
        let Window { centre, width, function } = self.desk.state.window.get_untracked();
        // A narrow window stays steerable.
        let gain = (width / 300.0).max(0.5);
        let (centre, width) = (centre + by[1] * gain, width + by[0] * gain);
        let window = Window { centre, width, function };
        self.desk.window(window);
    }

    fn pan(&self, by: [f64; 2]) {
        if let Some(placement) = self.placement() {
            let size = self.desk.state.pane(self.plane).size.get_untracked();
            self.desk.state.look(self.plane, |camera| placement.panned(camera, by, size));
        }
    }

    fn zoom(&self, factor: f64, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            let state = self.desk.state;
            let size = state.pane(self.plane).size.get_untracked();
            state.look(self.plane, |camera| placement.zoomed(camera, factor, at, size));
        }
    }

    fn drag_slices(&mut self, by: f64) {
        let count = untrack(|| self.desk.state.pane(self.plane).count()).max(1) as f64;
        let height = self.desk.state.pane(self.plane).size.get_untracked()[1];
        self.slices(by, (height / count).clamp(2.0, 14.0));
    }

    fn slices(&mut self, by: f64, step: f64) {
        // Turning back takes effect at once.
        if self.rest * by < 0.0 {
            self.rest = 0.0;
        }
        self.rest += by;
        let whole = (self.rest / step).trunc();
        self.rest -= whole * step;
        if whole != 0.0 {
            self.desk.step(self.plane, whole as isize);
        }
    }

    /// Two fingers: what lies between them moves with them, and grows as they part.
    fn pinch(&mut self, id: i32, at: [f64; 2]) {
        if let Some(drag) = &mut self.drag {
            drag.moved = true;
        }
        let Some((middle, spread)) = self.span() else { return };
        if let Some(finger) = self.fingers.iter_mut().find(|(other, _)| *other == id) {
            finger.1 = at;
        }
        let Some((now, wider)) = self.span() else { return };
        self.pan([now[0] - middle[0], now[1] - middle[1]]);
        if spread > 1.0 {
            self.zoom(wider / spread, now);
        }
    }

    /// Middle and distance of the first two fingers.
    fn span(&self) -> Option<([f64; 2], f64)> {
        let [(_, a), (_, b), ..] = self.fingers.as_slice() else { return None };
        let middle = [(a[0] + b[0]) / 2.0, (a[1] + b[1]) / 2.0];
        Some((middle, (a[0] - b[0]).hypot(a[1] - b[1])))
    }
}

/// How many notches of a mouse's wheel an event stands for; of a trackpad a part of one. Browsers give a notch as 3
/// lines, as a page, or as 80 to 150 pixels, after the system's own scale; a trackpad's steps are smaller.
fn notches(delta: f64, mode: u32) -> f64 {
    match mode {
        1 => delta / 3.0,
        2 => delta,
        _ if (80.0..=150.0).contains(&delta.abs()) => delta.signum(),
        _ => delta / NOTCH,
    }
}

/// Place on the pane: its children let events through, so offsets are the pane's own.
fn place(event: &PointerEvent) -> [f64; 2] {
    [event.offset_x() as f64, event.offset_y() as f64]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notch_is_a_slice_whatever_a_browser_calls_it() {
        // Chromium on Linux and Windows, the same at 125 %, Firefox in lines and pages.
        for (delta, mode) in [(120.0, 0), (100.0, 0), (-80.0, 0), (3.0, 1), (1.0, 2)] {
            assert_eq!(notches(delta, mode), f64::signum(delta), "{delta} of {mode}");
        }
        // Three notches that came as one event, and a trackpad's crumbs.
        assert_eq!((notches(300.0, 0), notches(-4.0, 0)), (3.0, -0.04));
    }
}
