//! The search of one slice: what is asked of the network, and what is kept of its answer.
//!
//! An engine that answers later takes its [`Question`] and its [`Answer`] apart; the rule is the same.

use crate::candidates::KEEP;
use crate::input::{Crop, Planes};
use crate::model::{Floor, Manifest};
use std::ops::Range;
use unet::{Engine, Mask};

/// Pixels of the crop and their probabilities.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    pub pixels: Vec<u32>,
    pub probabilities: Vec<f32>,
}

/// What is asked of the network.
pub struct Question {
    /// `[channel][row][column]`.
    pub image: Vec<f32>,
    pub wanted: Mask,
}

/// Whether the network computes all pixels of a slice, or those that can belong to a finding. Both find the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    Wanted,
    Whole,
}

#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    #[error("planes of {given} pixels came, not of {expected}")]
    Planes { expected: usize, given: usize },
    #[error("of {above} pixels above the floor {wanted} were to be searched")]
    Demand { above: usize, wanted: usize },
    #[error(transparent)]
    Engine(#[from] unet::Error),
    #[error("the network has no output {0}")]
    Output(usize),
}

/// Searches a slice by its planes.
pub fn search(
    planes: &Planes,
    manifest: &Manifest,
    crop: Crop,
    engine: &mut Engine,
    extent: Extent,
) -> Result<Answer, SearchError> {
    let Some(Question { image, wanted }) = Question::of(planes, manifest, crop)? else {
        return Ok(Answer::default());
    };
    let asked = (extent == Extent::Wanted).then_some(&wanted);
    Answer::of(&engine.run(&image, asked)?, &wanted, manifest)
}

impl Question {
    /// `None` of a slice in which nothing is wanted: it needs no network.
    pub fn of(
        planes: &Planes,
        manifest: &Manifest,
        crop: Crop,
    ) -> Result<Option<Self>, SearchError> {
        let expected = manifest.offsets_mm().len() * crop.len();
        if planes.hu.len() != expected {
            return Err(SearchError::Planes { expected, given: planes.hu.len() });
        }
        let hu = planes.centre(crop);
        let wanted = wanted(hu, &planes.skeleton, crop, manifest.floor);
        // Counted apart: a demand that lost pixels would find no stone, and say so.
        let above = above(hu, &planes.skeleton, manifest.floor);
        if wanted.count() < above {
            return Err(SearchError::Demand { above, wanted: wanted.count() });
        }
        if wanted.is_empty() {
            return Ok(None);
        }
        Ok(Some(Self { image: planes.channels(&manifest.input.channels, crop), wanted }))
    }
}

impl Answer {
    /// What is worth keeping of the network's outputs `[class][row][column]`.
    pub fn of(outputs: &[f32], wanted: &Mask, manifest: &Manifest) -> Result<Self, SearchError> {
        let pixels = wanted.rows() * wanted.columns();
        let class = manifest.output * pixels..(manifest.output + 1) * pixels;
        let probabilities = outputs.get(class).ok_or(SearchError::Output(manifest.output))?;
        Ok(keep(probabilities, wanted))
    }
}

/// Pixels that can belong to a finding: those within the floor's reach of one above it, without the skeleton.
pub fn wanted(hu: &[i16], skeleton: &[u32], crop: Crop, floor: Floor) -> Mask {
    let mut mask = Mask::none(crop.height, crop.width);
    for (row, line) in hu.chunks_exact(crop.width).enumerate() {
        for (column, _) in line.iter().enumerate().filter(|(_, hu)| **hu >= floor.hu) {
            mask.set(row, column);
        }
    }
    let leave_out = |mask: &mut Mask| stretches(skeleton).for_each(|pixels| mask.remove(pixels));
    leave_out(&mut mask);
    mask.grow(floor.reach);
    leave_out(&mut mask);
    mask
}

/// How many pixels are above the floor, and not of the skeleton.
pub fn above(hu: &[i16], skeleton: &[u32], floor: Floor) -> usize {
    let mut searched = vec![true; hu.len()];
    for pixels in stretches(skeleton) {
        searched.iter_mut().take(pixels.end).skip(pixels.start).for_each(|it| *it = false);
    }
    hu.iter().zip(searched).filter(|(hu, searched)| *searched && **hu >= floor.hu).count()
}

fn stretches(ends: &[u32]) -> impl Iterator<Item = Range<usize>> {
    ends.as_chunks().0.iter().map(|&[from, to]| from as usize..to as usize)
}

/// What is worth keeping: wanted pixels that could become part of a component.
fn keep(probabilities: &[f32], wanted: &Mask) -> Answer {
    let mut answer = Answer::default();
    for row in 0..wanted.rows() {
        for column in wanted.row(row) {
            let at = row * wanted.columns() + column;
            if let Some(&probability) = probabilities.get(at).filter(|p| **p >= KEEP) {
                answer.pixels.push(at as u32);
                answer.probabilities.push(probability);
            }
        }
    }
    answer
}
