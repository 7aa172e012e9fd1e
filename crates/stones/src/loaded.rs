//! What was found before, or by others, on the series at hand: measured anew, where only masks are known.

use crate::candidates::Candidate;
use crate::findings::{Findings, Label, ModelCard, SCHEMA, Seconds, SeriesCard, Software, Stone};
use crate::search::{self, Context};
use volume::Volume;

/// Masks of others as findings, with the masks in the order of the stones. What a model has not scored has no score.
pub fn measured(
    volume: &Volume,
    masks: Vec<Candidate>,
    name: &str,
    context: &Context,
) -> (Findings, Vec<Candidate>) {
    let (mut stones, masks) = search::measured(volume, masks, context);
    for stone in &mut stones {
        (stone.label, stone.probability) = (Label::Stone, None);
    }
    let findings = Findings {
        schema: SCHEMA.into(),
        software: Software::default(),
        model: ModelCard { name: name.into(), ..ModelCard::default() },
        engine: context.engine.clone(),
        series: context.series.clone(),
        threshold: 0.0,
        complete: true,
        missing_slices: Vec::new(),
        stones,
        warnings: context.warnings.clone(),
        not_loaded: context.not_loaded.clone(),
        seconds: Seconds::default(),
    };
    (findings, masks)
}

/// The masks of saved findings, which hold none: what lies within each stone's bounds at half its highest HU or more,
/// about the level that it was measured at. `None` where they are of another series.
pub fn masks(volume: &Volume, series: &SeriesCard, findings: &Findings) -> Option<Vec<Candidate>> {
    let of = &findings.series;
    let same = of.series_instance_uid == series.series_instance_uid
        && (of.columns, of.rows, of.frames) == (series.columns, series.rows, series.frames);
    same.then(|| findings.stones.iter().map(|stone| within_bounds(volume, stone)).collect())
}

fn within_bounds(volume: &Volume, stone: &Stone) -> Candidate {
    let ([i0, j0, k0], [i1, j1, k1]) = (stone.bounds_voxel.min, stone.bounds_voxel.max);
    let geometry = &volume.geometry;
    let last = [geometry.columns, geometry.rows, geometry.slices].map(|n| n.saturating_sub(1));
    let rows = |k| (j0..=j1.min(last[1])).map(move |j| [j, k]);
    let all = (k0..=k1.min(last[2])).flat_map(rows);
    let all = all.flat_map(|[j, k]| (i0..=i1.min(last[0])).map(move |i| [i, j, k]));
    let hu = |&[i, j, k]: &[usize; 3]| {
        f64::from(volume.at(i as isize, j as isize, k as isize).unwrap_or(i16::MIN))
    };
    let half = stone.hu_max.unwrap_or(0.0) / 2.0;
    let voxels = all.filter(|voxel| hu(voxel) >= half).collect();
    Candidate { voxels, probability: stone.probability.unwrap_or_default() as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Acquisition;
    use crate::findings::{Bounds, Engine};
    use volume::Geometry;

    #[test]
    fn saved_findings_get_back_what_lies_in_their_bounds() {
        let (columns, rows, slices) = (6, 5, 4);
        let geometry =
            Geometry { columns, rows, slices, affine: None, positions_mm: vec![], origins: vec![] };
        let mut volume = Volume::new(geometry).unwrap();
        let mut hu = [30i16; 30];
        hu[2 * columns + 3] = 900;
        hu[2 * columns + 4] = 500;
        hu[3 * columns + 3] = 300;
        volume.put(1, &hu);
        let series = SeriesCard { frames: slices, rows, columns, ..SeriesCard::default() };
        let context = Context {
            series: series.clone(),
            engine: Engine::default(),
            acquisition: Acquisition::default(),
            contrast: vec![],
            instance_numbers: vec![None; slices],
            warnings: vec![],
            not_loaded: vec![],
        };
        let mask = Candidate { voxels: vec![[3, 2, 1], [4, 2, 1]], probability: 0.9 };
        let (mut findings, kept) = measured(&volume, vec![mask.clone()], "others", &context);
        assert_eq!((findings.stones[0].probability, &kept[..]), (None, &[mask.clone()][..]));

        findings.stones[0].hu_max = Some(900.0);
        findings.stones[0].bounds_voxel = Bounds { min: [3, 2, 1], max: [4, 3, 9] };
        let again = masks(&volume, &series, &findings).unwrap();
        assert_eq!(again[0].voxels, mask.voxels);
        let other = SeriesCard { series_instance_uid: Some("1.2".into()), ..series };
        assert_eq!(masks(&volume, &other, &findings), None);
    }
}
