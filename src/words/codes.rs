//! What the codes of refusals, warnings and limits mean to a person.

use super::{Language, Text, kinds};
use stones::findings::Level;

/// What happened, and what to do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Advice {
    pub what: Text,
    pub act: Text,
}

macro_rules! advice {
    ($en:literal, $ko:literal; $act_en:literal, $act_ko:literal) => {
        Advice { what: Text::new($en, $ko), act: Text::new($act_en, $act_ko) }
    };
}
pub(super) use advice;

/// Why a file was not loaded. The detail counts where it calls for another act than the code alone.
pub fn refusal(code: &str, detail: &str) -> Advice {
    particular(code, detail).unwrap_or_else(|| general(code))
}

/// The details are the reader's (`reader::scan`, `reader::unpack`, `reader::nifti`).
fn particular(code: &str, detail: &str) -> Option<Advice> {
    let says = |part| detail.contains(part);
    Some(match code {
        "not_dicom" if says("unpack it first") => {
            advice!("An archive of a kind that is not opened here", "여기서 열 수 없는 압축 형식"; "Unpack it and open the folder.", "압축을 풀어 폴더를 여세요.")
        }
        "not_dicom" if says("disc image") => {
            advice!("The image of a disc", "디스크 이미지 파일(ISO)"; "Open it as a disc, and choose the folder in it.", "디스크로 연 다음 그 안의 폴더를 선택하세요.")
        }
        "not_dicom" if says("convert it") => {
            advice!("A volume in a format that is not read", "지원하지 않는 볼륨 형식"; "Save it as NIfTI (.nii) or DICOM.", "NIfTI(.nii)나 DICOM으로 저장하세요.")
        }
        "no_pixels" if says(".nii") => {
            advice!("A NIfTI header whose voxels are in another file", "복셀이 다른 파일에 있는 NIfTI 헤더"; "Save both as one .nii file.", "둘을 하나의 .nii 파일로 저장하세요.")
        }
        "corrupt_archive" if says("encrypted") => {
            advice!("The archive is locked with a password", "암호가 걸린 압축 파일"; "Unpack it with the password and open the folder.", "암호로 압축을 풀어 폴더를 여세요.")
        }
        "corrupt_archive" if says("compression method") => {
            advice!("The archive is packed in a way that is not read", "지원하지 않는 방식의 압축 파일"; "Unpack it and open the folder.", "압축을 풀어 폴더를 여세요.")
        }
        "bad_dimensions" if says("more than one volume") => {
            advice!("Several volumes in one file", "한 파일에 볼륨이 여러 개"; "Save the one you want as a file of its own.", "원하는 볼륨만 따로 저장하세요.")
        }
        _ => return None,
    })
}

fn general(code: &str) -> Advice {
    match code {
        "not_dicom" => {
            advice!("Not a DICOM file", "DICOM 파일이 아님"; "Nothing to do: it is not an image.", "조치 불필요: 영상이 아닙니다.")
        }
        "empty" => {
            advice!("The file is empty", "빈 파일"; "Copy it again from its source.", "원본에서 다시 복사하세요.")
        }
        "dicomdir" => {
            advice!("A directory of the disc, without images", "영상이 없는 디스크 목록(DICOMDIR)"; "Nothing to do: the images beside it are read.", "조치 불필요: 함께 있는 영상은 읽습니다.")
        }
        "truncated" => {
            advice!("The file ends too early", "파일이 중간에 끊김"; "Copy it again from its source.", "원본에서 다시 복사하세요.")
        }
        "corrupt_header" => {
            advice!("The header is damaged", "헤더 손상"; "Copy it again, or export it anew.", "다시 복사하거나 다시 내보내세요.")
        }
        "unsupported_syntax" => {
            advice!("Compressed in a way that is not read", "지원하지 않는 압축 방식"; "Export it uncompressed (Explicit VR Little Endian).", "비압축(Explicit VR Little Endian)으로 내보내세요.")
        }
        "unsupported_pixel_format" => {
            advice!("Pixels of a kind that a CT does not have", "CT가 아닌 픽셀 형식"; "Nothing to do, if it is a picture of a report.", "보고서 화면이라면 조치가 필요 없습니다.")
        }
        "corrupt_pixels" => {
            advice!("The pixels are damaged", "픽셀 손상"; "Copy it again from its source.", "원본에서 다시 복사하세요.")
        }
        "no_pixels" => {
            advice!("DICOM without an image", "영상이 없는 DICOM"; "Nothing to do: it is not an image.", "조치 불필요: 영상이 아닙니다.")
        }
        "bad_dimensions" => {
            advice!("The image’s size makes no sense", "영상 크기 오류"; "Export it anew.", "다시 내보내세요.")
        }
        "too_large" => {
            advice!("Too large for the browser", "브라우저가 다루기에 너무 큼"; "Open a single series, or a thicker reconstruction.", "시리즈 하나만 열거나 더 두꺼운 재구성 영상을 여세요.")
        }
        "not_ct_image" => {
            advice!("DICOM, but not a CT image", "CT 영상이 아닌 DICOM"; "Nothing to do, unless you expected a CT.", "CT를 기대한 것이 아니라면 조치가 필요 없습니다.")
        }
        "localizer" => {
            advice!("A scout image", "스카우트 영상"; "Nothing to do: it is not a slice.", "조치 불필요: 단면 영상이 아닙니다.")
        }
        "duplicate" => {
            advice!("The same slice is already loaded", "같은 단면을 이미 읽음"; "Nothing to do.", "조치 불필요.")
        }
        "inconsistent_geometry" => {
            advice!("Its position does not fit its series", "시리즈와 위치가 맞지 않음"; "Compare with the original viewer.", "원본 뷰어에서 확인하세요.")
        }
        "corrupt_archive" => {
            advice!("The archive is damaged", "압축 파일 손상"; "Unpack it and open the folder.", "압축을 풀어 폴더를 여세요.")
        }
        "not_retrieved" => {
            advice!("The PACS did not give it", "PACS에서 받지 못함"; "Open the series again.", "시리즈를 다시 여세요.")
        }
        "archive_limit" => {
            advice!("The archive unpacks to too much", "압축을 풀면 너무 큼"; "Unpack it and open the folder.", "압축을 풀어 폴더를 여세요.")
        }
        _ => {
            advice!("It could not be read", "읽을 수 없음"; "Choose the files again.", "파일을 다시 선택하세요.")
        }
    }
}

/// Whether the detail of a refusal names a format, in words that the code's own go with.
fn names_kind(code: &str) -> bool {
    matches!(code, "not_ct_image" | "unsupported_syntax")
}

/// Whether the detail of a refusal makes a kind of its own, and the words for it say what it is.
pub fn is_kind(code: &str, detail: &str) -> bool {
    names_kind(code) || particular(code, detail).is_some()
}

/// Why a file was not loaded, with the name of what it is.
pub fn refused(language: Language, code: &str, detail: &str) -> String {
    let what = refusal(code, detail).what.to(language);
    let uid = detail.split(' ').find(|word| word.starts_with("1."));
    let name = match (code, uid) {
        ("not_ct_image", Some(uid)) => kinds::object(uid).map(|text| text.to(language)),
        ("unsupported_syntax", Some(uid)) => kinds::syntax(uid),
        _ => None,
    };
    let name = match name {
        None if names_kind(code) => detail,
        name => name.unwrap_or_default(),
    };
    if name.is_empty() { what.to_owned() } else { format!("{what}: {name}") }
}

/// The kind of a file passed over, in one or two words.
pub fn kind(code: &str) -> Text {
    match code {
        "localizer" => Text::new("scout", "스카우트"),
        "not_ct_image" => Text::new("other image", "다른 영상"),
        "no_pixels" => Text::new("report", "보고서"),
        "not_dicom" => Text::new("not DICOM", "DICOM 아님"),
        "dicomdir" => Text::new("DICOMDIR", "DICOMDIR"),
        "duplicate" => Text::new("duplicate", "중복"),
        "unsupported_syntax" => Text::new("unread compression", "미지원 압축"),
        _ => Text::new("unreadable", "읽을 수 없음"),
    }
}

/// What is odd about the series shown; it is shown all the same.
pub fn warning(code: &str) -> Text {
    match code {
        "gap" => Text::new(
            "Slices are missing; the gap is hatched in the other planes",
            "단면이 빠져 있습니다. 다른 방향에서 빗금으로 표시됩니다",
        ),
        "non_uniform_spacing" => Text::new(
            "The slices are not evenly spaced; each is drawn at its own place",
            "단면 간격이 일정하지 않습니다. 각 단면은 제 위치에 그립니다",
        ),
        "tilt" => Text::new(
            "Tilted gantry; the other planes are drawn true",
            "갠트리가 기울어져 있습니다. 다른 방향은 바르게 보정해 그립니다",
        ),
        "duplicate" => Text::new("Some slices were there more than once", "중복된 단면이 있습니다"),
        "lossy" => Text::new(
            "The images were compressed with loss; HU are approximate",
            "손실 압축 영상입니다. HU 값은 근사치입니다",
        ),
        "saturated" => Text::new(
            "Some values are beyond the range of HU that is kept",
            "일부 값이 HU 저장 범위를 벗어납니다",
        ),
        "single_slice" => {
            Text::new("A single slice; there is no volume", "단면이 하나뿐이라 볼륨이 없습니다")
        }
        "no_position" => Text::new(
            "Positions are unknown; nothing can be measured along the body",
            "위치 정보가 없어 몸통 방향으로 측정할 수 없습니다",
        ),
        "no_pixel_spacing" => Text::new(
            "The pixel size is unknown; nothing can be measured",
            "픽셀 크기를 몰라 측정할 수 없습니다",
        ),
        "no_rescale" => Text::new("The values may not be HU", "값이 HU가 아닐 수 있습니다"),
        "not_hu" => Text::new("The values are not HU", "값이 HU가 아닙니다"),
        "split" => Text::new(
            "This series held several volumes; they are listed apart",
            "시리즈에 여러 볼륨이 있어 나누어 표시합니다",
        ),
        "patient_conflict" => Text::new(
            "Images of different patients bear the same series number",
            "서로 다른 환자의 영상이 같은 시리즈로 표시되어 있습니다",
        ),
        "mixed_kernel" => {
            Text::new("Slices of different reconstruction kernels", "재구성 커널이 섞여 있습니다")
        }
        "burned_in" => Text::new(
            "The file says that text stands in the pixels; it can name the patient",
            "픽셀에 글자가 들어 있다고 파일에 표시되어 있습니다. 환자 정보일 수 있습니다",
        ),
        "contrast" => Text::new("A contrast agent was given", "조영제를 사용했습니다"),
        "other_modality" => {
            Text::new("The file names another modality than CT", "파일의 검사 종류가 CT가 아닙니다")
        }
        "inverted" => Text::new(
            "The file asks for low values in white; the HU are as they are",
            "파일 지정에 따라 흑백을 반전해 표시합니다. HU 값은 그대로입니다",
        ),
        "order_conflict" => Text::new(
            "The image numbers do not follow the positions; positions decide",
            "영상 번호와 위치 순서가 다릅니다. 위치를 따릅니다",
        ),
        "part" => {
            Text::new("Only a part of the series was read", "시리즈의 일부 단면만 읽었습니다")
        }
        "spacing_out_of_range" => Text::new(
            "The model was not trained for this slice distance or pixel size",
            "모델이 학습하지 않은 단면 간격 또는 픽셀 크기입니다",
        ),
        _ => {
            Text::new("Something about this series is unusual", "이 시리즈에 특이한 점이 있습니다")
        }
    }
}

/// What stands over the pictures in a word or two; `None` of what only the list of notes tells.
pub fn badge(code: &str) -> Option<Text> {
    let text = match code {
        "gap" => Text::new("Missing slices", "단면 누락"),
        "non_uniform_spacing" => Text::new("Uneven slices", "불균일 간격"),
        "tilt" => Text::new("Tilt, corrected", "기울기 보정"),
        "lossy" => Text::new("Lossy", "손실 압축"),
        "saturated" => Text::new("HU cut off", "HU 한계 초과"),
        "single_slice" => Text::new("Single slice", "단일 단면"),
        "no_position" => Text::new("No positions, no mm", "위치 없음·mm 불가"),
        "no_pixel_spacing" => Text::new("No pixel size, no mm", "픽셀 크기 없음·mm 불가"),
        "no_rescale" => Text::new("HU uncertain", "HU 불확실"),
        "not_hu" => Text::new("Not HU", "HU 아님"),
        "split" => Text::new("One of several volumes", "여러 볼륨 중 하나"),
        "patient_conflict" => Text::new("Several patients", "여러 환자"),
        "mixed_kernel" => Text::new("Mixed kernels", "커널 혼합"),
        "burned_in" => Text::new("Text in the pixels", "픽셀 내 글자"),
        "contrast" => Text::new("Contrast agent", "조영제"),
        "other_modality" => Text::new("Not a CT", "CT 아님"),
        "inverted" => Text::new("Inverted greys", "흑백 반전"),
        "part" => Text::new("Part of the slices", "일부 단면만"),
        _ => return None,
    };
    Some(text)
}

/// What limits a measure.
pub fn limit(word: &str) -> Text {
    match word {
        "partial_volume" => {
            Text::new("thin against the slices: HU read too low", "단면보다 얇아 HU가 낮게 측정됨")
        }
        "hu_not_reliable" => Text::new("HU not reliable", "HU 신뢰 낮음"),
        "truncated" => Text::new("cut off at the edge of the scan", "촬영 범위 끝에서 잘림"),
        "gap" => Text::new("missing slices cross it", "빠진 단면이 걸쳐 있음"),
        "smoothed" => Text::new("noisy: smoothed to be measured", "잡음이 커 평활화 후 측정"),
        "resolution_limit" => Text::new(
            "at the limit of resolution: not larger than this",
            "해상도 한계: 이보다 크지 않음",
        ),
        "craniocaudal_limit" => Text::new(
            "slices too thick for its height: at most this",
            "단면이 두꺼워 높이는 최대값",
        ),
        "single_slice" => Text::new("seen in one slice only", "한 단면에서만 보임"),
        "few_slices" => Text::new("seen in two slices only", "두 단면에서만 보임"),
        "volume_check" => Text::new("volume not certain", "부피 불확실"),
        "side_undetermined" => Text::new("side undetermined", "좌우 판정 불가"),
        "kernel_unknown" => Text::new("sharpness of the scan unknown", "재구성 커널을 알 수 없음"),
        "not_axial" => Text::new(
            "not an axial series: measured in its own plane",
            "축상 영상이 아니어서 자체 평면에서 측정",
        ),
        "unfinished" => Text::new(
            "measured once the slices around it are searched",
            "주변 단면의 검색이 끝나면 측정",
        ),
        "device" => Text::new("metal: not measured", "금속: 측정하지 않음"),
        "no_geometry" => {
            Text::new("no sizes: the file gives no millimetres", "크기 정보 없음(mm 불가)")
        }
        _ => Text::new("limited", "제한 있음"),
    }
}

/// Why the model's figures may not hold for the scan that was searched; `None` of what is no such reason.
pub fn caution(code: &str) -> Option<Text> {
    let text = match code {
        "contrast_phase" => Text::new(
            "Contrast agent: the model knows plain CT only; bright urine, bowel and vessels can be taken for stones, and stones hidden",
            "조영 증강 CT: 모델은 비조영 CT만 학습했습니다. 조영된 소변·장·혈관을 결석으로 오인하거나 결석을 놓칠 수 있습니다",
        ),
        "spacing_out_of_range" => warning(code),
        "eight_bits" => Text::new(
            "8-bit images: HU and sizes are estimates",
            "8비트 영상: HU와 크기는 추정치입니다",
        ),
        "tract_unknown" => Text::new(
            "The urinary tract is not known here: what lies off it is marked, too",
            "이 검사에서는 요로의 위치를 알 수 없어 요로 밖의 것도 표시됩니다",
        ),
        "orientation" => Text::new(
            "The slices are not axial: the model has learnt from axial ones only",
            "축상면 영상이 아닙니다. 모델은 축상면 영상만 학습했습니다",
        ),
        "coverage" => Text::new(
            "The scan is too short for the whole urinary tract: what lies outside was not looked at",
            "요로 전체가 촬영되지 않았습니다. 범위 밖은 확인하지 않았습니다",
        ),
        _ => return None,
    };
    Some(text)
}

pub fn level(level: Level) -> Text {
    match level {
        Level::Kidney => Text::new("kidney", "신장"),
        Level::RenalPelvis => Text::new("renal pelvis", "신우"),
        Level::ProximalUreter => Text::new("height of the proximal ureter", "근위 요관 높이"),
        Level::MidUreter => Text::new("height of the mid ureter", "중부 요관 높이"),
        Level::DistalUreter => Text::new("height of the distal ureter", "원위 요관 높이"),
        Level::Ureterovesical => Text::new("ureterovesical junction", "요관방광접합부"),
        Level::Bladder => Text::new("bladder", "방광"),
    }
}
