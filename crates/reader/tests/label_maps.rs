//! NIfTI labels over a series: the same voxels however the file counts its axes, and nothing of what is another grid.

#![allow(clippy::unwrap_used)]
use flate2::Compression;
use flate2::write::GzEncoder;
use glam::{DMat3, DVec3};
use reader::{Code, LabelVoxels, Limits, labels};
use std::io::Write;
use volume::{Affine, Geometry};

const SIZE: [usize; 3] = [5, 4, 3];

/// An oblique grid, whose slices do not lie along its normal.
fn affine() -> Affine {
    let turned = DMat3::from_rotation_z(0.3) * DMat3::from_rotation_x(-0.2);
    let step = [0.7, 0.8, 2.5].into_iter().zip([DVec3::X, DVec3::Y, DVec3::new(0.0, 0.1, 1.0)]);
    let steps: Vec<DVec3> = step.map(|(mm, axis)| turned * axis * mm).collect();
    Affine { step: [steps[0], steps[1], steps[2]], origin: DVec3::new(-101.3, 20.0, -400.5) }
}

fn geometry() -> Geometry {
    let [columns, rows, slices] = SIZE;
    let affine = affine();
    let origins: Vec<DVec3> =
        (0..slices).map(|k| affine.origin + affine.step[2] * k as f64).collect();
    let positions_mm = (0..slices).map(|k| k as f64 * affine.slice_distance_mm()).collect();
    Geometry { columns, rows, slices, affine: Some(affine), positions_mm, origins }
}

/// Labels 1 and 7 of the series' voxels.
fn expected() -> LabelVoxels {
    [(1, vec![[1, 0, 0], [2, 0, 0], [4, 3, 2]]), (7, vec![[0, 2, 1]])].into()
}

fn label_at(voxel: [usize; 3]) -> u16 {
    let found = expected().into_iter().find(|(_, voxels)| voxels.contains(&voxel));
    found.map_or(0, |(label, _)| label as u16)
}

/// How a label is written.
type Cell = fn(u16) -> Vec<u8>;

/// A file whose axis n runs along axis `order[n]` of the series, backwards where `turned`.
fn file(order: [usize; 3], turned: [bool; 3], datatype: i16, cell: Cell) -> Vec<u8> {
    let size = order.map(|axis| SIZE[axis]);
    let own = affine();
    let mut origin = own.origin;
    let mut steps = [DVec3::ZERO; 3];
    for n in 0..3 {
        steps[n] = own.step[order[n]] * if turned[n] { -1.0 } else { 1.0 };
        if turned[n] {
            origin += own.step[order[n]] * (size[n] - 1) as f64;
        }
    }
    let mut bytes = vec![0u8; 352];
    bytes[..4].copy_from_slice(&348i32.to_le_bytes());
    for (n, &length) in [3].iter().chain(&size).chain(&[1, 1, 1, 1]).enumerate() {
        bytes[40 + 2 * n..42 + 2 * n].copy_from_slice(&(length as i16).to_le_bytes());
    }
    bytes[70..72].copy_from_slice(&datatype.to_le_bytes());
    bytes[108..112].copy_from_slice(&352f32.to_le_bytes());
    bytes[123] = 2;
    bytes[254..256].copy_from_slice(&1i16.to_le_bytes());
    for (row, sign) in [-1.0, -1.0, 1.0].into_iter().enumerate() {
        let values = [steps[0][row], steps[1][row], steps[2][row], origin[row]];
        for (column, value) in values.into_iter().enumerate() {
            let at = 280 + 16 * row + 4 * column;
            bytes[at..at + 4].copy_from_slice(&((sign * value) as f32).to_le_bytes());
        }
    }
    bytes[344..348].copy_from_slice(b"n+1\0");
    for (c, b) in (0..size[2]).flat_map(|c| (0..size[1]).map(move |b| (c, b))) {
        for a in 0..size[0] {
            let mut voxel = [0; 3];
            for (n, at) in [a, b, c].into_iter().enumerate() {
                voxel[order[n]] = if turned[n] { size[n] - 1 - at } else { at };
            }
            bytes.extend(cell(label_at(voxel)));
        }
    }
    bytes
}

fn words(label: u16) -> Vec<u8> {
    label.to_le_bytes().to_vec()
}

fn read(bytes: &[u8]) -> Result<Option<LabelVoxels>, Code> {
    labels("labels.nii", bytes, &geometry(), &Limits::default()).map_err(|refusal| refusal.code)
}

const ORDERS: [[usize; 3]; 6] = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];

#[test]
fn voxels_are_the_same_however_axes_are_counted() {
    for order in ORDERS {
        for turns in 0..8 {
            let turned = [0, 1, 2].map(|axis| turns >> axis & 1 == 1);
            let found = read(&file(order, turned, 512, words));
            assert_eq!(found, Ok(Some(expected())), "{order:?} {turned:?}");
        }
    }
}

#[test]
fn numbers_of_every_kind_and_packed_files_are_read() {
    let cells: [(i16, Cell); 5] = [
        (2, |label| vec![label as u8]),
        (4, words),
        (8, |label| i32::from(label).to_le_bytes().to_vec()),
        (16, |label| f32::from(label).to_le_bytes().to_vec()),
        (64, |label| f64::from(label).to_le_bytes().to_vec()),
    ];
    for (datatype, cell) in cells {
        let plain = file(ORDERS[0], [false; 3], datatype, cell);
        assert_eq!(read(&plain), Ok(Some(expected())), "{datatype}");
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&plain).unwrap();
        let packed = packed.finish().unwrap();
        assert_eq!(read(&packed), Ok(Some(expected())), "{datatype}, packed");
        assert!(read(&packed[..packed.len() / 2]).is_err(), "{datatype}, cut");
    }
}

#[test]
fn another_grid_is_none() {
    let moved = |row: usize, by: f32| {
        let mut bytes = file(ORDERS[0], [false; 3], 512, words);
        let at = 292 + 16 * row;
        let old = f32::from_le_bytes(bytes[at..at + 4].try_into().unwrap());
        bytes[at..at + 4].copy_from_slice(&(old + by).to_le_bytes());
        read(&bytes)
    };
    assert_eq!(moved(0, 0.02), Ok(Some(expected())), "within what a float loses");
    assert_eq!(moved(0, 0.3), Ok(None));
    assert_eq!(moved(2, 2.5), Ok(None), "a slice further");
    let mut smaller = file(ORDERS[0], [false; 3], 512, words);
    smaller[46] = 2;
    assert_eq!(read(&smaller), Ok(None));
    let mut unplaced = file(ORDERS[0], [false; 3], 512, words);
    unplaced[254] = 0;
    assert_eq!(read(&unplaced), Ok(None), "nobody knows where it lies");
}

#[test]
fn what_is_no_label_map_is_refused() {
    let sound = file(ORDERS[0], [false; 3], 512, words);
    for cut in [0, 3, 347, 348, 353, sound.len() - 1] {
        assert!(read(&sound[..cut]).is_err(), "{cut}");
    }
    let negative = file(ORDERS[0], [false; 3], 4, |label| {
        (i16::try_from(label).unwrap() - 1000).to_le_bytes().to_vec()
    });
    assert_eq!(read(&negative), Err(Code::UnsupportedPixelFormat));
    let broken =
        file(ORDERS[0], [false; 3], 16, |label| (f32::from(label) + 0.5).to_le_bytes().to_vec());
    assert_eq!(read(&broken), Err(Code::UnsupportedPixelFormat));
    let nan = file(ORDERS[0], [false; 3], 16, |_| f32::NAN.to_le_bytes().to_vec());
    assert_eq!(read(&nan), Err(Code::UnsupportedPixelFormat));
    assert_eq!(read(b"no NIfTI, whatever its name says"), Err(Code::NotDicom));
    // Each byte of the header turned: an answer or a refusal, and no panic.
    for at in 0..348 {
        let mut odd = sound.clone();
        odd[at] ^= 0xff;
        let _ = read(&odd);
    }
}
