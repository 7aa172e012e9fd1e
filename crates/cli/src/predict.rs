//! `lithoscope predict`: the stones of one series, or of every study in a folder.

mod batch;
pub mod model;
mod save;
pub mod search;
pub mod table;

use crate::arguments::{Arguments, Exit, print_json};
use crate::study::Study;
use model::Model;
use reader::Series;
use std::path::PathBuf;
use std::time::Instant;
use stones::findings::Engine;
use stones::{Candidate, Context, Extent, Findings};

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let flags = ["--json", "--full", "--each"];
    let options =
        ["--series", "--model", "--labels", "--seg", "--sr", "--out", "--jobs", "--share"];
    let arguments = Arguments::parse(words, &flags, &options)?;
    let model = Model::load(arguments.option("--model"))?;
    let extent = if arguments.flag("--full") { Extent::Whole } else { Extent::Wanted };
    if arguments.flag("--each") {
        return batch::run(&arguments, &model, extent);
    }
    let (study, read) = read(&arguments.paths);
    let series = study.choose(arguments.option("--series"))?;
    let (mut findings, masks) = search(&study, series, &model, extent, search::workers())?;
    findings.seconds.read = read;

    save::files(&arguments, series, &findings, &masks)?;
    if arguments.flag("--json") {
        print_json(&findings)?;
    } else {
        table::print(&findings);
    }
    if findings.complete { Ok(()) } else { Err(Exit::Incomplete) }
}

/// All files, and the seconds that it took.
fn read(paths: &[PathBuf]) -> (Study, f64) {
    let began = Instant::now();
    (Study::read(paths), began.elapsed().as_secs_f64())
}

/// What is found in a series, with the mask of each stone.
fn search(
    study: &Study,
    series: &Series,
    model: &Model,
    extent: Extent,
    workers: usize,
) -> Result<(Findings, Vec<Candidate>), Exit> {
    let volume = study.volume(series).ok_or(Exit::NothingRead)?;
    let began = Instant::now();
    let map = search::search_all(&volume, model, extent, workers)?;
    let predict = began.elapsed();

    let began = Instant::now();
    let name = model.network.engine().into();
    let engine = Engine { name, workers, self_test_max_abs: model.self_test_max_abs };
    let context = Context::of(series, &study.not_loaded, engine);
    let mut tract = model.tract(&volume)?;
    let (mut findings, masks) =
        stones::report(&volume, &map, &model.manifest, &context, tract.as_mut())
            .map_err(model::refused)?;
    findings.seconds.predict = predict.as_secs_f64();
    findings.seconds.measure = began.elapsed().as_secs_f64();
    Ok((findings, masks))
}
