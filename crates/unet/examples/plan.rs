//! Lowers an ONNX file to the plan that the page runs: `plan NETWORK.onnx OUT.plan`
#![expect(clippy::unwrap_used, reason = "a tool of the build, told what is wrong by its panic")]

fn main() {
    let [network, out] = std::env::args().skip(1).collect::<Vec<_>>().try_into().unwrap();
    let file = unet::plan_file(&std::fs::read(network).unwrap()).unwrap();
    std::fs::create_dir_all(std::path::Path::new(&out).parent().unwrap()).unwrap();
    std::fs::write(out, file.to_bytes()).unwrap();
}
