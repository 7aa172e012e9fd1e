//! The safe way to the kernels: whatever they rely on is checked here, once for each step of a network.

use super::Kernels;
use super::cells::{BLOCK, Cells, Place, Size, TILE, Tile};
use super::pointwise::Pointwise;
use super::simple::{Dots, Map};
use super::winograd::{Conv3, POSITIONS};
use crate::plan::Activation;

impl Kernels {
    pub fn conv3(&self, job: &Conv3, arena: &mut [f32], scratch: &mut [f32]) {
        let blocks: usize = job.inputs.iter().map(|input| input.blocks).sum();
        assert!(job.pass.fits(blocks, job.output.blocks, self.unit));
        assert!(scratch.len() >= job.pass.scratch());
        assert!(blocks == 1 || !job.thin);
        assert!(job.inputs.iter().all(|input| input.size == job.output.size));
        for place in job.inputs.iter().chain([&job.output]) {
            inside(place, arena);
        }
        if let Some(pooled) = &job.pooled {
            inside(pooled, arena);
            assert!(pooled.blocks == job.output.blocks && is_half(&pooled.size, &job.output.size));
        }
        assert!(job.weights.len() >= POSITIONS * blocks * job.output.blocks * BLOCK * BLOCK);
        assert!(job.bias.len() >= job.output.blocks * BLOCK);
        held(job.tiles, &job.output.size);
        // SAFETY: all of it holds, and `arena` and `scratch` are borrowed until it is done.
        unsafe { (self.conv3)(job, Cells::new(arena), Cells::new(scratch)) };
    }

    pub fn pointwise(&self, job: &Pointwise, arena: &mut [f32]) {
        inside(&job.output, arena);
        planes_inside(job.blocks, &job.size, arena);
        assert!(match job.scale {
            super::pointwise::Scale::Same => job.size == job.output.size,
            super::pointwise::Scale::Double => is_half(&job.size, &job.output.size),
        });
        let pairs = job.blocks.len() * job.output.blocks * BLOCK * BLOCK;
        assert!(job.weights.len() >= job.scale.phases() * pairs);
        assert!(job.bias.len() >= job.output.blocks * BLOCK);
        held(job.tiles, &job.size);
        // SAFETY: all of it holds, and `arena` is borrowed until it is done.
        unsafe { (self.pointwise)(job, Cells::new(arena)) };
    }

    pub fn max_pool(&self, job: &Map, arena: &mut [f32]) {
        self.mapped(job, arena);
        assert!(is_half(&job.output.size, &job.input.size));
        // SAFETY: both hold, and `arena` is borrowed until it is done; so in the next three.
        unsafe { (self.max_pool)(job, Cells::new(arena)) };
    }

    pub fn nearest(&self, job: &Map, arena: &mut [f32]) {
        self.mapped(job, arena);
        assert!(is_half(&job.input.size, &job.output.size));
        // SAFETY: as above.
        unsafe { (self.nearest)(job, Cells::new(arena)) };
    }

    pub fn bilinear(&self, job: &Map, arena: &mut [f32]) {
        self.mapped(job, arena);
        assert!(is_half(&job.input.size, &job.output.size));
        // SAFETY: as above.
        unsafe { (self.bilinear)(job, Cells::new(arena)) };
    }

    pub fn add(&self, job: &Map, other: &Place, activation: Activation, arena: &mut [f32]) {
        self.mapped(job, arena);
        inside(other, arena);
        assert!(job.input.size == job.output.size && other.size == job.output.size);
        assert!(other.blocks == job.output.blocks);
        // SAFETY: as above.
        unsafe { (self.add)(job, Cells::new(arena), other, activation) };
    }

    /// Writes into `sums`, `[class][row][column]`, those of wanted pixels.
    pub fn dots(&self, job: &Dots, arena: &mut [f32], sums: &mut [f32]) {
        planes_inside(job.blocks, &job.size, arena);
        assert!(job.weights.len() >= job.bias.len() * job.blocks.len() * BLOCK);
        assert!((job.wanted.rows(), job.wanted.columns()) == (job.size.rows, job.size.columns));
        assert!(sums.len() >= job.bias.len() * job.size.pixels());
        // SAFETY: all of it holds, and `arena` is borrowed until it is done.
        unsafe { (self.dots)(job, Cells::new(arena), sums) };
    }

    fn mapped(&self, job: &Map, arena: &[f32]) {
        inside(&job.input, arena);
        inside(&job.output, arena);
        assert!(job.input.blocks == job.output.blocks);
        held(job.tiles, &job.output.size);
    }
}

fn inside(place: &Place, arena: &[f32]) {
    assert!(place.size.is_sound() && place.offset + place.floats() <= arena.len());
}

fn planes_inside(planes: &[usize], size: &Size, arena: &[f32]) {
    assert!(size.is_sound() && planes.iter().all(|at| at + size.plane() <= arena.len()));
}

fn is_half(half: &Size, whole: &Size) -> bool {
    let doubled = |half: usize, whole: usize| 2 * half == whole;
    doubled(half.room_rows, whole.room_rows) && doubled(half.room_columns, whole.room_columns)
}

fn held(tiles: &[Tile], size: &Size) {
    let within =
        |t: &Tile| t.row() + TILE <= size.room_rows && t.column() + TILE <= size.room_columns;
    assert!(tiles.iter().all(within));
}
