//! The HU of one plane, at the volume's own resolution.

use crate::geometry::{NOTHING, Volume};
use crate::grid::{Bracket, Grid};
use glam::DVec3;

/// HU of a plane, row by row. `hatch` marks pixels that lie in a gap between slices, where the HU are
/// interpolated and nothing was measured; it is empty where there is no gap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sampled {
    pub width: usize,
    pub height: usize,
    pub hu: Vec<i16>,
    pub hatch: Vec<bool>,
}

impl Sampled {
    /// Cuts plane `index` of `grid` out of the volume, reusing the buffers of the last cut.
    pub fn cut(&mut self, volume: &Volume, grid: &Grid, index: usize) {
        self.width = grid.width;
        self.height = grid.height;
        self.hu.clear();
        self.hu.resize(grid.width * grid.height, NOTHING);
        self.hatch.clear();
        if grid.is_turned() {
            self.askew(volume, grid.cut(index as f64));
        } else if grid.is_stack() {
            self.copy_slice(volume, grid, index);
        } else {
            self.cross(volume, grid, index);
        }
    }

    /// A stored slice, turned as the view wants it.
    fn copy_slice(&mut self, volume: &Volume, grid: &Grid, index: usize) {
        let [u, v, s] = grid.axes();
        let k = turn(s, index);
        let slice = volume.slice(k);
        let columns = volume.geometry.columns;
        let stride = [1, columns];
        for (y, line) in self.hu.chunks_exact_mut(grid.width).enumerate() {
            let start = turn(v, y) * stride[v.0];
            if u.0 == 0 && !u.1 {
                line.copy_from_slice(&slice[start..start + columns]);
            } else {
                for (x, out) in line.iter_mut().enumerate() {
                    *out = slice[start + turn(u, x) * stride[u.0]];
                }
            }
        }
    }

    /// A cut through the stack: one line of each slice, mixed where the lattice falls between slices.
    fn cross(&mut self, volume: &Volume, grid: &Grid, index: usize) {
        let [u, v, s] = grid.axes();
        let (z, across) = if u.0 == 2 { (u, v) } else { (v, u) };
        let fixed = turn(s, index) as f64;
        let z_is_down = v.0 == 2;
        let mut line = vec![0i16; across.2];
        for step in 0..z.2 {
            let bracket = grid.bracket(turn(z, step) as f64);
            mixed_line(volume, grid, bracket, s.0, fixed, &mut line);
            if across.1 {
                line.reverse();
            }
            let (start, stride) =
                if z_is_down { (step * self.width, 1) } else { (step, self.width) };
            let pixels = self.hu.iter_mut().skip(start).step_by(stride);
            pixels.zip(&line).for_each(|(pixel, &hu)| *pixel = hu);
            if bracket.gap {
                self.hatch.resize(self.hu.len(), false);
                let hatched = self.hatch.iter_mut().skip(start).step_by(stride);
                hatched.take(across.2).for_each(|pixel| *pixel = true);
            }
        }
    }
}

impl Volume {
    /// HU at a place in the patient (mm; without geometry in voxels), as planes show it: bilinear in each slice, linear
    /// along the normal between both. `None` outside the outermost voxels.
    pub fn hu_at(&self, place: DVec3) -> Option<f64> {
        let geometry = &self.geometry;
        let Some(affine) = geometry.affine else {
            return self.in_slice(place.z.round(), place.x, place.y);
        };
        let first = *geometry.origins.first()?;
        let k = geometry.slice_at((place - first).dot(affine.normal()));
        let (below, weight) = split(k);
        let of_slice = |k: isize| {
            // Half a slice beyond the last one is still that slice's.
            let inside = k.clamp(0, geometry.slices as isize - 1);
            let way = place - *geometry.origins.get(inside as usize)?;
            let along = |step: DVec3| way.dot(step) / step.length_squared();
            self.in_slice(inside as f64, along(affine.step[0]), along(affine.step[1]))
        };
        if !(-0.5..=geometry.slices as f64 - 0.5).contains(&k) {
            return None;
        }
        let low = of_slice(below)?;
        if weight == 0.0 { Some(low) } else { Some(low + (of_slice(below + 1)? - low) * weight) }
    }

    fn in_slice(&self, k: f64, x: f64, y: f64) -> Option<f64> {
        let (columns, rows) = (self.geometry.columns as isize, self.geometry.rows as isize);
        let outside = |x: f64, len: isize| x < -0.501 || x > len as f64 - 0.499;
        if outside(x, columns) || outside(y, rows) {
            return None;
        }
        let ((i, across), (j, down)) = (split(x), split(y));
        let at = |i: isize, j: isize| {
            let hu = self.at(i.clamp(0, columns - 1), j.clamp(0, rows - 1), k as isize)?;
            Some(f64::from(hu))
        };
        let mixed = |j: isize| {
            let left = at(i, j)?;
            if across == 0.0 { Some(left) } else { Some(left + (at(i + 1, j)? - left) * across) }
        };
        let upper = mixed(j)?;
        if down == 0.0 { Some(upper) } else { Some(upper + (mixed(j + 1)? - upper) * down) }
    }
}

type Axis = (usize, bool, usize);

fn turn((_, flipped, len): Axis, x: usize) -> usize {
    if flipped { len - 1 - x } else { x }
}

/// The line of lattice points with `fixed` on in-plane axis `axis`, between two slices.
fn mixed_line(
    volume: &Volume,
    grid: &Grid,
    Bracket { below, above, weight, .. }: Bracket,
    axis: usize,
    fixed: f64,
    out: &mut [i16],
) {
    slice_line(volume, grid, below, axis, fixed, out);
    if weight < 1e-6 || above == below {
        return;
    }
    mix(out, weight, |other| slice_line(volume, grid, above, axis, fixed, other));
}

/// The line of lattice points with `fixed` on in-plane axis `axis` in slice `k`, moved by its shift.
fn slice_line(volume: &Volume, grid: &Grid, k: usize, axis: usize, fixed: f64, out: &mut [i16]) {
    let slice = volume.slice(k);
    let (columns, rows) = (volume.geometry.columns, volume.geometry.rows);
    let (stride_along, stride_fixed) = if axis == 1 { (1, columns) } else { (columns, 1) };
    let (len_along, len_fixed) = if axis == 1 { (columns, rows) } else { (rows, columns) };
    let shift = grid.shift_of(k);
    let (shift_along, shift_fixed) =
        if axis == 1 { (shift[0], shift[1]) } else { (shift[1], shift[0]) };

    // All points of the line lie alike between their voxels.
    let (first, weight) = split(-shift_along);
    let (row, row_weight) = split(fixed - shift_fixed);
    let stored = |first: isize, row: isize, out: &mut [i16]| {
        out.fill(NOTHING);
        let Some(row) = usize::try_from(row).ok().filter(|&row| row < len_fixed) else { return };
        let (outside, start) = (first.min(0).unsigned_abs(), first.max(0).unsigned_abs());
        let voxels =
            slice.iter().skip(row * stride_fixed + start * stride_along).step_by(stride_along);
        let inside = out.iter_mut().skip(outside).take(len_along.saturating_sub(start));
        inside.zip(voxels).for_each(|(out, &hu)| *out = hu);
    };
    let mixed_rows = |first: isize, out: &mut [i16]| {
        stored(first, row, out);
        mix(out, row_weight, |next| stored(first, row + 1, next));
    };
    mixed_rows(first, out);
    mix(out, weight, |next| mixed_rows(first + 1, next));
}

/// Whole part and the rest in 0..1; a rest that is rounding of the header counts as none.
fn split(x: f64) -> (isize, f64) {
    let whole = x.floor();
    let rest = x - whole;
    match rest {
        r if r < 1e-3 => (whole as isize, 0.0),
        r if r > 1.0 - 1e-3 => (whole as isize + 1, 0.0),
        r => (whole as isize, r),
    }
}

/// Moves `line` towards another by a share of the way.
fn mix(line: &mut [i16], weight: f64, read_other: impl Fn(&mut [i16])) {
    if weight == 0.0 {
        return;
    }
    let mut other = vec![0; line.len()];
    read_other(&mut other);
    for (a, &b) in line.iter_mut().zip(&other) {
        let (from, to) = (f64::from(*a), f64::from(b));
        *a = (from + (to - from) * weight).round_ties_even() as i16;
    }
}
