//! What of a search that goes on is as it will be at its end.

use crate::candidates::{Candidate, ProbabilityMap};
use crate::measure::patch::{around, voxels_around};
use volume::Geometry;

/// Smallest and largest `[i, j, k]`.
pub(crate) type Box3 = ([usize; 3], [usize; 3]);

pub(crate) struct Settled<'a> {
    map: &'a ProbabilityMap,
    reach: [usize; 3],
    /// Components that may grow, and those so near to them that they may become part of the same stone.
    growing: Vec<Box3>,
}

impl<'a> Settled<'a> {
    /// `components` are all, however small: one may become a stone.
    pub fn of(map: &'a ProbabilityMap, geometry: &Geometry, components: &[Candidate]) -> Self {
        let grows = |(min, max): Box3| !map.has_all([min[2].saturating_sub(1), max[2] + 1]);
        let bounds = components.iter().map(Candidate::bounds);
        let (mut growing, mut still): (Vec<Box3>, Vec<Box3>) = bounds.partition(|b| grows(*b));
        let reach = voxels_around(geometry);
        let mut next = 0;
        while let Some(&grower) = growing.get(next) {
            next += 1;
            let (near, far) = still.into_iter().partition(|b| meet(around(*b, reach), grower));
            growing.extend::<Vec<Box3>>(near);
            still = far;
        }
        Self { map, reach, growing }
    }

    /// Whether nothing that is still to come bears on what a mask of these bounds is, or on how large.
    pub fn is_settled(&self, mask: Box3) -> bool {
        self.has_seen(around(mask, self.reach))
    }

    /// The same of the bounds of what was looked at.
    pub fn has_seen(&self, looked: Box3) -> bool {
        let (min, max) = looked;
        self.map.has_all([min[2], max[2]]) && !self.growing.iter().any(|&g| meet(looked, g))
    }
}

fn meet((a_min, a_max): Box3, (b_min, b_max): Box3) -> bool {
    (0..3).all(|axis| a_min[axis] <= b_max[axis] && b_min[axis] <= a_max[axis])
}
