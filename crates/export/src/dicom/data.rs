//! Data sets of DICOM: the elements that we write, and how they become a file (PS3.5 7, PS3.10 7): explicit little endian, UTF-8.

use super::Refused;
use super::uid::uid;
use dicom_core::VR;
use dicom_core::header::Tag;
use dicom_dictionary_std::{tags, uids};
use std::collections::BTreeMap;

/// A data set: its elements by tag, of which each is there once.
#[derive(Clone, Debug, Default)]
pub struct Data(BTreeMap<Tag, Element>);

#[derive(Clone, Debug)]
pub struct Element {
    pub tag: Tag,
    vr: VR,
    value: Value,
}

#[derive(Clone, Debug)]
enum Value {
    Bytes(Vec<u8>),
    Items(Vec<Data>),
}

pub fn data(elements: impl IntoIterator<Item = Element>) -> Data {
    Data(elements.into_iter().map(|element| (element.tag, element)).collect())
}

impl Data {
    pub fn put(&mut self, element: Element) {
        self.0.insert(element.tag, element);
    }

    pub fn into_elements(self) -> impl Iterator<Item = Element> {
        self.0.into_values()
    }

    fn write(&self, file: &mut Vec<u8>) -> Result<(), Refused> {
        self.0.values().try_for_each(|element| element.write(file))
    }
}

impl Element {
    fn write(&self, file: &mut Vec<u8>) -> Result<(), Refused> {
        let Self { tag, vr, value } = self;
        mark(file, *tag);
        file.extend(vr.to_bytes());
        match value {
            Value::Items(items) => {
                file.extend([0; 2]);
                file.extend(UNDEFINED);
                for item in items {
                    mark(file, ITEM);
                    file.extend(UNDEFINED);
                    item.write(file)?;
                    mark(file, ITEM_END);
                    file.extend([0; 4]);
                }
                mark(file, SEQUENCE_END);
                file.extend([0; 4]);
            }
            Value::Bytes(bytes) => {
                let odd = bytes.len() % 2 == 1;
                let length = bytes.len() + usize::from(odd);
                let too_long = || Refused::NotWritten(format!("{tag} has {length} bytes"));
                if matches!(vr, VR::OB | VR::UT) {
                    file.extend([0; 2]);
                    file.extend(u32::try_from(length).map_err(|_| too_long())?.to_le_bytes());
                } else {
                    file.extend(u16::try_from(length).map_err(|_| too_long())?.to_le_bytes());
                }
                file.extend_from_slice(bytes);
                if odd {
                    file.push(if *vr == VR::UI { 0 } else { b' ' });
                }
            }
        }
        Ok(())
    }
}

/// Lengths that only a delimiter tells, and the delimiters (PS3.5 7.5).
const UNDEFINED: [u8; 4] = [0xFF; 4];
const ITEM: Tag = Tag(0xFFFE, 0xE000);
const ITEM_END: Tag = Tag(0xFFFE, 0xE00D);
const SEQUENCE_END: Tag = Tag(0xFFFE, 0xE0DD);

fn mark(file: &mut Vec<u8>, Tag(group, element): Tag) {
    file.extend(group.to_le_bytes());
    file.extend(element.to_le_bytes());
}

/// Part 10 of the standard: a data set as a file.
pub fn file(
    sop_class: &str,
    sop_instance: &str,
    elements: Vec<Element>,
) -> Result<Vec<u8>, Refused> {
    let mut meta = Vec::new();
    data([
        raw(tags::FILE_META_INFORMATION_VERSION, VR::OB, vec![0, 1]),
        text(tags::MEDIA_STORAGE_SOP_CLASS_UID, VR::UI, sop_class),
        text(tags::MEDIA_STORAGE_SOP_INSTANCE_UID, VR::UI, sop_instance),
        text(tags::TRANSFER_SYNTAX_UID, VR::UI, uids::EXPLICIT_VR_LITTLE_ENDIAN),
        text(tags::IMPLEMENTATION_CLASS_UID, VR::UI, uid("implementation")),
    ])
    .write(&mut meta)?;
    let length = indices(tags::FILE_META_INFORMATION_GROUP_LENGTH, &[meta.len() as u32]);
    let mut file = [&[0; 128][..], b"DICM"].concat();
    length.write(&mut file)?;
    file.append(&mut meta);
    data(elements).write(&mut file)?;
    Ok(file)
}

/// A value as it stands in the file.
pub fn raw(tag: Tag, vr: VR, bytes: Vec<u8>) -> Element {
    Element { tag, vr, value: Value::Bytes(bytes) }
}

/// A text of any VR; an empty one is an element without value. So is one of signs that its VR has not, as a hostile or
/// broken header may have a date: nothing could be written with it.
pub fn text(tag: Tag, vr: VR, value: impl AsRef<str>) -> Element {
    match value.as_ref() {
        value if !value.is_ascii() && is_plain(vr) => raw(tag, vr, Vec::new()),
        value => raw(tag, vr, value.into()),
    }
}

/// Whether the character set of the file has no say in it (PS3.5 6.1.2.3).
fn is_plain(vr: VR) -> bool {
    matches!(vr, VR::AE | VR::AS | VR::CS | VR::DA | VR::DS | VR::DT | VR::IS | VR::TM | VR::UI)
}

/// A day as DICOM writes it, or nothing.
pub fn day(tag: Tag, value: &str) -> Element {
    let is_day = value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit());
    text(tag, VR::DA, if is_day { value } else { "" })
}

/// As [`text`], no longer than the VR allows, which counts characters.
pub fn short(tag: Tag, vr: VR, value: &str) -> Element {
    let most = if vr == VR::SH { 16 } else { 64 };
    let cut = |part: &str| part.chars().take(most).collect::<String>();
    match vr {
        // A name in letters, in ideographs and as it sounds: each has so much room.
        VR::PN => text(tag, vr, value.splitn(3, '=').map(cut).collect::<Vec<_>>().join("=")),
        _ => text(tag, vr, cut(value)),
    }
}

pub fn number(tag: Tag, value: u16) -> Element {
    numbers(tag, &[value])
}

/// Unsigned 16-bit numbers.
pub fn numbers(tag: Tag, values: &[u16]) -> Element {
    raw(tag, VR::US, values.iter().flat_map(|value| value.to_le_bytes()).collect())
}

/// A number as computers hold it.
pub fn float(tag: Tag, value: f64) -> Element {
    raw(tag, VR::FD, value.to_le_bytes().into())
}

/// Unsigned 32-bit numbers.
pub fn indices(tag: Tag, values: &[u32]) -> Element {
    raw(tag, VR::UL, values.iter().flat_map(|value| value.to_le_bytes()).collect())
}

pub fn integer(tag: Tag, value: usize) -> Element {
    text(tag, VR::IS, value.to_string())
}

pub fn decimals(tag: Tag, values: &[f64]) -> Element {
    let values: Vec<String> = values.iter().map(|&value| decimal(value)).collect();
    text(tag, VR::DS, values.join("\\"))
}

pub fn pointer(tag: Tag, to: Tag) -> Element {
    let mut value = Vec::new();
    mark(&mut value, to);
    raw(tag, VR::AT, value)
}

pub fn items(tag: Tag, items: impl IntoIterator<Item = Data>) -> Element {
    Element { tag, vr: VR::SQ, value: Value::Items(items.into_iter().collect()) }
}

/// A decimal string: at most 16 characters, the number itself wherever they suffice.
fn decimal(value: f64) -> String {
    const MOST: usize = 16;
    let exact = [format!("{value}"), format!("{value:e}")];
    let rounded = (0..MOST).rev().map(|digits| format!("{value:.digits$}"));
    let coarse = std::iter::once(format!("{value:.8e}"));
    let mut forms = exact.into_iter().chain(rounded).chain(coarse);
    forms.find(|form| form.len() <= MOST).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimal_strings_are_short_and_exact_where_they_can_be() {
        for (value, text) in [
            (0.0, "0"),
            (-612.5, "-612.5"),
            (0.703125, "0.703125"),
            (1e-17, "1e-17"),
            (-0.984807753012208, "-0.9848077530122"),
            (1234567.123456789, "1234567.12345679"),
            (-1.2345678901e300, "-1.23456789e300"),
        ] {
            assert_eq!(decimal(value), text);
            assert!(text.len() <= 16);
        }
    }
}
