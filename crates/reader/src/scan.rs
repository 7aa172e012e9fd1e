//! The first bytes of any file: frames, an archive, a wish for more, or a refusal.

use crate::dicom::scan::{Looked, look};
use crate::frame::Frame;
use crate::limits::Limits;
use crate::refusal::{Code, Fault, Refusal};
use crate::unpack::is_archive;
use serde::{Deserialize, Serialize};

/// Bytes that a caller reads first: nearly every CT header is shorter.
pub const PREFIX: u64 = 64 * 1024;

/// What the first bytes of a file say.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Scanned {
    /// The frames of a CT image; a multi-frame file gives many.
    Frames(Vec<Frame>),
    /// A zip or gzip: the whole file goes to [`crate::unpack`].
    Archive,
    /// More of the file is needed: ask again with at least this many bytes.
    NeedMore(u64),
    Refused(Refusal),
}

/// `prefix` is the beginning of a file of `total` bytes.
pub fn scan(path: &str, prefix: &[u8], total: u64, limits: &Limits) -> Scanned {
    if total == 0 {
        return Scanned::Refused(Fault::new(Code::Empty, "").at(path));
    }
    if is_archive(prefix) {
        return Scanned::Archive;
    }
    match look(path, prefix, total, limits) {
        Ok(Looked::Frames(frames)) => Scanned::Frames(frames),
        Ok(Looked::NeedMore(bytes)) => Scanned::NeedMore(bytes),
        Ok(Looked::Other) => Scanned::Refused(Fault::new(Code::NotDicom, "").at(path)),
        Err(fault) => Scanned::Refused(fault.at(path)),
    }
}
