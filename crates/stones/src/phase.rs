//! Whether a contrast agent shows: by what the file says, and by what the HU of soft tissue are.

use reader::Series;
use volume::Volume;

/// Squares of about this side (mm) of even HU are looked at.
const SQUARE_MM: f64 = 5.0;
/// As many slices of the scan are enough.
const SLICES: usize = 40;
/// Mean HU of a square of plain soft tissue, and of one that an agent has lifted. Bone of that density is uneven.
const PLAIN_HU: [f64; 2] = [20.0, 80.0];
const LIFTED_HU: [f64; 2] = [95.0, 280.0];
/// A square is even if its spread is below this many usual ones of soft tissue.
const EVEN: f64 = 1.5;
/// Lifted squares for each plain one from which on an agent shows. A plain abdomen has 0.03, one in the portal
/// venous phase 0.4 (`acrin-abdomen`, `tcga-coad-abdomen`).
const SHOWN: f64 = 0.12;

/// Why the series is thought to have contrast; `None`: it has none that can be told.
pub fn evidence(lifted_share: Option<f64>, told: &[String]) -> Option<String> {
    let mut evidence = told.to_vec();
    if let Some(share) = lifted_share.filter(|share| *share >= SHOWN) {
        evidence.push(format!("HU of soft tissue: {share:.2}"));
    }
    (!evidence.is_empty()).then(|| evidence.join("; "))
}

/// What the file says of an agent: its name, or a description that names contrast and does not deny it.
pub fn told(series: &Series) -> Vec<String> {
    let agent = series.frames.iter().find(|frame| frame.contrast).map(|frame| {
        let name = &frame.remarks.contrast_agent;
        if name.is_empty() { "contrast agent".to_owned() } else { name.clone() }
    });
    let descriptions = [&series.labels.study_description, &series.description];
    let named = descriptions.into_iter().filter(|text| names_contrast(text)).cloned();
    agent.into_iter().chain(named).collect()
}

fn names_contrast(description: &str) -> bool {
    let text = description.to_ascii_uppercase();
    let words: Vec<&str> =
        text.split(|c: char| !c.is_ascii_alphanumeric() && c != '+' && c != '/').collect();
    let denied = [
        "WITHOUT",
        "W/O",
        "WO",
        "NON",
        "NO",
        "NONCONTRAST",
        "NECT",
        "PLAIN",
        "NATIVE",
        "UNENHANCED",
    ];
    let named = [
        "CONTRAST",
        "CONT",
        "CONTR",
        "W+C",
        "C+",
        "CE",
        "CECT",
        "PORTAL",
        "VENOUS",
        "ARTERIAL",
        "NEPHROGRAPHIC",
        "UROGRAM",
        "ENHANCED",
        "POST",
    ];
    !words.iter().any(|word| denied.contains(word)) && words.iter().any(|word| named.contains(word))
}

/// Even squares of lifted soft tissue for each of plain; `None` where there is no soft tissue.
pub fn lifted_share(volume: &Volume) -> Option<f64> {
    let geometry = &volume.geometry;
    let [across, down, _] = geometry.affine?.spacing_mm();
    let side = (SQUARE_MM / across.max(down).max(0.1)).round().max(2.0) as usize;
    let mut squares = Vec::new();
    for k in (0..geometry.slices).step_by(geometry.slices.div_ceil(SLICES).max(1)) {
        let slice = volume.slice(k);
        for top in (0..geometry.rows.saturating_sub(side)).step_by(side) {
            for left in (0..geometry.columns.saturating_sub(side)).step_by(side) {
                squares.push(square(slice, geometry.columns, [left, top], side));
            }
        }
    }
    let within = |[low, high]: [f64; 2], mean: f64| mean > low && mean < high;
    let mut spreads: Vec<f64> =
        squares.iter().filter(|s| within([0.0, PLAIN_HU[1]], s.0)).map(|s| s.1).collect();
    volume::sort_numbers(&mut spreads);
    let even = EVEN * spreads.get(spreads.len() / 2)?;
    let count = |range| squares.iter().filter(|s| s.1 < even && within(range, s.0)).count() as f64;
    let plain = count(PLAIN_HU);
    (plain > 0.0).then(|| count(LIFTED_HU) / plain)
}

/// Mean and standard deviation of a square.
fn square(slice: &[i16], columns: usize, [left, top]: [usize; 2], side: usize) -> (f64, f64) {
    let (mut sum, mut squares) = (0i64, 0i64);
    for j in top..top + side {
        for &hu in &slice[j * columns + left..j * columns + left + side] {
            let hu = i64::from(hu);
            sum += hu;
            squares += hu * hu;
        }
    }
    let n = (side * side) as f64;
    let mean = sum as f64 / n;
    (mean, libm::sqrt((squares as f64 / n - mean * mean).max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_name_contrast_or_deny_it() {
        for (text, named) in [
            ("CT ABDOMEN PELVIS W CONT", true),
            ("Abd/Pel portal venous 3.0", true),
            ("CT ABDOMEN W/O CONTRAST", false),
            ("KUB non contrast", false),
            ("Abdomen-pelvis 2.5 mm, no contrast (synthetic)", false),
            ("PET-CT SERIES", false),
            ("", false),
        ] {
            assert_eq!(names_contrast(text), named, "{text}");
        }
    }
}
