//! One file → its frames with HU. Archives are taken apart in memory.

use super::files::{Source, unreadable};
use reader::{Body, Frame, Limits, PREFIX, Refusal, Scanned, scan, unpack};
use std::fs::File;
use std::io::{self, Read};

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

    /// Reads a file, no more of it than is needed to know that it is a CT image.
    pub fn file(&mut self, source: &Source, limits: &Limits) {
        if let Err(error) = self.try_file(source, limits) {
            self.refused.push(unreadable(source.name.clone(), &error));
        }
    }

    fn try_file(&mut self, source: &Source, limits: &Limits) -> io::Result<()> {
        let mut file = File::open(&source.path)?;
        let total = file.metadata()?.len();
        let mut bytes = Vec::new();
        let mut wanted = PREFIX;
        loop {
            let more = wanted.saturating_sub(bytes.len() as u64);
            file.by_ref().take(more).read_to_end(&mut bytes)?;
            match scan(&source.name, &bytes, total, limits) {
                Scanned::NeedMore(next) if next > bytes.len() as u64 => wanted = next,
                scanned => {
                    if matches!(scanned, Scanned::Frames(_) | Scanned::Archive) {
                        file.read_to_end(&mut bytes)?;
                    }
                    self.take(&source.name, scanned, &bytes, limits);
                    return Ok(());
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
                    let scanned = scan(&inner, &content, content.len() as u64, limits);
                    self.take(&inner, scanned, &content, limits);
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
