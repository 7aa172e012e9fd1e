//! The three planes onto their canvases, and the one place in the patient where they meet.

use super::Study;
use crate::messages::{FromStudy, Painted, StoneBox, VoiFunction};
use paint::{Function, Window, WindowTable, paint_image, paint_mask};
use reader::Frame;
use std::collections::HashSet;
use stones::{Candidate, Section};
use volume::{Geometry, Grid, Plane, Sampled, Volume, Voxel};
use wasm_bindgen::{Clamped, JsCast, JsValue};
use web_sys::{ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

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

/// One plane, its two canvases and what they hold.
struct Pane {
    plane: Plane,
    image: Sheet,
    mask: Sheet,
    grid: Option<Grid>,
    sampled: Sampled,
    /// The plane that `sampled` holds; `None` when slices have come since.
    holds: Option<usize>,
    dirty: bool,
    /// Whether there is anything on the canvas of the mask.
    masked: bool,
    rgba: Vec<u8>,
}

/// A canvas with its context. Firefox shows no more than the first picture where the context is asked for again.
struct Sheet {
    canvas: OffscreenCanvas,
    context: Option<OffscreenCanvasRenderingContext2d>,
}

impl Sheet {
    fn new(canvas: OffscreenCanvas) -> Self {
        let context = canvas.get_context("2d").ok().flatten();
        Self { canvas, context: context.and_then(|context| context.dyn_into().ok()) }
    }

    /// Gives the canvas its pixels, and its size where that is another now.
    fn put(&self, grid: &Grid, rgba: &[u8]) {
        let (width, height) = (grid.width as u32, grid.height as u32);
        if self.canvas.width() != width || self.canvas.height() != height {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(rgba), width, height);
        if let (Some(context), Ok(image)) = (&self.context, image) {
            // A canvas that the page has dropped takes no more pixels, and nobody looks at it.
            let _ = context.put_image_data(&image, 0.0, 0.0);
        }
    }
}

impl View {
    pub fn set_canvas(&mut self, plane: Plane, image: OffscreenCanvas, mask: OffscreenCanvas) {
        // A canvas may come later than the series that it is to show.
        let grid = self.geometry.as_ref().and_then(|geometry| Grid::new(geometry, plane));
        self.panes.retain(|pane| pane.plane != plane);
        let (sampled, rgba) = (Sampled::default(), Vec::new());
        let (holds, dirty, masked) = (None, true, true);
        let (image, mask) = (Sheet::new(image), Sheet::new(mask));
        self.panes.push(Pane { plane, image, mask, grid, sampled, holds, dirty, masked, rgba });
    }

    /// Begins with a series in its middle.
    pub fn show(&mut self, geometry: &Geometry, inverted: bool) {
        let size = [geometry.columns, geometry.rows, geometry.slices];
        self.cursor = Some(Voxel(size.map(|n| (n / 2) as f64).into()));
        self.hidden.clear();
        self.inverted = inverted;
        self.table = None;
        self.set_grids(geometry);
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
            pane.grid = Grid::new(geometry, pane.plane);
            pane.holds = None;
            pane.masked = true;
        }
        self.dirty();
    }

    pub fn set_window(&mut self, window: Window, lut: Vec<u8>) {
        self.window = window;
        self.lut = lut;
        self.table = None;
        self.dirty();
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

    pub fn go_to(&mut self, plane: Plane, index: usize) {
        self.move_cursor(plane, |[u, v, _], grid| [u, v, index.min(grid.count - 1) as f64]);
    }

    pub fn point(&mut self, plane: Plane, u: f64, v: f64) {
        self.move_cursor(plane, |[_, _, s], grid| {
            let within = |x: f64, len: usize| x.round().clamp(0.0, len as f64 - 1.0);
            [within(u, grid.width), within(v, grid.height), s]
        });
    }

    pub fn move_to(&mut self, voxel: Voxel) {
        self.cursor = Some(voxel);
        self.dirty();
    }

    fn move_cursor(&mut self, plane: Plane, to: impl Fn([f64; 3], &Grid) -> [f64; 3]) {
        let (Some(cursor), Some(grid)) = (self.cursor, self.grid(plane)) else { return };
        let [u, v, s] = to(grid.pixel(cursor), grid);
        let moved = grid.voxel(u, v, s);
        self.move_to(moved);
    }

    /// The acquired slice nearest to where the planes meet.
    pub fn slice(&self) -> Option<usize> {
        let last = self.geometry.as_ref()?.slices.checked_sub(1)?;
        Some((self.cursor?.0.z.round().max(0.0) as usize).min(last))
    }

    fn grid(&self, plane: Plane) -> Option<&Grid> {
        self.panes.iter().find(|p| p.plane == plane).and_then(|p| p.grid.as_ref())
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
            if !stack || shown == k {
                pane.holds = None;
                pane.dirty |= stack || follow;
            }
        }
    }

    /// No more slices are to come: planes that have not followed yet do so now.
    pub fn catch_up(&mut self) {
        self.panes.iter_mut().for_each(|pane| pane.dirty |= pane.holds.is_none());
    }

    pub fn dirty(&mut self) {
        self.panes.iter_mut().for_each(|pane| pane.dirty = true);
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
            if inverted { table.inverted() } else { table }
        });
        let mut painted = Vec::new();
        for pane in self.panes.iter_mut().filter(|pane| pane.dirty) {
            pane.dirty = false;
            if let Some(shown) = pane.paint(scene, cursor, table, &self.hidden) {
                painted.push(Painted { centre: window.centre, width: window.width, ..shown });
            }
        }
        painted
    }
}

/// More stones than any patient has; only bounds the ids that "hide all" reaches.
const MAX_STONES: u32 = 10_000;

/// What there is to see.
struct Scene<'a> {
    volume: &'a Volume,
    frames: &'a [Frame],
    /// Stone ids with their masks.
    masks: &'a [(u32, Candidate)],
}

impl Pane {
    fn paint(
        &mut self,
        scene: &Scene,
        cursor: Voxel,
        table: &WindowTable,
        hidden: &HashSet<u32>,
    ) -> Option<Painted> {
        let grid = self.grid.as_ref()?;
        let index = plane_index(grid, cursor);
        if self.holds != Some(index) {
            self.sampled.cut(scene.volume, grid, index);
            self.holds = Some(index);
        }
        paint_image(&self.sampled, table, &mut self.rgba);
        self.image.put(grid, &self.rgba);

        let mut inside = vec![false; grid.width * grid.height];
        let mut boxes = Vec::new();
        for (stone, mask) in scene.masks.iter().filter(|(stone, _)| !hidden.contains(stone)) {
            let Some(section) = Section::cut(grid, index, mask) else { continue };
            section.pixels.iter().for_each(|&at| inside[at] = true);
            let edge = |at: [usize; 2], by: f64| at.map(|x| x as f64 + by);
            boxes.push(StoneBox {
                stone: *stone,
                min: edge(section.min, -0.5),
                max: edge(section.max, 0.5),
            });
        }
        let masked = inside.contains(&true);
        if masked || self.masked {
            paint_mask(&inside, &mut self.rgba);
            self.mask.put(grid, &self.rgba);
        }
        self.masked = masked;

        let [u, v, _] = grid.pixel(cursor);
        let k = grid.is_stack().then(|| grid.voxel(0.0, 0.0, index as f64).0.z as usize);
        let middle = [(grid.width - 1) as f64 / 2.0, (grid.height - 1) as f64 / 2.0];
        let axis = match grid.plane {
            Plane::Sagittal => 0,
            Plane::Coronal => 1,
            Plane::Axial => 2,
        };
        Some(Painted {
            plane: grid.plane,
            index,
            instance_number: k.and_then(|k| scene.frames.get(k)?.order.instance_number),
            position_mm: grid.patient(middle[0], middle[1], index as f64).map(|p| p.0[axis]),
            loaded: k.is_none_or(|k| scene.volume.is_loaded(k)),
            centre: 0.0,
            width: 0.0,
            crosshair: [u, v],
            boxes,
        })
    }
}

fn plane_index(grid: &Grid, cursor: Voxel) -> usize {
    let [_, _, s] = grid.pixel(cursor);
    s.round().clamp(0.0, (grid.count - 1) as f64) as usize
}

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
        let Some(pixels) = &self.pixels else { return };
        let scene = Scene {
            volume: &pixels.volume,
            frames: &pixels.series.frames,
            masks: self.search.masks(),
        };
        for painted in self.view.paint(&scene) {
            self.tell(&FromStudy::Painted(painted));
        }
    }

    pub fn tell_under(&self, plane: Plane, u: f64, v: f64) {
        let under = || -> Option<(i16, Option<[f64; 3]>)> {
            let volume = &self.pixels.as_ref()?.volume;
            let cursor = self.view.cursor?;
            let grid = self.view.grid(plane)?;
            let place = grid.voxel(u.round(), v.round(), plane_index(grid, cursor) as f64);
            let at = place.0.round();
            let hu = volume.at(at.x as isize, at.y as isize, at.z as isize)?;
            Some((hu, volume.geometry.patient(place).map(|p| p.0.to_array())))
        };
        let (hu, patient_mm) = under().map_or((None, None), |(hu, mm)| (Some(hu), mm));
        self.tell(&FromStudy::Under { plane, hu, patient_mm });
    }
}
