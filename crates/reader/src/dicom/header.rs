//! Typed values of the small header. The only place where dicom-object is asked for something.

use super::element::Tag;
use crate::refusal::{Code, Fault};
use dicom_core::header::HasLength;
use dicom_core::value::PrimitiveValue;
use dicom_object::InMemDicomObject;
use dicom_object::mem::InMemElement;
use dicom_transfer_syntax_registry::entries::EXPLICIT_VR_LITTLE_ENDIAN;

pub struct Header(InMemDicomObject);

impl Header {
    /// Parses what [`super::walk`] wrote.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        InMemDicomObject::read_dataset_with_ts(bytes, &EXPLICIT_VR_LITTLE_ENDIAN.erased())
            .map(Self)
            .map_err(|e| Fault::new(Code::CorruptHeader, e.to_string()))
    }

    pub fn data(&self) -> Data<'_> {
        Data(&self.0)
    }
}

/// A data set: the root or an item of a sequence.
#[derive(Clone, Copy)]
pub struct Data<'a>(&'a InMemDicomObject);

impl<'a> Data<'a> {
    /// Not `element_opt`: that captures a backtrace for each element that is absent.
    fn element(self, tag: Tag) -> Option<&'a InMemElement> {
        let [a, b, c, d] = tag.to_be_bytes();
        self.0.get(dicom_core::Tag(u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d])))
    }

    fn value(self, tag: Tag) -> Option<&'a PrimitiveValue> {
        let element = self.element(tag)?;
        element.value().primitive().filter(|_| !element.is_empty())
    }

    /// Whether the element is there with a value.
    pub fn has(self, tag: Tag) -> bool {
        self.value(tag).is_some() || self.items(tag).next().is_some()
    }

    pub fn items(self, tag: Tag) -> impl ExactSizeIterator<Item = Data<'a>> {
        let items = self.element(tag).and_then(|e| e.items()).unwrap_or(&[]);
        items.iter().map(Data)
    }

    pub fn item(self, tag: Tag) -> Option<Data<'a>> {
        self.items(tag).next()
    }

    /// Text without the padding of PS3.5 6.2; empty where absent.
    pub fn text(self, tag: Tag) -> String {
        let text = self.value(tag).map(|v| v.to_raw_str().into_owned()).unwrap_or_default();
        text.trim_matches([' ', '\0', '\n', '\r', '\t']).to_owned()
    }

    pub fn uid(self, tag: Tag) -> Option<String> {
        Some(self.text(tag)).filter(|t| !t.is_empty())
    }

    pub fn integer(self, tag: Tag) -> Option<i64> {
        self.integers(tag)?.first().copied()
    }

    pub fn integers(self, tag: Tag) -> Option<Vec<i64>> {
        match self.value(tag)? {
            PrimitiveValue::Str(_) | PrimitiveValue::Strs(_) => {
                let numbers = self.decimals(tag)?;
                let whole = |n: &f64| n.fract() == 0.0 && n.abs() < 9e15;
                numbers.iter().all(whole).then(|| numbers.iter().map(|&n| n as i64).collect())
            }
            other => other.to_multi_int::<i64>().ok(),
        }
    }

    /// All values; `None` where absent or where one of them is no number.
    pub fn decimals(self, tag: Tag) -> Option<Vec<f64>> {
        match self.value(tag)? {
            PrimitiveValue::Str(_) | PrimitiveValue::Strs(_) => {
                self.text(tag).split('\\').map(decimal).collect()
            }
            other => other.to_multi_float64().ok(),
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
        match self.value(tag)? {
            PrimitiveValue::U16(words) => Some(words.to_vec()),
            PrimitiveValue::I16(words) => Some(words.iter().map(|&w| w as u16).collect()),
            PrimitiveValue::U8(bytes) => Some(
                bytes
                    .chunks_exact(2)
                    .map(|b| b.iter().rev().fold(0, |w, &b| w << 8 | u16::from(b)))
                    .collect(),
            ),
            _ => None,
        }
    }
}

/// A decimal string (PS3.5 6.2): padded, signed, with an exponent; and with the comma that some write.
fn decimal(text: &str) -> Option<f64> {
    let text = text.trim_matches([' ', '\0']);
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
