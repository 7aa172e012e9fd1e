//! WGSL for the steps of a plan. Sizes of images come as numbers beside the source: steps that differ in them only have
//! one source, which browsers compile once.

pub mod conv;
mod head;
mod map;
mod take_in;

pub use head::{head, words};
pub use map::{TILES as MAP_TILES, map};
pub use take_in::take_in;

use crate::image::Image;

/// Invocations of a workgroup.
pub const INVOCATIONS: usize = 64;

/// A source, and the sizes that it is for: what its last binding, a uniform, holds.
pub struct Shader {
    pub source: String,
    pub sizes: Vec<u32>,
}

/// The variables that a source sees, in the order of their bindings, its constants and its sizes.
struct Source {
    text: String,
    bindings: usize,
    names: String,
    sizes: Vec<u32>,
}

impl Source {
    fn new(images: &[Image]) -> Self {
        let enable = if images.iter().any(|image| image.half) { "enable f16;\n\n" } else { "" };
        Self { text: enable.into(), bindings: 0, names: String::new(), sizes: vec![] }
    }

    fn reads(&mut self, name: &str, of: &str) {
        self.binds("storage, read", name, &format!("array<{of}>"));
    }

    fn writes(&mut self, name: &str, of: &str) {
        self.binds("storage, read_write", name, &format!("array<{of}>"));
    }

    fn binds(&mut self, space: &str, name: &str, of: &str) {
        let at = self.bindings;
        self.bindings += 1;
        self.line(&format!("@group(0) @binding({at}) var<{space}> {name}: {of};"));
    }

    fn constant(&mut self, name: &str, value: usize) {
        self.line(&format!("const {name} = {value}u;"));
    }

    /// What the source calls `sizes.name`. Everything that is counted is below 2^32: it lies in buffers.
    fn size(&mut self, name: &str, value: usize) {
        self.names.push_str(&format!(" {name}: u32,"));
        self.sizes.push(value as u32);
    }

    fn line(&mut self, line: &str) {
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// Of a file, with a text in place of each `$name`.
    fn end(mut self, file: &str, parts: &[(&str, &str)]) -> Shader {
        self.line(&format!("struct Sizes {{{} }}", self.names));
        self.binds("uniform", "sizes", "Sizes");
        let mut rest = file.to_owned();
        for (name, part) in parts {
            rest = rest.replace(name, part);
        }
        Shader { source: self.text + "\n" + rest.trim_start(), sizes: self.sizes }
    }
}

/// A function that makes of sums what the next step reads. What is no number stays none.
fn activation(activation: unet::plan::Activation) -> String {
    use unet::plan::Activation;
    let body = match activation {
        Activation::None => "x".into(),
        Activation::Relu => "select(x, vec4f(), x < vec4f())".into(),
        Activation::LeakyRelu(slope) => format!("select(x, x * {slope:?}, x < vec4f())"),
    };
    format!("fn activated(x: vec4f) -> vec4f {{\n    return {body};\n}}\n")
}
