//! An evaluation for a person to read, as Markdown.

use super::figures::{Evaluation, Interval};
use super::naming::{Called, Levels, Naming};
use std::fmt;

impl fmt::Display for Evaluation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "Model {}, threshold {}. {} studies ({} without stone), {} stones.",
            self.model, self.threshold, self.studies, self.studies_without_stones, self.stones
        )?;
        writeln!(f, "95 % intervals by bootstrap over studies, seed {}.\n", self.seed)?;
        writeln!(f, "| | value | 95 % |\n|---|--:|---|")?;
        for (name, interval) in [
            ("sensitivity per stone", self.sensitivity),
            ("false positives per study", self.false_positives_per_study),
            ("false positives per slice", self.false_positives_per_slice),
            ("of those, not called likely phleboliths, per study", self.false_stones_per_study),
            ("stone-free studies with a finding", self.stone_free_with_finding),
            ("Dice per slice with stone or finding", self.dice_slice),
            ("Dice per found stone", self.dice_stone),
        ] {
            writeln!(f, "| {name} | {} |", told(interval))?;
        }
        writeln!(
            f,
            "\n| false positives per study, at most | sensitivity | threshold |\n|--:|--:|--:|"
        )?;
        for point in &self.froc {
            writeln!(
                f,
                "| {} | {:.2} | {:.3} |",
                point.at_most, point.sensitivity, point.threshold
            )?;
        }
        writeln!(f, "\n| stratum | stones | sensitivity | 95 % |\n|---|--:|--:|---|")?;
        for stratum in &self.strata {
            writeln!(
                f,
                "| {} | {} | {} |",
                stratum.name,
                stratum.stones,
                told(stratum.sensitivity)
            )?;
        }
        if let Some(ece) = self.calibration.ece {
            writeln!(
                f,
                "\nExpected calibration error {ece:.3}.\n\n| probability | findings | said | were stones |\n|---|--:|--:|--:|"
            )?;
        }
        for bin in &self.calibration.bins {
            writeln!(
                f,
                "| {:.1}–{:.1} | {} | {:.2} | {:.2} |",
                bin.low, bin.high, bin.findings, bin.probability, bin.stones
            )?;
        }
        naming(&self.naming, f)?;
        let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
        for wrong in &self.false_positives {
            *kinds.entry(wrong.on.as_deref().unwrap_or("anatomy")).or_default() += 1;
        }
        writeln!(f, "\n| false positives on | number |\n|---|--:|")?;
        for (kind, count) in kinds {
            writeln!(f, "| {kind} | {count} |")?;
        }
        Ok(())
    }
}

fn naming(of: &Naming, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(
        f,
        "\n| candidates on | called stone | indeterminate | likely phlebolith | nothing |"
    )?;
    writeln!(f, "|---|--:|--:|--:|--:|")?;
    for (name, Called { stone, indeterminate, likely_phlebolith, nothing }) in
        [("ureteral stones", of.ureteral_stones), ("phleboliths", of.phleboliths)]
    {
        writeln!(f, "| {name} | {stone} | {indeterminate} | {likely_phlebolith} | {nothing} |")?;
    }
    if let Some(accuracy) = of.balanced_accuracy {
        writeln!(f, "\nUreteral stone against phlebolith: balanced accuracy {accuracy:.2}.")?;
    }
    let Levels { stones, told, exact, within_one } = of.levels;
    writeln!(
        f,
        "Level: told of {told} of {stones} found stones, {exact} exact, {within_one} within one class of seven."
    )
}

/// Value and interval as two cells.
fn told(interval: Interval) -> String {
    match interval {
        Interval { value: Some(value), low: Some(low), high: Some(high) } => {
            format!("{value:.2} | {low:.2}–{high:.2}")
        }
        _ => "– | –".into(),
    }
}
