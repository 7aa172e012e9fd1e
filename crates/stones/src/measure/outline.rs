//! The stone's outline in one slice: its contour at the level, its longest chord and the one across it.

use super::patch::Patch;
use super::region::Region;

/// Each pixel is made this many, by cubic interpolation, before the contour is traced.
const FINER: usize = 3;
/// Pixels around the region that the contour may lie in.
const MARGIN: usize = 3;

/// Outline of one slice of a patch.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outline {
    /// Corners of the contour's convex hull, in voxels of the patch.
    pub hull: Vec<[f64; 2]>,
    /// Largest distance of two points of the contour, and the largest chord perpendicular to it.
    pub long_mm: f64,
    pub short_mm: f64,
}

impl Outline {
    /// Contour of slice `k` at a level; the largest, if the stone crosses the slice more than once. `field` is
    /// that of the stone alone. `None` where the slice has none of the region.
    pub fn trace(
        patch: &Patch,
        region: &Region,
        field: &[f32],
        level: f32,
        k: usize,
    ) -> Option<Self> {
        let [width, height, _] = patch.size;
        let slice = k * width * height..(k + 1) * width * height;
        let first = region.voxels.partition_point(|&v| v < slice.start);
        let own: Vec<usize> = region.voxels[first..]
            .iter()
            .take_while(|&&v| v < slice.end)
            .map(|v| v - slice.start)
            .collect();
        let (mut min, mut max) = ([usize::MAX; 2], [0; 2]);
        for at in &own {
            for (axis, x) in [at % width, at / width].into_iter().enumerate() {
                min[axis] = min[axis].min(x);
                max[axis] = max[axis].max(x);
            }
        }
        if own.is_empty() {
            return None;
        }
        let min = min.map(|x| x.saturating_sub(MARGIN));
        let max = [(max[0] + MARGIN).min(width - 1), (max[1] + MARGIN).min(height - 1)];
        let part: Vec<Vec<f32>> = (min[1]..=max[1])
            .map(|j| {
                let row = slice.start + j * width;
                finer(&field[row + min[0]..=row + max[0]])
            })
            .collect();
        let fine = Fine::of(&part);
        let scale = |[x, y]: [f64; 2]| {
            let step = 1.0 / FINER as f64;
            [min[0] as f64 + x * step, min[1] as f64 + y * step]
        };
        let outlines = fine.contours(level).into_iter().map(|points| {
            let hull = hull(points.into_iter().map(scale).collect());
            let (long_mm, short_mm) = axes(&hull, [patch.mm[0], patch.mm[1]]);
            Self { hull, long_mm, short_mm }
        });
        outlines.max_by(|a, b| a.long_mm.total_cmp(&b.long_mm))
    }
}

/// An image, row by row.
struct Fine {
    width: usize,
    values: Vec<f32>,
}

impl Fine {
    /// Rows that are finer already are made finer across.
    fn of(rows: &[Vec<f32>]) -> Self {
        let width = rows.first().map_or(0, Vec::len);
        let height = (rows.len() - 1) * FINER + 1;
        let mut values = vec![0.0; width * height];
        for x in 0..width {
            let column: Vec<f32> = rows.iter().map(|row| row[x]).collect();
            for (y, value) in finer(&column).into_iter().enumerate() {
                values[y * width + x] = value;
            }
        }
        Self { width, values }
    }

    /// Of each set of pixels that reach the level and hang together by edges: where the level is crossed on
    /// the way to its neighbours.
    fn contours(&self, level: f32) -> Vec<Vec<[f64; 2]>> {
        let mut seen = vec![false; self.values.len()];
        let mut contours = Vec::new();
        for start in 0..self.values.len() {
            if seen[start] || self.values[start] < level {
                continue;
            }
            seen[start] = true;
            let (mut open, mut points) = (vec![start], Vec::new());
            while let Some(at) = open.pop() {
                let (x, y) = (at % self.width, at / self.width);
                let height = self.values.len() / self.width;
                let sides = [
                    (x > 0, at.wrapping_sub(1), [-1.0, 0.0]),
                    (x + 1 < self.width, at + 1, [1.0, 0.0]),
                    (y > 0, at.wrapping_sub(self.width), [0.0, -1.0]),
                    (y + 1 < height, at + self.width, [0.0, 1.0]),
                ];
                for (there, next, step) in sides.into_iter().filter(|side| side.0) {
                    if !there || seen[next] {
                        continue;
                    }
                    let (inner, outer) = (self.values[at], self.values[next]);
                    if outer >= level {
                        seen[next] = true;
                        open.push(next);
                    } else {
                        let part = f64::from((inner - level) / (inner - outer));
                        points.push([x as f64 + step[0] * part, y as f64 + step[1] * part]);
                    }
                }
            }
            contours.push(points);
        }
        contours
    }
}

/// Catmull and Rom's cubic through the values, at thirds of their distance; the ends go on level.
fn finer(values: &[f32]) -> Vec<f32> {
    let at = |n: isize| values[n.clamp(0, values.len() as isize - 1) as usize];
    let mut fine = Vec::with_capacity((values.len() - 1) * FINER + 1);
    for n in 0..values.len() as isize - 1 {
        let (a, b, c, d) = (at(n - 1), at(n), at(n + 1), at(n + 2));
        for step in 0..FINER {
            let t = step as f32 / FINER as f32;
            let cubic = 3.0 * (b - c) + d - a;
            let square = 2.0 * a - 5.0 * b + 4.0 * c - d;
            fine.push(b + 0.5 * t * (c - a + t * (square + t * cubic)));
        }
    }
    fine.extend(values.last());
    fine
}

/// Corners of the smallest convex polygon around points, in order (Andrew's monotone chain).
fn hull(mut points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    volume::sort_by(&mut points, |a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    let chain = |points: &mut dyn Iterator<Item = [f64; 2]>| {
        let mut chain: Vec<[f64; 2]> = Vec::new();
        for p in points {
            while let [.., a, b] = chain[..]
                && (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]) <= 0.0
            {
                chain.pop();
            }
            chain.push(p);
        }
        chain.pop();
        chain
    };
    let mut hull = chain(&mut points.iter().copied());
    hull.extend(chain(&mut points.iter().rev().copied()));
    if hull.is_empty() {
        points.truncate(1)
    } else {
        points = hull
    }
    points
}

/// Largest distance of two corners, and the largest chord of the polygon perpendicular to it.
fn axes(hull: &[[f64; 2]], mm: [f64; 2]) -> (f64, f64) {
    let points: Vec<[f64; 2]> = hull.iter().map(|p| [p[0] * mm[0], p[1] * mm[1]]).collect();
    let (mut long, mut along) = (0.0, [1.0, 0.0]);
    for (n, a) in points.iter().enumerate() {
        for b in &points[n + 1..] {
            let d = [b[0] - a[0], b[1] - a[1]];
            let length = libm::hypot(d[0], d[1]);
            if length > long {
                (long, along) = (length, [d[0] / length, d[1] / length]);
            }
        }
    }
    // In coordinates along and across the long axis, the chord is longest at one of the corners.
    let turned: Vec<[f64; 2]> = points
        .iter()
        .map(|p| [p[0] * along[0] + p[1] * along[1], p[1] * along[0] - p[0] * along[1]])
        .collect();
    let chord = |x: f64| {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for (n, a) in turned.iter().enumerate() {
            let b = turned[(n + 1) % turned.len()];
            let (from, to) = (a[0].min(b[0]), a[0].max(b[0]));
            if (from..=to).contains(&x) {
                let t = if to > from { (x - a[0]) / (b[0] - a[0]) } else { 0.0 };
                let y = a[1] + t * (b[1] - a[1]);
                (low, high) = (low.min(y), high.max(y));
            }
        }
        (high - low).max(0.0)
    };
    (long, turned.iter().map(|p| chord(p[0])).fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_of_known_polygons() {
        // A rectangle of 4 × 3 and its diagonal.
        let rectangle = hull(vec![[0.0, 0.0], [4.0, 0.0], [4.0, 3.0], [0.0, 3.0], [2.0, 1.0]]);
        assert_eq!(rectangle.len(), 4);
        let (long, short) = axes(&rectangle, [1.0, 1.0]);
        assert!((long - 5.0).abs() < 1e-12);
        // The chord through a corner: from it to the side opposite, 3 / cos = 3.75 long.
        assert!((short - 3.75).abs() < 1e-12, "{short}");
        // A circle is as wide as it is long, an ellipse is not; pixels need not be square.
        let ring = |a: f64, b: f64| {
            let angles = (0..360).map(|degree| f64::from(degree).to_radians());
            hull(angles.map(|t| [a * libm::cos(t), b * libm::sin(t)]).collect())
        };
        let (long, short) = axes(&ring(5.0, 5.0), [1.0, 1.0]);
        assert!((long - 10.0).abs() < 1e-9 && (short - 10.0).abs() < 0.01);
        let (long, short) = axes(&ring(5.0, 3.0), [1.0, 0.5]);
        assert!((long - 10.0).abs() < 1e-9 && (short - 3.0).abs() < 0.01);
    }

    #[test]
    fn the_cubic_goes_through_its_values_and_keeps_lines() {
        let line: Vec<f32> = (0..6).map(|n| 2.0 * n as f32 - 3.0).collect();
        let fine = finer(&line);
        assert_eq!(fine.len(), 16);
        for (n, value) in fine.iter().enumerate().skip(3).take(9) {
            assert!((value - (2.0 * n as f32 / 3.0 - 3.0)).abs() < 1e-5);
        }
        let bumps = [0.0, 5.0, 1.0, 7.0];
        assert!(finer(&bumps).iter().step_by(3).eq(bumps.iter()));
    }
}
