//! `lithoscope`: what the page does, on the command line.
#![forbid(unsafe_code)]

mod arguments;
mod evaluate;
mod inspect;
mod measure;
mod output;
mod plan;
mod predict;
mod render;
mod study;

use arguments::Exit;
use std::process::ExitCode;

const USAGE: &str = "\
usage: lithoscope inspect PATH... [--json]
       lithoscope predict PATH... [--series UID] [--model FILE] [--full] [--labels OUT.nii.gz]
                  [--seg OUT.dcm] [--seg-fractional OUT.dcm] [--sr OUT.dcm] [--json]
       lithoscope predict --each FOLDER --out OUT [--jobs N] [--share N/OF] [--seg-fractional]
                  [--model FILE] [--full]
       lithoscope measure PATH... --at X,Y,Z [--at ...] [--series UID] [--json]
       lithoscope evaluate DIR [--model FILE] [--threshold T] [--sheet DIR] [--json]
       lithoscope render PATH... --plane axial|coronal|sagittal --slice K [--window WW/WL]
                  [--slab MM/mean|MM/mip|MM/minip|kub] [--series UID] [--findings FILE] -o OUT.png
       lithoscope plan NETWORK.onnx [-o OUT.plan]

PATH is a DICOM file, an archive, or a folder that is read with all folders in it. FILE of --model is an
ONNX file with its manifest.json beside it; without it the built-in model searches. What can't belong to a
finding is not computed; --full computes it all, and finds the same. With --each, every folder, archive or file in FOLDER
is a study, whose files go to OUT/NAME, N at a time; one that is there is not searched again. --share 0/8 takes
every eighth of them. X,Y,Z are patient millimetres (LPS). DIR holds a folder for each study, with dicom/,
truth.nii.gz (a label for each stone) and truth.json. K counts voxels from 0: slices, rows or columns, whichever the
plane crosses; WW/WL is 400/60 if not given. --slab shows MM of
planes as one, or with kub all of them without the skeleton.
exit: 0 done, 1 usage, 2 nothing could be read, 3 no model, 4 done but incomplete";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let outcome = if asks_for_help(&words) {
        output::print(format_args!("{USAGE}\n"))
    } else {
        run(words.into_iter())
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => exit.report(USAGE),
    }
}

/// Of the program or of any command.
fn asks_for_help(words: &[String]) -> bool {
    let mut options = words.iter().take_while(|word| *word != "--");
    options.any(|word| word == "--help" || word == "-h")
        || words.first().is_some_and(|word| word == "help")
}

fn run(mut words: impl Iterator<Item = String>) -> Result<(), Exit> {
    match words.next().as_deref() {
        Some("inspect") => inspect::run(words),
        Some("predict") => predict::run(words),
        Some("measure") => measure::run(words),
        Some("evaluate") => evaluate::run(words),
        Some("render") => render::run(words),
        Some("plan") => plan::run(words),
        _ => Err(Exit::Usage(String::new())),
    }
}
