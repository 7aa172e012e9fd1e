//! `lithoscope inspect`: what is in a folder, and what its voxels hold.

mod advice;
mod report;
mod table;

use crate::arguments::{Arguments, Exit};
use crate::output::print;
use crate::study::Study;
use report::Report;

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let arguments = Arguments::parse(words, &["--json"], &[])?;
    let study = Study::read(&arguments.paths);
    let report = Report::new(&study);
    if arguments.flag("--json") {
        match serde_json::to_string(&report) {
            Ok(json) => print(json + "\n")?,
            Err(error) => return Err(Exit::Usage(error.to_string())),
        }
    } else {
        print(table::text(&report))?;
    }
    if study.series.is_empty() { Err(Exit::NothingRead) } else { Ok(()) }
}
