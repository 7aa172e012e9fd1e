//! One plane onto its two canvases: the picture, and the mask of the stones.

use crate::messages::{Painted, StoneBox};
use paint::{STONE_RGB, WindowTable, paint_image, paint_mask};
use reader::Frame;
use std::collections::{HashMap, HashSet};
use stones::{Candidate, Kub, Section};
use volume::{Axes, DVec3, Depth, Grid, Plane, Sampled, Slab, Volume, Voxel, turn_about};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{ImageData, OffscreenCanvas, OffscreenCanvasRenderingContext2d};

/// What there is to see.
pub struct Scene<'a> {
    pub volume: &'a Volume,
    pub frames: &'a [Frame],
    /// Stone ids with their masks.
    pub masks: &'a [(u32, Candidate)],
    /// Of the stones that are not red.
    pub colours: &'a HashMap<u32, [u8; 3]>,
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

    fn layer(&self) -> Option<Layer> {
        let size = [self.canvas.width(), self.canvas.height()];
        let [width, height] = size.map(f64::from);
        let image = self.context.as_ref()?.get_image_data(0.0, 0.0, width, height).ok()?;
        Some(Layer { size, rgba: image.data().0 })
    }
}

/// Pixels that a person sees.
pub struct Layer {
    /// Columns and rows.
    pub size: [u32; 2],
    pub rgba: Vec<u8>,
}

/// One plane, its two canvases and what they hold.
pub struct Pane {
    pub plane: Plane,
    image: Sheet,
    mask: Sheet,
    pub grid: Option<Grid>,
    depth: Depth,
    sampled: Sampled,
    /// Room for the planes of a slab.
    other: Sampled,
    /// Where the pixels of a projection of the whole were met.
    met: Vec<u16>,
    /// The plane that `sampled` holds; `None` when slices have come since.
    holds: Option<usize>,
    /// Something of what it shows has changed, if only where the others cross it.
    pub dirty: bool,
    /// The pixels on its canvases are old.
    image_old: bool,
    mask_old: bool,
    /// The stones on it.
    boxes: Vec<StoneBox>,
    /// Shows a glimpse of the series until its slice has come.
    pub waits: bool,
    /// Whether there is anything on the canvas of the mask.
    masked: bool,
    rgba: Vec<u8>,
}

impl Pane {
    pub fn new(
        plane: Plane,
        image: OffscreenCanvas,
        mask: OffscreenCanvas,
        grid: Option<Grid>,
    ) -> Self {
        Self {
            plane,
            image: Sheet::new(image),
            mask: Sheet::new(mask),
            grid,
            depth: Depth::Thin,
            sampled: Sampled::default(),
            other: Sampled::default(),
            met: Vec::new(),
            holds: None,
            dirty: true,
            image_old: true,
            mask_old: true,
            boxes: Vec::new(),
            waits: false,
            masked: true,
            rgba: Vec::new(),
        }
    }

    /// What is on its canvases: the image, and the mask.
    pub fn layers(&self) -> Option<[Layer; 2]> {
        Some([self.image.layer()?, self.mask.layer()?])
    }

    pub fn set_grid(&mut self, grid: Option<Grid>) {
        self.grid = grid;
        self.masked = true;
        self.repaint();
        self.forget();
    }

    pub fn set_depth(&mut self, depth: Depth) {
        self.depth = depth;
        if let Some(grid) = &self.grid
            && depth == Depth::Kub
            && grid.is_turned()
        {
            self.set_grid(grid.straight());
        }
        self.repaint();
        self.forget();
    }

    /// Grey levels mean something else now.
    pub fn repaint_image(&mut self) {
        (self.dirty, self.image_old) = (true, true);
    }

    /// Anything may have changed.
    pub fn repaint(&mut self) {
        self.repaint_image();
        self.mask_old = true;
    }

    /// Turns its planes about an axis; what shows the whole volume can't be turned.
    pub fn turn(&mut self, axis: DVec3, radians: f64) {
        let turned =
            self.grid.as_ref().filter(|_| self.is_quick()).and_then(|grid| {
                grid.turned(grid.looks()?.map(|way| turn_about(axis, radians, way)))
            });
        if turned.is_some() {
            self.set_grid(turned);
        }
    }

    /// Right, down and away from the viewer.
    pub fn looks(&self) -> Option<Axes> {
        self.grid.as_ref()?.looks()
    }

    /// Which ways the other planes cross this one, as unit vectors on the picture.
    pub fn lines(&self, looks: &[(Plane, Option<Axes>)]) -> [[f64; 2]; 2] {
        let across = |plane: Plane| {
            let [right, down, away] = self.looks()?;
            let (_, other) = looks.iter().find(|(other, _)| *other == plane)?;
            let way = other.as_ref()?[2].cross(away).normalize_or_zero();
            Some([way.dot(right), way.dot(down)])
        };
        let straight = [[1.0, 0.0], [0.0, 1.0]];
        let others = Plane::ALL.into_iter().filter(|plane| *plane != self.plane);
        let mut lines = straight;
        for (line, other) in lines.iter_mut().zip(others) {
            *line = across(other).unwrap_or(*line);
        }
        lines
    }

    /// Slices have come, or it is to show something else: what it holds is old.
    pub fn forget(&mut self) {
        self.holds = None;
    }

    /// Whether it goes on with what is on its canvas.
    pub fn waits_for(&self, scene: &Scene, cursor: Voxel) -> bool {
        let come = |grid: &Grid| {
            let place = grid.voxel(0.0, 0.0, plane_index(grid, cursor) as f64);
            scene.volume.is_loaded(place.0.z as usize)
        };
        self.waits && !self.grid.as_ref().is_some_and(come)
    }

    pub fn holds_any(&self) -> bool {
        self.holds.is_some()
    }

    /// Whether it shows more than one plane.
    pub fn is_deep(&self) -> bool {
        self.depth != Depth::Thin
    }

    /// Whether it can be cut anew while slices come in.
    pub fn is_quick(&self) -> bool {
        self.depth != Depth::Kub
    }

    /// The plane in which a pixel of the projection of the whole was met.
    pub fn met(&self, u: f64, v: f64) -> Option<f64> {
        let at = self.pixel(u, v)?;
        self.met.get(at).map(|&plane| f64::from(plane))
    }

    /// HU that a deep picture shows at a pixel.
    pub fn shown(&self, u: f64, v: f64) -> Option<i16> {
        let at = self.pixel(u, v)?;
        self.sampled.hu.get(at).copied().filter(|_| self.is_deep())
    }

    fn pixel(&self, u: f64, v: f64) -> Option<usize> {
        let (u, v) = (u.round(), v.round());
        let inside = |x: f64, len: usize| x >= 0.0 && x < len as f64;
        let Sampled { width, height, .. } = self.sampled;
        (inside(u, width) && inside(v, height)).then(|| v as usize * width + u as usize)
    }

    pub fn paint(
        &mut self,
        scene: &Scene,
        cursor: Voxel,
        table: &WindowTable,
        hidden: &HashSet<u32>,
    ) -> Option<Painted> {
        let grid = self.grid.as_ref()?;
        let index = plane_index(grid, cursor);
        let slab = match self.depth {
            Depth::Slab { blend, mm } => Some(Slab::of_thickness(blend, mm, grid)),
            Depth::Thin | Depth::Kub => None,
        };
        let holds = self.holds == Some(index) || self.holds.is_some() && self.depth == Depth::Kub;
        if !holds {
            self.met.clear();
            match (self.depth, slab) {
                (Depth::Kub, _) => {
                    let kub = Kub::project(scene.volume, grid, scene.masks);
                    (self.sampled, self.met) = (kub.sampled, kub.depth);
                }
                (_, Some(slab)) => {
                    self.sampled.cut_slab(scene.volume, grid, index, slab, &mut self.other);
                }
                (_, None) => self.sampled.cut(scene.volume, grid, index),
            }
            (self.image_old, self.mask_old) = (true, true);
        }
        self.holds = Some(index);
        if std::mem::take(&mut self.image_old) {
            paint_image(&self.sampled, table, &mut self.rgba);
            self.image.put(grid, &self.rgba);
        }
        if std::mem::take(&mut self.mask_old) {
            self.paint_mask(scene, index, hidden);
        }
        self.dirty = false;
        let grid = self.grid.as_ref()?;
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
            crosshair: [u, v],
            lines: [[0.0; 2]; 2],
            cut: grid.cut(index as f64),
            slab_mm: slab.map(|slab| slab.planes as f64 * grid.step_mm),
            boxes: self.boxes.clone(),
        })
    }

    fn paint_mask(&mut self, scene: &Scene, index: usize, hidden: &HashSet<u32>) {
        let Some(grid) = &self.grid else { return };
        let mut inside = Vec::new();
        let mut colours: Vec<[u8; 3]> = Vec::new();
        self.boxes.clear();
        for (stone, mask) in scene.masks.iter().filter(|(stone, _)| !hidden.contains(stone)) {
            let section = match self.depth {
                Depth::Kub => Section::project(grid, mask),
                Depth::Thin | Depth::Slab { .. } => Section::cut(grid, index, mask),
            };
            let Some(section) = section else { continue };
            let colour = scene.colours.get(stone).copied().unwrap_or(STONE_RGB);
            let number = colours.iter().position(|other| *other == colour).unwrap_or_else(|| {
                colours.push(colour);
                colours.len() - 1
            });
            let number = u8::try_from(number + 1).unwrap_or(1);
            inside.resize(grid.width * grid.height, 0);
            section.pixels.iter().for_each(|&at| inside[at] = number);
            let edge = |at: [usize; 2], by: f64| at.map(|x| x as f64 + by);
            self.boxes.push(StoneBox {
                stone: *stone,
                rgb: colour,
                min: edge(section.min, -0.5),
                max: edge(section.max, 0.5),
                border: section.border(grid.width),
            });
        }
        let masked = !self.boxes.is_empty();
        if masked || self.masked {
            inside.resize(grid.width * grid.height, 0);
            paint_mask(&inside, &colours, &mut self.rgba);
            self.mask.put(grid, &self.rgba);
        }
        self.masked = masked;
    }
}

pub fn plane_index(grid: &Grid, cursor: Voxel) -> usize {
    let [_, _, s] = grid.pixel(cursor);
    s.round().clamp(0.0, (grid.count - 1) as f64) as usize
}
