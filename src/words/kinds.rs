//! Names of what is not read: kinds of DICOM objects (PS3.4 B.5) and transfer syntaxes (PS3.6 table A-1).

use super::Text;

/// The kind of object that a SOP Class UID names.
pub fn object(uid: &str) -> Option<Text> {
    let storage = uid.strip_prefix("1.2.840.10008.5.1.4.1.1.")?;
    let text = match storage.split('.').next()? {
        "1" => Text::new("X-ray image", "X선 영상"),
        "3" | "6" => Text::new("ultrasound image", "초음파 영상"),
        "4" => Text::new("MR image", "MR 영상"),
        "7" => Text::new("screen picture (Secondary Capture)", "화면 캡처(Secondary Capture)"),
        "11" => Text::new("presentation state", "표시 상태"),
        "12" => Text::new("angiography image", "혈관조영 영상"),
        "20" => Text::new("nuclear medicine image", "핵의학 영상"),
        "66" if storage == "66.4" => Text::new("segmentation", "분할(SEG)"),
        "66" => Text::new("registration or raw data", "정합 또는 원시 데이터"),
        "77" => Text::new("photograph or microscopy", "사진 또는 현미경 영상"),
        "88" if storage == "88.59" => Text::new("key image note", "주요 영상 목록(KO)"),
        "88" if storage == "88.67" => Text::new("dose report", "선량 보고서"),
        "88" => Text::new("structured report", "구조화 보고서(SR)"),
        "104" => Text::new("document (PDF or CDA)", "문서(PDF 또는 CDA)"),
        "128" | "130" => Text::new("PET image", "PET 영상"),
        "481" => Text::new("radiotherapy object", "방사선치료 자료"),
        _ => return None,
    };
    Some(text)
}

/// The standard's name of a transfer syntax that is not read.
pub fn syntax(uid: &str) -> Option<&'static str> {
    let name = match uid.strip_prefix("1.2.840.10008.1.2.4.")? {
        "92" | "93" => "JPEG 2000 Part 2",
        "94" | "95" | "204" | "205" => "JPIP",
        "100" | "100.1" | "101" | "101.1" => "MPEG2",
        "102" | "102.1" | "103" | "103.1" | "104" | "104.1" | "105" | "105.1" | "106" | "106.1" => {
            "MPEG-4 AVC/H.264"
        }
        "107" | "108" => "HEVC/H.265",
        "110" | "111" | "112" => "JPEG XL",
        "52" | "53" | "54" | "55" | "56" | "58" | "59" | "60" | "61" | "62" | "63" | "64"
        | "65" | "66" => "JPEG, a retired process",
        _ => return None,
    };
    Some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_are_named_by_their_class() {
        let named = |uid: &str| object(uid).map(|text| text.en);
        for (class, name) in [
            ("4", "MR image"),
            ("4.1", "MR image"),
            ("66.4", "segmentation"),
            ("88.33", "structured report"),
            ("88.67", "dose report"),
            ("104.1", "document (PDF or CDA)"),
            ("481.3", "radiotherapy object"),
        ] {
            assert_eq!(named(&format!("1.2.840.10008.5.1.4.1.1.{class}")), Some(name));
        }
        assert_eq!(named("1.2.840.10008.1.3.10"), None);
    }

    #[test]
    fn syntaxes_are_named_by_their_uid() {
        assert_eq!(syntax("1.2.840.10008.1.2.4.110"), Some("JPEG XL"));
        assert_eq!(syntax("1.2.840.10008.1.2.4.100"), Some("MPEG2"));
        assert_eq!(syntax("1.2.840.113619.5.2"), None);
    }
}
