//! Strokes: from where the brush was to where it is now, a ball through the patient or a disc over a picture.

use crate::voxels::Voxels;
use glam::{DMat3, DVec3};
use volume::{Geometry, Grid};

/// The voxel whose centre is nearest to a pixel of a plane, if it is one of the volume's.
pub fn nearest(grid: &Grid, size: [usize; 3], [u, v]: [f64; 2], plane: f64) -> Option<[usize; 3]> {
    inside(grid.voxel(u, v, plane).0, size)
}

fn inside(place: DVec3, size: [usize; 3]) -> Option<[usize; 3]> {
    let at = place.round().to_array();
    let within = (0..3).all(|axis| (0.0..size[axis] as f64).contains(&at[axis]));
    within.then(|| at.map(|x| x as usize))
}

/// The voxels of a ball that moves from one place to another, both in patient mm (in voxels, where a series has no
/// known place), and the voxels that its middle passes: the smallest brush leaves a mark.
pub fn ball(geometry: &Geometry, from: DVec3, to: DVec3, radius_mm: f64) -> Voxels {
    let size = [geometry.columns, geometry.rows, geometry.slices];
    let mut voxels = Voxels::default();
    let Some(affine) = geometry.affine else {
        let slice = |k: usize| (DVec3::new(0.0, 0.0, k as f64), [DVec3::X, DVec3::Y, DVec3::Z]);
        sweep(size, slice, from, to, radius_mm, &mut voxels);
        pass(from, to, 0.5, |place| inside(place, size), &mut voxels);
        return voxels;
    };
    let axes = [affine.step[0], affine.step[1], affine.normal()];
    let slice = |k: usize| (geometry.origins.get(k).copied().unwrap_or(affine.origin), axes);
    sweep(size, slice, from, to, radius_mm, &mut voxels);
    let [i, j, _] = affine.spacing_mm();
    let step = i.min(j).min(affine.slice_distance_mm()) / 2.0;
    let at = |place| inside(geometry.voxel(volume::Patient(place))?.0, size);
    pass(from, to, step, at, &mut voxels);
    voxels
}

/// Voxels whose centres are within a radius of a stretch. Of a slice `slice` tells where its first voxel lies, the
/// steps along its rows and columns, and its normal.
fn sweep(
    size: [usize; 3],
    slice: impl Fn(usize) -> (DVec3, [DVec3; 3]),
    from: DVec3,
    to: DVec3,
    radius: f64,
    voxels: &mut Voxels,
) {
    for k in 0..size[2] {
        let (origin, [right, down, normal]) = slice(k);
        let off = [from, to].map(|end| (end - origin).dot(normal));
        if off[0].min(off[1]) > radius || off[0].max(off[1]) < -radius {
            continue;
        }
        let inverse = DMat3::from_cols(right, down, normal).inverse();
        let ends = [from, to].map(|end| inverse * (end - origin));
        // How far the ball reaches along rows and columns, in voxels.
        let reach = [inverse.row(0), inverse.row(1)].map(|row| row.length() * radius);
        let range = |axis: usize| {
            let [a, b] = ends.map(|end| end[axis]);
            let first = (a.min(b) - reach[axis]).ceil().max(0.0) as usize;
            let past = (a.max(b) + reach[axis]).floor() + 1.0;
            first..(past.max(0.0) as usize).min(size[axis])
        };
        for j in range(1) {
            for i in range(0) {
                let place = origin + right * i as f64 + down * j as f64;
                if distance_squared(place, from, to) <= radius * radius {
                    voxels.insert([i, j, k]);
                }
            }
        }
    }
}

fn distance_squared(place: DVec3, from: DVec3, to: DVec3) -> f64 {
    let (way, off) = (to - from, place - from);
    let length = way.length_squared();
    let share = if length > 0.0 { (off.dot(way) / length).clamp(0.0, 1.0) } else { 0.0 };
    (off - way * share).length_squared()
}

/// What `at` finds along a stretch.
fn pass(
    from: DVec3,
    to: DVec3,
    step: f64,
    at: impl Fn(DVec3) -> Option<[usize; 3]>,
    voxels: &mut Voxels,
) {
    let steps = ((to - from).length() / step.max(1e-3)).ceil().max(1.0) as usize;
    let places = (0..=steps).map(|n| from + (to - from) * (n as f64 / steps as f64));
    for voxel in places.filter_map(at) {
        voxels.insert(voxel);
    }
}

/// The voxels that a picture shows under a disc that moves over it from one pixel to another: those nearest to the
/// pixels of that plane, and no others.
pub fn disc(
    grid: &Grid,
    size: [usize; 3],
    plane: f64,
    from: [f64; 2],
    to: [f64; 2],
    radius_mm: f64,
) -> Voxels {
    let mm = grid.pixel_mm;
    let flat = |[u, v]: [f64; 2]| DVec3::new(u * mm[0], v * mm[1], 0.0);
    let (start, end) = (flat(from), flat(to));
    let range = |axis: usize, len: usize| {
        let (a, b, reach) = (from[axis], to[axis], radius_mm / mm[axis]);
        let first = (a.min(b) - reach).ceil().max(0.0) as usize;
        let past = (a.max(b) + reach).floor() + 1.0;
        first..(past.max(0.0) as usize).min(len)
    };
    let mut voxels = Voxels::default();
    for v in range(1, grid.height) {
        for u in range(0, grid.width) {
            let pixel = [u as f64, v as f64];
            if distance_squared(flat(pixel), start, end) <= radius_mm * radius_mm {
                voxels.extend(nearest(grid, size, pixel, plane));
            }
        }
    }
    let on = |place: DVec3| {
        let pixel = [(place.x / mm[0]).round(), (place.y / mm[1]).round()];
        let shown = (0.0..grid.width as f64).contains(&pixel[0])
            && (0.0..grid.height as f64).contains(&pixel[1]);
        shown.then(|| nearest(grid, size, pixel, plane)).flatten()
    };
    pass(start, end, mm[0].min(mm[1]) / 2.0, on, &mut voxels);
    voxels
}

impl Extend<[usize; 3]> for Voxels {
    fn extend<T: IntoIterator<Item = [usize; 3]>>(&mut self, voxels: T) {
        for voxel in voxels {
            self.insert(voxel);
        }
    }
}
