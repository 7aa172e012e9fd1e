//! Findings as a table: a line of CSV (RFC 4180) for each stone, with what it rests on.

use stones::findings::{Findings, Stone};

const COLUMNS: [&str; 41] = [
    "study",
    "series_instance_uid",
    "series_number",
    "id",
    "label",
    "review",
    "made_by",
    "kind",
    "name",
    "mask_mm3",
    "side",
    "level",
    "max_axial_diameter_mm",
    "axial_band_mm",
    "short_axis_mm",
    "craniocaudal_mm",
    "craniocaudal_band_mm",
    "max_3d_diameter_mm",
    "volume_mm3",
    "hu_mean",
    "hu_max",
    "hu_sd",
    "rim_hu",
    "skin_distance_mm",
    "score",
    "tract_score",
    "phlebolith_score",
    "x_mm",
    "y_mm",
    "z_mm",
    "instance_number",
    "voxels",
    "limits",
    "complete",
    "threshold",
    "model",
    "software",
    "note",
    "hu_corrected",
    "volume_band_mm3",
    "validation",
];

const NOTE: &str = "research use only; not a medical device";

/// The first line.
pub fn heading() -> String {
    COLUMNS.join(",") + "\r\n"
}

/// All stones of a study, rejected ones too: their label says so. `study` is what the person calls it, not the patient.
pub fn lines(study: &str, findings: &Findings) -> String {
    findings.stones.iter().map(|stone| line(study, findings, stone)).collect()
}

fn line(study: &str, findings: &Findings, stone: &Stone) -> String {
    let series = &findings.series;
    let drawn = stone.drawn.as_ref();
    let centre = stone.center_mm.map(|centre| centre.map(Some)).unwrap_or_default();
    let model = &findings.model;
    let cells: [String; COLUMNS.len()] = [
        study.into(),
        series.series_instance_uid.clone().unwrap_or_default(),
        shown(series.series_number),
        stone.id.to_string(),
        word(&stone.label),
        stone.review.as_ref().map(word).unwrap_or_default(),
        drawn.map_or_else(|| "model".into(), |drawn| word(&drawn.by)),
        drawn.map(|drawn| word(&drawn.kind)).unwrap_or_default(),
        drawn.map(|drawn| drawn.name.clone()).unwrap_or_default(),
        shown(drawn.and_then(|drawn| drawn.mask_mm3)),
        stone.side.as_ref().map(word).unwrap_or_default(),
        stone.level.as_ref().map(word).unwrap_or_default(),
        shown(stone.max_axial_diameter_mm),
        shown(stone.error_mm.axial),
        shown(stone.short_axis_mm),
        shown(stone.craniocaudal_mm),
        shown(stone.error_mm.craniocaudal),
        shown(stone.max_3d_diameter_mm),
        shown(stone.volume_mm3),
        shown(stone.hu_mean),
        shown(stone.hu_max),
        shown(stone.hu_sd),
        shown(stone.rim_hu),
        shown(stone.skin_distance_mm),
        shown(stone.probability),
        shown(stone.tract_score),
        shown(stone.phlebolith_score),
        shown(centre[0]),
        shown(centre[1]),
        shown(centre[2]),
        shown(stone.find_again.instance_number),
        stone.voxels.to_string(),
        stone.limits.join(" "),
        findings.complete.to_string(),
        findings.threshold.to_string(),
        format!("{} {} {}", model.name, model.version, model.sha256),
        format!("{} {}", findings.software.name, findings.software.version),
        NOTE.into(),
        shown(stone.hu_corrected),
        shown(stone.error_mm.volume),
        model.validation.clone(),
    ];
    cells.map(|cell| quoted(&cell)).join(",") + "\r\n"
}

/// Unknown values are empty, never 0.
fn shown<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A word of an enum as the JSON has it.
fn word<T: serde::Serialize>(value: &T) -> String {
    let json = serde_json::to_value(value).ok();
    json.and_then(|json| json.as_str().map(str::to_owned)).unwrap_or_default()
}

/// Text that a spreadsheet would take for a formula begins with an apostrophe; numbers stay as they are.
fn quoted(cell: &str) -> String {
    let formula = cell.starts_with(['=', '+', '-', '@']) && cell.parse::<f64>().is_err();
    let cell = if formula { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        for (cell, written) in [
            ("plain", "plain"),
            ("-612.5", "-612.5"),
            ("a,b", "\"a,b\""),
            ("says \"no\"", "\"says \"\"no\"\"\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("-cmd", "'-cmd"),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
