//! Coverage-guided fuzzing of the reader. How to run it: `docs/security.md`.

pub mod seeds;
pub mod targets;
