//! JPEG with the discrete cosine transform, Huffman coded, one component of 8 or 12 bits: baseline, extended
//! and progressive (ITU-T T.81 Annexes F and G).

mod idct;
mod scan;
#[cfg(test)]
mod vectors;

use super::huffman::{Bits, Tables};
use super::markers::{
    DHT, DNL, DQT, DRI, Markers, SOF0, SOF2, SOS, Segment, precision, restart_interval,
};
use super::{Decoded, Samples, damaged};
use crate::limits::zeros;
use crate::refusal::Fault;
use idct::{Inverse, SIDE};
use scan::{Band, Progress, Scan, ZIGZAG};

/// The coefficients of 8 × 8 samples, or their quantisation, row by row.
type Block<T> = [T; SIDE * SIDE];

pub fn decode(stream: &[u8], rows: usize, columns: usize) -> Result<Decoded, Fault> {
    let mut markers = Markers::new(stream)?;
    let mut image = Image::new(rows, columns);
    while let Some(Segment { marker, body }) = markers.next_or_end()? {
        match marker {
            SOF0..=SOF2 => image.frame(body, marker == SOF2)?,
            DQT => image.read_quantisation(body)?,
            DHT => image.huffman.read(body)?,
            DRI => image.interval = restart_interval(body)?,
            SOS if image.progressive => markers.skip(image.refine(body, markers.rest())?),
            SOS => {
                let (decoded, length) = image.sequential(body, markers.rest())?;
                markers.skip(length);
                image.check_lines(markers)?;
                return Ok(decoded);
            }
            _ => {}
        }
    }
    image.transform()
}

/// What the segments have said so far.
struct Image {
    rows: usize,
    columns: usize,
    /// 0 before the frame header.
    precision: u8,
    progressive: bool,
    /// A DNL segment after the first scan gives the number of lines (T.81 B.2.5).
    lines_follow: bool,
    /// Which quantisation table is used.
    table: u8,
    quantisation: [Option<Block<u16>>; 4],
    huffman: Tables,
    /// Blocks between restarts, 0: none.
    interval: usize,
    /// Of a progressive image: the coefficients, block after block, and which bits of them have come.
    coefficients: Vec<i16>,
    progress: Progress,
}

impl Image {
    fn new(rows: usize, columns: usize) -> Self {
        Self {
            rows,
            columns,
            precision: 0,
            progressive: false,
            lines_follow: false,
            table: 0,
            quantisation: [None; 4],
            huffman: Tables::default(),
            interval: 0,
            coefficients: Vec::new(),
            progress: Progress::default(),
        }
    }

    fn frame(&mut self, header: &[u8], progressive: bool) -> Result<(), Fault> {
        let precision = precision(header, self.rows, self.columns)?;
        let &[_, y1, y0, _, _, _, _, _, table, ..] = header else {
            return Err(damaged("frame header"));
        };
        if self.precision != 0 || ![8, 12].contains(&precision) {
            return Err(damaged(format!("a frame of precision {precision}")));
        }
        self.precision = precision;
        self.progressive = progressive;
        self.lines_follow = y1 == 0 && y0 == 0;
        self.table = table;
        Ok(())
    }

    /// A DQT segment: several tables of 8 or 16 bit elements (T.81 B.2.4.1).
    fn read_quantisation(&mut self, mut body: &[u8]) -> Result<(), Fault> {
        let wrong = || damaged("quantisation table");
        while let Some((&head, rest)) = body.split_first() {
            let size = if head >> 4 == 0 { 1 } else { 2 };
            let (elements, rest) = rest.split_at_checked(64 * size).ok_or_else(wrong)?;
            let place = self.quantisation.get_mut(usize::from(head & 15)).ok_or_else(wrong)?;
            let table = place.insert([0; 64]);
            for (&at, element) in ZIGZAG.iter().zip(elements.chunks_exact(size)) {
                table[at] = element.iter().fold(0, |value, &byte| value << 8 | u16::from(byte));
            }
            body = rest;
        }
        Ok(())
    }

    /// The image, from the one scan of a sequential frame, and how long the data of the scan is.
    fn sequential(&self, header: &[u8], data: &[u8]) -> Result<(Decoded, usize), Fault> {
        let mut scan = self.scan(header, data, Band::ALL)?;
        let inverse = self.inverse()?;
        let mut samples = zeros(self.rows * self.columns)?;
        for strip in samples.chunks_mut(SIDE * self.columns) {
            for column in (0..self.columns).step_by(SIDE) {
                let mut block = [0; 64];
                scan.block(&mut block)?;
                inverse.put(&block, strip, self.columns, column);
            }
            scan.check()?;
        }
        Ok((self.decoded(samples), scan.end()?))
    }

    /// Takes in one scan of a progressive frame, and tells how long its data is.
    fn refine(&mut self, header: &[u8], data: &[u8]) -> Result<usize, Fault> {
        let band = Band::read(header)?;
        self.progress.advance(band)?;
        let mut coefficients = std::mem::take(&mut self.coefficients);
        let mut scan = self.scan(header, data, band)?;
        if coefficients.is_empty() {
            coefficients = zeros(64 * self.rows.div_ceil(SIDE) * self.columns.div_ceil(SIDE))?;
        }
        for strip in coefficients.chunks_mut(64 * self.columns.div_ceil(SIDE)) {
            for block in strip.as_chunks_mut().0 {
                scan.block(block)?;
            }
            scan.check()?;
        }
        let length = scan.end()?;
        self.coefficients = coefficients;
        Ok(length)
    }

    /// The image of a progressive frame, once all of its scans have come.
    fn transform(&self) -> Result<Decoded, Fault> {
        self.progress.is_complete()?;
        let inverse = self.inverse()?;
        let mut samples = zeros(self.rows * self.columns)?;
        let strips = self.coefficients.chunks(64 * self.columns.div_ceil(SIDE));
        for (strip, blocks) in samples.chunks_mut(SIDE * self.columns).zip(strips) {
            for (block, column) in blocks.as_chunks().0.iter().zip((0..self.columns).step_by(SIDE))
            {
                inverse.put(block, strip, self.columns, column);
            }
        }
        Ok(self.decoded(samples))
    }

    fn scan<'a>(&'a self, header: &[u8], data: &'a [u8], band: Band) -> Result<Scan<'a>, Fault> {
        let &[1, _, tables, ..] = header else { return Err(damaged("scan header")) };
        if self.precision == 0 {
            return Err(damaged("a scan without a frame"));
        }
        Scan::new(Bits::new(data), &self.huffman, tables, band, self.interval)
    }

    fn inverse(&self) -> Result<Inverse, Fault> {
        let table = self.quantisation.get(usize::from(self.table)).and_then(Option::as_ref);
        Ok(Inverse::new(table.ok_or_else(|| damaged("no quantisation table"))?, self.precision))
    }

    fn decoded(&self, samples: Vec<u16>) -> Decoded {
        Decoded {
            samples: Samples::Words(samples),
            precision: self.precision,
            signed: false,
            lossy: true,
        }
    }

    /// A number of lines that follows the scan must be the one that the file says.
    fn check_lines(&self, mut markers: Markers<'_>) -> Result<(), Fault> {
        if !self.lines_follow {
            return Ok(());
        }
        let segment = markers.next()?;
        let lines = u16::try_from(self.rows).unwrap_or(0).to_be_bytes();
        match segment.marker == DNL && segment.body == lines {
            true => Ok(()),
            false => Err(damaged("another number of lines")),
        }
    }
}
