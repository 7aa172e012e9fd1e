//! Runs a plan on the GPU, through the browser's WebGPU.
//!
//! Whatever goes wrong, a lost device too, comes back as an error: the caller goes on with another executor.

mod device;
mod web;

pub use device::Adapter;

use device::Device;
use gpu::{Binding, Job, Program, buffer};
use js_sys::{Array, Float32Array, Object, Promise, Uint8Array, Uint32Array};
use unet::{Mask, Plan};
use wasm_bindgen::{JsCast, JsValue};
use web::{answer, object, usage};

/// A plan prepared on a device of its own for images of one size.
pub struct GpuExecutor {
    device: Device,
    program: Program,
    buffers: Vec<web::Buffer>,
    passes: Vec<(web::Pipeline, JsValue)>,
    /// The output, where it can be read.
    answer: web::Buffer,
}

impl GpuExecutor {
    /// `plan` with its weights, for images of so many rows and columns. With `half` images between the steps are kept as
    /// `f16`, if the device can: half the memory, and three digits less.
    pub async fn new(plan: &Plan, rows: usize, columns: usize, half: bool) -> Result<Self, String> {
        let device = Device::open(half).await?;
        let mut program =
            Program::new(plan, rows, columns, &device.able).map_err(|error| error.to_string())?;
        let pipelines = pipelines(&device, &program.shaders).await?;

        device.watch();
        let buffers: Vec<_> =
            program.buffers.iter_mut().enumerate().map(|made| make(&device, made)).collect();
        let bound = |pass: &gpu::Pass| {
            let pipeline = &pipelines[pass.shader];
            (pipeline.clone(), bind(&device, pipeline, &buffers, &pass.bindings))
        };
        let passes = program.passes.iter().map(bound).collect();
        let bytes = program.buffers[buffer::OUTPUT].bytes;
        let answer = empty(&device, bytes, usage::MAP_READ | usage::COPY_DST);
        device.done(&at_once()).await?;
        Ok(Self { device, program, buffers, passes, answer })
    }

    pub fn adapter(&self) -> &Adapter {
        &self.device.adapter
    }

    /// A way to give the device back at any time: what runs then, and all later runs, come to an error.
    pub fn ender(&self) -> impl Fn() + use<> {
        let device = self.device.device.clone();
        move || device.destroy()
    }

    /// Outputs `[class][row][column]` of an image `[channel][row][column]`. Only `wanted` pixels are computed, if given;
    /// all others are 0.
    pub async fn run(&mut self, image: &[f32], wanted: Option<&Mask>) -> Result<Vec<f32>, String> {
        self.program.check_image(image).map_err(|error| error.to_string())?;
        let job = self.program.job(wanted).map_err(|error| error.to_string())?;
        // A run that was given up has left it mapped.
        self.answer.unmap();
        self.device.watch();
        self.upload(image, &job);
        self.dispatch(&job);
        self.device.done(&self.answer.map(web::MAP_MODE_READ)).await?;

        let mapped = self.answer.mapped_range().map_err(|error| web::message(&error))?;
        let outputs = Float32Array::new(&mapped).to_vec();
        self.answer.unmap();
        self.program.check_output(&outputs).map_err(|error| error.to_string())?;
        Ok(outputs)
    }

    fn upload(&self, image: &[f32], job: &Job) {
        let write = |number: usize, data: &Object| {
            self.device.queue.write_buffer(&self.buffers[number], 0.0, data);
        };
        write(buffer::IMAGE, &Float32Array::from(image));
        write(buffer::TILES, &Uint32Array::from(&job.tiles[..]));
        write(buffer::WANTED, &Uint32Array::from(&job.wanted[..]));
    }

    fn dispatch(&self, job: &Job) {
        let Device { device, queue, .. } = &self.device;
        for dispatches in &job.submissions {
            let encoder = device.create_command_encoder();
            let pass = encoder.begin_compute_pass();
            for dispatch in dispatches {
                let (pipeline, group) = &self.passes[dispatch.pass];
                let [x, y, z] = dispatch.workgroups;
                pass.set_pipeline(pipeline);
                pass.set_bind_group(0, group);
                pass.dispatch(x, y, z);
            }
            pass.end();
            queue.submit(&Array::of1(&encoder.finish()));
        }
        let encoder = device.create_command_encoder();
        let bytes = self.program.buffers[buffer::OUTPUT].bytes as f64;
        encoder.copy(&self.buffers[buffer::OUTPUT], 0.0, &self.answer, 0.0, bytes);
        queue.submit(&Array::of1(&encoder.finish()));
    }
}

async fn pipelines(device: &Device, shaders: &[String]) -> Result<Vec<web::Pipeline>, String> {
    device.watch();
    let module = |source: &String| {
        let code = object(&[("code", source.as_str().into())]);
        device.device.create_shader_module(&code)
    };
    let modules: Vec<_> = shaders.iter().map(module).collect();
    device.done(&at_once()).await?;

    // All begun together: browsers compile several at a time.
    let begun = modules.into_iter().map(|module| {
        let compute = object(&[("module", module), ("entryPoint", "main".into())]);
        let descriptor = object(&[("layout", "auto".into()), ("compute", compute.into())]);
        device.device.create_compute_pipeline(&descriptor)
    });
    let begun: Array = begun.collect();
    let made: Array = answer(Promise::all(&begun)).await?.unchecked_into();
    Ok(made.iter().map(JsCast::unchecked_into).collect())
}

fn at_once() -> Promise {
    Promise::resolve(&JsValue::UNDEFINED)
}

/// Of a program's buffer, whose contents go to the device and not stay here.
fn make(device: &Device, (number, made): (usize, &mut gpu::Buffer)) -> web::Buffer {
    let kind = match number {
        buffer::SIZES => usage::UNIFORM,
        _ => usage::STORAGE | usage::COPY_SRC,
    };
    let buffer = empty(device, made.bytes, kind | usage::COPY_DST);
    let contents = std::mem::take(&mut made.contents);
    if !contents.is_empty() {
        device.queue.write_buffer(&buffer, 0.0, &Uint8Array::from(&contents[..]));
    }
    buffer
}

fn empty(device: &Device, bytes: usize, usage: u32) -> web::Buffer {
    let bytes = JsValue::from(bytes as f64);
    device.device.create_buffer(&object(&[("size", bytes), ("usage", usage.into())]))
}

fn bind(
    device: &Device,
    pipeline: &web::Pipeline,
    buffers: &[web::Buffer],
    bindings: &[Binding],
) -> JsValue {
    let entry = |(number, binding): (usize, &Binding)| {
        let range = object(&[
            ("buffer", buffers[binding.buffer].clone()),
            ("offset", (binding.offset as f64).into()),
            ("size", (binding.bytes as f64).into()),
        ]);
        object(&[("binding", (number as u32).into()), ("resource", range.into())])
    };
    let entries: Array = bindings.iter().enumerate().map(entry).collect();
    let layout = pipeline.bind_group_layout(0);
    let descriptor = object(&[("layout", layout), ("entries", entries.into())]);
    device.device.create_bind_group(&descriptor)
}
