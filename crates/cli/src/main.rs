//! `lithoscope`: what the page does, on the command line.
#![forbid(unsafe_code)]

mod arguments;
mod inspect;
mod predict;
mod render;
mod study;

use arguments::Exit;
use std::process::ExitCode;

const USAGE: &str = "\
usage: lithoscope inspect PATH... [--json]
       lithoscope predict PATH... [--series UID] [--model FILE] [--full] [--json]
       lithoscope render PATH... --plane axial|coronal|sagittal --slice K --window WW/WL -o OUT.png

PATH is a DICOM file, an archive, or a folder that is read with all folders in it.
exit: 0 done, 1 usage, 2 nothing could be read, 3 no model, 4 done but incomplete";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let outcome = match words.next().as_deref() {
        Some("inspect") => inspect::run(words),
        Some("predict") => predict::run(words),
        Some("render") => render::run(words),
        Some("--help" | "-h" | "help") => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(Exit::Usage(String::new())),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(exit) => exit.report(USAGE),
    }
}
