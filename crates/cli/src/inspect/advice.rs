//! What a refusal means and what to do about it, in the words of the page.

use reader::Code;

/// One sentence of what happened, one of what to do.
pub fn sentence(code: Code, detail: &str) -> String {
    let (what, act) = particular(code, detail).unwrap_or_else(|| general(code));
    format!("{what}. {act}")
}

/// Where the detail calls for another act than the code alone.
fn particular(code: Code, detail: &str) -> Option<(&'static str, &'static str)> {
    let says = |part| detail.contains(part);
    Some(match code {
        Code::NotDicom if says("unpack it first") => {
            ("An archive of a kind that is not opened here", "Unpack it and open the folder.")
        }
        Code::NotDicom if says("disc image") => {
            ("The image of a disc", "Open it as a disc, and choose the folder in it.")
        }
        Code::NotDicom if says("convert it") => {
            ("A volume in a format that is not read", "Save it as NIfTI (.nii) or DICOM.")
        }
        Code::NoPixels if says(".nii") => {
            ("A NIfTI header whose voxels are in another file", "Save both as one .nii file.")
        }
        Code::CorruptArchive if says("encrypted") => (
            "The archive is locked with a password",
            "Unpack it with the password and open the folder.",
        ),
        Code::CorruptArchive if says("compression method") => {
            ("The archive is packed in a way that is not read", "Unpack it and open the folder.")
        }
        Code::BadDimensions if says("more than one volume") => {
            ("Several volumes in one file", "Save the one you want as a file of its own.")
        }
        _ => return None,
    })
}

fn general(code: Code) -> (&'static str, &'static str) {
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
        let (_, refusals) = page.split_once("fn particular").unwrap();
        let (particulars, refusals) = refusals.split_once("fn general").unwrap();
        let mut count = 0;
        for arm in particulars.split("\n        \"").skip(1) {
            let quoted: Vec<_> = arm.split('"').step_by(2).collect();
            let [name, part, what, _, act, ..] = quoted[..] else { unreachable!("{quoted:?}") };
            let code: Code = serde_json::from_value(name.into()).unwrap();
            assert_eq!(particular(code, part), Some((what, act)), "{name} {part}");
            count += 1;
        }
        assert_eq!(count, 7);
        let (refusals, _) = refusals.split_once("        _ => {").unwrap();
        count = 0;
        for arm in refusals.split("\n        \"").skip(1) {
            let (name, words) = arm.split_once('"').unwrap();
            // Of a PACS, which the command line does not ask.
            if name == "not_retrieved" {
                continue;
            }
            let code: Code = serde_json::from_value(name.into()).unwrap();
            let quoted: Vec<_> = words.split('"').skip(1).step_by(2).collect();
            let [what, _, act, _] = quoted[..] else { unreachable!("{name}: {quoted:?}") };
            assert_eq!(general(code), (what, act), "{name}");
            count += 1;
        }
        assert_eq!(count, 17);
    }
}
