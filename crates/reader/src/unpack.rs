//! Zip and gzip: what is in them, within bounds. Nothing is written anywhere, so names need no cleaning.

use crate::inflate::read_all;
use crate::limits::Limits;
use crate::refusal::{Code, Fault, Refusal};
use crate::text::{EUC_KR, WINDOWS_1252};
use flate2::bufread::{DeflateDecoder, GzDecoder};
use rawzip::{CompressionMethod, ZipArchive, ZipSliceArchive};
use std::collections::HashSet;
use std::io::{self, Read};

/// Between the path of an archive and the path of a file in it.
const INNER: &str = "!/";

/// What was in an archive: path and bytes of each file, and what could not be read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Unpacked {
    pub entries: Vec<(String, Vec<u8>)>,
    pub refused: Vec<Refusal>,
}

pub(crate) fn is_archive(prefix: &[u8]) -> bool {
    // APPNOTE 4.3 and 8.5.4: a file, the end of an empty archive, and the marks of one that was split, or was to be.
    let zip = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08", b"PK00"];
    is_gzip(prefix) || zip.iter().any(|mark| prefix.starts_with(*mark))
}

/// RFC 1952, 2.3.1: magic and the one compression method.
fn is_gzip(prefix: &[u8]) -> bool {
    prefix.starts_with(b"\x1f\x8b\x08")
}

/// Takes an archive apart, and the archives in it down to [`Limits::nesting`].
pub fn unpack(path: &str, bytes: &[u8], limits: &Limits) -> Unpacked {
    let left = limits.unpacked_all(bytes.len() as u64);
    let mut unpacker = Unpacker { limits, left, entries: limits.entries, out: Unpacked::default() };
    unpacker.archive(path, bytes);
    tell_apart(&mut unpacker.out.entries);
    unpacker.out
}

/// A zip may hold several files of one name; by its path everybody else knows a file.
fn tell_apart(entries: &mut [(String, Vec<u8>)]) {
    let mut seen = HashSet::new();
    let paths = entries.iter().map(|(path, _)| path.as_str()).enumerate();
    let repeated: Vec<usize> =
        paths.filter(|(_, path)| !seen.insert(*path)).map(|(n, _)| n).collect();
    for number in repeated {
        if let Some((path, _)) = entries.get_mut(number) {
            path.push_str(&format!(" ({number})"));
        }
    }
}

fn corrupt(detail: impl ToString) -> Fault {
    Fault::new(Code::CorruptArchive, detail.to_string())
}

fn beyond(detail: impl Into<String>) -> Fault {
    Fault::new(Code::ArchiveLimit, detail)
}

/// What may still come out of an archive, nested ones included: bombs are nested to multiply.
struct Unpacker<'a> {
    limits: &'a Limits,
    /// Bytes.
    left: u64,
    entries: u64,
    out: Unpacked,
}

impl Unpacker<'_> {
    fn archive(&mut self, path: &str, bytes: &[u8]) {
        let result =
            if is_gzip(bytes) { self.gunzip(path, bytes) } else { self.unzip(path, bytes) };
        if let Err(fault) = result {
            self.out.refused.push(fault.at(path));
        }
    }

    /// All members of a gzip file (RFC 1952, 2.2), checksums verified.
    fn gunzip(&mut self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        let most = self.most(bytes.len() as u64);
        // RFC 1952, 2.3.1: the length of the last member. One beyond the limit means a bomb or damage.
        if let Some(&length) = bytes.last_chunk::<4>()
            && u64::from(u32::from_le_bytes(length)) > most
        {
            let read = io::copy(&mut GzDecoder::new(bytes).take(most + 1), &mut io::sink());
            match read {
                Ok(read) if read > most => {
                    return Err(beyond(format!("unpacks to more than {most} bytes")));
                }
                // It is of what follows the last member.
                Ok(_) => {}
                Err(_) => return Err(corrupt("the gzip stream is damaged or cut")),
            }
        }
        let (mut content, mut complete, mut rest) = (Vec::new(), true, bytes);
        // What follows the last member is of no use, as gzip itself has it.
        while complete && is_gzip(rest) {
            let mut decoder = GzDecoder::new(rest);
            let left = most - content.len() as u64;
            let (member, whole) = read_all(&mut decoder, left).map_err(|f| beyond(f.detail))?;
            match content.is_empty() {
                true => content = member,
                false => content.extend_from_slice(&member),
            }
            (complete, rest) = (whole, decoder.into_inner());
        }
        self.spend(content.len() as u64)?;
        match (complete, is_gzip(&content)) {
            (false, _) => return Err(corrupt("the gzip stream is damaged or cut")),
            (_, true) => return Err(beyond("gzip within gzip")),
            _ => self.take(path.to_owned(), content),
        }
        Ok(())
    }

    fn unzip(&mut self, path: &str, bytes: &[u8]) -> Result<(), Fault> {
        if path.matches(INNER).count() >= self.limits.nesting {
            return Err(beyond("archives nested too deep"));
        }
        let archive = ZipArchive::from_slice(bytes).map_err(corrupt)?;
        refuse_overlaps(&archive)?;
        let mut entries = archive.entries();
        while let Some(entry) = entries.next_entry().map_err(corrupt)? {
            if entry.is_dir() {
                continue;
            }
            let inner = format!("{path}{INNER}{}", name(entry.file_path().as_ref()));
            // A path is held too, and may be longer than its entry.
            self.spend(inner.len() as u64)?;
            self.entries = self.entries.checked_sub(1).ok_or_else(|| beyond("too many entries"))?;
            if entry.flags().is_encrypted() {
                self.out.refused.push(corrupt("encrypted").at(&inner));
                continue;
            }
            let declared = entry.uncompressed_size_hint();
            if declared > self.most(entry.compressed_size_hint()) {
                self.out.refused.push(beyond(format!("unpacks to {declared} bytes")).at(&inner));
                continue;
            }
            self.spend(declared)?;
            let content = archive
                .get_entry(entry.wayfinder())
                .map_err(corrupt)
                .and_then(|found| read_entry(&found, entry.compression_method(), declared));
            match content {
                Ok(content) => self.take(inner, content),
                Err(fault) => self.out.refused.push(fault.at(&inner)),
            }
        }
        Ok(())
    }

    /// Most bytes that `packed` bytes may become.
    fn most(&self, packed: u64) -> u64 {
        self.left.min(self.limits.unpacked(packed))
    }

    fn spend(&mut self, bytes: u64) -> Result<(), Fault> {
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| beyond("unpacks to more than its size lets expect"))?;
        Ok(())
    }

    fn take(&mut self, path: String, mut content: Vec<u8>) {
        content.shrink_to_fit();
        if is_archive(&content) {
            self.archive(&path, &content);
        } else {
            self.out.entries.push((path, content));
        }
    }
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
    match read {
        Ok((content, true)) => Ok(content),
        Ok(_) => Err(corrupt("the entry is damaged")),
        Err(_) => Err(corrupt("the entry is longer than it says")),
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
    volume::sort_by(&mut ranges, Ord::cmp);
    let overlap = ranges.iter().zip(ranges.iter().skip(1)).any(|(a, b)| a.1 > b.0);
    if overlap { Err(beyond("entries overlap")) } else { Ok(()) }
}

/// Names are UTF-8, or what the machine that made the archive used; on Korean ones that is CP949.
fn name(raw: &[u8]) -> String {
    if let Ok(name) = std::str::from_utf8(raw) {
        return name.to_owned();
    }
    EUC_KR.decode_strictly(raw).unwrap_or_else(|| WINDOWS_1252.decode(raw))
}
