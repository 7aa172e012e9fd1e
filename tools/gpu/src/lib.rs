//! Random networks on the browser's GPU against the processor, for a bare page.
#![forbid(unsafe_code)]

#[allow(dead_code, reason = "they serve tests, too")]
#[path = "../../../crates/unet/tests/common"]
mod common {
    pub mod plans;
    pub mod random;
}
mod networks;

use common::plans::{Spec, USUAL, unet};
use common::random::Random;
use networks::{difference, processor, size, some, spec};
use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;
use workers::gpu::GpuExecutor;

/// What came of a network on both.
#[derive(Serialize)]
struct Comparison {
    network: String,
    /// The largest difference of an output from the processor's, by the largest output if that is above 1.
    from_processor: f32,
    /// The largest difference of a wanted output from that of the whole image.
    from_whole: f32,
    /// Outputs that are not wanted and not 0.
    unwanted: usize,
    /// The largest difference between outputs of the processor's: where it is 0 nothing is proved.
    spread: f32,
}

/// Runs the network of a number on both. The seed gives sizes and weights.
#[wasm_bindgen]
pub async fn compare(number: usize, seed: u32) -> Result<String, String> {
    let mut random = Random::new(u64::from(seed) << 8 | number as u64);
    let spec = spec(number, &mut random);
    let [rows, columns] = size(&spec, &mut random);
    let plan = unet(&spec, &mut random);
    let image = random.image(plan.channels() * rows * columns);
    let mut gpu = GpuExecutor::new(&plan, rows, columns, false).await?;

    // What was there before must not be seen.
    let other: Vec<f32> = random.image(image.len()).iter().map(|x| x * 100.0).collect();
    gpu.run(&other, None).await?;
    let whole = gpu.run(&image, None).await?;
    gpu.run(&other, None).await?;
    let wanted = some(rows, columns, &mut random);
    let part = gpu.run(&image, Some(&wanted)).await?;

    let expected = processor(&plan, &image, [rows, columns])?;
    let scale = expected.iter().fold(1.0, |max: f32, x| max.max(x.abs()));
    let is_wanted = |at: &usize| wanted.contains(at / columns % rows, at % columns);
    let apart = |at: usize| (part[at] - whole[at]).abs();
    let comparison = Comparison {
        network: format!("{columns} × {rows}, {spec:?}"),
        from_processor: difference(&whole, &expected) / scale,
        from_whole: (0..part.len()).filter(is_wanted).map(apart).fold(0.0, f32::max),
        unwanted: (0..part.len()).filter(|at| !is_wanted(at) && part[*at] != 0.0).count(),
        spread: expected.iter().map(|x| (x - expected[0]).abs()).fold(0.0, f32::max),
    };
    serde_json::to_string(&comparison).map_err(|error| error.to_string())
}

/// What a run says whose device is lost: before it, or while it waits.
#[wasm_bindgen]
pub async fn lose(while_running: bool) -> Result<String, String> {
    let plan = unet(&Spec { depth: 0, width: 2, ..USUAL }, &mut Random::new(1));
    let mut executor = GpuExecutor::new(&plan, 64, 64, false).await?;
    let image = vec![0.5; 3 * 64 * 64];
    executor.run(&image, None).await?;
    let end = executor.ender();
    if while_running {
        wasm_bindgen_futures::spawn_local(async move { end() });
    } else {
        end();
    }
    match executor.run(&image, None).await {
        Ok(_) => Err("it ran".into()),
        Err(error) => Ok(error),
    }
}
