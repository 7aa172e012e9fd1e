//! A copy of the voxels around a mask, in floating point, with the millimetres that hold there.

use crate::findings::Bounds;
use glam::DVec3;
use volume::{Volume, Voxel};

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
        let affine = geometry.affine?;
        let [mm_i, mm_j, _] = affine.spacing_mm();
        let mm = [mm_i, mm_j, affine.slice_distance_mm()];
        if !mm.iter().all(|&mm| mm > 0.0) {
            return None;
        }
        let whole = [geometry.columns, geometry.rows, geometry.slices];
        let reach = mm.map(|mm| libm::ceil(AROUND_MM / mm) as usize);
        let min = [0, 1, 2].map(|a| bounds.min[a].saturating_sub(reach[a]));
        let max = [0, 1, 2].map(|a| (bounds.max[a] + reach[a]).min(whole[a] - 1));
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

    pub fn index(&self, [i, j, k]: [usize; 3]) -> usize {
        (k * self.size[1] + j) * self.size[0] + i
    }

    pub fn place(&self, index: usize) -> [usize; 3] {
        let [w, h, _] = self.size;
        [index % w, index / w % h, index / (w * h)]
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
        let strides = [1, self.size[0], self.size[0] * self.size[1]];
        let mut line = Vec::new();
        for axis in 0..3 {
            let (stride, len) = (strides[axis], self.size[axis]);
            if sigma[axis] <= 0.0 || len < 2 {
                continue;
            }
            let kernel = gaussian(sigma[axis]);
            for start in 0..field.len() {
                if start / stride % len != 0 {
                    continue;
                }
                line.clear();
                line.extend((0..len).map(|n| field[start + n * stride]));
                for n in 0..len {
                    let tap = |(m, weight): (usize, &f32)| {
                        let at = (n + m).saturating_sub(kernel.len() / 2).min(len - 1);
                        weight * line[at]
                    };
                    field[start + n * stride] = kernel.iter().enumerate().map(tap).sum();
                }
            }
        }
        field
    }

    /// Standard deviation of the noise, from the differences of neighbours in a row: 1.4826 · MAD / √2.
    pub fn noise(&self) -> f64 {
        let rows = self.hu.chunks_exact(self.size[0]);
        let mut differences: Vec<f64> =
            rows.flat_map(|row| row.windows(2).map(|w| f64::from((w[1] - w[0]).abs()))).collect();
        1.4826 * median(&mut differences).unwrap_or(0.0) / std::f64::consts::SQRT_2
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
