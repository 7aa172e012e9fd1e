//! The stone in three dimensions: its height, its longest extent, and the volume inside its surface.

use super::outline::Outline;
use super::patch::Patch;
use super::region::Region;
use glam::DVec3;

/// Pixels around the stone's shadow in which a slice's maximum is looked for.
const SHADOW: usize = 2;

/// Where along the slices (in slices of the patch, with fractions) the slices' maxima cross the level.
pub struct Height {
    pub from: f64,
    pub to: f64,
    pub mm: f64,
}

/// Height by the first and last crossing of the level by each slice's maximum, linear between slices. `field`
/// is that of the stone alone, lightly smoothed.
pub fn height(
    patch: &Patch,
    region: &Region,
    field: &[f32],
    level: f32,
    background: f32,
) -> Height {
    let [width, height, slices] = patch.size;
    let (min, max) = region.bounds(patch);
    let mut shadow = vec![false; width * height];
    for &voxel in &region.voxels {
        let [i, j, _] = patch.place(voxel);
        for j in j.saturating_sub(SHADOW)..=(j + SHADOW).min(height - 1) {
            let row = j * width;
            shadow[row + i.saturating_sub(SHADOW)..=row + (i + SHADOW).min(width - 1)].fill(true);
        }
    }
    let peak = |k: usize| {
        let slice = &field[k * width * height..(k + 1) * width * height];
        let shaded = slice.iter().zip(&shadow).filter(|(_, shaded)| **shaded);
        shaded.map(|(hu, _)| *hu).fold(f32::NEG_INFINITY, f32::max)
    };
    // How far the level is crossed past slice `k` towards `beyond`, in slices.
    let past = |k: usize, beyond: Option<usize>| {
        let inner = peak(k).max(level);
        let outer = beyond.map_or(background, |beyond| peak(beyond).max(background)).min(level);
        if inner > outer { f64::from((inner - level) / (inner - outer)) } else { 0.5 }
    };
    let below = past(min[2], min[2].checked_sub(1));
    let above = past(max[2], Some(max[2] + 1).filter(|&k| k < slices));
    let between: f64 = (min[2]..max[2]).map(|k| patch.step_mm(k)).sum();
    let before = min[2].checked_sub(1).map_or(patch.mm[2], |k| patch.step_mm(k));
    Height {
        from: min[2] as f64 - below,
        to: max[2] as f64 + above,
        mm: between + below * before + above * patch.step_mm(max[2]),
    }
}

/// Largest distance (mm) of two points of the surface: corners of the slices' outlines, and both ends.
pub fn feret(patch: &Patch, outlines: &[(usize, Outline)], height: &Height) -> f64 {
    let place = |[x, y]: [f64; 2], z: f64| patch.patient(DVec3::new(x, y, z));
    let mut points: Vec<DVec3> = outlines
        .iter()
        .flat_map(|(k, outline)| outline.hull.iter().map(|&corner| place(corner, *k as f64)))
        .collect();
    let mut end = |outline: Option<&(usize, Outline)>, z: f64| {
        if let Some((_, outline)) = outline.filter(|(_, outline)| !outline.hull.is_empty()) {
            let sum = outline.hull.iter().fold([0.0; 2], |s, p| [s[0] + p[0], s[1] + p[1]]);
            let n = outline.hull.len() as f64;
            points.push(place([sum[0] / n, sum[1] / n], z));
        }
    };
    end(outlines.first(), height.from);
    end(outlines.last(), height.to);
    let mut longest: f64 = 0.0;
    for (n, a) in points.iter().enumerate() {
        for b in &points[n + 1..] {
            longest = longest.max(a.distance_squared(*b));
        }
    }
    libm::sqrt(longest)
}

/// Volume (mm³) inside the surface at a level: of each of the six tetrahedra of each cube of voxel centres,
/// the part in which the value reaches it. `field` is that of the stone alone.
pub fn volume_mm3(patch: &Patch, region: &Region, field: &[f32], level: f32) -> f64 {
    /// Corners of a cube in binary (bit 0: `i`), along its diagonal one way each (Kuhn).
    const TETRAHEDRA: [[usize; 4]; 6] =
        [[0, 1, 3, 7], [0, 1, 5, 7], [0, 2, 3, 7], [0, 2, 6, 7], [0, 4, 5, 7], [0, 4, 6, 7]];
    let (min, max) = region.bounds(patch);
    let from = min.map(|x| x.saturating_sub(1));
    let to = [0, 1, 2].map(|axis| (max[axis] + 1).min(patch.size[axis] - 1));
    let mut sum = 0.0;
    for k in from[2]..to[2] {
        let mut layer = 0.0;
        for j in from[1]..to[1] {
            for i in from[0]..to[0] {
                let corners: [f64; 8] = std::array::from_fn(|c| {
                    let at = patch.index([i + (c & 1), j + (c >> 1 & 1), k + (c >> 2)]);
                    f64::from(field[at] - level)
                });
                layer += match corners.iter().filter(|v| **v > 0.0).count() {
                    0 => 0.0,
                    8 => 1.0,
                    _ => TETRAHEDRA.iter().map(|t| share(t.map(|c| corners[c]))).sum::<f64>() / 6.0,
                };
            }
        }
        sum += layer * patch.step_mm(k);
    }
    sum * patch.mm[0] * patch.mm[1]
}

/// Share of a tetrahedron in which the linear function of these corner values is positive.
fn share(mut values: [f64; 4]) -> f64 {
    volume::sort_numbers(&mut values);
    let [d, c, b, a] = values;
    match values.iter().filter(|v| **v > 0.0).count() {
        0 => 0.0,
        1 => a * a * a / ((a - b) * (a - c) * (a - d)),
        2 => {
            let (ac, ad, bc, bd) = (a / (a - c), a / (a - d), b / (b - c), b / (b - d));
            ac * ad + ac * bd * (1.0 - ad) + bc * bd * (1.0 - ac)
        }
        3 => 1.0 - d * d * d / ((d - a) * (d - b) * (d - c)),
        _ => 1.0,
    }
}

/// What the surroundings of the stone hold above the background, in HU · mm³: blur does not change it.
pub fn mass(patch: &Patch, region: &Region, raw: &[f32], background: f64) -> f64 {
    let (min, max) = region.bounds(patch);
    let from = min.map(|x| x.saturating_sub(SHADOW));
    let to = [0, 1, 2].map(|axis| (max[axis] + SHADOW).min(patch.size[axis] - 1));
    let mut near = vec![false; raw.len()];
    for &voxel in &region.voxels {
        near[voxel] = true;
    }
    for _ in 0..SHADOW {
        let grown: Vec<usize> = (0..near.len()).filter(|&at| near[at]).collect();
        for voxel in grown {
            for neighbour in patch.faces(voxel) {
                near[neighbour] = true;
            }
        }
    }
    let mut sum = 0.0;
    for k in from[2]..=to[2] {
        let step =
            if k > 0 { (patch.step_mm(k - 1) + patch.step_mm(k)) / 2.0 } else { patch.step_mm(k) };
        let mut slice = 0.0;
        for j in from[1]..=to[1] {
            for i in from[0]..=to[0] {
                let at = patch.index([i, j, k]);
                if near[at] {
                    slice += f64::from(raw[at]) - background;
                }
            }
        }
        sum += slice * step;
    }
    sum * patch.mm[0] * patch.mm[1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_of_a_tetrahedron() {
        // x₀ ≥ t of barycentric coordinates is a tetrahedron of side 1 − t.
        let at = |t: f64| share([1.0 - t, -t, -t, -t]);
        assert!((at(0.5) - 0.125).abs() < 1e-12 && (at(0.25) - 0.421_875).abs() < 1e-12);
        assert!((share([-0.5, 0.5, 0.5, 0.5]) - 0.875).abs() < 1e-12);
        // By symmetry two against two is half.
        assert!((share([1.0, 1.0, -1.0, -1.0]) - 0.5).abs() < 1e-12);
        assert!((share([3.0, 1.0, -3.0, -1.0]) - 0.5).abs() < 1e-12);
        assert_eq!((share([1.0; 4]), share([-1.0; 4])), (1.0, 0.0));
    }
}
