//! From the last value to outputs `[class][row][column]` of the wanted pixels; all others are 0.

use super::{INVOCATIONS, Shader, Source};
use crate::image::Image;
use unet::plan::Head;

const MAIN: &str = "
fn logit(channel: u32, at: u32) -> f32 {
    return f32(input[channel / 4u * sizes.rows * sizes.columns + at][channel % 4u]);
}

$answer

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= sizes.columns) {
        return;
    }
    let at = id.y * sizes.columns + id.x;
    let bit = wanted[id.y * sizes.words + id.x / 32u] & (1u << (id.x % 32u));
    if (bit != 0u) {
        answer(at);
    } else {
        for (var channel = 0u; channel < sizes.classes; channel++) {
            output[channel * sizes.rows * sizes.columns + at] = 0.0;
        }
    }
}
";

const LINEAR: &str = "
fn answer(at: u32) {
    for (var channel = 0u; channel < sizes.classes; channel++) {
        output[channel * sizes.rows * sizes.columns + at] = logit(channel, at);
    }
}";

/// Nothing in it can overflow: shaders may take it that there are no infinities.
const SIGMOID: &str = "
fn answer(at: u32) {
    for (var channel = 0u; channel < sizes.classes; channel++) {
        let x = logit(channel, at);
        let small = exp(-abs(x));
        let share = select(1.0, small, x < 0.0) / (1.0 + small);
        output[channel * sizes.rows * sizes.columns + at] = share;
    }
}";

const SOFTMAX: &str = "
fn answer(at: u32) {
    var largest = logit(0u, at);
    for (var channel = 1u; channel < sizes.classes; channel++) {
        largest = max(largest, logit(channel, at));
    }
    var sum = 0.0;
    for (var channel = 0u; channel < sizes.classes; channel++) {
        sum += exp(logit(channel, at) - largest);
    }
    for (var channel = 0u; channel < sizes.classes; channel++) {
        output[channel * sizes.rows * sizes.columns + at] = exp(logit(channel, at) - largest) / sum;
    }
}";

/// Words that say which pixels of a row are wanted, a bit each.
pub fn words(columns: usize) -> usize {
    columns.div_ceil(u32::BITS as usize)
}

/// Bindings: the last value, wanted pixels, outputs.
pub fn head(head: Head, input: Image) -> Shader {
    let mut source = Source::new(&[input]);
    source.reads("input", input.cell());
    source.reads("wanted", "u32");
    source.writes("output", "f32");
    source.constant("INVOCATIONS", INVOCATIONS);
    source.size("classes", input.channels);
    source.size("rows", input.rows);
    source.size("columns", input.columns);
    source.size("words", words(input.columns));
    let answer = match head {
        Head::Linear => LINEAR,
        Head::Sigmoid => SIGMOID,
        Head::Softmax => SOFTMAX,
    };
    source.end(MAIN, &[("$answer", answer.trim())])
}
