//! Data sets written by hand: one short word for each kind of element (PS3.5 6.2).

use dicom_core::header::Tag;
use dicom_core::value::{DataSetSequence, PrimitiveValue};
use dicom_core::{DataElement, VR};
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;

pub type Data = InMemDicomObject;
pub type Element = InMemElement;

pub fn data(elements: impl IntoIterator<Item = Element>) -> Data {
    Data::from_element_iter(elements)
}

/// A text of any VR; an empty one is an element without value. So is one of signs that its VR has not, as a hostile or
/// broken header may have a date: nothing could be written with it.
pub fn text(tag: Tag, vr: VR, value: impl AsRef<str>) -> Element {
    match value.as_ref() {
        "" => DataElement::empty(tag, vr),
        value if !value.is_ascii() && is_plain(vr) => DataElement::empty(tag, vr),
        value => DataElement::new(tag, vr, PrimitiveValue::from(value)),
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
    DataElement::new(tag, VR::US, PrimitiveValue::from(value))
}

/// Unsigned 32-bit numbers.
pub fn indices(tag: Tag, values: &[u32]) -> Element {
    DataElement::new(tag, VR::UL, PrimitiveValue::U32(values.into()))
}

pub fn integer(tag: Tag, value: usize) -> Element {
    text(tag, VR::IS, value.to_string())
}

pub fn decimals(tag: Tag, values: &[f64]) -> Element {
    let values: Vec<String> = values.iter().map(|&value| decimal(value)).collect();
    text(tag, VR::DS, values.join("\\"))
}

pub fn pointer(tag: Tag, to: Tag) -> Element {
    DataElement::new(tag, VR::AT, PrimitiveValue::Tags([to].as_slice().into()))
}

pub fn items(tag: Tag, items: impl IntoIterator<Item = Data>) -> Element {
    let items: Vec<Data> = items.into_iter().collect();
    DataElement::new(tag, VR::SQ, DataSetSequence::from(items))
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
