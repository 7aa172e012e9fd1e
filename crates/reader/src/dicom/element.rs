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

/// Whether a VR has a 32 bit length.
pub fn is_long(vr: [u8; 2]) -> bool {
    !SHORT.contains(&&vr)
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

    /// The element at `at`, or the offset up to which bytes are needed to read its header.
    pub fn element(self, data: &[u8], at: usize) -> Result<Element, usize> {
        let short: [u8; 8] = bytes(data, at)?;
        let [a, b, c, d, e, f, g, h] = short;
        let tag = u32::from(self.u16([a, b])) << 16 | u32::from(self.u16([c, d]));
        let [vr, explicit] = [[e, f], [g, h]];
        // Items and delimiters have no VR in any encoding (PS3.5 7.5); and where no letters stand, a writer
        // forgot that the rest of its data set is explicit.
        let lettered = vr.iter().all(|&b| b.is_ascii_uppercase() || b == b'?');
        if self == Encoding::ImplicitLittle || tag >> 16 == 0xFFFE || !lettered {
            return Ok(element(tag, None, at, self.u32([e, f, g, h]), 8));
        }
        if SHORT.contains(&&vr) {
            return Ok(element(tag, Some(vr), at, u32::from(self.u16(explicit)), 8));
        }
        let length = self.u32(bytes(data, at + 8)?);
        Ok(element(tag, is_vr(vr).then_some(vr), at, length, 12))
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
    fn a_cut_header_says_what_it_needs() {
        assert_eq!(Encoding::ExplicitLittle.element(b"\x28\0\x10", 0), Err(8));
        assert_eq!(Encoding::ExplicitLittle.element(b"\x28\0\x10\0OB\0\0\x01", 0), Err(12));
    }
}
