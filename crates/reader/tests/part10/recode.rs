//! Data sets in explicit VR little endian, written anew in the two other encodings (PS3.5 7.1).

/// A flat data set in implicit VR little endian.
pub fn implicit(data_set: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for (tag, _, value) in elements(data_set) {
        out.extend_from_slice(tag);
        out.extend_from_slice(&(value.len() as u32).to_le_bytes());
        out.extend_from_slice(value);
    }
    out
}

/// The same in explicit VR big endian: tags, lengths and 16 bit values turned round (PS3.5 7.3).
pub fn big(data_set: &[u8]) -> Vec<u8> {
    let turned = |bytes: &[u8]| -> Vec<u8> {
        bytes.chunks(2).flat_map(|pair| pair.iter().rev().copied()).collect()
    };
    let mut out = Vec::new();
    for (tag, vr, value) in elements(data_set) {
        out.extend(turned(tag));
        out.extend_from_slice(vr);
        match vr {
            b"OB" | b"OW" => {
                out.extend_from_slice(&[0, 0]);
                out.extend_from_slice(&(value.len() as u32).to_be_bytes());
            }
            _ => out.extend_from_slice(&(value.len() as u16).to_be_bytes()),
        }
        out.extend(if [b"US", b"SS", b"OW"].contains(&vr) {
            turned(value)
        } else {
            value.to_vec()
        });
    }
    out
}

/// Tag, VR and value of each element in explicit VR little endian without sequences.
fn elements(mut data: &[u8]) -> Vec<(&[u8], &[u8; 2], &[u8])> {
    let mut found = Vec::new();
    while let Some((head, rest)) = data.split_at_checked(8) {
        let (tag, [v, r, e, f]) = (&head[..4], head.last_chunk().unwrap());
        let (length, rest) = match &[*v, *r] {
            b"OB" | b"OW" => {
                let (length, rest) = rest.split_first_chunk().unwrap();
                (u32::from_le_bytes(*length) as usize, rest)
            }
            _ => (usize::from(u16::from_le_bytes([*e, *f])), rest),
        };
        let (value, rest) = rest.split_at(length);
        found.push((tag, head[4..].first_chunk().unwrap(), value));
        data = rest;
    }
    found
}
