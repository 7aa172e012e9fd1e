//! Names of things: buttons, headings, fields.

use super::Text;
use stones::findings::{Label, Stone};
use volume::Plane;

macro_rules! labels {
    ($($name:ident: $en:literal, $ko:literal;)*) => {
        $(pub const $name: Text = Text::new($en, $ko);)*
    };
}

labels! {
    // Commands
    OPEN_FILES: "Open files", "파일 열기";
    OPEN_FOLDER: "Open folder", "폴더 열기";
    CLOSE_STUDY: "Close study", "검사 닫기";
    PREDICT: "Predict", "결석 찾기";
    CANCEL: "Cancel", "취소";
    PAN: "Pan", "이동";
    ZOOM: "Zoom", "확대/축소";
    SCROLL: "Stack scroll", "단면 넘기기";
    WINDOW: "Window", "윈도우";
    LENGTH: "Length", "길이";
    ANGLE: "Angle", "각도";
    ELLIPSE: "Ellipse", "타원";
    RECTANGLE: "Rectangle", "사각형";
    DELETE_MARK: "Delete measurement", "측정 삭제";
    UNDO_MARK: "Undo measuring", "측정 되돌리기";
    REDO_MARK: "Redo measuring", "측정 다시 하기";
    RESET: "Reset", "초기화";
    PREVIOUS: "Previous slice", "이전 단면";
    NEXT: "Next slice", "다음 단면";
    PREVIOUS_PANE: "Previous pane", "이전 창";
    NEXT_PANE: "Next pane", "다음 창";
    CINE: "Cine", "자동 재생";
    CINE_SPEED: "Slices per second", "초당 단면 수";
    LAYOUT: "Layout", "배치";
    NEXT_LAYOUT: "Next layout", "다음 배치";
    LAYOUT_ONE: "One plane", "한 단면";
    LAYOUT_ONE_AND_TWO: "One and two", "하나와 둘";
    LAYOUT_THREE: "Three planes", "세 단면";
    LAYOUT_STONE: "Stone focus", "결석 중심";
    THRESHOLD: "Score at least", "최소 점수";
    BACK_TEN: "Back 10 slices", "10단면 앞으로";
    ON_TEN: "On 10 slices", "10단면 뒤로";
    FIRST: "First slice", "첫 단면";
    LAST: "Last slice", "마지막 단면";
    ZOOM_IN: "Zoom in", "확대";
    ZOOM_OUT: "Zoom out", "축소";
    VISIBLE: "Visible (all)", "모두 표시";
    HIDE_PATIENT: "Hide patient text", "환자 정보 숨기기";
    CROSSHAIR: "Crosshair", "십자선";
    LESS_FILL: "Mask more transparent", "마스크 더 투명하게";
    MORE_FILL: "Mask less transparent", "마스크 덜 투명하게";
    PEEK: "Peek without marks (hold)", "누르는 동안 표시 숨기기";
    NEXT_DEPTH: "Slab: thin, MIP, mean, MinIP", "슬랩: 얇게, MIP, 평균, MinIP";
    THICKER: "Thicker slab", "슬랩 두껍게";
    THINNER: "Thinner slab", "슬랩 얇게";
    KUB: "KUB view", "KUB 보기";
    THIN: "Thin", "얇게";
    MIP: "MIP", "MIP";
    MEAN: "Mean", "평균";
    MINIP: "MinIP", "MinIP";
    ENLARGE: "Enlarge pane", "창 크게 보기";
    NEXT_FINDING: "Next finding", "다음 소견";
    PREVIOUS_FINDING: "Previous finding", "이전 소견";
    ACCEPT: "Accept", "맞음";
    REJECT: "Reject", "아님";
    UNDO_REVIEW: "Undo review", "판정 되돌리기";
    HELP: "Help", "도움말";
    CLOSE: "Close", "닫기";
    LANGUAGE: "Language", "언어";
    TOOLBAR: "Tools", "도구";
    MORE: "More", "더 보기";
    COMPARE: "Prior beside", "이전 검사 나란히";
    PRIOR: "Prior", "이전 검사";
    TOGETHER: "Scroll together", "함께 넘기기";
    MATCH_HERE: "Same place here", "여기가 같은 위치";
    CLOSE_PRIOR: "Close prior", "이전 검사 닫기";
    ANOTHER_PATIENT: "Another patient", "다른 환자";
    NO_PRIOR: "The prior can’t be shown.", "이전 검사를 표시할 수 없습니다.";
    SIDE: "Side panel", "옆 패널";
    SERIES_LIST: "Series list", "시리즈 목록";

    // Windows
    PRESET: "Window preset", "윈도우 프리셋";
    PRESET_OWN: "Own", "직접 설정";
    PRESET_START: "Stone search", "결석 탐색";
    PRESET_SOFT: "Soft tissue", "연부조직";
    PRESET_LIVER: "Liver", "간";
    PRESET_BONE: "Bone", "뼈";
    PRESET_LUNG: "Lung", "폐";
    PRESET_HALF: "Half maximum of the stone", "결석 최대값의 절반";
    PRESET_FILE: "From the file", "파일 지정";
    PRESET_FILE_2: "From the file, second", "파일 지정 2";
    WIDTH: "Window width", "윈도우 폭";
    LEVEL: "Window level", "윈도우 중심";

    // Welcome
    TITLE: "Find urinary stones in a CT", "CT에서 요로결석 찾기";
    DROP: "Drop a CT folder, files or a .zip here", "CT 폴더, 파일 또는 .zip을 여기에 놓으세요";
    TRY_DEMO: "Try the demo CT", "데모 CT 열어 보기";
    DEMO_NOTE: "The demo is synthetic: no patient.", "데모는 합성 자료이며 실제 환자가 아닙니다.";
    TRUST: "Nothing is uploaded. The images are read, shown and searched on this computer, and forgotten when this tab is closed.", "아무것도 업로드되지 않습니다. 영상은 이 컴퓨터에서만 읽고, 보여 주고, 분석하며, 탭을 닫으면 사라집니다.";

    // Panels
    SERIES: "Series", "시리즈";
    FINDINGS: "Findings", "소견";
    WARNINGS: "Please note", "확인할 점";
    TAGS: "DICOM header", "DICOM 헤더";
    TAGS_SEARCH: "Search the header", "헤더 검색";
    TAGS_NONE: "This file’s header can’t be listed: it is no DICOM.", "DICOM 파일이 아니어서 헤더를 표시할 수 없습니다.";
    TAG: "Tag", "태그";
    VR: "VR", "VR";
    KEYWORD: "Keyword", "이름";
    VALUE: "Value", "값";
    FACTS: "Geometry and values", "기하·값 정보";
    BADGES: "Please note", "확인할 점";
    COPY_LIST: "Copy list", "목록 복사";
    COPY_LIST_NOTE: "Counts and reasons, without file names", "파일 이름 없이 개수와 이유만";
    PANES: "Planes", "단면 방향";
    NOT_PREDICTED: "Not searched yet. Press Predict.", "아직 검색하지 않았습니다. ‘결석 찾기’를 누르세요.";
    CONTRAST: "contrast", "조영";
    NO_NAME: "(no description)", "(설명 없음)";
    PREPARING: "Preparing the search…", "검색을 준비하는 중…";

    // A series that does not fit
    TOO_LARGE: "This series may not fit into memory", "이 시리즈는 메모리에 들어가지 않을 수 있습니다";
    TOO_LARGE_NOTE: "Choose what is to be read. What is left out is said beside the images.", "읽을 범위를 고르세요. 제외한 부분은 영상 옆에 표시됩니다.";
    READ_ALL_ANYWAY: "Read all slices anyway", "그래도 전체 읽기";
    FROM_SLICE: "From slice", "시작 단면";
    TO_SLICE: "To slice", "끝 단면";

    // Findings
    SLICE: "Slice", "단면";
    DIAMETER: "Max. diameter", "최대 직경";
    SHORT_AXIS: "Short axis", "단축";
    CRANIOCAUDAL: "Height", "높이";
    VOLUME: "Volume", "부피";
    COPY_PLACE: "Copy place", "위치 복사";
    COPY_PLACE_NOTE: "Series, image, position and size, to find it again in any viewer", "다른 뷰어에서 다시 찾을 수 있도록 시리즈·영상·위치·크기 복사";
    HU_MEAN: "Mean HU", "평균 HU";
    HU_MAX: "Max. HU", "최대 HU";
    HU_RIM: "HU around it", "주변 HU";
    SCORE: "Score", "점수";
    TRACT_SCORE: "On the tract", "요로 위치";
    PHLEBOLITH_SCORE: "Like a phlebolith", "정맥석 유사도";
    OFF_TRACT: "off the urinary tract", "요로 밖";
    PART_OF_BONE: "part of bone", "뼈의 일부";
    SCORE_NOTE: "The score is the model’s own; it is not the probability of disease.", "점수는 모델의 값이며 질병 확률이 아닙니다.";
    MODEL: "Model", "모델";
    VALIDATION: "Validation", "검증";
    ENGINE: "Engine", "계산 엔진";
    SEARCH_ON: "Search on", "검색 장치";
    AUTOMATIC: "Automatic", "자동";
    PROCESSOR: "Processor", "CPU";
    GRAPHICS_CARD: "Graphics card", "그래픽 카드";
    LEFT: "left", "왼쪽";
    RIGHT: "right", "오른쪽";
    MIDLINE: "midline", "중앙";
    STONE: "stone", "결석";
    REJECTED: "rejected", "제외됨";
    INDETERMINATE: "indeterminate", "판단 어려움";
    LIKELY_PHLEBOLITH: "likely phlebolith", "정맥석 의심";
    VISIBLE_ONE: "Visible", "표시";
    SORT_BY: "Sort by", "정렬";
    BY_SIZE: "Size", "크기";
    BY_PLACE: "Head to foot", "머리→발";
    BY_DENSITY: "Mean HU", "평균 HU";
    BY_SCORE: "Score", "점수";

    // Measurements
    MEASUREMENTS: "Measurements", "측정";
    GO_THERE: "Go there", "위치로 이동";

    // Corners
    BORN: "born", "생년월일";
    FEMALE: "F", "여";
    MALE: "M", "남";
    OTHER_SEX: "O", "기타";
    ZOOM_SHORT: "Zoom", "배율";
    INSTANCE: "instance", "인스턴스";
    THICKNESS: "thickness", "두께";
    NOT_THERE_YET: "loading", "읽는 중";
    NO_PLANE_UNPLACED: "Positions are unknown: the slices are shown as they were stored, and nothing else can be cut out of them.", "위치 정보가 없어 저장된 단면만 표시할 수 있습니다.";
    NO_PLANE_FEW: "One or two slices make no volume: there is nothing to cut this plane out of.", "단면이 한두 개뿐이라 이 방향의 영상을 만들 수 없습니다.";
    UNPLACED: "positions unknown", "위치 정보 없음";

    // Help
    HELP_TITLE: "Keys and gestures", "단축키와 제스처";
    MOUSE: "Mouse", "마우스";
    TOUCH: "Touch", "터치";
    KEYS: "Keys", "단축키";
    SINGLE_KEYS: "Keys of this list are on", "단축키 사용";
    KEYS_NOTE: "Press a command’s key here to give it another one.", "여기서 명령의 키를 누르면 다른 키로 바꿀 수 있습니다.";
    DEFAULT_KEYS: "Default keys", "기본 단축키";
    NO_KEY: "none", "없음";
    PRESS_KEY: "Press a key. Backspace: none. Esc: as it was.", "키를 누르세요. Backspace: 없음. Esc: 그대로.";
    MOUSE_LEFT: "Left drag: the chosen tool. Click: crosshair. Double click: pane alone, and back.", "왼쪽 드래그: 선택한 도구. 클릭: 십자선. 더블클릭: 창 하나만 보기/되돌리기.";
    MOUSE_OTHER: "Middle drag or Shift + drag: pan. Right drag or Ctrl + drag: zoom.", "가운데 드래그 또는 Shift+드래그: 이동. 오른쪽 드래그 또는 Ctrl+드래그: 확대/축소.";
    MOUSE_CROSSHAIR: "Drag a line of the crosshair, or hold Shift and move: all planes follow. Drag the ring on a line: the planes turn; Reset straightens them.", "십자선의 선을 드래그하거나 Shift를 누른 채 움직이기: 모든 단면이 따라옵니다. 선 위의 고리를 드래그하면 단면이 기울어지고, 초기화하면 바로 섭니다.";
    MOUSE_MARKS: "Measuring: drag to draw, drag a handle to change; an angle’s second side ends with a click.", "측정: 드래그하여 그리고, 점을 드래그하여 고칩니다. 각도의 두 번째 변은 클릭으로 끝납니다.";
    MOUSE_WHEEL: "Wheel: slices. Ctrl + wheel: zoom at the pointer.", "휠: 단면 넘기기. Ctrl+휠: 포인터 위치에서 확대/축소.";
    MOUSE_WINDOW: "Window drag: right is wider, down is a higher level.", "윈도우 드래그: 오른쪽은 폭 넓게, 아래는 중심값 높게.";
    TOUCH_ONE: "One finger up and down: slices. Tap: crosshair.", "한 손가락 위아래: 단면 넘기기. 탭: 십자선.";
    TOUCH_TWO: "Two fingers: zoom and pan.", "두 손가락: 확대/축소와 이동.";

    // Footer
    DISCLAIMER: "Research use only. Not a medical device.", "연구용입니다. 의료기기가 아닙니다.";
    DISCLAIMER_FULL: "Lithoscope is software for research and teaching. It has no clearance or certification as a medical device and must not be used for diagnosis or treatment. The model misses stones and marks things that are none; an empty list does not exclude stones. The whole scan must be read by a qualified person.", "Lithoscope는 연구와 교육을 위한 소프트웨어입니다. 의료기기로 허가나 인증을 받지 않았으며 진단이나 치료에 사용해서는 안 됩니다. 모델은 결석을 놓칠 수 있고 결석이 아닌 것을 표시할 수 있습니다. 목록이 비어 있어도 결석이 없다는 뜻이 아닙니다. 자격을 갖춘 사람이 전체 영상을 판독해야 합니다.";
    LOCAL: "Nothing is uploaded.", "아무것도 업로드되지 않습니다.";
    TRUST_TITLE: "What leaves, what stays", "나가는 것과 남는 것";
    NOT_COUNTED: "This browser gives no account of requests.", "이 브라우저는 네트워크 요청 기록을 제공하지 않습니다.";
    NOTHING_OPEN: "No files are open. Requests are counted from the moment they are.", "열린 파일이 없습니다. 파일을 여는 순간부터 네트워크 요청을 셉니다.";
    COUNTED_NOTE: "Counted from the browser’s own records (Resource Timing) of this page and of each of its workers. What came out of the browser’s cache went over no network. Beyond the count, the page’s security policy lets it ask nobody but the server that it came from, and its workers nobody at all.", "이 페이지와 각 작업자에 대한 브라우저 기록(Resource Timing)으로 셉니다. 브라우저 캐시에서 읽은 것은 네트워크를 거치지 않습니다. 또한 보안 정책에 따라 이 페이지는 자신을 제공한 서버에만 요청할 수 있고, 작업자는 어디에도 요청할 수 없습니다.";
    STORED_TITLE: "What is kept where, and for how long", "무엇이 어디에 얼마나 남는지";
    FORGET_ALL: "Forget all", "모두 지우기";
    FORGOTTEN: "The study is closed, and what this page had stored is deleted.", "검사를 닫고 이 페이지가 저장한 것을 모두 지웠습니다.";
    DIAGNOSTICS: "Diagnostics", "진단 정보";
    DIAGNOSTICS_NOTE: "For a report of a fault. This is all of it: no file name, no identifier, nothing of a person. It goes nowhere unless you paste it.", "오류 신고용입니다. 아래가 전부이며 파일 이름, 식별자, 개인 정보는 없습니다. 붙여 넣기 전에는 어디에도 전송되지 않습니다.";
    COPY: "Copy", "복사";
    BROWSER: "Browser", "브라우저";
    CORES: "Processor cores", "CPU 코어";
    MEMORY_GIB: "Memory in GiB, as told", "메모리(GiB, 브라우저 제공)";
    SCREEN: "Window in pixels", "창 크기(픽셀)";
    WEBGPU: "WebGPU", "WebGPU";
    VOXELS: "Columns × rows × slices", "열 × 행 × 단면";
    VOLUME_MEMORY: "Memory of the volume", "볼륨 메모리";
    NOT_READ: "Not loaded", "읽지 못함";
    TIMES: "Read / search / measure", "읽기 / 검색 / 측정";
    FAILURE: "Failure", "오류";
    VERSION: "Version", "버전";
}

/// Heads of the table of what is kept where, and its rows.
pub const STORED_HEADS: [Text; 3] =
    [Text::new("What", "무엇"), Text::new("Where", "어디에"), Text::new("How long", "언제까지")];
pub const STORED: [[Text; 3]; 5] = [
    [
        Text::new("Images and their headers", "영상과 헤더"),
        Text::new("memory of this tab", "이 탭의 메모리"),
        Text::new("until the study or the tab is closed", "검사나 탭을 닫을 때까지"),
    ],
    [
        Text::new("Findings, and what you say of them", "소견과 판정"),
        Text::new("memory of this tab", "이 탭의 메모리"),
        Text::new("until the study or the tab is closed", "검사나 탭을 닫을 때까지"),
    ],
    [
        Text::new("Labels of a series, where you switched that on", "보관을 켠 시리즈의 레이블"),
        Text::new(
            "this browser’s storage for this page, under a name that is a hash",
            "이 페이지의 브라우저 저장소(해시 이름)",
        ),
        Text::new(
            "until “Forget kept labels” or “Forget all”",
            "‘보관한 레이블 지우기’나 ‘모두 지우기’를 누를 때까지",
        ),
    ],
    [
        Text::new(
            "Language, tool, crosshair, keys, search device",
            "언어, 도구, 십자선, 단축키, 검색 장치",
        ),
        Text::new("this browser’s storage for this page", "이 페이지의 브라우저 저장소"),
        Text::new("until “Forget all”", "‘모두 지우기’를 누를 때까지"),
    ],
    [
        Text::new("The program and its network", "프로그램과 모델"),
        Text::new("this browser’s cache", "브라우저 캐시"),
        Text::new("until the browser drops it", "브라우저가 지울 때까지"),
    ],
];

/// What a finding is called.
pub fn label(label: Label) -> Text {
    match label {
        Label::Stone => STONE,
        Label::Indeterminate => INDETERMINATE,
        Label::LikelyPhlebolith => LIKELY_PHLEBOLITH,
        Label::Rejected => REJECTED,
    }
}

/// The same of a finding that is not plainly a stone of the model's: what it stands for, or what a person drew it as.
pub fn called(stone: &Stone) -> Option<Text> {
    match (&stone.drawn, stone.standing()) {
        (Some(drawn), _) => Some(super::kind_drawn(drawn.kind)),
        (None, Label::Stone | Label::Rejected) => None,
        (None, standing) => Some(label(standing)),
    }
}

pub fn plane(plane: Plane) -> Text {
    match plane {
        Plane::Axial => Text::new("Axial", "축상면"),
        Plane::Coronal => Text::new("Coronal", "관상면"),
        Plane::Sagittal => Text::new("Sagittal", "시상면"),
    }
}
