//! The plan under construction: steps are added, and what can be done by the step before is put into it.

use super::image::Image;
use crate::plan::{
    Activation, Filter, Head, MOST_CHANNELS, MOST_LEVELS, Op, Plan, Step, Value, ValueId,
};

pub struct Draft {
    plan: Plan,
}

impl Draft {
    /// Nothing but an input.
    pub fn of(channels: usize) -> Self {
        let values = vec![Value { channels, level: 0 }];
        Self { plan: Plan { values, steps: vec![], head: Head::Linear, weights: vec![] } }
    }

    /// `None` is an image that no plan may have.
    pub fn step(
        &mut self,
        op: Op,
        inputs: &[ValueId],
        channels: usize,
        level: u32,
    ) -> Option<ValueId> {
        if channels > MOST_CHANNELS || level > MOST_LEVELS {
            return None;
        }
        let output = self.plan.values.len();
        self.plan.values.push(Value { channels, level });
        self.plan.steps.push(Step { op, inputs: inputs.to_vec(), output });
        Some(output)
    }

    /// Weights in the order that their step wants.
    pub fn filter(&mut self, weights: &[f32], bias: &[f32]) -> Filter {
        let stored = &mut self.plan.weights;
        let at = stored.len();
        stored.extend(weights);
        stored.extend(bias);
        Filter { weights: at, bias: at + weights.len(), activation: Activation::None }
    }

    pub fn channels(&self, value: ValueId) -> usize {
        self.plan.values[value].channels
    }

    pub fn channels_of(&self, image: &Image) -> usize {
        image.parts.iter().map(|&part| self.channels(part)).sum()
    }

    /// Of all its parts, or `None` where they are of several sizes.
    pub fn level_of(&self, image: &Image) -> Option<u32> {
        let mut levels = image.parts.iter().map(|&part| self.plan.values[part].level);
        let first = levels.next()?;
        levels.all(|level| level == first).then_some(first)
    }

    /// Every channel times its `scale`, plus its `offset`.
    pub fn scaled(&mut self, image: &Image, scale: &[f32], offset: &[f32]) -> Option<Image> {
        if self.scale_in_place(image, scale, offset) {
            return Some(image.clone());
        }
        let value = self.diagonal(image, scale, offset)?;
        Some(image.with(vec![value]))
    }

    /// What is not negative as it is, and what is as `activation` says.
    pub fn activated(&mut self, image: &Image, activation: Activation) -> Option<Image> {
        if let Some(step) = self.open_step(image)
            && let Some(slot) = bend(&mut step.op)
        {
            *slot = activation;
            return Some(image.clone());
        }
        let value = self.unchanged(image)?;
        let activated = image.with(vec![value]);
        *bend(&mut self.open_step(&activated)?.op)? = activation;
        Some(activated)
    }

    /// The image as one value.
    pub fn whole(&mut self, image: &Image) -> Option<ValueId> {
        match image.parts[..] {
            [value] => Some(value),
            _ => self.unchanged(image),
        }
    }

    /// The plan whose output is `image`.
    pub fn finished(mut self, image: &Image, head: Head) -> Option<Plan> {
        let output = self.whole(image)?;
        if self.plan.output() != Some(output) {
            self.unchanged(&image.with(vec![output]))?;
        }
        Some(Plan { head, ..self.plan })
    }

    fn unchanged(&mut self, image: &Image) -> Option<ValueId> {
        let channels = self.channels_of(image);
        self.diagonal(image, &vec![1.0; channels], &vec![0.0; channels])
    }

    /// What no step before can do is a 1×1 convolution in which every channel sees only itself.
    fn diagonal(&mut self, image: &Image, scale: &[f32], offset: &[f32]) -> Option<ValueId> {
        let (channels, level) = (self.channels_of(image), self.level_of(image)?);
        if channels > MOST_CHANNELS {
            return None;
        }
        let mut weights = vec![0.0; channels * channels];
        for (channel, &scale) in scale.iter().enumerate() {
            weights[channel * (channels + 1)] = scale;
        }
        let filter = self.filter(&weights, offset);
        self.step(Op::Conv1(filter), &image.parts, channels, level)
    }

    fn scale_in_place(&mut self, image: &Image, scale: &[f32], offset: &[f32]) -> bool {
        let Some(step) = self.open_step(image).cloned() else { return false };
        let (inward, outward) = (self.plan.inward(&step), self.channels(step.output));
        let Some((filter, len)) = step.op.filter(inward, outward) else { return false };
        let channel_of = |at: usize| match step.op {
            Op::Up(_) => at / 4 % outward,
            _ => at / (len / outward),
        };
        for (at, weight) in self.plan.weights[filter.weights..][..len].iter_mut().enumerate() {
            *weight *= scale[channel_of(at)];
        }
        let bias = &mut self.plan.weights[filter.bias..][..outward];
        for ((bias, scale), offset) in bias.iter_mut().zip(scale).zip(offset) {
            *bias = *bias * scale + offset;
        }
        true
    }

    /// The step that writes an image, if it may be changed: nobody else reads it, and it has no activation yet.
    fn open_step(&mut self, image: &Image) -> Option<&mut Step> {
        let &[value] = &image.parts[..] else { return None };
        let step = self.plan.steps.iter_mut().rfind(|step| step.output == value)?;
        (!image.shared && step.op.activation() == Activation::None).then_some(step)
    }
}

/// Where a step has room for an activation.
fn bend(op: &mut Op) -> Option<&mut Activation> {
    match op {
        Op::Conv3(filter) | Op::Conv1(filter) | Op::Up(filter) => Some(&mut filter.activation),
        Op::Add(activation) => Some(activation),
        Op::MaxPool | Op::Nearest | Op::Bilinear => None,
    }
}
