//! What the codes of failures mean to a person: why what was asked for could not be done.

use super::Text;
use super::codes::{Advice, advice};

/// Why what was asked for could not be done.
pub fn failure(code: &str) -> Advice {
    match code {
        "model_missing" => {
            advice!("The stone model is missing", "결석 모델이 없습니다"; "The viewer works without it. Ask who serves this page for the model.", "뷰어는 그대로 쓸 수 있습니다. 이 페이지 관리자에게 모델을 요청하세요.")
        }
        "model_sha256" => {
            advice!("The stone model is not the one that belongs to this page", "이 페이지의 결석 모델이 아닙니다"; "It was not used. Reload the page; the viewer works without it.", "사용하지 않았습니다. 페이지를 새로 고치세요. 뷰어는 그대로 쓸 수 있습니다.")
        }
        "model_refused" => {
            advice!("The stone model could not be run", "결석 모델을 실행할 수 없습니다"; "Try again; the viewer works without it.", "다시 시도하세요. 뷰어는 그대로 쓸 수 있습니다.")
        }
        "own_pair" => {
            advice!("One network and one manifest are needed", "네트워크 하나와 매니페스트 하나가 필요합니다"; "Choose the .onnx file and its manifest.json together. docs/adding-a-model.md shows both.", ".onnx 파일과 manifest.json을 함께 선택하세요. docs/adding-a-model.md에 설명이 있습니다.")
        }
        "own_unreadable" => {
            advice!("The network could not be read from the disk", "디스크에서 네트워크를 읽을 수 없습니다"; "Choose it again.", "다시 선택하세요.")
        }
        "own_manifest" => {
            advice!("The model's manifest can't be used", "모델의 매니페스트를 사용할 수 없습니다"; "Mend what is named here; docs/adding-a-model.md lists every field. The model before stays.", "표시된 항목을 고치세요. docs/adding-a-model.md에 모든 항목이 있습니다. 이전 모델이 그대로 쓰입니다.")
        }
        "own_sha256" => {
            advice!("The network is not the one that its manifest speaks of", "매니페스트에 적힌 네트워크가 아닙니다"; "Write the file's SHA-256 into the manifest, or choose the right file. The model before stays.", "매니페스트에 파일의 SHA-256을 적거나 올바른 파일을 선택하세요. 이전 모델이 그대로 쓰입니다.")
        }
        "own_refused" => {
            advice!("Your model did not pass its trial, and nothing was searched", "사용자 모델이 시험을 통과하지 못해 검색하지 않았습니다"; "Mend what is named here, or go back to the built-in model.", "표시된 항목을 고치거나 기본 모델을 사용하세요.")
        }
        "nothing_to_search" => {
            advice!("No series is open", "열린 시리즈가 없습니다"; "Open a CT first.", "먼저 CT를 여세요.")
        }
        "nothing_to_show" => {
            advice!("No CT image was found in these files", "CT 영상을 찾지 못했습니다"; "See below what was not loaded, and choose other files.", "아래 목록을 확인하고 다른 파일을 선택하세요.")
        }
        "only_dicomdir" => {
            advice!("DICOMDIR is the directory of a disc and holds no image", "DICOMDIR은 디스크 목록 파일이며 영상이 없습니다"; "Open the whole folder or disc that it lies in.", "DICOMDIR이 있는 폴더나 디스크 전체를 여세요.")
        }
        "no_files" => {
            advice!("There is no file in what was chosen", "선택한 곳에 파일이 없습니다"; "Choose the folder that holds the images.", "영상이 들어 있는 폴더를 선택하세요.")
        }
        "nothing_loaded" => {
            advice!("No image of this series could be read", "이 시리즈의 영상을 하나도 읽지 못했습니다"; "See below what was not loaded, and why.", "아래 목록에서 이유를 확인하세요.")
        }
        "not_started" => {
            advice!("The page could not start", "페이지를 시작하지 못했습니다"; "Reload the page, or use a current browser.", "페이지를 새로 고치거나 최신 브라우저를 사용하세요.")
        }
        "no_offscreen_canvas" => {
            advice!("This browser can’t paint in the background", "이 브라우저는 백그라운드 그리기를 지원하지 않습니다"; "Use a current Chrome, Edge, Firefox or Safari.", "최신 Chrome, Edge, Firefox 또는 Safari를 사용하세요.")
        }
        "save_side" => {
            advice!("Not saved: the side of a finding is undetermined", "저장하지 않음: 소견의 좌우가 정해지지 않았습니다"; "A wrong side does harm. Save as NIfTI, table or JSON, or reject that finding.", "좌우가 틀리면 위험합니다. NIfTI, 표 또는 JSON으로 저장하거나 그 소견을 거부하세요.")
        }
        "pacs_unreachable" => {
            advice!("The PACS can’t be reached", "PACS에 연결할 수 없습니다"; "Try again, or ask who looks after it.", "다시 시도하거나 담당자에게 문의하세요.")
        }
        "pacs_silent" => {
            advice!("The PACS does not answer", "PACS가 응답하지 않습니다"; "Try again, or narrow the search.", "다시 시도하거나 검색 조건을 좁히세요.")
        }
        "pacs_sign_in" => {
            advice!("The PACS does not let you in", "PACS 접근 권한이 없습니다"; "Sign in there, and try again.", "PACS에 로그인한 뒤 다시 시도하세요.")
        }
        "pacs_not_found" => {
            advice!("The PACS does not have it", "PACS에 없습니다"; "Check the search or the link.", "검색 조건이나 링크를 확인하세요.")
        }
        "pacs_refused" => {
            advice!("The PACS refused the request", "PACS가 요청을 거부했습니다"; "Ask who looks after it, with the number beside this.", "옆의 번호와 함께 담당자에게 문의하세요.")
        }
        "pacs_failed" => {
            advice!("The PACS failed", "PACS 오류"; "Try again later.", "잠시 후 다시 시도하세요.")
        }
        "pacs_not_json" => {
            advice!("The answer is not DICOM", "DICOM 응답이 아닙니다"; "A sign-in page may stand in between: sign in, and try again.", "로그인 페이지일 수 있습니다. 로그인한 뒤 다시 시도하세요.")
        }
        "pacs_broken" => {
            advice!("The answer of the PACS is broken", "PACS 응답이 손상되었습니다"; "What came whole is shown. Try again.", "온전히 받은 것만 표시합니다. 다시 시도하세요.")
        }
        "pacs_nothing" => {
            advice!("The series has no images there", "PACS의 이 시리즈에 영상이 없습니다"; "Choose another series.", "다른 시리즈를 선택하세요.")
        }
        "pacs_incomplete" => {
            advice!("Not all images of the series are here", "시리즈의 영상을 모두 받지 못했습니다"; "What is missing was not looked at. Open the series again.", "받지 못한 영상은 확인되지 않았습니다. 시리즈를 다시 여세요.")
        }
        "site_unread" => {
            advice!("This site’s site.json can’t be read", "site.json을 읽을 수 없습니다"; "Files can be opened; ask who serves this page about the PACS.", "파일은 열 수 있습니다. PACS는 관리자에게 문의하세요.")
        }
        "link_no_uid" => {
            advice!("The link names no exam", "링크에 검사 UID가 없습니다"; "Ask for it again where you got it.", "링크를 준 곳에 다시 요청하세요.")
        }
        "link_no_pacs" => {
            advice!("The link asks for an exam, and this page has no PACS", "이 페이지에는 PACS가 설정되어 있지 않습니다"; "Open files instead.", "파일을 여세요.")
        }
        "save_nothing" => {
            advice!("There is nothing to save in this form", "이 형식으로 저장할 내용이 없습니다"; "A segmentation needs a finding; the report can say that none was found.", "분할에는 소견이 있어야 합니다. 보고서에는 소견 없음도 담을 수 있습니다.")
        }
        "save_uneven" => {
            advice!("Not saved: the slices are not evenly spaced", "저장하지 않음: 단면 간격이 고르지 않습니다"; "NIfTI can’t tell of uneven slices. Save as DICOM segmentation.", "NIfTI로는 고르지 않은 간격을 나타낼 수 없습니다. DICOM 분할로 저장하세요.")
        }
        "save_not_dicom" => {
            advice!("Not saved: these images are not DICOM", "저장하지 않음: DICOM 영상이 아닙니다"; "Save as NIfTI, table or JSON.", "NIfTI, 표 또는 JSON으로 저장하세요.")
        }
        "save_not_placed" => {
            advice!("Not saved: the images have no positions", "저장하지 않음: 영상에 위치 정보가 없습니다"; "Save as table or JSON.", "표 또는 JSON으로 저장하세요.")
        }
        "save_not_searched" => {
            advice!("Not saved: no probabilities are known of what was loaded from a file", "저장하지 않음: 파일에서 연 소견에는 확률 정보가 없습니다"; "Press Predict, or save as DICOM segmentation.", "‘결석 찾기’를 누르거나 DICOM 분할로 저장하세요.")
        }
        "save_failed" => {
            advice!("The file could not be written", "파일을 만들지 못했습니다"; "Close other tabs and try again.", "다른 탭을 닫고 다시 시도하세요.")
        }
        "load_other" => {
            advice!("These findings are of another series", "다른 시리즈의 소견입니다"; "Choose the series that they were saved of.", "저장할 때의 시리즈를 선택하세요.")
        }
        "load_unreadable" => {
            advice!("These are no findings that can be read", "읽을 수 있는 소견 파일이 아닙니다"; "Choose a DICOM segmentation, NIfTI labels, or findings saved as JSON.", "DICOM 분할(SEG), NIfTI 레이블 또는 JSON으로 저장한 소견을 선택하세요.")
        }
        "keep_failed" => {
            advice!("This browser does not keep the labels", "이 브라우저에 레이블을 보관하지 못했습니다"; "Save them as a file: they are lost with this tab.", "파일로 저장하세요. 탭을 닫으면 사라집니다.")
        }
        "forget_failed" => {
            advice!("What was kept could not be deleted", "보관한 것을 지우지 못했습니다"; "Close the other tabs of this page and try again.", "이 페이지의 다른 탭을 닫고 다시 시도하세요.")
        }
        "no_demo" => {
            advice!("The demo could not be fetched", "데모를 가져오지 못했습니다"; "Check the connection, or open your own files.", "연결을 확인하거나 직접 파일을 여세요.")
        }
        _ => {
            advice!("An error in the program", "프로그램 오류"; "Open the files again. If it comes back, report what you did.", "파일을 다시 여세요. 반복되면 무엇을 했는지 알려 주세요.")
        }
    }
}
