//! Hands on a picture: mouse, wheel and fingers into moves of the camera, the window and the slices.

use crate::desk::Desk;
use crate::screen::Placement;
use crate::state::{Tool, Window};
use leptos::prelude::*;
use volume::Plane;
use web_sys::{PointerEvent, WheelEvent};

/// Wheel pixels of one slice: a notch of a mouse is 100 to 120, a trackpad sends many small ones.
const NOTCH: f64 = 100.0;
/// A press that moves less than this is a click.
const STILL: f64 = 4.0;

pub struct Gestures {
    desk: Desk,
    plane: Plane,
    /// The pane's size in screen pixels.
    pub size: RwSignal<[f64; 2]>,
    drag: Option<Drag>,
    /// Fingers on the glass.
    fingers: Vec<(i32, [f64; 2])>,
    /// Wheel and drag that have not made a whole slice yet.
    rest: f64,
}

struct Drag {
    tool: Tool,
    primary: bool,
    from: [f64; 2],
    last: [f64; 2],
    moved: bool,
}

impl Gestures {
    pub fn new(desk: Desk, plane: Plane) -> Self {
        let size = RwSignal::new([0.0; 2]);
        Self { desk, plane, size, drag: None, fingers: Vec::new(), rest: 0.0 }
    }

    fn placement(&self) -> Option<Placement> {
        let pane = self.desk.state.pane(self.plane);
        let (camera, size) = (pane.camera.get_untracked(), self.size.get_untracked());
        pane.card.with_untracked(|card| Placement::new(card.as_ref()?, camera, size))
    }

    pub fn down(&mut self, event: &PointerEvent) {
        let at = place(event);
        self.desk.state.active.set(self.plane);
        if event.pointer_type() == "touch" {
            self.fingers.push((event.pointer_id(), at));
        }
        let chosen = self.desk.state.tool.get_untracked();
        let tool = match event.button() {
            1 => Tool::Pan,
            2 => Tool::Zoom,
            _ if event.pointer_type() == "touch" => Tool::Scroll,
            _ if event.shift_key() => Tool::Pan,
            _ if event.ctrl_key() || event.meta_key() => Tool::Zoom,
            _ => chosen,
        };
        self.rest = 0.0;
        let primary = event.button() == 0;
        self.drag = Some(Drag { tool, primary, from: at, last: at, moved: false });
    }

    pub fn moved(&mut self, event: &PointerEvent) {
        let at = place(event);
        if self.fingers.len() >= 2 {
            return self.pinch(event.pointer_id(), at);
        }
        self.hover(at);
        let Some(drag) = &mut self.drag else { return };
        let way = [at[0] - drag.from[0], at[1] - drag.from[1]];
        if !drag.moved && way[0].hypot(way[1]) < STILL {
            return;
        }
        drag.moved = true;
        let by = [at[0] - drag.last[0], at[1] - drag.last[1]];
        drag.last = at;
        let (tool, from) = (drag.tool, drag.from);
        match tool {
            Tool::Window => self.drag_window(by),
            Tool::Pan => self.pan(by),
            Tool::Zoom => self.zoom((-by[1] / 120.0).exp2(), from),
            Tool::Scroll => self.drag_slices(by[1]),
        }
    }

    /// A press that ends where it began sets the crosshair.
    pub fn up(&mut self, event: &PointerEvent) {
        let several = self.fingers.len() > 1;
        self.fingers.retain(|(id, _)| *id != event.pointer_id());
        let Some(drag) = self.drag.take() else { return };
        if drag.primary
            && !drag.moved
            && !several
            && let Some(placement) = self.placement()
        {
            self.desk.bridge.point(self.plane, placement.pixel(place(event)));
        }
    }

    pub fn cancelled(&mut self, event: &PointerEvent) {
        self.fingers.retain(|(id, _)| *id != event.pointer_id());
        self.drag = None;
    }

    pub fn wheel(&mut self, event: &WheelEvent) {
        let lines = [1.0, 34.0, 400.0];
        let unit = lines.get(event.delta_mode() as usize).copied().unwrap_or(1.0);
        let by = event.delta_y() * unit;
        if event.ctrl_key() || event.meta_key() {
            let at = [event.offset_x() as f64, event.offset_y() as f64];
            return self.zoom((-by / 400.0).exp2(), at);
        }
        self.slices(by, NOTCH);
    }

    fn hover(&self, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            self.desk.bridge.hover(self.plane, placement.pixel(at));
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
            let camera = self.desk.state.pane(self.plane).camera;
            camera.update(|camera| *camera = placement.panned(*camera, by));
        }
    }

    fn zoom(&self, factor: f64, at: [f64; 2]) {
        if let Some(placement) = self.placement() {
            let size = self.size.get_untracked();
            let camera = self.desk.state.pane(self.plane).camera;
            camera.update(|camera| *camera = placement.zoomed(*camera, factor, at, size));
        }
    }

    fn drag_slices(&mut self, by: f64) {
        let count = untrack(|| self.desk.state.pane(self.plane).count()).max(1) as f64;
        let height = self.size.get_untracked()[1];
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

/// Place on the pane: its children let events through, so offsets are the pane's own.
fn place(event: &PointerEvent) -> [f64; 2] {
    [event.offset_x() as f64, event.offset_y() as f64]
}
