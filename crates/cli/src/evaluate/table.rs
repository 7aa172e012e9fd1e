//! An evaluation for a person to read, as Markdown.

use super::figures::{Evaluation, Interval};
use super::naming::{Called, Levels, Naming};

pub fn print(of: &Evaluation) {
    println!(
        "Model {}, threshold {}. {} studies ({} without stone), {} stones.",
        of.model, of.threshold, of.studies, of.studies_without_stones, of.stones
    );
    println!("95 % intervals by bootstrap over studies, seed {}.\n", of.seed);
    println!("| | value | 95 % |\n|---|--:|---|");
    for (name, interval) in [
        ("sensitivity per stone", of.sensitivity),
        ("false positives per study", of.false_positives_per_study),
        ("false positives per slice", of.false_positives_per_slice),
        ("of those, not called likely phleboliths, per study", of.false_stones_per_study),
        ("stone-free studies with a finding", of.stone_free_with_finding),
        ("Dice per slice with stone or finding", of.dice_slice),
        ("Dice per found stone", of.dice_stone),
    ] {
        println!("| {name} | {} |", told(interval));
    }
    println!("\n| false positives per study, at most | sensitivity | threshold |\n|--:|--:|--:|");
    for point in &of.froc {
        println!("| {} | {:.2} | {:.3} |", point.at_most, point.sensitivity, point.threshold);
    }
    println!("\n| stratum | stones | sensitivity | 95 % |\n|---|--:|--:|---|");
    for stratum in &of.strata {
        println!("| {} | {} | {} |", stratum.name, stratum.stones, told(stratum.sensitivity));
    }
    if let Some(ece) = of.calibration.ece {
        println!(
            "\nExpected calibration error {ece:.3}.\n\n| probability | findings | said | were stones |\n|---|--:|--:|--:|"
        );
    }
    for bin in &of.calibration.bins {
        println!(
            "| {:.1}–{:.1} | {} | {:.2} | {:.2} |",
            bin.low, bin.high, bin.findings, bin.probability, bin.stones
        );
    }
    naming(&of.naming);
    let mut kinds = std::collections::BTreeMap::<&str, usize>::new();
    for wrong in &of.false_positives {
        *kinds.entry(wrong.on.as_deref().unwrap_or("anatomy")).or_default() += 1;
    }
    println!("\n| false positives on | number |\n|---|--:|");
    for (kind, count) in kinds {
        println!("| {kind} | {count} |");
    }
}

fn naming(of: &Naming) {
    println!("\n| candidates on | called stone | indeterminate | likely phlebolith | nothing |");
    println!("|---|--:|--:|--:|--:|");
    for (name, Called { stone, indeterminate, likely_phlebolith, nothing }) in
        [("ureteral stones", of.ureteral_stones), ("phleboliths", of.phleboliths)]
    {
        println!("| {name} | {stone} | {indeterminate} | {likely_phlebolith} | {nothing} |");
    }
    if let Some(accuracy) = of.balanced_accuracy {
        println!("\nUreteral stone against phlebolith: balanced accuracy {accuracy:.2}.");
    }
    let Levels { stones, told, exact, within_one } = of.levels;
    println!(
        "Level: told of {told} of {stones} found stones, {exact} exact, {within_one} within one class of seven."
    );
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
