//! The image as it comes, `[channel][row][column]`, becomes the first value.

use super::{INVOCATIONS, Shader, Source};
use crate::image::Image;

const MAIN: &str = "
fn channel(channel: u32, at: u32) -> f32 {
    if (channel >= sizes.channels) {
        return 0.0;
    }
    return image[channel * sizes.rows * sizes.columns + at];
}

@compute @workgroup_size(INVOCATIONS)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= sizes.columns) {
        return;
    }
    let at = id.y * sizes.columns + id.x;
    let first = 4u * id.z;
    output[id.z * sizes.rows * sizes.columns + at] = $cell(vec4f(
        channel(first, at), channel(first + 1u, at), channel(first + 2u, at), channel(first + 3u, at)));
}
";

/// Bindings: the image, the value.
pub fn take_in(output: Image) -> Shader {
    let mut source = Source::new(&[output]);
    source.reads("image", "f32");
    source.writes("output", output.cell());
    source.constant("INVOCATIONS", INVOCATIONS);
    source.size("channels", output.channels);
    source.size("rows", output.rows);
    source.size("columns", output.columns);
    source.end(MAIN, &[("$cell", output.cell())])
}
