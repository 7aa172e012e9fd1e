//! A plan made into buffers, shaders and passes for images of one size; and what is dispatched for one of them.

use crate::maker::Maker;
use crate::{Device, Error, shaders};
use unet::{Demand, Mask, Plan, TILE};

/// Numbers of the buffers that every program has.
pub mod buffer {
    /// The image as it comes, `f32` `[channel][row][column]`.
    pub const IMAGE: usize = 0;
    /// Outputs, `f32` `[class][row][column]`.
    pub const OUTPUT: usize = 1;
    /// [`super::Job::wanted`].
    pub const WANTED: usize = 2;
    /// [`super::Job::tiles`].
    pub const TILES: usize = 3;
    /// What is bound as a uniform; all other buffers are storage.
    pub const SIZES: usize = 4;
    pub(crate) const WEIGHTS: usize = 5;
    pub(crate) const FIRST_SLOT: usize = 6;
}

/// A tile that is none: it lies outside of every picture.
const NO_TILE: u32 = u32::MAX;

/// Multiplications of what is submitted at once: an old integrated GPU does 50 G a second, and Windows resets a device
/// that is busy with one thing for two.
const OF_SUBMISSION: f64 = 4e9;

pub struct Program {
    /// All of them begin as zeros where they have no contents.
    pub buffers: Vec<Buffer>,
    /// WGSL with an entry point `main` each. The layout of their bindings is the one that follows from the source.
    pub shaders: Vec<String>,
    pub passes: Vec<Pass>,
    /// Without its weights.
    pub(crate) plan: Plan,
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    pub(crate) demand: Demand,
    /// Where the tiles of each step begin in [`buffer::TILES`].
    pub(crate) tiles: Vec<usize>,
}

pub struct Buffer {
    pub bytes: usize,
    pub contents: Vec<u8>,
}

/// A shader and what it is bound to: bindings 0, 1 … of group 0.
pub struct Pass {
    pub shader: usize,
    pub bindings: Vec<Binding>,
    pub(crate) work: Work,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    pub buffer: usize,
    pub offset: usize,
    pub bytes: usize,
}

/// What a pass is dispatched for.
pub(crate) enum Work {
    /// The whole image.
    Image([u32; 3]),
    /// Tiles of a step, of those that are asked for.
    Tiles {
        step: usize,
        first: usize,
        most: usize,
        per_workgroup: usize,
        workgroups_each: u32,
        multiplications_each: f64,
    },
}

/// What differs from image to image.
pub struct Job {
    /// For [`buffer::TILES`].
    pub tiles: Vec<u32>,
    /// For [`buffer::WANTED`].
    pub wanted: Vec<u32>,
    /// In order. What is submitted at once is short enough for every watchdog.
    pub submissions: Vec<Vec<Dispatch>>,
}

#[derive(Clone, Copy, Debug)]
pub struct Dispatch {
    pub pass: usize,
    pub workgroups: [u32; 3],
    pub multiplications: f64,
}

impl Program {
    /// For images of so many rows and columns: multiples of [`Plan::multiple_of`].
    pub fn new(plan: &Plan, rows: usize, columns: usize, device: &Device) -> Result<Self, Error> {
        plan.check()?;
        let multiple = plan.multiple_of();
        let fits = |len: usize| (1..=1 << 14).contains(&len) && len.is_multiple_of(multiple);
        if !fits(rows) || !fits(columns) {
            let sizes = format!("images of {columns} × {rows}, not multiples of {multiple}");
            return Err(Error::Foreign(sizes));
        }
        if !plan.weights.iter().all(|weight| weight.is_finite()) {
            return Err(unet::Error::Refused("a weight is not a number".into()).into());
        }
        let mut maker = Maker::new(plan, rows, columns, device);
        maker.take_in();
        for at in 0..plan.steps.len() {
            maker.step(at);
        }
        maker.head();
        maker.end()
    }

    /// The image must be of numbers: shaders may make something of what is none.
    pub fn check_image(&self, image: &[f32]) -> Result<(), Error> {
        let expected = self.plan.channels() * self.rows * self.columns;
        if image.len() != expected {
            return Err(unet::Error::Size { expected, given: image.len() }.into());
        }
        finite(image, "its image is not of numbers")
    }

    pub fn check_output(&self, output: &[f32]) -> Result<(), Error> {
        finite(output, "its answer is not a number")
    }

    /// What is to be done for the wanted pixels, or for all.
    pub fn job(&mut self, wanted: Option<&Mask>) -> Result<Job, Error> {
        let (rows, columns) = (self.rows, self.columns);
        let all = Mask::all(rows, columns);
        let wanted = wanted.unwrap_or(&all);
        if (wanted.rows(), wanted.columns()) != (rows, columns) {
            let given = wanted.rows() * wanted.columns();
            return Err(unet::Error::Size { expected: rows * columns, given }.into());
        }
        self.demand.ask(&self.plan, wanted);
        Ok(Job {
            tiles: self.list_tiles(),
            wanted: bits(wanted),
            submissions: submissions(self.dispatches()),
        })
    }

    fn list_tiles(&self) -> Vec<u32> {
        let mut list = vec![NO_TILE; self.buffers[buffer::TILES].bytes / size_of::<u32>()];
        for (step, &first) in self.tiles.iter().enumerate() {
            for (place, tile) in list[first..].iter_mut().zip(self.demand.tiles(step)) {
                // Both are below 2^12.
                let [row, column] = [tile.row(), tile.column()].map(|at| (at / TILE) as u32);
                *place = row << 16 | column;
            }
        }
        list
    }

    fn dispatches(&self) -> impl Iterator<Item = Dispatch> {
        self.passes.iter().enumerate().filter_map(|(pass, Pass { work, .. })| match *work {
            Work::Image(workgroups) => Some(Dispatch { pass, workgroups, multiplications: 0.0 }),
            Work::Tiles {
                step,
                first,
                most,
                per_workgroup,
                workgroups_each,
                multiplications_each,
            } => {
                let tiles = self.demand.tiles(step).len().saturating_sub(first).min(most);
                let workgroups = [tiles.div_ceil(per_workgroup) as u32, workgroups_each, 1];
                let multiplications = tiles as f64 * multiplications_each;
                (tiles > 0).then_some(Dispatch { pass, workgroups, multiplications })
            }
        })
    }
}

fn finite(numbers: &[f32], else_refused: &str) -> Result<(), Error> {
    if numbers.iter().all(|number| number.is_finite()) {
        return Ok(());
    }
    Err(unet::Error::Refused(else_refused.into()).into())
}

fn bits(mask: &Mask) -> Vec<u32> {
    let stride = shaders::words(mask.columns());
    let mut words = vec![0; mask.rows() * stride];
    for (row, words) in words.chunks_exact_mut(stride).enumerate() {
        for column in mask.row(row) {
            words[column / 32] |= 1 << (column % 32);
        }
    }
    words
}

fn submissions(dispatches: impl Iterator<Item = Dispatch>) -> Vec<Vec<Dispatch>> {
    let mut all = vec![Vec::new()];
    let mut sum = 0.0;
    for dispatch in dispatches {
        sum += dispatch.multiplications;
        if sum > OF_SUBMISSION {
            all.push(Vec::new());
            sum = dispatch.multiplications;
        }
        if let Some(last) = all.last_mut() {
            last.push(dispatch);
        }
    }
    all
}
