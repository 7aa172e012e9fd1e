//! One data element header in any of the three encodings (PS3.5 7.1), bounds checked.

/// Byte order and VR form of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    ImplicitLittle,
    ExplicitLittle,
    ExplicitBig,
}

pub type Tag = u32;

/// `FFFE,E000` and its two delimiters (PS3.5 7.5).
pub const ITEM: Tag = 0xFFFE_E000;
pub const ITEM_END: Tag = 0xFFFE_E00D;
pub const SEQUENCE_END: Tag = 0xFFFE_E0DD;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Element {
    /// Offset of the tag.
    pub start: usize,
    pub tag: Tag,
    /// `None` in implicit VR, for items and delimiters, and where the two bytes are no VR we know.
    pub vr: Option<[u8; 2]>,
    /// `None`: undefined length.
    pub length: Option<u32>,
    /// Offset of the value.
    pub value: usize,
}

/// VRs with a 16 bit length (PS3.5 7.1.2). All others, unknown ones included, have 32 bits.
const SHORT: [&[u8; 2]; 21] = [
    b"AE", b"AS", b"AT", b"CS", b"DA", b"DS", b"DT", b"FL", b"FD", b"IS", b"LO", b"LT", b"PN",
    b"SH", b"SL", b"SS", b"ST", b"TM", b"UI", b"UL", b"US",
];
const LONG: [&[u8; 2]; 13] =
    [b"OB", b"OD", b"OF", b"OL", b"OV", b"OW", b"SQ", b"SV", b"UC", b"UN", b"UR", b"UT", b"UV"];

/// Whether two bytes are a VR of the standard.
pub fn is_vr(bytes: [u8; 2]) -> bool {
    SHORT.contains(&&bytes) || LONG.contains(&&bytes)
}

impl Encoding {
    pub fn u16(self, bytes: [u8; 2]) -> u16 {
        match self {
            Encoding::ExplicitBig => u16::from_be_bytes(bytes),
            _ => u16::from_le_bytes(bytes),
        }
    }

    pub fn u32(self, bytes: [u8; 4]) -> u32 {
        match self {
            Encoding::ExplicitBig => u32::from_be_bytes(bytes),
            _ => u32::from_le_bytes(bytes),
        }
    }

    fn tag(self, [a, b, c, d]: [u8; 4]) -> Tag {
        u32::from(self.u16([a, b])) << 16 | u32::from(self.u16([c, d]))
    }

    /// The element at `at`, or the offset up to which bytes are needed to read its header.
    pub fn element(self, data: &[u8], at: usize) -> Result<Element, usize> {
        let short: [u8; 8] = bytes(data, at)?;
        let [a, b, c, d, e, f, g, h] = short;
        let tag = self.tag([a, b, c, d]);
        let [vr, explicit] = [[e, f], [g, h]];
        // Items and delimiters have no VR in any encoding (PS3.5 7.5); and where no letters stand, a writer
        // forgot that the rest of its data set is explicit.
        let lettered = vr.iter().all(|&b| b.is_ascii_uppercase() || b == b'?') || vr == *b"  ";
        if self == Encoding::ImplicitLittle || tag >> 16 == 0xFFFE || !lettered {
            return Ok(element(tag, None, at, self.u32([e, f, g, h]), 8));
        }
        let length = u32::from(self.u16(explicit));
        if SHORT.contains(&&vr) {
            let wide = self.wide(data, at).filter(|_| length == 0);
            return Ok(match wide {
                Some(wide) => element(tag, Some(vr), at, wide, 12),
                None => element(tag, Some(vr), at, length, 8),
            });
        }
        let known = is_vr(vr).then_some(vr);
        // Bytes that are to be zero are a length of 16 bits where that leads to the next element.
        let narrow = element(tag, known, at, length, 8);
        let wide = element(tag, known, at, self.u32(bytes(data, at + 8)?), 12);
        match bytes(data, narrow.value + length as usize) {
            _ if length == 0 => Ok(wide),
            Ok(next) => Ok(if narrow.precedes(self.tag(next)) { narrow } else { wide }),
            Err(_) if wide.end().is_some_and(|end| end <= data.len()) => Ok(wide),
            Err(needs) => Err(needs),
        }
    }

    /// The 32 bit length that some writers give a VR of 16. It stands where after an empty value the next tag
    /// would, and as that it would be a group length, which it is not.
    fn wide(self, data: &[u8], at: usize) -> Option<u32> {
        let length = self.u32(bytes(data, at + 8).ok()?);
        // In explicit VR, or in implicit VR: four bytes long.
        let after = data.get(at + 12..).unwrap_or(&[]);
        let is_group_length = after.starts_with(b"UL") || after.starts_with(&[4, 0, 0, 0]);
        ((1..1 << 16).contains(&length) && !is_group_length).then_some(length)
    }
}

impl Element {
    /// Where its value ends; of undefined length, where it begins.
    pub fn end(self) -> Option<usize> {
        self.value.checked_add(self.length.unwrap_or(0) as usize)
    }

    /// Whether `next` can be what follows: a delimiter or a later tag.
    pub fn precedes(self, next: Tag) -> bool {
        next >> 16 == 0xFFFE || next > self.tag
    }
}

fn element(tag: Tag, vr: Option<[u8; 2]>, start: usize, length: u32, header: usize) -> Element {
    let length = (length != u32::MAX).then_some(length);
    Element { start, tag, vr, length, value: start + header }
}

/// `N` bytes at `at`, or the offset where they end.
pub fn bytes<const N: usize>(data: &[u8], at: usize) -> Result<[u8; N], usize> {
    let end = at.saturating_add(N);
    data.get(at..end).and_then(|b| b.try_into().ok()).ok_or(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_of_ps3_5_7_1() {
        let rows = b"\x28\0\x10\0US\x02\0\x3c\0";
        let e = Encoding::ExplicitLittle.element(rows, 0).unwrap();
        assert_eq!((e.tag, e.vr, e.length, e.value), (0x0028_0010, Some(*b"US"), Some(2), 8));
        let e = Encoding::ImplicitLittle.element(b"\x28\0\x10\0\x02\0\0\0", 0).unwrap();
        assert_eq!((e.tag, e.vr, e.length, e.value), (0x0028_0010, None, Some(2), 8));
        let e = Encoding::ExplicitBig.element(b"\x7f\xe0\0\x10OW\0\0\0\0\x01\0", 0).unwrap();
        assert_eq!((e.tag, e.length, e.value), (0x7FE0_0010, Some(256), 12));
        let e =
            Encoding::ExplicitLittle.element(b"\xe0\x7f\x10\0OB\0\0\xff\xff\xff\xff", 0).unwrap();
        assert_eq!(e.length, None);
        // An element in implicit VR among explicit ones.
        let e = Encoding::ExplicitLittle.element(b"\x19\0\x10\x10\x02\0\0\0AB", 0).unwrap();
        assert_eq!((e.vr, e.length, e.value), (None, Some(2), 8));
        // A VR that no edition defines has a 32 bit length.
        let e =
            Encoding::ExplicitLittle.element(b"\x19\0\x60\x10ZZ\0\0\x06\0\0\0FUTURE", 0).unwrap();
        assert_eq!((e.vr, e.length, e.value), (None, Some(6), 12));
    }

    #[test]
    fn lengths_of_the_other_form() {
        let next = b"\x28\0\x11\0US";
        use Encoding::{ExplicitBig, ExplicitLittle};
        for (encoding, value, found) in [
            (ExplicitLittle, &b"OB\x02\0AB"[..], (Some(*b"OB"), Some(2), 8)),
            (ExplicitLittle, b"??\x02\0AB", (None, Some(2), 8)),
            (ExplicitLittle, b"  \x02\0AB", (None, Some(2), 8)),
            // Rubbish where zeros are due.
            (ExplicitLittle, b"OB\x20\x20\x02\0\0\0AB", (Some(*b"OB"), Some(2), 12)),
            (ExplicitLittle, b"US\0\0\x02\0\0\0AB", (Some(*b"US"), Some(2), 12)),
            (ExplicitBig, b"US\0\0\0\0\0\x02AB", (Some(*b"US"), Some(2), 12)),
            // Empty, with a group length after it.
            (ExplicitLittle, b"DS\0\0\x30\0\0\0UL\x04\0", (Some(*b"DS"), Some(0), 8)),
            (ExplicitLittle, b"AE\0\0\x08\0\0\0\x04\0\0\0", (Some(*b"AE"), Some(0), 8)),
            (ExplicitLittle, b"DS\0\0", (Some(*b"DS"), Some(0), 8)),
        ] {
            let tag = if encoding == ExplicitBig { b"\0\x28\0\x10" } else { b"\x28\0\x10\0" };
            let e = encoding.element(&[tag, value, next].concat(), 0).unwrap();
            assert_eq!((e.vr, e.length, e.value), found, "{encoding:?} {value:?}");
        }
    }

    #[test]
    fn a_cut_header_says_what_it_needs() {
        assert_eq!(Encoding::ExplicitLittle.element(b"\x28\0\x10", 0), Err(8));
        assert_eq!(Encoding::ExplicitLittle.element(b"\x28\0\x10\0OB\0\0\x01", 0), Err(12));
    }
}
