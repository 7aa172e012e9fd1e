//! From the raw bytes of a file to a small header: only what is wanted, always little endian, always UTF-8.
//! No recursion, no length that is not checked, nothing kept that nobody asks for.

use super::charset::Charset;
use super::element::{Element, Encoding, ITEM, ITEM_END, SEQUENCE_END, Tag, bytes, is_vr};
use super::header::Header;
use super::wanted;
use super::write::Builder;
use crate::frame::ByteRange;
use crate::limits::Limits;
use crate::refusal::{Code, Fault};

/// The pixel data element at the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PixelElement {
    pub tag: Tag,
    pub vr: Option<[u8; 2]>,
    /// `None`: fragments follow.
    pub length: Option<u32>,
    pub value: usize,
    /// Extended offset table: its offsets and its lengths.
    pub extended: Option<[ByteRange; 2]>,
}

#[derive(Debug)]
pub struct Walked {
    pub header: Header,
    pub pixels: Option<PixelElement>,
}

/// Why a walk did not come to its end.
#[derive(Debug)]
pub enum Stop {
    /// Bytes up to this offset are needed.
    Needs(usize),
    Fault(Fault),
}

fn corrupt(detail: &str) -> Stop {
    Stop::Fault(Fault::new(Code::CorruptHeader, detail))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sequence,
    Item,
    /// Encapsulated data of an element that is not wanted, an icon for example.
    Fragments,
}

/// A container that has begun. `end` is `None` where a delimiter ends it.
#[derive(Clone, Copy, Debug)]
struct Open {
    kind: Kind,
    end: Option<usize>,
    encoding: Encoding,
    keep: bool,
}

struct Walk<'a> {
    data: &'a [u8],
    limits: &'a Limits,
    root: Encoding,
    charset: Charset,
    open: Vec<Open>,
    header: Builder,
    extended: [Option<ByteRange>; 2],
}

/// Walks the data set that begins at `at`; `total` is the length of the file when `data` is its beginning.
/// `stop_at` sees SOPClassUID and says whether the rest is of no interest.
pub fn walk(
    data: &[u8],
    at: usize,
    total: usize,
    encoding: Encoding,
    limits: &Limits,
    stop_at: fn(&[u8]) -> bool,
) -> Result<Walked, Stop> {
    let mut walk = Walk {
        data,
        limits,
        root: encoding,
        charset: Charset::default(),
        open: Vec::new(),
        header: Builder::new(),
        extended: [None; 2],
    };
    let pixels = walk.run(at, total, stop_at)?;
    Ok(Walked { header: walk.header.finish(), pixels })
}

impl<'a> Walk<'a> {
    fn run(
        &mut self,
        mut at: usize,
        total: usize,
        stop_at: fn(&[u8]) -> bool,
    ) -> Result<Option<PixelElement>, Stop> {
        for _ in 0..self.limits.elements {
            while let Some(top) = self.open.last()
                && top.end.is_some_and(|end| at >= end)
            {
                self.close();
            }
            if self.open.is_empty() && at == total {
                return Ok(None);
            }
            let encoding = self.open.last().map_or(self.root, |o| o.encoding);
            let element = self.element(at, encoding, total)?;
            let at_root = self.open.is_empty();
            if at_root && is_pixels(element.tag) {
                return Ok(Some(self.pixel_element(element)));
            }
            if at_root && element.tag == wanted::SOP_CLASS && stop_at(self.value(element)?) {
                self.keep(element, encoding)?;
                return Ok(None);
            }
            at = self.step(element, encoding)?;
        }
        Err(corrupt("too many elements"))
    }

    /// The element at `at`. In implicit VR two letters are a length of 16,000 at least, or some writer's
    /// explicit element: it is what leads to the next one.
    fn element(&self, at: usize, encoding: Encoding, total: usize) -> Result<Element, Stop> {
        let element = encoding.element(self.data, at).map_err(Stop::Needs)?;
        if encoding != Encoding::ImplicitLittle {
            return Ok(element);
        }
        let Ok(explicit) = Encoding::ExplicitLittle.element(self.data, at) else {
            return Ok(element);
        };
        let limit = self.open.iter().rev().find_map(|o| o.end).unwrap_or(total);
        if explicit.vr.is_none() || self.leads_on(element, &[encoding], limit)? {
            return Ok(element);
        }
        let both = [encoding, Encoding::ExplicitLittle];
        let is_explicit = self.leads_on(explicit, &both, limit)?;
        Ok(if is_explicit { explicit } else { element })
    }

    /// Whether what follows, in one of `encodings`, can do so, and lies before `limit` as all must.
    fn leads_on(&self, from: Element, encodings: &[Encoding], limit: usize) -> Result<bool, Stop> {
        let Some(end) = from.end().filter(|&end| end < limit) else {
            return Ok(from.end() == Some(limit));
        };
        for encoding in encodings {
            let next = encoding.element(self.data, end).map_err(Stop::Needs)?;
            if from.precedes(next.tag) && next.end().is_some_and(|end| end <= limit) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Takes one element in; the offset of the next one.
    fn step(&mut self, element: Element, encoding: Encoding) -> Result<usize, Stop> {
        let kind = self.open.last().map(|o| o.kind);
        match (element.tag, kind) {
            (ITEM, Some(Kind::Fragments)) => self.after(element),
            (ITEM, Some(Kind::Sequence)) => {
                let keep = self.open.last().is_some_and(|o| o.keep);
                if keep {
                    self.header.item();
                    self.check_room()?;
                }
                self.enter(element, Kind::Item, encoding, keep)
            }
            (ITEM, _) => Err(corrupt("an item outside a sequence")),
            (ITEM_END, Some(Kind::Item)) => {
                self.close();
                Ok(element.value)
            }
            (ITEM_END, _) => Ok(element.value),
            (SEQUENCE_END, Some(_)) => {
                if kind == Some(Kind::Item) {
                    self.close();
                }
                self.close();
                Ok(element.value)
            }
            (SEQUENCE_END, None) => Ok(element.value),
            // Only items lie in a sequence: its delimiter is missing (pydicom #1799).
            (_, Some(Kind::Sequence | Kind::Fragments)) => {
                self.close();
                Ok(element.start)
            }
            _ => self.data_element(element, encoding),
        }
    }

    fn data_element(&mut self, element: Element, encoding: Encoding) -> Result<usize, Stop> {
        let keep_here = self.open.last().is_none_or(|o| o.keep);
        let vr = wanted::vr_of(element.tag).filter(|_| keep_here);
        let declared = element.vr;
        let is_sequence = declared == Some(*b"SQ");
        let unknown = declared == Some(*b"UN");
        let inside = if unknown { self.inside_unknown(element)? } else { encoding };
        if vr == Some(*b"SQ") && (is_sequence || unknown || declared.is_none()) {
            self.header.sequence(element.tag);
            return self.enter(element, Kind::Sequence, inside, true);
        }
        if element.length.is_none() {
            let nested = is_sequence || unknown || declared.is_none();
            let kind = if nested { Kind::Sequence } else { Kind::Fragments };
            return self.enter(element, kind, inside, false);
        }
        if self.open.is_empty() {
            self.note(element);
        }
        let short = element.length.is_some_and(|l| l <= wanted::longest(element.tag));
        if vr.is_some() && !is_sequence && short {
            self.keep(element, inside)?;
        }
        self.after(element)
    }

    /// What a UN element holds is implicit VR little endian, whatever the rest is (PS3.5 6.2.2, CP-246);
    /// but some writers keep to explicit VR in its items.
    fn inside_unknown(&self, element: Element) -> Result<Encoding, Stop> {
        let first = element.value.saturating_add(8);
        let explicit = element.length.is_none()
            && bytes::<6>(self.data, first).map(|[.., a, b]| is_vr([a, b])).map_err(Stop::Needs)?;
        Ok(if explicit { Encoding::ExplicitLittle } else { Encoding::ImplicitLittle })
    }

    /// Remembers what is not kept but needed: the character set and the extended offset table.
    fn note(&mut self, element: Element) {
        let range = || {
            Some(ByteRange {
                offset: element.value as u64,
                length: u64::from(element.length.unwrap_or(0)),
            })
        };
        match element.tag {
            wanted::CHARACTER_SET => {
                if let Ok(value) = self.value(element) {
                    self.charset = Charset::new(value);
                }
            }
            wanted::EXTENDED_OFFSETS => self.extended[0] = range(),
            wanted::EXTENDED_LENGTHS => self.extended[1] = range(),
            _ => {}
        }
    }

    fn keep(&mut self, element: Element, encoding: Encoding) -> Result<(), Stop> {
        let Some(usual) = wanted::vr_of(element.tag) else { return Ok(()) };
        if element.tag == wanted::CHARACTER_SET {
            return Ok(());
        }
        let vr = element.vr.filter(|vr| vr != b"UN").unwrap_or(usual);
        let value = self.value(element)?;
        self.header.element(element.tag, vr, value, encoding, &self.charset);
        self.check_room()
    }

    fn check_room(&self) -> Result<(), Stop> {
        match self.header.len() as u64 > self.limits.header {
            true => Err(Stop::Fault(Fault::new(Code::TooLarge, "header"))),
            false => Ok(()),
        }
    }

    fn enter(
        &mut self,
        element: Element,
        kind: Kind,
        encoding: Encoding,
        keep: bool,
    ) -> Result<usize, Stop> {
        // A sequence and its item are one level.
        if self.open.len() >= 2 * self.limits.depth {
            return Err(corrupt("sequences nested too deep"));
        }
        let end = match element.length {
            Some(_) => Some(self.after(element)?),
            None => None,
        };
        self.open.push(Open { kind, end, encoding, keep });
        Ok(element.value)
    }

    fn close(&mut self) {
        if let Some(Open { keep: true, .. }) = self.open.pop() {
            self.header.end();
        }
    }

    fn value(&self, element: Element) -> Result<&'a [u8], Stop> {
        let end = self.after(element)?;
        self.data.get(element.value..end).ok_or(Stop::Needs(end))
    }

    fn after(&self, element: Element) -> Result<usize, Stop> {
        let length = element.length.ok_or_else(|| corrupt("a length is missing"))?;
        let length = usize::try_from(length).map_err(|_| corrupt("length"))?;
        let end = element.value.checked_add(length).ok_or_else(|| corrupt("length"))?;
        // Nothing reaches beyond what it lies in.
        match self.open.iter().rev().find_map(|o| o.end) {
            Some(limit) if end > limit => Err(corrupt("an element is longer than its item")),
            _ => Ok(end),
        }
    }

    fn pixel_element(&self, element: Element) -> PixelElement {
        let Element { tag, vr, length, value, .. } = element;
        let extended = match self.extended {
            [Some(offsets), Some(lengths)] => Some([offsets, lengths]),
            _ => None,
        };
        PixelElement { tag, vr, length, value, extended }
    }
}

fn is_pixels(tag: Tag) -> bool {
    [wanted::PIXEL_DATA, wanted::FLOAT_PIXEL_DATA, wanted::DOUBLE_FLOAT_PIXEL_DATA].contains(&tag)
}
