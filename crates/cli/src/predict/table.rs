//! Findings for a person to read.

use stones::findings::{Findings, Label, Side, Stone};

pub fn print(findings: &Findings) {
    println!("Research use only. Not a medical device. Model: {}", findings.model.validation);
    if findings.stones.is_empty() {
        println!("No candidate above {} in {} slices.", findings.threshold, findings.series.frames);
        println!("This does not exclude stones. Read the whole scan.");
    }
    for stone in &findings.stones {
        println!("{}", line(stone));
    }
}

/// A stone in one line.
pub fn line(stone: &Stone) -> String {
    let side = match stone.side {
        Some(Side::Left) => "left",
        Some(Side::Right) => "right",
        Some(Side::Midline) => "midline",
        None => "side undetermined",
    };
    let number = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "?".into(), |value| format!("{value:.1} {unit}"))
    };
    let limited = |word: &str| if stone.limits.iter().any(|l| l == word) { "≤ " } else { "" };
    let band = |mm: Option<f64>| mm.map_or(String::new(), |mm| format!(" ± {mm:.1}"));
    let label = match stone.label {
        Label::Stone => "",
        Label::Indeterminate => "  (indeterminate)",
        Label::LikelyPhlebolith => "  (likely a phlebolith)",
        Label::Rejected if stone.is_off_tract() => "  (rejected: off the urinary tract)",
        Label::Rejected => "  (rejected: part of bone)",
    };
    let tract = stone.tract_score.map_or(String::new(), |on| format!(", on the tract {on:.2}"));
    format!(
        "{:>3}  {side:<12} image {:<5} {}{}{} axial, {}{}{} craniocaudal, {}, mean {}, score {}{tract}{label}",
        stone.id,
        stone.find_again.instance_number.map_or("?".into(), |n| n.to_string()),
        limited("resolution_limit"),
        number(stone.max_axial_diameter_mm, "mm"),
        band(stone.error_mm.axial),
        limited("craniocaudal_limit"),
        number(stone.craniocaudal_mm, "mm"),
        band(stone.error_mm.craniocaudal),
        number(stone.volume_mm3, "mm³"),
        number(stone.hu_mean, "HU"),
        stone.probability.map_or("–".into(), |p| format!("{p:.2}")),
    )
}
