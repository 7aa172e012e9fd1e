//! Headers written here field by field, with places worked out by hand, and headers of random bytes.

use crate::frame::{Frame, Modality};
use crate::limits::Limits;
use crate::refusal::Code;
use crate::{Scanned, WarningCode, assemble, decode, scan};
use proptest::prelude::*;

/// A NIfTI-1 header of a `2 × 3 × 4` volume of i16 with an sform of 1, 2 and 3 mm.
fn header() -> Vec<u8> {
    let mut bytes = vec![0; 352];
    put(&mut bytes, 0, &348i32.to_le_bytes());
    for (n, size) in [3i16, 2, 3, 4].into_iter().enumerate() {
        put(&mut bytes, 40 + 2 * n, &size.to_le_bytes());
    }
    put(&mut bytes, 70, &4i16.to_le_bytes());
    reals(&mut bytes, 76, &[1.0, 1.0, 2.0, 3.0]);
    reals(&mut bytes, 108, &[352.0]);
    bytes[123] = 2;
    put(&mut bytes, 254, &1i16.to_le_bytes());
    reals(&mut bytes, 280, &[-1.0, 0.0, 0.0, 10.0, 0.0, -2.0, 0.0, 20.0, 0.0, 0.0, 3.0, 30.0]);
    put(&mut bytes, 344, b"n+1\0");
    bytes
}

fn put(bytes: &mut [u8], at: usize, field: &[u8]) {
    bytes[at..at + field.len()].copy_from_slice(field);
}

fn reals(bytes: &mut [u8], at: usize, values: &[f32]) {
    for (n, value) in values.iter().enumerate() {
        put(bytes, at + 4 * n, &value.to_le_bytes());
    }
}

/// The header with 24 voxels 0, 1, 2, … of `cell` bytes each.
fn file(mut header: Vec<u8>, voxel: impl Fn(i16) -> Vec<u8>) -> Vec<u8> {
    header.extend((0..24).flat_map(voxel));
    header
}

fn words(header: Vec<u8>) -> Vec<u8> {
    file(header, |v| v.to_le_bytes().to_vec())
}

fn frames(file: &[u8]) -> Vec<Frame> {
    match scan("folder/ct.nii", file, file.len() as u64, &Limits::default()) {
        Scanned::Frames(frames) => frames,
        other => panic!("{other:?}"),
    }
}

fn code(file: &[u8]) -> Code {
    match scan("ct.nii", file, file.len() as u64, &Limits::default()) {
        Scanned::Refused(refusal) => refusal.code,
        other => panic!("{other:?}"),
    }
}

/// Row-major affine, and the first HU of every slice.
fn volume(file: &[u8]) -> (Option<[[f64; 4]; 4]>, Vec<i16>) {
    let [series] = <[_; 1]>::try_from(assemble(frames(file)).series).unwrap();
    let first = |frame: &Frame| decode(frame, file, &Limits::default()).unwrap().hu[0];
    (series.geometry.affine.map(|a| a.rows()), series.frames.iter().map(first).collect())
}

const LAST_ROW: [f64; 4] = [0.0, 0.0, 0.0, 1.0];

#[test]
fn right_and_anterior_become_left_and_posterior() {
    let (affine, hu) = volume(&words(header()));
    let rows = [[1.0, 0.0, 0.0, -10.0], [0.0, 2.0, 0.0, -20.0], [0.0, 0.0, 3.0, 30.0], LAST_ROW];
    assert_eq!(affine, Some(rows));
    assert_eq!(hu, [0, 6, 12, 18]);
}

#[test]
fn a_left_handed_grid_runs_the_other_way() {
    let mut header = header();
    reals(&mut header, 280, &[1.0]);
    let (affine, hu) = volume(&words(header));
    let rows = [[-1.0, 0.0, 0.0, -10.0], [0.0, 2.0, 0.0, -20.0], [0.0, 0.0, -3.0, 39.0], LAST_ROW];
    assert_eq!(affine, Some(rows));
    assert_eq!(hu, [18, 12, 6, 0]);
}

#[test]
fn without_an_sform_the_qform_counts_and_without_both_nothing_is_placed() {
    let mut header = header();
    put(&mut header, 252, &[1, 0, 0, 0]);
    // Half a turn about the axis to the head, and k turned over by the sign of pixdim[0].
    reals(&mut header, 256, &[0.0, 0.0, 1.0, 10.0, 20.0, 30.0]);
    reals(&mut header, 76, &[-1.0]);
    let (affine, hu) = volume(&words(header.clone()));
    let rows = [[1.0, 0.0, 0.0, -10.0], [0.0, 2.0, 0.0, -20.0], [0.0, 0.0, 3.0, 21.0], LAST_ROW];
    assert_eq!(affine, Some(rows));
    assert_eq!(hu, [18, 12, 6, 0]);

    put(&mut header, 252, &[0, 0, 0, 0]);
    let series = &assemble(frames(&words(header))).series[0];
    assert_eq!(series.geometry.affine, None);
    assert_eq!(series.spacing_mm, [Some(1.0), Some(2.0), None]);
    assert_eq!(series.warnings[0].code, WarningCode::NoPosition);
}

#[test]
fn units_are_turned_to_millimetres() {
    for (unit, mm) in [(0, 1.0), (1, 1000.0), (2, 1.0), (3, 0.001)] {
        let mut header = header();
        header[123] = unit | 8;
        let frame = &frames(&words(header))[1];
        assert_eq!(frame.place.pixel_spacing, Some([2.0 * mm, mm]));
        assert_eq!(frame.place.position, Some([-10.0 * mm, -20.0 * mm, 33.0 * mm]));
    }
}

#[test]
fn a_sheared_grid_keeps_its_shear() {
    let mut header = header();
    // One millimetre to the back with every slice.
    reals(&mut header, 304, &[-1.0]);
    let (affine, _) = volume(&words(header.clone()));
    assert_eq!(affine.unwrap().map(|row| row[2]), [0.0, 1.0, 3.0, 0.0]);
    let series = &assemble(frames(&words(header))).series[0];
    assert_eq!(series.warnings[0].code, WarningCode::Tilt);
}

#[test]
fn every_datatype_in_both_byte_orders() {
    type Voxel = fn(i16) -> Vec<u8>;
    let table: [(u8, u8, Voxel); 10] = [
        (2, 0, |v| vec![v as u8]),
        (4, 0, |v| v.to_be_bytes().to_vec()),
        (8, 0, |v| i32::from(v).to_be_bytes().to_vec()),
        (16, 0, |v| f32::from(v).to_be_bytes().to_vec()),
        (64, 0, |v| f64::from(v).to_be_bytes().to_vec()),
        (0, 1, |v| (v as i8).to_be_bytes().to_vec()),
        (0, 2, |v| (v as u16).to_be_bytes().to_vec()),
        (0, 3, |v| (v as u32).to_be_bytes().to_vec()),
        (0, 4, |v| i64::from(v).to_be_bytes().to_vec()),
        (0, 5, |v| (v as u64).to_be_bytes().to_vec()),
    ];
    for (low, high, voxel) in table {
        let mut little = header();
        put(&mut little, 70, &[low, high]);
        // A slope of 2 and an intercept of -1.
        reals(&mut little, 112, &[2.0, -1.0]);
        let mut big = little.clone();
        for at in [0, 76, 80, 84, 88, 108, 112, 116].into_iter().chain((280..328).step_by(4)) {
            big[at..at + 4].reverse();
        }
        for at in [40, 42, 44, 46, 70, 254] {
            big[at..at + 2].reverse();
        }
        let reversed = |v| voxel(v).into_iter().rev().collect();
        for file in [file(little, reversed), file(big, voxel)] {
            assert_eq!(volume(&file).1, [-1, 11, 23, 35], "datatype {low} {high}");
        }
    }
}

#[test]
fn version_2_has_the_same_fields_elsewhere() {
    let mut bytes = vec![0; 544];
    put(&mut bytes, 0, &540i32.to_le_bytes());
    put(&mut bytes, 4, b"n+2\0\r\n\x1a\n");
    put(&mut bytes, 12, &4i16.to_le_bytes());
    for (n, size) in [3i64, 2, 3, 4].into_iter().enumerate() {
        put(&mut bytes, 16 + 8 * n, &size.to_le_bytes());
    }
    put(&mut bytes, 168, &544i64.to_le_bytes());
    put(&mut bytes, 348, &1i32.to_le_bytes());
    let rows = [-1.0f64, 0.0, 0.0, 10.0, 0.0, -2.0, 0.0, 20.0, 0.0, 0.0, 3.0, 30.0];
    for (n, value) in rows.into_iter().enumerate() {
        put(&mut bytes, 400 + 8 * n, &value.to_le_bytes());
    }
    bytes[500] = 2;
    assert_eq!(volume(&words(bytes)), volume(&words(header())));
}

#[test]
fn a_slope_of_nothing_scales_nothing() {
    let none = Modality::Linear { slope: 1.0, intercept: 0.0 };
    for slope in [0.0, f32::NAN, f32::INFINITY] {
        let mut header = header();
        reals(&mut header, 112, &[slope, -1024.0]);
        assert_eq!(frames(&words(header))[0].modality_values, none);
    }
}

#[test]
fn extensions_are_stepped_over_and_one_slice_is_one() {
    let mut longer = header();
    reals(&mut longer, 108, &[368.0]);
    longer.extend([7; 16]);
    assert_eq!(volume(&words(longer)).1, [0, 6, 12, 18]);
    let mut single = header();
    single[40] = 2;
    let series = &assemble(frames(&words(single))).series[0];
    assert_eq!(series.spacing_mm, [Some(1.0), Some(2.0), Some(3.0)]);
    assert_eq!(series.warnings[0].code, WarningCode::SingleSlice);
}

#[test]
fn two_files_are_two_series() {
    let mut both = frames(&words(header()));
    both.extend(both.clone().into_iter().map(|f| Frame { path: "other.nii".to_owned(), ..f }));
    let assembly = assemble(both);
    assert_eq!(assembly.series.len(), 2);
    assert!(
        assembly.series.iter().all(|s| s.warnings.is_empty() && s.series_instance_uid.is_none())
    );
    assert_eq!(assembly.series[0].description, "ct.nii");
}

#[test]
fn what_cannot_be_is_refused() {
    let whole = words(header());
    let with = |at: usize, field: &[u8]| {
        let mut file = whole.clone();
        put(&mut file, at, field);
        code(&file)
    };
    assert_eq!(code(&whole[..whole.len() - 1]), Code::Truncated);
    assert_eq!(code(&whole[..200]), Code::Truncated);
    assert_eq!(with(344, b"ni1\0"), Code::NoPixels);
    // No magic: another format.
    assert_eq!(with(344, b"xyz\0"), Code::NotDicom);
    assert_eq!(with(70, &[128]), Code::UnsupportedPixelFormat);
    assert_eq!(with(40, &[4, 0, 2, 0, 3, 0, 2, 0, 2, 0]), Code::BadDimensions);
    assert_eq!(with(40, &[0]), Code::BadDimensions);
    assert_eq!(with(42, &[0, 0]), Code::BadDimensions);
    assert_eq!(with(42, &[0xFF, 0xFF]), Code::BadDimensions);
    assert_eq!(with(42, &[0xFF, 0x7F]), Code::TooLarge);
    assert_eq!(with(46, &[0xFF, 0x7F]), Code::Truncated);
    assert_eq!(with(108, &(-352.0f32).to_le_bytes()), Code::CorruptHeader);
    assert_eq!(with(108, &1e30f32.to_le_bytes()), Code::Truncated);
}

proptest! {
    /// Whatever the fields hold, there is an answer.
    #[test]
    fn random_headers_do_not_panic(
        random in prop::collection::vec(any::<u8>(), 348),
        kept in prop::collection::vec(0usize..348, 0..60),
        datatype in prop::sample::select(vec![2u8, 4, 8, 16, 64]),
    ) {
        let mut header = header();
        kept.iter().for_each(|&at| header[at] = random[at]);
        put(&mut header, 0, &348i32.to_le_bytes());
        header[70] = datatype;
        let file = file(header, |v| vec![v as u8; 8]);
        if let Scanned::Frames(frames) = scan("a.nii", &file, file.len() as u64, &Limits::default()) {
            for frame in &frames {
                let pixels = decode(frame, &file, &Limits::default()).unwrap();
                prop_assert_eq!(pixels.hu.len(), frame.rows * frame.columns);
            }
            prop_assert!(!assemble(frames).series.is_empty());
        }
    }
}
