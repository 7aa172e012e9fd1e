//! The name that work on a series is kept under. It is the same of the same images and of no others, and without the
//! salt nobody can tell of a UID whether it was made of it.

use sha2::{Digest, Sha256};
use volume::Volume;

/// A hash of a secret salt, the UID of the series where it has one, its size, and the HU of the slice in its middle.
pub fn mark(salt: &[u8], series: &str, volume: &Volume) -> String {
    let geometry = &volume.geometry;
    let mut digest = Sha256::new();
    for part in [salt, series.as_bytes()] {
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    for side in [geometry.columns, geometry.rows, geometry.slices] {
        digest.update((side as u64).to_le_bytes());
    }
    for hu in volume.slice(geometry.slices / 2) {
        digest.update(hu.to_le_bytes());
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
