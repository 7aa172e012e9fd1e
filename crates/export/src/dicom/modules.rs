//! The modules that both objects have: patient, study, equipment (PS3.3 C.7), references, and the file around it.

use super::codes::{self, ARTIFICIAL_INTELLIGENCE, OWN};
use super::data::{self, Data, Element, data, day, integer, items, short, text};
use super::{Checked, Refused};
use crate::deidentify::METHOD;
use dicom_core::VR;
use dicom_core::header::Tag;
use dicom_dictionary_std::{tags, uids};
use reader::Frame;

pub const NAME: &str = "Lithoscope";
/// Stands in every object.
const DISCLAIMER: &str = "Research use only. Not a medical device.";

/// That it names no patient, and how that came (PS3.3 C.7.1.1, C.12.1).
const DEIDENTIFIED: &[(Tag, VR, &str)] = &[
    (tags::PATIENT_IDENTITY_REMOVED, VR::CS, "YES"),
    (tags::DEIDENTIFICATION_METHOD, VR::LO, METHOD),
    (tags::LONGITUDINAL_TEMPORAL_INFORMATION_MODIFIED, VR::CS, "REMOVED"),
];

/// What an object is within its study.
pub struct Kind {
    pub sop_class: &'static str,
    pub modality: &'static str,
    pub name: &'static str,
    pub series_number: usize,
    pub description: &'static str,
}

impl Checked<'_> {
    /// Patient, study, series, equipment and SOP common.
    pub fn common(&self, kind: &Kind) -> Vec<Element> {
        let labels = &self.record.series.labels;
        let findings = self.record.findings;
        let made = self.record.made;
        let removed = if self.record.deidentified { DEIDENTIFIED } else { &[] };
        let removed = removed.iter().map(|(tag, vr, value)| text(*tag, *vr, value));
        let sex = Some(&*labels.sex).filter(|sex| matches!(*sex, "M" | "F" | "O"));
        let mut common = vec![
            text(tags::SPECIFIC_CHARACTER_SET, VR::CS, "ISO_IR 192"),
            text(tags::SOP_CLASS_UID, VR::UI, kind.sop_class),
            text(tags::SOP_INSTANCE_UID, VR::UI, self.uid(kind.name)),
            text(tags::INSTANCE_CREATION_DATE, VR::DA, &made.date),
            text(tags::INSTANCE_CREATION_TIME, VR::TM, &made.time),
            text(tags::TIMEZONE_OFFSET_FROM_UTC, VR::SH, "+0000"),
            short(tags::PATIENT_NAME, VR::PN, &labels.patient_name),
            short(tags::PATIENT_ID, VR::LO, &labels.patient_id),
            day(tags::PATIENT_BIRTH_DATE, &labels.birth_date),
            text(tags::PATIENT_SEX, VR::CS, sex.unwrap_or_default()),
            text(tags::STUDY_INSTANCE_UID, VR::UI, self.study_uid),
            day(tags::STUDY_DATE, &labels.study_date),
            text(tags::STUDY_TIME, VR::TM, &labels.study_time),
            short(tags::STUDY_ID, VR::SH, &labels.study_id),
            short(tags::ACCESSION_NUMBER, VR::SH, &labels.accession_number),
            short(tags::REFERRING_PHYSICIAN_NAME, VR::PN, &labels.referring_physician),
            short(tags::STUDY_DESCRIPTION, VR::LO, &labels.study_description),
            text(tags::MODALITY, VR::CS, kind.modality),
            text(tags::SERIES_INSTANCE_UID, VR::UI, self.series_of(kind)),
            integer(tags::SERIES_NUMBER, kind.series_number),
            text(tags::SERIES_DESCRIPTION, VR::LO, kind.description),
            integer(tags::INSTANCE_NUMBER, 1),
            text(tags::CONTENT_DATE, VR::DA, &made.date),
            text(tags::CONTENT_TIME, VR::TM, &made.time),
            text(tags::MANUFACTURER, VR::LO, NAME),
            text(tags::MANUFACTURER_MODEL_NAME, VR::LO, NAME),
            text(tags::DEVICE_SERIAL_NUMBER, VR::LO, "none"),
            short(tags::SOFTWARE_VERSIONS, VR::LO, &findings.software.version),
            items(
                tags::CODING_SCHEME_IDENTIFICATION_SEQUENCE,
                [data([
                    text(tags::CODING_SCHEME_DESIGNATOR, VR::SH, OWN),
                    text(tags::CODING_SCHEME_NAME, VR::ST, NAME),
                ])],
            ),
        ];
        common.extend(removed);
        common
    }

    /// What the object is worth, and how much of it a person has looked at; no longer than a DICOM text of 64.
    pub fn disclaimer(&self) -> String {
        let reviewed =
            self.stones.iter().filter(|(stone, _)| codes::review(stone).is_some()).count();
        match (reviewed, self.stones.len()) {
            (0, _) => format!("{DISCLAIMER} Not reviewed."),
            (reviewed, of) => format!("{DISCLAIMER} {reviewed} of {of} reviewed."),
        }
    }

    pub fn series_of(&self, kind: &Kind) -> String {
        self.uid(&format!("series of {}", kind.name))
    }

    /// What found the stones (PS3.3 10.16): name and version tell the network by its hash.
    pub fn algorithm(&self) -> [String; 2] {
        let model = &self.record.findings.model;
        let hash: String = model.sha256.chars().take(16).collect();
        let version = &self.record.findings.software.version;
        [format!("{NAME} {}", model.name), format!("{version}, network {} {hash}", model.version)]
    }

    pub fn algorithm_item(&self) -> Data {
        let [name, version] = self.algorithm();
        data([
            ARTIFICIAL_INTELLIGENCE.of(tags::ALGORITHM_FAMILY_CODE_SEQUENCE),
            short(tags::ALGORITHM_NAME, VR::LO, &name),
            short(tags::ALGORITHM_VERSION, VR::LO, &version),
        ])
    }

    /// All images of the series, each instance once.
    pub fn instances(&self) -> Vec<Data> {
        let frames = &self.record.series.frames;
        let first = |n: usize, frame: &Frame| {
            let uid = &frame.identity.sop_instance_uid;
            !frames[..n].iter().any(|other| other.identity.sop_instance_uid == *uid)
        };
        // Frames of one file hold the same UID; those of single-frame files never do.
        let shared = frames.first().is_some_and(|frame| frame.multi_frame);
        let distinct = frames.iter().enumerate().filter(|(n, frame)| !shared || first(*n, frame));
        distinct.map(|(_, frame)| instance(frame)).collect()
    }

    pub fn file(self, kind: &Kind, elements: Vec<Element>) -> Result<Vec<u8>, Refused> {
        data::file(kind.sop_class, &self.uid(kind.name), elements)
    }
}

/// A reference to the image that a frame is of.
pub fn instance(frame: &Frame) -> Data {
    let identity = &frame.identity;
    let class = Some(&*identity.sop_class_uid).filter(|class| !class.is_empty());
    data([
        text(tags::REFERENCED_SOP_CLASS_UID, VR::UI, class.unwrap_or(uids::CT_IMAGE_STORAGE)),
        text(tags::REFERENCED_SOP_INSTANCE_UID, VR::UI, &identity.sop_instance_uid),
    ])
}
