//! Browsers compile a function when it is first called, and once more, so that it is fast, when it has worked for a while. What
//! stands between a drop and the first picture works before, on a slice that is made up, so that nobody waits for the compiler.

use reader::{Frame, Limits, Pixels, Scanned};

const SIDE: u16 = 256;
const TIMES: usize = 4;

/// The slice, read from its file time and again.
pub fn slices() -> impl Iterator<Item = (Frame, Pixels)> {
    (0..TIMES).filter_map(|_| slice())
}

fn slice() -> Option<(Frame, Pixels)> {
    let (file, limits) = (file(), Limits::default());
    let Scanned::Frames(mut frames) = reader::scan("", &file, file.len() as u64, &limits) else {
        return None;
    };
    let frame = frames.pop()?;
    let pixels = reader::decode(&frame, &file, &limits).ok()?;
    Some((frame, pixels))
}

/// Explicit VR little endian, as most scanners write it.
fn file() -> Vec<u8> {
    let mut file = [&[0; 128][..], b"DICM"].concat();
    let mut put = |tag: u32, vr: &[u8; 2], value: &[u8]| {
        let odd = value.len() % 2;
        file.extend(((tag >> 16) as u16).to_le_bytes());
        file.extend((tag as u16).to_le_bytes());
        file.extend(vr);
        if vr == b"OW" {
            file.extend([0, 0]);
            file.extend((value.len() as u32).to_le_bytes());
        } else {
            file.extend(((value.len() + odd) as u16).to_le_bytes());
        }
        file.extend(value);
        file.extend(&[0][..odd]);
    };
    put(0x0002_0010, b"UI", b"1.2.840.10008.1.2.1");
    put(0x0008_0016, b"UI", b"1.2.840.10008.5.1.4.1.1.2");
    put(0x0008_0018, b"UI", b"2.25.1");
    put(0x0008_0060, b"CS", b"CT");
    put(0x0020_000D, b"UI", b"2.25.2");
    put(0x0020_000E, b"UI", b"2.25.3");
    put(0x0020_0032, b"DS", b"0\\0\\0");
    put(0x0020_0037, b"DS", b"1\\0\\0\\0\\1\\0");
    put(0x0028_0002, b"US", &1u16.to_le_bytes());
    put(0x0028_0004, b"CS", b"MONOCHROME2");
    put(0x0028_0010, b"US", &SIDE.to_le_bytes());
    put(0x0028_0011, b"US", &SIDE.to_le_bytes());
    put(0x0028_0030, b"DS", b"1\\1");
    put(0x0028_0100, b"US", &16u16.to_le_bytes());
    put(0x0028_0101, b"US", &12u16.to_le_bytes());
    put(0x0028_0102, b"US", &11u16.to_le_bytes());
    put(0x0028_0103, b"US", &0u16.to_le_bytes());
    put(0x0028_1052, b"DS", b"-1024");
    put(0x0028_1053, b"DS", b"1");
    put(0x7FE0_0010, b"OW", &[0; 2 * SIDE as usize * SIDE as usize]);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_up_is_a_slice() {
        let (frame, pixels) = slice().unwrap();
        assert_eq!((frame.rows, frame.columns), (256, 256));
        assert!(pixels.hu.len() == 256 * 256 && pixels.hu.iter().all(|&hu| hu == -1024));
        let assembly = reader::assemble(vec![frame]);
        assert!(assembly.series[0].geometry.affine.is_some());
    }
}
