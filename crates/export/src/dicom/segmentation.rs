//! The masks as a Segmentation (PS3.3 C.8.20), binary or with the probability of each voxel: a frame for each slice of
//! each stone, on the images' own pixels.

use super::codes::{Code, Place, SEGMENTATION, SOURCE_IMAGE};
use super::colour::lab;
use super::data::{
    Data, Element, data, decimals, indices, integer, items, number, numbers, pointer, raw, short,
    text,
};
use super::modules::{Kind, instance};
use super::words;
use super::{Checked, Record, Refused};
use dicom_core::VR;
use dicom_core::header::Tag;
use dicom_dictionary_std::{tags, uids};
use reader::Frame;
use std::collections::BTreeMap;
use stones::{Candidate, Stone};

pub const KIND: Kind = Kind {
    sop_class: uids::SEGMENTATION_STORAGE,
    modality: "SEG",
    name: "segmentation",
    series_number: 9101,
    description: "Lithoscope stones, research use only",
};

/// Its own object: who wants masks is not to be given probabilities.
const FRACTIONAL: Kind = Kind {
    name: "fractional segmentation",
    series_number: 9103,
    description: "Lithoscope probabilities, research use only",
    ..KIND
};

/// What stands for a probability of 1.
const MOST: u8 = 255;

/// As on the page.
const RED: [u8; 3] = [255, 0, 0];

/// One frame: the pixels `(i, j)` of a stone in a slice.
struct Part {
    segment: u16,
    slice: usize,
    pixels: Vec<[usize; 2]>,
}

/// The stones of a record as a Segmentation object.
pub fn segmentation(record: Record) -> Result<Vec<u8>, Refused> {
    written(record, &KIND, None)
}

/// The same with the probability that each voxel of a mask has, which is told by the stone, the pixels of its mask in the slice that
/// holds most of them, and the voxel. What a person has drawn is certain.
pub fn fractional(
    record: Record,
    probability: impl Fn(&Stone, usize, [usize; 3]) -> f64,
) -> Result<Vec<u8>, Refused> {
    written(record, &FRACTIONAL, Some(&probability))
}

type Probability<'a> = &'a dyn Fn(&Stone, usize, [usize; 3]) -> f64;

fn written(
    record: Record,
    kind: &Kind,
    probability: Option<Probability>,
) -> Result<Vec<u8>, Refused> {
    let checked = Checked::new(record)?;
    let series = checked.record.series;
    if series.geometry.affine.is_none() {
        return Err(Refused::NotPlaced);
    }
    if checked.stones.is_empty() {
        return Err(Refused::Nothing);
    }
    let numbered = || (1u16..).zip(&checked.stones);
    let parts: Vec<Part> = numbered().flat_map(|(n, (_, mask))| slices(n, mask)).collect();
    let segments: Vec<Data> =
        numbered().map(|(n, (stone, _))| segment(&checked, n, stone)).collect();

    let mut elements = checked.common(kind);
    elements.extend(frame_of_reference(&checked));
    elements.extend(image(&checked, &parts, probability.is_some()));
    elements.extend(dimensions(&checked.uid("dimensions")));
    elements.extend([
        text(tags::CONTENT_LABEL, VR::CS, "STONES"),
        text(tags::CONTENT_DESCRIPTION, VR::LO, checked.disclaimer()),
        text(tags::CONTENT_CREATOR_NAME, VR::PN, ""),
        items(tags::SEGMENT_SEQUENCE, segments),
        items(
            tags::REFERENCED_SERIES_SEQUENCE,
            [data([
                text(tags::SERIES_INSTANCE_UID, VR::UI, checked.series_uid),
                items(tags::REFERENCED_INSTANCE_SEQUENCE, checked.instances()),
            ])],
        ),
        items(tags::SHARED_FUNCTIONAL_GROUPS_SEQUENCE, [shared(&checked)]),
        items(tags::PER_FRAME_FUNCTIONAL_GROUPS_SEQUENCE, own(&checked, &parts)),
    ]);
    let (columns, frame) = (series.geometry.columns, series.geometry.slice_len());
    match probability {
        None => elements.extend([
            text(tags::SEGMENTATION_TYPE, VR::CS, "BINARY"),
            bits(&parts, columns, frame),
        ]),
        Some(probability) => {
            let stones = checked.stones.iter();
            let stones: Vec<_> = stones.map(|(stone, mask)| (stone, mask.widest().len())).collect();
            let of = |segment: u16, voxel: [usize; 3]| match stones.get(usize::from(segment) - 1) {
                Some((stone, pixels)) if stone.drawn.is_none() => {
                    probability(stone, *pixels, voxel)
                }
                _ => 1.0,
            };
            elements.extend([
                text(tags::SEGMENTATION_TYPE, VR::CS, "FRACTIONAL"),
                text(tags::SEGMENTATION_FRACTIONAL_TYPE, VR::CS, "PROBABILITY"),
                number(tags::MAXIMUM_FRACTIONAL_VALUE, MOST.into()),
                shares(&parts, columns, frame, of),
            ]);
        }
    }
    checked.file(kind, elements)
}

fn slices(segment: u16, mask: &Candidate) -> impl Iterator<Item = Part> + use<> {
    let mut slices: BTreeMap<usize, Vec<[usize; 2]>> = BTreeMap::new();
    for &[i, j, k] in &mask.voxels {
        slices.entry(k).or_default().push([i, j]);
    }
    slices.into_iter().map(move |(slice, pixels)| Part { segment, slice, pixels })
}

fn segment(checked: &Checked, number_: u16, stone: &Stone) -> Data {
    let Place { category, finding, site, modifier, laterality, .. } = Place::of(stone);
    let rgb = stone.drawn.as_ref().map_or(RED, |drawn| drawn.rgb);
    let mut region = site.item();
    let modifiers: Vec<Data> =
        [modifier, laterality].into_iter().flatten().map(Code::item).collect();
    if !modifiers.is_empty() {
        region.put(items(tags::ANATOMIC_REGION_MODIFIER_SEQUENCE, modifiers));
    }
    let mut segment = data([
        number(tags::SEGMENT_NUMBER, number_),
        short(tags::SEGMENT_LABEL, VR::LO, &words::name(stone)),
        text(tags::SEGMENT_DESCRIPTION, VR::ST, words::standing(stone)),
        text(tags::SEGMENT_ALGORITHM_TYPE, VR::CS, words::algorithm_type(stone)),
        category.of(tags::SEGMENTED_PROPERTY_CATEGORY_CODE_SEQUENCE),
        finding.of(tags::SEGMENTED_PROPERTY_TYPE_CODE_SEQUENCE),
        items(tags::ANATOMIC_REGION_SEQUENCE, [region]),
        text(tags::TRACKING_ID, VR::UT, words::name(stone)),
        text(tags::TRACKING_UID, VR::UI, checked.tracking_uid(stone)),
        numbers(tags::RECOMMENDED_DISPLAY_CIE_LAB_VALUE, &lab(rgb)),
    ]);
    // What no algorithm had a part in has none.
    if words::is_algorithms(stone) {
        let [name, _] = checked.algorithm();
        let identified = [checked.algorithm_item()];
        segment.put(short(tags::SEGMENT_ALGORITHM_NAME, VR::LO, &name));
        segment.put(items(tags::SEGMENTATION_ALGORITHM_IDENTIFICATION_SEQUENCE, identified));
    }
    segment
}

/// The images' own; where they have none, one that only this series has.
fn frame_of_reference(checked: &Checked) -> [Element; 2] {
    let frames = &checked.record.series.frames;
    let given = frames.iter().find_map(|frame| frame.identity.frame_of_reference_uid.clone());
    let uid = given.unwrap_or_else(|| super::uid(format!("space of {}", checked.series_uid)));
    [
        text(tags::FRAME_OF_REFERENCE_UID, VR::UI, uid),
        text(tags::POSITION_REFERENCE_INDICATOR, VR::LO, ""),
    ]
}

fn image(checked: &Checked, parts: &[Part], shares: bool) -> Vec<Element> {
    let series = checked.record.series;
    let side = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
    let lossy = series.frames.iter().any(|frame| frame.lossy);
    let remarks = series.frames.first().map(|frame| &frame.remarks);
    let bits = if shares { 8 } else { 1 };
    let mut image = vec![
        text(tags::IMAGE_TYPE, VR::CS, "DERIVED\\PRIMARY"),
        number(tags::SAMPLES_PER_PIXEL, 1),
        text(tags::PHOTOMETRIC_INTERPRETATION, VR::CS, "MONOCHROME2"),
        integer(tags::NUMBER_OF_FRAMES, parts.len()),
        number(tags::ROWS, side(series.geometry.rows)),
        number(tags::COLUMNS, side(series.geometry.columns)),
        number(tags::BITS_ALLOCATED, bits),
        number(tags::BITS_STORED, bits),
        number(tags::HIGH_BIT, bits - 1),
        number(tags::PIXEL_REPRESENTATION, 0),
        text(tags::LOSSY_IMAGE_COMPRESSION, VR::CS, if lossy { "01" } else { "00" }),
    ];
    if let Some(remarks) = remarks.filter(|_| lossy) {
        image.push(text(tags::LOSSY_IMAGE_COMPRESSION_RATIO, VR::DS, &remarks.lossy_ratio));
        image.push(text(tags::LOSSY_IMAGE_COMPRESSION_METHOD, VR::CS, &remarks.lossy_method));
    }
    image
}

/// Frames are told apart by segment and by place (PS3.3 C.7.6.17).
fn dimensions(organization: &str) -> [Element; 2] {
    let uid = || text(tags::DIMENSION_ORGANIZATION_UID, VR::UI, organization);
    let index = |at: Tag, group: Tag, name: &str| {
        data([
            uid(),
            pointer(tags::DIMENSION_INDEX_POINTER, at),
            pointer(tags::FUNCTIONAL_GROUP_POINTER, group),
            text(tags::DIMENSION_DESCRIPTION_LABEL, VR::LO, name),
        ])
    };
    [
        items(tags::DIMENSION_ORGANIZATION_SEQUENCE, [data([uid()])]),
        items(
            tags::DIMENSION_INDEX_SEQUENCE,
            [
                index(
                    tags::REFERENCED_SEGMENT_NUMBER,
                    tags::SEGMENT_IDENTIFICATION_SEQUENCE,
                    "Segment",
                ),
                index(tags::IMAGE_POSITION_PATIENT, tags::PLANE_POSITION_SEQUENCE, "Position"),
            ],
        ),
    ]
}

fn shared(checked: &Checked) -> Data {
    let series = checked.record.series;
    let first = series.frames.first().map(|frame| frame.place).unwrap_or_default();
    let affine = series.geometry.affine;
    let lengths = affine.map(|affine| affine.spacing_mm());
    let spacing = lengths.map_or([1.0; 2], |[column, row, _]| [row, column]);
    let distance = affine.map_or(1.0, |affine| affine.slice_distance_mm());
    let thickness = series.thickness_mm.unwrap_or(distance);
    let computed = affine.map(|a| [a.step[0], a.step[1]].map(|v| v.normalize_or_zero().to_array()));
    let orientation = first.orientation.or(computed).unwrap_or_default();
    data([
        items(
            tags::PIXEL_MEASURES_SEQUENCE,
            [data([
                decimals(tags::PIXEL_SPACING, &first.pixel_spacing.unwrap_or(spacing)),
                decimals(tags::SLICE_THICKNESS, &[thickness]),
                decimals(tags::SPACING_BETWEEN_SLICES, &[distance]),
            ])],
        ),
        items(
            tags::PLANE_ORIENTATION_SEQUENCE,
            [data([decimals(tags::IMAGE_ORIENTATION_PATIENT, orientation.as_flattened())])],
        ),
    ])
}

/// What each frame has for itself. Places are those of the images, so that gaps and tilt are kept.
fn own(checked: &Checked, parts: &[Part]) -> Vec<Data> {
    let series = checked.record.series;
    let mut slices: Vec<usize> = parts.iter().map(|part| part.slice).collect();
    slices.sort_unstable();
    slices.dedup();
    let frame = |part: &Part| {
        let source = series.frames.get(part.slice)?;
        let computed = series.geometry.origins.get(part.slice).map(|origin| origin.to_array());
        let position = source.place.position.or(computed)?;
        let place = slices.partition_point(|&slice| slice < part.slice) as u32 + 1;
        Some(data([
            items(
                tags::FRAME_CONTENT_SEQUENCE,
                [data([indices(tags::DIMENSION_INDEX_VALUES, &[u32::from(part.segment), place])])],
            ),
            items(
                tags::PLANE_POSITION_SEQUENCE,
                [data([decimals(tags::IMAGE_POSITION_PATIENT, &position)])],
            ),
            items(
                tags::DERIVATION_IMAGE_SEQUENCE,
                [data([
                    SEGMENTATION.of(tags::DERIVATION_CODE_SEQUENCE),
                    items(tags::SOURCE_IMAGE_SEQUENCE, [source_image(source)]),
                ])],
            ),
            items(
                tags::SEGMENT_IDENTIFICATION_SEQUENCE,
                [data([number(tags::REFERENCED_SEGMENT_NUMBER, part.segment)])],
            ),
        ]))
    };
    parts.iter().filter_map(frame).collect()
}

fn source_image(frame: &Frame) -> Data {
    let mut image = instance(frame);
    if frame.multi_frame {
        image.put(integer(tags::REFERENCED_FRAME_NUMBER, frame.number + 1));
    }
    image.put(text(tags::SPATIAL_LOCATIONS_PRESERVED, VR::CS, "YES"));
    image.put(SOURCE_IMAGE.of(tags::PURPOSE_OF_REFERENCE_CODE_SEQUENCE));
    image
}

/// A bit for each pixel, the first one lowest, without a break between frames (PS3.5 8.1.1).
fn bits(parts: &[Part], columns: usize, frame: usize) -> Element {
    let mut bytes = vec![0u8; (parts.len() * frame).div_ceil(8).next_multiple_of(2)];
    for (n, part) in parts.iter().enumerate() {
        for [i, j] in &part.pixels {
            let at = n * frame + j * columns + i;
            if let Some(byte) = bytes.get_mut(at / 8) {
                *byte |= 1 << (at % 8);
            }
        }
    }
    raw(tags::PIXEL_DATA, VR::OB, bytes)
}

/// A byte for each pixel.
fn shares(
    parts: &[Part],
    columns: usize,
    frame: usize,
    probability: impl Fn(u16, [usize; 3]) -> f64,
) -> Element {
    let mut bytes = vec![0u8; (parts.len() * frame).next_multiple_of(2)];
    for (n, part) in parts.iter().enumerate() {
        for [i, j] in &part.pixels {
            if let Some(byte) = bytes.get_mut(n * frame + j * columns + i) {
                let share = probability(part.segment, [*i, *j, part.slice]);
                *byte = (share * f64::from(MOST)).round().clamp(0.0, f64::from(MOST)) as u8;
            }
        }
    }
    raw(tags::PIXEL_DATA, VR::OB, bytes)
}
