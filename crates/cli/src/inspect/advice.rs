//! What a refusal means and what to do about it, in the words of the page.

use reader::Code;

/// One sentence of what happened, one of what to do.
pub fn sentence(code: Code) -> String {
    let (what, act) = advice(code);
    format!("{what}. {act}")
}

fn advice(code: Code) -> (&'static str, &'static str) {
    match code {
        Code::NotDicom => ("Not a DICOM file", "Nothing to do: it is not an image."),
        Code::Empty => ("The file is empty", "Copy it again from its source."),
        Code::Dicomdir => (
            "A directory of the disc, without images",
            "Nothing to do: the images beside it are read.",
        ),
        Code::Truncated => ("The file ends too early", "Copy it again from its source."),
        Code::CorruptHeader => ("The header is damaged", "Copy it again, or export it anew."),
        Code::UnsupportedSyntax => (
            "Compressed in a way that is not read",
            "Export it uncompressed (Explicit VR Little Endian).",
        ),
        Code::UnsupportedPixelFormat => (
            "Pixels of a kind that a CT does not have",
            "Nothing to do, if it is a picture of a report.",
        ),
        Code::CorruptPixels => ("The pixels are damaged", "Copy it again from its source."),
        Code::NoPixels => ("DICOM without an image", "Nothing to do: it is not an image."),
        Code::BadDimensions => ("The image’s size makes no sense", "Export it anew."),
        Code::TooLarge => {
            ("Too large for the browser", "Open a single series, or a thicker reconstruction.")
        }
        Code::NotCtImage => {
            ("DICOM, but not a CT image", "Nothing to do, unless you expected a CT.")
        }
        Code::Localizer => ("A scout image", "Nothing to do: it is not a slice."),
        Code::Duplicate => ("The same slice is already loaded", "Nothing to do."),
        Code::InconsistentGeometry => {
            ("Its position does not fit its series", "Compare with the original viewer.")
        }
        Code::CorruptArchive => ("The archive is damaged", "Unpack it and open the folder."),
        Code::ArchiveLimit => ("The archive unpacks to too much", "Unpack it and open the folder."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page's words cannot be linked, as they need a browser; they are compared as they are written.
    #[test]
    fn the_page_says_the_same() {
        let page = include_str!("../../../../src/words/codes.rs");
        let (_, refusals) = page.split_once("pub fn refusal").unwrap();
        let (refusals, _) = refusals.split_once("        _ => {").unwrap();
        let mut count = 0;
        for arm in refusals.split("\n        \"").skip(1) {
            let (name, words) = arm.split_once('"').unwrap();
            // Of a PACS, which the command line does not ask.
            if name == "not_retrieved" {
                continue;
            }
            let code: Code = serde_json::from_value(name.into()).unwrap();
            let quoted: Vec<_> = words.split('"').skip(1).step_by(2).collect();
            let [what, _, act, _] = quoted[..] else { unreachable!("{name}: {quoted:?}") };
            assert_eq!(advice(code), (what, act), "{name}");
            count += 1;
        }
        assert_eq!(count, 17);
    }
}
