//! Step after step of a plan becomes shaders and passes.

use crate::image::Image;
use crate::program::{Binding, Buffer, Pass, Program, Work, buffer};
use crate::shaders::conv::{Conv, Division, Kind};
use crate::shaders::{self, INVOCATIONS, Shader};
use crate::weights::{Packed, pack};
use crate::{Device, Error, slots};
use unet::plan::{Filter, Op, Step};
use unet::{Demand, Plan};

/// Bindings begin at multiples of so many bytes on every device.
const ALIGNMENT: usize = 256;
/// Tiles, weights and sizes are words alike.
const WORDS_ALIGNED: usize = ALIGNMENT / size_of::<u32>();
/// More workgroups no device need take in one direction.
const MOST_WORKGROUPS: usize = 65_535;
/// Multiplications of a dispatch: an old integrated GPU does 50 G a second, and shows nothing else meanwhile.
const OF_DISPATCH: f64 = 1e9;

pub struct Maker<'a> {
    plan: &'a Plan,
    device: &'a Device,
    rows: usize,
    columns: usize,
    images: Vec<Image>,
    slot_of: Vec<usize>,
    slots: Vec<usize>,
    shaders: Vec<String>,
    passes: Vec<Pass>,
    weights: Vec<f32>,
    sizes: Vec<u32>,
    tiles: Vec<usize>,
    tiles_end: usize,
}

impl<'a> Maker<'a> {
    pub fn new(plan: &'a Plan, rows: usize, columns: usize, device: &'a Device) -> Self {
        let images = Image::of_values(plan, rows, columns, device.half);
        let bytes: Vec<usize> = images.iter().map(Image::bytes).collect();
        let (slot_of, slots) = slots::share(plan, &bytes);
        Self {
            plan,
            device,
            rows,
            columns,
            images,
            slot_of,
            slots,
            shaders: vec![],
            passes: vec![],
            weights: vec![],
            sizes: vec![],
            tiles: vec![],
            tiles_end: 0,
        }
    }

    pub fn take_in(&mut self) {
        let image = self.images[0];
        let (shader, sizes) = self.shader(shaders::take_in(image));
        let bindings = vec![self.whole(buffer::IMAGE), self.value(0), sizes];
        self.passes.push(Pass { shader, bindings, work: self.every_pixel(image.blocks()) });
    }

    pub fn head(&mut self) {
        let last = self.plan.steps.last().map_or(0, |step| step.output);
        let (shader, sizes) = self.shader(shaders::head(self.plan.head, self.images[last]));
        let (wanted, output) = (self.whole(buffer::WANTED), self.whole(buffer::OUTPUT));
        let bindings = vec![self.value(last), wanted, output, sizes];
        self.passes.push(Pass { shader, bindings, work: self.every_pixel(1) });
    }

    fn every_pixel(&self, planes: usize) -> Work {
        Work::Image([self.columns.div_ceil(INVOCATIONS) as u32, self.rows as u32, planes as u32])
    }

    pub fn step(&mut self, at: usize) {
        let step = &self.plan.steps[at];
        match step.op {
            Op::Conv3(filter) => self.conv(at, step, Kind::THREE, filter),
            Op::Conv1(filter) => self.conv(at, step, Kind::ONE, filter),
            Op::Up(filter) => self.conv(at, step, Kind::UP, filter),
            Op::MaxPool | Op::Nearest | Op::Bilinear | Op::Add(_) => self.map(at, step),
        }
    }

    fn conv(&mut self, at: usize, step: &Step, kind: Kind, filter: Filter) {
        let inputs: Vec<Image> = step.inputs.iter().map(|&value| self.images[value]).collect();
        let output = self.images[step.output];
        let parts = output.blocks() * kind.parts();
        let division = Division::new(kind, parts, self.device.tuning);
        let Packed { weights, bias } = pack(self.plan, step, filter, kind, division);
        let conv =
            Conv { kind, inputs: &inputs, output, activation: filter.activation, division, bias };
        let shader = self.shader(conv.shader());

        let offset = self.weights.len() * size_of::<f32>();
        let bytes = weights.len() * size_of::<f32>();
        self.weights.extend(weights);
        self.weights.resize(self.weights.len().next_multiple_of(WORDS_ALIGNED), 0.0);
        let weights = Binding { buffer: buffer::WEIGHTS, offset, bytes };

        let channels: usize = inputs.iter().map(|input| input.channels).sum();
        let pairs = channels * output.channels * kind.taps() * kind.parts();
        let each = Each {
            per_workgroup: division.tiles(),
            workgroups: parts.div_ceil(division.parts()),
            multiplications: (unet::TILE.pow(2) * pairs) as f64,
        };
        self.pass_of_tiles(at, shader, Some(weights), inputs[0].tiles(), each);
    }

    fn map(&mut self, at: usize, step: &Step) {
        let inputs: Vec<Image> = step.inputs.iter().map(|&value| self.images[value]).collect();
        let output = self.images[step.output];
        let Some(shader) = shaders::map(step.op, &inputs, output) else { return };
        let shader = self.shader(shader);
        let each = Each {
            per_workgroup: shaders::MAP_TILES,
            workgroups: output.blocks(),
            multiplications: 0.0,
        };
        self.pass_of_tiles(at, shader, None, output.tiles(), each);
    }

    /// Passes that take all tiles of a step in turns.
    fn pass_of_tiles(
        &mut self,
        at: usize,
        (shader, sizes): (usize, Binding),
        weights: Option<Binding>,
        tiles: usize,
        each: Each,
    ) {
        let step = &self.plan.steps[at];
        let begin = self.tiles_end;
        let room = tiles.next_multiple_of(WORDS_ALIGNED);
        self.tiles.push(begin);
        self.tiles_end += room;
        let turn = each.tiles_at_once();
        for first in (0..room).step_by(turn) {
            let most = turn.min(room - first);
            let tiles = Binding {
                buffer: buffer::TILES,
                offset: (begin + first) * size_of::<u32>(),
                bytes: most * size_of::<u32>(),
            };
            let mut bindings: Vec<_> = step.inputs.iter().map(|&i| self.value(i)).collect();
            bindings.extend(weights);
            bindings.extend([tiles, self.value(step.output), sizes]);
            let work = Work::Tiles {
                step: at,
                first,
                most,
                per_workgroup: each.per_workgroup,
                workgroups_each: each.workgroups as u32,
                multiplications_each: each.multiplications,
            };
            self.passes.push(Pass { shader, bindings, work });
        }
    }

    /// The number of its source, which other steps may have too, and where its sizes are.
    fn shader(&mut self, Shader { source, sizes }: Shader) -> (usize, Binding) {
        let offset = self.sizes.len() * size_of::<u32>();
        let bytes = sizes.len() * size_of::<u32>();
        self.sizes.extend(sizes);
        self.sizes.resize(self.sizes.len().next_multiple_of(WORDS_ALIGNED), 0);
        let number = self.shaders.iter().position(|other| *other == source).unwrap_or_else(|| {
            self.shaders.push(source);
            self.shaders.len() - 1
        });
        (number, Binding { buffer: buffer::SIZES, offset, bytes })
    }

    fn value(&self, value: usize) -> Binding {
        let buffer = buffer::FIRST_SLOT + self.slot_of[value];
        Binding { buffer, offset: 0, bytes: self.images[value].bytes() }
    }

    /// Of one of the buffers whose size the image gives.
    fn whole(&self, number: usize) -> Binding {
        let pixels = self.rows * self.columns;
        let words = match number {
            buffer::IMAGE => self.plan.channels() * pixels,
            buffer::OUTPUT => self.plan.outputs() * pixels,
            _ => self.rows * shaders::words(self.columns),
        };
        Binding { buffer: number, offset: 0, bytes: words * size_of::<u32>() }
    }

    pub fn end(self) -> Result<Program, Error> {
        let empty = |bytes| Buffer { bytes, contents: vec![] };
        let full = |contents: Vec<u8>| Buffer { bytes: contents.len(), contents };
        let tiles = self.tiles_end.saturating_mul(size_of::<u32>());
        let mut buffers: Vec<Buffer> = [buffer::IMAGE, buffer::OUTPUT, buffer::WANTED]
            .map(|number| empty(self.whole(number).bytes))
            .into();
        buffers.push(empty(tiles));
        buffers.push(full(self.sizes.iter().flat_map(|size| size.to_le_bytes()).collect()));
        buffers.push(full(self.weights.iter().flat_map(|weight| weight.to_le_bytes()).collect()));
        buffers.extend(self.slots.into_iter().map(empty));

        // The last is no storage.
        let too_many = |pass: &Pass| pass.bindings.len() - 1 > self.device.storage_buffers;
        if self.passes.iter().any(too_many) {
            return Err(Error::Foreign("a step joins too many images".into()));
        }
        let bindings = self.passes.iter().flat_map(|pass| &pass.bindings);
        if bindings.map(|it| it.bytes).chain([tiles]).any(|it| it > self.device.binding_bytes) {
            return Err(Error::Foreign("an image is too large".into()));
        }
        let (values, steps) = (self.plan.values.clone(), self.plan.steps.clone());
        let plan = Plan { values, steps, head: self.plan.head, weights: vec![] };
        Ok(Program {
            buffers,
            shaders: self.shaders,
            passes: self.passes,
            demand: Demand::new(&plan, self.rows, self.columns),
            plan,
            rows: self.rows,
            columns: self.columns,
            tiles: self.tiles,
        })
    }
}

/// What becomes of tiles in a pass.
struct Each {
    /// Tiles of a workgroup.
    per_workgroup: usize,
    /// Workgroups of the same tiles.
    workgroups: usize,
    /// Of a tile.
    multiplications: f64,
}

impl Each {
    fn tiles_at_once(&self) -> usize {
        let by_time = OF_DISPATCH / self.multiplications.max(1.0);
        let by_number = MOST_WORKGROUPS * self.per_workgroup;
        let tiles = (by_time as usize).min(by_number) / WORDS_ALIGNED * WORDS_ALIGNED;
        tiles.max(WORDS_ALIGNED)
    }
}
