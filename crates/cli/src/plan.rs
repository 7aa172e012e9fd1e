//! `lithoscope plan`: an ONNX network as the page runs it, and whether it does.

use crate::arguments::{Arguments, Exit};
use crate::output::print;
use sha2::{Digest, Sha256};
use unet::{Error, Network, PlanFile};

pub fn run(words: impl Iterator<Item = String>) -> Result<(), Exit> {
    let arguments = Arguments::parse(words, &[], &["-o"])?;
    let [network] = &arguments.paths[..] else { return Err(Exit::Usage("one network".into())) };
    let unreadable =
        |error: std::io::Error| Exit::NoModel(format!("{}: {error}", network.display()));
    let onnx = std::fs::read(network).map_err(unreadable)?;
    let file = unet::plan_file(&onnx).map_err(|error| Exit::NoModel(error.to_string()))?;
    if let Some(out) = arguments.option("-o") {
        let written = std::fs::write(out, file.to_bytes());
        written.map_err(|error| Exit::NotWritten(out.into(), error.to_string()))?;
    }
    let (steps, channels) = (file.plan.steps.len(), file.plan.channels());
    let answers = reproducible_answers(file).map_err(|error| Exit::NoModel(error.to_string()))?;
    print(format_args!("{steps} steps, {channels} channels, self-test {answers}\n"))
}

/// SHA-256 of what the kernels that give the same bits everywhere answer to the self-test: browsers are held to it.
fn reproducible_answers(file: PlanFile) -> Result<String, Error> {
    let PlanFile { plan, self_test, .. } = file;
    let answers = self_test.answers(&Network::reproducible(plan)?)?;
    let bytes: Vec<u8> = answers.iter().flat_map(|answer| answer.to_le_bytes()).collect();
    Ok(Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}
