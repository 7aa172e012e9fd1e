//! Sentences with numbers in them.

use super::counts::{Thing, counted, counted_of, noun};
use super::{Language, Text, kind, plane};
use Language::{English, Korean};
use stones::findings::Engine;
use volume::{Part, Plane};
use workers::messages::Picked;

/// "41 of 99" in an order that is every language's own.
pub fn slice_of(language: Language, index: usize, count: usize) -> String {
    match language {
        English => format!("slice {} of {count}", index + 1),
        Korean => format!("단면 {} / {count}", index + 1),
    }
}

/// `numbered` is the slice, from 0, and how many there are.
pub fn picture(language: Language, shown: Plane, numbered: Option<(usize, usize)>) -> String {
    let plane = plane(shown).to(language);
    match numbered {
        Some((index, count)) => format!("{plane}, {}", slice_of(language, index, count)),
        None => plane.to_owned(),
    }
}

pub fn slider(language: Language, shown: Plane) -> String {
    match language {
        English => format!("{} slice", plane(shown).to(language)),
        Korean => format!("{} 단면", plane(shown).to(language)),
    }
}

/// What ran the network, on how many workers, and how far its self-test was from the answers stored with the network.
pub fn engine(language: Language, engine: &Engine) -> String {
    let Engine { name, workers, self_test_max_abs } = engine;
    let ran = format!("{name} · {}", counted(language, *workers, Thing::Worker));
    match (self_test_max_abs, language) {
        (Some(off), English) => format!("{ran} · self-test within {off:.0e}"),
        (Some(off), Korean) => format!("{ran} · 자가 검사 오차 {off:.0e}"),
        (None, _) => ran,
    }
}

pub fn scanned(language: Language, seen: usize, of: usize) -> String {
    let files = counted_of(language, seen, of, Thing::File);
    match language {
        English => format!("{files} seen"),
        Korean => format!("{files} 확인"),
    }
}

pub fn loaded(language: Language, loaded: usize, of: usize) -> String {
    counted_of(language, loaded, of, Thing::Slice)
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

pub fn too_large(language: Language, needed: u64, room: u64) -> String {
    let (needed, room) = (gigabytes(needed), gigabytes(room));
    match language {
        English => format!("It needs {needed}; this browser can give about {room}."),
        Korean => {
            format!("필요한 메모리는 {needed}, 브라우저가 줄 수 있는 메모리는 약 {room}입니다.")
        }
    }
}

/// "every 2nd slice"
fn every(language: Language, step: usize) -> String {
    match (language, step) {
        (English, 2) => "every 2nd slice".into(),
        (English, 3) => "every 3rd slice".into(),
        (English, step) => format!("every {step}th slice"),
        (Korean, step) => format!("{step}장마다 한 단면"),
    }
}

pub fn read_thinned(language: Language, part: Part, bytes: u64) -> String {
    let (every, bytes) = (every(language, part.step), gigabytes(bytes));
    match language {
        English => format!("Read {every} ({bytes})"),
        Korean => format!("{every} 읽기 ({bytes})"),
    }
}

pub fn read_range(language: Language, bytes: u64) -> String {
    let bytes = gigabytes(bytes);
    match language {
        English => format!("Read these slices ({bytes})"),
        Korean => format!("이 단면들 읽기 ({bytes})"),
    }
}

/// What is shown of a series: "slices 201–700 of 1500", "every 2nd slice of 1500"; nothing if it is all.
pub fn part(language: Language, part: Part) -> Option<String> {
    let Part { first, last, step, of } = part;
    let range = match language {
        English => format!("slices {}–{} of {of}", first + 1, last + 1),
        Korean => format!("전체 {of}단면 중 {}–{}", first + 1, last + 1),
    };
    match (part.is_whole(), step) {
        (true, _) => None,
        (false, 1) => Some(range),
        (false, step) => Some(format!("{}, {range}", every(language, step))),
    }
}

pub fn searched(language: Language, done: usize, of: usize) -> String {
    let slices = counted_of(language, done, of, Thing::Slice);
    match language {
        English => format!("{slices} searched"),
        Korean => format!("{slices} 검색"),
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
    counted(language, count, Thing::Image)
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

pub fn times(language: Language, count: usize, what: &str) -> String {
    match (language, count) {
        (_, 1) => what.to_owned(),
        (English, _) => format!("{count} × {what}"),
        (Korean, _) => format!("{what} {count}개"),
    }
}

pub fn files(language: Language, count: usize) -> String {
    counted(language, count, Thing::File)
}

/// "Study 1 of 2 · Hong Gildong · 2026-11-24 · Abdomen".
pub fn study(language: Language, number: usize, of: usize, what: &[String]) -> String {
    let head = match language {
        English => format!("Study {number} of {of}"),
        Korean => format!("검사 {number} / {of}"),
    };
    let what = what.iter().filter(|part| !part.is_empty()).cloned();
    std::iter::once(head).chain(what).collect::<Vec<_>>().join(" · ")
}

pub fn and_more(language: Language, count: usize) -> String {
    match language {
        English => format!("and {count} more"),
        Korean => format!("외 {count}개"),
    }
}

pub fn finding(language: Language, number: u32) -> String {
    match language {
        English => format!("Model finding {number}"),
        Korean => format!("모델 소견 {number}"),
    }
}

pub fn findings(language: Language, count: usize) -> String {
    counted(language, count, Thing::ModelFinding)
}

pub fn nothing_found(language: Language, slices: usize) -> String {
    match language {
        English => format!(
            "No candidate above the threshold in {}. This does not exclude stones. \
             Read the whole scan.",
            counted(English, slices, Thing::Slice)
        ),
        Korean => format!(
            "단면 {slices}개에서 기준값을 넘는 후보가 없습니다. 결석이 없다는 뜻이 아닙니다. \
             전체 영상을 판독하세요."
        ),
    }
}

/// In place of [`nothing_found`] where a person has rejected what was found.
pub fn all_rejected(language: Language, count: usize) -> String {
    match language {
        English => format!(
            "You rejected all that the model found ({count}). This does not exclude stones. \
             Read the whole scan."
        ),
        Korean => format!(
            "모델이 찾은 {count}개를 모두 아님으로 판정했습니다. 결석이 없다는 뜻이 아닙니다. \
             전체 영상을 판독하세요."
        ),
    }
}

/// "slice 43"; "slice 43 (instance 343)" where the file numbers it otherwise.
pub fn slice_at(language: Language, at: Option<usize>, instance: Option<i32>) -> Option<String> {
    let told = slice_number(language, at, instance)?;
    Some(match (at, language) {
        (None, _) => told,
        (Some(_), English) => format!("slice {told}"),
        (Some(_), Korean) => format!("단면 {told}"),
    })
}

/// The same under a heading that says what it is. `at` is the slice of the pane, from 0.
pub fn slice_number(
    language: Language,
    at: Option<usize>,
    instance: Option<i32>,
) -> Option<String> {
    let named = instance.map(|number| format!("{} {number}", super::INSTANCE.to(language)));
    match (at.map(|at| at + 1), named) {
        (Some(slice), _) if instance.is_none_or(|n| usize::try_from(n) == Ok(slice)) => {
            Some(slice.to_string())
        }
        (Some(slice), Some(named)) => Some(format!("{slice} ({named})")),
        (_, named) => named,
    }
}

pub fn not_searched(language: Language, missing: usize, of: usize) -> String {
    match language {
        English => {
            let were = if missing == 1 { "was" } else { "were" };
            format!("{missing} of {of} {} {were} not searched.", noun(of, Thing::Slice))
        }
        Korean => format!("{of}개 단면 중 {missing}개는 검색하지 않았습니다."),
    }
}

pub fn search_goes_on(language: Language, seen: usize, of: usize) -> String {
    match language {
        English => {
            format!("So far, {seen} of {of} {}. The list may change.", noun(of, Thing::Slice))
        }
        Korean => format!("현재까지 {of}개 중 {seen}개 단면. 목록이 바뀔 수 있습니다."),
    }
}

pub fn search_took(language: Language, seconds: f64, slices: usize) -> String {
    let slices = counted(language, slices, Thing::Slice);
    match language {
        English => format!("{slices} searched in {seconds:.1} s."),
        Korean => format!("{slices}를 {seconds:.1}초 동안 검색했습니다."),
    }
}

pub fn visible(language: Language, number: u32) -> String {
    match language {
        English => format!("Visible: finding {number}"),
        Korean => format!("소견 {number} 표시"),
    }
}

pub fn your_word(language: Language, number: u32) -> String {
    match language {
        English => format!("Your word on finding {number}"),
        Korean => format!("소견 {number} 판정"),
    }
}

pub fn label_of(language: Language, number: u32) -> String {
    match language {
        English => format!("Label of finding {number}"),
        Korean => format!("소견 {number} 분류"),
    }
}

/// Who called a finding what: a person, and the model.
pub fn reviewed(language: Language, person: &str, model: &str) -> String {
    match language {
        English => format!("You: {person} · model: {model}"),
        Korean => format!("판독자: {person} · 모델: {model}"),
    }
}

pub fn rejected(language: Language, count: usize) -> String {
    match language {
        English => format!("Rejected ({count})"),
        Korean => format!("제외됨 ({count})"),
    }
}

/// A text of the page's own followed by the detail of the moment, in which the reader counts slices in English.
pub fn with_detail(language: Language, text: Text, detail: &str) -> String {
    let slices = detail.strip_suffix(" slices").or(detail.strip_suffix(" slice"));
    let detail = match slices.and_then(|count| count.parse().ok()) {
        Some(count) => counted(language, count, Thing::Slice),
        None => detail.to_owned(),
    };
    match detail.as_str() {
        "" => text.to(language).to_owned(),
        detail => format!("{} ({detail})", text.to(language)),
    }
}

/// That a key can't be given, as another command has it.
pub fn key_taken(language: Language, key: &str, name: &str) -> String {
    match language {
        English => format!("{key} already means “{name}”. Press another key."),
        Korean => format!("{key} 키는 이미 ‘{name}’에 쓰입니다. 다른 키를 누르세요."),
    }
}

/// What belongs to the prior is called so.
pub fn of_prior(language: Language, name: &str) -> String {
    format!("{}: {name}", super::PRIOR.to(language))
}

/// The button that shows a series as the prior: what stands on it, and of which series.
pub fn as_prior(language: Language, series: &str) -> String {
    format!("{}: {series}", super::COMPARE.to(language))
}
