//! `lithoscope evaluate`: what the model finds of what is known to be there, over a folder of studies.

mod case;
mod figures;
mod matching;
mod naming;
mod sheet;
mod table;

use crate::arguments::{Arguments, Exit, print_json};
use crate::predict::model::Model;
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
    let mut cases = Vec::new();
    for study in studies(folder)? {
        let case = Case::read(&study, &model)?;
        eprintln!(
            "{}: {} of {} stones",
            case.name,
            case.hits(model.manifest.threshold),
            case.stones()
        );
        cases.push(case);
    }
    if cases.is_empty() {
        return Err(Exit::NothingRead);
    }
    let evaluation = Evaluation::of(&cases, &model.manifest);
    if let Some(out) = arguments.option("--sheet") {
        sheet::write(Path::new(out), &cases, &evaluation)
            .map_err(|problem| Exit::NotWritten(out.into(), problem))?;
    }
    if arguments.flag("--json") {
        return print_json(&evaluation);
    }
    table::print(&evaluation);
    Ok(())
}

/// The folders that hold a study, in order of name.
fn studies(folder: &Path) -> Result<Vec<PathBuf>, Exit> {
    let unreadable = |e: std::io::Error| Exit::Usage(format!("{}: {e}", folder.display()));
    let entries = folder.read_dir().map_err(unreadable)?.flatten().map(|entry| entry.path());
    let mut studies: Vec<PathBuf> = entries.filter(|path| path.join("dicom").is_dir()).collect();
    studies.sort();
    Ok(studies)
}
