//! Programs of U-Nets of every kind: their WGSL is valid, and what they bind and dispatch fits.
#![expect(clippy::panic, reason = "a test")]

#[allow(dead_code, reason = "they serve other tests, too")]
#[path = "../../unet/tests/common"]
mod common {
    pub mod plans;
    pub mod random;
}

use common::plans::{Spec, USUAL, Up, unet};
use common::random::Random;
use gpu::{Device, Error, Program, Tuning, buffer};
use naga::valid::{Capabilities, ValidationFlags, Validator};
use std::collections::HashSet;
use unet::plan::{Activation, Filter, Head, Op, Step, Value};
use unet::{Mask, Plan};

const LEAKY: Activation = Activation::LeakyRelu(0.1);

fn specs() -> Vec<Spec> {
    vec![
        USUAL,
        Spec { depth: 0, width: 1, ..USUAL },
        Spec { channels: 11, width: 12, classes: 5, head: Head::Softmax, ..USUAL },
        Spec { up: Up::Nearest, residual: true, activation: LEAKY, head: Head::Linear, ..USUAL },
        Spec { up: Up::Bilinear, width: 5, wide_head: true, activation: Activation::None, ..USUAL },
        Spec { width: 16, depth: 3, ..USUAL },
    ]
}

fn devices() -> Vec<Device> {
    let mut devices = Vec::new();
    for half in [false, true] {
        for (rows, blocks, groups) in [(2, 2, 4), (1, 1, 1), (4, 2, 8), (1, 4, 2)] {
            let tuning = Tuning { rows, blocks, groups };
            devices.push(Device { half, tuning, ..Device::default() });
        }
    }
    devices
}

fn random_plan(spec: &Spec) -> Plan {
    unet(spec, &mut Random::new(7))
}

#[test]
fn every_source_is_valid() {
    let mut seen = HashSet::new();
    for spec in specs() {
        let plan = random_plan(&spec);
        for device in devices() {
            let program = Program::new(&plan, 48, 80, &device).unwrap();
            for source in program.shaders {
                if seen.insert(source.clone()) {
                    valid(&source, device.half);
                }
            }
        }
    }
}

/// With what `device` has, and within the memory of a workgroup that every device has.
fn valid(source: &str, half: bool) {
    let module = naga::front::wgsl::parse_str(source)
        .unwrap_or_else(|error| panic!("{}\n{source}", error.emit_to_string(source)));
    let needed = if half { Capabilities::SHADER_FLOAT16 } else { Capabilities::empty() };
    Validator::new(ValidationFlags::all(), needed)
        .validate(&module)
        .unwrap_or_else(|error| panic!("{error:?}\n{source}"));
    assert_eq!(module.entry_points.len(), 1);
    let memory: u32 = module
        .global_variables
        .iter()
        .filter(|(_, variable)| variable.space == naga::AddressSpace::WorkGroup)
        .map(|(_, variable)| module.types[variable.ty].inner.size(module.to_ctx()))
        .sum();
    assert!(memory <= 16_384, "{memory} bytes\n{source}");
}

#[test]
fn what_is_bound_lies_within_its_buffer() {
    for spec in specs() {
        for device in devices() {
            let program = Program::new(&random_plan(&spec), 64, 80, &device).unwrap();
            for buffer in &program.buffers {
                assert!(buffer.bytes > 0 && buffer.bytes % 4 == 0);
                assert!(buffer.contents.is_empty() || buffer.contents.len() == buffer.bytes);
            }
            for pass in &program.passes {
                let [read @ .., written, sizes] = &pass.bindings[..] else { panic!("too few") };
                assert_eq!(sizes.buffer, buffer::SIZES);
                for binding in &pass.bindings {
                    assert!(
                        binding.offset % 256 == 0 && binding.bytes % 4 == 0 && binding.bytes > 0
                    );
                    let buffer = &program.buffers[binding.buffer];
                    assert!(binding.offset + binding.bytes <= buffer.bytes);
                }
                // WebGPU refuses a dispatch that reads a buffer that it writes.
                assert!(read.iter().all(|binding| binding.buffer != written.buffer));
            }
        }
    }
}

#[test]
fn all_tiles_are_dispatched_in_short_turns() {
    let plan = random_plan(&Spec { width: 16, depth: 4, ..USUAL });
    let mut program = Program::new(&plan, 512, 512, &Device::default()).unwrap();
    let job = program.job(None).unwrap();
    let all: f64 = job.submissions.iter().flatten().map(|dispatch| dispatch.multiplications).sum();
    assert_eq!(all, plan.multiplications_per_pixel() * 512.0 * 512.0);
    for submission in &job.submissions {
        assert!(submission.iter().map(|dispatch| dispatch.multiplications).sum::<f64>() <= 4e9);
        for dispatch in submission {
            assert!(dispatch.multiplications <= 1e9);
            assert!(dispatch.workgroups.iter().all(|&count| (1..=65_535).contains(&count)));
        }
    }
    assert!(job.submissions.len() > 1 && job.wanted.iter().all(|&word| word == u32::MAX));
    assert_eq!(job.tiles.len() * 4, program.buffers[buffer::TILES].bytes);
}

#[test]
fn what_is_not_wanted_is_not_dispatched() {
    let plan = random_plan(&USUAL);
    let mut program = Program::new(&plan, 64, 96, &Device::default()).unwrap();
    let none = program.job(Some(&Mask::none(64, 96))).unwrap();
    // The image is taken in and every output is made 0.
    assert_eq!(none.submissions.concat().len(), 2);
    assert!(none.tiles.iter().all(|&tile| tile == u32::MAX));

    let mut one = Mask::none(64, 96);
    one.set(9, 70);
    let one = program.job(Some(&one)).unwrap();
    let last = one.submissions.concat()[program.passes.len() - 2];
    assert_eq!(last.workgroups, [1, 1, 1]);
    assert_eq!(one.wanted[9 * 3 + 2], 1 << 6);
    assert_eq!(one.wanted.iter().map(|word| word.count_ones()).sum::<u32>(), 1);
}

#[test]
fn what_does_not_fit_is_foreign() {
    let plan = random_plan(&USUAL);
    let refused = |plan: &Plan, size: usize, device: Device| {
        matches!(Program::new(plan, size, size, &device), Err(Error::Foreign(_)))
    };
    assert!(refused(&plan, 30, Device::default()));
    assert!(refused(&plan, 32, Device { storage_buffers: 4, ..Device::default() }));
    assert!(refused(&plan, 32, Device { binding_bytes: 1000, ..Device::default() }));
    assert!(!refused(&plan, 32, Device::default()));
    let wide = random_plan(&Spec { width: 40, depth: 0, ..USUAL });
    assert!(refused(&wide, 1 << 14, Device::default()));

    // As dense networks have them.
    let filter = Filter { weights: 0, bias: 0, activation: Activation::None };
    let joined = Plan {
        values: vec![Value { channels: 1, level: 0 }; 2],
        steps: vec![Step { op: Op::Conv1(filter), inputs: vec![0; 6], output: 1 }],
        head: Head::Linear,
        weights: vec![1.0; 6],
    };
    assert!(refused(&joined, 32, Device::default()));
    assert!(!refused(&joined, 32, Device { storage_buffers: 10, ..Device::default() }));
}

#[test]
fn what_is_no_number_is_refused() {
    let mut plan = random_plan(&USUAL);
    let program = Program::new(&plan, 16, 16, &Device::default()).unwrap();
    let mut image = vec![0.5; 3 * 16 * 16];
    assert!(program.check_image(&image).is_ok());
    assert!(program.check_image(&image[1..]).is_err());
    image[100] = f32::NAN;
    assert!(program.check_image(&image).is_err());
    assert!(program.check_output(&[0.5, f32::INFINITY]).is_err());
    plan.weights[0] = f32::NAN;
    assert!(Program::new(&plan, 16, 16, &Device::default()).is_err());
}
