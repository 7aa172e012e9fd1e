//! A plan as a file: one line of JSON, then the weights as little-endian `f32`, then a SHA-256 of all before.
//!
//! It is written when the product is built, from the ONNX file whose SHA-256 it names, so that a browser needs no
//! reader of ONNX. The self-test's answers come from another engine, the one that read the ONNX.

use super::Plan;
use crate::Error;
use crate::self_test::SelfTest;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write;

const FORMAT: &str = "lithoscope/plan/1";
const DIGEST: usize = 32;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanFile {
    format: String,
    /// SHA-256 of the ONNX file that it was lowered from, in lower-case hex.
    pub source: String,
    pub plan: Plan,
    pub self_test: SelfTest,
}

impl PlanFile {
    pub fn new(onnx: &[u8], plan: Plan, self_test: SelfTest) -> Self {
        Self { format: FORMAT.into(), source: hex(&Sha256::digest(onnx)), plan, self_test }
    }

    pub fn to_bytes(&self) -> Vec<u8> {
        // Numbers, names and nothing that could fail.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        for weight in &self.plan.weights {
            bytes.extend(weight.to_le_bytes());
        }
        let digest = Sha256::digest(&bytes);
        bytes.extend(digest);
        bytes
    }

    /// Reads a file and checks that it is whole and sound.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let refused = |what: &str| Error::Refused(format!("its plan can't be read: {what}"));
        let (content, digest) =
            bytes.split_last_chunk::<DIGEST>().ok_or_else(|| refused("it is too short"))?;
        if Sha256::digest(content).as_slice() != digest {
            return Err(refused("it is damaged"));
        }
        let line = content.iter().position(|&b| b == b'\n').ok_or_else(|| refused("no header"))?;
        let (header, weights) = content.split_at(line);
        let mut file: Self =
            serde_json::from_slice(header).map_err(|error| refused(&error.to_string()))?;
        if file.format != FORMAT {
            return Err(refused(&format!("it is a {}", file.format)));
        }
        let (weights, _) = weights[1..].as_chunks::<4>();
        file.plan.weights = weights.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect();
        file.plan.check()?;
        Ok(file)
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
