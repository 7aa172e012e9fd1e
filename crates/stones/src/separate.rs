//! Which components are one stone: parts of a stone are joined, stones that only touch are told apart.
//!
//! Two components within [`GAP_MM`] of each other are one stone if they hang together at the half-maximum of the lesser.
//! A component is two stones if the HU between its peaks dip by [`DIP`] of the lesser's contrast and by four
//! times the noise; what is longer than [`LARGE_MM`] is a staghorn stone or a cluster, counted as one.

use crate::candidates::{Candidate, neighbours};
use crate::findings::Bounds;
use crate::measure::patch::Patch;
use crate::measure::region::{Region, SEED_HU};
use std::collections::HashMap;
use volume::{Volume, sort_by, sort_voxels};

const GAP_MM: f64 = 1.5;
const DIP: f32 = 0.12;
const DIP_NOISES: f32 = 4.0;
const LARGE_MM: f64 = 20.0;
/// What the contrast of a peak is against.
const AROUND_HU: f32 = 30.0;

/// Components of the network's answer → wholes: parts of one stone are put together.
pub(crate) fn joined(volume: &Volume, components: Vec<Candidate>) -> Vec<Candidate> {
    let mut joined: Vec<Candidate> = Vec::new();
    for component in components {
        let mut whole = component;
        while let Some(at) = joined.iter().position(|other| belong(volume, other, &whole)) {
            let part = joined.swap_remove(at);
            whole.voxels.extend(part.voxels);
            whole.probability = whole.probability.max(part.probability);
            sort_voxels(&mut whole.voxels);
        }
        joined.push(whole);
    }
    joined
}

/// Whether two components are parts of one stone.
fn belong(volume: &Volume, a: &Candidate, b: &Candidate) -> bool {
    let Some(affine) = volume.geometry.affine else { return false };
    let [i, j, _] = affine.spacing_mm();
    let mm = [i, j, affine.slice_distance_mm()];
    let ((a_min, a_max), (b_min, b_max)) = (a.bounds(), b.bounds());
    let apart = |axis: usize| {
        a_min[axis].saturating_sub(b_max[axis]).max(b_min[axis].saturating_sub(a_max[axis])) as f64
            * mm[axis]
    };
    // From centre to centre neighbours are a voxel apart, however thick it is.
    let reach = mm.map(|mm| GAP_MM.max(1.01 * mm));
    if (0..3).any(|axis| apart(axis) > reach[axis]) {
        return false;
    }
    let near = |a: &[usize; 3], b: &[usize; 3]| {
        (0..3).all(|axis| a[axis].abs_diff(b[axis]) as f64 * mm[axis] <= reach[axis])
    };
    if !a.voxels.iter().any(|a| b.voxels.iter().any(|b| near(a, b))) {
        return false;
    }
    let min = [0, 1, 2].map(|axis| a_min[axis].min(b_min[axis]));
    let max = [0, 1, 2].map(|axis| a_max[axis].max(b_max[axis]));
    let Some(patch) = Patch::around(volume, Bounds { min, max }) else { return false };
    let light = patch.light();
    let peak = |candidate: &Candidate| {
        let voxels = candidate.voxels.iter().filter_map(|&v| patch.find(v));
        voxels.max_by(|&a, &b| light[a].total_cmp(&light[b]))
    };
    let (Some(a), Some(b)) = (peak(a), peak(b)) else { return false };
    let level = ((light[a].min(light[b]) + AROUND_HU) / 2.0).max(SEED_HU);
    Region::grow(&patch, &light, &[a], level, &vec![false; light.len()]).has(b)
}

/// The stones of one component: its voxels are flooded from the brightest down, and floods that meet stay apart
/// where the dip between them is deep.
pub(crate) fn split(volume: &Volume, whole: Candidate) -> Vec<Candidate> {
    let (min, max) = whole.bounds();
    let Some(patch) = Patch::around(volume, Bounds { min, max }) else { return vec![whole] };
    if (0..3).any(|axis| (max[axis] - min[axis]) as f64 * patch.mm[axis] > LARGE_MM) {
        return vec![whole];
    }
    let light = patch.light();
    let noise = patch.noise() as f32;
    let hu = |voxel: [usize; 3]| patch.find(voxel).map_or(f32::NEG_INFINITY, |at| light[at]);
    let mut order = whole.voxels.clone();
    sort_by(&mut order, |&a, &b| hu(b).total_cmp(&hu(a)).then(a.cmp(&b)));
    // Of each flood, its peak and what it has become part of.
    let mut floods: Vec<(f32, usize)> = Vec::new();
    let mut of: HashMap<[usize; 3], usize> = HashMap::new();
    fn root(floods: &[(f32, usize)], mut flood: usize) -> usize {
        while floods[flood].1 != flood {
            flood = floods[flood].1;
        }
        flood
    }
    for voxel in order {
        let here = hu(voxel);
        let mut met: Vec<usize> = neighbours(voxel)
            .filter_map(|n| of.get(&n).map(|&flood| root(&floods, flood)))
            .collect();
        sort_by(&mut met, |&a, &b| floods[b].0.total_cmp(&floods[a].0).then(a.cmp(&b)));
        met.dedup();
        let Some(&highest) = met.first() else {
            of.insert(voxel, floods.len());
            floods.push((here, floods.len()));
            continue;
        };
        of.insert(voxel, highest);
        for &lesser in &met[1..] {
            let peak = floods[lesser].0;
            let deep = (DIP * (peak - AROUND_HU)).max(DIP_NOISES * noise);
            if peak - here < deep {
                floods[lesser].1 = highest;
            }
        }
    }
    let mut parts: HashMap<usize, Vec<[usize; 3]>> = HashMap::new();
    for &voxel in &whole.voxels {
        if let Some(&flood) = of.get(&voxel) {
            parts.entry(root(&floods, flood)).or_default().push(voxel);
        }
    }
    let probability = whole.probability;
    let mut stones: Vec<Candidate> =
        parts.into_values().map(|voxels| Candidate { voxels, probability }).collect();
    sort_by(&mut stones, |a, b| a.voxels.cmp(&b.voxels));
    stones
}
