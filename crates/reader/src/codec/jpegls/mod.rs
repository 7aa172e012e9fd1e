//! JPEG-LS, lossless and near-lossless, one component (ITU-T T.87).

mod bits;
mod parameters;
mod scan;

use super::markers::{DRI, Markers, SOF55, SOS, precision};
use super::{Decoded, Samples, damaged};
use crate::refusal::Fault;
use parameters::{Parameters, Preset};
use scan::Scan;

const LSE: u8 = 0xF8;

/// Run mode makes at most 2^15 samples of one bit.
const SAMPLES_PER_BYTE: usize = 8 << 15;

pub fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    let mut markers = Markers::new(stream)?;
    let mut preset = Preset::default();
    let mut bits_per_sample = None;
    loop {
        let segment = markers.next()?;
        match segment.marker {
            SOF55 => bits_per_sample = Some(precision(segment.body, rows, columns)?),
            LSE => preset = Preset::read(segment.body)?,
            DRI if segment.body.iter().any(|&b| b != 0) => {
                return Err(damaged("restart intervals"));
            }
            SOS => {
                let precision = bits_per_sample.ok_or_else(|| damaged("a scan without a frame"))?;
                // T.87 C.2.3: one component, no mapping table, NEAR, no interleave, no point transform.
                let &[1, _, 0, near, 0, 0, ..] = segment.body else {
                    return Err(damaged("scan header"));
                };
                let parameters = Parameters::new(precision, near, preset)?;
                let data = markers.rest();
                if rows * columns > data.len().saturating_mul(SAMPLES_PER_BYTE) {
                    return Err(damaged("ends early"));
                }
                let samples = Scan::new(data, parameters).decode(rows, columns)?;
                return Ok(Decoded {
                    samples: Samples::Words(samples),
                    precision,
                    signed: false,
                    lossy: near > 0,
                });
            }
            _ => {}
        }
    }
}
