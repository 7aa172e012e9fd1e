//! UIDs that follow from what they name: `2.25.` and a UUID (PS3.5 B.2) of version 5 (RFC 9562 5.5).

use sha1::{Digest, Sha1};

/// Lithoscope's own space of names.
const SPACE: [u8; 16] = [
    0x2f, 0x8c, 0x1d, 0x53, 0x4b, 0x7e, 0x4a, 0x09, 0x9b, 0x6e, 0xd1, 0x60, 0x35, 0xa8, 0xc2, 0x74,
];

/// The UID of a name; equal names have equal UIDs, on every machine.
pub fn uid(name: impl AsRef<[u8]>) -> String {
    format!("2.25.{}", u128::from_be_bytes(uuid(&SPACE, name.as_ref())))
}

fn uuid(space: &[u8; 16], name: &[u8]) -> [u8; 16] {
    let digest = Sha1::new().chain_update(space).chain_update(name).finalize();
    let mut uuid = [0; 16];
    uuid.copy_from_slice(&digest[..16]);
    uuid[6] = uuid[6] & 0x0f | 0x50;
    uuid[8] = uuid[8] & 0x3f | 0x80;
    uuid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standards_own_example() {
        // RFC 9562 A.4: www.example.com in the space of DNS names.
        let dns = 0x6ba7b810_9dad_11d1_80b4_00c04fd430c8_u128.to_be_bytes();
        let expected = 0x2ed6657d_e927_568b_95e1_2665a8aea6a2_u128.to_be_bytes();
        assert_eq!(uuid(&dns, b"www.example.com"), expected);
    }

    #[test]
    fn a_uid_fits_its_element() {
        let uid = uid("a name");
        assert!(uid.len() <= 64 && uid.starts_with("2.25.") && !uid.starts_with("2.25.0"));
    }
}
