//! What was measured as a Comprehensive 3D SR by TID 1500, with a group of TID 1411 for each stone (PS3.16).

use super::codes::{self, Code, Place};
use super::data::{Data, Element, data, decimals, float, items, number, text};
use super::modules::{Kind, NAME};
use super::searched;
use super::segmentation::KIND as SEGMENTATION;
use super::uid::uid;
use super::words::{self as told, is_algorithms, is_limited};
use super::{Checked, Record, Refused};
use dicom_core::VR;
use dicom_dictionary_std::{tags, uids};
use stones::Stone;
use stones::findings::Side;
use volume::Patient;

const KIND: Kind = Kind {
    sop_class: uids::COMPREHENSIVE3_DSR_STORAGE,
    modality: "SR",
    name: "report",
    series_number: 9102,
    description: "Lithoscope stones, research use only",
};

/// How an item hangs on the one above it (PS3.3 C.17.3.2.4).
const CONTAINS: &str = "CONTAINS";
const HAS_MODIFIER: &str = "HAS CONCEPT MOD";
const HAS_CONTEXT: &str = "HAS OBS CONTEXT";
const HAS_PROPERTIES: &str = "HAS PROPERTIES";

/// The stones of a record as a report. It refers to the segments of [`super::segmentation`] of the same record.
pub fn report(record: Record) -> Result<Vec<u8>, Refused> {
    let checked = Checked::new(record)?;
    let content = content(&checked);
    let mut elements = checked.common(&KIND);
    elements.extend(content.into_elements().filter(|element| element.tag != RELATIONSHIP));
    elements.extend([
        items(tags::REFERENCED_PERFORMED_PROCEDURE_STEP_SEQUENCE, []),
        items(tags::PERFORMED_PROCEDURE_CODE_SEQUENCE, []),
        text(tags::PRELIMINARY_FLAG, VR::CS, "PRELIMINARY"),
        text(tags::COMPLETION_FLAG, VR::CS, "COMPLETE"),
        text(tags::VERIFICATION_FLAG, VR::CS, "UNVERIFIED"),
        items(tags::CURRENT_REQUESTED_PROCEDURE_EVIDENCE_SEQUENCE, [evidence(&checked)]),
    ]);
    checked.file(&KIND, elements)
}

const RELATIONSHIP: dicom_core::Tag = tags::RELATIONSHIP_TYPE;

/// All that the report rests on: the images, and the segmentation where there is one.
fn evidence(checked: &Checked) -> Data {
    let series = |uid: &str, instances: Vec<Data>| {
        data([
            text(tags::SERIES_INSTANCE_UID, VR::UI, uid),
            items(tags::REFERENCED_SOP_SEQUENCE, instances),
        ])
    };
    let mut all = vec![series(checked.series_uid, checked.instances())];
    if !checked.stones.is_empty() {
        all.push(series(&checked.series_of(&SEGMENTATION), vec![segmentation(checked)]));
    }
    data([
        text(tags::STUDY_INSTANCE_UID, VR::UI, checked.study_uid),
        items(tags::REFERENCED_SERIES_SEQUENCE, all),
    ])
}

fn segmentation(checked: &Checked) -> Data {
    data([
        text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, SEGMENTATION.sop_class),
        text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, checked.uid(SEGMENTATION.name)),
    ])
}

fn content(checked: &Checked) -> Data {
    let version = &checked.record.findings.software.version;
    let inner = match checked.stones.is_empty() {
        true => container(
            codes::EVALUATIONS,
            None,
            [words(CONTAINS, codes::FINDING, &nothing_found(checked))]
                .into_iter()
                .chain(rejected(checked))
                .collect(),
        ),
        false => {
            let groups =
                (1u16..).zip(&checked.stones).map(|(n, (stone, _))| group(checked, n, stone));
            container(codes::MEASUREMENTS, None, groups.collect())
        }
    };
    let rejected = rejected(checked);
    let mut content = vec![
        coded(HAS_MODIFIER, codes::LANGUAGE, codes::ENGLISH, vec![]),
        coded(HAS_CONTEXT, codes::OBSERVER_TYPE, codes::DEVICE, vec![]),
        uidref(HAS_CONTEXT, codes::DEVICE_UID, &uid(format!("device {version}"))),
        words(HAS_CONTEXT, codes::DEVICE_NAME, NAME),
        coded(HAS_MODIFIER, codes::PROCEDURE_REPORTED, codes::CT_UNSPECIFIED, vec![]),
        inner,
    ];
    if !checked.stones.is_empty() && !rejected.is_empty() {
        content.push(container(codes::EVALUATIONS, None, rejected));
    }
    let Record { series, findings, .. } = checked.record;
    let comments = [disclaimer(checked), searched::told(series, findings)];
    let comments = comments.iter().filter(|comment| !comment.is_empty());
    content.extend(comments.map(|comment| words(CONTAINS, codes::COMMENT, comment)));
    container(codes::REPORT, Some("1500"), content)
}

/// What a person has rejected has no segment; the report tells what and where it was.
fn rejected(checked: &Checked) -> Vec<Data> {
    let stones = &checked.record.findings.stones;
    let rejected = stones.iter().filter(|stone| codes::review(stone) == Some(codes::REJECTED));
    let line = |stone: &Stone| format!("Rejected: {} {}", stone.id, find_again(checked, stone));
    rejected.map(|stone| words(CONTAINS, codes::REVIEW, &line(stone))).collect()
}

fn disclaimer(checked: &Checked) -> String {
    match checked.record.findings.model.validation.as_str() {
        "" => checked.disclaimer(),
        validation => format!("{} Model: {validation}", checked.disclaimer()),
    }
}

fn nothing_found(checked: &Checked) -> String {
    let findings = checked.record.findings;
    let searched = findings.series.frames.saturating_sub(findings.missing_slices.len());
    format!(
        "No candidate above the threshold of {} in {searched} slices. This does not exclude stones.",
        findings.threshold
    )
}

fn group(checked: &Checked, segment: u16, stone: &Stone) -> Data {
    let Place { category, finding, site, modifier, laterality, level } = Place::of(stone);
    let within = [(codes::LATERALITY, laterality), (codes::TOPOGRAPHY, modifier)];
    let within = within.into_iter().filter_map(|(what, code)| Some((what, code?)));
    let within = within.map(|(what, code)| coded(HAS_MODIFIER, what, code, vec![])).collect();
    let mut referenced = item(CONTAINS, "IMAGE", codes::REFERENCED_SEGMENT);
    let mut target = segmentation(checked);
    target.put(number(tags::REFERENCED_SEGMENT_NUMBER, segment));
    referenced.put(items(tags::REFERENCED_SOP_SEQUENCE, [target]));

    let mut content = vec![
        words(HAS_CONTEXT, codes::TRACKING_IDENTIFIER, &told::name(stone)),
        uidref(HAS_CONTEXT, codes::TRACKING_UID, &checked.tracking_uid(stone)),
        coded(CONTAINS, codes::FINDING_CATEGORY, category, vec![]),
        coded(CONTAINS, codes::FINDING, finding, vec![]),
        coded(HAS_MODIFIER, codes::FINDING_SITE, site, within),
    ];
    if is_algorithms(stone) {
        let [algorithm, version] = checked.algorithm();
        content.push(words(HAS_MODIFIER, codes::ALGORITHM_NAME, &algorithm));
        content.push(words(HAS_MODIFIER, codes::ALGORITHM_VERSION, &version));
    }
    content.push(referenced);
    content.push(uidref(CONTAINS, codes::SOURCE_SERIES, checked.series_uid));
    content.extend(measurements(stone));
    content.extend(bounds(stone));
    let evaluations = [
        (codes::LEVEL, level),
        (codes::CALL, codes::call(stone)),
        (codes::REVIEW, codes::review(stone)),
        (codes::MADE_BY, codes::made_by(stone)),
    ];
    let evaluations = evaluations.into_iter().filter_map(|(what, code)| Some((what, code?)));
    content.extend(evaluations.map(|(what, code)| coded(CONTAINS, what, code, vec![])));
    content.push(words(CONTAINS, codes::COMMENT, &find_again(checked, stone)));
    content.extend(told::limits(stone).map(|limits| words(CONTAINS, codes::COMMENT, &limits)));
    container(codes::GROUP, Some("1411"), content)
}

fn measurements(stone: &Stone) -> impl Iterator<Item = Data> {
    use codes::{CUBIC_MILLIMETRE, HOUNSFIELD, MILLIMETRE, NO_UNITS};
    let exact = |mm: Option<f64>, limit| mm.filter(|_| !is_limited(stone, limit));
    let of_edge = is_limited(stone, told::HOUNSFIELD);
    [
        (codes::LONG_AXIS, exact(stone.max_axial_diameter_mm, told::RESOLUTION), MILLIMETRE, None),
        (codes::LONG_AXIS_BAND, stone.error_mm.axial, MILLIMETRE, None),
        (codes::SHORT_AXIS, stone.short_axis_mm, MILLIMETRE, None),
        (codes::CRANIOCAUDAL, exact(stone.craniocaudal_mm, told::HEIGHT), MILLIMETRE, None),
        (codes::CRANIOCAUDAL_BAND, stone.error_mm.craniocaudal, MILLIMETRE, None),
        (codes::DIAMETER_3D, stone.max_3d_diameter_mm, MILLIMETRE, None),
        (codes::VOLUME, stone.volume_mm3, CUBIC_MILLIMETRE, None),
        (codes::VOLUME_BAND, stone.error_mm.volume, CUBIC_MILLIMETRE, None),
        (codes::ATTENUATION, stone.hu_mean, HOUNSFIELD, Some(codes::MEAN)),
        (codes::ATTENUATION, stone.hu_max, HOUNSFIELD, Some(codes::MAXIMUM)),
        (codes::ATTENUATION, stone.hu_sd, HOUNSFIELD, Some(codes::DEVIATION)),
        (codes::ATTENUATION_CORRECTED, stone.hu_corrected, HOUNSFIELD, None),
        (codes::ATTENUATION_OF_RIM, stone.rim_hu, HOUNSFIELD, None),
        (codes::SKIN_DISTANCE, stone.skin_distance_mm, MILLIMETRE, None),
        (codes::SCORE, stone.probability, NO_UNITS, None),
        (codes::TRACT_SCORE, stone.tract_score, NO_UNITS, None),
        (codes::PHLEBOLITH_SCORE, stone.phlebolith_score, NO_UNITS, None),
    ]
    .into_iter()
    .filter_map(move |(concept, value, unit, derivation)| {
        let derivation = derivation.map(|how| coded(HAS_MODIFIER, codes::DERIVATION, how, vec![]));
        let doubt = (of_edge && concept == codes::ATTENUATION)
            .then(|| words(HAS_PROPERTIES, codes::COMMENT, told::limit(told::HOUNSFIELD)));
        let content = derivation.into_iter().chain(doubt).collect();
        Some(measured(concept, value?, unit, content))
    })
}

/// Sizes that are bounds, in words: a number would be taken for the size itself.
fn bounds(stone: &Stone) -> impl Iterator<Item = Data> {
    [
        (codes::LONG_AXIS, stone.max_axial_diameter_mm, told::RESOLUTION),
        (codes::CRANIOCAUDAL, stone.craniocaudal_mm, told::HEIGHT),
    ]
    .into_iter()
    .filter(|(_, _, limit)| is_limited(stone, limit))
    .filter_map(|(concept, mm, _)| Some(words(CONTAINS, concept, &told::size(mm?, true))))
}

/// "S3 I212 (x,y)=(301,244) LPS=(-48.2, 31.0, -612.5) left 5.2 mm"; "≤ 2.34 mm" of one that is not larger.
fn find_again(checked: &Checked, stone: &Stone) -> String {
    let again = &stone.find_again;
    let mut parts = Vec::new();
    parts.extend(again.series_number.map(|n| format!("S{n}")));
    parts.extend(again.instance_number.map(|n| format!("I{n}")));
    if let Some([x, y, z]) = stone.center_mm {
        let place = checked.record.series.geometry.voxel(Patient([x, y, z].into()));
        parts.extend(place.map(|at| format!("(x,y)=({:.0},{:.0})", at.0.x, at.0.y)));
        parts.push(format!("LPS=({x:.1}, {y:.1}, {z:.1})"));
    }
    parts.extend(stone.side.map(|side| {
        match side {
            Side::Left => "left",
            Side::Right => "right",
            Side::Midline => "midline",
        }
        .to_owned()
    }));
    let is_bound = is_limited(stone, told::RESOLUTION);
    parts.extend(stone.max_axial_diameter_mm.map(|mm| told::size(mm, is_bound)));
    parts.join(" ")
}

/// A content item (PS3.3 C.17.3): its relationship, value type and concept.
fn item(relationship: &str, kind: &str, concept: Code) -> Data {
    data([
        text(RELATIONSHIP, VR::CS, relationship),
        text(tags::VALUE_TYPE, VR::CS, kind),
        concept.of(tags::CONCEPT_NAME_CODE_SEQUENCE),
    ])
}

fn with(mut item: Data, elements: impl IntoIterator<Item = Element>) -> Data {
    elements.into_iter().for_each(|element| item.put(element));
    item
}

fn container(concept: Code, template: Option<&str>, content: Vec<Data>) -> Data {
    let template = template.map(|identifier| {
        items(
            tags::CONTENT_TEMPLATE_SEQUENCE,
            [data([
                text(tags::MAPPING_RESOURCE, VR::CS, "DCMR"),
                text(tags::TEMPLATE_IDENTIFIER, VR::CS, identifier),
            ])],
        )
    });
    let continuity = text(tags::CONTINUITY_OF_CONTENT, VR::CS, "SEPARATE");
    let content = items(tags::CONTENT_SEQUENCE, content);
    with(item(CONTAINS, "CONTAINER", concept), template.into_iter().chain([continuity, content]))
}

fn coded(relationship: &str, concept: Code, value: Code, content: Vec<Data>) -> Data {
    let content = (!content.is_empty()).then(|| items(tags::CONTENT_SEQUENCE, content));
    let value = value.of(tags::CONCEPT_CODE_SEQUENCE);
    with(item(relationship, "CODE", concept), content.into_iter().chain([value]))
}

fn words(relationship: &str, concept: Code, value: &str) -> Data {
    with(item(relationship, "TEXT", concept), [text(tags::TEXT_VALUE, VR::UT, value)])
}

fn uidref(relationship: &str, concept: Code, value: &str) -> Data {
    with(item(relationship, "UIDREF", concept), [text(tags::UID, VR::UI, value)])
}

fn measured(concept: Code, value: f64, unit: Code, content: Vec<Data>) -> Data {
    let content = (!content.is_empty()).then(|| items(tags::CONTENT_SEQUENCE, content));
    let value = items(
        tags::MEASURED_VALUE_SEQUENCE,
        [data([
            decimals(tags::NUMERIC_VALUE, &[value]),
            float(tags::FLOATING_POINT_VALUE, value),
            unit.of(tags::MEASUREMENT_UNITS_CODE_SEQUENCE),
        ])],
    );
    with(item(CONTAINS, "NUM", concept), content.into_iter().chain([value]))
}
