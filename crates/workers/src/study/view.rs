//! The three planes onto their canvases, and the one place in the patient where they meet.

use super::Study;
use super::pane::{Layer, Pane, Scene, plane_index};
use super::pixels::planes;
use crate::messages::{FromStudy, Painted, Pictures, VoiFunction};
use crate::wire::send;
use js_sys::Uint8Array;
use paint::{Function, Window, WindowTable};
use std::collections::HashSet;
use volume::{DVec3, Depth, Geometry, Grid, Patient, Plane, Region, Voxel};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::OffscreenCanvas;

/// A window of the page's as the painter wants it. A table that is not at hand is a ramp over its width.
pub fn window(centre: f64, width: f64, function: VoiFunction) -> Window {
    let function = match function {
        VoiFunction::Linear | VoiFunction::Table(_) => Function::Linear,
        VoiFunction::LinearExact => Function::LinearExact,
        VoiFunction::Sigmoid => Function::Sigmoid,
    };
    Window { centre, width, function }
}

#[derive(Default)]
pub struct View {
    panes: Vec<Pane>,
    geometry: Option<Geometry>,
    /// Where the planes meet.
    cursor: Option<Voxel>,
    window: Window,
    /// Grey levels over the window's width, where a VOI LUT takes the place of its function.
    lut: Vec<u8>,
    /// Low values are shown white.
    inverted: bool,
    table: Option<WindowTable>,
    hidden: HashSet<u32>,
    scheduled: bool,
    /// When planes across the stack last followed what has arrived, in seconds.
    followed_at: f64,
}

/// Planes across the stack change with every slice that arrives; more often than this nobody sees it.
const FOLLOW_SECONDS: f64 = 0.25;

impl View {
    pub fn set_canvas(&mut self, plane: Plane, image: OffscreenCanvas, mask: OffscreenCanvas) {
        // A canvas may come later than the series that it is to show.
        let grid = self.geometry.as_ref().and_then(|geometry| Grid::new(geometry, plane));
        self.panes.retain(|pane| pane.plane != plane);
        self.panes.push(Pane::new(plane, image, mask, grid));
    }

    /// Begins with a series in its middle.
    pub fn show(&mut self, geometry: &Geometry, inverted: bool) {
        let size = [geometry.columns, geometry.rows, geometry.slices];
        self.cursor = Some(Voxel(size.map(|n| (n / 2) as f64).into()));
        self.hidden.clear();
        self.inverted = inverted;
        self.table = None;
        self.wait_no_more();
        self.panes.iter_mut().for_each(|pane| pane.set_depth(Depth::Thin));
        self.set_grids(geometry);
    }

    /// Shows a slice of what has no series yet. Tells whether there is a canvas for it.
    pub fn glimpse(&mut self, scene: &Scene, inverted: bool) -> bool {
        let Some(pane) = self.panes.iter_mut().find(|pane| pane.plane == Plane::Axial) else {
            return false;
        };
        let table = WindowTable::new(self.window).inverted(inverted);
        pane.set_grid(Grid::new(&scene.volume.geometry, Plane::Axial));
        pane.paint(scene, Voxel(DVec3::ZERO), &table, &self.hidden).is_some()
    }

    /// The glimpse is of the series shown, and stays until the slice that takes its place has come.
    pub fn keep_glimpse(&mut self) {
        let axial = self.panes.iter_mut().find(|pane| pane.plane == Plane::Axial);
        axial.into_iter().for_each(|pane| pane.waits = true);
    }

    /// Goes on with the same place where slices have gone; those of `kept` are left.
    pub fn reshape(&mut self, geometry: &Geometry, kept: &[usize]) {
        if let Some(Voxel(at)) = &mut self.cursor {
            let before = kept.partition_point(|&k| (k as f64) < at.z);
            at.z = before.min(kept.len().saturating_sub(1)) as f64;
        }
        self.set_grids(geometry);
    }

    fn set_grids(&mut self, geometry: &Geometry) {
        self.geometry = Some(geometry.clone());
        for pane in &mut self.panes {
            pane.set_grid(Grid::new(geometry, pane.plane));
        }
        self.dirty();
    }

    pub fn set_window(&mut self, window: Window, lut: Vec<u8>) {
        self.window = window;
        self.lut = lut;
        self.table = None;
        self.panes.iter_mut().for_each(Pane::repaint_image);
    }

    pub fn set_visible(&mut self, stone: Option<u32>, visible: bool) {
        match (stone, visible) {
            (Some(id), true) => drop(self.hidden.remove(&id)),
            (Some(id), false) => drop(self.hidden.insert(id)),
            (None, true) => self.hidden.clear(),
            // Ids are given anew with each report; all of them are below this.
            (None, false) => self.hidden.extend(1..=MAX_STONES),
        }
        self.dirty();
    }

    pub fn set_depth(&mut self, plane: Plane, depth: Depth) {
        if let Some(pane) = self.panes.iter_mut().find(|pane| pane.plane == plane) {
            pane.set_depth(depth);
        }
    }

    /// Turns the planes that cross one, about the place where all meet. What is projected as a whole stays as it is.
    pub fn turn(&mut self, plane: Plane, radians: f64) {
        let Some([_, _, axis]) = self.grid(plane).and_then(Grid::looks) else { return };
        for pane in self.panes.iter_mut().filter(|pane| pane.plane != plane) {
            pane.turn(axis, radians);
        }
        self.dirty();
    }

    pub fn straighten(&mut self) {
        let turned = |pane: &&mut Pane| pane.grid.as_ref().is_some_and(Grid::is_turned);
        for pane in self.panes.iter_mut().filter(turned) {
            pane.set_grid(pane.grid.as_ref().and_then(Grid::straight));
        }
        self.dirty();
    }

    pub fn grids(&self) -> impl Iterator<Item = &Grid> {
        self.panes.iter().filter_map(|pane| pane.grid.as_ref())
    }

    pub fn go_to(&mut self, plane: Plane, index: usize) {
        self.move_cursor(plane, |[u, v, _], grid| [u, v, index.min(grid.count - 1) as f64]);
    }

    pub fn point(&mut self, plane: Plane, u: f64, v: f64) {
        let met = self.pane(plane).and_then(|pane| pane.met(u, v));
        self.move_cursor(plane, |[_, _, s], grid| {
            let within = |x: f64, len: usize| x.round().clamp(0.0, len as f64 - 1.0);
            [within(u, grid.width), within(v, grid.height), met.unwrap_or(s)]
        });
    }

    /// Whoever goes elsewhere, or waits for what does not come, sees what there is.
    fn wait_no_more(&mut self) {
        self.panes.iter_mut().for_each(|pane| pane.waits = false);
    }

    pub fn move_to(&mut self, voxel: Voxel) {
        self.wait_no_more();
        self.cursor = Some(voxel);
        // The others have their lines elsewhere, and keep their pixels.
        self.panes.iter_mut().for_each(|pane| pane.dirty = true);
    }

    fn move_cursor(&mut self, plane: Plane, to: impl Fn([f64; 3], &Grid) -> [f64; 3]) {
        let (Some(cursor), Some(grid)) = (self.cursor, self.grid(plane)) else { return };
        let [u, v, s] = to(grid.pixel(cursor), grid);
        let moved = grid.voxel(u, v, s);
        self.move_to(moved);
    }

    /// The plane that a hand can draw on and its slice; a projection of the whole has none.
    pub fn drawn_on(&self, plane: Plane) -> Option<(&Grid, f64)> {
        let pane = self.pane(plane).filter(|pane| pane.is_quick())?;
        let grid = pane.grid.as_ref()?;
        Some((grid, plane_index(grid, self.cursor?) as f64))
    }

    /// The acquired slice nearest to where the planes meet.
    pub fn slice(&self) -> Option<usize> {
        let last = self.geometry.as_ref()?.slices.checked_sub(1)?;
        Some((self.cursor?.0.z.round().max(0.0) as usize).min(last))
    }

    fn pane(&self, plane: Plane) -> Option<&Pane> {
        self.panes.iter().find(|pane| pane.plane == plane)
    }

    fn grid(&self, plane: Plane) -> Option<&Grid> {
        self.pane(plane).and_then(|pane| pane.grid.as_ref())
    }

    /// A slice is in its place, at `now` seconds: planes that cross it must be cut anew, of the stack only that one.
    pub fn slice_arrived(&mut self, k: usize, now: f64) {
        let Some(cursor) = self.cursor else { return };
        let follow = now - self.followed_at >= FOLLOW_SECONDS;
        if follow {
            self.followed_at = now;
        }
        for pane in &mut self.panes {
            let Some(grid) = &pane.grid else { continue };
            let shown = grid.voxel(0.0, 0.0, plane_index(grid, cursor) as f64).0.z as usize;
            let stack = grid.is_stack();
            if !stack || shown == k || pane.is_deep() {
                pane.forget();
                pane.dirty |= stack && shown == k || follow && pane.is_quick();
            }
        }
    }

    /// No more slices are to come: planes that have not followed yet do so now.
    pub fn catch_up(&mut self) {
        self.wait_no_more();
        self.panes.iter_mut().for_each(|pane| pane.dirty |= !pane.holds_any());
    }

    /// Anything may have changed.
    pub fn dirty(&mut self) {
        self.panes.iter_mut().for_each(Pane::repaint);
    }

    fn layers(&self, plane: Plane) -> Option<[Layer; 2]> {
        self.panes.iter().find(|pane| pane.plane == plane)?.layers()
    }

    /// Paints what is dirty and tells what is shown.
    fn paint(&mut self, scene: &Scene) -> Vec<Painted> {
        let Some(cursor) = self.cursor else { return Vec::new() };
        let window = self.window;
        let inverted = self.inverted;
        let lut = &self.lut;
        let table = self.table.get_or_insert_with(|| {
            let table = match lut.is_empty() {
                true => WindowTable::new(window),
                false => WindowTable::of_lut(lut, window.centre, window.width),
            };
            table.inverted(inverted)
        });
        let looks: Vec<_> = self.panes.iter().map(|p| (p.plane, p.looks())).collect();
        let mut painted = Vec::new();
        for pane in self.panes.iter_mut().filter(|pane| pane.dirty) {
            if pane.waits_for(scene, cursor) {
                continue;
            }
            pane.waits = false;
            if let Some(shown) = pane.paint(scene, cursor, table, &self.hidden) {
                let lines = pane.lines(&looks);
                painted.push(Painted { lines, ..shown });
            }
        }
        painted
    }
}

/// More stones than any patient has; only bounds the ids that "hide all" reaches.
const MAX_STONES: u32 = 10_000;

impl Study {
    /// Asks for one painting at the next frame; what comes until then is painted with it.
    pub fn paint_soon(&mut self) {
        if self.view.scheduled {
            return;
        }
        self.view.scheduled = true;
        let own = self.own.clone();
        let paint = wasm_bindgen::closure::Closure::once_into_js(move |_: JsValue| {
            own.with(Study::paint_now);
        });
        if self.page.request_animation_frame(paint.unchecked_ref()).is_err() {
            self.view.scheduled = false;
        }
    }

    fn paint_now(&mut self) {
        self.view.scheduled = false;
        let Some(pixels) = &self.pixels else { return self.paint_glimpse() };
        let scene = Scene {
            volume: &pixels.volume,
            frames: &pixels.series.frames,
            masks: self.list.masks(),
            colours: self.list.colours(),
        };
        let planes = self.view.paint(&scene);
        if !planes.is_empty() {
            let Window { centre, width, .. } = self.view.window;
            self.tell(&FromStudy::Pictures(Pictures::Painted { centre, width, planes }));
        }
    }

    /// The page can't read the canvases itself: Firefox has it wait for this worker, which may be waiting for the page.
    pub fn tell_layers(&self, plane: Plane) {
        let Some([image, mask]) = self.view.layers(plane) else { return };
        let sizes = [image.size, mask.size];
        let pixels = [image, mask].map(|l| JsValue::from(Uint8Array::from(&l.rgba[..]).buffer()));
        send(&self.page, &FromStudy::Layers { plane, sizes }, &pixels, &pixels);
    }

    pub fn go(&mut self, place: DVec3) {
        let Some(pixels) = &self.pixels else { return };
        let voxel = match pixels.volume.geometry.affine {
            Some(_) => pixels.volume.geometry.voxel(Patient(place)),
            None => Some(Voxel(place)),
        };
        if let Some(voxel) = voxel {
            self.view.move_to(voxel);
            self.paint_soon();
        }
    }

    pub fn turn(&mut self, plane: Plane, radians: f64) {
        self.view.turn(plane, radians);
        self.tell_planes();
    }

    pub fn straighten(&mut self) {
        self.view.straighten();
        self.tell_planes();
    }

    /// The planes as they lie now.
    fn tell_planes(&mut self) {
        let Some(pixels) = &self.pixels else { return };
        let planes = planes(&pixels.series, self.view.grids());
        self.tell(&FromStudy::Planes { planes });
        self.paint_soon();
    }

    pub fn tell_measured(&self, mark: u32, region: &Region) {
        let statistics = self.pixels.as_ref().and_then(|p| region.statistics(&p.volume));
        self.tell(&FromStudy::Measured { mark, statistics });
    }

    pub fn tell_under(&self, plane: Plane, u: f64, v: f64) {
        let under = || -> Option<(i16, Option<[f64; 3]>)> {
            let volume = &self.pixels.as_ref()?.volume;
            let cursor = self.view.cursor?;
            let grid = self.view.grid(plane)?;
            let place = grid.voxel(u.round(), v.round(), plane_index(grid, cursor) as f64);
            let at = place.0.round();
            let thin = volume.at(at.x as isize, at.y as isize, at.z as isize)?;
            let hu = self.view.pane(plane)?.shown(u, v).unwrap_or(thin);
            Some((hu, volume.geometry.patient(place).map(|p| p.0.to_array())))
        };
        let (hu, patient_mm) = under().map_or((None, None), |(hu, mm)| (Some(hu), mm));
        self.tell(&FromStudy::Pictures(Pictures::Under { plane, hu, patient_mm }));
    }
}
