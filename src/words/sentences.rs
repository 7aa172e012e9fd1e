//! Sentences with numbers in them.

use super::{Language, Text, kind, plane};
use Language::{English, Korean};
use volume::Plane;
use workers::messages::Picked;

/// "41 of 99" in an order that is every language's own.
pub fn slice_of(language: Language, index: usize, count: usize) -> String {
    match language {
        English => format!("slice {} of {count}", index + 1),
        Korean => format!("단면 {} / {count}", index + 1),
    }
}

pub fn picture(language: Language, shown: Plane, index: usize, count: usize) -> String {
    format!("{}, {}", plane(shown).to(language), slice_of(language, index, count))
}

pub fn slider(language: Language, shown: Plane) -> String {
    match language {
        English => format!("{} slice", plane(shown).to(language)),
        Korean => format!("{} 단면", plane(shown).to(language)),
    }
}

pub fn scanned(language: Language, seen: usize, of: usize) -> String {
    match language {
        English => format!("{seen} / {of} files seen"),
        Korean => format!("파일 {seen} / {of}개 확인"),
    }
}

pub fn loaded(language: Language, loaded: usize, of: usize) -> String {
    match language {
        English => format!("{loaded} / {of} slices"),
        Korean => format!("{loaded} / {of} 단면"),
    }
}

pub fn searched(language: Language, done: usize, of: usize) -> String {
    match language {
        English => format!("{done} / {of} slices searched"),
        Korean => format!("{done} / {of} 단면 검색"),
    }
}

pub fn seconds_left(language: Language, seconds: f64) -> String {
    let seconds = seconds.ceil().max(1.0);
    match language {
        English => format!("{seconds:.0} s left"),
        Korean => format!("{seconds:.0}초 남음"),
    }
}

pub fn images(language: Language, count: usize) -> String {
    match language {
        English => format!("{count} images"),
        Korean => format!("영상 {count}장"),
    }
}

/// Why this series is shown first: "picked: 1.0 mm, 275 images; skipped: scout, report".
pub fn picked(language: Language, picked: &Picked) -> String {
    let mut reason: Vec<String> =
        picked.spacing_mm.map(|mm| format!("{mm:.1} mm")).into_iter().collect();
    reason.push(images(language, picked.slices));
    let reason = reason.join(", ");
    let skipped: Vec<String> = picked
        .skipped
        .iter()
        .map(|(code, count)| match (kind(code).to(language), count) {
            (kind, 1) => kind.to_owned(),
            (kind, count) => format!("{kind} ×{count}"),
        })
        .collect();
    match (language, skipped.is_empty()) {
        (English, true) => format!("picked: {reason}"),
        (English, false) => format!("picked: {reason}; skipped: {}", skipped.join(", ")),
        (Korean, true) => format!("선택: {reason}"),
        (Korean, false) => format!("선택: {reason}; 제외: {}", skipped.join(", ")),
    }
}

pub fn not_loaded(language: Language, count: usize) -> String {
    match language {
        English => format!("Not loaded ({count})"),
        Korean => format!("읽지 못함 ({count})"),
    }
}

pub fn and_more(language: Language, count: usize) -> String {
    match language {
        English => format!("and {count} more"),
        Korean => format!("외 {count}개"),
    }
}

pub fn finding(language: Language, number: u32, of: usize) -> String {
    match language {
        English => format!("Model finding {number} of {of}"),
        Korean => format!("모델 소견 {number} / {of}"),
    }
}

pub fn findings(language: Language, count: usize) -> String {
    match (language, count) {
        (English, 1) => "1 model finding".into(),
        (English, count) => format!("{count} model findings"),
        (Korean, count) => format!("모델 소견 {count}개"),
    }
}

pub fn nothing_found(language: Language, slices: usize) -> String {
    match language {
        English => format!(
            "No candidate above the threshold in {slices} slices. This does not exclude stones. \
             Read the whole scan."
        ),
        Korean => format!(
            "{slices}개 단면에서 기준값을 넘는 후보가 없습니다. 결석이 없다는 뜻이 아닙니다. \
             전체 영상을 판독하세요."
        ),
    }
}

pub fn not_searched(language: Language, missing: usize, of: usize) -> String {
    match language {
        English => format!("{missing} of {of} slices were not searched."),
        Korean => format!("{of}개 단면 중 {missing}개는 검색하지 않았습니다."),
    }
}

pub fn search_goes_on(language: Language, seen: usize, of: usize) -> String {
    match language {
        English => format!("So far, {seen} of {of} slices. The list may change."),
        Korean => format!("현재까지 {of}개 중 {seen}개 단면. 목록이 바뀔 수 있습니다."),
    }
}

pub fn search_took(language: Language, seconds: f64, slices: usize) -> String {
    match language {
        English => format!("{slices} slices searched in {seconds:.1} s."),
        Korean => format!("{slices}개 단면을 {seconds:.1}초 동안 검색했습니다."),
    }
}

pub fn visible(language: Language, number: u32) -> String {
    match language {
        English => format!("Visible: finding {number}"),
        Korean => format!("소견 {number} 표시"),
    }
}

/// A text of the page's own followed by the detail of the moment.
pub fn with_detail(language: Language, text: Text, detail: &str) -> String {
    match detail {
        "" => text.to(language).to_owned(),
        detail => format!("{} ({detail})", text.to(language)),
    }
}
