//! Why a file was not loaded: a code that the page puts into words, and a detail for the curious.

use serde::{Deserialize, Serialize};

/// Reasons, told apart by who must act. The names are part of the `inspect` output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// Neither DICOM nor another format or container that is read.
    NotDicom,
    Empty,
    /// Media directory: it lists images and holds none.
    Dicomdir,
    /// Ends before its header or its pixel data is complete.
    Truncated,
    CorruptHeader,
    UnsupportedSyntax,
    /// Colour, or bits that cannot be.
    UnsupportedPixelFormat,
    CorruptPixels,
    NoPixels,
    BadDimensions,
    TooLarge,
    /// Sound DICOM of another kind.
    NotCtImage,
    Localizer,
    /// The same slice is loaded from another file.
    Duplicate,
    /// No usable position among slices that have one.
    InconsistentGeometry,
    CorruptArchive,
    ArchiveLimit,
}

impl Code {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Code::NotDicom => "not_dicom",
            Code::Empty => "empty",
            Code::Dicomdir => "dicomdir",
            Code::Truncated => "truncated",
            Code::CorruptHeader => "corrupt_header",
            Code::UnsupportedSyntax => "unsupported_syntax",
            Code::UnsupportedPixelFormat => "unsupported_pixel_format",
            Code::CorruptPixels => "corrupt_pixels",
            Code::NoPixels => "no_pixels",
            Code::BadDimensions => "bad_dimensions",
            Code::TooLarge => "too_large",
            Code::NotCtImage => "not_ct_image",
            Code::Localizer => "localizer",
            Code::Duplicate => "duplicate",
            Code::InconsistentGeometry => "inconsistent_geometry",
            Code::CorruptArchive => "corrupt_archive",
            Code::ArchiveLimit => "archive_limit",
        }
    }
}

/// One file that was not loaded, or one frame of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Refusal {
    pub path: String,
    pub code: Code,
    pub detail: String,
}

/// A refusal before it is known which file it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}: {detail}", code.as_str())]
pub(crate) struct Fault {
    pub code: Code,
    pub detail: String,
}

impl Fault {
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into() }
    }

    pub fn at(self, path: &str) -> Refusal {
        Refusal { path: path.to_owned(), code: self.code, detail: self.detail }
    }
}
