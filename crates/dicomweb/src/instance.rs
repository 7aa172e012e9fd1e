//! Whose file a part is: the SOP Instance UID of its file meta information (PS3.10 7.1).

use crate::address::is_uid;

/// The UID that the meta information names; `None` where this is no DICOM file, or its meta information is odd.
pub fn sop_instance_uid(file: &[u8]) -> Option<String> {
    let mut rest = file.get(128..)?.strip_prefix(b"DICM")?;
    // Group 0002 is explicit little endian, whatever follows it.
    while let Some((&[0x02, 0x00, low, high, v, r], after)) = rest.split_first_chunk() {
        let (length, value) = match &[v, r] {
            b"OB" | b"OW" | b"UN" | b"SQ" | b"UT" => {
                let (_, after) = after.split_first_chunk::<2>()?;
                let (length, value) = after.split_first_chunk()?;
                (u32::from_le_bytes(*length) as usize, value)
            }
            _ => {
                let (length, value) = after.split_first_chunk()?;
                (usize::from(u16::from_le_bytes(*length)), value)
            }
        };
        let (value, after) = value.split_at_checked(length)?;
        if [low, high] == [0x03, 0x00] {
            let uid = std::str::from_utf8(value).ok()?.trim_end_matches(['\0', ' ']);
            return is_uid(uid).then(|| uid.to_owned());
        }
        rest = after;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(elements: &[&[u8]]) -> Vec<u8> {
        [&[0; 128][..], b"DICM", &elements.concat()].concat()
    }

    #[test]
    fn the_uid_stands_in_the_meta_information() {
        let length: &[u8] = b"\x02\0\0\0UL\x04\0\x50\0\0\0";
        let version: &[u8] = b"\x02\0\x01\0OB\0\0\x02\0\0\0\0\x01";
        let class: &[u8] = b"\x02\0\x02\0UI\x04\0 1.2";
        let uid: &[u8] = b"\x02\0\x03\0UI\x06\x001.2.3\0";
        let whole = file(&[length, version, class, uid, b"\x08\0\x16\0UI"]);
        assert_eq!(sop_instance_uid(&whole).as_deref(), Some("1.2.3"));
        for cut in 0..whole.len() - 6 {
            let told = sop_instance_uid(&whole[..cut]);
            assert!(told.is_none(), "{cut}: {told:?}");
        }
        assert_eq!(sop_instance_uid(&file(&[length, b"\x08\0\x18\0UI\x02\x001\0"])), None);
        assert_eq!(sop_instance_uid(&file(&[b"\x02\0\x03\0UI\x04\0../x"])), None);
        assert_eq!(sop_instance_uid(b"<html>"), None);
    }
}
