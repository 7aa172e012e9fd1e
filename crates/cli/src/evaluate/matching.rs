//! Which finding is which stone: they share a voxel or their surfaces are within 2 mm, one to one.

use std::collections::HashSet;
use stones::Candidate;

const WITHIN_MM: f64 = 2.0;

/// Pairs of a known stone and a finding, findings that are no stone, stones that are not found.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Matched {
    pub pairs: Vec<(usize, usize)>,
    pub false_positives: Vec<usize>,
    pub missed: Vec<usize>,
}

/// The pairs that share most voxels come first, then those that are nearest.
pub fn matched(truth: &[&Candidate], found: &[(usize, &Candidate)], mm: [f64; 3]) -> Matched {
    let mut offers = Vec::new();
    for (known, mask) in truth.iter().enumerate() {
        for &(at, candidate) in found {
            let shared = shared(mask, candidate);
            let distance = if shared > 0 { Some(0.0) } else { distance_mm(mask, candidate, mm) };
            if let Some(distance) = distance {
                offers.push((shared, distance, candidate.probability, known, at));
            }
        }
    }
    offers.sort_by(|a, b| {
        b.0.cmp(&a.0).then(a.1.total_cmp(&b.1)).then(b.2.total_cmp(&a.2)).then(a.4.cmp(&b.4))
    });
    let mut matched = Matched::default();
    let (mut known_taken, mut found_taken) = (HashSet::new(), HashSet::new());
    for (_, _, _, known, at) in offers {
        if !known_taken.contains(&known) && !found_taken.contains(&at) {
            known_taken.insert(known);
            found_taken.insert(at);
            matched.pairs.push((known, at));
        }
    }
    matched.missed = (0..truth.len()).filter(|known| !known_taken.contains(known)).collect();
    matched.false_positives =
        found.iter().map(|(at, _)| *at).filter(|at| !found_taken.contains(at)).collect();
    matched
}

/// Voxels that both have.
pub fn shared(a: &Candidate, b: &Candidate) -> usize {
    let of_a: HashSet<&[usize; 3]> = a.voxels.iter().collect();
    b.voxels.iter().filter(|voxel| of_a.contains(voxel)).count()
}

pub fn near(a: &Candidate, b: &Candidate, mm: [f64; 3]) -> bool {
    distance_mm(a, b, mm).is_some()
}

/// Distance of the nearest faces of two masks' voxels, where it is not more than 2 mm.
fn distance_mm(a: &Candidate, b: &Candidate, mm: [f64; 3]) -> Option<f64> {
    let between = |low: usize, high: usize, axis: usize| {
        high.saturating_sub(low).saturating_sub(1) as f64 * mm[axis]
    };
    let ((a_min, a_max), (b_min, b_max)) = (a.bounds(), b.bounds());
    let boxes = |axis: usize| {
        between(a_max[axis], b_min[axis], axis).max(between(b_max[axis], a_min[axis], axis))
    };
    if (0..3).any(|axis| boxes(axis) > WITHIN_MM) {
        return None;
    }
    let of = |a: &[usize; 3], b: &[usize; 3]| {
        let gaps = [0, 1, 2].map(|axis| between(a[axis].min(b[axis]), a[axis].max(b[axis]), axis));
        gaps.iter().map(|gap| gap * gap).sum::<f64>()
    };
    let pairs = a.voxels.iter().flat_map(|a| b.voxels.iter().map(move |b| of(a, b)));
    let nearest = pairs.fold(f64::INFINITY, f64::min).sqrt();
    (nearest <= WITHIN_MM).then_some(nearest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mask(voxels: &[[usize; 3]], probability: f32) -> Candidate {
        Candidate { voxels: voxels.to_vec(), probability }
    }

    #[test]
    fn one_stone_takes_one_finding() {
        let truth = mask(&[[10, 10, 5], [11, 10, 5]], 1.0);
        let (better, worse) = (mask(&[[10, 10, 5], [11, 10, 5]], 0.5), mask(&[[11, 10, 5]], 0.9));
        let far = mask(&[[40, 10, 5]], 0.9);
        let found = [(0, &worse), (1, &better), (2, &far)];
        let matched = matched(&[&truth], &found, [0.7, 0.7, 3.0]);
        assert_eq!(matched.pairs, [(0, 1)]);
        assert_eq!((matched.false_positives, matched.missed), (vec![0, 2], vec![]));
    }

    #[test]
    fn surfaces_within_two_millimetres_match() {
        let truth = mask(&[[10, 10, 5]], 1.0);
        // Voxels of 0.8 mm: two between them are 1.6 mm, three are 2.4 mm. The next slice touches.
        for (voxel, is_near) in
            [([13, 10, 5], true), ([14, 10, 5], false), ([10, 10, 6], true), ([10, 10, 7], false)]
        {
            assert_eq!(near(&truth, &mask(&[voxel], 1.0), [0.8, 0.8, 3.0]), is_near, "{voxel:?}");
        }
        let missed = matched(&[&truth], &[], [1.0; 3]);
        assert_eq!(missed.missed, [0]);
    }
}
