//! A copy of the voxels around a mask, in floating point, with the millimetres that hold there.

use crate::findings::Bounds;
use crate::settled::Box3;
use glam::DVec3;
use volume::{Geometry, Volume, Voxel};

/// What lies this far around the mask is looked at.
const AROUND_MM: f64 = 6.0;
/// A patch of more voxels holds no stone: a staghorn stone of 10 cm has a quarter of it.
const MOST_VOXELS: usize = 8_000_000;
/// Gaussian that is taken over all three axes where noise would move the edge.
pub const SMOOTH_MM: f64 = 0.6;
/// Gaussian in the plane, for finding the peak and the seed only.
const LIGHT_MM: f64 = 0.35;

/// Voxels `min .. min + size` of a volume; `i` fastest.
pub struct Patch<'a> {
    pub volume: &'a Volume,
    pub min: [usize; 3],
    pub size: [usize; 3],
    /// From column to column, row to row, slice to slice (along the normal).
    pub mm: [f64; 3],
    pub hu: Vec<f32>,
}

impl<'a> Patch<'a> {
    /// `None` where the volume has no millimetres, or the box is larger than any stone.
    pub fn around(volume: &'a Volume, bounds: Bounds) -> Option<Self> {
        let geometry = &volume.geometry;
        let mm = steps_mm(geometry)?;
        let whole = [geometry.columns, geometry.rows, geometry.slices];
        let (min, max) = around((bounds.min, bounds.max), voxels_around(geometry));
        let max = [0, 1, 2].map(|a| max[a].min(whole[a] - 1));
        let size = [0, 1, 2].map(|a| max[a] + 1 - min[a]);
        let voxels = size.iter().try_fold(1usize, |n, &side| n.checked_mul(side))?;
        if voxels > MOST_VOXELS {
            return None;
        }
        let mut hu = Vec::with_capacity(voxels);
        for k in min[2]..=max[2] {
            let slice = volume.slice(k);
            for j in min[1]..=max[1] {
                let line = j * whole[0];
                hu.extend(slice[line + min[0]..=line + max[0]].iter().map(|&hu| f32::from(hu)));
            }
        }
        Some(Self { volume, min, size, mm, hu })
    }

    /// First and last voxel of the volume in it.
    pub fn bounds(&self) -> Box3 {
        (self.min, [0, 1, 2].map(|axis| self.min[axis] + self.size[axis] - 1))
    }

    pub fn index(&self, [i, j, k]: [usize; 3]) -> usize {
        (k * self.size[1] + j) * self.size[0] + i
    }

    pub fn place(&self, index: usize) -> [usize; 3] {
        let [w, h, _] = self.size;
        [index % w, index / w % h, index / (w * h)]
    }

    /// The voxel of the volume at an index.
    pub fn voxel(&self, index: usize) -> [usize; 3] {
        let place = self.place(index);
        [0, 1, 2].map(|axis| self.min[axis] + place[axis])
    }

    /// Index of a voxel of the volume; `None` outside the patch.
    pub fn find(&self, voxel: [usize; 3]) -> Option<usize> {
        let mut at = [0; 3];
        for axis in 0..3 {
            at[axis] = voxel[axis].checked_sub(self.min[axis]).filter(|&x| x < self.size[axis])?;
        }
        Some(self.index(at))
    }

    /// Patient place of a point of the patch, in voxels from its corner.
    pub fn patient(&self, point: DVec3) -> DVec3 {
        let corner = DVec3::from(self.min.map(|x| x as f64));
        self.volume.geometry.patient(Voxel(corner + point)).map_or(DVec3::ZERO, |p| p.0)
    }

    /// Millimetres along the normal from slice `k` of the patch to the next.
    pub fn step_mm(&self, k: usize) -> f64 {
        let positions = &self.volume.geometry.positions_mm;
        let at = |k: usize| positions.get(self.min[2] + k).copied();
        match (at(k), at(k + 1)) {
            (Some(here), Some(next)) => next - here,
            _ => self.mm[2],
        }
    }

    /// Indices of the up to six voxels that share a face.
    pub fn faces(&self, index: usize) -> impl Iterator<Item = usize> {
        let place = self.place(index);
        let size = self.size;
        let steps = [1, size[0], size[0] * size[1]];
        (0..6).filter_map(move |side| {
            let axis = side / 2;
            if side % 2 == 1 {
                (place[axis] + 1 < size[axis]).then(|| index + steps[axis])
            } else {
                (place[axis] > 0).then(|| index - steps[axis])
            }
        })
    }

    /// Lightly smoothed in the plane.
    pub fn light(&self) -> Vec<f32> {
        let [i, j, _] = self.mm.map(|mm| LIGHT_MM / mm);
        self.blurred([i, j, 0.0])
    }

    pub fn smooth(&mut self) {
        self.hu = self.blurred(self.mm.map(|mm| SMOOTH_MM / mm));
    }

    /// A Gaussian along each axis, `sigma` in voxels; at the edges the last voxel goes on.
    fn blurred(&self, sigma: [f64; 3]) -> Vec<f32> {
        let mut field = self.hu.clone();
        let mut before = Vec::new();
        let mut stride = 1;
        for (len, sigma) in self.size.into_iter().zip(sigma) {
            if sigma > 0.0 && len > 1 {
                let kernel = gaussian(sigma);
                field
                    .chunks_exact_mut(stride * len)
                    .for_each(|lines| blur(lines, stride, &kernel, &mut before));
            }
            stride *= len;
        }
        field
    }

    /// Standard deviation of the noise, from the differences of neighbours in a row: 1.4826 · MAD / √2. Of HU as they
    /// were scanned, whole numbers: they are counted.
    pub fn noise(&self) -> f64 {
        let mut counts = vec![0usize; 1 << 16];
        for row in self.hu.chunks_exact(self.size[0]) {
            for pair in row.windows(2) {
                if let Some(count) = counts.get_mut((pair[1] - pair[0]).abs() as usize) {
                    *count += 1;
                }
            }
        }
        let middle = counts.iter().sum::<usize>() / 2;
        let mut below = 0;
        let median = counts.iter().position(|count| {
            below += count;
            below > middle
        });
        1.4826 * median.unwrap_or(0) as f64 / std::f64::consts::SQRT_2
    }
}

/// Millimetres from column to column, row to row, slice to slice.
fn steps_mm(geometry: &Geometry) -> Option<[f64; 3]> {
    let affine = geometry.affine?;
    let [i, j, _] = affine.spacing_mm();
    let mm = [i, j, affine.slice_distance_mm()];
    mm.iter().all(|&mm| mm > 0.0).then_some(mm)
}

/// How many voxels are looked at on each side of a mask.
pub fn voxels_around(geometry: &Geometry) -> [usize; 3] {
    let voxels = |mm: f64| (libm::ceil(AROUND_MM / mm) as usize).max(1);
    steps_mm(geometry).map_or([1; 3], |mm| mm.map(voxels))
}

/// The bounds with so many voxels on each side; the last may lie outside the volume.
pub fn around((min, max): Box3, reach: [usize; 3]) -> Box3 {
    let min = [0, 1, 2].map(|axis| min[axis].saturating_sub(reach[axis]));
    (min, [0, 1, 2].map(|axis| max[axis] + reach[axis]))
}

/// Blurs along lines whose values are `stride` apart: as many lines at once as lie side by side. `before` is room.
fn blur(lines: &mut [f32], stride: usize, kernel: &[f32], before: &mut Vec<f32>) {
    let reach = kernel.len() / 2;
    before.clear();
    (0..reach).for_each(|_| before.extend_from_slice(&lines[..stride]));
    before.extend_from_slice(lines);
    (0..reach).for_each(|_| before.extend_from_slice(&lines[lines.len() - stride..]));
    // A whole line along the first axis, else one value of each line.
    let run = if stride == 1 { lines.len() } else { stride };
    for (at, values) in lines.chunks_exact_mut(run).enumerate() {
        values.fill(0.0);
        for (tap, weight) in kernel.iter().enumerate() {
            let from = &before[at * run + tap * stride..][..run];
            values.iter_mut().zip(from).for_each(|(value, from)| *value += weight * from);
        }
    }
}

/// Weights that sum to 1, out to four sigma.
fn gaussian(sigma: f64) -> Vec<f32> {
    let reach = libm::ceil(4.0 * sigma) as i32;
    let weight = |n: i32| libm::exp(-0.5 * f64::from(n * n) / (sigma * sigma));
    let sum: f64 = (-reach..=reach).map(weight).sum();
    (-reach..=reach).map(|n| (weight(n) / sum) as f32).collect()
}

/// The upper one of two middle values; the values are reordered.
pub fn median(values: &mut [f64]) -> Option<f64> {
    let middle = values.len() / 2;
    (!values.is_empty()).then(|| *values.select_nth_unstable_by(middle, f64::total_cmp).1)
}
