//! What a person is told about a series: where it lies, what its values are, how it was stored.

use super::Series;
use crate::frame::{Frame, Modality, Stored, Window};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use volume::{Layout, Spread, sort_by};

/// Plain facts from headers and positions. What is empty or `None` is unknown, or not so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    pub columns: usize,
    pub rows: usize,
    pub slices: usize,
    /// From column to column, and from row to row.
    pub pixel_mm: [Option<f64>; 2],
    pub thickness_mm: Option<Spread>,
    pub layout: Option<Layout>,
    pub patient_position: String,
    pub numbered: Option<Numbered>,
    /// Ranges of Instance Numbers between the least and the greatest that no slice has.
    pub absent_numbers: Vec<[i64; 2]>,
    pub kernels: Vec<String>,
    pub modality: String,
    pub image_types: Vec<String>,
    /// Transfer syntaxes by name.
    pub syntaxes: Vec<String>,
    pub stored: Option<Stored>,
    /// Slope and intercept.
    pub rescales: Vec<[f64; 2]>,
    pub modality_table: bool,
    pub unit: Option<String>,
    pub padding: Option<[f64; 2]>,
    pub lossy_methods: Vec<String>,
    pub lossy_ratios: Vec<String>,
    /// Of the slice in the middle.
    pub windows: Vec<Window>,
    pub contrast: bool,
    pub contrast_agents: Vec<String>,
    pub burned_in: bool,
    pub inverted: bool,
}

/// How Instance Numbers run along the slices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbered {
    Rising,
    Falling,
    Mixed,
}

impl Facts {
    pub fn of(series: &Series) -> Self {
        let frames = &series.frames;
        let texts = |text: fn(&Frame) -> &str| distinct(frames.iter().map(text));
        let numbers: Option<Vec<i64>> =
            frames.iter().map(|f| f.order.instance_number.map(i64::from)).collect();
        let middle = frames.get(frames.len() / 2);
        let [column_mm, row_mm, _] = series.spacing_mm;
        Self {
            columns: series.geometry.columns,
            rows: series.geometry.rows,
            slices: series.geometry.slices,
            pixel_mm: [column_mm, row_mm],
            thickness_mm: Spread::of(frames.iter().filter_map(|f| f.place.thickness_mm)),
            layout: Layout::of(&series.geometry),
            patient_position: texts(|f| &f.remarks.patient_position).join(", "),
            numbered: numbers.as_deref().and_then(numbered),
            absent_numbers: numbers.map(absent).unwrap_or_default(),
            kernels: texts(|f| &f.order.kernel),
            modality: series.modality.clone(),
            image_types: texts(|f| &f.order.image_type),
            syntaxes: texts(|f| f.syntax.name()),
            stored: middle.map(|f| f.stored),
            rescales: rescales(frames),
            modality_table: frames
                .iter()
                .any(|f| matches!(f.modality_values, Modality::Table { .. })),
            unit: frames.iter().find_map(|f| f.other_unit.clone()),
            padding: middle.and_then(|f| f.padding),
            lossy_methods: texts(|f| &f.remarks.lossy_method),
            lossy_ratios: texts(|f| &f.remarks.lossy_ratio),
            windows: middle.map(|f| f.windows.clone()).unwrap_or_default(),
            contrast: series.contrast,
            contrast_agents: texts(|f| &f.remarks.contrast_agent),
            burned_in: frames.iter().any(|f| f.remarks.burned_in),
            inverted: middle.is_some_and(|f| f.remarks.inverted),
        }
    }
}

/// Every text that is not empty, once.
fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let distinct: BTreeSet<&str> = texts.filter(|text| !text.is_empty()).collect();
    distinct.into_iter().map(str::to_owned).collect()
}

fn rescales(frames: &[Frame]) -> Vec<[f64; 2]> {
    let linear = |f: &Frame| match f.modality_values {
        Modality::Linear { slope, intercept } => Some([slope, intercept]),
        _ => None,
    };
    let mut pairs: Vec<[f64; 2]> = frames.iter().filter_map(linear).collect();
    sort_by(&mut pairs, |a, b| a[0].total_cmp(&b[0]).then(a[1].total_cmp(&b[1])));
    pairs.dedup();
    pairs
}

fn numbered(numbers: &[i64]) -> Option<Numbered> {
    match numbers.len() {
        0 | 1 => None,
        _ if numbers.is_sorted_by(|a, b| a < b) => Some(Numbered::Rising),
        _ if numbers.is_sorted_by(|a, b| a > b) => Some(Numbered::Falling),
        _ => Some(Numbered::Mixed),
    }
}

/// Ranges between the least and the greatest number that do not occur. Where more are absent than there, the
/// numbers count something else, and nothing is said.
fn absent(mut numbers: Vec<i64>) -> Vec<[i64; 2]> {
    sort_by(&mut numbers, Ord::cmp);
    numbers.dedup();
    let neighbours = || numbers.iter().zip(numbers.iter().skip(1));
    let ranges: Vec<[i64; 2]> =
        neighbours().filter(|(a, b)| *b - *a > 1).map(|(a, b)| [a + 1, b - 1]).collect();
    let count: i64 = ranges.iter().map(|[from, to]| to - from + 1).sum();
    if count as u64 <= numbers.len() as u64 { ranges } else { Vec::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_numbers_are_told_as_ranges() {
        let table: [(&[i64], &[[i64; 2]]); 6] = [
            (&[1, 2, 3], &[]),
            (&[5, 4, 1, 2], &[[3, 3]]),
            (&[10, 11, 14, 16, 17], &[[12, 13], [15, 15]]),
            (&[1, 1, 3, 3], &[[2, 2]]),
            // Every fourth number is a way of counting.
            (&[4, 8, 12, 16], &[]),
            (&[], &[]),
        ];
        for (numbers, ranges) in table {
            assert_eq!(absent(numbers.to_vec()), ranges, "{numbers:?}");
        }
        assert!(absent(vec![i64::from(i32::MIN), i64::from(i32::MAX)]).is_empty());
    }

    #[test]
    fn numbers_run_along_the_slices_or_do_not() {
        assert_eq!(numbered(&[1, 2, 5]), Some(Numbered::Rising));
        assert_eq!(numbered(&[9, 2, 1]), Some(Numbered::Falling));
        assert_eq!(numbered(&[1, 3, 2]), Some(Numbered::Mixed));
        assert_eq!(numbered(&[1, 1]), Some(Numbered::Mixed));
        assert_eq!(numbered(&[7]), None);
    }
}
