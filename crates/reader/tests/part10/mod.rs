//! DICOM files written by hand, so that tests need no other files (PS3.10 7.1, PS3.5 7.1.2).

/// An element in explicit VR little endian.
pub fn element(tag: u32, vr: &str, value: &[u8]) -> Vec<u8> {
    let mut out = [((tag >> 16) as u16).to_le_bytes(), (tag as u16).to_le_bytes()].concat();
    let padded = [value, if value.len() % 2 == 1 { &[0x20][..] } else { &[] }].concat();
    out.extend_from_slice(vr.as_bytes());
    if ["OB", "OF", "OW", "SQ", "UN"].contains(&vr) {
        out.extend_from_slice(&[0, 0]);
        out.extend_from_slice(&(padded.len() as u32).to_le_bytes());
    } else {
        out.extend_from_slice(&(padded.len() as u16).to_le_bytes());
    }
    out.extend_from_slice(&padded);
    out
}

pub fn text(tag: u32, vr: &str, value: &str) -> Vec<u8> {
    element(tag, vr, value.as_bytes())
}

pub fn word(tag: u32, value: u16) -> Vec<u8> {
    element(tag, "US", &value.to_le_bytes())
}

pub const COLUMNS: usize = 6;
pub const ROWS: usize = 4;

/// A CT slice of 6 × 4 signed 16 bit values at `z`: stored value = `base` + index of the pixel.
#[derive(Clone)]
pub struct Slice {
    pub z: f64,
    pub instance: i32,
    pub base: i16,
    pub series: &'static str,
    pub image_type: &'static str,
    /// Put before the pixel data; ascending tags are not needed.
    pub extra: Vec<u8>,
}

impl Slice {
    pub fn at(z: f64, instance: i32) -> Self {
        let image_type = "ORIGINAL\\PRIMARY\\AXIAL";
        Self { z, instance, base: instance as i16 * 10, series: "1.2.3", image_type, extra: vec![] }
    }

    pub fn stored(&self) -> Vec<i16> {
        (0..(COLUMNS * ROWS) as i16).map(|n| self.base + n).collect()
    }

    /// The data set without file meta information.
    pub fn data_set(&self) -> Vec<u8> {
        let pixels: Vec<u8> = self.stored().iter().flat_map(|v| v.to_le_bytes()).collect();
        [
            text(0x0008_0008, "CS", self.image_type),
            text(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
            text(0x0008_0018, "UI", &format!("{}.{}", self.series, self.instance)),
            text(0x0008_0060, "CS", "CT"),
            text(0x0010_0020, "LO", "P1"),
            text(0x0018_0050, "DS", "5"),
            text(0x0020_000E, "UI", self.series),
            text(0x0020_0013, "IS", &self.instance.to_string()),
            text(0x0020_0032, "DS", &format!("-10\\-20\\{}", self.z)),
            text(0x0020_0037, "DS", "1\\0\\0\\0\\1\\0"),
            word(0x0028_0002, 1),
            word(0x0028_0010, ROWS as u16),
            word(0x0028_0011, COLUMNS as u16),
            text(0x0028_0030, "DS", "0.5\\0.75"),
            word(0x0028_0100, 16),
            word(0x0028_0101, 16),
            word(0x0028_0102, 15),
            word(0x0028_0103, 1),
            text(0x0028_1052, "DS", "-1024"),
            text(0x0028_1053, "DS", "1"),
            self.extra.clone(),
            element(0x7FE0_0010, "OW", &pixels),
        ]
        .concat()
    }

    /// A file with preamble and meta group.
    pub fn file(&self) -> Vec<u8> {
        let syntax = element(0x0002_0010, "UI", b"1.2.840.10008.1.2.1\0");
        [vec![0; 128], b"DICM".to_vec(), syntax, self.data_set()].concat()
    }
}
