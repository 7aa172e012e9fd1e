//! Messages as bytes: values one after another in the order of their fields, without names, numbers little endian. Who
//! reads them is of the same build, and knows what comes; so the page carries no code that looks for names.
//! Other formats without names, as postcard, can't read fields that are left out, as findings have in JSON.

use super::reading::Reader;
use serde::de::{self, DeserializeOwned};
use serde::ser::{self, Serialize};
use std::fmt;

/// Not what was written.
#[derive(Debug)]
pub struct Unfit;

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("message not understood")
    }
}

impl std::error::Error for Unfit {}

impl ser::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

impl de::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

pub fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, Unfit> {
    let mut bytes = Vec::new();
    value.serialize(&mut Writer(&mut bytes))?;
    Ok(bytes)
}

pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Unfit> {
    let mut reader = Reader(bytes);
    let value = T::deserialize(&mut reader)?;
    if reader.0.is_empty() { Ok(value) } else { Err(Unfit) }
}

struct Writer<'a>(&'a mut Vec<u8>);

impl Writer<'_> {
    /// Seven bits to a byte, the lowest first: nothing is one 0, as `None` is.
    fn len(&mut self, mut len: usize) {
        while len > 0x7f {
            self.0.push(len as u8 | 0x80);
            len >>= 7;
        }
        self.0.push(len as u8);
    }
}

macro_rules! write_numbers {
    ($($name:ident: $type:ty,)*) => {
        $(fn $name(self, value: $type) -> Result<(), Unfit> {
            self.0.extend_from_slice(&value.to_le_bytes());
            Ok(())
        })*
    };
}

impl ser::Serializer for &mut Writer<'_> {
    type Ok = ();
    type Error = Unfit;
    type SerializeSeq = Self;
    type SerializeTuple = Self;
    type SerializeTupleStruct = Self;
    type SerializeTupleVariant = Self;
    type SerializeMap = Self;
    type SerializeStruct = Self;
    type SerializeStructVariant = Self;

    write_numbers! {
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64,
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_f32: f32, serialize_f64: f64,
    }

    fn serialize_bool(self, value: bool) -> Result<(), Unfit> {
        self.serialize_u8(value.into())
    }

    fn serialize_char(self, value: char) -> Result<(), Unfit> {
        self.serialize_u32(value.into())
    }

    fn serialize_str(self, value: &str) -> Result<(), Unfit> {
        self.serialize_bytes(value.as_bytes())
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), Unfit> {
        self.len(value.len());
        self.0.extend_from_slice(value);
        Ok(())
    }

    fn serialize_none(self) -> Result<(), Unfit> {
        self.serialize_u8(0)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        self.0.push(1);
        value.serialize(self)
    }

    fn serialize_unit(self) -> Result<(), Unfit> {
        Ok(())
    }

    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Unfit> {
        Ok(())
    }

    fn serialize_unit_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
    ) -> Result<(), Unfit> {
        self.len(index as usize);
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        self.len(index as usize);
        value.serialize(self)
    }

    fn serialize_seq(self, len: Option<usize>) -> Result<Self, Unfit> {
        self.len(len.ok_or(Unfit)?);
        Ok(self)
    }

    fn serialize_tuple(self, _: usize) -> Result<Self, Unfit> {
        Ok(self)
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Self, Unfit> {
        Ok(self)
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unfit> {
        self.len(index as usize);
        Ok(self)
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self, Unfit> {
        self.serialize_seq(len)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unfit> {
        Ok(self)
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        index: u32,
        _: &'static str,
        _: usize,
    ) -> Result<Self, Unfit> {
        self.len(index as usize);
        Ok(self)
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

macro_rules! write_parts {
    ($($trait:ident $method:ident,)*) => {
        $(impl ser::$trait for &mut Writer<'_> {
            type Ok = ();
            type Error = Unfit;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
                value.serialize(&mut **self)
            }

            fn end(self) -> Result<(), Unfit> {
                Ok(())
            }
        })*
    };
}
write_parts! {
    SerializeSeq serialize_element, SerializeTuple serialize_element, SerializeTupleStruct serialize_field,
    SerializeTupleVariant serialize_field,
}

impl ser::SerializeMap for &mut Writer<'_> {
    type Ok = ();
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Unfit> {
        key.serialize(&mut **self)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Unfit> {
        value.serialize(&mut **self)
    }

    fn end(self) -> Result<(), Unfit> {
        Ok(())
    }
}

macro_rules! write_fields {
    ($($trait:ident,)*) => {
        $(impl ser::$trait for &mut Writer<'_> {
            type Ok = ();
            type Error = Unfit;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, _: &'static str, value: &T) -> Result<(), Unfit> {
                value.serialize(&mut **self)
            }

            /// What other formats leave out is `None` or a list without entries.
            fn skip_field(&mut self, _: &'static str) -> Result<(), Unfit> {
                self.0.push(0);
                Ok(())
            }

            fn end(self) -> Result<(), Unfit> {
                Ok(())
            }
        })*
    };
}
write_fields! { SerializeStruct, SerializeStructVariant, }

#[cfg(test)]
mod tests {
    use super::{read, write};
    use serde::{Deserialize, Serialize};
    use std::collections::BTreeMap;

    #[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
    struct Told {
        small: u8,
        signed: i16,
        number: f64,
        text: String,
        some: Option<Vec<u32>>,
        #[serde(skip_serializing_if = "Option::is_none", default)]
        left_out: Option<f64>,
        #[serde(skip_serializing_if = "Vec::is_empty", default)]
        nothing_in_it: Vec<usize>,
        pairs: BTreeMap<String, [bool; 2]>,
        kinds: Vec<Kind>,
        place: (char, i64),
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Kind {
        Bare,
        One(String),
        Two(u16, f32),
        Named { x: Option<()>, y: Box<Kind> },
    }

    fn told() -> Told {
        Told {
            small: 200,
            signed: -1024,
            number: f64::NEG_INFINITY,
            text: "결석".repeat(50),
            some: Some((0..300).collect()),
            pairs: [("a".to_owned(), [true, false])].into(),
            kinds: vec![
                Kind::Bare,
                Kind::One("x".into()),
                Kind::Two(7, 0.5),
                Kind::Named { x: Some(()), y: Box::new(Kind::Bare) },
            ],
            place: ('石', i64::MIN),
            ..Told::default()
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for told in [Told::default(), told()] {
            assert_eq!(read::<Told>(&write(&told).unwrap()).unwrap(), told);
        }
    }

    #[test]
    fn what_was_cut_or_is_too_long_is_no_message() {
        let mut bytes = write(&told()).unwrap();
        for len in 0..bytes.len() {
            assert!(read::<Told>(&bytes[..len]).is_err(), "{len}");
        }
        bytes.push(0);
        assert!(read::<Told>(&bytes).is_err());
    }
}
