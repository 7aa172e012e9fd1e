//! Findings for a person to read.

use stones::findings::{Findings, Side};

pub fn print(findings: &Findings) {
    println!("Research use only. Not a medical device. Model: {}", findings.model.validation);
    if findings.stones.is_empty() {
        println!("No candidate above {} in {} slices.", findings.threshold, findings.series.frames);
        println!("This does not exclude stones. Read the whole scan.");
    }
    for stone in &findings.stones {
        let side = match stone.side {
            Some(Side::Left) => "left",
            Some(Side::Right) => "right",
            Some(Side::Midline) => "midline",
            None => "side unknown",
        };
        let number = |value: Option<f64>, unit: &str| {
            value.map_or_else(|| "?".into(), |value| format!("{value:.1} {unit}"))
        };
        println!(
            "{:>3}  {side:<12} image {:<5} {} axial, {} craniocaudal, {}, mean {}, score {:.2}{}",
            stone.id,
            stone.find_again.instance_number.map_or("?".into(), |n| n.to_string()),
            number(stone.max_axial_diameter_mm, "mm"),
            number(stone.craniocaudal_mm, "mm"),
            number(stone.volume_mm3, "mm³"),
            number(stone.hu_mean, "HU"),
            stone.probability.unwrap_or_default(),
            if stone.is_shown() { "" } else { "  (rejected: part of bone)" },
        );
    }
}
