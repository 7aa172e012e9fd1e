//! Random networks of every kind, their sizes, and what the processor makes of them.

use crate::common::plans::{Spec, Up};
use crate::common::random::Random;
use unet::plan::{Activation, Head};
use unet::{Executor, Mask, Network, Plan};

/// Of six in a row every operator, activation and head is met.
pub fn spec(number: usize, random: &mut Random) -> Spec {
    let leaky = Activation::LeakyRelu(0.1);
    let mut up_to = |most: usize| 1 + (random.unit() * most as f32) as usize;
    let head = [Head::Sigmoid, Head::Softmax, Head::Linear][(number + number / 3) % 3];
    Spec {
        channels: up_to(9),
        width: 2 + up_to(16),
        depth: up_to(3) as u32,
        classes: if head == Head::Sigmoid { up_to(2) } else { 1 + up_to(5) },
        up: [Up::Transposed, Up::Nearest, Up::Bilinear][number % 3],
        residual: number % 2 == 1,
        activation: [Activation::Relu, leaky, Activation::None][number / 2 % 3],
        head,
        wide_head: number % 4 == 1,
    }
}

/// Multiples of the poolings, not of tiles.
pub fn size(spec: &Spec, random: &mut Random) -> [usize; 2] {
    [(); 2].map(|()| (1 + (random.unit() * 5.0) as usize) << spec.depth)
}

pub fn some(rows: usize, columns: usize, random: &mut Random) -> Mask {
    let mut mask = Mask::none(rows, columns);
    for at in 0..rows * columns {
        if random.unit() < 0.03 {
            mask.set(at / columns, at % columns);
        }
    }
    mask
}

/// What the processor makes of the whole image.
pub fn processor(
    plan: &Plan,
    image: &[f32],
    [rows, columns]: [usize; 2],
) -> Result<Vec<f32>, String> {
    let network = Network::new(plan.clone()).map_err(|error| error.to_string())?;
    let mut executor = Executor::new(network, rows, columns).map_err(|error| error.to_string())?;
    executor.run(image, None).map(<[f32]>::to_vec).map_err(|error| error.to_string())
}

pub fn difference(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}
