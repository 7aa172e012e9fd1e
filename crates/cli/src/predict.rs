//! `lithoscope predict`: the stones of one series.

pub mod model;
mod save;
pub mod search;
pub mod table;

use crate::arguments::{Arguments, Exit, print_json};
use crate::study::Study;
use model::Model;
use std::time::Instant;
use stones::findings::Engine;
use stones::{Context, Extent};

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let flags = ["--json", "--full"];
    let options = ["--series", "--model", "--labels", "--seg", "--sr"];
    let arguments = Arguments::parse(words, &flags, &options)?;
    let model = Model::load(arguments.option("--model"))?;

    let began = Instant::now();
    let study = Study::read(&arguments.paths);
    let series = study.choose(arguments.option("--series"))?;
    let volume = study.volume(series).ok_or(Exit::NothingRead)?;
    let read = began.elapsed();

    let began = Instant::now();
    let workers = search::workers();
    let extent = if arguments.flag("--full") { Extent::Whole } else { Extent::Wanted };
    let map = search::search_all(&volume, &model, extent, workers)?;
    let predict = began.elapsed();

    let began = Instant::now();
    let engine = Engine { name: model.network.engine().into(), workers, self_test_max_abs: None };
    let context = Context::of(series, &study.not_loaded, engine);
    let (mut findings, masks) = stones::report(&volume, &map, &model.manifest, &context);
    findings.seconds.read = read.as_secs_f64();
    findings.seconds.predict = predict.as_secs_f64();
    findings.seconds.measure = began.elapsed().as_secs_f64();

    save::files(&arguments, series, &findings, &masks)?;
    if arguments.flag("--json") {
        print_json(&findings)?;
    } else {
        table::print(&findings);
    }
    if findings.complete { Ok(()) } else { Err(Exit::Incomplete) }
}
