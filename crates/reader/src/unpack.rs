//! Zip and gzip: what is in them, within bounds. Nothing is written anywhere, so names need no cleaning.

use crate::inflate::read_all;
use crate::limits::Limits;
use crate::refusal::{Code, Fault, Refusal};
use encoding_rs::{EUC_KR, WINDOWS_1252};
use flate2::bufread::{DeflateDecoder, GzDecoder};
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};

/// Between the path of an archive and the path of a file in it.
const INNER: &str = "!/";

/// What was in an archive: path and bytes of each file, and what could not be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    pub entries: Vec<(String, Vec<u8>)>,
    pub refused: Vec<Refusal>,
}

pub(crate) fn is_archive(prefix: &[u8]) -> bool {
    is_gzip(prefix) || prefix.starts_with(b"PK\x03\x04") || prefix.starts_with(b"PK\x05\x06")
}

/// RFC 1952, 2.3.1: magic and the one compression method.
fn is_gzip(prefix: &[u8]) -> bool {
    prefix.starts_with(b"\x1f\x8b\x08")
}

/// Takes an archive apart. An entry may be an archive again: [`crate::scan`] it, then unpack that;
/// beyond [`Limits::nesting`] it is refused.
pub fn unpack(path: &str, bytes: &[u8], limits: &Limits) -> Unpacked {
    let mut out = Unpacked::default();
    let result = if is_gzip(bytes) {
        gunzip(bytes, limits).map(|content| out.entries.push((path.to_owned(), content)))
    } else {
        unzip(path, bytes, limits, &mut out)
    };
    if let Err(fault) = result {
        out.refused.push(fault.at(path));
    }
    out
}

fn corrupt(detail: impl ToString) -> Fault {
    Fault::new(Code::CorruptArchive, detail.to_string())
}

fn beyond(detail: impl Into<String>) -> Fault {
    Fault::new(Code::ArchiveLimit, detail)
}

/// All members of a gzip file (RFC 1952, 2.2), checksums verified.
fn gunzip(bytes: &[u8], limits: &Limits) -> Result<Vec<u8>, Fault> {
    let most = limits.unpacked(bytes.len() as u64);
    let (content, complete) =
        read_all(GzDecoder::new(bytes), most).map_err(|f| beyond(f.detail))?;
    match (complete, is_gzip(&content)) {
        (false, _) => Err(corrupt("the gzip stream is damaged or cut")),
        (_, true) => Err(beyond("gzip within gzip")),
        _ => Ok(content),
    }
}

fn unzip(path: &str, bytes: &[u8], limits: &Limits, out: &mut Unpacked) -> Result<(), Fault> {
    if path.matches(INNER).count() >= limits.nesting {
        return Err(beyond("archives nested too deep"));
    }
    let archive = ZipArchive::from_slice(bytes).map_err(corrupt)?;
    if archive.entries_hint() > limits.entries {
        return Err(beyond(format!("{} entries", archive.entries_hint())));
    }
    refuse_overlaps(&archive)?;
    let mut left = limits.unpacked_archive;
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(corrupt)? {
        if entry.is_dir() {
            continue;
        }
        let inner = format!("{path}{INNER}{}", name(entry.file_path().as_ref()));
        if entry.flags().is_encrypted() {
            out.refused.push(corrupt("encrypted").at(&inner));
            continue;
        }
        let most = left.min(limits.unpacked(entry.compressed_size_hint()));
        let content = archive
            .get_entry(entry.wayfinder())
            .map_err(corrupt)
            .and_then(|found| read_entry(&found, entry.compression_method(), most));
        match content {
            Ok(content) => {
                left -= content.len() as u64;
                out.entries.push((inner, content));
            }
            Err(fault) => out.refused.push(fault.at(&inner)),
        }
    }
    Ok(())
}

fn read_entry(
    entry: &rawzip::ZipSliceEntry<'_>,
    method: CompressionMethod,
    most: u64,
) -> Result<Vec<u8>, Fault> {
    let packed = entry.data();
    let read = match method {
        CompressionMethod::STORE => read_all(entry.verifying_reader(packed), most),
        CompressionMethod::DEFLATE => {
            read_all(entry.verifying_reader(DeflateDecoder::new(packed)), most)
        }
        other => return Err(corrupt(format!("compression method {other:?}"))),
    };
    match read.map_err(|f| beyond(f.detail))? {
        (content, true) => Ok(content),
        _ => Err(corrupt("the entry is damaged")),
    }
}

/// Entries that share bytes are how small bombs are made (Fifield, "A better zip bomb").
fn refuse_overlaps(archive: &ZipSliceArchive<&[u8]>) -> Result<(), Fault> {
    let mut ranges = Vec::new();
    let mut entries = archive.entries();
    while let Some(entry) = entries.next_entry().map_err(corrupt)? {
        if let Ok(found) = archive.get_entry(entry.wayfinder()) {
            ranges.push(found.compressed_data_range());
        }
    }
    ranges.sort_unstable();
    let overlap = ranges.iter().zip(ranges.iter().skip(1)).any(|(a, b)| a.1 > b.0);
    if overlap { Err(beyond("entries overlap")) } else { Ok(()) }
}

/// Names are UTF-8, or what the machine that made the archive used; on Korean ones that is CP949.
fn name(raw: &[u8]) -> String {
    if let Ok(name) = std::str::from_utf8(raw) {
        return name.to_owned();
    }
    let (korean, _, failed) = EUC_KR.decode(raw);
    if failed { WINDOWS_1252.decode(raw).0.into_owned() } else { korean.into_owned() }
}
