//! Where the data set begins and how it is coded: preamble, file meta group, or neither (PS3.10 7.1).

use super::element::{Encoding, bytes, is_vr};
use crate::syntax::Syntax;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Offset of the first element after group 0002.
    pub data_set: usize,
    pub encoding: Encoding,
    pub syntax: Syntax,
    /// The file says that it is DICOM: `DICM` stands after a preamble, or group 0002 begins it.
    pub declared: bool,
    /// MediaStorageSOPClassUID: a media directory says nowhere else what it is (PS3.10 8.6).
    pub sop_class: Option<String>,
}

/// What group 0002 says.
#[derive(Default)]
struct Meta {
    /// Its end.
    end: usize,
    sop_class: Option<String>,
    transfer_syntax: Option<String>,
}

/// What the first bytes say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Sniffed {
    Dicom(Start),
    Other,
    /// Bytes up to this offset are needed.
    Needs(usize),
}

const SOP_CLASS: u32 = 0x0002_0002;
const TRANSFER_SYNTAX: u32 = 0x0002_0010;

pub fn sniff(data: &[u8]) -> Sniffed {
    let prefixed = data.get(128..132) == Some(b"DICM");
    let at = match data.get(..4) {
        _ if prefixed => 132,
        Some(b"DICM") => 4,
        _ if plausible(data) => 0,
        _ => return Sniffed::Other,
    };
    match meta(data, at) {
        Ok(meta) => {
            let declared = at > 0 || meta.end > at;
            begin(data, meta, declared)
        }
        Err(end) => Sniffed::Needs(end),
    }
}

/// A bare data set begins with group 0002 or 0008 and a length that makes sense.
fn plausible(data: &[u8]) -> bool {
    let Ok(first) = bytes::<8>(data, 0) else { return false };
    let [a, b, c, d, e, f, ..] = first;
    if data.len() < 16 {
        return false;
    }
    [Encoding::ImplicitLittle, Encoding::ExplicitBig].into_iter().any(|order| {
        let (group, element) = (order.u16([a, b]), order.u16([c, d]));
        let [.., g, h] = first;
        let length = order.u32([e, f, g, h]);
        matches!(group, 0x0002 | 0x0008)
            && element <= 0x0100
            && (is_vr([e, f]) || (1..200).contains(&length))
    })
}

/// Group 0002. Its group length is not believed: writers get it wrong. It is explicit little endian
/// whatever follows (PS3.10 7.1).
fn meta(data: &[u8], at: usize) -> Result<Meta, usize> {
    let mut meta = Meta { end: at, ..Meta::default() };
    loop {
        let at = meta.end;
        match bytes::<2>(data, at) {
            Ok([0x02, 0x00]) => {}
            _ => return Ok(meta),
        }
        // Some writers code even this group in implicit VR.
        let vr = bytes::<6>(data, at).map(|[.., e, f]| [e, f])?;
        let encoding = if is_vr(vr) { Encoding::ExplicitLittle } else { Encoding::ImplicitLittle };
        let element = encoding.element(data, at)?;
        let end = element.value.saturating_add(element.length.unwrap_or(0) as usize);
        let value = data.get(element.value..end).ok_or(end)?;
        let uid = || {
            let text = String::from_utf8_lossy(value);
            Some(text.trim_matches([' ', '\0']).to_owned()).filter(|u| !u.is_empty())
        };
        match element.tag {
            SOP_CLASS => meta.sop_class = uid(),
            TRANSFER_SYNTAX => meta.transfer_syntax = uid(),
            _ => {}
        }
        meta.end = end;
    }
}

/// The encoding is what the first element shows; the declared syntax only settles the rest.
fn begin(data: &[u8], meta: Meta, declared: bool) -> Sniffed {
    let Meta { end: at, sop_class, transfer_syntax } = meta;
    let syntax = transfer_syntax.as_deref().map(Syntax::from_uid);
    let Ok([a, b, c, d, e, f]) = bytes::<6>(data, at) else { return Sniffed::Needs(at + 6) };
    let plain = [a, b] == [0x08, 0x00] && is_vr([e, f]);
    if syntax == Some(Syntax::Deflated) && !plain {
        let encoding = Encoding::ExplicitLittle;
        let syntax = Syntax::Deflated;
        return Sniffed::Dicom(Start { data_set: at, encoding, syntax, declared, sop_class });
    }
    let big = Encoding::ExplicitBig;
    let first_group = |order: Encoding| order.u16([a, b]);
    let encoding = if !is_vr([e, f]) {
        Encoding::ImplicitLittle
    } else if first_group(big) < first_group(Encoding::ExplicitLittle) && big.u16([c, d]) < 0x4000 {
        big
    } else {
        Encoding::ExplicitLittle
    };
    let native = match encoding {
        Encoding::ImplicitLittle => Syntax::ImplicitLittle,
        Encoding::ExplicitLittle => Syntax::ExplicitLittle,
        Encoding::ExplicitBig => Syntax::ExplicitBig,
    };
    let syntax = match syntax {
        // Deflated data sets were told above: this one only says that it is.
        None
        | Some(
            Syntax::ImplicitLittle
            | Syntax::ExplicitLittle
            | Syntax::ExplicitBig
            | Syntax::Deflated,
        ) => native,
        Some(other) => other,
    };
    Sniffed::Dicom(Start { data_set: at, encoding, syntax, declared, sop_class })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROWS: &[u8] = b"\x08\0\x16\0UI\x04\x001.2\0";

    fn started(data: &[u8]) -> (usize, Encoding, Syntax, bool) {
        match sniff(data) {
            Sniffed::Dicom(s) => (s.data_set, s.encoding, s.syntax, s.declared),
            other => unreachable!("{other:?}"),
        }
    }

    #[test]
    fn bare_data_sets() {
        let explicit = [ROWS, ROWS].concat();
        let plain = (0, Encoding::ExplicitLittle, Syntax::ExplicitLittle, false);
        assert_eq!(started(&explicit), plain);
        let implicit = b"\x08\0\x16\0\x04\0\0\x001.2\0\x08\0\x18\0";
        assert_eq!(started(implicit), (0, Encoding::ImplicitLittle, Syntax::ImplicitLittle, false));
        let big = b"\0\x08\0\x16UI\0\x041.2\0\0\x08\0\x18";
        assert_eq!(started(big), (0, Encoding::ExplicitBig, Syntax::ExplicitBig, false));
    }

    #[test]
    fn preamble_without_meta_and_a_wrong_declaration() {
        let preamble = [&[0u8; 128][..], b"DICM"].concat();
        let file = [&preamble[..], ROWS].concat();
        assert_eq!(started(&file), (132, Encoding::ExplicitLittle, Syntax::ExplicitLittle, true));
        let implicit_uid = b"\x02\0\x10\0UI\x12\x001.2.840.10008.1.2\0";
        let file = [&preamble[..], implicit_uid, ROWS].concat();
        let found = started(&file);
        assert_eq!(found, (132 + 26, Encoding::ExplicitLittle, Syntax::ExplicitLittle, true));
        let deflated_uid = b"\x02\0\x10\0UI\x16\x001.2.840.10008.1.2.1.99";
        let file = [&preamble[..], deflated_uid, ROWS].concat();
        let found = started(&file);
        assert_eq!(found, (132 + 30, Encoding::ExplicitLittle, Syntax::ExplicitLittle, true));
    }

    #[test]
    fn what_is_not_dicom_and_what_is_cut() {
        assert_eq!(sniff(b"\x89PNG\r\n\x1a\n0123456789"), Sniffed::Other);
        assert_eq!(sniff(&[0; 4096]), Sniffed::Other);
        let cut = [&[0u8; 128][..], b"DICM\x02\0\x10\0UI\x12\0"].concat();
        assert_eq!(sniff(&cut), Sniffed::Needs(132 + 26));
    }
}
