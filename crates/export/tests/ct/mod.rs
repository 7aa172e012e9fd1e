//! A small synthetic CT series as DICOM files, read by our own reader, and stones put into it by hand.

use dicom_core::value::PrimitiveValue;
use dicom_core::{DataElement, Tag, VR};
use dicom_dictionary_std::{tags, uids};
use dicom_object::{FileMetaTableBuilder, InMemDicomObject};
use reader::{Limits, Scanned, Series, assemble, decode, scan};
use std::fs;
use std::path::Path;
use stones::findings::{
    Bounds, Engine, ErrorBand, FindAgain, Label, Level, ModelCard, SCHEMA, Seconds, SeriesCard,
    Side, Software,
};
use stones::{Candidate, Findings, Stone};
use volume::Voxel;

const COLUMNS: usize = 19;
const ROWS: usize = 23;
const SLICES: usize = 8;
const SPACING: [f64; 2] = [0.7, 0.8];

/// Directions of rows and columns, from slice to slice, and the slices that are left out.
#[derive(Clone, Copy)]
pub struct Stack {
    pub row: [f64; 3],
    pub column: [f64; 3],
    pub step: [f64; 3],
    pub missing: &'static [usize],
}

impl Stack {
    pub fn normal(&self) -> [f64; 3] {
        let (r, c) = (self.row, self.column);
        [r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]]
    }
}

/// A voxel by SOP instance, column and row.
pub type Named = (String, usize, usize);

pub struct Case {
    pub series: Series,
    pub findings: Findings,
    pub masks: Vec<(u32, Candidate)>,
}

impl Case {
    /// By stone, its voxels.
    pub fn voxels(&self) -> Vec<(u32, Vec<Named>)> {
        let name = |&[i, j, k]: &[usize; 3]| {
            (self.series.frames[k].identity.sop_instance_uid.clone(), i, j)
        };
        self.masks.iter().map(|(id, mask)| (*id, mask.voxels.iter().map(name).collect())).collect()
    }
}

/// Writes the files into a folder, reads them, and puts a stone on each side.
pub fn case(stack: &Stack, folder: &Path) -> Case {
    fs::create_dir_all(folder).unwrap();
    let limits = Limits::default();
    let mut frames = Vec::new();
    for k in (0..SLICES).filter(|k| !stack.missing.contains(k)) {
        let file = slice(stack, k);
        fs::write(folder.join(format!("ct-{k}.dcm")), &file).unwrap();
        let Scanned::Frames(mut found) = scan("ct", &file, file.len() as u64, &limits) else {
            panic!("the slice is not read")
        };
        found[0].path = format!("ct-{k}.dcm");
        found[0].seen = Some(decode(&found[0], &file, &limits).unwrap().seen());
        frames.append(&mut found);
    }
    let mut assembly = assemble(frames);
    assert_eq!((assembly.series.len(), assembly.refused.len()), (1, 0));
    let series = assembly.series.remove(0);
    let masks = vec![
        (1, mask(&[[3, 4, 2], [4, 4, 2], [3, 5, 2], [3, 4, 3], [18, 22, 3]])),
        (2, mask(&[[10, 11, 0], [10, 11, 1], [10, 11, 2], [0, 0, 2]])),
        // Touches the first: segments may overlap in a frame's box, never in their own frames.
        (3, mask(&[[5, 4, 2]])),
    ];
    let sides = [Some(Side::Left), Some(Side::Right), Some(Side::Midline)];
    let stones = masks.iter().zip(sides);
    let stones = stones.map(|((id, mask), side)| stone(&series, *id, mask, side)).collect();
    Case { findings: findings(&series, stones), series, masks }
}

fn mask(voxels: &[[usize; 3]]) -> Candidate {
    Candidate { voxels: voxels.to_vec(), probability: 0.9 }
}

fn uid(of: &str) -> String {
    format!("1.2.3.4.{of}")
}

fn slice(stack: &Stack, k: usize) -> Vec<u8> {
    let position: [f64; 3] =
        std::array::from_fn(|axis| [-101.3, -77.7, 512.25][axis] + stack.step[axis] * k as f64);
    let join = |values: &[f64]| {
        values.iter().map(|value| format!("{value:.10}")).collect::<Vec<_>>().join("\\")
    };
    let orientation = [stack.row, stack.column].concat();
    let pixels: Vec<u16> = (0..COLUMNS * ROWS).map(|at| (at * 7 + k * 31) as u16 % 900).collect();
    let texts: [(Tag, VR, String); 26] = [
        (tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192".into()),
        (tags::IMAGE_TYPE, VR::CS, "ORIGINAL\\PRIMARY\\AXIAL".into()),
        (tags::SOP_CLASS_UID, VR::UI, uids::CT_IMAGE_STORAGE.into()),
        (tags::SOP_INSTANCE_UID, VR::UI, uid(&format!("3.{}", k + 1))),
        (tags::STUDY_DATE, VR::DA, "20260301".into()),
        (tags::STUDY_TIME, VR::TM, "101112".into()),
        (tags::ACCESSION_NUMBER, VR::SH, "A77".into()),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, "Kim^Referring".into()),
        (tags::MODALITY, VR::CS, "CT".into()),
        (tags::PATIENT_NAME, VR::PN, "Hong^Gildong=洪^吉洞=홍^길동".into()),
        (tags::PATIENT_ID, VR::LO, "P-1".into()),
        (tags::PATIENT_BIRTH_DATE, VR::DA, "19700102".into()),
        (tags::PATIENT_SEX, VR::CS, "M".into()),
        (tags::SLICE_THICKNESS, VR::DS, "2.5".into()),
        (tags::STUDY_INSTANCE_UID, VR::UI, uid("1")),
        (tags::SERIES_INSTANCE_UID, VR::UI, uid("2")),
        (tags::STUDY_ID, VR::SH, "S-1".into()),
        (tags::SERIES_NUMBER, VR::IS, "3".into()),
        (tags::INSTANCE_NUMBER, VR::IS, (k + 1).to_string()),
        (tags::FRAME_OF_REFERENCE_UID, VR::UI, uid("4")),
        (tags::IMAGE_POSITION_PATIENT, VR::DS, join(&position)),
        (tags::IMAGE_ORIENTATION_PATIENT, VR::DS, join(&orientation)),
        (tags::PIXEL_SPACING, VR::DS, join(&SPACING)),
        (tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2".into()),
        (tags::RESCALE_INTERCEPT, VR::DS, "-100".into()),
        (tags::RESCALE_SLOPE, VR::DS, "1".into()),
    ];
    let numbers = [
        (tags::SAMPLES_PER_PIXEL, 1),
        (tags::ROWS, ROWS),
        (tags::COLUMNS, COLUMNS),
        (tags::BITS_ALLOCATED, 16),
        (tags::BITS_STORED, 16),
        (tags::HIGH_BIT, 15),
        (tags::PIXEL_REPRESENTATION, 0),
    ];
    let texts = texts.into_iter().map(|(tag, vr, v)| DataElement::new(tag, vr, v.as_str()));
    let numbers = numbers
        .into_iter()
        .map(|(tag, n)| DataElement::new(tag, VR::US, PrimitiveValue::from(n as u16)));
    let pixels = DataElement::new(tags::PIXEL_DATA, VR::OW, PrimitiveValue::U16(pixels.into()));
    let object = InMemDicomObject::from_element_iter(texts.chain(numbers).chain([pixels]));
    let meta = FileMetaTableBuilder::new().transfer_syntax(uids::EXPLICIT_VR_LITTLE_ENDIAN);
    let mut file = Vec::new();
    object.with_meta(meta).unwrap().write_all(&mut file).unwrap();
    file
}

fn stone(series: &Series, id: u32, mask: &Candidate, side: Option<Side>) -> Stone {
    let [i, j, k] = mask.voxels[0].map(|at| at as f64);
    let centre = series.geometry.patient(Voxel([i, j, k].into())).unwrap();
    let (min, max) = mask.bounds();
    // The third is as small as a number can tell.
    let limits = ["resolution_limit", "craniocaudal_limit", "hu_not_reliable", "partial_volume"];
    let limits = if id == 3 { &limits[..] } else { &[] };
    Stone {
        id,
        label: Label::Stone,
        review: None,
        drawn: None,
        probability: Some(0.93),
        tract_score: None,
        side,
        center_mm: Some(centre.0.to_array()),
        bounds_voxel: Bounds { min, max },
        voxels: mask.voxels.len(),
        level: [None, Some(Level::MidUreter), Some(Level::Ureterovesical)][id as usize - 1],
        max_axial_diameter_mm: Some(if id == 3 { 2.34 } else { 5.21 }),
        short_axis_mm: Some(4.4),
        craniocaudal_mm: Some(6.1),
        max_3d_diameter_mm: Some(6.4),
        error_mm: ErrorBand { axial: Some(0.5), craniocaudal: None, volume: Some(12.5) },
        volume_mm3: Some(55.0),
        hu_mean: Some(820.3),
        hu_max: Some(1010.0),
        hu_sd: None,
        hu_corrected: Some(910.0),
        rim_hu: Some(-12.5),
        phlebolith_score: Some(0.021),
        skin_distance_mm: Some(92.0),
        limits: limits.iter().map(|&limit| limit.into()).collect(),
        find_again: FindAgain {
            series_number: series.number,
            instance_number: series.frames[mask.voxels[0][2]].order.instance_number,
            slice_location_mm: None,
            pixel: None,
        },
    }
}

fn findings(series: &Series, stones: Vec<Stone>) -> Findings {
    Findings {
        schema: SCHEMA.into(),
        software: Software::default(),
        model: ModelCard {
            name: "stone-unet".into(),
            version: "1".into(),
            sha256: "ab".repeat(32),
            validation: "None.".into(),
        },
        engine: Engine::default(),
        series: SeriesCard::from(series),
        threshold: 0.5,
        complete: true,
        missing_slices: vec![],
        stones,
        warnings: vec![],
        not_loaded: vec![],
        seconds: Seconds::default(),
    }
}
