//! `lithoscope measure`: what lies at a point in patient millimetres, without the model.

use crate::arguments::{Arguments, Exit};
use crate::output::{print, print_json};
use crate::predict::table;
use crate::study::Study;
use serde::Serialize;
use stones::findings::{Engine, Label, SeriesCard, Stone, Warning};
use stones::{Candidate, Context};
use volume::Volume;

#[derive(Serialize)]
struct Measured {
    schema: &'static str,
    series: SeriesCard,
    stones: Vec<Stone>,
    warnings: Vec<Warning>,
}

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let arguments = Arguments::parse(words, &["--json"], &["--series", "--at"])?;
    arguments.need("--at")?;
    let points: Vec<[f64; 3]> = arguments.all("--at").map(place).collect::<Result<_, _>>()?;
    let study = Study::read(&arguments.paths);
    let series = study.choose(arguments.option("--series"))?;
    let volume = study.volume(series).ok_or(Exit::NothingRead)?;
    let mut context = Context::of(series, &study.not_loaded, Engine::default());
    let candidates = seen(&volume, &points, &mut context.warnings);
    let (mut stones, _) = stones::measured(&volume, candidates, &context);
    for stone in &mut stones {
        // A person says that it is a stone; no network was asked.
        stone.label = Label::Stone;
        stone.probability = None;
    }
    let Context { series, warnings, .. } = context;
    let measured = Measured { schema: "lithoscope/measure/1", series, stones, warnings };
    if arguments.flag("--json") {
        return print_json(&measured);
    }
    print(table::list(&measured.stones, &measured.warnings))
}

/// The masks at the points; where there is nothing, a warning.
fn seen(volume: &Volume, points: &[[f64; 3]], warnings: &mut Vec<Warning>) -> Vec<Candidate> {
    let mut candidates: Vec<Candidate> = Vec::new();
    for &[x, y, z] in points {
        match stones::measure::point(volume, [x, y, z].into()) {
            Some(candidate) if candidates.contains(&candidate) => {}
            Some(candidate) => candidates.push(candidate),
            None => warnings
                .push(Warning { code: "nothing_here".into(), detail: format!("{x},{y},{z}") }),
        }
    }
    candidates
}

fn place(word: &str) -> Result<[f64; 3], Exit> {
    let numbers: Vec<f64> = word
        .split(',')
        .filter_map(|n| n.trim().parse().ok())
        .filter(|n: &f64| n.is_finite())
        .collect();
    match numbers[..] {
        [x, y, z] if word.split(',').count() == 3 => Ok([x, y, z]),
        _ => Err(Exit::Usage(format!("--at {word} is not X,Y,Z"))),
    }
}
