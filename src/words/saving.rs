//! What can be saved, and the sentence that a report takes over.

use super::codes::level;
use super::{Language, Text, called};
use Language::{English, Korean};
use stones::Stone;
use stones::findings::Side;

macro_rules! texts {
    ($($name:ident: $en:literal, $ko:literal;)*) => {
        $(pub const $name: Text = Text::new($en, $ko);)*
    };
}

texts! {
    SAVE: "Save", "저장";
    SAVE_SEGMENTATION: "DICOM segmentation", "DICOM 분할(SEG)";
    SAVE_FRACTIONAL: "DICOM segmentation with probabilities", "DICOM 분할(확률)";
    SAVE_REPORT: "DICOM report (SR)", "DICOM 보고서(SR)";
    SAVE_LABELS: "NIfTI labels", "NIfTI 레이블";
    SAVE_IMAGE: "NIfTI image", "NIfTI 영상";
    SAVE_TRUTH: "Labelled study (ZIP)", "레이블 검사(ZIP)";
    SAVE_TABLE: "Table (CSV)", "표(CSV)";
    SAVE_JSON: "Findings (JSON)", "소견(JSON)";
    SAVE_PICTURE: "Picture (PNG)", "그림(PNG)";
    LOAD_FINDINGS: "Open saved findings", "저장한 소견 열기";
    LOAD_NOTE: "A DICOM segmentation or NIfTI labels of this series, or findings saved as JSON. What a person drew there can be drawn on", "이 시리즈의 DICOM 분할(SEG), NIfTI 레이블 또는 JSON으로 저장한 소견. 사람이 그린 레이블은 이어서 고칠 수 있습니다";
    TAKE_MODEL: "Use another model", "다른 모델 사용";
    LEAVE_MODEL: "Use the built-in model", "기본 모델 사용";
    MODEL_NOTE: "An ONNX network with its manifest.json; both stay on this computer", "ONNX 네트워크와 manifest.json. 모두 이 컴퓨터에만 남습니다";
    OWN_MODEL: "Your own model, not ours: nothing is known of how well it finds stones", "사용자 모델입니다. 결석을 얼마나 잘 찾는지 검증되지 않았습니다";
    KEPT: "Works offline", "오프라인 사용 가능";
    NEWER_VERSION: "A newer version is there and starts next time", "새 버전이 준비되어 다음에 시작됩니다";
    SUMMARY: "Summary to print", "인쇄용 요약";
    PRINT: "Print", "인쇄";
    SAVE_NOTE: "Saved on this computer only. The DICOM files name the patient as the images do; the others don’t.", "이 컴퓨터에만 저장됩니다. DICOM 파일에는 영상과 같은 환자 정보가 들어가고, 다른 파일에는 없습니다.";
    PATIENT_IN_PICTURE: "Patient text in picture and summary", "그림과 요약에 환자 정보 포함";
    DEIDENTIFY: "Save without patient data", "환자 정보 없이 저장";
    DEIDENTIFY_NOTE: "Left out or replaced (DICOM PS3.15, basic profile): patient’s name, ID, birth date and sex; study date, time, ID, description, accession number and referring physician; series description; names of labels; file paths; times of saving. UIDs are replaced, the same by the same until this study is closed, so the files no longer refer to your images. Pixels are not changed.", "제외 또는 대체(DICOM PS3.15 기본 프로파일): 환자 이름·ID·생년월일·성별, 검사 날짜·시간·ID·설명·접수 번호·의뢰 의사, 시리즈 설명, 레이블 이름, 파일 경로, 저장 시각. UID는 새 값으로 바뀌며 검사를 닫을 때까지 같은 값은 같게 유지되므로 원본 영상을 더 이상 가리키지 않습니다. 픽셀은 바뀌지 않습니다.";
    COPY_SENTENCE: "Copy sentence", "문장 복사";
    SUMMARY_TITLE: "Summary of the model’s findings", "모델 소견 요약";
    READ_ALL: "Read the whole scan.", "전체 영상을 판독하세요.";
    NUMBER: "No.", "번호";
    COPIED: "Copied", "복사했습니다";
    NOT_COPIED: "Could not copy", "복사하지 못했습니다";
    SIDE_LEVEL: "Side, level", "좌우·위치";
}

/// "left distal ureter"; a side that nobody knows is said to be so.
pub fn side_and_level(language: Language, stone: &Stone) -> String {
    let side = match stone.side {
        Some(Side::Left) => super::LEFT,
        Some(Side::Right) => super::RIGHT,
        Some(Side::Midline) => super::MIDLINE,
        None => Text::new("side undetermined", "좌우 미정"),
    };
    let level = stone.level.map(|at| format!(" {}", level(at).to(language))).unwrap_or_default();
    format!("{}{level}", side.to(language))
}

/// "820 HU", and that it is not reliable where that is so.
pub fn mean_hu(language: Language, stone: &Stone) -> Option<String> {
    let unreliable = stone.limits.iter().any(|word| word == "hu_not_reliable");
    stone.hu_mean.map(|hu| match (language, unreliable) {
        (_, false) => format!("{hu:.0} HU"),
        (English, true) => format!("{hu:.0} HU (not reliable)"),
        (Korean, true) => format!("{hu:.0} HU (신뢰 낮음)"),
    })
}

/// Whether a person has said something of it, or drawn it.
fn is_reviewed(stone: &Stone) -> bool {
    stone.review.is_some() || stone.drawn.is_some()
}

/// How many of the findings a person has looked at.
pub fn reviewed_of<'a>(language: Language, stones: impl Iterator<Item = &'a Stone>) -> String {
    let reviewed: Vec<bool> = stones.map(is_reviewed).collect();
    let (of, reviewed) = (reviewed.len(), reviewed.into_iter().filter(|it| *it).count());
    match (language, reviewed) {
        (English, 0) => "Not reviewed.".into(),
        (English, _) => format!("{reviewed} of {of} findings reviewed."),
        (Korean, 0) => "판독 전입니다.".into(),
        (Korean, _) => format!("소견 {of}개 중 {reviewed}개 확인함."),
    }
}

/// "5.2 mm (±0.5) axial, 6.1 mm CC, 55 mm³, 820 HU, left distal ureter, series 3 image 212, score 0.93, not reviewed".
pub fn sentence(language: Language, stone: &Stone) -> String {
    let has = |limit: &str| stone.limits.iter().any(|word| word == limit);
    let bounded = |mm: f64, band: Option<f64>, upper: bool| match (upper, band) {
        (true, _) => format!("≤ {mm} mm"),
        (false, Some(band)) => format!("{mm:.1} mm (±{band:.1})"),
        (false, None) => format!("{mm:.1} mm"),
    };
    let axial = stone.max_axial_diameter_mm.map(|mm| {
        let size = bounded(mm, stone.error_mm.axial, has("resolution_limit"));
        match language {
            English => format!("{size} axial"),
            Korean => format!("축상 {size}"),
        }
    });
    let craniocaudal = stone.craniocaudal_mm.map(|mm| {
        let size = bounded(mm, None, has("craniocaudal_limit"));
        match language {
            English => format!("{size} CC"),
            Korean => format!("두미 {size}"),
        }
    });
    let volume = stone.volume_mm3.map(|volume| format!("{volume:.0} mm³"));
    let hu = mean_hu(language, stone);
    let again = &stone.find_again;
    let series = again.series_number.map(|n| match language {
        English => format!("series {n}"),
        Korean => format!("시리즈 {n}"),
    });
    let image = again.instance_number.map(|n| match language {
        English => format!("image {n}"),
        Korean => format!("영상 {n}"),
    });
    let image: Vec<String> = [series, image].into_iter().flatten().collect();
    let score = stone.probability.map(|score| match language {
        English => format!("score {score:.2}"),
        Korean => format!("점수 {score:.2}"),
    });
    let reviewed = match (language, is_reviewed(stone)) {
        (English, false) => "not reviewed",
        (English, true) => "reviewed",
        (Korean, false) => "판독 전",
        (Korean, true) => "확인함",
    };
    let called = called(stone).map(|called| called.to(language).to_owned());
    let place = Some(side_and_level(language, stone));
    let image = Some(image.join(" ")).filter(|image| !image.is_empty());
    [called, axial, craniocaudal, volume, hu, place, image, score, Some(reviewed.into())]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

/// "Copy the sentence of finding 2".
pub fn copy_sentence(language: Language, number: u32) -> String {
    match language {
        English => format!("Copy sentence: finding {number}"),
        Korean => format!("소견 {number} 문장 복사"),
    }
}
