//! Labels as NIfTI over a series that is at hand: which of its voxels have which number.
//!
//! The file may count its axes otherwise than the series does, as long as its voxels are the same places.

use super::header::{Header, sniff};
use super::place::{Grid, Placed};
use super::{dimensions, scaling, stored};
use crate::frame::{Modality, Stored};
use crate::limits::Limits;
use crate::refusal::{Code, Fault, Refusal};
use flate2::bufread::MultiGzDecoder;
use glam::DVec3;
use std::collections::BTreeMap;
use std::io::{self, Read};
use volume::{Affine, Geometry, Patient};

/// The voxels `[i, j, k]` of each number, in ascending order of k, j, i.
pub type LabelVoxels = BTreeMap<u32, Vec<[usize; 3]>>;

/// More than anyone draws: what has more values than this, or more voxels, is an image.
const MOST_LABELS: usize = 1000;
const MOST_VOXELS: usize = 16 << 20;
/// How far a voxel may lie from the series' own, as a share of one.
const OFF: f64 = 0.1;

/// Reads a whole file, gzipped or not; `path` names it in a refusal. `None` where its voxels are not those of the series.
pub fn labels(
    path: &str,
    file: &[u8],
    geometry: &Geometry,
    limits: &Limits,
) -> Result<Option<LabelVoxels>, Refusal> {
    read(file, geometry, limits).map_err(|fault| fault.at(path))
}

fn read(file: &[u8], geometry: &Geometry, limits: &Limits) -> Result<Option<LabelVoxels>, Fault> {
    let mut unpacked: Box<dyn Read + '_> = match file.starts_with(b"\x1f\x8b") {
        true => Box::new(MultiGzDecoder::new(file)),
        false => Box::new(file),
    };
    let cut = |_: io::Error| Fault::new(Code::Truncated, "the file is damaged or cut");
    let mut start = Vec::new();
    unpacked.by_ref().take(LONGEST_HEADER).read_to_end(&mut start).map_err(cut)?;
    let (layout, big) = sniff(&start).ok_or_else(|| Fault::new(Code::NotDicom, "no NIfTI"))?;
    let bytes = start.get(..layout.length);
    let bytes = bytes.ok_or_else(|| Fault::new(Code::Truncated, "the file ends in its header"))?;
    let header = Header { bytes, layout, big };
    if header.is_apart() {
        return Err(Fault::new(Code::NoPixels, "the voxels are in another file"));
    }
    let size = dimensions(&header, limits)?;
    let stored = stored(header.datatype())?;
    let Some(onto) = Onto::new(size, Grid::read(&header).placed, geometry) else { return Ok(None) };
    let Modality::Linear { slope, intercept } = scaling(&header) else { return Ok(None) };

    let mut voxels = start.chain(unpacked);
    let offset = header.voxel_offset()?;
    let skipped = io::copy(&mut voxels.by_ref().take(offset), &mut io::sink()).map_err(cut)?;
    if skipped < offset {
        return Err(Fault::new(Code::Truncated, "the file ends before its voxels"));
    }
    let mut found = LabelVoxels::new();
    let mut left = MOST_VOXELS;
    // A row at a time: what a header claims costs nothing.
    let mut row = vec![0; size[0] * stored.cell()];
    for (k, j) in (0..size[2]).flat_map(|k| (0..size[1]).map(move |j| (k, j))) {
        voxels.read_exact(&mut row).map_err(cut)?;
        for (i, cell) in row.chunks_exact(stored.cell()).enumerate() {
            let number = value(cell, stored, big) * slope + intercept;
            if number == 0.0 {
                continue;
            }
            let label = whole(number).ok_or_else(no_label)?;
            left = left.checked_sub(1).ok_or_else(no_label)?;
            found.entry(label).or_default().push(onto.voxel([i, j, k]));
        }
        if found.len() > MOST_LABELS {
            return Err(no_label());
        }
    }
    for voxels in found.values_mut() {
        volume::sort_voxels(voxels);
    }
    Ok(Some(found))
}

/// Of NIfTI-2.
const LONGEST_HEADER: u64 = 540;

fn no_label() -> Fault {
    Fault::new(Code::UnsupportedPixelFormat, "an image, no labels")
}

/// A label's number; some programs write them as reals.
fn whole(number: f64) -> Option<u32> {
    (number.fract() == 0.0 && (1.0..=f64::from(u16::MAX)).contains(&number))
        .then_some(number as u32)
}

fn value(cell: &[u8], stored: Stored, big: bool) -> f64 {
    let join = |bits: u64, &byte: &u8| bits << 8 | u64::from(byte);
    let bits = if big { cell.iter().fold(0, join) } else { cell.iter().rev().fold(0, join) };
    let unused = 64 - 8 * cell.len() as u32;
    match stored {
        Stored::Integer { signed: true, .. } => ((bits << unused) as i64 >> unused) as f64,
        Stored::Integer { signed: false, .. } => bits as f64,
        Stored::Float32 => f64::from(f32::from_bits(bits as u32)),
        Stored::Float64 => f64::from_bits(bits),
    }
}

/// From voxels of a file to those of the series.
struct Onto {
    first: [i64; 3],
    steps: [[i64; 3]; 3],
}

impl Onto {
    /// `None` where the file's voxels are others.
    fn new(size: [usize; 3], placed: Option<Placed>, geometry: &Geometry) -> Option<Self> {
        let own = [geometry.columns, geometry.rows, geometry.slices];
        let (placed, affine) = match (placed, geometry.affine) {
            (Some(placed), Some(affine)) => (placed, affine),
            // Where neither has a place, they can only be counted.
            (None, None) => {
                let steps = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
                return (size == own).then_some(Self { first: [0; 3], steps });
            }
            _ => return None,
        };
        let at = |v: [f64; 3]| places(&placed, &affine, v);
        let near = |v: DVec3| ((v - v.round()).abs().max_element() < OFF).then(|| v.round());
        let last = size.map(|n| n as f64 - 1.0);
        // Corners that lie on corners have all voxels between them on voxels.
        let first = near(at([0.0; 3]))?;
        let far = near(at(last))?;
        let mut steps = [[0; 3]; 3];
        for axis in 0..3 {
            let mut corner = [0.0; 3];
            corner[axis] = last[axis];
            let along = near(at(corner))? - first;
            let whole = along / last[axis].max(1.0);
            (whole.fract() == DVec3::ZERO).then_some(())?;
            steps[axis] = whole.to_array().map(|n| n as i64);
        }
        let onto = Self { first: first.to_array().map(|n| n as i64), steps };
        let most = own.map(|n| n as f64 - 1.0);
        let ends = [first, far].map(|end| end.to_array());
        let spans = |axis: usize| {
            let [a, b] = ends.map(|end| end[axis]);
            a.min(b) == 0.0 && a.max(b) == most[axis]
        };
        let same = size.iter().product::<usize>() == own.iter().product();
        (same && (0..3).all(spans)).then_some(onto)
    }

    /// Within the series: its corners are the file's.
    fn voxel(&self, file: [usize; 3]) -> [usize; 3] {
        let mut at = self.first;
        for (step, n) in self.steps.iter().zip(file) {
            for (at, step) in at.iter_mut().zip(step) {
                *at += step * n as i64;
            }
        }
        at.map(|n| n.max(0) as usize)
    }
}

fn places(placed: &Placed, affine: &Affine, [i, j, k]: [f64; 3]) -> DVec3 {
    let [along, down] = placed.steps;
    affine.voxel(Patient(placed.origin + along * i + down * j + placed.step * k)).0
}
