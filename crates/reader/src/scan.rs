//! The first bytes of any file: frames, an archive, a wish for more, or a refusal.

use crate::dicom::scan::{Looked, look};
use crate::frame::Frame;
use crate::limits::Limits;
use crate::nifti;
use crate::refusal::{Code, Fault, Refusal};
use crate::unpack::is_archive;
use serde::{Deserialize, Serialize};

/// Bytes that a caller reads first: nearly every CT header is shorter.
pub const PREFIX: u64 = 64 * 1024;

/// What the first bytes of a file say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scanned {
    /// The frames of a CT image; a multi-frame or NIfTI file gives many.
    Frames(Vec<Frame>),
    /// A zip or gzip: the whole file goes to [`crate::unpack`].
    Archive,
    /// More of the file is needed: ask again with at least this many bytes.
    NeedMore(u64),
    Refused(Refusal),
}

/// First bytes of formats in which people keep images and which are not read. What the page says of some
/// (`src/words/codes.rs`) goes by the words here.
const OTHERS: &[(usize, &[u8], &str)] = &[
    (257, b"ustar", "a tar archive: unpack it first"),
    (0, b"7z\xBC\xAF\x27\x1C", "a 7z archive: unpack it first"),
    (0, b"Rar!\x1A\x07", "a RAR archive: unpack it first"),
    (0, b"BZh", "a bzip2 archive: unpack it first"),
    (0, b"\xFD7zXZ\0", "an xz archive: unpack it first"),
    (0, b"\x28\xB5\x2F\xFD", "a Zstandard archive: unpack it first"),
    (0, b"ALZ\x01", "an ALZ archive: unpack it first"),
    (0, b"EGGA", "an EGG archive: unpack it first"),
    (0, b"MSCF", "a CAB archive: unpack it first"),
    (2, b"-lh", "an LZH archive: unpack it first"),
    (0, b"\x1F\x9D", "a compressed file: unpack it first"),
    (32_769, b"CD001", "a disc image: open it and choose the folder in it"),
    (32_769, b"BEA01", "a disc image: open it and choose the folder in it"),
    (0, b"%PDF", "a PDF"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xFF\xD8\xFF", "a JPEG picture"),
    (0, b"NRRD", "an NRRD volume: convert it to NIfTI or DICOM"),
    (0, b"ObjectType", "a MetaImage volume: convert it to NIfTI or DICOM"),
    (0, b"\x89HDF", "an HDF5 file: convert it to NIfTI or DICOM"),
];

/// What a file is that is not DICOM, where its first bytes say it.
fn kind_of(prefix: &[u8]) -> &'static str {
    OTHERS
        .iter()
        .find(|(at, magic, _)| prefix.get(*at..).is_some_and(|rest| rest.starts_with(magic)))
        .map_or("", |(_, _, kind)| kind)
}

/// `prefix` is the beginning of a file of `total` bytes.
pub fn scan(path: &str, prefix: &[u8], total: u64, limits: &Limits) -> Scanned {
    if total == 0 {
        return Scanned::Refused(Fault::new(Code::Empty, "").at(path));
    }
    if is_archive(prefix) {
        return Scanned::Archive;
    }
    match nifti::look(path, prefix, total, limits) {
        Ok(nifti::Looked::Frames(frames)) => return Scanned::Frames(frames),
        Ok(nifti::Looked::NeedMore(bytes)) => return Scanned::NeedMore(bytes),
        Ok(nifti::Looked::Other) => {}
        Err(fault) => return Scanned::Refused(fault.at(path)),
    }
    match look(path, prefix, total, limits) {
        Ok(Looked::Frames(frames)) => Scanned::Frames(frames),
        Ok(Looked::NeedMore(bytes)) => Scanned::NeedMore(bytes),
        Ok(Looked::Other) => Scanned::Refused(Fault::new(Code::NotDicom, kind_of(prefix)).at(path)),
        Err(fault) => Scanned::Refused(fault.at(path)),
    }
}
