//! Segmentation and report, judged by others: dciodvfy checks their form, pydicom and highdicom read them back
//! and compare every mask pixel, place and measure with what was written. Who is not installed is left out, and said.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test")]

mod ct;

use ct::{Stack, case};
use export::{
    Moment, Record, Refused, deidentified, fractional, reopened, report, segmentation, table, truth,
};
use reader::{Limits, Segmentation};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use stones::findings::{Drawn, Hand, Kind, Label, Warning};
use stones::{Candidate, Stone};
use volume::Volume;

const READER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/read_back.py");

/// Every geometry that a CT comes in: straight, oblique, tilted, and with slices missing.
fn stacks() -> [(&'static str, Stack); 4] {
    let straight = Stack {
        row: [1.0, 0.0, 0.0],
        column: [0.0, 1.0, 0.0],
        step: [0.0, 0.0, 2.5],
        missing: &[],
    };
    let (sin, cos) = (0.35f64.sin(), 0.35f64.cos());
    let oblique = Stack {
        row: [cos, sin, 0.0],
        column: [-sin * cos, cos * cos, sin],
        step: [0.0; 3],
        ..straight
    };
    let normal = oblique.normal();
    [
        ("straight", straight),
        ("oblique", Stack { step: normal.map(|x| 1.25 * x), ..oblique }),
        ("tilted", Stack { step: [0.0, -0.7, 3.1], ..straight }),
        ("gapped", Stack { missing: &[3, 4], ..straight }),
    ]
}

#[test]
fn others_read_what_was_written() {
    let made = Moment::of_unix(1_772_323_200);
    for (name, stack) in stacks() {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join(name);
        let _ = fs::remove_dir_all(&folder);
        let case = case(&stack, &folder);
        let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
        let (series, findings) = (&case.series, &case.findings);
        let record = Record { series, findings, masks: &masks, made: &made, deidentified: false };
        let [seg, sr] = ["seg.dcm", "sr.dcm"].map(|file| folder.join(file));
        let (seg_bytes, sr_bytes) = (segmentation(record).unwrap(), report(record).unwrap());
        assert_eq!(seg_bytes, segmentation(record).unwrap(), "at one second, the same bytes");
        fs::write(&seg, seg_bytes).unwrap();
        fs::write(&sr, sr_bytes).unwrap();
        fs::write(folder.join("findings.json"), serde_json::to_string(findings).unwrap()).unwrap();
        fs::write(folder.join("masks.json"), serde_json::to_string(&case.voxels()).unwrap())
            .unwrap();
        let shares = folder.join("probabilities.dcm");
        fs::write(&shares, fractional(record, share).unwrap()).unwrap();
        assert_ne!(segmentation(record), fractional(record, share));
        dciodvfy(&seg);
        dciodvfy(&shares);
        dciodvfy(&sr);
        read_back(&folder);
        let read = Segmentation::read("seg.dcm", &fs::read(&seg).unwrap(), &Limits::default());
        let own: Vec<_> = read.unwrap().voxels(series).into_iter().collect();
        let sorted = |mask: &Candidate| {
            let mut voxels = mask.voxels.clone();
            voxels.sort_by_key(|&[i, j, k]| (k, j, i));
            voxels
        };
        let written: Vec<_> = case.masks.iter().map(|(id, m)| (*id, sorted(m))).collect();
        assert_eq!(own, written, "{name}: our own reader");
        for kind in ["fractional", "labelmap"] {
            let theirs = fs::read(folder.join(format!("{kind}.dcm")));
            let Ok(theirs) = theirs else { continue };
            let read = Segmentation::read(kind, &theirs, &Limits::default()).unwrap();
            let read: Vec<_> = read.voxels(series).into_iter().collect();
            assert_eq!(read, written, "{name}: {kind} by highdicom");
        }
    }
}

/// A probability of each voxel that read_back.py knows, too.
fn share(_: &Stone, _: usize, [i, j, k]: [usize; 3]) -> f64 {
    ((7 * i + 3 * j + 11 * k) % 100) as f64 / 100.0
}

#[test]
fn a_report_may_tell_that_nothing_was_found() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("nothing");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    case.findings.stones.clear();
    let made = Moment::of_unix(0);
    let record = Record {
        series: &case.series,
        findings: &case.findings,
        masks: &[],
        made: &made,
        deidentified: false,
    };
    assert_eq!(segmentation(record), Err(Refused::Nothing));
    let sr = folder.join("sr.dcm");
    fs::write(&sr, report(record).unwrap()).unwrap();
    dciodvfy(&sr);
}

#[test]
fn a_side_that_is_undetermined_is_never_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("side");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    case.findings.stones[1].side = None;
    let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
    let made = Moment::of_unix(0);
    let record = Record {
        series: &case.series,
        findings: &case.findings,
        masks: &masks,
        made: &made,
        deidentified: false,
    };
    assert_eq!(segmentation(record), Err(Refused::SideUndetermined(2)));
    assert_eq!(report(record), Err(Refused::SideUndetermined(2)));
}

/// What a person has accepted, corrected, drawn and rejected stands in both objects; without the patient, too.
#[test]
fn a_persons_words_and_drawings_are_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("drawn");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    let drawn = |by, kind: Kind, name: &str, kept| {
        let (added, removed, mask_mm3) = (7, 2, Some(31.5));
        Some(Drawn { by, kind, name: name.into(), rgb: kind.rgb(), kept, added, removed, mask_mm3 })
    };
    let mut rejected = case.findings.stones[0].clone();
    (rejected.id, rejected.review) = (9, Some(Label::Rejected));
    let stones = &mut case.findings.stones;
    stones[0].review = Some(Label::Stone);
    stones[1].drawn = drawn(Hand::Corrected, Kind::Phlebolith, "", 40);
    stones[1].review = Some(Label::LikelyPhlebolith);
    stones[2].drawn = drawn(Hand::Person, Kind::Plaque, "Hong's", 0);
    stones[2].drawn.as_mut().unwrap().rgb = [1, 200, 90];
    stones.push(rejected);
    let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
    let (made, never) = (Moment::of_unix(1_772_323_200), Moment::of_unix(0));
    let (series, findings) = deidentified(&case.series, &case.findings, b"secret");
    let of_patient = Record {
        series: &case.series,
        findings: &case.findings,
        masks: &masks,
        made: &made,
        deidentified: false,
    };
    let of_nobody = Record {
        series: &series,
        findings: &findings,
        made: &never,
        deidentified: true,
        ..of_patient
    };
    for record in [of_patient, of_nobody] {
        let Record { series, deidentified, .. } = record;
        let [seg, sr] = ["seg.dcm", "sr.dcm"].map(|file| folder.join(file));
        let files = [segmentation(record).unwrap(), report(record).unwrap()];
        fs::write(&seg, &files[0]).unwrap();
        fs::write(&sr, &files[1]).unwrap();
        dciodvfy(&seg);
        dciodvfy(&sr);
        // Opened again, a mask tells what it is, who made it, and who has looked at it.
        let read = Segmentation::read("seg.dcm", &files[0], &Limits::default()).unwrap();
        let told: Vec<_> = (1..=3).map(|n| reopened(&read.segments[&n])).collect();
        let by = [None, Some(Hand::Corrected), Some(Hand::Person)];
        assert_eq!(told.iter().map(|it| it.by).collect::<Vec<_>>(), by);
        let kinds = [Kind::Stone, Kind::Phlebolith, Kind::Plaque];
        assert_eq!(told.iter().map(|it| it.kind).collect::<Vec<_>>(), kinds);
        let name = if deidentified { "" } else { "Hong's" };
        assert_eq!(told.iter().map(|it| &*it.name).collect::<Vec<_>>(), ["", "", name]);
        assert_eq!(told[1].parts, Some([40, 7, 2]));
        assert_eq!(told[2].rgb, Some([1, 200, 90]), "a colour of one's own");
        assert_eq!((told[1].rgb, told[0].review), (None, Some(Label::Stone)));
        // What a person has drawn is certain, whatever a network would say.
        let shares = fractional(record, |_, _, _| 0.0).unwrap();
        let read = Segmentation::read("shares.dcm", &shares, &Limits::default()).unwrap();
        let certain: Vec<u32> = read.voxels(&case.series).into_keys().collect();
        assert_eq!(certain, [2, 3]);
        let text = files.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        for word in [
            "AUTOMATIC",
            "SEMIAUTOMATIC",
            "MANUAL",
            "Phlebolith 2",
            "3 of 3 reviewed.",
            "Corrected by a person: 40 voxels of the model's, 7 added, 2 removed.",
            "Review: Accepted.",
        ] {
            assert!(text[0].contains(word), "SEG: {word}");
        }
        for word in [
            "REVIEW",
            "ACCEPTED",
            "AS-PHLEBOLITH",
            "BY-BOTH",
            "BY-PERSON",
            "29483008",
            "Rejected: 9",
        ] {
            assert!(text[1].contains(word), "SR: {word}");
        }
        let labels = &case.series.labels;
        let frame = &case.series.frames[0].identity;
        let of_patient = [
            &*labels.patient_name,
            &labels.patient_id,
            &labels.birth_date,
            &labels.study_date,
            &frame.sop_instance_uid,
            case.series.study_instance_uid.as_deref().unwrap(),
            "Hong's",
        ];
        for (text, word) in text.iter().flat_map(|t| of_patient.map(|word| (t, word))) {
            assert!(!word.is_empty() && (!deidentified || !text.contains(word)), "{word}");
        }
        assert_eq!(text[1].contains("PS3.15 basic profile"), deidentified);
        // The report refers to this segmentation and to images by the same new UIDs.
        let image = &series.frames[0].identity.sop_instance_uid;
        assert!(text.iter().all(|text| text.contains(image.as_str())));
    }
}

/// What a header says that is no date, and no name that a name has room for, does not keep an object from being written.
#[test]
fn a_hostile_header_leaves_sound_objects() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("hostile");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    let hostile = "<script>\u{202e}'\"&".to_owned();
    let labels = &mut case.series.labels;
    (labels.birth_date, labels.study_date) = (hostile.clone(), "20260301<b>".into());
    (labels.study_time, labels.sex) = (hostile.clone(), hostile.clone());
    labels.patient_name = hostile.repeat(6000);
    (labels.patient_id, labels.accession_number) = (hostile.repeat(90), hostile.clone());
    let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
    let (series, findings) = (&case.series, &case.findings);
    let made = Moment::of_unix(0);
    let record = Record { series, findings, masks: &masks, made: &made, deidentified: false };
    let seg = segmentation(record).unwrap();
    let read = Segmentation::read("seg.dcm", &seg, &Limits::default()).unwrap();
    assert_eq!(read.voxels(series).len(), case.masks.len());
    for written in [seg, report(record).unwrap()] {
        let text = String::from_utf8_lossy(&written);
        assert!(text.contains("<script>") && !text.contains("20260301"), "a name, and no date");
        assert!(!text.contains(&hostile.repeat(7)), "no longer than there is room for");
    }
}

/// What the model leaves open is not sent as a stone without a word, and comes back as it was.
#[test]
fn what_model_and_person_call_a_finding_is_written_and_read_back() {
    use Label::{Indeterminate, LikelyPhlebolith, Stone};
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("called");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    let made = Moment::of_unix(1_772_323_200);
    for label in [Stone, Indeterminate, LikelyPhlebolith] {
        for review in [None, Some(Stone), Some(Indeterminate), Some(LikelyPhlebolith)] {
            let stone = &mut case.findings.stones[0];
            (stone.label, stone.review) = (label, review);
            let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
            let record = Record {
                series: &case.series,
                findings: &case.findings,
                masks: &masks,
                made: &made,
                deidentified: false,
            };
            let seg = segmentation(record).unwrap();
            let read = Segmentation::read("seg.dcm", &seg, &Limits::default()).unwrap();
            let told = reopened(&read.segments[&1]);
            assert_eq!((told.label, told.review), (label, review));
            let sr = report(record).unwrap();
            fs::write(folder.join("sr.dcm"), &sr).unwrap();
            dciodvfy(&folder.join("sr.dcm"));
            let sr = String::from_utf8_lossy(&sr);
            let expected = match label {
                Indeterminate => "AS-UNSURE",
                LikelyPhlebolith => "AS-PHLEBOLITH",
                _ => continue,
            };
            assert!(sr.contains("Call of the algorithm") && sr.contains(expected), "{label:?}");
        }
    }
}

/// Who has the report alone, or the table, learns what a number is worth and what was not looked at.
#[test]
fn what_limits_a_search_and_its_numbers_is_written() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("limits");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[0].1, &folder);
    (case.findings.complete, case.findings.missing_slices) = (false, vec![3, 4, 6]);
    let warning = |code: &str, detail: &str| Warning { code: code.into(), detail: detail.into() };
    case.findings.warnings = vec![warning("non_uniform_spacing", ""), warning("gap", "5 mm")];
    let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
    let (series, findings, made) = (&case.series, &case.findings, &Moment::of_unix(0));
    let record = Record { series, findings, masks: &masks, made, deidentified: false };
    let sr = report(record).unwrap();
    fs::write(folder.join("sr.dcm"), &sr).unwrap();
    dciodvfy(&folder.join("sr.dcm"));
    let text = String::from_utf8_lossy(&sr);
    let search =
        "Threshold 0.5. Not searched: images 4-5, 7. Warnings: non uniform spacing; gap (5 mm).";
    assert!(text.contains(search), "{text}");
    assert!(text.contains("midline ≤ 2.34 mm"), "the line that finds it again");
    let [heading, lines] = [table::heading(), table::lines("", findings)];
    assert!(heading.ends_with(",hu_corrected,volume_band_mm3,validation\r\n"));
    assert_eq!(lines.matches(",910,12.5,None.\r\n").count(), 3, "{lines}");
}

/// What is known to be there goes into a folder that `lithoscope evaluate` reads.
#[test]
fn a_labelled_study_holds_what_a_person_stands_for() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("read-back").join("truth");
    let _ = fs::remove_dir_all(&folder);
    let mut case = case(&stacks()[1].1, &folder);
    case.findings.stones[0].review = Some(Label::Stone);
    case.findings.stones[1].review = Some(Label::LikelyPhlebolith);
    let masks: Vec<_> = case.masks.iter().map(|(id, mask)| (*id, mask)).collect();
    let volume = Volume::new(case.series.geometry.clone()).unwrap();
    let archive = truth(&volume, &case.series, Some(&case.findings), &masks).unwrap();
    assert_eq!(archive, truth(&volume, &case.series, Some(&case.findings), &masks).unwrap());
    let text = String::from_utf8_lossy(&archive);
    for word in ["/dicom/image.nii.gz", "/truth.nii.gz", "\"kind\": \"stone\"", "\"phlebolith\""] {
        assert!(text.contains(word), "{word}");
    }
    assert_eq!(text.matches("\"label\"").count(), 2, "what nobody has looked at is left out");
    let file = folder.join("truth.zip");
    fs::create_dir_all(&folder).unwrap();
    fs::write(&file, archive).unwrap();
    let tested = Command::new("python3").args(["-m", "zipfile", "-t"]).arg(&file).output();
    assert!(tested.is_ok_and(|out| String::from_utf8_lossy(&out.stdout).contains("Done")));

    let gapped = ct::case(&stacks()[3].1, &folder.join("gapped"));
    let volume = Volume::new(gapped.series.geometry.clone()).unwrap();
    assert_eq!(truth(&volume, &gapped.series, None, &[]), Err(Refused::Uneven));
}

/// Debian's dicom3tools: no error; of warnings only that our own coding scheme is not the standard's.
fn dciodvfy(file: &Path) {
    let Ok(output) = Command::new("dciodvfy").arg("-new").arg(file).output() else {
        println!("skipped: dciodvfy (Debian's dicom3tools) is not here");
        return;
    };
    let told = String::from_utf8_lossy(&output.stderr);
    let unknown = "Unrecognized defined term = <99LITHO>";
    let grave = told.lines().filter(|line| {
        line.starts_with("Error") || line.starts_with("Warning") && !line.contains(unknown)
    });
    let grave: Vec<&str> = grave.collect();
    assert!(grave.is_empty(), "{}: {grave:#?}", file.display());
}

fn read_back(folder: &PathBuf) {
    let known = Command::new("python3").args(["-c", "import highdicom"]).output();
    if !known.is_ok_and(|output| output.status.success()) {
        println!("skipped: python3 has no highdicom");
        return;
    }
    let output = Command::new("python3").arg(READER).arg(folder).output().unwrap();
    if !output.status.success() {
        panic!("{}", String::from_utf8_lossy(&output.stderr));
    }
}
