//! What has to be computed so that the wanted pixels are right: the plan is walked backwards from them.
//!
//! Each step is asked for the tiles that its output is read at. Nothing is computed twice, and on wanted pixels the
//! result is that of the whole image, bit for bit; elsewhere images hold what was there before.

use crate::kernels::cells::{TILE, Tile};
use crate::mask::Mask;
use crate::plan::{Op, Plan, ValueId};

/// Tiles for each step of a plan. Made once for a size, filled anew for each image.
pub struct Demand {
    /// What is read of each value.
    masks: Vec<Mask>,
    /// Tiles of each step's output; of its input where that is smaller by a transposed convolution.
    tiles: Vec<Vec<Tile>>,
}

impl Demand {
    pub fn new(plan: &Plan, rows: usize, columns: usize) -> Self {
        let masks = plan.values.iter().map(|v| Mask::none(rows >> v.level, columns >> v.level));
        Self { masks: masks.collect(), tiles: vec![Vec::new(); plan.steps.len()] }
    }

    pub fn tiles(&self, step: usize) -> &[Tile] {
        &self.tiles[step]
    }

    /// What is read of a value.
    pub fn read(&self, value: ValueId) -> &Mask {
        &self.masks[value]
    }

    /// `wanted` is of the last step's output.
    pub fn ask(&mut self, plan: &Plan, wanted: &Mask) {
        for mask in &mut self.masks {
            mask.clear();
        }
        for tiles in &mut self.tiles {
            tiles.clear();
        }
        if let Some(output) = plan.output() {
            self.masks[output].add(wanted);
        }
        for (step, tiles) in plan.steps.iter().zip(&mut self.tiles).rev() {
            let asked = self.masks[step.output].clone();
            let read = match step.op {
                Op::Conv3(_) => {
                    list(&asked, tiles);
                    let mut read = whole_tiles(&asked);
                    read.grow(1);
                    read
                }
                Op::Conv1(_) | Op::Add(_) => {
                    list(&asked, tiles);
                    asked
                }
                Op::Up(_) => {
                    let read = halved(&asked);
                    list(&read, tiles);
                    read
                }
                Op::MaxPool => {
                    list(&asked, tiles);
                    doubled(&asked)
                }
                Op::Nearest => {
                    list(&asked, tiles);
                    halved(&asked)
                }
                Op::Bilinear => {
                    list(&asked, tiles);
                    let mut read = halved(&asked);
                    read.grow(1);
                    read
                }
            };
            for &input in &step.inputs {
                self.masks[input].add(&read);
            }
        }
    }
}

/// Lists the tiles that hold a pixel.
fn list(mask: &Mask, tiles: &mut Vec<Tile>) {
    for row in (0..mask.rows()).step_by(TILE) {
        for at in 0..mask.stride() {
            let mut word = first_of_tiles(any_row(mask, row, at));
            while word != 0 {
                let column = at * u64::BITS as usize + word.trailing_zeros() as usize;
                tiles.push(Tile::new(row / TILE, column / TILE));
                word &= word - 1;
            }
        }
    }
}

/// All pixels of the tiles that hold one.
fn whole_tiles(mask: &Mask) -> Mask {
    let mut whole = Mask::none(mask.rows(), mask.columns());
    for row in (0..mask.rows()).step_by(TILE) {
        for at in 0..mask.stride() {
            let word = first_of_tiles(any_row(mask, row, at)) * 0b1111;
            for row in row..(row + TILE).min(mask.rows()) {
                whole.words_mut(row)[at] = word;
            }
        }
    }
    whole.trim();
    whole
}

/// The pixels of four rows in one word.
fn any_row(mask: &Mask, row: usize, at: usize) -> u64 {
    (row..(row + TILE).min(mask.rows())).fold(0, |word, row| word | mask.words(row)[at])
}

/// The first bit of every four that hold one.
fn first_of_tiles(word: u64) -> u64 {
    let pairs = word | word >> 1;
    (pairs | pairs >> 2) & 0x1111_1111_1111_1111
}

/// Pixels of half the rows and columns, of whose 2×2 one is in the mask.
fn halved(mask: &Mask) -> Mask {
    let mut half = Mask::none(mask.rows() / 2, mask.columns() / 2);
    for row in 0..half.rows() {
        let (above, below) = (mask.words(2 * row), mask.words(2 * row + 1));
        let pairs = above.iter().zip(below).map(|(a, b)| even_bits(a | b | (a | b) >> 1));
        for (at, bits) in pairs.enumerate() {
            // The last word of the whole may be past the end of the half's.
            if let Some(word) = half.words_mut(row).get_mut(at / 2) {
                *word |= bits << (at % 2 * 32);
            }
        }
    }
    half
}

/// Pixels of twice the rows and columns.
fn doubled(mask: &Mask) -> Mask {
    let mut double = Mask::none(mask.rows() * 2, mask.columns() * 2);
    for row in 0..mask.rows() {
        for at in 0..double.stride() {
            let bits = mask.words(row)[at / 2] >> (at % 2 * 32);
            let word = spread(bits as u32) * 0b11;
            double.words_mut(2 * row)[at] = word;
            double.words_mut(2 * row + 1)[at] = word;
        }
    }
    double
}

/// Bits 0, 2, 4 … side by side. (Warren, Hacker's Delight, 7–5.)
fn even_bits(word: u64) -> u64 {
    let mut word = word & 0x5555_5555_5555_5555;
    for (shift, keep) in [
        (1, 0x3333_3333_3333_3333),
        (2, 0x0f0f_0f0f_0f0f_0f0f),
        (4, 0x00ff_00ff_00ff_00ff),
        (8, 0x0000_ffff_0000_ffff),
        (16, 0x0000_0000_ffff_ffff),
    ] {
        word = (word | word >> shift) & keep;
    }
    word
}

/// The bits at places 0, 2, 4 …
fn spread(bits: u32) -> u64 {
    let mut word = u64::from(bits);
    for (shift, keep) in [
        (16, 0x0000_ffff_0000_ffff),
        (8, 0x00ff_00ff_00ff_00ff),
        (4, 0x0f0f_0f0f_0f0f_0f0f),
        (2, 0x3333_3333_3333_3333),
        (1, 0x5555_5555_5555_5555),
    ] {
        word = (word | word << shift) & keep;
    }
    word
}
