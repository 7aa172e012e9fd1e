//! The fields of both versions, in either byte order.

use crate::refusal::{Code, Fault};

/// Where the fields lie, and how wide they are.
#[derive(Debug, PartialEq, Eq)]
pub struct Layout {
    pub length: usize,
    /// Where the magic is, with voxels in the same file and in another.
    magic: (usize, [&'static [u8]; 2]),
    /// Bytes of a dimension, of a real number, of a form code.
    dimension: usize,
    real: usize,
    code: usize,
    datatype: usize,
    dim: usize,
    pixdim: usize,
    vox_offset: usize,
    scl_slope: usize,
    xyzt_units: usize,
    /// `sform_code` follows, wherever it is.
    qform_code: usize,
    quatern_b: usize,
    srow_x: usize,
}

const ONE: Layout = Layout {
    length: 348,
    magic: (344, [b"n+1\0", b"ni1\0"]),
    dimension: 2,
    real: 4,
    code: 2,
    datatype: 70,
    dim: 40,
    pixdim: 76,
    vox_offset: 108,
    scl_slope: 112,
    xyzt_units: 123,
    qform_code: 252,
    quatern_b: 256,
    srow_x: 280,
};

const TWO: Layout = Layout {
    length: 540,
    magic: (4, [b"n+2\0\r\n\x1a\n", b"ni2\0\r\n\x1a\n"]),
    dimension: 8,
    real: 8,
    code: 4,
    datatype: 12,
    dim: 16,
    pixdim: 104,
    vox_offset: 168,
    scl_slope: 176,
    xyzt_units: 500,
    qform_code: 344,
    quatern_b: 352,
    srow_x: 400,
};

/// Which version a file is, and whether it is big endian; told by its length field and its magic.
pub fn sniff(prefix: &[u8]) -> Option<(&'static Layout, bool)> {
    let length = *prefix.first_chunk::<4>()?;
    [&ONE, &TWO].into_iter().find_map(|layout| {
        let (at, magics) = &layout.magic;
        // A file that ends before its magic is one if its length field says so.
        let magic = prefix.get(*at..).unwrap_or(&[]);
        let fits = magics.iter().any(|m| magic.starts_with(m) || prefix.len() <= *at);
        let wanted = layout.length as u32;
        match (u32::from_le_bytes(length) == wanted, u32::from_be_bytes(length) == wanted) {
            (true, _) if fits => Some((layout, false)),
            (_, true) if fits => Some((layout, true)),
            _ => None,
        }
    })
}

/// A whole header.
pub struct Header<'a> {
    pub bytes: &'a [u8],
    pub layout: &'static Layout,
    pub big: bool,
}

impl Header<'_> {
    /// Whether the voxels are in another file.
    pub fn is_apart(&self) -> bool {
        let (at, [_, apart]) = self.layout.magic;
        self.bytes.get(at..).is_some_and(|rest| rest.starts_with(apart))
    }

    /// The number of axes, then the size of each; those beyond the number mean nothing.
    pub fn dimensions(&self) -> [i64; 8] {
        let Layout { dim, dimension, .. } = *self.layout;
        std::array::from_fn(|n| self.whole(dim + n * dimension, dimension))
    }

    pub fn datatype(&self) -> i64 {
        self.whole(self.layout.datatype, 2)
    }

    /// The handedness of the qform, then the distance of voxels along each axis.
    pub fn pixel_dimensions(&self) -> [f64; 4] {
        self.reals(self.layout.pixdim)
    }

    /// Where the voxels begin: after the header and its extensions. 0 is met where there are none.
    pub fn voxel_offset(&self) -> Result<u64, Fault> {
        let Layout { vox_offset, real, length, .. } = *self.layout;
        let offset = match real {
            4 => self.real(vox_offset) as i64,
            _ => self.whole(vox_offset, 8),
        };
        let least = length as u64 + 4;
        match u64::try_from(offset) {
            Ok(0) => Ok(least),
            Ok(offset) if offset >= least => Ok(offset),
            _ => Err(Fault::new(Code::CorruptHeader, format!("voxels from byte {offset} on"))),
        }
    }

    /// Slope and intercept.
    pub fn scaling(&self) -> [f64; 2] {
        self.reals(self.layout.scl_slope)
    }

    /// Millimetres per unit of length; an unknown unit is taken for the millimetre.
    pub fn unit_mm(&self) -> f64 {
        let Layout { xyzt_units, code, .. } = *self.layout;
        let units = if code == 4 { self.whole(xyzt_units, 4) } else { self.whole(xyzt_units, 1) };
        match units & 7 {
            1 => 1000.0,
            3 => 0.001,
            _ => 1.0,
        }
    }

    /// Codes of qform and sform; above 0: it is there.
    pub fn form_codes(&self) -> [i64; 2] {
        let Layout { qform_code, code, .. } = *self.layout;
        [0, 1].map(|n| self.whole(qform_code + n * code, code))
    }

    /// b, c and d of the quaternion, then the offset.
    pub fn quaternion(&self) -> [f64; 6] {
        self.reals(self.layout.quatern_b)
    }

    /// The first three rows of the matrix, row by row.
    pub fn rows(&self) -> [f64; 12] {
        self.reals(self.layout.srow_x)
    }

    fn reals<const N: usize>(&self, at: usize) -> [f64; N] {
        std::array::from_fn(|n| self.real(at + n * self.layout.real))
    }

    fn real(&self, at: usize) -> f64 {
        match self.layout.real {
            4 => f64::from(f32::from_bits(self.bits(at, 4) as u32)),
            _ => f64::from_bits(self.bits(at, 8)),
        }
    }

    /// Two's complement of `width` bytes.
    fn whole(&self, at: usize, width: usize) -> i64 {
        let unused = 64 - 8 * width as u32;
        (self.bits(at, width) << unused) as i64 >> unused
    }

    fn bits(&self, at: usize, width: usize) -> u64 {
        let field = self.bytes.get(at..at + width).unwrap_or(&[]);
        let join = |value: u64, &byte: &u8| value << 8 | u64::from(byte);
        if self.big { field.iter().fold(0, join) } else { field.iter().rev().fold(0, join) }
    }
}
