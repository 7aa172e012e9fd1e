//! Lowers an ONNX file to the plan that the page runs: `plan NETWORK.onnx OUT.plan`
//!
//! Prints the SHA-256 of what the reproducible kernels answer to its self-test: every browser is held to that.
#![expect(clippy::unwrap_used, reason = "a tool of the build, told what is wrong by its panic")]

use sha2::{Digest, Sha256};
use unet::{Network, PlanFile};

fn main() {
    let [network, out] = std::env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let file = unet::plan_file(&std::fs::read(network).unwrap()).unwrap();
    std::fs::create_dir_all(std::path::Path::new(&out).parent().unwrap()).unwrap();
    std::fs::write(out, file.to_bytes()).unwrap();

    let PlanFile { plan, self_test, .. } = file;
    let answers = self_test.answers(&Network::reproducible(plan).unwrap()).unwrap();
    let bytes: Vec<u8> = answers.iter().flat_map(|answer| answer.to_le_bytes()).collect();
    let digest = Sha256::digest(bytes);
    println!("{}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
}
