//! `lithoscope evaluate`: what the model finds of what is known to be there, over a folder of studies.

mod case;
mod figures;
mod matching;
mod naming;
mod sheet;
mod table;

use crate::arguments::{Arguments, Exit};
use crate::output::{print, print_json, tell};
use crate::predict::model::Model;
use crate::study::Study;
use case::Case;
use figures::Evaluation;
use std::path::{Path, PathBuf};

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let options = ["--model", "--sheet", "--threshold"];
    let arguments = Arguments::parse(words, &["--json"], &options)?;
    let [folder] = &arguments.paths[..] else { return Err(Exit::Usage("one folder".into())) };
    let mut model = Model::load(arguments.option("--model"))?;
    if let Some(word) = arguments.option("--threshold") {
        let threshold = word.parse().ok().filter(|t| (0.0..=1.0).contains(t));
        let unclear = || Exit::Usage(format!("--threshold {word} is not between 0 and 1"));
        model.manifest.threshold = threshold.ok_or_else(unclear)?;
    }
    let studies = studies(folder)?;
    if studies.is_empty() {
        return Err(Exit::NothingRead);
    }
    check(&studies)?;
    let mut cases = Vec::new();
    for study in studies {
        let case = Case::read(&study, &model)?;
        let hits = case.hits(model.manifest.threshold);
        tell(format_args!("{}: {hits} of {} stones", case.name, case.stones()));
        cases.push(case);
    }
    let evaluation = Evaluation::of(&cases, &model.manifest);
    if let Some(out) = arguments.option("--sheet") {
        sheet::write(Path::new(out), &cases, &evaluation)
            .map_err(|problem| Exit::NotWritten(out.into(), problem))?;
    }
    if arguments.flag("--json") {
        return print_json(&evaluation);
    }
    print(evaluation)
}

/// The folders that hold a study, in order of name.
fn studies(folder: &Path) -> Result<Vec<PathBuf>, Exit> {
    let unreadable = |e: std::io::Error| Exit::NotRead(folder.display().to_string(), e.to_string());
    let entries = folder.read_dir().map_err(unreadable)?.flatten().map(|entry| entry.path());
    let mut studies: Vec<PathBuf> =
        entries.filter(|path| path.join(case::IMAGES).is_dir()).collect();
    studies.sort();
    Ok(studies)
}

/// A study without images or truth is told of before the hours that the others take.
fn check(studies: &[PathBuf]) -> Result<(), Exit> {
    let told = |study: &PathBuf, what: &str| {
        Exit::NotRead(study.display().to_string(), format!("it has no {what}"))
    };
    let problem = |study: &PathBuf| {
        if !study.join(case::TRUTH).is_file() {
            Some(told(study, case::TRUTH))
        } else if !Study::is_any(&study.join(case::IMAGES)) {
            Some(told(study, "CT in dicom/"))
        } else {
            None
        }
    };
    let mut problems = studies.iter().filter_map(problem);
    let Some(first) = problems.next() else { return Ok(()) };
    problems.for_each(|exit| tell(format_args!("lithoscope: {exit}")));
    Err(first)
}
