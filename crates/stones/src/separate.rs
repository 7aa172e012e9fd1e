//! Which components are one stone: parts of a stone are joined, stones that only touch are told apart.
//!
//! Two components within [`GAP_MM`] of each other are one stone if they hang together at the half-maximum of the lesser: what
//! a network leaves out between them is theirs, too, as the middle of a staghorn stone.
//! A component is two stones if the HU between its peaks dip by [`DIP`] of the lesser's contrast and by four
//! times the noise; what is longer than [`LARGE_MM`] is a staghorn stone or a cluster, counted as one.

use crate::candidates::{Candidate, neighbours};
use crate::findings::Bounds;
use crate::measure::patch::Patch;
use crate::measure::region::{Region, SEED_HU};
use std::collections::HashMap;
use volume::{Volume, sort_by, sort_voxels};

/// Less than is looked at around a mask, so that an early report does not tell parts apart that a later one joins.
const GAP_MM: f64 = 5.0;
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
        let bridged = |joined: &[Candidate], whole: &Candidate| {
            let bridges = joined.iter().map(|other| bridge(volume, other, whole));
            bridges.enumerate().find_map(|(at, bridge)| Some((at, bridge?)))
        };
        while let Some((at, bridge)) = bridged(&joined, &whole) {
            let part = joined.swap_remove(at);
            whole.voxels.extend(part.voxels.into_iter().chain(bridge));
            whole.probability = whole.probability.max(part.probability);
            sort_voxels(&mut whole.voxels);
            whole.voxels.dedup();
        }
        joined.push(whole);
    }
    joined
}

/// What lies between two components that are parts of one stone; `None` if they are not.
fn bridge(volume: &Volume, a: &Candidate, b: &Candidate) -> Option<Vec<[usize; 3]>> {
    let affine = volume.geometry.affine?;
    let [i, j, _] = affine.spacing_mm();
    let mm = [i, j, affine.slice_distance_mm()];
    let ((a_min, a_max), (b_min, b_max)) = (a.bounds(), b.bounds());
    let apart = |axis: usize| {
        a_min[axis].saturating_sub(b_max[axis]).max(b_min[axis].saturating_sub(a_max[axis]))
    };
    // In voxels from centre to centre: neighbours are one apart, however thick they are.
    let reach = mm.map(|mm| ((GAP_MM / mm) as usize).max(1));
    if (0..3).any(|axis| apart(axis) > reach[axis]) {
        return None;
    }
    let min = [0, 1, 2].map(|axis| a_min[axis].min(b_min[axis]));
    let max = [0, 1, 2].map(|axis| a_max[axis].max(b_max[axis]));
    let patch = Patch::around(volume, Bounds { min, max })?;
    let [near_a, near_b] = [a, b].map(|part| near(&patch, part, reach));
    if !a.voxels.iter().any(|&voxel| patch.find(voxel).is_some_and(|at| near_b[at])) {
        return None;
    }
    let light = patch.light();
    let peak = |candidate: &Candidate| {
        let voxels = candidate.voxels.iter().filter_map(|&v| patch.find(v));
        voxels.max_by(|&a, &b| light[a].total_cmp(&light[b]))
    };
    let (from, to) = (peak(a)?, peak(b)?);
    let level = ((light[from].min(light[to]) + AROUND_HU) / 2.0).max(SEED_HU);
    let region = Region::grow(&patch, &light, &[from], level, &vec![false; light.len()]);
    region.has(to).then(|| {
        let between = region.voxels.iter().filter(|&&at| near_a[at] && near_b[at]);
        between.map(|&at| patch.voxel(at)).collect()
    })
}

/// What of a patch lies within so many voxels of a mask along each axis.
fn near(patch: &Patch, mask: &Candidate, reach: [usize; 3]) -> Vec<bool> {
    let mut near = vec![false; patch.hu.len()];
    mask.voxels.iter().filter_map(|&voxel| patch.find(voxel)).for_each(|at| near[at] = true);
    let mut stride = 1;
    for (len, reach) in patch.size.into_iter().zip(reach) {
        let set: Vec<usize> = (0..near.len()).filter(|&at| near[at]).collect();
        for at in set {
            let place = at / stride % len;
            for other in place.saturating_sub(reach)..=(place + reach).min(len - 1) {
                near[at - place * stride + other * stride] = true;
            }
        }
        stride *= len;
    }
    near
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

#[cfg(test)]
mod tests {
    use super::*;
    use glam::DVec3;
    use volume::{Affine, Geometry};

    const SIDE: usize = 48;

    /// Millimetre voxels of soft tissue with what is dense in it.
    fn volume(hu: impl Fn([usize; 3]) -> i16) -> Volume {
        let geometry = Geometry {
            columns: SIDE,
            rows: SIDE,
            slices: 3,
            affine: Some(Affine { origin: DVec3::ZERO, step: [DVec3::X, DVec3::Y, DVec3::Z] }),
            positions_mm: vec![0.0, 1.0, 2.0],
            origins: vec![DVec3::ZERO, DVec3::Z, 2.0 * DVec3::Z],
        };
        let mut volume = Volume::new(geometry).unwrap();
        for k in 0..3 {
            let slice = (0..SIDE * SIDE).map(|at| hu([at % SIDE, at / SIDE, k])).collect();
            volume.take(k, slice);
        }
        volume
    }

    /// Columns of three rows of the middle slice.
    fn marked(columns: std::ops::Range<usize>) -> Candidate {
        let voxels = (20..23).flat_map(|j| columns.clone().map(move |i| [i, j, 1])).collect();
        Candidate { voxels, probability: 0.9 }
    }

    fn counted(volume: &Volume, marked: Vec<Candidate>) -> Vec<usize> {
        let wholes = joined(volume, marked).into_iter();
        wholes.flat_map(|whole| split(volume, whole)).map(|stone| stone.voxels.len()).collect()
    }

    #[test]
    fn what_is_left_out_in_the_middle_of_a_stone_is_its_own() {
        let within = |[i, j, k]: [usize; 3], to: usize| {
            (10..to).contains(&i) && (20..23).contains(&j) && k == 1
        };
        for (gap, stones) in [(1, 1), (4, 1), (7, 2)] {
            // A stone of 12 mm, and a staghorn stone of 32, marked but for a few millimetres.
            for end in [22, 42] {
                let stone = volume(|at| if within(at, end) { 800 } else { 30 });
                let parts = || vec![marked(10..13), marked(13 + gap..end)];
                let found = counted(&stone, parts());
                assert_eq!(found.len(), stones, "{gap} mm of {end}: {found:?}");
                let whole = 3 * (end - 10 - if stones == 1 { 0 } else { gap });
                assert_eq!(found.iter().sum::<usize>(), whole);
                // The same marks on two stones.
                let two = volume(|at| match within(at, end) && !(13..13 + gap).contains(&at[0]) {
                    true => 800,
                    false => 30,
                });
                assert_eq!(counted(&two, parts()).len(), 2);
            }
        }
    }
}
