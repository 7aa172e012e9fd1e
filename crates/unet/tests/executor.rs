//! The executor against plain loops, and what is asked for in part against the whole.
#![expect(clippy::unwrap_used, reason = "a test")]

mod common;

use common::plans::{Spec, USUAL, Up, unet};
use common::random::Random;
use common::{difference, reference};
use proptest::prelude::*;
use unet::plan::{Activation, Head};
use unet::{Executor, Mask, Network, Plan};

const LEAKY: Activation = Activation::LeakyRelu(0.1);

/// What each is about, the network, and rows and columns: multiples of its poolings, not of tiles.
fn table() -> Vec<(&'static str, Spec, [usize; 2])> {
    vec![
        ("usual", USUAL, [32, 32]),
        ("no pooling", Spec { depth: 0, ..USUAL }, [7, 13]),
        ("one pooling, odd size", Spec { depth: 1, ..USUAL }, [10, 22]),
        ("three poolings, odd size", Spec { depth: 3, ..USUAL }, [40, 56]),
        ("four poolings", Spec { depth: 4, ..USUAL }, [48, 16]),
        ("one channel", Spec { channels: 1, ..USUAL }, [24, 20]),
        ("more channels than a block", Spec { channels: 11, ..USUAL }, [24, 20]),
        ("width 16", Spec { width: 16, ..USUAL }, [28, 36]),
        ("width 12", Spec { width: 12, ..USUAL }, [28, 36]),
        ("width 5", Spec { width: 5, depth: 3, ..USUAL }, [24, 40]),
        // A single ReLU may well be dead, and the network constant.
        ("width 1", Spec { width: 1, activation: LEAKY, ..USUAL }, [16, 16]),
        ("nearest", Spec { up: Up::Nearest, ..USUAL }, [20, 28]),
        ("bilinear", Spec { up: Up::Bilinear, width: 12, ..USUAL }, [20, 28]),
        ("residual", Spec { residual: true, ..USUAL }, [20, 28]),
        ("residual, leaky", Spec { residual: true, activation: LEAKY, ..USUAL }, [20, 28]),
        ("leaky", Spec { activation: LEAKY, width: 16, ..USUAL }, [20, 28]),
        ("linear", Spec { activation: Activation::None, head: Head::Linear, ..USUAL }, [20, 28]),
        ("softmax", Spec { classes: 3, head: Head::Softmax, ..USUAL }, [20, 28]),
        ("3×3 head", Spec { wide_head: true, classes: 2, ..USUAL }, [20, 28]),
        ("wide", Spec { width: 40, depth: 1, ..USUAL }, [12, 12]),
    ]
}

fn executor(network: Network, [rows, columns]: [usize; 2]) -> Executor {
    Executor::new(network, rows, columns).unwrap()
}

/// Every kind of kernel that this machine has.
fn networks(plan: &Plan) -> [Network; 2] {
    [Network::new(plan.clone()).unwrap(), Network::reproducible(plan.clone()).unwrap()]
}

struct Drawn {
    seed: u64,
    plan: Plan,
    image: Vec<f32>,
    expected: Vec<f32>,
}

/// A network by chance whose output is not everywhere the same, and so says something: a narrow one
/// may be dead behind its ReLU or end where its sigmoid is flat.
fn telling(spec: &Spec, [rows, columns]: [usize; 2]) -> Drawn {
    let draw = || {
        let seed = Random::fresh_seed();
        let mut random = Random::new(seed);
        let plan = unet(spec, &mut random);
        let image = random.image(spec.channels * rows * columns);
        let expected = reference::run(&plan, rows, columns, &image);
        Drawn { seed, plan, image, expected }
    };
    let varies =
        |drawn: &Drawn| drawn.expected.iter().any(|x| (x - drawn.expected[0]).abs() > 1e-3);
    std::iter::repeat_with(draw).take(50).find(varies).unwrap()
}

#[test]
fn every_shape_of_network_gives_what_plain_loops_give() {
    for (name, spec, size) in table() {
        let Drawn { seed, plan, image, expected } = telling(&spec, size);
        plan.check().unwrap();
        for network in networks(&plan) {
            let engine = network.engine();
            let mut executor = executor(network, size);
            // Twice: the second time the memory holds what the first left.
            for _ in 0..2 {
                let found = executor.run(&image, None).unwrap();
                let worst = difference(found, &expected);
                // Probabilities are below 1; of a linear head the largest output counts.
                let scale = expected.iter().fold(1.0, |max: f32, x| max.max(x.abs()));
                assert!(worst <= 1e-4 * scale, "{name}, {engine}: {worst}, seed {seed}");
            }
        }
    }
}

#[test]
fn wanted_pixels_are_those_of_the_whole_image_bit_for_bit() {
    for (name, spec, [rows, columns]) in table() {
        let seed = Random::fresh_seed();
        let mut random = Random::new(seed);
        let plan = unet(&spec, &mut random);
        let image = random.image(spec.channels * rows * columns);
        let other: Vec<f32> = random.image(image.len()).iter().map(|x| x * 1e3).collect();
        for network in networks(&plan) {
            let whole =
                executor(network.clone(), [rows, columns]).run(&image, None).unwrap().to_vec();
            let mut part = executor(network, [rows, columns]);
            for pixels in [0, 1, 5, 40] {
                let mut wanted = Mask::none(rows, columns);
                for _ in 0..pixels {
                    let at =
                        |len: usize, random: &mut Random| (random.unit() * len as f32) as usize;
                    wanted.set(at(rows, &mut random), at(columns, &mut random));
                }
                // What was there before must not be seen.
                part.run(&other, None).unwrap();
                let found = part.run(&image, Some(&wanted)).unwrap();
                for (at, (found, whole)) in found.iter().zip(&whole).enumerate() {
                    let (row, column) = (at / columns % rows, at % columns);
                    let expected = if wanted.contains(row, column) { *whole } else { 0.0 };
                    assert_eq!(
                        found.to_bits(),
                        expected.to_bits(),
                        "{name} {row} {column}, seed {seed}"
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_demand_of_any_network_is_met(
        seed in any::<u64>(), depth in 0u32..4, width in 1usize..18, channels in 1usize..6, residual in any::<bool>(),
        up in prop::sample::select(vec![Up::Transposed, Up::Nearest, Up::Bilinear]), blocks in [1usize..4, 1usize..4],
    ) {
        let mut random = Random::new(seed);
        let spec = Spec { depth, width, channels, residual, up, ..USUAL };
        let plan = unet(&spec, &mut random);
        let (rows, columns) = (blocks[0] << depth, blocks[1] << depth);
        let image = random.image(channels * rows * columns);
        let network = Network::new(plan).unwrap();
        let whole = executor(network.clone(), [rows, columns]).run(&image, None).unwrap().to_vec();
        let mut wanted = Mask::none(rows, columns);
        for at in 0..rows * columns {
            if random.unit() < 0.05 {
                wanted.set(at / columns, at % columns);
            }
        }
        let mut part = executor(network, [rows, columns]);
        let found = part.run(&image, Some(&wanted)).unwrap();
        for row in 0..rows {
            for column in wanted.row(row) {
                prop_assert_eq!(found[row * columns + column].to_bits(), whole[row * columns + column].to_bits());
            }
        }
    }
}

#[test]
fn what_is_no_number_is_told_and_tiny_numbers_are_computed() {
    let mut random = Random::new(7);
    let plan = unet(&USUAL, &mut random);
    let mut executor = executor(Network::new(plan).unwrap(), [32, 32]);
    let mut image = random.image(3 * 32 * 32);
    let sound = executor.run(&image, None).unwrap().to_vec();

    image[500] = f32::NAN;
    assert!(executor.run(&image, None).is_err());
    let mut far = Mask::none(32, 32);
    far.set(31, 31);
    // The receptive field of two poolings is 44 pixels wide: this pixel sees the other one, too.
    assert!(executor.run(&image, Some(&far)).is_err());

    image[500] = f32::MIN_POSITIVE / 4.0;
    assert!(executor.run(&image, None).unwrap().iter().all(|p| (0.0..=1.0).contains(p)));
    image = random.image(3 * 32 * 32);
    assert_ne!(executor.run(&image, None).unwrap(), sound);
    image.fill(f32::MIN_POSITIVE / 2.0);
    assert!(executor.run(&image, None).unwrap().iter().all(|p| (0.0..=1.0).contains(p)));
}

#[test]
fn sizes_that_do_not_fit_are_refused() {
    let plan = unet(&USUAL, &mut Random::new(1));
    let network = Network::new(plan).unwrap();
    assert!(Executor::new(network.clone(), 30, 32).is_err());
    assert!(Executor::new(network.clone(), 0, 32).is_err());
    let mut executor = executor(network, [32, 32]);
    assert!(executor.run(&[0.0; 32], None).is_err());
    assert!(executor.run(&[0.0; 3 * 32 * 32], Some(&Mask::all(32, 16))).is_err());
}

#[test]
fn packed_weights_serve_another_worker() {
    let mut random = Random::new(3);
    let plan = unet(&USUAL, &mut random);
    let first = Network::new(plan.clone()).unwrap();
    let bare = Plan { weights: Vec::new(), ..plan };
    let second = Network::with_weights(bare.clone(), first.weights().to_vec()).unwrap();
    assert!(Network::with_weights(bare, vec![0.0; 5]).is_err());
    let image = random.image(3 * 32 * 32);
    let expected = executor(first, [32, 32]).run(&image, None).unwrap().to_vec();
    assert_eq!(executor(second, [32, 32]).run(&image, None).unwrap(), expected);
}
