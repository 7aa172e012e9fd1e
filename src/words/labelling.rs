//! What is said of labelling.

use super::counts::{Thing, counted};
use super::{Language, Text};
use crate::labelling::Hand;
use Language::{English, Korean};
use stones::findings::{Drawn, Kind};

macro_rules! texts {
    ($($name:ident: $en:literal, $ko:literal;)*) => {
        $(pub const $name: Text = Text::new($en, $ko);)*
    };
}

texts! {
    LABEL: "Label", "레이블 그리기";
    LABELLING: "Labelling", "레이블 작업";
    BRUSH: "Brush", "브러시";
    ERASER: "Eraser", "지우개";
    GROW: "Grow", "영역 확장";
    LASSO: "Lasso", "올가미";
    SOLID: "In 3-D (ball)", "3차원(구)";
    SOLID_KEY: "Brush in 3-D or in the slice", "브러시 3차원/단면 전환";
    SMALLER: "Smaller brush", "브러시 작게";
    LARGER: "Larger brush", "브러시 크게";
    STAMP: "Draw at the crosshair", "십자선 위치에 그리기";
    BRUSH_MM: "Size (mm)", "크기(mm)";
    HU_FROM: "HU from", "최소 HU";
    HU_TO: "HU to", "최대 HU";
    REACH_MM: "Within (mm)", "범위(mm)";
    DRAW_ON: "Draw on", "대상";
    NEW_LABEL: "A new label", "새 레이블";
    KIND: "Kind", "종류";
    NAME: "Name", "이름";
    COLOUR: "Colour", "색";
    UNDO: "Undo", "되돌리기";
    REDO: "Redo", "다시 하기";
    UNDO_DRAWING: "Undo drawing", "그리기 되돌리기";
    REMOVE_LABEL: "Remove label", "레이블 삭제";
    SEED_OUTSIDE: "Nothing was grown: the HU there are outside the limits", "그 위치의 HU가 범위를 벗어나 확장하지 않았습니다";
    CUT_OFF: "Growth was cut off at the distance set", "설정한 거리에서 확장을 멈췄습니다";
    NOT_YET: "Not drawn: slices are still being read", "단면을 아직 읽는 중이라 그릴 수 없습니다";
    LABELS_SAVE: "Labels are kept until this study is closed. Save them as DICOM segmentation, NIfTI labels or labelled study.", "레이블은 검사를 닫을 때까지 유지됩니다. DICOM 분할, NIfTI 레이블 또는 레이블 검사로 저장하세요.";
    LABELS_UNSAVED: "Labels are not saved. Save them as DICOM segmentation, NIfTI labels or labelled study.", "레이블이 저장되지 않았습니다. DICOM 분할, NIfTI 레이블 또는 레이블 검사로 저장하세요.";
    LABELS_KEPT: "To use the labels elsewhere, save them as DICOM segmentation, NIfTI labels or labelled study.", "다른 곳에서 쓰려면 DICOM 분할, NIfTI 레이블 또는 레이블 검사로 저장하세요.";
    KEEP: "Keep the labels of this series in this browser", "이 시리즈의 레이블을 이 브라우저에 보관";
    KEEP_NOTE: "Off: nothing of them is stored, and what is not saved is lost with this tab.", "꺼짐: 아무것도 저장하지 않으며, 저장하지 않은 레이블은 탭을 닫으면 사라집니다.";
    KEPT_NOTE: "Stored on this computer with every act, until you forget them: voxels, measures, kinds, names and your words; no image, no patient, no identifier. Whoever opens the same images in this browser is offered them.", "지울 때까지 이 컴퓨터에 작업마다 저장합니다: 복셀, 측정값, 종류, 이름, 판정. 영상, 환자 정보, 식별자는 저장하지 않습니다. 이 브라우저에서 같은 영상을 열면 누구에게나 제안됩니다.";
    TAKE_UP: "Go on with them", "이어서 작업";
    FORGET_KEPT: "Forget kept labels", "보관한 레이블 지우기";
    TRUTH_NOTE: "A labelled study judges a model (lithoscope evaluate). It holds what you drew or accepted; what nobody has looked at is left out.", "레이블 검사는 모델 평가(lithoscope evaluate)에 쓰입니다. 직접 그렸거나 인정한 것만 담고, 확인하지 않은 것은 뺍니다.";
    UNSAVED: "What you drew or said of findings is not saved and will be lost. Go on?", "그린 레이블이나 판정이 저장되지 않아 사라집니다. 계속할까요?";
    DRAWN_ONLY: "No model has searched this series: what is listed was drawn by a person.", "모델이 검색하지 않은 시리즈입니다. 목록은 사람이 그린 것입니다.";
}

pub fn hand_note(hand: Hand) -> Text {
    match hand {
        Hand::Brush => Text::new(
            "Drag to draw; with Alt it erases.",
            "드래그하여 그립니다. Alt를 누르면 지웁니다.",
        ),
        Hand::Eraser => Text::new(
            "Drag to erase; with a new label as target, from all.",
            "드래그하여 지웁니다. 대상이 새 레이블이면 모든 레이블에서 지웁니다.",
        ),
        Hand::Grow => Text::new(
            "Click: all that hangs together there between these HU, in 3-D.",
            "클릭: 그 위치에서 이 HU 범위로 이어진 영역을 3차원으로 채웁니다.",
        ),
        Hand::Lasso => Text::new(
            "Draw a line around it: the slice within is filled; with Alt it is erased.",
            "둘레를 그리면 단면 안쪽이 채워집니다. Alt를 누르면 지워집니다.",
        ),
    }
}

pub fn kind_drawn(kind: Kind) -> Text {
    match kind {
        Kind::Stone => super::STONE,
        Kind::Phlebolith => Text::new("phlebolith", "정맥석"),
        Kind::Plaque => Text::new("plaque", "죽상반"),
        Kind::BowelContent => Text::new("bowel content", "장 내용물"),
        Kind::Other => Text::new("other", "기타"),
    }
}

/// "Finding 3", as a choice.
pub fn finding_short(language: Language, number: u32) -> String {
    match language {
        English => format!("Finding {number}"),
        Korean => format!("소견 {number}"),
    }
}

/// What this browser has kept of the series shown.
pub fn kept_labels(language: Language, count: usize) -> String {
    match (language, count) {
        (English, 1) => "This browser has kept 1 label of this series.".into(),
        (English, _) => format!("This browser has kept {count} labels of this series."),
        (Korean, _) => format!("이 브라우저에 이 시리즈의 레이블 {count}개가 보관되어 있습니다."),
    }
}

/// Of a finding that a person has drawn.
pub fn drawn_finding(language: Language, number: u32, corrected: bool) -> String {
    match (language, corrected) {
        (English, true) => format!("Corrected finding {number}"),
        (English, false) => format!("Drawn finding {number}"),
        (Korean, true) => format!("수정한 소견 {number}"),
        (Korean, false) => format!("그린 소견 {number}"),
    }
}

pub fn drawn_count(language: Language, count: usize) -> String {
    match language {
        English => format!("{count} drawn"),
        Korean => format!("직접 그린 것 {count}개"),
    }
}

/// "120 voxels, 54.0 mm³ · model’s 100, added 20, removed 4".
pub fn drawn_parts(language: Language, drawn: &Drawn) -> String {
    let Drawn { kept, added, removed, mask_mm3, .. } = drawn;
    let volume = mask_mm3.map(|mm3| format!(", {mm3:.1} mm³")).unwrap_or_default();
    let all = counted(language, kept + added, Thing::Voxel) + &volume;
    match (language, kept + removed) {
        (_, 0) => all,
        (English, _) => format!("{all} · model’s {kept}, added {added}, removed {removed}"),
        (Korean, _) => format!("{all} · 모델 {kept}, 추가 {added}, 제거 {removed}"),
    }
}
