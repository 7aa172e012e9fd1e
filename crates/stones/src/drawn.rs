//! What a person has drawn, measured as what a model has found, and put among it.

use crate::candidates::Candidate;
use crate::findings::{
    Bounds, Drawn, Engine, Findings, ModelCard, SCHEMA, Seconds, Software, Stone,
};
use crate::measure::{SEED_HU, measure};
use crate::search::{self, Context};
use volume::{Volume, sort_by};

/// A surface is looked for this many voxels around what a person has drawn, and no further: the person has said where
/// it ends.
const AROUND: usize = 2;

/// A mask that a person has drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// The bounds of the model's mask that it began as. It stands in that one's place.
    pub of: Option<Bounds>,
    /// Empty where nothing is left.
    pub mask: Candidate,
    /// Its measures, where there is anything to measure.
    pub stone: Option<Stone>,
}

/// The finding of a mask. `found` is the model's where the mask was that; `others` are masks that are not this one.
pub fn measured(
    volume: &Volume,
    mask: &Candidate,
    others: &[&Candidate],
    found: Option<&Stone>,
    drawn: Drawn,
    context: &Context,
) -> Stone {
    let bounds = mask.bounds();
    let near = others.iter().filter(|other| !other.voxels.is_empty());
    let mut near: Vec<&Candidate> =
        near.filter(|other| search::near(bounds, other.bounds())).copied().collect();
    let beyond = beyond(volume, mask);
    near.push(&beyond);
    let label = found.map_or(drawn.kind.label(), |found| found.label);
    let measures = measure(volume, mask, &near, &context.acquisition);
    let mut stone = search::stone(mask, measures, label, context);
    stone.bounds_voxel = Bounds { min: bounds.0, max: bounds.1 };
    stone.probability = found.and_then(|found| found.probability);
    stone.tract_score = found.and_then(|found| found.tract_score);
    stone.level = stone.level.or(found.and_then(|found| found.level));
    stone.drawn = Some(Drawn { mask_mm3: mask_mm3(volume, mask), ..drawn });
    stone
}

/// What is as dense as a stone and further off than a surface may be: bone beside it, say, that the mask touches.
fn beyond(volume: &Volume, mask: &Candidate) -> Candidate {
    let (min, max) = mask.bounds();
    let first = min.map(|x| x.saturating_sub(search::NEAR_VOXELS));
    let size = [0, 1, 2].map(|axis| max[axis] + search::NEAR_VOXELS + 1 - first[axis]);
    let step = [1, size[0], size[0] * size[1]];
    let mut around = vec![false; size[0] * size[1] * size[2]];
    for voxel in &mask.voxels {
        around[(0..3).map(|axis| (voxel[axis] - first[axis]) * step[axis]).sum::<usize>()] = true;
    }
    let place = |at: usize| [0, 1, 2].map(|axis| at / step[axis] % size[axis]);
    for axis in 0..3 {
        let before = around.clone();
        for at in (0..before.len()).filter(|&at| before[at]) {
            let along = place(at)[axis];
            for x in along.saturating_sub(AROUND)..=(along + AROUND).min(size[axis] - 1) {
                around[at + x * step[axis] - along * step[axis]] = true;
            }
        }
    }
    let dense = |[i, j, k]: [usize; 3]| {
        let hu = volume.at(i as isize, j as isize, k as isize);
        hu.is_some_and(|hu| f32::from(hu) >= SEED_HU)
    };
    let outside = (0..around.len()).filter(|&at| !around[at]);
    let voxels = outside.map(|at| [0, 1, 2].map(|axis| place(at)[axis] + first[axis]));
    Candidate { voxels: voxels.filter(|&voxel| dense(voxel)).collect(), probability: 1.0 }
}

/// Volume of the voxels themselves.
fn mask_mm3(volume: &Volume, mask: &Candidate) -> Option<f64> {
    let [right, down, along] = volume.geometry.affine?.step;
    Some(search::mm(mask.voxels.len() as f64 * right.cross(down).dot(along).abs()))
}

/// Findings of a series that no model has searched.
pub fn unsearched(context: &Context) -> Findings {
    Findings {
        schema: SCHEMA.into(),
        software: Software::default(),
        model: ModelCard::default(),
        engine: Engine::default(),
        series: context.series.clone(),
        threshold: 0.0,
        complete: false,
        missing_slices: (0..context.series.frames).collect(),
        stones: Vec::new(),
        warnings: context.warnings.clone(),
        not_loaded: context.not_loaded.clone(),
        seconds: Seconds::default(),
    }
}

/// The numbers of drawings, of which each is told what it began as, and whether anything is left of it: what was the
/// model's keeps its number, what is new is numbered on.
pub fn numbers(
    stones: &[Stone],
    drawings: impl IntoIterator<Item = (Option<Bounds>, bool)>,
) -> Vec<Option<u32>> {
    let mut next = stones.iter().map(|stone| stone.id).max().unwrap_or(0) + 1;
    let number = |(of, there): (Option<Bounds>, bool)| {
        let in_place = stones.iter().find(|stone| of == Some(stone.bounds_voxel));
        there.then(|| {
            in_place.map_or_else(
                || {
                    next += 1;
                    next - 1
                },
                |stone| stone.id,
            )
        })
    };
    drawings.into_iter().map(number).collect()
}

/// The list with what a person has drawn, and the mask of each that has one.
pub fn merged(
    findings: &Findings,
    masks: &[(u32, Candidate)],
    drawings: Vec<Drawing>,
) -> (Findings, Vec<(u32, Candidate)>) {
    let ids = numbers(&findings.stones, drawings.iter().map(|d| (d.of, d.stone.is_some())));
    let taken = |stone: &Stone| drawings.iter().any(|d| d.of == Some(stone.bounds_voxel));
    let mut stones: Vec<Stone> =
        findings.stones.iter().filter(|stone| !taken(stone)).cloned().collect();
    let kept = |id: u32| stones.iter().any(|stone| stone.id == id);
    let mut all: Vec<(u32, Candidate)> =
        masks.iter().filter(|(id, _)| kept(*id)).cloned().collect();
    for (Drawing { mask, stone, .. }, id) in drawings.into_iter().zip(ids) {
        if let (Some(stone), Some(id)) = (stone, id) {
            stones.push(Stone { id, ..stone });
            all.push((id, mask));
        }
    }
    sort_by(&mut stones, |a, b| a.id.cmp(&b.id));
    sort_by(&mut all, |a, b| a.0.cmp(&b.0));
    (Findings { stones, ..findings.clone() }, all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Acquisition;
    use crate::findings::{Hand, Kind, Label, SeriesCard};
    use volume::{Affine, DVec3, Geometry};

    fn volume() -> Volume {
        let (columns, rows, slices) = (40, 40, 20);
        let step = [DVec3::X, DVec3::Y, DVec3::Z * 1.5];
        let affine = Some(Affine { step, origin: DVec3::ZERO });
        let positions_mm = (0..slices).map(|k| k as f64 * 1.5).collect();
        let origins = (0..slices).map(|k| step[2] * k as f64).collect();
        let geometry = Geometry { columns, rows, slices, affine, positions_mm, origins };
        let mut volume = Volume::new(geometry).unwrap();
        for k in 0..slices {
            let hu = |at: usize| {
                let (i, j) = (at % columns, at / columns);
                if (15..21).contains(&i) && (15..21).contains(&j) && (8..12).contains(&k) {
                    900
                } else {
                    30
                }
            };
            volume.put(k, &(0..columns * rows).map(hu).collect::<Vec<_>>());
        }
        volume
    }

    fn context(volume: &Volume) -> Context {
        let Geometry { columns, rows, slices, .. } = volume.geometry;
        Context {
            series: SeriesCard { frames: slices, rows, columns, ..SeriesCard::default() },
            engine: Engine::default(),
            acquisition: Acquisition::default(),
            contrast: vec![],
            instance_numbers: vec![None; slices],
            warnings: vec![],
            not_loaded: vec![],
        }
    }

    fn block(i: std::ops::Range<usize>, k: std::ops::Range<usize>) -> Candidate {
        let rows = move |k: usize| (15..21).map(move |j| (j, k));
        let all = k.flat_map(rows).flat_map(|(j, k)| i.clone().map(move |i| [i, j, k]));
        Candidate { voxels: all.collect(), probability: 1.0 }
    }

    fn drawn(by: Hand, kind: Kind) -> Drawn {
        let (name, rgb) = (String::new(), kind.rgb());
        Drawn { by, kind, name, rgb, kept: 0, added: 0, removed: 0, mask_mm3: None }
    }

    #[test]
    fn what_is_drawn_is_measured_as_what_is_found() {
        let volume = volume();
        let context = context(&volume);
        let mask = block(15..21, 8..12);
        let (found, _) = search::measured(&volume, vec![mask.clone()], &context);
        let by_hand =
            measured(&volume, &mask, &[], None, drawn(Hand::Person, Kind::Stone), &context);
        assert_eq!(by_hand.max_axial_diameter_mm, found[0].max_axial_diameter_mm);
        assert_eq!((by_hand.hu_mean, by_hand.voxels), (found[0].hu_mean, 6 * 6 * 4));
        assert_eq!(by_hand.drawn.unwrap().mask_mm3, Some(216.0));
        assert_eq!((by_hand.label, by_hand.probability), (Label::Stone, None));

        // Bone that the mask touches is not measured with it.
        let mut beside = volume.clone();
        for k in 0..20 {
            let mut hu = beside.slice(k).to_vec();
            (0..40).for_each(|j| hu[j * 40 + 21..j * 40 + 36].fill(700));
            beside.put(k, &hu);
        }
        let kind = drawn(Hand::Person, Kind::Stone);
        let touching = measured(&beside, &mask, &[], None, kind, &context);
        let long = touching.max_axial_diameter_mm.unwrap_or_default();
        assert!(long < 13.0, "{long} mm of 8.5 mm, beside 40 mm of bone");

        // Nothing dense, a single voxel, the edge of the scan: never a panic.
        for mask in [block(0..2, 0..1), block(38..40, 19..20), block(30..31, 3..4)] {
            let kind = drawn(Hand::Person, Kind::Plaque);
            let stone = measured(&volume, &mask, &[&block(15..21, 8..12)], None, kind, &context);
            assert_eq!(stone.label, Label::Indeterminate);
        }
    }

    #[test]
    fn a_corrected_finding_stands_in_the_models_place_and_a_new_one_at_the_end() {
        let volume = volume();
        let context = context(&volume);
        let (model, other) = (block(15..21, 8..12), block(2..5, 2..4));
        let (mut stones, masks) = search::measured(&volume, vec![model, other], &context);
        stones[0].probability = Some(0.9);
        let masks: Vec<(u32, Candidate)> = (1..).zip(masks).collect();
        let findings = Findings { stones, ..unsearched(&context) };
        let of = Some(findings.stones[0].bounds_voxel);
        let make = |of: Option<Bounds>, mask: Candidate| {
            let by = if of.is_some() { Hand::Corrected } else { Hand::Person };
            let found = of.map(|_| &findings.stones[0]);
            let stone = measured(&volume, &mask, &[], found, drawn(by, Kind::Phlebolith), &context);
            Drawing { of, mask, stone: Some(stone) }
        };
        let (corrected, new) = (make(of, block(15..20, 8..12)), make(None, block(30..33, 9..11)));
        let (list, all) = merged(&findings, &masks, vec![corrected, new]);
        assert_eq!(list.stones.iter().map(|s| s.id).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(
            all.iter().map(|(id, m)| (*id, m.voxels.len())).collect::<Vec<_>>(),
            [(1, 120), (2, 36), (3, 36)]
        );
        let first = &list.stones[0];
        assert_eq!(first.probability, Some(0.9));
        assert_eq!((first.label, first.review), (findings.stones[0].label, None));

        // All of it erased: the model's does not come back.
        let gone = Drawing { of, mask: block(0..0, 0..0), stone: None };
        let (list, all) = merged(&findings, &masks, vec![gone]);
        assert_eq!((list.stones.len(), all.len()), (1, 1));
    }
}
