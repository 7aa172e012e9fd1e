//! Bone, by size: what hangs together at its density and is larger than any stone.
//!
//! Of it the skeleton is not searched at all: what leaves the scan at its top or its bottom, crosses the middle of the body
//! and is larger still. A stone in the middle of the body does not leave it, and one in a kidney is not in the middle.

use crate::input::Crop;
use std::ops::Range;
use std::sync::Arc;
use volume::Volume;

/// What hangs together at this level, by face, edge or corner …
pub(crate) const BONE_HU: i16 = 200;
/// … and is larger than this is bone. A staghorn stone is smaller.
const BONE_MM3: f64 = 20_000.0;
/// The smallest skeleton.
const SKELETON_MM3: f64 = 60_000.0;
/// The middle of the body is so wide.
const MIDDLE_MM: f64 = 20.0;
/// Pixels of partial volume around the skeleton, in the slice: slices may be far apart.
const RIM: usize = 1;
/// So many pixels are looked over at once for one that is dense.
const STRETCH: usize = 32;

/// All stretches of bone density.
pub struct Bones {
    rows: usize,
    runs: Vec<Run>,
    /// Where the runs of row `k * rows + j` begin; one more for the end.
    starts: Vec<u32>,
    /// What each run is part of.
    part_of: Vec<u32>,
    parts: Vec<Part>,
    /// Cubic millimetres of a voxel and millimetres of a column; `None` where nothing has a size.
    sizes: Option<(f64, f64)>,
}

/// A stretch of dense voxels in one row of one slice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    pub from: u32,
    pub to: u32,
}

impl Run {
    /// The same, counted from the last column on, if it is.
    fn shown(self, last: Option<usize>) -> Self {
        let mirrored = |last: usize| {
            let past = last as u32 + 1;
            Self { from: past.saturating_sub(self.to), to: past.saturating_sub(self.from) }
        };
        last.map_or(self, mirrored)
    }
}

/// Runs that hang together.
#[derive(Clone, Default)]
struct Part {
    voxels: u64,
    columns: Range<u32>,
    /// Whether it is in the first or the last slice.
    leaves: bool,
}

impl Bones {
    pub fn of(volume: &Volume) -> Self {
        let g = &volume.geometry;
        let mut bones = Self {
            rows: g.rows,
            runs: Vec::new(),
            starts: vec![0],
            part_of: Vec::new(),
            parts: Vec::new(),
            sizes: g.affine.map(|affine| {
                let [across, down, along] = affine.spacing_mm();
                (across * down * along, across)
            }),
        };
        for k in 0..g.slices {
            for row in volume.slice(k).chunks_exact(g.columns) {
                push_runs(row, &mut bones.runs);
                bones.starts.push(bones.runs.len() as u32);
            }
        }
        bones.put_together(g.slices);
        bones
    }

    /// Whether one of the voxels is bone.
    pub fn touches(&self, voxels: &[[usize; 3]]) -> bool {
        voxels.iter().any(|&[i, j, k]| {
            let runs = self.row(k, j);
            let at = self.runs[runs.clone()].partition_point(|run| run.to as usize <= i);
            runs.clone().nth(at).is_some_and(|n| self.runs[n].from as usize <= i && self.is_bone(n))
        })
    }

    /// The bone of a row.
    pub(crate) fn of_row(&self, k: usize, j: usize) -> impl Iterator<Item = Run> {
        self.row(k, j).filter(|&n| self.is_bone(n)).map(|n| self.runs[n])
    }

    /// The skeleton and its rim in a slice: where stretches of pixels of the crop begin and end, one after another.
    pub fn skeleton(&self, k: usize, crop: Crop) -> Vec<u32> {
        let mut pixels = Vec::new();
        // What is looked for lies across the columns. Of a patient on a side all is searched.
        if crop.turn.transposed {
            return pixels;
        }
        let [from_last, row_from_last] = crop.turn.from_last;
        let shown = |j: usize| row_from_last.map_or(j, |last| last - j);
        let mut push = |j: usize, run: Run| {
            let run = run.shown(from_last);
            let from = (run.from as usize).saturating_sub(RIM).max(crop.left) - crop.left;
            let to = (run.to as usize + RIM).clamp(crop.left, crop.left + crop.width) - crop.left;
            if from < to {
                let row = (j - crop.top) * crop.width;
                pixels.extend([row + from, row + to].map(|at| at as u32));
            }
        };
        for j in 0..self.rows {
            let at = shown(j);
            let near =
                at.saturating_sub(RIM).max(crop.top)..(at + RIM + 1).min(crop.top + crop.height);
            for n in self.row(k, j).filter(|&n| self.is_skeleton(n, crop)) {
                near.clone().for_each(|at| push(at, self.runs[n]));
            }
        }
        pixels
    }

    fn row(&self, k: usize, j: usize) -> Range<usize> {
        let row = k * self.rows + j;
        self.starts[row] as usize..self.starts[row + 1] as usize
    }

    fn part(&self, run: usize) -> &Part {
        &self.parts[self.part_of[run] as usize]
    }

    fn is_bone(&self, run: usize) -> bool {
        self.sizes.is_some_and(|(voxel, _)| self.part(run).voxels as f64 * voxel > BONE_MM3)
    }

    fn is_skeleton(&self, run: usize, body: Crop) -> bool {
        let Some((voxel, column)) = self.sizes else { return false };
        let part = self.part(run);
        let ([middle, _], near) = (body.middle(), MIDDLE_MM / 2.0 / column);
        let columns = Run { from: part.columns.start, to: part.columns.end };
        let columns = columns.shown(body.turn.from_last[0]);
        part.leaves
            && part.voxels as f64 * voxel > SKELETON_MM3
            && f64::from(columns.from) <= middle + near
            && f64::from(columns.to - 1) >= middle - near
    }

    /// Finds the parts that the runs hang together in.
    fn put_together(&mut self, slices: usize) {
        let mut parents: Vec<u32> = (0..self.runs.len() as u32).collect();
        for k in 0..slices {
            for j in 0..self.rows {
                let mut join = |k: usize, j: usize, to: Range<usize>| {
                    if j < self.rows {
                        join(&self.runs, self.row(k, j), to, &mut parents);
                    }
                };
                let row = self.row(k, j);
                if let Some(above) = j.checked_sub(1) {
                    join(k, above, row.clone());
                }
                if let Some(below) = k.checked_sub(1) {
                    (j.saturating_sub(1)..j + 2).for_each(|j| join(below, j, row.clone()));
                }
            }
        }
        self.part_of = (0..self.runs.len() as u32).map(|n| root(&mut parents, n)).collect();
        self.parts = vec![Part::default(); self.runs.len()];
        for (run, &of) in self.runs.iter().zip(&self.part_of) {
            let part = &mut self.parts[of as usize];
            let columns = if part.voxels == 0 { run.from..run.to } else { part.columns.clone() };
            part.columns = columns.start.min(run.from)..columns.end.max(run.to);
            part.voxels += u64::from(run.to - run.from);
        }
        for end in (0..slices).filter(|&k| k == 0 || k + 1 == slices) {
            let first = self.starts[end * self.rows] as usize;
            let past = self.starts[(end + 1) * self.rows] as usize;
            for &part in &self.part_of[first..past] {
                self.parts[part as usize].leaves = true;
            }
        }
    }
}

/// What a search leaves out of a scan.
#[derive(Clone, Default)]
pub struct Skeleton(Option<Arc<Bones>>);

impl Skeleton {
    /// Where a contrast agent shows nothing is left out: it makes one of bone, vessels and kidneys.
    pub(crate) fn of(bones: Arc<Bones>, contrast: bool) -> Self {
        Self((!contrast).then_some(bones))
    }

    /// As in [`Bones::skeleton`].
    pub fn of_slice(&self, k: usize, crop: Crop) -> Vec<u32> {
        self.0.as_ref().map_or(Vec::new(), |bones| bones.skeleton(k, crop))
    }
}

/// The stretches of dense voxels in a row.
fn push_runs(row: &[i16], runs: &mut Vec<Run>) {
    let mut from = None;
    for (at, stretch) in row.chunks(STRETCH).enumerate() {
        let brightest = stretch.iter().fold(i16::MIN, |max, &hu| max.max(hu));
        if from.is_none() && brightest < BONE_HU {
            continue;
        }
        for (i, &hu) in stretch.iter().enumerate() {
            let i = (at * STRETCH + i) as u32;
            match (hu >= BONE_HU, from) {
                (true, None) => from = Some(i),
                (false, Some(start)) => {
                    runs.push(Run { from: start, to: i });
                    from = None;
                }
                _ => {}
            }
        }
    }
    runs.extend(from.map(|from| Run { from, to: row.len() as u32 }));
}

/// Joins the runs of two rows that touch.
fn join(runs: &[Run], mut a: Range<usize>, mut b: Range<usize>, parents: &mut [u32]) {
    while a.start < a.end && b.start < b.end {
        let (this, that) = (runs[a.start], runs[b.start]);
        if this.from <= that.to && that.from <= this.to {
            let (x, y) = (root(parents, a.start as u32), root(parents, b.start as u32));
            parents[x.max(y) as usize] = x.min(y);
        }
        if this.to <= that.to { a.start += 1 } else { b.start += 1 }
    }
}

fn root(parents: &mut [u32], mut of: u32) -> u32 {
    while parents[of as usize] != of {
        let next = parents[of as usize];
        parents[of as usize] = parents[next as usize];
        of = next;
    }
    of
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::turn::Turn;
    use glam::DVec3;
    use volume::{Affine, Geometry};

    const SIDE: usize = 16;
    const SLICES: usize = 6;
    const BODY: Crop = Crop { turn: Turn::NONE, left: 0, top: 0, width: SIDE, height: SIDE };

    /// Voxels of 10 mm, so that bone has more than 20, a skeleton more than 60, and the middle is two columns wide.
    fn bones(dense: &[[Range<usize>; 3]]) -> Bones {
        let geometry = Geometry {
            columns: SIDE,
            rows: SIDE,
            slices: SLICES,
            affine: Some(Affine {
                step: [DVec3::X, DVec3::Y, DVec3::Z].map(|axis| axis * 10.0),
                origin: DVec3::ZERO,
            }),
            positions_mm: vec![],
            origins: vec![],
        };
        let mut volume = Volume::new(geometry).expect("room");
        for k in 0..SLICES {
            let hu = |at: usize| {
                let voxel = [at % SIDE, at / SIDE, k];
                let is_in = |part: &[Range<usize>; 3]| (0..3).all(|n| part[n].contains(&voxel[n]));
                if dense.iter().any(is_in) { BONE_HU } else { BONE_HU - 1 }
            };
            assert!(volume.take(k, (0..SIDE * SIDE).map(hu).collect()));
        }
        Bones::of(&volume)
    }

    #[test]
    fn what_hangs_together_with_more_than_a_stone_is_bone() {
        let stone = [13..15, 13..14, 3..5];
        for (columns, is_bone) in [(5..10, false), (5..11, true)] {
            // Blocks that touch by corner and by edge, of fifteen voxels and as many as the table says.
            let block = [[0..5, 0..2, 1..2], [5..10, 2..3, 2..3], [columns, 3..4, 3..4]];
            let bones = bones(&[&block[..], std::slice::from_ref(&stone)].concat());
            let of = |voxel: [usize; 3]| bones.touches(&[[0, 15, 0], voxel]);
            assert_eq!([of([0, 0, 1]), of([7, 2, 2]), of([9, 3, 3])], [is_bone; 3]);
            assert!(!of([13, 13, 3]) && !of([14, 13, 4]), "a stone");
            assert!(!of([0, 2, 1]) && !of([0, 0, 0]), "soft tissue");
        }
    }

    #[test]
    fn the_skeleton_leaves_the_scan_and_is_in_the_middle() {
        let middle = 4..12;
        for (what, part, is_skeleton) in [
            ("a spine", [middle.clone(), 8..10, 0..5], true),
            ("one that leaves below", [middle.clone(), 8..10, 1..6], true),
            ("one that is seen whole", [middle.clone(), 8..10, 1..5], false),
            ("one that is small", [middle.clone(), 8..10, 0..3], false),
            ("what is beside the middle", [0..7, 4..9, 0..5], false),
        ] {
            let bones = bones(std::slice::from_ref(&part));
            let [columns, rows, slices] = part;
            for k in 0..SLICES {
                let ends = bones.skeleton(k, BODY);
                for at in 0..SIDE * SIDE {
                    let near = |range: &Range<usize>, at| {
                        (range.start - RIM..range.end + RIM).contains(&at)
                    };
                    let within = slices.contains(&k)
                        && near(&rows, at / SIDE)
                        && (columns.start == 0 || near(&columns, at % SIDE));
                    let left_out = ends
                        .as_chunks()
                        .0
                        .iter()
                        .any(|&[from, to]| (from..to).contains(&(at as u32)));
                    assert_eq!(left_out, is_skeleton && within, "{what}, {k}, {at}");
                }
            }
        }
    }

    #[test]
    fn the_skeleton_is_cut_to_the_crop() {
        let bones = bones(&[[4..12, 8..10, 0..6]]);
        let crop = Crop { left: 6, top: 9, ..Crop::whole(4, 24) };
        assert_eq!(bones.skeleton(2, crop), [0, 4, 0, 4, 4, 8]);
        let beside = Crop { left: 13, ..Crop::whole(3, 16) };
        assert!(bones.skeleton(2, beside).is_empty());
        // The same of a patient who lies on his belly, whose slices are turned for the network.
        let prone = Turn { transposed: false, from_last: [Some(SIDE - 1); 2] };
        let turned = Crop { turn: prone, left: 4, top: 5, ..Crop::whole(5, 3) };
        // Rows 8 and 9 of the image are shown as 7 and 6, columns 4 to 11 as they are.
        let mut pixels = bones.skeleton(2, turned);
        pixels.sort_unstable();
        assert_eq!(pixels, [0, 5, 5, 5, 10, 10, 10, 10, 15, 15]);
    }
}
