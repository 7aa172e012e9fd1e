//! The facts of a series as rows of name and value: what the geometry panel shows.

use super::{Language, Text, plane};
use crate::number::number;
use Language::{English, Korean};
use volume::{Gap, Layout, Spread};
use workers::messages::{Facts, Numbered, Stored};

/// A heading and what stands under it, row by row.
pub struct Section {
    pub heading: Text,
    pub rows: Vec<(Text, String)>,
}

const UNKNOWN: Text = Text::new("unknown", "알 수 없음");
const NONE: Text = Text::new("none", "없음");

/// Everything that is known of a series, and of what matters also that it is not known. `split` says by what it
/// was told from other volumes, `duplicates` how many files were left out.
pub fn facts(
    language: Language,
    facts: &Facts,
    split: Option<&str>,
    duplicates: usize,
) -> Vec<Section> {
    vec![
        Section { heading: Text::new("Voxels", "복셀"), rows: voxels(language, facts) },
        Section { heading: Text::new("Position", "위치"), rows: position(language, facts) },
        Section {
            heading: Text::new("Completeness", "완전성"),
            rows: completeness(language, facts, split, duplicates),
        },
        Section { heading: Text::new("Values", "값"), rows: values(language, facts) },
        Section { heading: Text::new("Storage", "저장 형식"), rows: storage(language, facts) },
    ]
}

fn voxels(language: Language, facts: &Facts) -> Vec<(Text, String)> {
    let unknown = || UNKNOWN.to(language).to_owned();
    let Facts { columns, rows, slices, .. } = facts;
    let pixel = match facts.pixel_mm {
        [Some(across), Some(down)] => format!("{across:.3} × {down:.3} mm"),
        _ => unknown(),
    };
    let distance = match (&facts.layout, slices) {
        (_, 1) => one_slice(language),
        (Some(Layout { distance_mm: Some(distance), .. }), _) => spread(language, *distance),
        _ => unknown(),
    };
    let thickness = facts.thickness_mm.map_or_else(unknown, |mm| spread(language, mm));
    vec![
        (
            Text::new("Columns × rows × slices", "열 × 행 × 단면"),
            format!("{columns} × {rows} × {slices}"),
        ),
        (Text::new("Pixel size", "픽셀 크기"), pixel),
        (Text::new("Slice distance", "단면 간격"), distance),
        (Text::new("Slice thickness", "단면 두께"), thickness),
    ]
}

fn position(language: Language, facts: &Facts) -> Vec<(Text, String)> {
    let acquired = Text::new("Acquired", "촬영 방향");
    let mut rows = match &facts.layout {
        None => vec![(acquired, UNKNOWN.to(language).to_owned())],
        Some(layout) => vec![
            (acquired, orientation(language, layout)),
            (Text::new("Directions", "방향"), directions(language, &layout.letters)),
            (Text::new("Gantry tilt", "갠트리 기울기"), tilt(language, layout, facts.slices)),
        ],
    };
    if let (Some(numbered), Some(layout)) = (facts.numbered, &facts.layout) {
        let text = image_order(language, numbered, &layout.letters[2]);
        rows.push((Text::new("Image numbers", "영상 번호"), text));
    }
    if !facts.patient_position.is_empty() {
        rows.push((
            Text::new("Patient position", "환자 자세"),
            patient_position(language, &facts.patient_position),
        ));
    }
    rows
}

fn completeness(
    language: Language,
    facts: &Facts,
    split: Option<&str>,
    duplicates: usize,
) -> Vec<(Text, String)> {
    let gaps = match &facts.layout {
        None => UNKNOWN.to(language).to_owned(),
        Some(layout) if layout.gaps.is_empty() => NONE.to(language).to_owned(),
        Some(layout) => joined(layout.gaps.iter().map(|g| gap(language, g, layout.axis)), "\n"),
    };
    let mut rows = vec![(Text::new("Gaps", "빠진 구간"), gaps)];
    let mut some = |name: Text, value: String| {
        if !value.is_empty() {
            rows.push((name, value));
        }
    };
    some(
        Text::new("Absent image numbers", "없는 영상 번호"),
        ranges(language, &facts.absent_numbers),
    );
    let files = match language {
        English => format!("{duplicates} left out"),
        Korean => format!("{duplicates}개 제외"),
    };
    some(
        Text::new("Duplicates", "중복"),
        if duplicates > 0 { files } else { NONE.to(language).to_owned() },
    );
    some(Text::new("Told apart by", "구분 기준"), split.unwrap_or_default().to_owned());
    some(Text::new("Kernel", "재구성 커널"), facts.kernels.join(", "));
    rows
}

fn values(language: Language, facts: &Facts) -> Vec<(Text, String)> {
    let rescale = match facts.rescales.as_slice() {
        _ if facts.modality_table => {
            Text::new("by a table (Modality LUT)", "표(Modality LUT)").to(language).to_owned()
        }
        [] => Text::new("none: values may not be HU", "없음: HU가 아닐 수 있음")
            .to(language)
            .to_owned(),
        some => {
            listed(language, some.iter().map(|[slope, intercept]| linear(*slope, *intercept)), 4)
        }
    };
    let mut rows = vec![(Text::new("Rescale", "HU 변환"), rescale)];
    rows.extend(facts.unit.clone().map(|unit| (Text::new("Unit", "단위"), unit)));
    let padding = facts.padding.map(|[from, to]| match from == to {
        true => from.to_string(),
        false => format!("{from} … {to}"),
    });
    rows.extend(padding.map(|p| (Text::new("Padding value", "패딩 값"), p)));
    let windows = facts.windows.iter().map(|w| {
        let name = if w.name.is_empty() { String::new() } else { format!("{} ", w.name) };
        format!("{name}WW {} WL {}", w.width, w.centre)
    });
    let windows = listed(language, windows, 6);
    if !windows.is_empty() {
        rows.push((Text::new("Windows of the file", "파일의 윈도우"), windows));
    }
    if facts.contrast {
        let agent = match facts.contrast_agents.as_slice() {
            [] => Text::new("yes", "사용").to(language).to_owned(),
            agents => agents.join(", "),
        };
        rows.push((Text::new("Contrast agent", "조영제"), agent));
    }
    rows
}

fn storage(language: Language, facts: &Facts) -> Vec<(Text, String)> {
    let mut rows = vec![(Text::new("Transfer syntax", "전송 구문"), facts.syntaxes.join(", "))];
    rows.extend(facts.stored.map(|stored| (Text::new("Pixels", "픽셀"), bits(language, stored))));
    let lossy = [facts.lossy_methods.join(", "), lossy_ratio(&facts.lossy_ratios)];
    let lossy = joined(lossy.into_iter().filter(|part| !part.is_empty()), ", ");
    let mut some = |name: Text, value: String| {
        if !value.is_empty() {
            rows.push((name, value));
        }
    };
    some(Text::new("Lossy compression", "손실 압축"), lossy);
    some(Text::new("Modality", "검사 종류"), facts.modality.clone());
    some(Text::new("Image type", "영상 유형"), joined(facts.image_types.iter().cloned(), ", "));
    rows
}

fn joined(parts: impl Iterator<Item = String>, by: &str) -> String {
    parts.collect::<Vec<_>>().join(by)
}

/// The first of a list, and how many more there are.
fn listed(language: Language, parts: impl ExactSizeIterator<Item = String>, most: usize) -> String {
    let more = parts.len().saturating_sub(most);
    let rest = (more > 0).then(|| super::and_more(language, more));
    joined(parts.take(most).chain(rest), ", ")
}

fn one_slice(language: Language) -> String {
    Text::new("one slice only", "단면 하나").to(language).to_owned()
}

/// One length where all are the same to a hundredth of a millimetre.
fn spread(language: Language, Spread { least, median, greatest }: Spread) -> String {
    match language {
        _ if greatest - least < 0.01 => format!("{median:.2} mm"),
        English => format!("median {median:.2} mm, {least:.2} to {greatest:.2} mm"),
        Korean => format!("중앙값 {median:.2} mm, {least:.2}–{greatest:.2} mm"),
    }
}

fn orientation(language: Language, layout: &Layout) -> String {
    let name = plane(layout.plane).to(language);
    let degrees = layout.oblique_degrees;
    match language {
        _ if degrees < 0.5 => name.to_owned(),
        English => format!("{name}, oblique by {degrees:.1}°"),
        Korean => format!("{name}, {degrees:.1}° 경사"),
    }
}

fn directions(language: Language, [column, row, slice]: &[String; 3]) -> String {
    match language {
        English => format!("columns → {column}, rows → {row}, slices → {slice}"),
        Korean => format!("열 → {column}, 행 → {row}, 단면 → {slice}"),
    }
}

fn tilt(language: Language, layout: &Layout, slices: usize) -> String {
    let degrees = layout.tilt_degrees;
    match language {
        _ if slices < 2 => one_slice(language),
        _ if degrees < 0.05 => NONE.to(language).to_owned(),
        English => format!("{degrees:.1}° by the positions; shown and measured true"),
        Korean => format!("위치로 계산한 {degrees:.1}°; 보정하여 표시·측정"),
    }
}

fn image_order(language: Language, numbered: Numbered, towards: &str) -> String {
    match (numbered, language) {
        (Numbered::Rising, English) => format!("rise towards {towards}"),
        (Numbered::Rising, Korean) => format!("{towards} 방향으로 증가"),
        (Numbered::Falling, English) => format!("fall towards {towards}"),
        (Numbered::Falling, Korean) => format!("{towards} 방향으로 감소"),
        (Numbered::Mixed, English) => "do not follow the positions".into(),
        (Numbered::Mixed, Korean) => "위치 순서와 다름".into(),
    }
}

/// PS3.3 C.7.3.1.1.2.
fn patient_position(language: Language, code: &str) -> String {
    let text = match code {
        "HFS" => Text::new("head first, supine", "머리부터, 앙와위"),
        "HFP" => Text::new("head first, prone", "머리부터, 복와위"),
        "HFDR" => Text::new("head first, right side down", "머리부터, 우측와위"),
        "HFDL" => Text::new("head first, left side down", "머리부터, 좌측와위"),
        "FFS" => Text::new("feet first, supine", "발부터, 앙와위"),
        "FFP" => Text::new("feet first, prone", "발부터, 복와위"),
        "FFDR" => Text::new("feet first, right side down", "발부터, 우측와위"),
        "FFDL" => Text::new("feet first, left side down", "발부터, 좌측와위"),
        _ => return code.to_owned(),
    };
    format!("{} ({code})", text.to(language))
}

/// "z −10.0 to 5.0 mm: 15.0 mm, 2 slices missing (above slice 4)".
fn gap(language: Language, gap: &Gap, axis: usize) -> String {
    let axis = ["x", "y", "z"].get(axis).copied().unwrap_or_default();
    let Gap { from_mm, to_mm, distance_mm, missing, .. } = gap;
    match (language, missing) {
        (English, 1) => {
            format!("{axis} {from_mm:.1} to {to_mm:.1} mm: {distance_mm:.1} mm, 1 slice missing")
        }
        (English, _) => format!(
            "{axis} {from_mm:.1} to {to_mm:.1} mm: {distance_mm:.1} mm, {missing} slices missing"
        ),
        (Korean, _) => {
            format!("{axis} {from_mm:.1}~{to_mm:.1} mm: {distance_mm:.1} mm, 단면 {missing}개 없음")
        }
    }
}

/// "3, 12–13".
fn ranges(language: Language, ranges: &[[i64; 2]]) -> String {
    let range = |[from, to]: &[i64; 2]| match from == to {
        true => from.to_string(),
        false => format!("{from}–{to}"),
    };
    listed(language, ranges.iter().map(range), 20)
}

/// "1 · v − 1024" for the stored value v.
fn linear(slope: f64, intercept: f64) -> String {
    let sign = if intercept < 0.0 { '−' } else { '+' };
    format!("{slope} · v {sign} {}", intercept.abs())
}

fn bits(language: Language, stored: Stored) -> String {
    match (stored, language) {
        (Stored::Float32, _) => "float 32".into(),
        (Stored::Float64, _) => "float 64".into(),
        (Stored::Integer { allocated, bits, signed, .. }, English) => {
            format!("{bits} of {allocated} bits, {}", if signed { "signed" } else { "unsigned" })
        }
        (Stored::Integer { allocated, bits, signed, .. }, Korean) => {
            let sign = if signed { "부호 있음" } else { "부호 없음" };
            format!("{allocated}비트 중 {bits}비트, {sign}")
        }
    }
}

fn lossy_ratio(ratios: &[String]) -> String {
    let numbers: Vec<f64> = ratios.iter().filter_map(|r| number(r.rsplit('\\').next()?)).collect();
    match Spread::of(numbers) {
        Some(Spread { median, .. }) => format!("{median:.1} : 1"),
        None => String::new(),
    }
}
