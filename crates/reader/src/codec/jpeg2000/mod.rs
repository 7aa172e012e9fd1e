//! JPEG 2000 and High-Throughput JPEG 2000, one component of up to 16 bits (ITU-T T.800, T.814).
//!
//! 1. [`codestream`] reads headers and tile-parts, [`parameters`] what they say
//! 2. [`tile`] divides a tile down to its precincts, whose [`packets`] come in the order of a [`progression`]
//! 3. [`blocks`], by [`mq`], decodes the coefficients of code-blocks; [`ht`] those of high throughput
//! 4. [`wavelet`] makes samples of them
//!
//! A stream is decoded completely or not at all: every packet has to be there. Sizes are compared with those that
//! the file names, and the number of packets with the bytes, before anything is allocated for them.

mod blocks;
mod codestream;
mod ht;
mod ht_bits;
mod ht_refinement;
mod ht_tables;
mod mq;
mod packets;
mod parameters;
mod progression;
mod reconstruct;
mod tables;
mod tag_tree;
mod tile;
#[cfg(test)]
mod vectors;
mod wavelet;

use super::{Decoded, Samples};
use crate::limits::zeros;
use crate::refusal::Fault;
use codestream::{Codestream, Size};
use reconstruct::{Picture, Workspace, reconstruct};
use wavelet::{Irreversible, Reversible};

pub fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    let stream = Codestream::read(stream, rows, columns)?;
    let size = stream.size;
    let mut samples = zeros::<u16>(rows * columns)?;
    let mut picture = Picture { size, samples: &mut samples };
    let mut workspace = Workspace::default();
    let mut lossy = false;
    for tile in stream.tiles() {
        let tile = &tile?;
        if tile.coding.reversible {
            reconstruct::<Reversible>(tile, &mut picture, &mut workspace)?;
        } else {
            lossy = true;
            reconstruct::<Irreversible>(tile, &mut picture, &mut workspace)?;
        }
    }
    let Size { precision, signed, .. } = size;
    Ok(Decoded { samples: Samples::Words(samples), precision, signed, lossy })
}
