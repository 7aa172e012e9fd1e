//! Checks random networks on this machine's GPU, and times U-Nets of base width 16 and 8.
//!
//! `cargo run --release -- [base=16,8] [size=512] [rounds=20] [half=1] [rows=2] [blocks=2] [groups=4]
//! [networks=24]`

#[allow(dead_code, reason = "they serve tests, too")]
#[path = "../../../crates/unet/tests/common"]
mod common {
    pub mod plans;
    pub mod random;
}
mod device;
#[path = "../../gpu/src/networks.rs"]
mod networks;
mod peak;

use common::plans::{Spec, USUAL, unet};
use common::random::Random;
use device::{Gpu, Ready};
use gpu::{Program, Tuning};
use networks::difference;
use std::error::Error;
use std::time::Instant;
use unet::{Executor, Mask, Network};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Of `f32`; what `f16` comes to is told only.
const TOLERANCE: f32 = 1e-3;

fn main() -> Outcome<()> {
    let usual = Tuning::default();
    let tuning = Tuning {
        rows: argument("rows", usual.rows)?,
        blocks: argument("blocks", usual.blocks)?,
        groups: argument("groups", usual.groups)?,
    };
    let gpu = Gpu::open(argument("half", 0)? == 1, tuning)?;
    let peak = peak::measure(&gpu)?;
    let storage = if gpu.able.half { "f16" } else { "f32" };
    println!("{}, {storage}, {tuning:?}, peak {:.2} TFLOP/s", gpu.name, peak / 1e12);
    let networks = argument("networks", 24)?;
    let apart = check(&gpu, networks)?;
    println!("{networks} random networks: at most {apart:.1e} from the processor");
    if apart > TOLERANCE && !gpu.able.half {
        return Err("the GPU computes something else".into());
    }

    let (size, rounds) = (argument("size", 512)?, argument("rounds", 20)?);
    for base in text("base").unwrap_or("16,8".into()).split(',') {
        for wanted in [None, Some(some(size))] {
            let found = time(&gpu, base.parse()?, size, rounds, wanted.as_ref())?;
            let share = 100.0 * found.operations / found.computing / peak;
            println!(
                "base {base}, {size}², {}: {:.2} ms a slice, of it {:.2} ms computing {:.1} GFLOP, {:.2} TFLOP/s, \
                 {share:.0} % of the peak; at most {:.1e} from the processor",
                if wanted.is_some() { "spots of it" } else { "whole" },
                found.slice * 1e3,
                found.computing * 1e3,
                found.operations / 1e9,
                found.operations / found.computing / 1e12,
                found.apart,
            );
        }
    }
    Ok(())
}

/// The largest difference of any network from the processor, and an error if wanted pixels are not the whole's.
fn check(gpu: &Gpu, networks: usize) -> Outcome<f32> {
    let mut worst: f32 = 0.0;
    for number in 0..networks {
        let mut random = Random::new(number as u64 + 1);
        let spec = networks::spec(number, &mut random);
        let [rows, columns] = networks::size(&spec, &mut random);
        let plan = unet(&spec, &mut random);
        let image = random.image(plan.channels() * rows * columns);
        let wanted = networks::some(rows, columns, &mut random);

        let mut ready = Ready::new(gpu, Program::new(&plan, rows, columns, &gpu.able)?);
        let whole = ready.run(&image, None)?;
        let mut expected = whole.clone();
        for (at, output) in expected.iter_mut().enumerate() {
            if !wanted.contains(at / columns % rows, at % columns) {
                *output = 0.0;
            }
        }
        if ready.run(&image, Some(&wanted))? != expected {
            return Err(format!("wanted pixels are others, network {number}: {spec:?}").into());
        }
        let expected = networks::processor(&plan, &image, [rows, columns])?;
        let scale = expected.iter().fold(1.0, |max: f32, x| max.max(x.abs()));
        worst = worst.max(difference(&whole, &expected) / scale);
    }
    Ok(worst)
}

/// Seconds of a slice from the image to the answer, and of its computing alone when one follows the other.
struct Timed {
    slice: f64,
    computing: f64,
    operations: f64,
    apart: f32,
}

fn time(
    gpu: &Gpu,
    width: usize,
    size: usize,
    rounds: usize,
    wanted: Option<&Mask>,
) -> Outcome<Timed> {
    let plan = unet(&Spec { width, depth: 4, ..USUAL }, &mut Random::new(1));
    let image = Random::new(2).image(plan.channels() * size * size);
    let mut ready = Ready::new(gpu, Program::new(&plan, size, size, &gpu.able)?);
    let mut executor = Executor::new(Network::new(plan)?, size, size)?;
    let apart = difference(&ready.run(&image, wanted)?, executor.run(&image, wanted)?);

    let began = Instant::now();
    for _ in 0..rounds {
        ready.run(&image, wanted)?;
    }
    let slice = began.elapsed().as_secs_f64() / rounds as f64;

    let job = ready.program.job(wanted)?;
    let began = Instant::now();
    for _ in 0..rounds {
        job.submissions.iter().for_each(|dispatches| ready.dispatch(dispatches));
    }
    gpu.wait()?;
    let computing = began.elapsed().as_secs_f64() / rounds as f64;
    let all = job.submissions.iter().flatten();
    let operations = 2.0 * all.map(|dispatch| dispatch.multiplications).sum::<f64>();
    Ok(Timed { slice, computing, operations, apart })
}

/// Pixels in small groups, as stones lie: about a twentieth.
fn some(size: usize) -> Mask {
    let mut random = Random::new(3);
    let mut mask = Mask::none(size, size);
    for _ in 0..size * size / 2000 {
        let mut at = || (random.unit() * size as f32) as usize;
        mask.set(at(), at());
    }
    mask.grow(5);
    mask
}

fn argument(name: &str, usual: usize) -> Outcome<usize> {
    Ok(text(name).map_or(Ok(usual), |text| text.parse())?)
}

fn text(name: &str) -> Option<String> {
    std::env::args().find_map(|a| Some(a.strip_prefix(name)?.strip_prefix('=')?.to_owned()))
}
