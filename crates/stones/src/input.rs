//! The planes that the network sees of a slice: the body's box, the slices before and after, the windows.

use crate::model::{Channel, offsets_mm};
use crate::turn::Turn;
use volume::Volume;

/// HU above which a voxel belongs to the body or its clothes, not to air.
const BODY_HU: i16 = -300;
/// A row or column belongs to the body's box when this many of its pixels do.
const BODY_PIXELS: usize = 8;
/// Pixels of air kept around the body, so that the network sees the skin as in training.
const MARGIN: usize = 8;
/// One slice in this many is looked at to find the box.
const SLICE_STRIDE: usize = 4;

/// The part of every slice that the network sees, in pixels of the slice as it is turned for it. It may reach over the right
/// and lower edge, where it holds nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Crop {
    pub turn: Turn,
    pub left: usize,
    pub top: usize,
    pub width: usize,
    pub height: usize,
}

impl Crop {
    /// The box of the body over all slices, padded to a multiple of `multiple_of`; the whole image if there
    /// is no body to see.
    pub fn around_body(volume: &Volume, multiple_of: usize) -> Self {
        let (columns, rows) = (volume.geometry.columns, volume.geometry.rows);
        let mut across = Extent::default();
        let mut down = Extent::default();
        for k in (0..volume.geometry.slices).step_by(SLICE_STRIDE) {
            let slice = volume.slice(k);
            let mut in_column = vec![0usize; columns];
            for (j, line) in slice.chunks_exact(columns).enumerate() {
                let mut in_row = 0;
                for (count, _) in in_column.iter_mut().zip(line).filter(|(_, hu)| **hu > BODY_HU) {
                    *count += 1;
                    in_row += 1;
                }
                down.add(j, in_row);
            }
            for (i, count) in in_column.into_iter().enumerate() {
                across.add(i, count);
            }
        }
        let turn = Turn::of(&volume.geometry);
        let [from_last_column, from_last_row] = turn.from_last;
        let extents = [across.shown(from_last_column), down.shown(from_last_row)];
        let [(across, columns), (down, rows)] =
            turn.ordered([(extents[0], columns), (extents[1], rows)]);
        let (left, width) = across.padded(columns, multiple_of);
        let (top, height) = down.padded(rows, multiple_of);
        Self { turn, left, top, width, height }
    }

    /// All of an image, as it is stored.
    pub fn whole(columns: usize, rows: usize) -> Self {
        Self { turn: Turn::NONE, left: 0, top: 0, width: columns, height: rows }
    }

    /// Column and row of the image, of a pixel of the crop.
    pub fn stored(&self, pixel: usize) -> Option<[usize; 2]> {
        self.turn.stored([pixel % self.width + self.left, pixel / self.width + self.top])
    }

    /// Column and row of its middle, as they are shown.
    pub fn middle(&self) -> [f64; 2] {
        let middle = |first: usize, size: usize| first as f64 + (size as f64 - 1.0) / 2.0;
        [middle(self.left, self.width), middle(self.top, self.height)]
    }

    pub fn len(&self) -> usize {
        self.width * self.height
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[derive(Clone, Copy, Default)]
struct Extent(Option<(usize, usize)>);

impl Extent {
    fn add(&mut self, at: usize, pixels: usize) {
        if pixels >= BODY_PIXELS {
            let (first, last) = self.0.unwrap_or((at, at));
            self.0 = Some((first.min(at), last.max(at)));
        }
    }

    /// The same, counted from the last one, if it is.
    fn shown(self, last: Option<usize>) -> Self {
        match (last, self.0) {
            (Some(last), Some((from, to))) => Self(Some((last - to, last - from))),
            _ => self,
        }
    }

    /// Start and padded length.
    fn padded(self, size: usize, multiple_of: usize) -> (usize, usize) {
        let (first, last) = self.0.unwrap_or((0, size.saturating_sub(1)));
        let first = first.saturating_sub(MARGIN);
        let last = (last + MARGIN).min(size.saturating_sub(1));
        (first, (last - first + 1).next_multiple_of(multiple_of))
    }
}

/// What is shown of one slice, cropped.
#[derive(Clone, Debug, PartialEq)]
pub struct Planes {
    /// HU of it and its neighbours: plane after plane, one for each distinct offset.
    pub hu: Vec<i16>,
    /// What is not searched of it: where stretches of pixels begin and end, one after another.
    pub skeleton: Vec<u32>,
}

/// HU of what lies outside the image. All windows map it to 0.
const OUTSIDE: i16 = i16::MIN;

impl Planes {
    /// Cuts the planes of slice `k`: at `offset_mm` towards the head, mixed from the two nearest slices; past
    /// the ends of the scan the end slice stands in.
    pub fn cut(volume: &Volume, k: usize, offsets_mm: &[f64], crop: Crop) -> Self {
        let mut hu = Vec::with_capacity(crop.len() * offsets_mm.len());
        let positions = &volume.geometry.positions_mm;
        let last = volume.geometry.slices.saturating_sub(1) as f64;
        let to_feet = volume.geometry.affine.is_some_and(|affine| affine.normal().z < 0.0);
        let along = if to_feet { -1.0 } else { 1.0 };
        for &offset in offsets_mm {
            let at = match positions.get(k) {
                Some(position) if offset != 0.0 => {
                    volume.geometry.slice_at(position + along * offset).clamp(0.0, last)
                }
                _ => k as f64,
            };
            let below = at.floor() as usize;
            push_mixed(volume, below, at - below as f64, crop, &mut hu);
        }
        Self { hu, skeleton: Vec::new() }
    }

    /// HU of the slice itself.
    pub fn centre(&self, crop: Crop) -> &[i16] {
        self.hu.get(..crop.len()).unwrap_or(&[])
    }

    /// A network's input, channel by channel, from these planes.
    pub fn channels(&self, channels: &[Channel], crop: Crop) -> Vec<f32> {
        let offsets = offsets_mm(channels);
        let mut image = Vec::with_capacity(crop.len() * channels.len());
        for channel in channels {
            let plane = offsets.iter().position(|o| *o == channel.offset_mm).unwrap_or(0);
            let hu = self.hu.get(plane * crop.len()..(plane + 1) * crop.len()).unwrap_or(&[]);
            let scale = 1.0 / (channel.high_hu - channel.low_hu);
            image.extend(
                hu.iter().map(|&hu| ((f32::from(hu) - channel.low_hu) * scale).clamp(0.0, 1.0)),
            );
        }
        image
    }
}

fn push_mixed(volume: &Volume, below: usize, weight: f64, crop: Crop, out: &mut Vec<i16>) {
    let (columns, rows) = (volume.geometry.columns, volume.geometry.rows);
    let (a, b) = (volume.slice(below), volume.slice(below + 1));
    let weight = if weight > 1e-3 && !b.is_empty() { weight as f32 } else { 0.0 };
    let mixed = |a: i16, b: i16| {
        let (a, b) = (f32::from(a), f32::from(b));
        // Between two HU it fits, which a processor need not be made to look at.
        (a + (b - a) * weight).round_ties_even() as i32 as i16
    };
    if crop.turn != Turn::NONE {
        let other = if weight > 0.0 { b } else { a };
        let hu = |[i, j]: [usize; 2]| {
            let at = (i < columns && j < rows).then_some(j * columns + i)?;
            Some(mixed(*a.get(at)?, *other.get(at)?))
        };
        out.extend((0..crop.len()).map(|at| crop.stored(at).and_then(hu).unwrap_or(OUTSIDE)));
        return;
    }
    for j in crop.top..crop.top + crop.height {
        let start = out.len();
        if j < rows {
            let line = j * columns + crop.left..j * columns + (crop.left + crop.width).min(columns);
            if weight > 0.0 {
                out.extend(a[line.clone()].iter().zip(&b[line]).map(|(&a, &b)| mixed(a, b)));
            } else {
                out.extend_from_slice(&a[line]);
            }
        }
        out.resize(start + crop.width, OUTSIDE);
    }
}
