//! What names a patient is taken out of what is written, by the basic profile of PS3.15 E.1 as far as our files have it.
//!
//! Taken out: birth date and sex of the patient; description, accession number and referring physician of the study; the
//! description of the series; names that a person gave to labels; paths of files; details
//! of warnings. Replaced: name and ID of the patient,
//! date, time and ID of the study, times of making; every UID of the images, by one that follows from it and a secret,
//! so that what was one stays one. Kept: what was measured, where, and numbers of series and images.

use crate::dicom::uid;
use reader::Series;
use stones::Findings;

/// Told in every object (0012,0063).
pub const METHOD: &str = "PS3.15 basic profile";

/// A series and what was found in it, of nobody. With the same secret equal UIDs stay equal.
pub fn deidentified(series: &Series, findings: &Findings, secret: &[u8]) -> (Series, Findings) {
    let replaced = |old: &str| uid([secret, old.as_bytes()].concat());
    let mut series = series.clone();
    let pseudonym = replaced(&series.labels.patient_id);
    // What a directory of objects can't do without has a value that tells nothing.
    series.labels = reader::Labels {
        patient_name: "Anonymous^Anonymous".into(),
        patient_id: pseudonym.chars().skip(5).take(12).collect(),
        study_date: "19700101".into(),
        study_time: "000000".into(),
        study_id: "1".into(),
        series_number: series.labels.series_number,
        ..reader::Labels::default()
    };
    series.description = String::new();
    for old in [&mut series.study_instance_uid, &mut series.series_instance_uid] {
        *old = old.as_deref().map(replaced);
    }
    for identity in series.frames.iter_mut().map(|frame| &mut frame.identity) {
        identity.sop_instance_uid = match identity.sop_instance_uid.as_str() {
            "" => String::new(),
            old => replaced(old),
        };
        for old in [
            &mut identity.series_instance_uid,
            &mut identity.study_instance_uid,
            &mut identity.frame_of_reference_uid,
        ] {
            *old = old.as_deref().map(replaced);
        }
    }
    let mut findings = findings.clone();
    findings.series.study_instance_uid = series.study_instance_uid.clone();
    findings.series.series_instance_uid = series.series_instance_uid.clone();
    findings.series.series_description = None;
    findings.not_loaded.clear();
    // Some quote what the header says in its own words.
    findings.warnings.iter_mut().for_each(|warning| warning.detail.clear());
    for drawn in findings.stones.iter_mut().filter_map(|stone| stone.drawn.as_mut()) {
        drawn.name.clear();
    }
    (series, findings)
}
