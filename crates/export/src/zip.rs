//! Files put together as a ZIP archive (PKWARE's APPNOTE 4.3), as they are: what goes in is compressed already.

use flate2::Crc;

/// 1 January 1980, the format's first day: an archive tells no time.
const DAY: u16 = 1 << 5 | 1;
/// Version 2.0 knows folders.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;

/// `None` where the format's 32 bits don't suffice.
pub fn zip(files: &[(String, Vec<u8>)]) -> Option<Vec<u8>> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let at = u32::try_from(archive.len()).ok()?;
        let entry = entry(name, bytes)?;
        archive.extend_from_slice(b"PK\x03\x04");
        archive.extend_from_slice(&entry);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&entry);
        // No comment, on disk 0, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&at.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let (at, len) = (u32::try_from(archive.len()).ok()?, u32::try_from(directory.len()).ok()?);
    let count = u16::try_from(files.len()).ok()?.to_le_bytes();
    archive.append(&mut directory);
    archive.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    archive.extend_from_slice(&[count, count].concat());
    archive.extend_from_slice(&[len.to_le_bytes(), at.to_le_bytes()].concat());
    archive.extend_from_slice(&[0; 2]);
    Some(archive)
}

/// What stands of a file both before it and in the directory.
fn entry(name: &str, bytes: &[u8]) -> Option<Vec<u8>> {
    let len = u32::try_from(bytes.len()).ok()?;
    let mut crc = Crc::new();
    crc.update(bytes);
    let mut entry = Vec::new();
    for word in [VERSION, UTF8, 0, 0, DAY] {
        entry.extend_from_slice(&word.to_le_bytes());
    }
    for word in [crc.sum(), len, len] {
        entry.extend_from_slice(&word.to_le_bytes());
    }
    entry.extend_from_slice(&u16::try_from(name.len()).ok()?.to_le_bytes());
    entry.extend_from_slice(&[0; 2]);
    Some(entry)
}
