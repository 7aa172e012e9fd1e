//! The elements of a file's header as text, for a person to read. Nothing is interpreted beyond its VR, nothing is
//! trusted: what makes no sense ends the list.

use super::charset::Charset;
use super::element::{Element, Encoding, ITEM, ITEM_END, SEQUENCE_END, Tag};
use super::start::{Sniffed, sniff};
use super::wanted;
use crate::inflate::inflate;
use crate::syntax::Syntax;
use dicom_core::dictionary::{DataDictionary, DataDictionaryEntry};
use dicom_dictionary_std::StandardDataDictionary;
use serde::{Deserialize, Serialize};

/// More elements than a person looks through, levels than a file has, and characters than a line shows.
const ELEMENTS: usize = 5000;
const DEPTH: usize = 32;
const CHARACTERS: usize = 200;
/// Bytes of a deflated header that are unpacked.
const INFLATED: u64 = 1 << 20;

/// One element, item or sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Sequences that it lies in.
    pub depth: usize,
    /// `GGGG,EEEE`.
    pub tag: String,
    pub vr: String,
    /// The keyword of PS3.6, empty where there is none.
    pub name: String,
    /// Text and numbers as they stand, cut where they are long; of other bytes only their number.
    pub value: String,
}

/// What the beginning of a file holds, up to its pixels; empty where it is no DICOM.
pub fn listing(file: &[u8]) -> Vec<Listed> {
    let Sniffed::Dicom(start) = sniff(file) else { return Vec::new() };
    let meta = if file.get(128..132) == Some(b"DICM") { 132 } else { 0 };
    let mut rows = Vec::new();
    list(&file[..start.data_set.min(file.len())], meta, Encoding::ExplicitLittle, &mut rows);
    if start.syntax == Syntax::Deflated {
        let packed = file.get(start.data_set..).unwrap_or_default();
        list(&inflate(packed, INFLATED), 0, Encoding::ExplicitLittle, &mut rows);
    } else {
        list(file, start.data_set, start.encoding, &mut rows);
    }
    rows
}

fn list(data: &[u8], mut at: usize, encoding: Encoding, rows: &mut Vec<Listed>) {
    // Ends of the sequences and items that have begun; `None` where a delimiter ends them.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut charset = Charset::default();
    while rows.len() < ELEMENTS && open.len() < DEPTH {
        while open.last().is_some_and(|end| end.is_some_and(|end| at >= end)) {
            open.pop();
        }
        let Ok(element) = encoding.element(data, at) else { return };
        let end = element.length.and_then(|length| element.value.checked_add(length as usize));
        let vr = vr_of(&element);
        at = element.value;
        let depth = open.len() / 2;
        let value = match element.tag {
            ITEM_END | SEQUENCE_END => {
                open.pop();
                continue;
            }
            ITEM => {
                open.push(end);
                continue;
            }
            wanted::PIXEL_DATA if open.is_empty() => {
                rows.push(row(depth, &element, &vr, "…".into()));
                return;
            }
            _ if vr == "SQ" || end.is_none() => {
                open.push(end);
                String::new()
            }
            _ => {
                let Some(bytes) = end.and_then(|end| data.get(element.value..end)) else { return };
                at = element.value + bytes.len();
                if element.tag == wanted::CHARACTER_SET {
                    charset = Charset::new(bytes);
                }
                cut(text(bytes, &vr, encoding, &charset))
            }
        };
        rows.push(row(depth, &element, &vr, value));
    }
}

fn row(depth: usize, element: &Element, vr: &str, value: String) -> Listed {
    let Element { tag, .. } = *element;
    let name = entry(tag).map(|entry| entry.alias().to_owned()).unwrap_or_default();
    let tag = format!("{:04X},{:04X}", tag >> 16, tag & 0xFFFF);
    Listed { depth, tag, vr: vr.to_owned(), name, value }
}

fn entry(tag: Tag) -> Option<&'static dicom_core::dictionary::DataDictionaryEntryRef<'static>> {
    StandardDataDictionary.by_tag(dicom_core::Tag((tag >> 16) as u16, tag as u16))
}

/// The file's own; else the dictionary's, as in implicit VR.
fn vr_of(element: &Element) -> String {
    match element.vr {
        Some(vr) => String::from_utf8_lossy(&vr).into_owned(),
        None => entry(element.tag).map_or("UN".into(), |e| e.vr().relaxed().to_string().into()),
    }
}

fn text(bytes: &[u8], vr: &str, encoding: Encoding, charset: &Charset) -> String {
    let words = |value: fn(u16) -> String| {
        let cells = bytes.chunks_exact(2).map(|b| value(encoding.u16([b[0], b[1]])));
        cells.take(CHARACTERS).collect::<Vec<_>>().join("\\")
    };
    let longs = |value: fn(u32) -> String| {
        let cells = bytes.chunks_exact(4).map(|b| value(encoding.u32([b[0], b[1], b[2], b[3]])));
        cells.take(CHARACTERS).collect::<Vec<_>>().join("\\")
    };
    match vr {
        "US" => words(|n| n.to_string()),
        "SS" => words(|n| (n as i16).to_string()),
        "UL" => longs(|n| n.to_string()),
        "SL" => longs(|n| (n as i32).to_string()),
        "FL" => longs(|n| f32::from_bits(n).to_string()),
        "AT" => {
            let pair = |b: &[u8]| {
                format!("{:04X},{:04X}", encoding.u16([b[0], b[1]]), encoding.u16([b[2], b[3]]))
            };
            bytes.chunks_exact(4).map(pair).collect::<Vec<_>>().join("\\")
        }
        "FD" | "OB" | "OD" | "OF" | "OL" | "OV" | "OW" | "SV" | "UV" => {
            format!("({} bytes)", bytes.len())
        }
        "UN" if !bytes.iter().all(|b| b.is_ascii_graphic() || matches!(b, b' ' | 0)) => {
            format!("({} bytes)", bytes.len())
        }
        // No more of a long text is decoded than is shown.
        _ => {
            let some = bytes.get(..8 * CHARACTERS).unwrap_or(bytes);
            charset.decode(some).trim_matches([' ', '\0', '\n', '\r']).to_owned()
        }
    }
}

fn cut(text: String) -> String {
    match text.char_indices().nth(CHARACTERS) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(data: &[u8]) -> Vec<(usize, String, String, String)> {
        let rows = listing(&[&[0; 128][..], b"DICM", data].concat());
        rows.into_iter().map(|r| (r.depth, r.tag, r.name, r.value)).collect()
    }

    #[test]
    fn elements_sequences_and_pixels() {
        let rows = listed(
            b"\x02\0\x10\0UI\x14\x001.2.840.10008.1.2.1\0\
              \x08\0\x60\0CS\x02\0CT\
              \x40\0\x75\x02SQ\0\0\xff\xff\xff\xff\xfe\xff\0\xe0\xff\xff\xff\xff\
              \x40\0\x07\0LO\x04\0Test\xfe\xff\x0d\xe0\0\0\0\0\xfe\xff\xdd\xe0\0\0\0\0\
              \x28\0\x10\0US\x02\0\x00\x02\
              \xe0\x7f\x10\0OW\0\0\x04\0\0\0abcd",
        );
        let told: Vec<(usize, &str, &str, &str)> =
            rows.iter().map(|(d, t, n, v)| (*d, t.as_str(), n.as_str(), v.as_str())).collect();
        let expected = [
            (0, "0002,0010", "TransferSyntaxUID", "1.2.840.10008.1.2.1"),
            (0, "0008,0060", "Modality", "CT"),
            (0, "0040,0275", "RequestAttributesSequence", ""),
            (1, "0040,0007", "ScheduledProcedureStepDescription", "Test"),
            (0, "0028,0010", "Rows", "512"),
            (0, "7FE0,0010", "PixelData", "…"),
        ];
        assert_eq!(told, expected);
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_stop_it(data in proptest::collection::vec(0..=255_u8, 0..600)) {
            let rows = listing(&[&[0; 128][..], b"DICM", &data].concat());
            assert!(rows.len() <= ELEMENTS);
        }
    }

    #[test]
    fn what_is_cut_or_no_dicom_ends_the_list() {
        assert_eq!(listed(b"\x08\0\x60\0CS\x02\0CT\x08\0\x70\0LO\xff\0G").len(), 1);
        assert!(listing(&[7; 600]).is_empty());
        let long = [&b"\x08\0\x60\0CS\x02\0CT\x08\0\x30\x10LO\x00\x10"[..], &[b'x'; 4096]].concat();
        assert_eq!(listed(&long)[1].3.chars().count(), CHARACTERS + 1);
    }
}
