//! Where the urinary tract is: a coarse network's word on the place of a candidate, in the slice that it is seen in.

use crate::candidates::Candidate;
use crate::input::{Crop, Planes};
use crate::model::{Organ, TractNetwork, offsets_mm};
use crate::turn::Turn;
use std::collections::HashMap;
use unet::{Engine, Error, Model, Shape};
use volume::{Geometry, Volume};

/// A cell belongs to an organ from this score on.
const SEEN: f32 = 0.5;

/// The network, laid out for one series. A slice is computed once.
pub struct Tract {
    said: TractNetwork,
    engine: Engine,
    turn: Turn,
    /// The cell of each column and of each row, where there is one.
    columns: Vec<Option<usize>>,
    rows: Vec<Option<usize>>,
    /// How many pixels each cell has.
    pixels: Vec<f32>,
    /// Probabilities `[organ][row][column]`, slice by slice.
    seen: HashMap<usize, Vec<f32>>,
}

/// How sure it is that a place belongs to each part of the urinary tract.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct OnTract {
    pub kidney: f32,
    pub ureter: f32,
    pub bladder: f32,
    /// How far (mm) from the middle of the kidney on its side, towards the middle of the body; `None` where no kidney is.
    pub medial_mm: Option<f32>,
}

impl OnTract {
    /// That it belongs to any.
    pub fn score(self) -> f32 {
        self.kidney.max(self.ureter).max(self.bladder)
    }

    fn take(&mut self, organ: Organ, score: f32) {
        let most = match organ {
            Organ::Kidney => &mut self.kidney,
            Organ::Ureter => &mut self.ureter,
            Organ::Bladder => &mut self.bladder,
        };
        *most = most.max(score);
    }
}

impl Tract {
    /// `None` of a series whose pixels have no size.
    ///
    /// # Errors
    /// The network is not what is said of it.
    pub fn new(
        said: TractNetwork,
        network: &Model,
        volume: &Volume,
    ) -> Result<Option<Self>, Error> {
        let Some(affine) = volume.geometry.affine else { return Ok(None) };
        let shape = Shape { channels: said.channels.len(), rows: said.rows, columns: said.columns };
        let engine = network.prepare(shape)?;
        let [across, down, _] = affine.spacing_mm();
        let body = Crop::around_body(volume, 1);
        let (turn, [column, row]) = (body.turn, body.middle());
        let Geometry { columns, rows, .. } = volume.geometry;
        let [(columns, across), (rows, down)] = turn.ordered([(columns, across), (rows, down)]);
        let columns = cells(columns, column, across / said.cell_mm, said.columns);
        let rows = cells(rows, row, down / said.cell_mm, said.rows);
        let count = |of: &[Option<usize>], cell| of.iter().filter(|at| **at == Some(cell)).count();
        let pixels = (0..said.rows)
            .flat_map(|row| (0..said.columns).map(move |column| (row, column)))
            .map(|(row, column)| (count(&rows, row) * count(&columns, column)) as f32)
            .collect();
        Ok(Some(Self { said, engine, turn, columns, rows, pixels, seen: HashMap::new() }))
    }

    /// The highest probability of each organ over the candidate's voxels in the slice that holds most of them.
    ///
    /// # Errors
    /// The network can't be run.
    pub fn of(&mut self, volume: &Volume, candidate: &Candidate) -> Result<Option<OnTract>, Error> {
        match candidate.widest().first() {
            Some(&[.., slice]) => self.at(volume, candidate, slice),
            None => Ok(None),
        }
    }

    /// The same of a candidate of which more may come: in a slice of it that has been looked at, if there is one.
    ///
    /// # Errors
    /// The network can't be run.
    pub fn so_far(
        &mut self,
        volume: &Volume,
        candidate: &Candidate,
    ) -> Result<Option<OnTract>, Error> {
        let mut slices = candidate.voxels.iter().map(|voxel| voxel[2]);
        match slices.find(|slice| self.seen.contains_key(slice)) {
            Some(slice) => self.at(volume, candidate, slice),
            None => self.of(volume, candidate),
        }
    }

    fn at(
        &mut self,
        volume: &Volume,
        candidate: &Candidate,
        slice: usize,
    ) -> Result<Option<OnTract>, Error> {
        if !self.seen.contains_key(&slice) {
            let organs = self.look(volume, slice)?;
            self.seen.insert(slice, organs);
        }
        let Some(organs) = self.seen.get(&slice) else { return Ok(None) };
        let cells = self.said.rows * self.said.columns;
        let mut highest = None;
        let here = candidate.voxels.iter().filter(|voxel| voxel[2] == slice);
        for [i, j] in here.map(|&[i, j, _]| self.turn.shown([i, j])) {
            let Some(at) = self.cell(i, j) else { continue };
            let highest = highest.get_or_insert_with(OnTract::default);
            for (&organ, of) in self.said.organs.iter().zip(organs.chunks_exact(cells)) {
                highest.take(organ, of.get(at).copied().unwrap_or(0.0));
            }
        }
        let columns = candidate.voxels.iter().filter(|voxel| voxel[2] == slice);
        let columns: Vec<usize> = columns
            .filter_map(|&[i, j, _]| *self.columns.get(self.turn.shown([i, j])[0])?)
            .collect();
        let kidney = self.said.organs.iter().position(|organ| *organ == Organ::Kidney);
        let kidney = kidney.and_then(|at| organs.chunks_exact(cells).nth(at));
        Ok(highest.map(|on| OnTract { medial_mm: self.medial_mm(kidney, mean(&columns)), ..on }))
    }

    /// How far a column of cells lies from the middle of the kidney's cells on its side of the body, towards the body's middle.
    fn medial_mm(&self, kidney: Option<&[f32]>, column: Option<f32>) -> Option<f32> {
        let (kidney, column) = (kidney?, column?);
        let middle = (self.said.columns as f32 - 1.0) / 2.0;
        let side = (column - middle).signum();
        let there = kidney.iter().enumerate().filter(|(_, score)| **score >= SEEN);
        let columns: Vec<usize> = there.map(|(at, _)| at % self.said.columns).collect();
        let beside: Vec<usize> =
            columns.into_iter().filter(|of| side * (*of as f32 - middle) > 0.0).collect();
        Some(side * (mean(&beside)? - column) * self.said.cell_mm as f32)
    }

    fn look(&mut self, volume: &Volume, slice: usize) -> Result<Vec<f32>, Error> {
        let [width, height] = self.turn.ordered([volume.geometry.columns, volume.geometry.rows]);
        let whole = Crop { turn: self.turn, ..Crop::whole(width, height) };
        let planes = Planes::cut(volume, slice, &offsets_mm(&self.said.channels), whole);
        let fine = planes.channels(&self.said.channels, whole);
        self.engine.run(&self.coarse(&fine, whole), None)
    }

    /// Channels of a whole image in cells; a cell that has no pixel is 0, as air is.
    fn coarse(&self, fine: &[f32], image: Crop) -> Vec<f32> {
        let cells = self.said.rows * self.said.columns;
        let mut coarse = vec![0.0; cells * self.said.channels.len()];
        let channels = fine.chunks_exact(image.len().max(1)).zip(coarse.chunks_exact_mut(cells));
        for (channel, sums) in channels {
            for (j, line) in channel.chunks_exact(image.width.max(1)).enumerate() {
                for (i, value) in line.iter().enumerate() {
                    if let Some(sum) = self.cell(i, j).and_then(|at| sums.get_mut(at)) {
                        *sum += value;
                    }
                }
            }
            for (sum, pixels) in sums.iter_mut().zip(&self.pixels) {
                *sum /= pixels.max(1.0);
            }
        }
        coarse
    }

    fn cell(&self, i: usize, j: usize) -> Option<usize> {
        let (column, row) = (self.columns.get(i).copied()??, self.rows.get(j).copied()??);
        Some(row * self.said.columns + column)
    }
}

fn mean(columns: &[usize]) -> Option<f32> {
    let sum: usize = columns.iter().sum();
    (!columns.is_empty()).then(|| sum as f32 / columns.len() as f32)
}

/// The cell of each of `count` pixels of `size` cells, when the pixel `middle` lies in the middle of `cells`.
fn cells(count: usize, middle: f64, size: f64, cells: usize) -> Vec<Option<usize>> {
    let half = cells as f64 / 2.0;
    let at = |pixel: usize| libm::floor((pixel as f64 - middle) * size + half);
    let inside = |at: f64| (0.0..cells as f64).contains(&at).then_some(at as usize);
    (0..count).map(|pixel| inside(at(pixel))).collect()
}
