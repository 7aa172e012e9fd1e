//! Inputs to begin with: files and code streams, in the form that each target takes.

use crate::targets::limits;
use reader::{Frame, PixelBytes, Scanned, Stored, Syntax, scan, unpack};

/// The targets that have use for a file, each with its input.
pub fn of_file(path: &str, file: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let limits = limits();
    match scan(path, file, file.len() as u64, &limits) {
        Scanned::Archive => {
            let inner = unpack(path, file, &limits).entries;
            let inner = inner.iter().flat_map(|(path, content)| of_file(path, content));
            inner.chain([("zip", file.to_vec())]).collect()
        }
        Scanned::Frames(frames) if matches!(frames[0].syntax, Syntax::Nifti { .. }) => {
            let version = u8::from(file.get(344..347) != Some(b"n+1"));
            vec![("nifti", [&[version], file].concat())]
        }
        Scanned::Frames(frames) => {
            let stream = frames.first().and_then(|frame| of_stream(frame, file));
            stream.into_iter().chain([of_header(file)]).collect()
        }
        _ => vec![of_header(file)],
    }
}

fn of_header(file: &[u8]) -> (&'static str, Vec<u8>) {
    ("header", [&[255], file].concat())
}

/// The first fragment of an image, with the size and format that its header gives.
fn of_stream(frame: &Frame, file: &[u8]) -> Option<(&'static str, Vec<u8>)> {
    let PixelBytes::Fragments { offset, .. } = frame.pixels else { return None };
    let (_offset_table, items) = item(file.get(usize::try_from(offset).ok()?..)?)?;
    let (stream, _) = item(items)?;
    let target = target(&frame.syntax)?;
    Some((target, of_codec(frame.rows, frame.columns, frame.stored, stream)))
}

fn target(syntax: &Syntax) -> Option<&'static str> {
    Some(match syntax {
        Syntax::Rle => "rle",
        Syntax::Jpeg => "jpeg",
        Syntax::JpegLossless => "jpeg_lossless",
        Syntax::JpegLs => "jpeg_ls",
        Syntax::Jpeg2000 => "jpeg_2000",
        Syntax::HtJpeg2000 => "htj2k",
        _ => return None,
    })
}

/// The value of an item and what follows it (PS3.5 A.4).
fn item(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (&[0xFE, 0xFF, 0x00, 0xE0, a, b, c, d], rest) = bytes.split_first_chunk()? else {
        return None;
    };
    rest.split_at_checked(u32::from_le_bytes([a, b, c, d]) as usize)
}

/// A code stream behind its rows, columns and format.
pub fn of_codec(rows: usize, columns: usize, stored: Stored, stream: &[u8]) -> Vec<u8> {
    let format = match stored {
        Stored::Integer { allocated, signed, .. } => allocated / 16 + if signed { 4 } else { 0 },
        _ => 0,
    };
    let size = [rows, columns].map(|n| (n as u16).to_le_bytes());
    [size.as_flattened(), &[format], stream].concat()
}
