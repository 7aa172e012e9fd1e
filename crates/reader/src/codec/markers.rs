//! Marker segments of the JPEG family (ITU-T T.81 B.1.1, T.87 C.1) and the frame header they share.

use super::damaged;
use crate::refusal::{Code, Fault};

pub const SOF0: u8 = 0xC0;
pub const SOF1: u8 = 0xC1;
pub const SOF2: u8 = 0xC2;
pub const SOF3: u8 = 0xC3;
pub const SOF55: u8 = 0xF7;
pub const SOI: u8 = 0xD8;
pub const EOI: u8 = 0xD9;
pub const SOS: u8 = 0xDA;
pub const DHT: u8 = 0xC4;
pub const DQT: u8 = 0xDB;
pub const DNL: u8 = 0xDC;
pub const DRI: u8 = 0xDD;

/// A marker with its parameters, lengths taken off.
pub struct Segment<'a> {
    pub marker: u8,
    pub body: &'a [u8],
}

/// Walks from marker to marker; whoever reads a scan says where it ended.
pub struct Markers<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> Markers<'a> {
    /// A stream that begins with SOI.
    pub fn new(stream: &'a [u8]) -> Result<Self, Fault> {
        match stream.get(..2) {
            Some([0xFF, SOI]) => Ok(Self { stream, at: 2 }),
            _ => Err(damaged("no start of image")),
        }
    }

    /// The next segment of a stream that is to have one.
    pub fn next(&mut self) -> Result<Segment<'a>, Fault> {
        self.next_or_end()?.ok_or_else(|| damaged("ends before its image"))
    }

    /// The next segment, `None` at EOI.
    pub fn next_or_end(&mut self) -> Result<Option<Segment<'a>>, Fault> {
        let cut = || damaged("ends inside its header");
        let mut byte = || {
            let byte = self.stream.get(self.at).copied().ok_or_else(cut);
            self.at += 1;
            byte
        };
        if byte()? != 0xFF {
            return Err(damaged("no marker where one is due"));
        }
        // T.81 B.1.1.2: any number of fill bytes.
        let mut marker = byte()?;
        while marker == 0xFF {
            marker = byte()?;
        }
        if marker == EOI {
            return Ok(None);
        }
        let length = usize::from(u16::from_be_bytes([byte()?, byte()?]));
        let end = self.at + length.checked_sub(2).ok_or_else(cut)?;
        let body = self.stream.get(self.at..end).ok_or_else(cut)?;
        self.at = end;
        Ok(Some(Segment { marker, body }))
    }

    /// What follows the segment that was read last: after SOS, the entropy-coded data.
    pub fn rest(&self) -> &'a [u8] {
        self.stream.get(self.at..).unwrap_or(&[])
    }

    /// Goes on after `length` bytes of entropy-coded data.
    pub fn skip(&mut self, length: usize) {
        self.at += length;
    }
}

/// The marker of the frame header, which names the process (T.81 table B.1, T.87 table C.1).
pub fn process(stream: &[u8]) -> Result<u8, Fault> {
    let mut markers = Markers::new(stream)?;
    loop {
        match markers.next()?.marker {
            // DHT, JPG and DAC lie among the frame headers.
            DHT | 0xC8 | 0xCC => {}
            SOS => return Err(damaged("a scan without a frame")),
            frame @ (0xC0..=0xCF | SOF55) => return Ok(frame),
            _ => {}
        }
    }
}

/// Precision of a frame header (T.81 B.2.2) that is one component of `rows` × `columns`.
pub fn precision(frame_header: &[u8], rows: usize, columns: usize) -> Result<u8, Fault> {
    let &[precision, y1, y0, x1, x0, components, ..] = frame_header else {
        return Err(damaged("frame header"));
    };
    let height = usize::from(u16::from_be_bytes([y1, y0]));
    let width = usize::from(u16::from_be_bytes([x1, x0]));
    if components != 1 {
        let detail = format!("colour: {components} components");
        return Err(Fault::new(Code::UnsupportedPixelFormat, detail));
    }
    // T.81 B.2.5: with 0 lines a DNL segment tells them later; the header of the file knows.
    if width != columns || (height != rows && height != 0) {
        return Err(damaged(format!("{width} × {height} in an image of {columns} × {rows}")));
    }
    if !(2..=16).contains(&precision) {
        return Err(damaged(format!("precision {precision}")));
    }
    Ok(precision)
}

/// MCUs between restarts, 0: none (T.81 B.2.4.4).
pub fn restart_interval(body: &[u8]) -> Result<usize, Fault> {
    let body = body.first_chunk().ok_or_else(|| damaged("restart interval"))?;
    Ok(usize::from(u16::from_be_bytes(*body)))
}
