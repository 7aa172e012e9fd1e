//! Labels of the stones, and the HU, as NIfTI-1 volumes on the series' own grid (nifti1.h, "single file" form).

use crate::dicom::Refused;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::{self, Write};
use stones::Candidate;
use volume::{Affine, DVec3, Geometry, Volume, Voxel};

const HEADER: usize = 348;
/// Header, four bytes of "no extension", then the voxels.
const VOXELS_AT: f32 = 352.0;
const DT_INT16: i16 = 4;
const DT_UINT16: i16 = 512;
/// `sform_code` and `qform_code`: coordinates of the scanner; unknown.
const SCANNER: i16 = 1;
const UNKNOWN: i16 = 0;
const UNITS_MM: u8 = 2;
/// A slice further off its even place than this share of the usual distance is not where NIfTI says.
const EVEN: f64 = 0.05;

/// A gzipped NIfTI whose voxels hold the id of the stone they belong to, 0 for none.
pub fn labels(geometry: &Geometry, masks: &[(u32, &Candidate)]) -> Result<Vec<u8>, Refused> {
    even(geometry)?;
    let mut voxels = vec![0u16; geometry.voxels()];
    for (id, mask) in masks {
        for &[i, j, k] in &mask.voxels {
            if let Some(voxel) = voxels.get_mut((k * geometry.rows + j) * geometry.columns + i) {
                *voxel = u16::try_from(*id).unwrap_or(u16::MAX);
            }
        }
    }
    let slices = voxels.chunks(geometry.slice_len().max(1));
    let slices = slices.map(|slice| slice.iter().flat_map(|v| v.to_le_bytes()).collect());
    Ok(file(geometry, DT_UINT16, slices)?)
}

/// A gzipped NIfTI of the HU.
pub fn image(volume: &Volume) -> Result<Vec<u8>, Refused> {
    let geometry = &volume.geometry;
    even(geometry)?;
    let slices = (0..geometry.slices).map(|k| volume.slice(k));
    let slices = slices.map(|slice| slice.iter().flat_map(|v| v.to_le_bytes()).collect());
    Ok(file(geometry, DT_INT16, slices)?)
}

/// NIfTI has one distance between slices for all of them.
fn even(geometry: &Geometry) -> Result<(), Refused> {
    let Some(affine) = geometry.affine else { return Ok(()) };
    let off = |(k, origin): (usize, &DVec3)| {
        let told = affine.patient(Voxel(DVec3::new(0.0, 0.0, k as f64))).0;
        (*origin - told).length() > EVEN * affine.slice_distance_mm().abs()
    };
    match geometry.origins.iter().enumerate().any(off) {
        true => Err(Refused::Uneven),
        false => Ok(()),
    }
}

fn file(
    geometry: &Geometry,
    kind: i16,
    mut slices: impl Iterator<Item = Vec<u8>>,
) -> io::Result<Vec<u8>> {
    if geometry.slices > i16::MAX as usize {
        return Err(io::Error::other("NIfTI-1 holds 32,767 slices at most"));
    }
    let mut file = GzEncoder::new(Vec::new(), Compression::fast());
    file.write_all(&header(geometry, kind))?;
    file.write_all(&[0; 4])?;
    slices.try_for_each(|slice| file.write_all(&slice))?;
    file.finish()
}

fn header(geometry: &Geometry, kind: i16) -> [u8; HEADER] {
    let mut header = [0u8; HEADER];
    let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
    put(0, &(HEADER as i32).to_le_bytes());
    let size = [3, geometry.columns, geometry.rows, geometry.slices, 1, 1, 1, 1];
    for (n, len) in size.into_iter().enumerate() {
        put(40 + 2 * n, &(len as i16).to_le_bytes());
    }
    put(70, &kind.to_le_bytes());
    put(72, &16i16.to_le_bytes());
    let spacing = geometry.affine.map_or([1.0; 3], |a| a.spacing_mm());
    for (n, mm) in [1.0].into_iter().chain(spacing).enumerate() {
        put(76 + 4 * n, &(mm as f32).to_le_bytes());
    }
    put(108, &VOXELS_AT.to_le_bytes());
    put(112, &1f32.to_le_bytes());
    put(123, &[UNITS_MM]);
    put(252, &UNKNOWN.to_le_bytes());
    put(254, &if geometry.affine.is_some() { SCANNER } else { UNKNOWN }.to_le_bytes());
    for (row, values) in ras(geometry.affine).into_iter().enumerate() {
        for (column, value) in values.into_iter().enumerate() {
            put(280 + 16 * row + 4 * column, &(value as f32).to_le_bytes());
        }
    }
    put(344, b"n+1\0");
    header
}

/// The first three rows of the affine in NIfTI's RAS: L and P of DICOM's LPS change sign.
fn ras(affine: Option<Affine>) -> [[f64; 4]; 3] {
    let Some(affine) = affine else {
        return [[1.0, 0.0, 0.0, 0.0], [0.0, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0]];
    };
    let [l, p, h, _] = affine.rows();
    [l.map(|x| -x), p.map(|x| -x), h]
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::read::GzDecoder;
    use std::io::Read;

    fn unpacked(file: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
        bytes
    }

    #[test]
    fn hu_lie_where_their_voxels_do() {
        let geometry = Geometry {
            columns: 3,
            rows: 2,
            slices: 2,
            affine: None,
            positions_mm: vec![],
            origins: vec![],
        };
        let mut volume = Volume::new(geometry).unwrap();
        volume.put(1, &[-1000, 40, 7, 0, 1, 900]);
        let file = unpacked(&image(&volume).unwrap());
        assert_eq!(&file[70..72], &4i16.to_le_bytes());
        let values: Vec<i16> =
            file[352..].chunks(2).map(|v| i16::from_le_bytes([v[0], v[1]])).collect();
        assert_eq!(values, [[-1024; 6], [-1000, 40, 7, 0, 1, 900]].concat());
    }

    #[test]
    fn a_label_lies_where_its_voxel_does() {
        let affine = Affine {
            step: [[0.8, 0.0, 0.0].into(), [0.0, 0.7, 0.0].into(), [0.0, 0.0, 2.5].into()],
            origin: [-100.0, -90.0, 40.0].into(),
        };
        let geometry = Geometry {
            columns: 5,
            rows: 4,
            slices: 3,
            affine: Some(affine),
            positions_mm: vec![0.0, 2.5, 5.0],
            origins: vec![],
        };
        let mask = Candidate { voxels: vec![[1, 2, 1]], probability: 1.0 };
        let file = unpacked(&labels(&geometry, &[(7, &mask)]).unwrap());
        assert_eq!(file.len(), 352 + 5 * 4 * 3 * 2);
        let at = 352 + 2 * ((4 + 2) * 5 + 1);
        assert_eq!(&file[at..at + 2], &7u16.to_le_bytes());
        assert_eq!(file[352..].iter().filter(|&&b| b != 0).count(), 1);
        // srow_x: R = -L.
        let number = |at: usize| f32::from_le_bytes(file[at..at + 4].try_into().unwrap());
        assert_eq!([number(280), number(292)], [-0.8, 100.0]);
        assert_eq!([number(320), number(324)], [2.5, 40.0]);
        assert_eq!(&file[344..348], b"n+1\0");
    }

    #[test]
    fn slices_that_are_not_even_are_refused() {
        let affine = Affine {
            step: [[1.0, 0.0, 0.0].into(), [0.0, 1.0, 0.0].into(), [0.0, 0.0, 2.0].into()],
            origin: [0.0; 3].into(),
        };
        let uneven = Geometry {
            columns: 1,
            rows: 1,
            slices: 3,
            affine: Some(affine),
            positions_mm: vec![0.0, 2.0, 6.0],
            origins: [0.0, 2.0, 6.0].map(|z| [0.0, 0.0, z].into()).to_vec(),
        };
        assert_eq!(labels(&uneven, &[]), Err(Refused::Uneven));
        assert_eq!(image(&Volume::new(uneven).unwrap()), Err(Refused::Uneven));
    }
}
