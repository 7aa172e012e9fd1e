//! What a search was: at which threshold, what of the series it left out, and why its figures may not hold.

use reader::Series;
use std::collections::BTreeSet;
use stones::Findings;

/// "Threshold 0.5. Not searched: images 3-7, 12. Warnings: gap (2 slices at 40 mm)." Nothing of what nobody has searched.
pub fn told(series: &Series, findings: &Findings) -> String {
    let warnings = findings.warnings.iter().map(|warning| {
        let what = caution(&warning.code);
        match &*warning.detail {
            "" => what,
            detail => format!("{what} ({detail})"),
        }
    });
    let warnings: Vec<String> = warnings.collect();
    let sentences = [
        (findings.threshold > 0.0).then(|| format!("Threshold {}.", findings.threshold)),
        left_out(series, findings),
        (!warnings.is_empty()).then(|| format!("Warnings: {}.", warnings.join("; "))),
    ];
    sentences.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

fn left_out(series: &Series, findings: &Findings) -> Option<String> {
    let missing = &findings.missing_slices;
    if missing.is_empty() {
        return None;
    }
    if missing.len() >= findings.series.frames {
        return Some("No slice was searched.".into());
    }
    let number = |k: &usize| series.frames.get(*k)?.order.instance_number.map(i64::from);
    let numbers: Option<BTreeSet<i64>> = missing.iter().map(number).collect();
    // Frames of one file may all have the number of the file.
    let left_out = match numbers.filter(|numbers| numbers.len() == missing.len()) {
        Some(numbers) => format!("images {}", ranges(numbers)),
        None => {
            let counted = missing.iter().map(|&k| k as i64 + 1).collect();
            format!("slices {}, counted from 1 along the normal", ranges(counted))
        }
    };
    Some(format!("Not searched: {left_out}."))
}

/// "3-7, 12".
fn ranges(numbers: BTreeSet<i64>) -> String {
    let mut ranges: Vec<[i64; 2]> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some([_, last]) if *last + 1 == number => *last = number,
            _ => ranges.push([number; 2]),
        }
    }
    let told = ranges.into_iter().map(|[first, last]| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Those that doubt the model's figures in the words of the page, the reader's by their codes.
fn caution(code: &str) -> String {
    match code {
        "contrast_phase" => {
            "Contrast agent: the model knows plain CT only; bright urine, bowel and vessels can be taken for stones, and stones hidden".into()
        }
        "spacing_out_of_range" => {
            "The model was not trained for this slice distance or pixel size".into()
        }
        "eight_bits" => "8-bit images: HU and sizes are estimates".into(),
        "tract_unknown" => {
            "The urinary tract is not known here: what lies off it is marked, too".into()
        }
        "orientation" => {
            "The slices are not axial: the model has learnt from axial ones only".into()
        }
        "coverage" => {
            "The scan is too short for the whole urinary tract: what lies outside was not looked at".into()
        }
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_a_row_are_told_as_one() {
        assert_eq!(ranges([12, 3, 4, 5, -1].into()), "-1, 3-5, 12");
    }

    /// As [`super::super::words`] compares limits.
    #[test]
    fn the_page_says_the_same() {
        let page = include_str!("../../../../src/words/codes.rs");
        for code in [
            "contrast_phase",
            "spacing_out_of_range",
            "eight_bits",
            "tract_unknown",
            "orientation",
            "coverage",
        ] {
            assert!(page.contains(&format!("\"{}\"", caution(code))), "{code}");
        }
    }
}
