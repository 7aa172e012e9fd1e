//! Steps without weights, pixel by pixel.

use super::{INVOCATIONS, Shader, Source, activation};
use crate::image::Image;
use unet::TILE;
use unet::plan::{Activation, Op};

/// Tiles of a workgroup.
pub const TILES: usize = INVOCATIONS / (TILE * TILE);

const MAX_POOL: &str = "
fn value(block: u32, row: u32, column: u32) -> vec4f {
    let above = max(at0(block, 2u * row, 2u * column), at0(block, 2u * row, 2u * column + 1u));
    let below = max(at0(block, 2u * row + 1u, 2u * column), at0(block, 2u * row + 1u, 2u * column + 1u));
    return max(above, below);
}
";

const NEAREST: &str = "
fn value(block: u32, row: u32, column: u32) -> vec4f {
    return at0(block, row / 2u, column / 2u);
}
";

/// Pixel centres lie at halves: an odd row is a quarter past the one that it comes of, an even one a quarter before.
const BILINEAR: &str = "
fn low(at: u32) -> u32 {
    return (max(at, 1u) - 1u) / 2u;
}

fn share(at: u32) -> f32 {
    return select(select(0.75, 0.25, at % 2u == 1u), 0.0, at == 0u);
}

fn line(block: u32, row: u32, column: u32) -> vec4f {
    let right = min(low(column) + 1u, sizes.in_columns - 1u);
    return mix(at0(block, row, low(column)), at0(block, row, right), share(column));
}

fn value(block: u32, row: u32, column: u32) -> vec4f {
    let below = min(low(row) + 1u, sizes.in_rows - 1u);
    return mix(line(block, low(row), column), line(block, below, column), share(row));
}
";

const ADD: &str = "
fn value(block: u32, row: u32, column: u32) -> vec4f {
    return at0(block, row, column) + at1(block, row, column);
}
";

/// Bindings: inputs, tiles, output. `None` if the step has weights.
pub fn map(op: Op, inputs: &[Image], output: Image) -> Option<Shader> {
    let (value, after) = match op {
        Op::MaxPool => (MAX_POOL, Activation::None),
        Op::Nearest => (NEAREST, Activation::None),
        Op::Bilinear => (BILINEAR, Activation::None),
        Op::Add(activation) => (ADD, activation),
        Op::Conv3(_) | Op::Conv1(_) | Op::Up(_) => return None,
    };
    let mut source = Source::new(&[inputs, &[output]].concat());
    for (at, input) in inputs.iter().enumerate() {
        source.reads(&format!("input{at}"), input.cell());
    }
    source.reads("tiles", "u32");
    source.writes("output", output.cell());
    source.constant("INVOCATIONS", INVOCATIONS);
    source.constant("TILES", TILES);
    source.size("in_rows", inputs[0].rows);
    source.size("in_columns", inputs[0].columns);
    source.size("rows", output.rows);
    source.size("columns", output.columns);
    for at in 0..inputs.len() {
        source.line(&format!(
            "fn at{at}(block: u32, row: u32, column: u32) -> vec4f {{\n    \
             return vec4f(input{at}[(block * sizes.in_rows + row) * sizes.in_columns + column]);\n}}"
        ));
    }
    source.line(value);
    let parts = [("$activated", &*activation(after)), ("$cell", output.cell())];
    Some(source.end(include_str!("map.wgsl"), &parts))
}
