//! Networks that PyTorch and Keras exported (`tools/models`), held to what is said of them.

use unet::trial::try_onnx;
use unet::{Error, Model, Said};

const PYTORCH: &[u8] = include_bytes!("../../../tests/models/pytorch/tiny.onnx");
const KERAS: &[u8] = include_bytes!("../../../tests/models/keras/tiny.onnx");
const RIGHT: Said = Said { channels: 1, multiple_of: 4, output: 0 };

fn refused(onnx: &[u8], said: Said) -> String {
    match try_onnx(onnx, said, || 0.0) {
        Err(Error::Refused(why)) => why,
        Err(other) => other.to_string(),
        Ok(_) => String::from("it was taken"),
    }
}

#[test]
fn a_network_of_pytorch_is_run_by_the_own_executor() {
    let tried = try_onnx(PYTORCH, RIGHT, || 0.0).unwrap();
    assert!(matches!(tried.model, Model::Own(_)));
    assert!(tried.report.unwrap().difference < 1e-5);
}

#[test]
fn up_sampling_that_keras_spells_out_is_run_by_the_own_executor() {
    let tried = try_onnx(KERAS, RIGHT, || 0.0).unwrap();
    assert!(matches!(tried.model, Model::Own(_)));
    let difference = tried.report.unwrap().difference;
    assert!(difference < 5e-5, "{difference}");
}

#[test]
fn what_is_not_as_it_is_said_to_be_is_refused_with_the_reason() {
    let channels = refused(PYTORCH, Said { channels: 2, ..RIGHT });
    assert!(channels.contains("names 2 channels, and it has 1"), "{channels}");
    let padding = refused(PYTORCH, Said { multiple_of: 6, ..RIGHT });
    assert!(padding.contains("poolings need 4"), "{padding}");
    for onnx in [PYTORCH, KERAS] {
        let output = refused(onnx, Said { output: 1, ..RIGHT });
        assert!(output.contains("reads output 1 (from 0), and it has 1"), "{output}");
    }
    assert_ne!(refused(KERAS, Said { channels: 3, ..RIGHT }), "it was taken");
    assert_ne!(refused(b"this is no network", RIGHT), "it was taken");
}
