//! What is said of the PACS: its name is the site's, and stands in every sentence that something goes to it or comes from it.

use super::counts::{Thing, counted_of};
use super::{Language, Text};
use crate::bridge::Requests;
use Language::{English, Korean};
use workers::messages::{Outcome, SeriesRow};

macro_rules! texts {
    ($($name:ident: $en:literal, $ko:literal;)*) => {
        $(pub const $name: Text = Text::new($en, $ko);)*
    };
}

texts! {
    OPEN_PACS: "Open from the PACS", "PACS에서 열기";
    SEND_TO_PACS: "Send findings to the PACS", "PACS로 소견 보내기";
    SEARCH_STUDIES: "Search", "검색";
    PATIENT: "Patient", "환자";
    PATIENT_NAME: "Patient name", "환자 이름";
    PATIENT_ID: "Patient ID", "환자 ID";
    ACCESSION: "Accession number", "접수 번호";
    DATE_FROM: "Study date from", "검사일 시작";
    DATE_TO: "Study date to", "검사일 끝";
    STUDY_DATE: "Date", "검사일";
    STUDY: "Study", "검사";
    MODALITIES: "Modalities", "장비";
    ASKING: "Waiting for the PACS…", "PACS 응답을 기다리는 중…";
    NO_STUDIES: "No CT study matches.", "일치하는 CT 검사가 없습니다.";
    MORE_STUDIES: "There are more than 100. Narrow the search.", "100건이 넘습니다. 검색 조건을 좁히세요.";
    NO_SERIES: "No CT series in this study.", "이 검사에 CT 시리즈가 없습니다.";
    DESTINATION: "Destination", "보낼 곳";
    SENDING: "Sending…", "보내는 중…";
    SEND: "Send", "보내기";
    SEND_NOTE: "The objects name the patient as the images do, and say that they are research and not reviewed by a physician. What is stored can be deleted only there.", "보내는 파일에는 영상과 같은 환자 정보가 들어가며, 연구용이고 의사가 판독하지 않았다는 문구가 포함됩니다. 저장된 뒤에는 그곳에서만 삭제할 수 있습니다.";
}

/// "Open from Hospital PACS".
pub fn open_from(language: Language, pacs: &str) -> String {
    match language {
        English => format!("Open from {pacs}"),
        Korean => format!("{pacs}에서 열기"),
    }
}

/// "Send findings to Hospital PACS".
pub fn send_to(language: Language, pacs: &str) -> String {
    match language {
        English => format!("Send findings to {pacs}"),
        Korean => format!("{pacs}(으)로 소견 보내기"),
    }
}

/// What changes where there is a PACS.
pub fn trust_pacs(language: Language, pacs: &str) -> String {
    match language {
        English => format!(
            "{pacs} is asked only where you press its button or follow a link to an exam, by one worker that may speak to \
             nobody else. Findings go there only when you confirm it."
        ),
        Korean => format!(
            "{pacs}에는 버튼을 누르거나 검사 링크를 열 때만 요청하며, 다른 곳과 통신할 수 없는 작업자 하나가 이를 맡습니다. \
             소견은 확인한 경우에만 보냅니다."
        ),
    }
}

pub fn retrieved(language: Language, done: usize, of: usize) -> String {
    match (language, of) {
        (English, 0) => "Waiting for the series…".into(),
        (Korean, 0) => "시리즈를 기다리는 중…".into(),
        (English, _) => format!("{} retrieved", counted_of(language, done, of, Thing::Image)),
        (Korean, _) => format!("{} 수신", counted_of(language, done, of, Thing::Image)),
    }
}

/// "CT 3 · Abdomen 1.0 B30f · 275 images".
pub fn series_row(language: Language, row: &SeriesRow) -> String {
    let SeriesRow { modality, number, description, instances, .. } = row;
    let number = number.map(|number| number.to_string()).unwrap_or_default();
    let head = format!("{modality} {number}");
    let count = instances.map(|count| super::images(language, count)).unwrap_or_default();
    let parts = [head.trim(), description, &count];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// What became of an object, with the code that the PACS gives (PS3.18 10.5.3).
pub fn outcome(language: Language, outcome: Outcome) -> String {
    match (language, outcome) {
        (English, Outcome::Stored) => "stored".into(),
        (Korean, Outcome::Stored) => "저장됨".into(),
        (English, Outcome::Changed(code)) => format!("stored with changes (code {code:04X})"),
        (Korean, Outcome::Changed(code)) => format!("변경되어 저장됨 (코드 {code:04X})"),
        (English, Outcome::Refused(0)) => "refused, without a reason".into(),
        (Korean, Outcome::Refused(0)) => "거부됨, 이유 없음".into(),
        (English, Outcome::Refused(code)) => format!("refused (code {code:04X})"),
        (Korean, Outcome::Refused(code)) => format!("거부됨 (코드 {code:04X})"),
        (English, Outcome::NotTold) => "the answer does not say".into(),
        (Korean, Outcome::NotTold) => "응답에 결과가 없음".into(),
    }
}

/// "Network requests since you opened files: 3, of them for files of this page: 1, to Hospital PACS: 2".
pub fn requests(language: Language, asked: Requests, pacs: &str) -> String {
    let Requests { all, of_page, to_pacs } = asked;
    let (all, of_page_is, to_pacs_is) = match language {
        English => (
            format!("Network requests since you opened files: {all}"),
            "for files of this page",
            format!("to {pacs}"),
        ),
        Korean => {
            (format!("파일을 연 뒤 네트워크 요청: {all}"), "이 페이지 자체의 파일", pacs.to_owned())
        }
    };
    let parts = [(of_page_is, of_page), (to_pacs_is.as_str(), to_pacs)];
    let parts = parts.into_iter().filter(|(_, count)| *count > 0);
    let parts: Vec<String> = parts.map(|(whom, count)| format!("{whom}: {count}")).collect();
    match language {
        _ if parts.is_empty() => all,
        English => format!("{all}, of them {}", parts.join(", ")),
        Korean => format!("{all}, 그중 {}", parts.join(", ")),
    }
}
