//! Convolutions of all kinds as one implicit product of matrices: 3×3, 1×1, and 2×2 transposed, which is a 1×1 that
//! makes each of four pixels.

use super::{INVOCATIONS, Shader, Source, activation};
use crate::Tuning;
use crate::image::{BLOCK, Image};
use unet::TILE;
use unet::plan::Activation;

/// Bytes of workgroup memory that every device has.
const MEMORY: usize = 16_384;

/// What kind it is: pixels that it reaches in each direction, and how much larger its output is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    pub reach: usize,
    pub scale: usize,
}

impl Kind {
    pub const THREE: Self = Self { reach: 1, scale: 1 };
    pub const ONE: Self = Self { reach: 0, scale: 1 };
    pub const UP: Self = Self { reach: 0, scale: 2 };

    /// Rows and columns of the pixels around a tile.
    fn side(self) -> usize {
        TILE + 2 * self.reach
    }

    /// From the pixels around a tile to those of the next. Odd, so that neighbouring invocations read from different
    /// banks.
    fn pitch(self) -> usize {
        self.side().pow(2) + 1
    }

    /// Vectors of a workgroup's weights, of one block.
    fn filters(self, division: &Division) -> usize {
        self.taps() * BLOCK * division.parts()
    }

    /// Weights of a pair of channels, of one part.
    pub fn taps(self) -> usize {
        (2 * self.reach + 1).pow(2)
    }

    /// Parts of a block of output channels.
    pub fn parts(self) -> usize {
        self.scale.pow(2)
    }
}

/// How the work of a convolution is divided among the invocations of a workgroup.
#[derive(Clone, Copy, Debug)]
pub struct Division {
    /// Of four pixels, that an invocation makes.
    rows: usize,
    /// Parts that it makes.
    per_group: usize,
    /// Groups of invocations with the same pixels.
    groups: usize,
}

impl Division {
    /// For so many parts.
    pub fn new(kind: Kind, parts: usize, tuning: Tuning) -> Self {
        let per_group = parts.min(tuning.blocks);
        let groups = parts.div_ceil(per_group).next_power_of_two().min(tuning.groups);
        let mut division = Self { rows: tuning.rows, per_group, groups };
        while division.rows > 1 && division.memory(kind) > MEMORY {
            division.rows /= 2;
        }
        division
    }

    /// Bytes of workgroup memory.
    fn memory(&self, kind: Kind) -> usize {
        let vectors = self.tiles() * kind.pitch() + kind.filters(self);
        vectors * BLOCK * size_of::<f32>()
    }

    fn lanes(&self) -> usize {
        INVOCATIONS / self.groups
    }

    /// Tiles of a workgroup.
    pub fn tiles(&self) -> usize {
        self.lanes() * self.rows / TILE
    }

    /// Parts of a workgroup.
    pub fn parts(&self) -> usize {
        self.groups * self.per_group
    }
}

pub struct Conv<'a> {
    pub kind: Kind,
    pub inputs: &'a [Image],
    pub output: Image,
    pub activation: Activation,
    pub division: Division,
    /// Where the bias begins in the weights, in blocks.
    pub bias: usize,
}

impl Conv<'_> {
    /// Bindings: inputs, weights, tiles, output.
    pub fn shader(&self) -> Shader {
        let mut source = Source::new(&[self.inputs, &[self.output]].concat());
        for (at, input) in self.inputs.iter().enumerate() {
            source.reads(&format!("input{at}"), input.cell());
        }
        source.reads("weights", "vec4f");
        source.reads("tiles", "u32");
        source.writes("output", self.output.cell());

        let Division { rows, per_group, groups } = self.division;
        source.constant("INVOCATIONS", INVOCATIONS);
        source.constant("LANES", self.division.lanes());
        source.constant("GROUPS", groups);
        source.constant("PER_GROUP", per_group);
        source.constant("ROWS_EACH", rows);
        source.constant("TILES", self.division.tiles());
        source.constant("REACH", self.kind.reach);
        source.constant("SIDE", self.kind.side());
        source.constant("PITCH", self.kind.pitch());
        source.constant("FILTERS", self.kind.filters(&self.division));
        source.constant("SCALE", self.kind.scale);
        source.size("rows", self.inputs[0].rows);
        source.size("columns", self.inputs[0].columns);
        source.size("out_blocks", self.output.blocks());
        source.size("bias", self.bias);
        let mut blocks = 0;
        for (at, input) in self.inputs.iter().enumerate() {
            source.size(&format!("first{at}"), blocks);
            blocks += input.blocks();
        }
        source.size("in_blocks", blocks);
        let sums = self.of_sums(|sum, _| format!("var {sum} = vec4f();"));
        let writes = self.of_sums(|sum, [row, pixel, part]| {
            format!("put(part + {part}u, row + {row}u, column + {pixel}u, {sum});")
        });
        let parts = [
            ("$read", &*self.read()),
            ("$activated", &activation(self.activation)),
            ("$cell", self.output.cell()),
            ("$sums", &indented(1, sums)),
            ("$multiply", &indented(3, self.multiply())),
            ("$writes", &indented(1, writes)),
        ];
        source.end(include_str!("conv.wgsl"), &parts)
    }

    /// The inputs one after the other, as one image.
    fn read(&self) -> String {
        let line = |at: usize| {
            let value = format!("vec4f(input{at}[(block - sizes.first{at}) * plane + at])");
            let next = at + 1;
            if next < self.inputs.len() {
                format!("if (block < sizes.first{next}) {{ return {value}; }}")
            } else {
                format!("return {value};")
            }
        };
        let lines = (0..self.inputs.len()).map(line).collect();
        indented(1, lines)
    }

    /// The products of one row of taps, written out: sums that are addressed by number might not stay in registers.
    fn multiply(&self) -> Vec<String> {
        let Division { rows, per_group, .. } = self.division;
        let side = self.kind.side();
        let mut lines = Vec::new();
        for row in 0..rows {
            for column in 0..side {
                let at = row * side + column;
                lines.push(format!("let x{row}_{column} = around[pixels + {at}u];"));
            }
        }
        for across in 0..=2 * self.kind.reach {
            for (channel, component) in ["x", "y", "z", "w"].into_iter().enumerate() {
                let at = (across * BLOCK + channel) * self.division.parts();
                let weight = |part| format!("w{across}_{channel}_{part}");
                for part in 0..per_group {
                    let at = at + part;
                    lines.push(format!("let {} = filters[filters_at + {at}u];", weight(part)));
                }
                lines.extend(self.of_sums(|sum, [row, pixel, part]| {
                    let x = format!("x{row}_{}.{component}", pixel + across);
                    format!("{sum} = fma(vec4f({x}), {}, {sum});", weight(part))
                }));
            }
        }
        lines
    }

    /// A line for every sum: its name, and row, pixel and part that it is of.
    fn of_sums(&self, line: impl Fn(&str, [usize; 3]) -> String) -> Vec<String> {
        let Division { rows, per_group, .. } = self.division;
        let of_sum = |at: usize| {
            let (pixel, part) = (at / per_group, at % per_group);
            let of @ [row, pixel, part] = [pixel / TILE, pixel % TILE, part];
            line(&format!("s{row}_{pixel}_{part}"), of)
        };
        (0..rows * TILE * per_group).map(of_sum).collect()
    }
}

/// Lines in a block of so many levels; the first is where its place says.
fn indented(levels: usize, lines: Vec<String>) -> String {
    lines.join(&format!("\n{}", "    ".repeat(levels)))
}
