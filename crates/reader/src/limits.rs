//! How much a file may ask for. Every allocation that a header or an archive names is checked here first.

use crate::refusal::{Code, Fault};
use serde::{Deserialize, Serialize};

/// Bounds on what is read. The defaults suit a browser tab; `usize` is 32 bits there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Rows and columns.
    pub side: u64,
    /// Frames of one file.
    pub frames: u64,
    /// Bytes of a header kept after everything that is not needed was dropped.
    pub header: u64,
    /// Elements of a header, nested ones included.
    pub elements: u64,
    /// Sequences within sequences.
    pub depth: usize,
    /// Bytes of one file that was unpacked from an archive or inflated.
    pub unpacked_file: u64,
    /// Bytes of all files of one archive, of those in archives within it too.
    pub unpacked_archive: u64,
    /// Files in one archive.
    pub entries: u64,
    /// Zips within each other, the outermost counted: patient, study, series, and what a mail program adds.
    pub nesting: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            side: 16_384,
            frames: 65_536,
            header: 16 << 20,
            elements: 4_000_000,
            depth: 32,
            unpacked_file: 2 << 30,
            unpacked_archive: 4 << 30,
            entries: 100_000,
            nesting: 4,
        }
    }
}

/// What deflate can reach at most: 1032 : 1. Constant images come near to 1000 : 1, so below
/// [`SMALL`] the ratio tells nothing.
const RATIO: u64 = 200;
const SMALL: u64 = 64 << 20;

impl Limits {
    /// Most bytes that `packed` bytes may unpack to.
    pub(crate) fn unpacked(&self, packed: u64) -> u64 {
        self.unpacked_file.min(packed.saturating_mul(RATIO).max(SMALL))
    }

    /// Most bytes that an archive of `packed` bytes may unpack to: of a whole study the ratio tells more.
    pub(crate) fn unpacked_all(&self, packed: u64) -> u64 {
        self.unpacked_archive.min(packed.saturating_mul(50).max(SMALL))
    }

    /// Most bytes that a header may be inflated to out of `packed` bytes: text and numbers, nothing else.
    pub(crate) fn inflated_header(&self, packed: u64) -> u64 {
        self.header.min(packed.saturating_mul(32).max(1 << 20))
    }

    /// Most bytes of texts and tables that each of a file's `frames` may hold for itself: a few texts, and
    /// where there are few frames a modality table.
    pub(crate) fn held(&self, frames: u64) -> u64 {
        (1 << 10) + (1 << 20) / frames.max(1)
    }

    /// Length of an image in pixels, if it is one that a scanner can have made.
    pub(crate) fn pixels(&self, rows: u64, columns: u64) -> Result<usize, Fault> {
        if rows > self.side || columns > self.side {
            return Err(Fault::new(Code::TooLarge, format!("{columns} × {rows} pixels")));
        }
        usize::try_from(rows * columns)
            .map_err(|_| Fault::new(Code::TooLarge, format!("{columns} × {rows} pixels")))
    }
}

/// A buffer of `len` zeros, or `too_large` where the machine has no room for it.
pub(crate) fn zeros<T: Clone + Default>(len: usize) -> Result<Vec<T>, Fault> {
    let mut buffer = Vec::new();
    buffer
        .try_reserve_exact(len)
        .map_err(|_| Fault::new(Code::TooLarge, format!("no memory for {len} values")))?;
    buffer.resize(len, T::default());
    Ok(buffer)
}
