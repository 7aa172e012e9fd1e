//! `lithoscope predict`: the stones of one series, or of every study in a folder.

mod batch;
pub mod model;
mod save;
pub mod search;
pub mod table;

use crate::arguments::{Arguments, Exit};
use crate::output::{print, print_json};
use crate::study::Study;
use export::Moment;
use model::Model;
use reader::Series;
use std::path::PathBuf;
use std::time::Instant;
use stones::findings::Engine;
use stones::{Candidate, Context, Extent, Findings, Known, Measured, ProbabilityMap, report};

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let words: Vec<String> = words.collect();
    let each = words.iter().any(|word| word == "--each");
    let arguments = if each {
        let flags = ["--each", "--json", "--full", batch::FRACTIONAL];
        Arguments::parse(words.into_iter(), &flags, &["--model", "--out", "--jobs", "--share"])
    } else {
        let options = save::Kind::ALL.map(|(option, _)| option);
        let options = [&["--series", "--model"], &options[..]].concat();
        Arguments::parse(words.into_iter(), &["--json", "--full"], &options)
    }?;
    let model = Model::load(arguments.option("--model"))?;
    let extent = if arguments.flag("--full") { Extent::Whole } else { Extent::Wanted };
    if each {
        return batch::run(&arguments, &model, extent);
    }
    let (study, read) = read(&arguments.paths);
    let series = study.choose(arguments.option("--series"))?;
    let mut found = search(&study, series, &model, extent, search::workers())?;
    found.findings.seconds.read = read;

    let findings = &found.findings;
    if arguments.flag("--json") {
        print_json(findings)?;
    } else {
        print(table::text(findings))?;
    }
    save::files(&arguments, series, &found)?;
    if findings.complete { Ok(()) } else { Err(Exit::Incomplete) }
}

/// All files, and the seconds that it took.
fn read(paths: &[PathBuf]) -> (Study, f64) {
    let began = Instant::now();
    (Study::read(paths), began.elapsed().as_secs_f64())
}

/// What is found in a series.
struct Found<'a> {
    findings: Findings,
    /// The mask of each stone.
    masks: Vec<Candidate>,
    map: ProbabilityMap,
    model: &'a Model,
    /// When: the same in all files, of which one refers to another by UIDs that follow from it.
    made: Moment,
}

fn search<'a>(
    study: &Study,
    series: &Series,
    model: &'a Model,
    extent: Extent,
    workers: usize,
) -> Result<Found<'a>, Exit> {
    let volume = study.volume(series).ok_or(Exit::NothingRead)?;
    let began = Instant::now();
    let mut known = Known::default();
    let skeleton = known.skeleton(&volume, series);
    let map = search::search_all(&volume, &skeleton, model, extent, workers)?;
    let predict = began.elapsed();

    let began = Instant::now();
    let name = model.network.engine().into();
    let engine = Engine { name, workers, self_test_max_abs: model.self_test_max_abs };
    let context = Context::of(series, &study.not_loaded, engine);
    let mut tract = model.tract(&volume)?;
    let (tract, all) = (tract.as_mut(), Measured::All);
    let (mut findings, masks) =
        report(&volume, &map, &model.manifest, &context, tract, &mut known, all)
            .map_err(model::refused)?;
    findings.seconds.predict = predict.as_secs_f64();
    findings.seconds.measure = began.elapsed().as_secs_f64();
    Ok(Found { findings, masks, map, model, made: save::now() })
}
