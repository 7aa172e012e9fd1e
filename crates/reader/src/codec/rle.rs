//! RLE Lossless (PS3.5 Annex G): one segment of PackBits per byte of the cell, most significant first.

use super::{Decoded, Samples, damaged};
use crate::limits::zeros;
use crate::refusal::Fault;

/// Number of segments and 15 offsets, 32 bits each (PS3.5 G.5).
const HEADER: usize = 64;

pub fn decode(stream: &[u8], count: usize, allocated: u8) -> Result<Decoded, Fault> {
    let planes = usize::from(allocated / 8);
    let offsets = offsets(stream, planes)?;
    // A run of two bytes makes 128: what cannot be reached is not allocated.
    if count > stream.len().saturating_mul(64) {
        return Err(damaged("too short for its size"));
    }
    // Segments may lie in any order: each ends where another begins.
    let end = |start| offsets.iter().copied().filter(|&o| o > start).min().unwrap_or(stream.len());
    let segments = offsets.iter().map(|&start| stream.get(start..end(start)));
    let samples = match planes {
        1 | 2 => {
            let mut cells = zeros::<u16>(count)?;
            for segment in segments {
                let segment = segment.ok_or_else(|| damaged("segment offsets"))?;
                unpack(segment, &mut cells, |cell, byte| *cell = *cell << 8 | u16::from(byte))?;
            }
            Samples::Words(cells)
        }
        _ => {
            let mut cells = zeros::<u32>(count)?;
            for segment in segments {
                let segment = segment.ok_or_else(|| damaged("segment offsets"))?;
                unpack(segment, &mut cells, |cell, byte| *cell = *cell << 8 | u32::from(byte))?;
            }
            Samples::DoubleWords(cells)
        }
    };
    Ok(Decoded { samples, precision: allocated, signed: false, lossy: false })
}

/// Whether a stream begins as that of an image with cells of so many bytes does: the first segment right behind the header.
pub fn is_rle(stream: &[u8], planes: usize) -> bool {
    offsets(stream, planes).is_ok_and(|offsets| offsets.iter().min() == Some(&HEADER))
}

fn offsets(stream: &[u8], planes: usize) -> Result<Vec<usize>, Fault> {
    let header = stream.get(..HEADER).ok_or_else(|| damaged("no header"))?;
    let (words, _) = header.as_chunks::<4>();
    let mut words = words.iter().map(|&w| u32::from_le_bytes(w) as usize);
    let segments = words.next().unwrap_or(0);
    if segments != planes {
        return Err(damaged(format!("{segments} segments for {planes} bytes")));
    }
    let offsets: Vec<usize> = words.take(planes).collect();
    let behind = offsets.iter().all(|&o| o >= HEADER);
    if behind { Ok(offsets) } else { Err(damaged("segment offsets")) }
}

/// PackBits (PS3.5 G.3.2) into one byte of each cell. Runs may go beyond the last cell: an encoder pads
/// to an even length.
fn unpack<T>(
    mut packed: &[u8],
    mut cells: &mut [T],
    put: impl Fn(&mut T, u8),
) -> Result<(), Fault> {
    let cut = || damaged("a segment ends early");
    while !cells.is_empty() {
        let (&control, rest) = packed.split_first().ok_or_else(cut)?;
        // −128 does nothing.
        let length = match control as i8 {
            -128 => 0,
            n => usize::from(n.unsigned_abs()) + 1,
        };
        let (now, later) = cells.split_at_mut(length.min(cells.len()));
        if control < 128 {
            let literal = rest.get(..now.len()).ok_or_else(cut)?;
            now.iter_mut().zip(literal).for_each(|(cell, &byte)| put(cell, byte));
            packed = rest.get(length..).unwrap_or(&[]);
        } else if length == 0 {
            packed = rest;
        } else {
            let (&byte, rest) = rest.split_first().ok_or_else(cut)?;
            now.iter_mut().for_each(|cell| put(cell, byte));
            packed = rest;
        }
        cells = later;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stream(segments: &[&[u8]]) -> Vec<u8> {
        let mut at = HEADER as u32;
        let mut header = vec![segments.len() as u32];
        for segment in segments {
            header.push(at);
            at += segment.len() as u32;
        }
        header.resize(16, 0);
        let header: Vec<u8> = header.iter().flat_map(|w| w.to_le_bytes()).collect();
        [header, segments.concat()].concat()
    }

    #[test]
    fn literals_runs_and_nothing() {
        // PS3.5 G.3.1: 2 literals, a run of 3, a no-operation, a literal.
        let high = [1, 0x12, 0x34, 0xFE, 0x56, 0x80, 0, 0x78];
        let low = [0xFB, 0xAB];
        let decoded = decode(&stream(&[&high, &low]), 6, 16).unwrap();
        let expected = vec![0x12AB, 0x34AB, 0x56AB, 0x56AB, 0x56AB, 0x78AB];
        assert_eq!(decoded.samples, Samples::Words(expected));
        // The low bytes before the high ones.
        let mut turned = stream(&[&low, &high]);
        turned[4..12].copy_from_slice(&[66, 0, 0, 0, 64, 0, 0, 0]);
        assert_eq!(decode(&turned, 6, 16).unwrap(), decoded);
        let four = [&[0u8, 1][..], &[0, 2], &[0, 3], &[0, 4]];
        let decoded = decode(&stream(&four), 1, 32).unwrap();
        assert_eq!(decoded.samples, Samples::DoubleWords(vec![0x0102_0304]));
    }

    #[test]
    fn damage_is_found() {
        let good = stream(&[&[0xFF, 7], &[0xFF, 8]]);
        assert!(decode(&good, 2, 16).is_ok());
        assert!(decode(&good, 3, 16).is_err());
        assert!(decode(&good, 2, 8).is_err());
        assert!(decode(&good[..good.len() - 1], 2, 16).is_err());
        assert!(decode(&good[..40], 2, 16).is_err());
        assert!(decode(&good, 1 << 30, 16).is_err());
        let mut wild = good;
        wild[4] = 0xFF;
        assert!(decode(&wild, 2, 16).is_err());
        wild[4] = 0;
        assert!(decode(&wild, 2, 16).is_err());
    }
}
