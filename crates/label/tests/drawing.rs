//! Brushes against their analytic volumes, growth and outlines against other methods, and every act there and back.

#![allow(clippy::unwrap_used)]
use glam::{DMat3, DVec3};
use label::outline::pixels;
use label::{Labels, Limits, Voxels, ball, disc, fill, grow};
use proptest::prelude::*;
use std::collections::{BTreeSet, HashMap};
use volume::{Affine, Geometry, Grid, Plane, Volume, Voxel};

/// A stack of `size` with these spacings, turned about two axes and sheared as by a gantry's tilt.
fn oblique(size: [usize; 3], mm: [f64; 3], turn: f64, tilt: f64) -> Geometry {
    let turned = DMat3::from_rotation_z(turn) * DMat3::from_rotation_x(turn / 2.0);
    let step = [
        turned * DVec3::X * mm[0],
        turned * DVec3::Y * mm[1],
        turned * DVec3::new(0.0, tilt, 1.0) * mm[2],
    ];
    let origin = DVec3::new(-31.0, 12.0, -400.0);
    let [columns, rows, slices] = size;
    let positions_mm = (0..slices).map(|k| k as f64 * mm[2]).collect();
    let origins = (0..slices).map(|k| origin + step[2] * k as f64).collect();
    Geometry { columns, rows, slices, affine: Some(Affine { step, origin }), positions_mm, origins }
}

fn middle(geometry: &Geometry) -> DVec3 {
    let size = [geometry.columns, geometry.rows, geometry.slices];
    geometry.patient(Voxel(size.map(|n| n as f64 / 2.0).into())).unwrap().0
}

fn voxel_mm3(geometry: &Geometry) -> f64 {
    let [a, b, c] = geometry.affine.unwrap().step;
    a.cross(b).dot(c).abs()
}

#[test]
fn a_ball_has_the_volume_of_a_sphere_and_a_stroke_that_of_a_capsule() {
    for (mm, turn, tilt) in
        [([0.7, 0.7, 1.0], 0.0, 0.0), ([0.6, 0.9, 2.5], 0.4, 0.0), ([0.8, 0.8, 1.5], -0.3, 0.25)]
    {
        let geometry = oblique([90, 90, 60], mm, turn, tilt);
        let (at, radius) = (middle(&geometry), 9.0f64);
        let sphere = 4.0 / 3.0 * std::f64::consts::PI * radius.powi(3);
        let of = |voxels: &Voxels| voxels.len() as f64 * voxel_mm3(&geometry);
        let drawn = of(&ball(&geometry, at, at, radius));
        assert!((drawn / sphere - 1.0).abs() < 0.02, "{mm:?}: {drawn} of {sphere}");
        let way = DVec3::new(6.0, -5.0, 3.0);
        let capsule = sphere + std::f64::consts::PI * radius * radius * way.length();
        let drawn = of(&ball(&geometry, at, at + way, radius));
        assert!((drawn / capsule - 1.0).abs() < 0.02, "{mm:?}: {drawn} of {capsule}");
    }
}

#[test]
fn a_disc_has_the_area_of_a_circle_and_stays_in_its_slice() {
    let geometry = oblique([80, 70, 50], [0.7, 0.7, 1.4], 0.2, 0.0);
    let size = [80, 70, 50];
    for plane in Plane::ALL {
        let grid = Grid::new(&geometry, plane).unwrap();
        let index = (grid.count / 2) as f64;
        let at = [grid.width as f64 / 2.0, grid.height as f64 / 2.0];
        let voxels = disc(&grid, size, index, at, at, 10.0);
        let area = voxels.len() as f64 * grid.pixel_mm[0] * grid.pixel_mm[1];
        let circle = std::f64::consts::PI * 100.0;
        assert!((area / circle - 1.0).abs() < 0.04, "{plane:?}: {area} of {circle}");
        let off = |[i, j, k]: [usize; 3]| {
            grid.pixel(Voxel(DVec3::new(i as f64, j as f64, k as f64)))[2] - index
        };
        assert!(voxels.iter().all(|voxel| off(voxel).abs() < 0.51), "{plane:?}");
    }
}

#[test]
fn the_smallest_brush_leaves_a_line_without_gaps_and_none_leaves_the_volume() {
    let geometry = oblique([40, 40, 20], [0.8, 0.8, 3.0], 0.1, 0.0);
    let place = |v: [f64; 3]| geometry.patient(Voxel(v.into())).unwrap().0;
    let line = ball(&geometry, place([5.0, 5.0, 2.0]), place([30.0, 9.0, 12.0]), 0.01);
    let all: Vec<[usize; 3]> = line.iter().collect();
    assert!(line.contains([5, 5, 2]) && line.contains([30, 9, 12]) && all.len() > 25);
    let touches = |a: &[usize; 3], b: &[usize; 3]| (0..3).all(|n| a[n].abs_diff(b[n]) <= 1);
    assert!(all.iter().all(|a| all.iter().any(|b| a != b && touches(a, b))));
    let outside = place([-40.0, -40.0, -10.0]);
    assert!(ball(&geometry, outside, outside, 3.0).is_empty());
    let unplaced = Geometry { affine: None, positions_mm: vec![], origins: vec![], ..geometry };
    let at = DVec3::new(20.0, 20.0, 10.0);
    assert_eq!(ball(&unplaced, at, at, 1.0).len(), 7);
}

#[test]
fn an_outline_fills_what_a_plane_shows() {
    let geometry = oblique([60, 50, 40], [0.7, 0.7, 1.0], 0.0, 0.0);
    let grid = Grid::new(&geometry, Plane::Coronal).unwrap();
    let outline = [[10.2, 8.1], [30.4, 8.1], [30.4, 20.6], [10.2, 20.6]];
    let filled = fill(&grid, [60, 50, 40], 25.0, &outline);
    assert_eq!(filled.len(), 20 * 12);
    assert!(filled.iter().all(|[_, j, _]| j == filled.iter().next().unwrap()[1]));
}

/// Whether a point is inside, by the turns of the outline around rays to the right.
fn even_odd([x, y]: [f64; 2], outline: &[[f64; 2]]) -> bool {
    let mut inside = false;
    let mut from = outline[outline.len() - 1];
    for &to in outline {
        let crosses = (to[1] > y) != (from[1] > y);
        if crosses && x < (from[0] - to[0]) * (y - to[1]) / (from[1] - to[1]) + to[0] {
            inside = !inside;
        }
        from = to;
    }
    inside
}

/// The component of a voxel by joining classes, pair by pair.
fn component(inside: &BTreeSet<[usize; 3]>, seed: [usize; 3]) -> BTreeSet<[usize; 3]> {
    let mut class: HashMap<[usize; 3], usize> =
        inside.iter().copied().enumerate().map(|(n, voxel)| (voxel, n)).collect();
    loop {
        let mut joined = false;
        for &voxel in inside {
            for axis in 0..3 {
                let mut next = voxel;
                next[axis] += 1;
                if let (Some(&a), Some(&b)) = (class.get(&voxel), class.get(&next))
                    && a != b
                {
                    class.values_mut().filter(|c| **c == a.max(b)).for_each(|c| *c = a.min(b));
                    joined = true;
                }
            }
        }
        if !joined {
            break;
        }
    }
    let Some(&of) = class.get(&seed) else { return BTreeSet::new() };
    class.into_iter().filter(|(_, class)| *class == of).map(|(voxel, _)| voxel).collect()
}

#[derive(Clone, Debug)]
enum Do {
    Add(Option<Vec<[usize; 3]>>),
    Paint(usize, Vec<[usize; 3]>),
    Erase(usize, Vec<[usize; 3]>),
    Describe(usize, u8),
    Remove(usize),
}

fn voxels() -> impl Strategy<Value = Vec<[usize; 3]>> {
    prop::collection::vec([0usize..150, 0usize..4, 0usize..3], 1..12)
}

fn act() -> impl Strategy<Value = Do> {
    prop_oneof![
        prop::option::of(voxels()).prop_map(Do::Add),
        (0usize..4, voxels()).prop_map(|(n, v)| Do::Paint(n, v)),
        (0usize..4, voxels()).prop_map(|(n, v)| Do::Erase(n, v)),
        (0usize..4, any::<u8>()).prop_map(|(n, about)| Do::Describe(n, about)),
        (0usize..4).prop_map(Do::Remove),
    ]
}

fn perform(labels: &mut Labels<u8>, act: Do) {
    let key = |n: usize| labels.list().get(n).map_or(0, |label| label.key);
    let set = |voxels: Vec<[usize; 3]>| voxels.into_iter().collect::<Voxels>();
    match act {
        Do::Add(of) => drop(labels.add(of.map(set), 0)),
        Do::Paint(n, voxels) => labels.paint(key(n), &set(voxels)),
        Do::Erase(n, voxels) => labels.erase(key(n), &set(voxels)),
        Do::Describe(n, about) => labels.describe(key(n), about),
        Do::Remove(n) => labels.remove(key(n)),
    }
}

proptest! {
    #[test]
    fn sets_are_as_those_of_the_library(a in voxels(), b in voxels()) {
        let order = |v: &[usize; 3]| (v[2], v[1], v[0]);
        let sorted = |set: &BTreeSet<[usize; 3]>| {
            let mut all: Vec<[usize; 3]> = set.iter().copied().collect();
            all.sort_by_key(order);
            all
        };
        let (x, y): (Voxels, Voxels) = (a.iter().copied().collect(), b.iter().copied().collect());
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.into_iter().collect(), b.into_iter().collect());
        prop_assert_eq!(x.len(), a.len());
        prop_assert_eq!(x.iter().collect::<Vec<_>>(), sorted(&a));
        prop_assert_eq!(x.common(&y).iter().collect::<Vec<_>>(), sorted(&(&a & &b)));
        prop_assert_eq!(x.without(&y).iter().collect::<Vec<_>>(), sorted(&(&a - &b)));
        let mut both = x.clone();
        both.add(&y);
        prop_assert_eq!(both.iter().collect::<Vec<_>>(), sorted(&(&a | &b)));
        prop_assert!(a.iter().all(|v| x.contains(*v)));
        both.take(&y.without(&x));
        prop_assert_eq!(both, x);
    }

    #[test]
    fn pixels_of_an_outline_are_those_inside_by_the_even_odd_rule(
        corners in prop::collection::vec([-3.0f64..33.0, -3.0f64..28.0], 3..9),
    ) {
        let filled: BTreeSet<[usize; 2]> = pixels(&corners, 30, 25).into_iter().collect();
        for v in 0..25 {
            for u in 0..30 {
                let inside = even_odd([u as f64, v as f64], &corners);
                prop_assert_eq!(filled.contains(&[u, v]), inside, "{} {}", u, v);
            }
        }
    }

    #[test]
    fn growth_is_the_component_of_its_seed(
        hu in prop::collection::vec(0i16..3, 6 * 5 * 4), seed in [0usize..6, 0usize..5, 0usize..4],
    ) {
        let geometry = oblique([6, 5, 4], [1.0; 3], 0.0, 0.0);
        let mut volume = Volume::new(geometry).unwrap();
        for (k, slice) in hu.chunks(30).enumerate() {
            volume.put(k, &slice.iter().map(|x| x * 300).collect::<Vec<_>>());
        }
        let all = (0..4).flat_map(|k| (0..5).flat_map(move |j| (0..6).map(move |i| [i, j, k])));
        let inside = all.filter(|&[i, j, k]| hu[(k * 5 + j) * 6 + i] > 0).collect();
        let expected = component(&inside, seed);
        let grown = grow(&volume, seed, Limits { hu: [300, 600], reach_mm: 100.0 });
        prop_assert_eq!(grown.voxels.iter().collect::<BTreeSet<_>>(), expected);
        prop_assert!(!grown.cut_off);
        let near = grow(&volume, seed, Limits { hu: [300, 600], reach_mm: 1.1 });
        let apart = |v: [usize; 3]| (0..3).map(|n| v[n].abs_diff(seed[n])).sum::<usize>();
        prop_assert!(near.voxels.iter().all(|v| apart(v) <= 1));
    }

    #[test]
    fn every_act_can_be_taken_back_and_done_again(acts in prop::collection::vec(act(), 1..25)) {
        let mut labels = Labels::default();
        let mut states = vec![labels.list().to_vec()];
        for act in acts {
            perform(&mut labels, act);
            if labels.end() {
                states.push(labels.list().to_vec());
            } else {
                prop_assert_eq!(labels.list(), &states[states.len() - 1][..]);
            }
            for (n, label) in labels.list().iter().enumerate() {
                for other in labels.list()[..n].iter().filter(|other| other.of.is_none()) {
                    // What comes with voxels of its own may lie on others; what is painted doesn't.
                    if label.of.is_none() {
                        prop_assert!(label.voxels.common(&other.voxels).is_empty());
                    }
                }
            }
        }
        prop_assert_eq!(labels.is_saved(), states.len() == 1);
        for before in states.iter().rev().skip(1) {
            prop_assert!(labels.undo());
            prop_assert_eq!(labels.list(), &before[..]);
        }
        prop_assert!(labels.is_saved() && !labels.undo());
        for after in &states[1..] {
            prop_assert!(labels.redo());
            prop_assert_eq!(labels.list(), &after[..]);
        }
        prop_assert!(!labels.redo());
        labels.save();
        perform(&mut labels, Do::Add(None));
        labels.abandon();
        prop_assert_eq!(labels.list(), &states[states.len() - 1][..]);
        prop_assert!(labels.is_saved());
    }
}
