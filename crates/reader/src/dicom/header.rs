//! What is kept of a data set, and its values by type.

use super::element::Tag;
use std::ops::Range;

/// Elements of the root and of all items, flat: as much room as the values take, and 16 bytes for each.
#[derive(Debug, Default)]
pub struct Header {
    /// Values: numbers little endian, texts UTF-8.
    pub(super) bytes: Vec<u8>,
    /// Those of one item lie together, by rising tag.
    pub(super) elements: Vec<Kept>,
    /// Those of one sequence lie together, each with the place of its elements.
    pub(super) items: Vec<Range<u32>>,
    pub(super) root: Range<u32>,
}

/// An element, with the place of its value in the bytes, or of a sequence in the items.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub tag: Tag,
    pub vr: [u8; 2],
    pub place: Range<u32>,
}

fn part<'a, T>(all: &'a [T], place: &Range<u32>) -> &'a [T] {
    all.get(place.start as usize..place.end as usize).unwrap_or(&[])
}

impl Header {
    pub fn data(&self) -> Data<'_> {
        Data { header: self, elements: part(&self.elements, &self.root) }
    }
}

/// A data set: the root or an item of a sequence.
#[derive(Clone, Copy)]
pub struct Data<'a> {
    header: &'a Header,
    elements: &'a [Kept],
}

impl<'a> Data<'a> {
    /// The last of those that have the tag: there is to be one.
    fn element(self, tag: Tag) -> Option<&'a Kept> {
        let beyond = self.elements.partition_point(|e| e.tag <= tag);
        self.elements.get(beyond.checked_sub(1)?).filter(|e| e.tag == tag)
    }

    /// What stands in an element, where it is no sequence and not empty.
    fn value(self, tag: Tag) -> Option<Value<'a>> {
        let Kept { vr, place, .. } = self.element(tag).filter(|e| &e.vr != b"SQ")?;
        let bytes = part(&self.header.bytes, place);
        (!bytes.is_empty()).then_some(Value { vr: *vr, bytes })
    }

    /// What is in an element, as it is declared; in implicit VR, as it usually is.
    pub fn vr(self, tag: Tag) -> Option<[u8; 2]> {
        self.value(tag).map(|value| value.vr)
    }

    /// Whether the element is there with a value.
    pub fn has(self, tag: Tag) -> bool {
        self.value(tag).is_some() || self.items(tag).next().is_some()
    }

    pub fn items(self, tag: Tag) -> impl ExactSizeIterator<Item = Data<'a>> {
        let sequence = self.element(tag).filter(|e| &e.vr == b"SQ");
        let items = sequence.map_or(&[][..], |e| part(&self.header.items, &e.place));
        let header = self.header;
        items.iter().map(move |item| Data { header, elements: part(&header.elements, item) })
    }

    pub fn item(self, tag: Tag) -> Option<Data<'a>> {
        self.items(tag).next()
    }

    /// Text without the padding of PS3.5 6.2; empty where absent.
    pub fn text(self, tag: Tag) -> String {
        let text = self.value(tag).map(Value::text).unwrap_or_default();
        text.trim_matches([' ', '\0', '\n', '\r', '\t']).to_owned()
    }

    pub fn uid(self, tag: Tag) -> Option<String> {
        Some(self.text(tag)).filter(|t| !t.is_empty())
    }

    pub fn integer(self, tag: Tag) -> Option<i64> {
        self.integers(tag)?.first().copied()
    }

    pub fn integers(self, tag: Tag) -> Option<Vec<i64>> {
        let whole = |n: &f64| n.fract() == 0.0 && n.abs() < 9e15;
        let numbers = self.decimals(tag)?;
        numbers.iter().all(whole).then(|| numbers.iter().map(|&n| n as i64).collect())
    }

    /// All values; `None` where absent or where one of them is no number.
    pub fn decimals(self, tag: Tag) -> Option<Vec<f64>> {
        match self.value(tag)?.numbers() {
            Some(numbers) => numbers.iter().all(|n| n.is_finite()).then_some(numbers),
            // A delimiter after the last value begins none.
            None => self.text(tag).trim_end_matches(['\\', ' ']).split('\\').map(decimal).collect(),
        }
    }

    pub fn decimal(self, tag: Tag) -> Option<f64> {
        self.decimals(tag)?.first().copied()
    }

    /// Exactly `N` numbers; `None` where absent or where something else stands there.
    pub fn numbers<const N: usize>(self, tag: Tag) -> Option<[f64; N]> {
        self.decimals(tag)?.try_into().ok()
    }

    /// Words of 16 bits, however they are declared.
    pub fn words(self, tag: Tag) -> Option<Vec<u16>> {
        let Value { vr, bytes } = self.value(tag)?;
        let words = || bytes.as_chunks().0.iter().map(|&word| u16::from_le_bytes(word)).collect();
        matches!(&vr, b"US" | b"SS" | b"OW" | b"OB").then(words)
    }
}

#[derive(Clone, Copy)]
struct Value<'a> {
    vr: [u8; 2],
    bytes: &'a [u8],
}

impl Value<'_> {
    /// Values of a VR that has binary ones (PS3.5 6.2).
    fn numbers(self) -> Option<Vec<f64>> {
        fn each<const N: usize>(bytes: &[u8], number: fn([u8; N]) -> f64) -> Option<Vec<f64>> {
            Some(bytes.as_chunks().0.iter().copied().map(number).collect())
        }
        match &self.vr {
            b"OB" => each(self.bytes, |[byte]| f64::from(byte)),
            b"US" | b"OW" => each(self.bytes, |b| f64::from(u16::from_le_bytes(b))),
            b"SS" => each(self.bytes, |b| f64::from(i16::from_le_bytes(b))),
            b"UL" | b"OL" => each(self.bytes, |b| f64::from(u32::from_le_bytes(b))),
            b"SL" => each(self.bytes, |b| f64::from(i32::from_le_bytes(b))),
            b"FL" | b"OF" => each(self.bytes, |b| f64::from(f32::from_le_bytes(b))),
            b"FD" | b"OD" => each(self.bytes, f64::from_le_bytes),
            b"UV" | b"OV" => each(self.bytes, |b| u64::from_le_bytes(b) as f64),
            b"SV" => each(self.bytes, |b| i64::from_le_bytes(b) as f64),
            _ => None,
        }
    }

    fn text(self) -> String {
        match self.numbers() {
            Some(numbers) => numbers.iter().map(f64::to_string).collect::<Vec<_>>().join("\\"),
            None => String::from_utf8_lossy(self.bytes).into_owned(),
        }
    }
}

/// A decimal string (PS3.5 6.2): padded, signed, with an exponent; and with the comma that some write.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim_matches([' ', '\0', '\t', '\n', '\r']);
    let number: f64 = text.parse().or_else(|_| text.replace(',', ".").parse()).ok()?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_strings() {
        for (text, number) in [
            (" 5.000 ", Some(5.0)),
            ("-1.024E+03", Some(-1024.0)),
            ("+2.5\0", Some(2.5)),
            ("0,7", Some(0.7)),
            ("nan", None),
            ("1e999", None),
            ("", None),
        ] {
            assert_eq!(decimal(text), number, "{text:?}");
        }
    }
}
