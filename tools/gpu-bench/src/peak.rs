//! What the device can at most: multiply-adds of registers only, by all of its invocations.

use crate::Outcome;
use crate::device::Gpu;
use std::time::{Duration, Instant};

const WORKGROUPS: u32 = 16_384;
const INVOCATIONS: u32 = 64;
const LOOPS: u32 = 256;
/// Multiply-adds of a loop: 8 vectors, 4 times.
const OF_LOOP: u32 = 8 * 4 * 4;

/// A device that rests takes a while to reach its clock.
const AWAKE: Duration = Duration::from_millis(500);

/// Operations a second, a multiply-add being two: the best of a few times.
pub fn measure(gpu: &Gpu) -> Outcome<f64> {
    let pipeline = gpu.pipeline(&source());
    let buffer = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: u64::from(INVOCATIONS) * 16,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    let group = gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &[wgpu::BindGroupEntry { binding: 0, resource: buffer.as_entire_binding() }],
    });
    let once = || -> Outcome<f64> {
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        pass.dispatch_workgroups(WORKGROUPS, 1, 1);
        drop(pass);
        let began = Instant::now();
        gpu.queue.submit([encoder.finish()]);
        gpu.wait()?;
        Ok(began.elapsed().as_secs_f64())
    };
    let (began, mut best) = (Instant::now(), f64::INFINITY);
    while began.elapsed() < AWAKE {
        best = best.min(once()?);
    }
    let of_invocation = f64::from(LOOPS) * f64::from(OF_LOOP);
    Ok(2.0 * of_invocation * f64::from(WORKGROUPS) * f64::from(INVOCATIONS) / best)
}

fn source() -> String {
    let each = |line: &dyn Fn(usize) -> String| (0..8).map(line).collect::<String>();
    let sums = each(&|at| format!("var s{at} = vec4f(f32(index) + {at}.0);\n"));
    let products = each(&|at| format!("s{at} = fma(s{at}, a, b);\n")).repeat(4);
    let all = each(&|at| format!(" + s{at}"));
    format!(
        "@group(0) @binding(0) var<storage, read_write> output: array<vec4f>;
        @compute @workgroup_size({INVOCATIONS})
        fn main(@builtin(local_invocation_index) index: u32) {{
            let a = vec4f(0.999 - f32(index) * 1e-5);
            let b = vec4f(f32(index) * 1e-3);
            {sums}
            for (var i = 0u; i < {LOOPS}u; i++) {{
                {products}
            }}
            output[index] = vec4f(){all};
        }}"
    )
}
