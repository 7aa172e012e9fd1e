//! The HU of one plane, at the volume's own resolution.

use crate::geometry::{NOTHING, Volume};
use crate::grid::{Bracket, Grid};

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
        if grid.is_stack() {
            self.copy_slice(volume, grid, index)
        } else {
            self.cross(volume, grid, index)
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
            for at in 0..across.2 {
                let hu = line[turn(across, at)];
                let pixel = if z_is_down { step * self.width + at } else { at * self.width + step };
                self.hu[pixel] = hu;
                if bracket.gap {
                    if self.hatch.is_empty() {
                        self.hatch.resize(self.hu.len(), false);
                    }
                    self.hatch[pixel] = true;
                }
            }
        }
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
    let mut other = vec![0i16; out.len()];
    slice_line(volume, grid, above, axis, fixed, &mut other);
    for (a, &b) in out.iter_mut().zip(&other) {
        *a = mix(*a, b, weight);
    }
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

    let stored = |along: isize, fixed: isize| -> i16 {
        match (usize::try_from(along), usize::try_from(fixed)) {
            (Ok(a), Ok(f)) if a < len_along && f < len_fixed => {
                slice[a * stride_along + f * stride_fixed]
            }
            _ => NOTHING,
        }
    };
    let (f, f_weight) = split(fixed - shift_fixed);
    let at = |along: isize| mix(stored(along, f), stored(along, f + 1), f_weight);
    for (x, out) in out.iter_mut().enumerate() {
        let (a, a_weight) = split(x as f64 - shift_along);
        *out = mix(at(a), if a_weight == 0.0 { 0 } else { at(a + 1) }, a_weight);
    }
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

fn mix(a: i16, b: i16, weight: f64) -> i16 {
    if weight == 0.0 {
        return a;
    }
    let (a, b) = (f64::from(a), f64::from(b));
    (a + (b - a) * weight).round_ties_even() as i16
}
