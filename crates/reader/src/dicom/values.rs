//! What stored values mean: modality transformation, unit, padding; and direction cosines.

use super::groups::Groups;
use super::header::Data;
use super::wanted as tags;
use crate::frame::{Modality, Stored};
use glam::DVec3;

/// PS3.3 C.11.1: either a LUT or slope and intercept. Each frame has its own.
pub fn modality(root: Data<'_>, groups: &Groups<'_>, frame: usize, stored: Stored) -> Modality {
    if let Some(table) = root.item(tags::MODALITY_LUT_SEQUENCE).and_then(|lut| table(lut, stored)) {
        return table;
    }
    let source =
        groups.find_or_root(frame, tags::VALUE_TRANSFORMATION_SEQUENCE, tags::RESCALE_SLOPE);
    let slope = source.decimal(tags::RESCALE_SLOPE).filter(|&s| s != 0.0);
    match (slope, source.decimal(tags::RESCALE_INTERCEPT)) {
        (Some(slope), Some(intercept)) => Modality::Linear { slope, intercept },
        _ => Modality::Missing,
    }
}

/// A lookup table as it stands: the value that its first entry is for, and the bits that its entries may have.
pub struct Lut {
    pub first: u16,
    pub bits: u16,
    pub words: Vec<u16>,
}

/// LUT Descriptor and LUT Data (PS3.3 C.11.1.1.1), with at least one entry.
pub fn lut(item: Data<'_>) -> Option<Lut> {
    let descriptor = item.words(tags::LUT_DESCRIPTOR)?;
    let [entries, first, bits] = <[u16; 3]>::try_from(descriptor).ok()?;
    let entries = if entries == 0 { 1 << 16 } else { usize::from(entries) };
    let mut words = item.words(tags::LUT_DATA)?;
    // Entries of 8 bits lie in pairs, the first in the low byte, though some writers give each a word.
    if bits == 8 && words.len() < entries {
        words = words.iter().flat_map(|w| w.to_le_bytes()).map(u16::from).collect();
    }
    words.truncate(entries);
    (!words.is_empty()).then_some(Lut { first, bits, words })
}

/// PS3.3 C.11.1.1: the descriptor's second value and the table have the sign of the pixels; the table also one of its own.
fn table(item: Data<'_>, stored: Stored) -> Option<Modality> {
    let Lut { first, words, .. } = lut(item)?;
    let signed = matches!(stored, Stored::Integer { signed: true, .. });
    let value = |signed: bool| {
        move |word: u16| if signed { i32::from(word as i16) } else { i32::from(word) }
    };
    let signed_table = signed || item.vr(tags::LUT_DATA) == Some(*b"SS");
    let values = words.into_iter().map(value(signed_table)).collect();
    Some(Modality::Table { first: i64::from(value(signed)(first)), values })
}

/// RescaleType or ModalityLUTType, where it is something else than HU (PS3.3 C.11.1.1.2).
pub fn other_unit(root: Data<'_>, groups: &Groups<'_>, frame: usize) -> Option<String> {
    let unit = match root.item(tags::MODALITY_LUT_SEQUENCE) {
        Some(lut) => lut.text(tags::MODALITY_LUT_TYPE),
        None => groups
            .find_or_root(frame, tags::VALUE_TRANSFORMATION_SEQUENCE, tags::RESCALE_TYPE)
            .text(tags::RESCALE_TYPE),
    };
    Some(unit).filter(|unit| !unit.is_empty() && !unit.eq_ignore_ascii_case("HU"))
}

/// Closed range of padding, ends in any order (PS3.3 C.7.5.1.1.2; of float pixel data C.7.6.24 and C.7.6.25).
pub fn padding(root: Data<'_>, stored: Stored) -> Option<[f64; 2]> {
    let [value, limit] = match stored {
        Stored::Integer { .. } => [tags::PADDING_VALUE, tags::PADDING_RANGE_LIMIT],
        Stored::Float32 => [tags::FLOAT_PADDING_VALUE, tags::FLOAT_PADDING_RANGE_LIMIT],
        Stored::Float64 => [tags::DOUBLE_PADDING_VALUE, tags::DOUBLE_PADDING_RANGE_LIMIT],
    };
    let told = |tag| match stored {
        Stored::Integer { bits, signed, .. } => {
            root.integer(tag).map(|raw| stored_value(raw, bits, signed) as f64)
        }
        _ => root.decimal(tag),
    };
    let one = told(value)?;
    let other = told(limit).unwrap_or(one);
    Some([one.min(other), one.max(other)])
}

/// Writers give the value with the wrong sign or without its extension: it is meant modulo the cell.
fn stored_value(raw: i64, bits: u8, signed: bool) -> i64 {
    const WORD: i64 = 1 << 16;
    if !(-(WORD / 2)..WORD).contains(&raw) {
        return raw;
    }
    let word = raw.rem_euclid(WORD);
    if !signed {
        return word;
    }
    let as_word = if word >= WORD / 2 { word - WORD } else { word };
    let half = 1i64 << (bits.clamp(1, 16) - 1);
    if (half..2 * half).contains(&as_word) { as_word - 2 * half } else { as_word }
}

/// Row and column direction scaled to length 1; `None` if they are not near to a right angle.
pub fn unit_vectors(cosines: [f64; 6]) -> Option<[[f64; 3]; 2]> {
    let [a, b, c, d, e, f] = cosines;
    let [row, column] = [DVec3::new(a, b, c), DVec3::new(d, e, f)].map(DVec3::normalize_or_zero);
    (row.cross(column).length() >= 0.9).then(|| [row.to_array(), column.to_array()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn padding_is_meant_modulo_the_cell() {
        assert_eq!(stored_value(63536, 16, true), -2000);
        assert_eq!(stored_value(-2000, 16, true), -2000);
        assert_eq!(stored_value(2096, 12, true), -2000);
        assert_eq!(stored_value(-32768, 12, true), -32768);
        assert_eq!(stored_value(-2000, 16, false), 63536);
        assert_eq!(stored_value(0, 12, false), 0);
    }
}
