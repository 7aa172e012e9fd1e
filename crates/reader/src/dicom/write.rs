//! Builds the header: what the walk keeps, item by item.

use super::charset::Charset;
use super::element::{Encoding, Tag};
use super::header::{Header, Kept};
use std::ops::Range;

/// The elements of the root or of an item, and the items of a sequence, that are still to be closed.
#[derive(Debug)]
enum Open {
    Elements(Vec<Kept>),
    Items(Tag, Vec<Range<u32>>),
}

#[derive(Debug)]
pub struct Builder {
    header: Header,
    root: Vec<Kept>,
    open: Vec<Open>,
    /// Elements and items.
    count: usize,
}

impl Builder {
    pub fn new() -> Self {
        Self { header: Header::default(), root: Vec::new(), open: Vec::new(), count: 0 }
    }

    /// Bytes that it takes.
    pub fn len(&self) -> usize {
        self.header.bytes.len() + self.count * size_of::<Kept>()
    }

    pub fn finish(mut self) -> Header {
        while !self.open.is_empty() {
            self.end();
        }
        self.header.root = placed(&mut self.header.elements, self.root);
        self.header
    }

    pub fn sequence(&mut self, tag: Tag) {
        self.open.push(Open::Items(tag, Vec::new()));
    }

    pub fn item(&mut self) {
        self.open.push(Open::Elements(Vec::new()));
    }

    /// Closes what was opened last.
    pub fn end(&mut self) {
        match self.open.pop() {
            Some(Open::Elements(elements)) => {
                let item = placed(&mut self.header.elements, elements);
                if let Some(Open::Items(_, items)) = self.open.last_mut() {
                    items.push(item);
                    self.count += 1;
                }
            }
            Some(Open::Items(tag, items)) => {
                let first = self.header.items.len() as u32;
                self.header.items.extend(items);
                self.put(tag, *b"SQ", first..self.header.items.len() as u32);
            }
            None => {}
        }
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
        let first = self.header.bytes.len() as u32;
        match &vr {
            b"PN" | b"LO" | b"SH" | b"ST" | b"LT" | b"UT" | b"UC" => {
                self.header.bytes.extend_from_slice(charset.decode(value).as_bytes());
            }
            _ if encoding == Encoding::ExplicitBig && unit(vr) > 1 => {
                let units = value.chunks_exact(unit(vr));
                self.header.bytes.extend(units.flat_map(|unit| unit.iter().rev()));
            }
            _ => self.header.bytes.extend_from_slice(value),
        }
        self.put(tag, vr, first..self.header.bytes.len() as u32);
    }

    fn put(&mut self, tag: Tag, vr: [u8; 2], place: Range<u32>) {
        let elements = match self.open.last_mut() {
            Some(Open::Elements(elements)) => elements,
            _ => &mut self.root,
        };
        elements.push(Kept { tag, vr, place });
        self.count += 1;
    }
}

/// Adds the elements of one item, by rising tag; where they lie.
fn placed(all: &mut Vec<Kept>, mut elements: Vec<Kept>) -> Range<u32> {
    elements.sort_by_key(|e| e.tag);
    let first = all.len() as u32;
    all.append(&mut elements);
    first..all.len() as u32
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
