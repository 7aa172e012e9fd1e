//! Probabilities of all slices, kept where they matter, and the 3-D components in them.

use crate::input::Crop;
use crate::slice::Answer;
use crate::turn::Turn;
use glam::DVec3;
use std::collections::HashMap;
use volume::{Geometry, Voxel, sort_by, sort_voxels};

/// Below this a voxel is not kept: it can't become part of a component at any threshold on offer.
pub const KEEP: f32 = 0.1;

/// Sparse probabilities of a series, slice by slice, as they come back from the network.
#[derive(Clone, Debug, Default)]
pub struct ProbabilityMap {
    columns: usize,
    rows: usize,
    /// For each slice, once it has been searched, its kept voxels in order of row and column.
    slices: Vec<Option<Vec<Kept>>>,
}

/// A voxel `[i, j, k]` and its probability.
type Kept = ([usize; 3], f32);

impl ProbabilityMap {
    pub fn new(geometry: &Geometry) -> Self {
        let Geometry { columns, rows, slices, .. } = *geometry;
        Self { columns, rows, slices: vec![None; slices] }
    }

    /// Takes the answer for slice `k`, whose pixels count within `crop`.
    pub fn put(&mut self, k: usize, crop: Crop, answer: &Answer) {
        let place = |(&at, &p): (&u32, &f32)| {
            let [i, j] = crop.stored(at as usize)?;
            (i < self.columns && j < self.rows).then_some(([i, j, k], p))
        };
        let mut kept: Vec<Kept> =
            answer.pixels.iter().zip(&answer.probabilities).filter_map(place).collect();
        if crop.turn != Turn::NONE {
            sort_by(&mut kept, |([a, b, _], _), ([i, j, _], _)| (b, a).cmp(&(j, i)));
        }
        if let Some(slice) = self.slices.get_mut(k) {
            *slice = Some(kept);
        }
    }

    pub fn searched(&self) -> usize {
        self.slices.iter().flatten().count()
    }

    /// Slices that have not been searched.
    pub fn missing(&self) -> Vec<usize> {
        (0..self.slices.len()).filter(|&k| self.slices[k].is_none()).collect()
    }

    /// Whether slices from the first to the last have been searched, as far as there are any.
    pub fn has_all(&self, [first, last]: [usize; 2]) -> bool {
        let last = last.min(self.slices.len().saturating_sub(1));
        self.slices.get(first..=last).is_some_and(|slices| slices.iter().all(Option::is_some))
    }

    /// The probability of a voxel; 0 where it is too low to be kept, or nobody has looked.
    pub fn at(&self, [i, j, k]: [usize; 3]) -> f32 {
        let kept = self.slices.get(k).and_then(Option::as_ref);
        let found = kept.and_then(|kept| {
            let at = kept.binary_search_by_key(&(j, i), |([i, j, _], _)| (*j, *i)).ok()?;
            Some(kept[at].1)
        });
        found.unwrap_or_default()
    }

    fn voxels(&self) -> impl Iterator<Item = Kept> {
        self.slices.iter().flatten().flatten().copied()
    }
}

/// A 3-D component that may be a stone: its voxels `[i, j, k]` in ascending order of k, j, i.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    pub voxels: Vec<[usize; 3]>,
    pub probability: f32,
}

impl Candidate {
    /// Smallest and largest `[i, j, k]` of its voxels.
    pub fn bounds(&self) -> ([usize; 3], [usize; 3]) {
        let (mut min, mut max) = ([usize::MAX; 3], [0; 3]);
        for voxel in &self.voxels {
            for (axis, &at) in voxel.iter().enumerate() {
                min[axis] = min[axis].min(at);
                max[axis] = max[axis].max(at);
            }
        }
        (min, max)
    }

    /// Its voxels in the slice that holds most of them, the first of such.
    pub fn widest(&self) -> &[[usize; 3]] {
        let runs = self.voxels.chunk_by(|a, b| a[2] == b[2]);
        runs.reduce(|most, run| if run.len() > most.len() { run } else { most }).unwrap_or_default()
    }

    /// Whether the voxel nearest to a place is one of its own.
    pub fn contains(&self, place: Voxel) -> bool {
        let DVec3 { x, y, z } = place.0.round();
        let inside = x >= 0.0 && y >= 0.0 && z >= 0.0;
        inside && self.has([x as usize, y as usize, z as usize])
    }

    pub fn has(&self, [i, j, k]: [usize; 3]) -> bool {
        self.voxels.binary_search_by_key(&[k, j, i], |&[i, j, k]| [k, j, i]).is_ok()
    }
}

/// Joins voxels of at least `grow` that touch by face, edge or corner; keeps components that reach `threshold`
/// and have `min_voxels`. Largest first; equal ones in order of place.
pub fn components(
    map: &ProbabilityMap,
    grow: f32,
    threshold: f32,
    min_voxels: usize,
) -> Vec<Candidate> {
    let reached = || map.voxels().filter(|&(_, p)| p >= grow);
    let mut open: HashMap<[usize; 3], f32> = reached().collect();

    let mut found = Vec::new();
    // Walked in the map's order, so that the result does not depend on the hash.
    for (start, _) in reached() {
        let Some(first) = open.remove(&start) else { continue };
        let mut candidate = Candidate { voxels: vec![start], probability: first };
        let mut next = 0;
        while let Some(&voxel) = candidate.voxels.get(next) {
            next += 1;
            for neighbour in neighbours(voxel) {
                if let Some(p) = open.remove(&neighbour) {
                    candidate.voxels.push(neighbour);
                    candidate.probability = candidate.probability.max(p);
                }
            }
        }
        if candidate.probability >= threshold && candidate.voxels.len() >= min_voxels {
            sort_voxels(&mut candidate.voxels);
            found.push(candidate);
        }
    }
    sort_by(&mut found, |a, b| {
        b.voxels.len().cmp(&a.voxels.len()).then_with(|| a.voxels.cmp(&b.voxels))
    });
    found
}

/// The 26 neighbours of a voxel; those below 0 are left out.
pub fn neighbours([i, j, k]: [usize; 3]) -> impl Iterator<Item = [usize; 3]> {
    let steps = (0..27).filter(|&s| s != 13).map(|s| [s % 3, s / 3 % 3, s / 9]);
    steps.filter_map(move |[a, b, c]| {
        Some([(i + a).checked_sub(1)?, (j + b).checked_sub(1)?, (k + c).checked_sub(1)?])
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    fn empty(columns: usize, rows: usize, slices: usize) -> ProbabilityMap {
        let (positions_mm, origins) = (vec![], vec![]);
        ProbabilityMap::new(&Geometry {
            columns,
            rows,
            slices,
            affine: None,
            positions_mm,
            origins,
        })
    }

    fn map(
        columns: usize,
        rows: usize,
        slices: usize,
        voxels: &[([usize; 3], f32)],
    ) -> ProbabilityMap {
        let crop = Crop::whole(columns, rows);
        let mut map = empty(columns, rows, slices);
        for k in 0..slices {
            let of_slice = voxels.iter().filter(|([_, _, at], _)| *at == k);
            let (pixels, probabilities) =
                of_slice.map(|&([i, j, _], p)| ((j * columns + i) as u32, p)).unzip();
            map.put(k, crop, &Answer { pixels, probabilities });
        }
        map
    }

    #[test]
    fn voxels_that_touch_at_a_corner_are_one_component() {
        let voxels = [([1, 1, 0], 0.9), ([2, 2, 1], 0.4), ([3, 3, 2], 0.4), ([6, 6, 3], 0.8)];
        let found = components(&map(8, 8, 4, &voxels), 0.3, 0.5, 1);
        let sizes: Vec<usize> = found.iter().map(|c| c.voxels.len()).collect();
        assert_eq!(sizes, [3, 1]);
        assert_eq!(found[0].voxels, [[1, 1, 0], [2, 2, 1], [3, 3, 2]]);
        assert!((found[0].probability - 0.9).abs() < 1e-6);
    }

    #[test]
    fn a_component_must_reach_threshold_and_size() {
        let voxels = [([1, 1, 0], 0.45), ([2, 1, 0], 0.45), ([5, 5, 0], 0.9)];
        let map = map(8, 8, 1, &voxels);
        assert!(components(&map, 0.3, 0.5, 2).is_empty());
        assert_eq!(components(&map, 0.3, 0.4, 2).len(), 1);
    }

    #[test]
    fn a_crop_is_put_back_where_it_came_from() {
        let crop = Crop { turn: Turn::NONE, left: 4, top: 6, width: 8, height: 4 };
        let mut map = empty(10, 10, 1);
        // (2, 1) of the crop is (6, 7) of the image; (7, 0) would be column 11, outside.
        map.put(0, crop, &Answer { pixels: vec![10, 7], probabilities: vec![0.9, 0.9] });
        let found = components(&map, 0.3, 0.5, 1);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].voxels, [[6, 7, 0]]);
        assert_eq!((map.searched(), map.missing().len()), (1, 0));
    }
}
