//! The whole tract at a glance: a coronal maximum projection without the skeleton, on which stones stand out as on a
//! plain film of kidneys, ureters and bladder (KUB).
//!
//! Skeleton is what hangs together at bone density and is larger than any stone, with the rim and the marrow that lie
//! between and beside it. Denser voxels that do not belong to it are never hidden, nor are those of the stones.

use crate::bone::{BONE_HU, Bones, Run};
use crate::candidates::Candidate;
use volume::{Grid, Sampled, Volume};

/// Rim of partial volume around bone.
const RIM_MM: f64 = 4.0;
/// Marrow: what lies between two stretches of bone in a row no further apart than a vertebra is wide.
const MARROW_MM: f64 = 45.0;
/// Shown where all is hidden: air.
const HIDDEN: i16 = -1024;

/// A projection along the coronal normal: HU of each pixel, and the plane that they were met in.
#[derive(Clone, Debug, Default)]
pub struct Kub {
    pub sampled: Sampled,
    pub depth: Vec<u16>,
}

impl Kub {
    /// Projects all of a volume onto the planes of `grid`, which are cut across the stack or are the stack itself.
    pub fn project(volume: &Volume, grid: &Grid, stones: &[(u32, Candidate)]) -> Self {
        let g = &volume.geometry;
        let size = [g.columns, g.rows, g.slices];
        let through = grid.through();
        let flat = flatten(volume, through, stones);

        let (width, height) = (grid.width, grid.height);
        let (mut hu, mut depth) = (vec![HIDDEN; width * height], vec![0; width * height]);
        let [a, b] = [[1, 2], [0, 2], [0, 1]][through];
        for (at, (hu, depth)) in hu.iter_mut().zip(&mut depth).enumerate() {
            let (u, v) = ((at % width) as f64, (at / width) as f64);
            let mut voxel = grid.voxel(u, v, 0.0);
            let near = voxel.0.round();
            let inside = |axis: usize| {
                (near[axis] >= 0.0 && near[axis] < size[axis] as f64).then_some(near[axis] as usize)
            };
            let (Some(x), Some(y)) = (inside(a), inside(b)) else { continue };
            let (highest, met) = flat[y * size[a] + x];
            *hu = highest;
            voxel.0[through] = f64::from(met);
            let [_, _, plane] = grid.pixel(voxel);
            *depth = plane.round().clamp(0.0, (grid.count - 1) as f64) as u16;
        }
        Self { sampled: Sampled { width, height, hu, hatch: Vec::new() }, depth }
    }
}

/// The highest HU that is not hidden along a voxel axis, and where it lies on it; the lower of the other two axes
/// runs fastest.
fn flatten(volume: &Volume, through: usize, stones: &[(u32, Candidate)]) -> Vec<(i16, u16)> {
    let g = &volume.geometry;
    let (bones, reach) = (Bones::of(volume), Reach::in_slices_of(volume));
    let mut flat = vec![
        (HIDDEN, 0);
        match through {
            0 => g.rows * g.slices,
            1 => g.columns * g.slices,
            _ => g.columns * g.rows,
        }
    ];
    let mut cover = vec![Cover::Open; g.slice_len()];
    for k in 0..g.slices {
        reach.cover(&bones, k, g.columns, &mut cover);
        let of_slice = stones.iter().flat_map(|(_, stone)| &stone.voxels).filter(|v| v[2] == k);
        of_slice.for_each(|&[i, j, _]| cover[j * g.columns + i] = Cover::Open);
        let rows = volume.slice(k).chunks_exact(g.columns).zip(cover.chunks_exact(g.columns));
        for (j, (hu, cover)) in rows.enumerate() {
            for (i, (&hu, &cover)) in hu.iter().zip(cover).enumerate() {
                if cover == Cover::Bone || (cover == Cover::Beside && hu < BONE_HU) {
                    continue;
                }
                let (at, met) = match through {
                    0 => (k * g.rows + j, i),
                    1 => (k * g.columns + i, j),
                    _ => (j * g.columns + i, k),
                };
                if hu > flat[at].0 {
                    flat[at] = (hu, met as u16);
                }
            }
        }
    }
    flat
}

#[derive(Clone, Copy, PartialEq)]
enum Cover {
    Open,
    /// Hidden unless it is as dense as bone itself.
    Beside,
    Bone,
}

/// How far bone reaches in a slice, in voxels.
struct Reach {
    /// Longest stretch of marrow.
    marrow: usize,
    /// Rim across and down.
    rim: [usize; 2],
}

impl Reach {
    fn in_slices_of(volume: &Volume) -> Self {
        let spacing = volume.geometry.affine.map_or([1.0; 3], |affine| affine.spacing_mm());
        Self {
            marrow: (MARROW_MM / spacing[0]) as usize,
            rim: [0, 1].map(|axis| (RIM_MM / spacing[axis]).round() as usize),
        }
    }

    /// What slice `k` is covered by.
    fn cover(&self, bones: &Bones, k: usize, columns: usize, cover: &mut [Cover]) {
        cover.fill(Cover::Open);
        let [across, down] = self.rim;
        let rows = cover.len() / columns.max(1);
        for j in 0..rows {
            let mut before: Option<Run> = None;
            for run in bones.of_row(k, j) {
                let from = before
                    .map(|before| before.to)
                    .filter(|&to| (run.from - to) as usize <= self.marrow);
                let (from, to) = (from.unwrap_or(run.from) as usize, run.to as usize);
                let (from, to) = (from.saturating_sub(across), (to + across).min(columns));
                for j in j.saturating_sub(down)..(j + down + 1).min(rows) {
                    cover[j * columns..][from..to].fill(Cover::Beside);
                }
                before = Some(run);
            }
        }
        for j in 0..rows {
            for run in bones.of_row(k, j) {
                cover[j * columns..][run.from as usize..run.to as usize].fill(Cover::Bone);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;
    use volume::{Affine, Geometry, Plane};

    const SIZE: [usize; 3] = [60, 50, 40];
    const SPINE: i16 = 700;
    const RIM_HU: i16 = 150;
    const STONE: i16 = 900;

    /// A spine of 20 × 16 × 40 voxels of 2 mm with marrow in it and a rim around, a stone that touches nothing, and one
    /// that is small but lies before the spine; water elsewhere.
    fn hu(i: usize, j: usize, k: usize) -> i16 {
        let within = |x: usize, from: usize, to: usize| (from..to).contains(&x);
        match () {
            _ if within(i, 8, 11) && within(j, 20, 23) && within(k, 10, 12) => STONE,
            _ if within(i, 30, 32) && within(j, 10, 12) && within(k, 30, 32) => STONE,
            _ if within(i, 23, 27) && within(j, 33, 37) => RIM_HU,
            _ if within(i, 20, 40) && within(j, 28, 44) => SPINE,
            _ if within(i, 19, 41) && within(j, 27, 45) => RIM_HU,
            _ => 0,
        }
    }

    fn made() -> Volume {
        let [columns, rows, slices] = SIZE;
        let step = [DVec3::X * 2.0, DVec3::Y * 2.0, DVec3::Z * 2.0];
        let geometry = Geometry {
            columns,
            rows,
            slices,
            affine: Some(Affine { step, origin: DVec3::ZERO }),
            positions_mm: (0..slices).map(|k| k as f64 * 2.0).collect(),
            origins: (0..slices).map(|k| DVec3::Z * (k as f64 * 2.0)).collect(),
        };
        let mut volume = Volume::new(geometry).expect("room");
        for k in 0..slices {
            let slice: Vec<i16> =
                (0..columns * rows).map(|at| hu(at % columns, at / columns, k)).collect();
            assert!(volume.put(k, &slice));
        }
        volume
    }

    fn kub(stones: &[(u32, Candidate)]) -> Kub {
        let volume = made();
        let grid = Grid::new(&volume.geometry, Plane::Coronal).expect("a plane");
        Kub::project(&volume, &grid, stones)
    }

    #[test]
    fn the_skeleton_is_hidden_and_stones_stand_out() {
        let kub = kub(&[]);
        let Sampled { width, height, hu, .. } = &kub.sampled;
        assert_eq!((*width, *height), (60, 40));
        for (at, &hu) in hu.iter().enumerate() {
            let (i, k) = (at % width, SIZE[2] - 1 - at / width);
            let free = (8..11).contains(&i) && (10..12).contains(&k);
            let before_spine = (30..32).contains(&i) && (30..32).contains(&k);
            let expected = if free || before_spine { STONE } else { 0 };
            assert_eq!(hu, expected, "({i}, {k})");
        }
    }

    #[test]
    fn each_pixel_knows_the_plane_that_it_was_met_in() {
        let kub = kub(&[]);
        let at = |i: usize, k: usize| kub.depth[(SIZE[2] - 1 - k) * SIZE[0] + i];
        assert_eq!((at(9, 11), at(31, 30)), (20, 10));
    }

    #[test]
    fn a_stone_of_the_list_is_never_hidden() {
        let voxels = vec![[25, 30, 5]];
        let stone = Candidate { voxels, probability: 0.9 };
        let kub = kub(&[(1, stone)]);
        let at = |i: usize, k: usize| kub.sampled.hu[(SIZE[2] - 1 - k) * SIZE[0] + i];
        assert_eq!((at(25, 5), at(25, 6), at(26, 5)), (SPINE, 0, 0));
    }
}
