//! Runs a plan as its definition reads: one pixel after another, in double precision.

use unet::plan::{Activation, Filter, Head, Op, Plan, Step, ValueId};

/// Every channel of the output, of an image given channel by channel.
pub fn run(plan: &Plan, rows: usize, columns: usize, image: &[f32]) -> Vec<f32> {
    let input = Image { rows, columns, pixels: image.iter().map(|&v| v.into()).collect() };
    let mut images: Vec<Option<Image>> = vec![None; plan.values.len()];
    images[0] = Some(input);
    for step in &plan.steps {
        let inputs: Vec<&Image> = step.inputs.iter().filter_map(|&i| images[i].as_ref()).collect();
        images[step.output] = Some(made(plan, step, &inputs));
    }
    let last = plan.steps.last().and_then(|step| images[step.output].take());
    let output = headed(plan.head, last.unwrap_or_default());
    output.pixels.iter().map(|&value| value as f32).collect()
}

#[derive(Clone, Default)]
struct Image {
    rows: usize,
    columns: usize,
    /// Channel by channel, row by row.
    pixels: Vec<f64>,
}

impl Image {
    fn len(&self) -> usize {
        self.rows * self.columns
    }

    fn channels(&self) -> usize {
        self.pixels.len() / self.len()
    }

    /// 0 outside.
    fn at(&self, channel: usize, row: isize, column: isize) -> f64 {
        let inside = |at: isize, len: usize| (0..len as isize).contains(&at);
        if !inside(row, self.rows) || !inside(column, self.columns) {
            return 0.0;
        }
        self.pixels[(channel * self.rows + row as usize) * self.columns + column as usize]
    }

    /// The nearest pixel inside.
    fn nearest(&self, channel: usize, row: isize, column: isize) -> f64 {
        let row = row.clamp(0, self.rows as isize - 1);
        self.at(channel, row, column.clamp(0, self.columns as isize - 1))
    }

    /// An image whose pixels follow from their channel, row and column.
    fn of(
        channels: usize,
        [rows, columns]: [usize; 2],
        pixel: impl Fn(usize, isize, isize) -> f64,
    ) -> Self {
        let pixels = (0..channels * rows * columns).map(|at| {
            let (row, column) = (at / columns % rows, at % columns);
            pixel(at / columns / rows, row as isize, column as isize)
        });
        Self { rows, columns, pixels: pixels.collect() }
    }
}

fn made(plan: &Plan, step: &Step, inputs: &[&Image]) -> Image {
    let pixels = inputs.iter().flat_map(|image| image.pixels.iter().copied());
    let Image { rows, columns, .. } = *inputs[0];
    let channels = plan.values[step.output as ValueId].channels;
    let (same, double) = ([rows, columns], [2 * rows, 2 * columns]);
    if let Op::Add(activation) = step.op {
        let sum = |c, y, x| bent(activation, inputs[0].at(c, y, x) + inputs[1].at(c, y, x));
        return Image::of(channels, same, sum);
    }
    let from = Image { rows, columns, pixels: pixels.collect() };
    match step.op {
        Op::Conv3(filter) => {
            Image::of(channels, same, |c, y, x| convolved(plan, filter, &from, 3, c, y, x))
        }
        Op::Conv1(filter) => {
            Image::of(channels, same, |c, y, x| convolved(plan, filter, &from, 1, c, y, x))
        }
        Op::Up(filter) => {
            Image::of(channels, double, |c, y, x| up(plan, filter, &from, channels, c, y, x))
        }
        Op::MaxPool => Image::of(channels, [rows / 2, columns / 2], |c, y, x| {
            let four = [(0, 0), (0, 1), (1, 0), (1, 1)];
            let value = |(dy, dx)| from.at(c, 2 * y + dy, 2 * x + dx);
            four.map(value).into_iter().fold(f64::NEG_INFINITY, f64::max)
        }),
        Op::Nearest => Image::of(channels, double, |c, y, x| from.at(c, y / 2, x / 2)),
        Op::Bilinear => Image::of(channels, double, |c, y, x| bilinear(&from, c, y, x)),
        Op::Add(_) => from,
    }
}

fn convolved(
    plan: &Plan,
    filter: Filter,
    from: &Image,
    side: usize,
    channel: usize,
    row: isize,
    column: isize,
) -> f64 {
    let half = (side / 2) as isize;
    let len = from.channels() * side * side;
    let weights = &plan.weights[filter.weights + channel * len..][..len];
    let mut sum = f64::from(plan.weights[filter.bias + channel]);
    for (at, &weight) in weights.iter().enumerate() {
        let (dy, dx) = (at / side % side, at % side);
        let (y, x) = (row + dy as isize - half, column + dx as isize - half);
        sum += f64::from(weight) * from.at(at / side / side, y, x);
    }
    bent(filter.activation, sum)
}

fn up(
    plan: &Plan,
    filter: Filter,
    from: &Image,
    channels: usize,
    channel: usize,
    row: isize,
    column: isize,
) -> f64 {
    let tap = (row % 2 * 2 + column % 2) as usize;
    let mut sum = f64::from(plan.weights[filter.bias + channel]);
    for inward in 0..from.channels() {
        let weight = plan.weights[filter.weights + 4 * (inward * channels + channel) + tap];
        sum += f64::from(weight) * from.at(inward, row / 2, column / 2);
    }
    bent(filter.activation, sum)
}

fn bilinear(from: &Image, channel: usize, row: isize, column: isize) -> f64 {
    // Pixel centres lie at halves, so both of two pixels are a quarter off the one that they stand in.
    let near_and_far = |at: isize| (at / 2, if at % 2 == 0 { at / 2 - 1 } else { at / 2 + 1 });
    let ((y, beside_y), (x, beside_x)) = (near_and_far(row), near_and_far(column));
    let across = |y| 0.75 * from.nearest(channel, y, x) + 0.25 * from.nearest(channel, y, beside_x);
    0.75 * across(y) + 0.25 * across(beside_y)
}

fn bent(activation: Activation, value: f64) -> f64 {
    match activation {
        Activation::Relu if value < 0.0 => 0.0,
        Activation::LeakyRelu(slope) if value < 0.0 => value * f64::from(slope),
        _ => value,
    }
}

fn headed(head: Head, image: Image) -> Image {
    let channels = image.channels();
    let size = [image.rows, image.columns];
    match head {
        Head::Linear => image,
        Head::Sigmoid => {
            Image::of(channels, size, |c, y, x| 1.0 / (1.0 + (-image.at(c, y, x)).exp()))
        }
        Head::Softmax => Image::of(channels, size, |c, y, x| {
            // Relative to this channel nothing overflows that would not be 0 in the end.
            let others = (0..channels).map(|k| (image.at(k, y, x) - image.at(c, y, x)).exp());
            1.0 / others.sum::<f64>()
        }),
    }
}
