//! Writes the small header: explicit little endian, UTF-8, sequences and items of undefined length.

use super::charset::Charset;
use super::element::{Encoding, ITEM, ITEM_END, SEQUENCE_END, Tag, is_long};

#[derive(Debug)]
pub struct Header(Vec<u8>);

impl Header {
    pub fn new() -> Self {
        let mut header = Self(Vec::with_capacity(2048));
        header.put(super::wanted::CHARACTER_SET, *b"CS", b"ISO_IR 192");
        header
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    pub fn sequence(&mut self, tag: Tag) {
        self.tag(tag);
        self.0.extend_from_slice(b"SQ\0\0");
        self.0.extend_from_slice(&u32::MAX.to_le_bytes());
    }

    pub fn item(&mut self) {
        self.marker(ITEM, u32::MAX);
    }

    pub fn end_item(&mut self) {
        self.marker(ITEM_END, 0);
    }

    pub fn end_sequence(&mut self) {
        self.marker(SEQUENCE_END, 0);
    }

    /// One value, read as `encoding` has it.
    pub fn element(
        &mut self,
        tag: Tag,
        vr: [u8; 2],
        value: &[u8],
        encoding: Encoding,
        charset: &Charset,
    ) {
        // Of half a number the library that reads this would lose its place, and take values for lengths.
        let value = value.get(..value.len() - value.len() % cell(vr)).unwrap_or(&[]);
        match &vr {
            b"PN" | b"LO" | b"SH" | b"ST" | b"LT" | b"UT" | b"UC" => {
                self.put(tag, vr, charset.decode(value).as_bytes());
            }
            _ if encoding == Encoding::ExplicitBig && unit(vr) > 1 => {
                let swapped: Vec<u8> = value
                    .chunks_exact(unit(vr))
                    .flat_map(|unit| unit.iter().rev())
                    .copied()
                    .collect();
                self.put(tag, vr, &swapped);
            }
            _ => self.put(tag, vr, value),
        }
    }

    fn put(&mut self, tag: Tag, vr: [u8; 2], value: &[u8]) {
        let odd = value.len() % 2;
        // Lengths were bounded when the element was taken in.
        let length = u32::try_from(value.len() + odd).unwrap_or(0);
        self.tag(tag);
        self.0.extend_from_slice(&vr);
        match u16::try_from(length) {
            _ if is_long(vr) => {
                self.0.extend_from_slice(&[0, 0]);
                self.0.extend_from_slice(&length.to_le_bytes());
            }
            Ok(short) => self.0.extend_from_slice(&short.to_le_bytes()),
            Err(_) => return self.0.extend_from_slice(&[0, 0]),
        }
        self.0.extend_from_slice(value);
        if odd == 1 {
            self.0.push(if unit(vr) == 1 && !is_long(vr) && &vr != b"UI" { b' ' } else { 0 });
        }
    }

    fn tag(&mut self, tag: Tag) {
        self.0.extend_from_slice(&((tag >> 16) as u16).to_le_bytes());
        self.0.extend_from_slice(&(tag as u16).to_le_bytes());
    }

    fn marker(&mut self, tag: Tag, length: u32) {
        self.tag(tag);
        self.0.extend_from_slice(&length.to_le_bytes());
    }
}

/// Bytes of one value (PS3.5 6.2): a tag is of two words.
fn cell(vr: [u8; 2]) -> usize {
    if &vr == b"AT" { 4 } else { unit(vr) }
}

/// Bytes that change places together in big endian (PS3.5 7.3).
fn unit(vr: [u8; 2]) -> usize {
    match &vr {
        b"US" | b"SS" | b"OW" | b"AT" => 2,
        b"UL" | b"SL" | b"FL" | b"OF" | b"OL" => 4,
        b"FD" | b"OD" | b"OV" | b"SV" | b"UV" => 8,
        _ => 1,
    }
}
