//! JPEG lossless, Huffman coded, one component: all seven predictors, restart intervals, point transform
//! (ITU-T T.81 Annex H).

use super::huffman::{Bits, Differences, Tables};
use super::markers::{DHT, DRI, Markers, SOF3, SOS, precision, restart_interval};
use super::{Decoded, Samples, damaged};
use crate::limits::zeros;
use crate::refusal::Fault;

pub fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    let mut markers = Markers::new(stream)?;
    let mut tables = Tables::default();
    let mut bits_per_sample = None;
    let mut interval = 0;
    loop {
        let segment = markers.next()?;
        match segment.marker {
            SOF3 => bits_per_sample = Some(precision(segment.body, rows, columns)?),
            DHT => tables.read(segment.body)?,
            DRI => interval = restart_interval(segment.body)?,
            SOS => {
                let precision = bits_per_sample.ok_or_else(|| damaged("a scan without a frame"))?;
                let scan = Scan::new(segment.body, &tables, precision, interval, columns)?;
                let samples = scan.decode(markers.rest(), rows, columns)?;
                let samples = Samples::Words(samples);
                return Ok(Decoded { samples, precision, signed: false, lossy: false });
            }
            _ => {}
        }
    }
}

struct Scan<'a> {
    differences: Differences<'a>,
    predictor: u8,
    /// Bits that were shifted off (T.81 H.1.2.1).
    point: u8,
    precision: u8,
    /// Rows between restarts.
    rows_per_interval: usize,
}

impl<'a> Scan<'a> {
    fn new(
        header: &[u8],
        tables: &'a Tables,
        precision: u8,
        interval: usize,
        columns: usize,
    ) -> Result<Self, Fault> {
        let &[1, _, selector, predictor, _, approximation, ..] = header else {
            return Err(damaged("scan header"));
        };
        let differences = Differences::new(tables.dc(selector >> 4)?);
        let point = approximation & 0x0F;
        if !(1..=7).contains(&predictor) || point >= precision {
            return Err(damaged(format!("predictor {predictor}, point transform {point}")));
        }
        // T.81 H.1.1: the interval is a whole number of rows.
        if !interval.is_multiple_of(columns) {
            return Err(damaged("a restart interval that is not whole rows"));
        }
        let rows_per_interval = if interval == 0 { usize::MAX } else { interval / columns };
        Ok(Self { differences, predictor, point, precision, rows_per_interval })
    }

    fn decode(&self, data: &[u8], rows: usize, columns: usize) -> Result<Vec<u16>, Fault> {
        // At least one bit for each sample.
        if rows * columns > data.len().saturating_mul(8) {
            return Err(damaged("ends early"));
        }
        let mut samples = zeros::<u16>(rows * columns)?;
        let mut bits = Bits::new(data);
        let mut above: &[u16] = &[];
        for (y, row) in samples.chunks_exact_mut(columns).enumerate() {
            let begins = y % self.rows_per_interval == 0;
            if begins && y > 0 {
                bits.restart(y / self.rows_per_interval - 1)?;
            }
            match above.first() {
                Some(&up) if !begins => self.row(&mut bits, above, up, row)?,
                _ => self.first_row(&mut bits, row)?,
            }
            if bits.overrun() {
                return Err(damaged("ends early"));
            }
            above = row;
        }
        bits.end()?;
        if self.point > 0 {
            samples.iter_mut().for_each(|s| *s <<= self.point);
        }
        Ok(samples)
    }

    /// T.81 H.1.1: the first row of an interval is predicted from the left, its first sample from the middle.
    fn first_row(&self, bits: &mut Bits<'_>, row: &mut [u16]) -> Result<(), Fault> {
        let mut left = 1u16 << (self.precision - self.point - 1);
        for sample in row {
            left = add(i32::from(left), self.differences.next(bits)?);
            *sample = left;
        }
        Ok(())
    }

    fn row(
        &self,
        bits: &mut Bits<'_>,
        above: &[u16],
        up: u16,
        row: &mut [u16],
    ) -> Result<(), Fault> {
        // T.81 H.1.2.1, table H.1: a is left, b above, c above left.
        match self.predictor {
            1 => self.predicted(bits, above, up, row, |a, _, _| a),
            2 => self.predicted(bits, above, up, row, |_, b, _| b),
            3 => self.predicted(bits, above, up, row, |_, _, c| c),
            4 => self.predicted(bits, above, up, row, |a, b, c| a + b - c),
            5 => self.predicted(bits, above, up, row, |a, b, c| a + ((b - c) >> 1)),
            6 => self.predicted(bits, above, up, row, |a, b, c| b + ((a - c) >> 1)),
            _ => self.predicted(bits, above, up, row, |a, b, _| (a + b) >> 1),
        }
    }

    #[inline(always)]
    fn predicted(
        &self,
        bits: &mut Bits<'_>,
        above: &[u16],
        up: u16,
        row: &mut [u16],
        predict: impl Fn(i32, i32, i32) -> i32,
    ) -> Result<(), Fault> {
        // The first sample of a row is predicted from above, whatever the predictor.
        let mut prediction = i32::from(up);
        let mut above = above.iter().map(|&s| i32::from(s));
        let mut corner = above.next().unwrap_or(0);
        for sample in row {
            let value = add(prediction, self.differences.next(bits)?);
            *sample = value;
            let up = above.next().unwrap_or(0);
            prediction = predict(i32::from(value), up, corner);
            corner = up;
        }
        Ok(())
    }
}

/// T.81 H.1.2.1: modulo 2^16.
fn add(prediction: i32, difference: i32) -> u16 {
    (prediction + difference) as u16
}
