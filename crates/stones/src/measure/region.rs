//! Which voxels are the stone's: the seed around the peak, what surrounds it, and what its half-maximum holds.

use super::patch::{Patch, median};

/// The seed reaches down to this share of the peak …
const SEED_SHARE: f32 = 0.45;
/// … but not below this, where soft tissue begins.
pub const SEED_HU: f32 = 110.0;
/// The shell that tells what surrounds the stone, in its slices.
const SHELL_MM: [f64; 2] = [1.8, 4.0];
/// What lies right at the stone, in its slices: the wall of a ureter, or what a vein lies in.
const RIM_MM: [f64; 2] = [1.0, 2.0];
/// A stone in the tract touches urine or wall, never bare fat.
const BACKGROUND_HU: [f64; 2] = [-10.0, 60.0];
/// Voxels deeper than this are free of the edge's blur.
const CORE_MM: f64 = 1.7;
const CORE_VOXELS: usize = 12;
/// Of a stone without a core, this share of voxels tells the plateau: the brightest.
const TOP_SHARE: f64 = 0.12;

/// A connected set of a patch's voxels.
pub struct Region {
    /// Ascending.
    pub voxels: Vec<usize>,
    inside: Vec<bool>,
}

impl Region {
    /// What hangs together by faces with the voxels of `from` that reach the level, without the barred.
    pub fn grow(patch: &Patch, field: &[f32], from: &[usize], level: f32, barred: &[bool]) -> Self {
        let mut inside = vec![false; field.len()];
        let mut voxels: Vec<usize> = Vec::new();
        for &start in from {
            if field[start] >= level && !inside[start] {
                inside[start] = true;
                voxels.push(start);
            }
        }
        let mut next = 0;
        while let Some(&voxel) = voxels.get(next) {
            next += 1;
            for neighbour in patch.faces(voxel) {
                if field[neighbour] >= level && !inside[neighbour] && !barred[neighbour] {
                    inside[neighbour] = true;
                    voxels.push(neighbour);
                }
            }
        }
        voxels.sort_unstable();
        Self { voxels, inside }
    }

    /// The seed: what hangs together with the mask's brightest voxel. `light` is the lightly smoothed field.
    pub fn seed(patch: &Patch, light: &[f32], mask: &[usize], barred: &[bool]) -> Self {
        let peak = mask.iter().copied().max_by(|&a, &b| light[a].total_cmp(&light[b]));
        let Some(peak) = peak else { return Self { voxels: vec![], inside: vec![] } };
        let level = (SEED_SHARE * light[peak]).max(SEED_HU).min(light[peak]);
        Self::grow(patch, light, &[peak], level, barred)
    }

    pub fn has(&self, index: usize) -> bool {
        self.inside.get(index).is_some_and(|&inside| inside)
    }

    /// Smallest and largest place within the patch.
    pub fn bounds(&self, patch: &Patch) -> ([usize; 3], [usize; 3]) {
        let (mut min, mut max) = ([usize::MAX; 3], [0; 3]);
        for &voxel in &self.voxels {
            for (axis, at) in patch.place(voxel).into_iter().enumerate() {
                min[axis] = min[axis].min(at);
                max[axis] = max[axis].max(at);
            }
        }
        (min, max)
    }

    /// Median HU of the shell around the seed, held to what a stone in the tract can touch.
    pub fn background(&self, patch: &Patch) -> f64 {
        let [low, high] = BACKGROUND_HU;
        median(&mut self.shell(patch, &patch.hu, SHELL_MM)).unwrap_or(low).clamp(low, high)
    }

    /// Median HU right at the seed; `None` where it fills the patch.
    pub fn rim(&self, patch: &Patch, hu: &[f32]) -> Option<f64> {
        median(&mut self.shell(patch, hu, RIM_MM))
    }

    /// HU of the voxels whose nearest voxel of the seed, in their slice, is within these distances.
    fn shell(&self, patch: &Patch, hu: &[f32], [near, far]: [f64; 2]) -> Vec<f64> {
        let (near, far) = (disc(patch, near.next_down()), disc(patch, far));
        // Of each voxel, whether a voxel of the seed is within the shell, or nearer.
        let (mut shell, mut nearer) =
            (vec![false; self.inside.len()], vec![false; self.inside.len()]);
        for &voxel in self.voxels.iter().filter(|&&v| patch.faces(v).any(|n| !self.has(n))) {
            stamp(patch, patch.place(voxel), &far, &mut shell);
            stamp(patch, patch.place(voxel), &near, &mut nearer);
        }
        let of_shell = |&at: &usize| shell[at] && !nearer[at] && !self.inside[at];
        (0..shell.len()).filter(of_shell).map(|at| f64::from(hu[at])).collect()
    }

    /// HU of the stone's inside: the median of the core, or the mean of the brightest voxels of a stone too
    /// small to have one.
    pub fn plateau(&self, light: &[f32], core: &[f64]) -> f64 {
        if !core.is_empty() {
            return median(&mut core.to_vec()).unwrap_or_default();
        }
        let mut hu: Vec<f64> = self.voxels.iter().map(|&at| f64::from(light[at])).collect();
        volume::sort_numbers(&mut hu);
        hu.reverse();
        let brightest = ((TOP_SHARE * hu.len() as f64).round_ties_even() as usize).max(1);
        hu.iter().take(brightest).sum::<f64>() / brightest.min(hu.len()).max(1) as f64
    }

    /// HU of the voxels that have the stone all around them; none if they are too few to tell anything.
    pub fn core(&self, patch: &Patch) -> Vec<f64> {
        let along = patch.mm[2].max(patch.mm[0]);
        let reach = [patch.mm[0], patch.mm[1], along].map(|mm| libm::floor(CORE_MM / mm) as isize);
        let mut ball = Vec::new();
        for dk in -reach[2]..=reach[2] {
            for dj in -reach[1]..=reach[1] {
                for di in -reach[0]..=reach[0] {
                    let (x, y, z) =
                        (di as f64 * patch.mm[0], dj as f64 * patch.mm[1], dk as f64 * along);
                    if x * x + y * y + z * z <= CORE_MM * CORE_MM {
                        ball.push([di, dj, dk]);
                    }
                }
            }
        }
        let has = |place: [usize; 3], step: &[isize; 3]| {
            let mut at = [0; 3];
            for axis in 0..3 {
                match place[axis].checked_add_signed(step[axis]) {
                    Some(x) if x < patch.size[axis] => at[axis] = x,
                    _ => return false,
                }
            }
            self.inside[patch.index(at)]
        };
        let deep = |&&voxel: &&usize| {
            let place = patch.place(voxel);
            ball.iter().all(|step| has(place, step))
        };
        let core: Vec<f64> =
            self.voxels.iter().filter(deep).map(|&at| f64::from(patch.hu[at])).collect();
        if core.len() >= CORE_VOXELS { core } else { Vec::new() }
    }

    /// Whether there is a core, and a voxel of it in the middle of three slices where slices are thicker than the edge's blur.
    pub fn has_depth(&self, patch: &Patch) -> bool {
        let (min, max) = self.bounds(patch);
        !self.core(patch).is_empty() && (patch.mm[2] <= CORE_MM || max[2] >= min[2] + 2)
    }

    /// The field as this stone alone would have made it: what else reaches the level is sunk to the background.
    pub fn alone(&self, field: &[f32], level: f32, background: f32) -> Vec<f32> {
        let own = |(at, &hu): (usize, &f32)| {
            if hu < level || self.inside[at] { hu } else { background }
        };
        field.iter().enumerate().map(own).collect()
    }
}

/// How far a disc of the plane reaches along each of its rows, from the middle row on.
fn disc(patch: &Patch, far: f64) -> Vec<usize> {
    let within =
        |i: usize, j: usize| libm::hypot(i as f64 * patch.mm[0], j as f64 * patch.mm[1]) <= far;
    let rows = (0..).take_while(|&j| within(0, j));
    rows.map(|j| (0..).take_while(|&i| within(i, j)).count() - 1).collect()
}

/// Marks a disc around a voxel in its slice.
fn stamp(patch: &Patch, [i, j, k]: [usize; 3], disc: &[usize], marked: &mut [bool]) {
    for (step, reach) in disc.iter().enumerate() {
        let (from, to) = (i.saturating_sub(*reach), (i + reach).min(patch.size[0] - 1));
        for j in [j.checked_sub(step), j.checked_add(step)].into_iter().flatten() {
            if j < patch.size[1] {
                marked[patch.index([from, j, k])..=patch.index([to, j, k])].fill(true);
            }
        }
    }
}
