//! `inspect` for people: one line per series, one per kind of file that was not loaded.

use super::report::{NotLoaded, Report, Volume};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Files named per code before the rest is only counted.
const NAMED: usize = 3;

pub fn text(report: &Report<'_>) -> String {
    let mut text = String::new();
    for volume in &report.series {
        // Writing to a string does not fail.
        let _ = writeln!(text, "{}", line(volume));
    }
    let mut refused: BTreeMap<&str, Vec<&NotLoaded<'_>>> = BTreeMap::new();
    for file in &report.not_loaded {
        refused.entry(file.code.as_str()).or_default().push(file);
    }
    for (code, files) in refused {
        let named: Vec<_> = files.iter().take(NAMED).map(|file| file.path).collect();
        let rest = files.len() - named.len();
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        let sentence = files.first().map_or("", |file| &file.sentence);
        let _ = writeln!(text, "not loaded: {code}: {}{more}\n    {sentence}", named.join(", "));
    }
    text
}

fn line(volume: &Volume<'_>) -> String {
    let number = volume.series_number.map_or("-".to_owned(), |n| n.to_string());
    let spacing: Vec<_> = volume
        .spacing_mm
        .iter()
        .map(|mm| mm.map_or("?".to_owned(), |mm| format!("{mm:.3}")))
        .collect();
    let warnings = match volume.warnings.as_slice() {
        [] => String::new(),
        some => format!("  [{}]", some.join(", ")),
    };
    format!(
        "{number:>4}  {} × {} × {}  {} mm  {}{warnings}",
        volume.columns,
        volume.rows,
        volume.frames,
        spacing.join(" × "),
        volume.tags.series_description,
    )
}
