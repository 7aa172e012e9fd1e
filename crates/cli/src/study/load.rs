//! One file → its frames with HU. Archives are taken apart in memory.

use super::files::{Source, unreadable};
use reader::{Body, Code, Frame, Limits, PREFIX, Refusal, Scanned, scan, unpack};
use std::fs::File;
use std::io::{self, Read};
use std::panic::{UnwindSafe, catch_unwind};

/// Frames with their HU, and what could not be read.
#[derive(Default)]
pub struct Loaded {
    pub frames: Vec<(Frame, Vec<i16>)>,
    pub refused: Vec<Refusal>,
}

impl Loaded {
    pub fn append(&mut self, mut other: Self) {
        self.frames.append(&mut other.frames);
        self.refused.append(&mut other.refused);
    }

    fn refused(refusal: Refusal) -> Self {
        Self { refused: vec![refusal], ..Self::default() }
    }

    /// Reads a file, no more of it than is needed to know that it is a CT image.
    pub fn file(source: &Source, limits: &Limits) -> Self {
        guarded(&source.name, || {
            Self::try_file(source, limits)
                .unwrap_or_else(|error| Self::refused(unreadable(source.name.clone(), &error)))
        })
    }

    fn try_file(source: &Source, limits: &Limits) -> io::Result<Self> {
        let mut loaded = Self::default();
        let mut file = File::open(&source.path)?;
        let mut total = file.metadata()?.len();
        let mut bytes = Vec::new();
        let mut wanted = PREFIX;
        loop {
            let more = wanted.saturating_sub(bytes.len() as u64);
            // A file that is being written anew may have become shorter.
            if (file.by_ref().take(more).read_to_end(&mut bytes)? as u64) < more {
                total = bytes.len() as u64;
            }
            match scan(&source.name, &bytes, total, limits) {
                Scanned::NeedMore(next) if next > bytes.len() as u64 => wanted = next,
                scanned => {
                    if matches!(scanned, Scanned::Frames(_) | Scanned::Archive) {
                        file.read_to_end(&mut bytes)?;
                    }
                    loaded.take(&source.name, scanned, &bytes, limits);
                    return Ok(loaded);
                }
            }
        }
    }

    fn take(&mut self, name: &str, scanned: Scanned, bytes: &[u8], limits: &Limits) {
        match scanned {
            Scanned::Frames(frames) => self.decode(frames, bytes, limits),
            Scanned::Archive => {
                let unpacked = unpack(name, bytes, limits);
                self.refused.extend(unpacked.refused);
                for (inner, content) in unpacked.entries {
                    self.append(guarded(&inner, || {
                        let mut entry = Self::default();
                        let scanned = scan(&inner, &content, content.len() as u64, limits);
                        entry.take(&inner, scanned, &content, limits);
                        entry
                    }));
                }
            }
            Scanned::Refused(refusal) => self.refused.push(refusal),
            // The whole file was given; nothing asks for more then.
            Scanned::NeedMore(_) => {}
        }
    }

    fn decode(&mut self, frames: Vec<Frame>, bytes: &[u8], limits: &Limits) {
        let Some(first) = frames.first() else { return };
        let body = match Body::open(first, bytes, limits) {
            Ok(body) => body,
            Err(refusal) => return self.refused.push(refusal),
        };
        for mut frame in frames {
            match body.decode(&frame) {
                Ok(pixels) => {
                    frame.seen = Some(pixels.seen());
                    self.frames.push((frame, pixels.hu));
                }
                Err(refusal) => self.refused.push(refusal),
            }
        }
    }
}

/// What `read` gives. A panic in it is a defect of the reader: that file is refused, the others go on.
fn guarded(name: &str, read: impl FnOnce() -> Loaded + UnwindSafe) -> Loaded {
    catch_unwind(read).unwrap_or_else(|_| {
        let detail = "the reader failed on this file: please report it".to_owned();
        Loaded::refused(Refusal { path: name.to_owned(), code: Code::CorruptPixels, detail })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_refuses_one_file() {
        let mut all = Loaded::default();
        for name in ["a", "b", "c"] {
            all.append(guarded(name, || {
                assert!(name != "b", "injected");
                let code = Code::NotDicom;
                Loaded::refused(Refusal { path: name.into(), code, detail: String::new() })
            }));
        }
        let told: Vec<_> = all.refused.iter().map(|r| (&*r.path, r.code)).collect();
        assert_eq!(
            told,
            [("a", Code::NotDicom), ("b", Code::CorruptPixels), ("c", Code::NotDicom)]
        );
    }
}
