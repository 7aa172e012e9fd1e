//! A program on a device of this machine, through Vulkan.

use crate::Outcome;
use gpu::{Binding, Dispatch, Job, Program, Tuning, buffer};
use unet::Mask;

pub struct Gpu {
    pub name: String,
    pub device: wgpu::Device,
    pub queue: wgpu::Queue,
    /// What the programs may use.
    pub able: gpu::Device,
}

impl Gpu {
    /// The fastest one.
    pub fn open(half: bool, tuning: Tuning) -> Outcome<Self> {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::VULKAN;
        let instance = wgpu::Instance::new(descriptor);
        let fastest = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = pollster::block_on(instance.request_adapter(&fastest))?;
        let limits = adapter.limits();
        let able = gpu::Device {
            half: half && adapter.features().contains(wgpu::Features::SHADER_F16),
            storage_buffers: limits.max_storage_buffers_per_shader_stage as usize,
            binding_bytes: usize::try_from(limits.max_storage_buffer_binding_size)?,
            tuning,
        };
        let features = if able.half { wgpu::Features::SHADER_F16 } else { wgpu::Features::empty() };
        let descriptor = wgpu::DeviceDescriptor {
            required_features: features,
            required_limits: limits,
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor))?;
        Ok(Self { name: adapter.get_info().name, device, queue, able })
    }

    /// Until all that was submitted is done.
    pub fn wait(&self) -> Outcome<()> {
        self.device.poll(wgpu::PollType::wait_indefinitely())?;
        Ok(())
    }

    pub fn pipeline(&self, source: &str) -> wgpu::ComputePipeline {
        let source = wgpu::ShaderSource::Wgsl(source.into());
        let descriptor = wgpu::ShaderModuleDescriptor { label: None, source };
        let module = self.device.create_shader_module(descriptor);
        self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: None,
            layout: None,
            module: &module,
            entry_point: Some("main"),
            compilation_options: Default::default(),
            cache: None,
        })
    }
}

/// A program's buffers, pipelines and bind groups.
pub struct Ready<'a> {
    gpu: &'a Gpu,
    pub program: Program,
    buffers: Vec<wgpu::Buffer>,
    passes: Vec<(wgpu::ComputePipeline, wgpu::BindGroup)>,
    answer: wgpu::Buffer,
}

impl<'a> Ready<'a> {
    pub fn new(gpu: &'a Gpu, program: Program) -> Self {
        let make = |(number, made): (usize, &gpu::Buffer)| {
            let kind = if number == buffer::SIZES {
                wgpu::BufferUsages::UNIFORM
            } else {
                wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC
            };
            let buffer = empty(gpu, made.bytes, kind | wgpu::BufferUsages::COPY_DST);
            gpu.queue.write_buffer(&buffer, 0, &made.contents);
            buffer
        };
        let buffers: Vec<_> = program.buffers.iter().enumerate().map(make).collect();
        let pipelines: Vec<_> = program.shaders.iter().map(|source| gpu.pipeline(source)).collect();
        let passes = program
            .passes
            .iter()
            .map(|pass| {
                let pipeline = pipelines[pass.shader].clone();
                let group = bind(gpu, &pipeline, &buffers, &pass.bindings);
                (pipeline, group)
            })
            .collect();
        let usage = wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST;
        let answer = empty(gpu, program.buffers[buffer::OUTPUT].bytes, usage);
        Self { gpu, program, buffers, passes, answer }
    }

    /// Outputs of an image.
    pub fn run(&mut self, image: &[f32], wanted: Option<&Mask>) -> Outcome<Vec<f32>> {
        let job = self.program.job(wanted)?;
        self.submit(image, &job);
        self.read()
    }

    fn submit(&self, image: &[f32], job: &Job) {
        let write = |number: usize, bytes: Vec<u8>| {
            self.gpu.queue.write_buffer(&self.buffers[number], 0, &bytes);
        };
        write(buffer::IMAGE, bytes(image.iter().map(|x| x.to_le_bytes())));
        write(buffer::TILES, bytes(job.tiles.iter().map(|x| x.to_le_bytes())));
        write(buffer::WANTED, bytes(job.wanted.iter().map(|x| x.to_le_bytes())));
        for dispatches in &job.submissions {
            self.dispatch(dispatches);
        }
    }

    pub fn dispatch(&self, dispatches: &[Dispatch]) {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        for &Dispatch { pass: number, workgroups: [x, y, z], .. } in dispatches {
            let (pipeline, group) = &self.passes[number];
            pass.set_pipeline(pipeline);
            pass.set_bind_group(0, group, &[]);
            pass.dispatch_workgroups(x, y, z);
        }
        drop(pass);
        self.gpu.queue.submit([encoder.finish()]);
    }

    fn read(&self) -> Outcome<Vec<f32>> {
        let mut encoder = self.gpu.device.create_command_encoder(&Default::default());
        let output = &self.buffers[buffer::OUTPUT];
        encoder.copy_buffer_to_buffer(output, 0, &self.answer, 0, self.answer.size());
        self.gpu.queue.submit([encoder.finish()]);
        self.answer.slice(..).map_async(wgpu::MapMode::Read, |_| ());
        self.gpu.wait()?;
        let view = self.answer.slice(..).get_mapped_range()?;
        let (numbers, _) = view.as_chunks::<4>();
        let numbers = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        drop(view);
        self.answer.unmap();
        Ok(numbers)
    }
}

fn empty(gpu: &Gpu, bytes: usize, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    let size = bytes as u64;
    let descriptor = wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false };
    gpu.device.create_buffer(&descriptor)
}

fn bind(
    gpu: &Gpu,
    pipeline: &wgpu::ComputePipeline,
    buffers: &[wgpu::Buffer],
    bindings: &[Binding],
) -> wgpu::BindGroup {
    let entry = |(number, binding): (usize, &Binding)| wgpu::BindGroupEntry {
        binding: number as u32,
        resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer: &buffers[binding.buffer],
            offset: binding.offset as u64,
            size: wgpu::BufferSize::new(binding.bytes as u64),
        }),
    };
    let entries: Vec<_> = bindings.iter().enumerate().map(entry).collect();
    gpu.device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

fn bytes(words: impl Iterator<Item = [u8; 4]>) -> Vec<u8> {
    words.flatten().collect()
}
