//! Findings for a person to read.

use stones::findings::{Findings, Label, Side, Stone, Warning};

pub fn text(findings: &Findings) -> String {
    let head =
        format!("Research use only. Not a medical device. Model: {}\n", findings.model.validation);
    let nothing = match findings.stones.iter().any(Stone::is_shown) {
        true => String::new(),
        false => nothing_found(findings),
    };
    head + &nothing + &list(&findings.stones, &findings.warnings)
}

fn nothing_found(findings: &Findings) -> String {
    format!(
        "No candidate above {} in {} slices.\nThis does not exclude stones. Read the whole scan.\n",
        findings.threshold,
        findings.series.frames.saturating_sub(findings.missing_slices.len())
    )
}

/// A line for each stone, and one for each warning.
pub fn list(stones: &[Stone], warnings: &[Warning]) -> String {
    let warning = |Warning { code, detail }: &Warning| match &**detail {
        "" => format!("{code}\n"),
        detail => format!("{code}: {detail}\n"),
    };
    let stones = stones.iter().map(|stone| line(stone) + "\n");
    stones.chain(warnings.iter().map(warning)).collect()
}

fn line(stone: &Stone) -> String {
    let side = match stone.side {
        Some(Side::Left) => "left",
        Some(Side::Right) => "right",
        Some(Side::Midline) => "midline",
        None => "side undetermined",
    };
    let number = |value: Option<f64>, unit: &str| {
        value.map_or_else(|| "?".into(), |value| format!("{value:.1} {unit}"))
    };
    let is_limited = |word: &str| stone.limits.iter().any(|limit| limit == word);
    let size = |mm: Option<f64>, band: Option<f64>, limit: &str| match (mm, band) {
        // Rounded, a bound would not be one.
        (Some(mm), _) if is_limited(limit) => format!("≤ {mm} mm"),
        (Some(mm), Some(band)) => format!("{mm:.1} mm ± {band:.1}"),
        (mm, _) => number(mm, "mm"),
    };
    let doubt = if is_limited("hu_not_reliable") { " (not reliable)" } else { "" };
    let label = match stone.label {
        Label::Stone => "",
        Label::Indeterminate => "  (indeterminate)",
        Label::LikelyPhlebolith => "  (likely a phlebolith)",
        Label::Rejected if stone.is_off_tract() => "  (rejected: off the urinary tract)",
        Label::Rejected => "  (rejected: part of bone)",
    };
    let tract = stone.tract_score.map_or(String::new(), |on| format!(", on the tract {on:.2}"));
    let limits = match &stone.limits[..] {
        [] => String::new(),
        limits => format!("  [{}]", limits.join(", ")),
    };
    format!(
        "{:>3}  {side:<12} image {:<5} {} axial, {} craniocaudal, {}, mean {}{doubt}, score {}{tract}{label}{limits}",
        stone.id,
        stone.find_again.instance_number.map_or("?".into(), |n| n.to_string()),
        size(stone.max_axial_diameter_mm, stone.error_mm.axial, "resolution_limit"),
        size(stone.craniocaudal_mm, stone.error_mm.craniocaudal, "craniocaudal_limit"),
        number(stone.volume_mm3, "mm³"),
        number(stone.hu_mean, "HU"),
        stone.probability.map_or("–".into(), |p| format!("{p:.2}")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stone of one's own limits, as the JSON has it.
    fn stone(label: &str, limits: &[&str]) -> Stone {
        serde_json::from_value(serde_json::json!({
            "id": 1, "label": label, "probability": 0.9, "tract_score": 0.2, "side": "left",
            "center_mm": null, "bounds_voxel": { "min": [0, 0, 0], "max": [1, 1, 1] }, "voxels": 8,
            "max_axial_diameter_mm": 2.34, "craniocaudal_mm": 4.16, "max_3d_diameter_mm": null,
            "error_mm": { "axial": null, "craniocaudal": 0.6 }, "volume_mm3": null,
            "hu_mean": 310.5, "hu_max": 400.0, "hu_sd": null, "skin_distance_mm": null,
            "limits": limits, "find_again": { "instance_number": 7 }
        }))
        .unwrap()
    }

    fn findings(stones: Vec<Stone>, warnings: &[(&str, &str)]) -> Findings {
        let warning =
            |&(code, detail): &(&str, &str)| Warning { code: code.into(), detail: detail.into() };
        serde_json::from_value(serde_json::json!({
            "schema": "lithoscope/findings/1", "software": { "name": "", "version": "" },
            "model": { "name": "", "version": "", "sha256": "", "validation": "None." },
            "engine": { "name": "", "workers": 1, "self_test_max_abs": null },
            "series": { "frames": 20, "rows": 1, "columns": 1 },
            "threshold": 0.5, "complete": false, "missing_slices": [3, 4], "stones": stones,
            "warnings": warnings.iter().map(warning).collect::<Vec<_>>(), "not_loaded": [],
            "seconds": { "read": 0.0, "predict": 0.0, "measure": 0.0 }
        }))
        .unwrap()
    }

    #[test]
    fn a_number_is_told_with_what_limits_it() {
        let told = line(&stone("stone", &["resolution_limit", "hu_not_reliable"]));
        assert!(told.contains("≤ 2.34 mm axial, 4.2 mm ± 0.6 craniocaudal"), "{told}");
        assert!(told.contains("310.5 HU (not reliable),"), "{told}");
        assert!(told.ends_with("[resolution_limit, hu_not_reliable]"), "{told}");
        let told = line(&stone("stone", &["craniocaudal_limit"]));
        assert!(told.contains("2.3 mm axial, ≤ 4.16 mm craniocaudal"), "{told}");
        assert!(!told.contains("reliable"), "{told}");
    }

    #[test]
    fn where_all_is_rejected_nothing_was_found() {
        let told = text(&findings(vec![stone("rejected", &[])], &[("gap", "2 mm"), ("tilt", "")]));
        assert!(
            told.contains("No candidate above 0.5 in 18 slices.\nThis does not exclude stones.")
        );
        assert!(told.contains("(rejected: off the urinary tract)"), "{told}");
        assert!(told.ends_with("\ngap: 2 mm\ntilt\n"), "{told}");
        assert!(!text(&findings(vec![stone("stone", &[])], &[])).contains("No candidate"));
    }
}
