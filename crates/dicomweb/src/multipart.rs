//! Bodies of several parts (RFC 2046, 5.1) as WADO-RS answers with them, read as their bytes come.
//!
//! Servers are odd: the boundary in quotes or not told at all, lines that end in a bare line feed, a preamble, no last
//! delimiter, parts without a media type, an instance that comes bare. All of that is read. What ends early is told.

use memchr::memmem::{Finder, find};

/// A part's header may have as many bytes.
const LONGEST_HEADER: usize = 16 << 10;
/// And its body: what a browser takes as one buffer.
const LONGEST_BODY: usize = 1 << 30;

/// Reads the parts of one answer.
#[derive(Debug)]
pub struct Parts {
    state: State,
    /// What has come and was not given out. Searched for a delimiter up to `searched`.
    buffer: Vec<u8>,
    searched: usize,
}

#[derive(Debug)]
enum State {
    /// The first bytes tell whether there are parts.
    Unknown,
    /// Before the first delimiter.
    Preamble(Delimiter),
    Header(Delimiter),
    Body(Delimiter, Option<usize>),
    /// One part that is all of the answer.
    Whole,
    /// Behind the last delimiter.
    Done,
    Broken(Broken),
}

/// What stands between two parts, less the line end before it.
#[derive(Debug)]
struct Delimiter {
    dashes: Finder<'static>,
    /// Lines end in a bare line feed.
    bare: bool,
}

/// What one step of reading came to.
enum Step {
    /// More bytes are needed.
    Wait,
    On,
    Part(Vec<u8>),
}

/// Why an answer can't be read on. What was given out before is whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    #[error("the answer ends within a part")]
    CutOff,
    #[error("the answer is neither parts nor an instance")]
    NoParts,
    #[error("a part is larger than anything that could be used")]
    TooLarge,
}

impl Parts {
    /// For an answer with this content type. Without parts it is one part.
    pub fn of(content_type: Option<&str>) -> Self {
        let state = match content_type.and_then(boundary) {
            Some(boundary) => State::Preamble(Delimiter::of(boundary.as_bytes())),
            None => State::Unknown,
        };
        Self { state, buffer: Vec::new(), searched: 0 }
    }

    /// Takes what came, and gives the parts that are complete with it.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Broken> {
        let mut parts = Vec::new();
        match self.state {
            State::Done => return Ok(parts),
            State::Broken(broken) => return Err(broken),
            _ => self.buffer.extend_from_slice(bytes),
        }
        loop {
            match self.step() {
                Ok(Step::Wait) if self.buffer.len() > LONGEST_BODY => {
                    return self.broken(parts, Broken::TooLarge);
                }
                Ok(Step::Wait) => return Ok(parts),
                Ok(Step::On) => {}
                Ok(Step::Part(part)) => parts.push(part),
                Err(broken) => return self.broken(parts, broken),
            }
        }
    }

    /// What was complete before is given out; the next call tells.
    fn broken(&mut self, parts: Vec<Vec<u8>>, broken: Broken) -> Result<Vec<Vec<u8>>, Broken> {
        self.state = State::Broken(broken);
        self.buffer.clear();
        if parts.is_empty() { Err(broken) } else { Ok(parts) }
    }

    /// No more comes. Gives the last part where it is complete and only the delimiter behind it is missing.
    pub fn end(mut self) -> Result<Option<Vec<u8>>, Broken> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Done => Ok(None),
            State::Broken(broken) => Err(broken),
            State::Whole => Ok(Some(self.buffer)),
            State::Body(_, Some(length)) => {
                let rest = self.buffer.get(length..).ok_or(Broken::CutOff)?;
                if !matches!(rest, b"" | b"\n" | b"\r\n") {
                    return Err(Broken::CutOff);
                }
                self.buffer.truncate(length);
                Ok(Some(self.buffer))
            }
            // Short of what tells them apart.
            State::Unknown | State::Preamble(_) => Err(Broken::NoParts),
            State::Header(_) | State::Body(..) => Err(Broken::CutOff),
        }
    }

    fn step(&mut self) -> Result<Step, Broken> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Unknown => match sniffed(&self.buffer) {
                Sniffed::More => {
                    self.state = State::Unknown;
                    Ok(Step::Wait)
                }
                Sniffed::Instance => {
                    self.state = State::Whole;
                    Ok(Step::Wait)
                }
                Sniffed::Boundary(boundary) => {
                    self.state = State::Preamble(Delimiter::of(&boundary));
                    Ok(Step::On)
                }
                Sniffed::Neither => Err(Broken::NoParts),
            },
            State::Preamble(mut delimiter) => {
                let Some(found) = delimiter.first(&self.buffer, self.searched) else {
                    // No more is kept than may be the beginning of the delimiter.
                    self.keep_back(delimiter.kept());
                    if self.searched > 1 {
                        // The byte that stays tells that what follows is no beginning.
                        self.consume(self.searched - 1);
                        self.searched = 1;
                    }
                    self.state = State::Preamble(delimiter);
                    return Ok(Step::Wait);
                };
                delimiter.bare = found.bare;
                self.pass(found, delimiter);
                Ok(Step::On)
            }
            State::Header(delimiter) => {
                let Some((length, header)) = header(&self.buffer) else {
                    if self.buffer.len() > LONGEST_HEADER {
                        return Err(Broken::TooLarge);
                    }
                    self.state = State::Header(delimiter);
                    return Ok(Step::Wait);
                };
                let told = content_length(header);
                self.consume(length);
                self.state = State::Body(delimiter, told);
                Ok(Step::On)
            }
            State::Body(delimiter, told) => {
                let Some(found) = delimiter.next(&self.buffer, self.searched) else {
                    self.keep_back(delimiter.kept());
                    self.state = State::Body(delimiter, told);
                    return Ok(Step::Wait);
                };
                let body = self.buffer[..found.start].to_vec();
                self.pass(found, delimiter);
                Ok(Step::Part(body))
            }
            State::Whole => {
                self.state = State::Whole;
                Ok(Step::Wait)
            }
            State::Done => Ok(Step::Wait),
            State::Broken(broken) => Err(broken),
        }
    }

    /// Goes behind a delimiter.
    fn pass(&mut self, found: Found, delimiter: Delimiter) {
        self.consume(found.end);
        self.state = if found.last { State::Done } else { State::Header(delimiter) };
    }

    fn consume(&mut self, length: usize) {
        self.buffer.drain(..length);
        self.searched = 0;
    }

    /// All is searched but the last bytes, in which a delimiter may begin.
    fn keep_back(&mut self, bytes: usize) {
        self.searched = self.buffer.len().saturating_sub(bytes);
    }
}

/// Where a delimiter stands, with the line end before it and the rest of its line.
struct Found {
    start: usize,
    end: usize,
    last: bool,
    bare: bool,
}

/// White space that may stand between a boundary and its line end.
const PADDING: usize = 64;

impl Delimiter {
    fn of(boundary: &[u8]) -> Self {
        let dashes = [b"--", boundary].concat();
        Self { dashes: Finder::new(&dashes).into_owned(), bare: false }
    }

    /// Bytes that must be kept back: a line end, the delimiter, padding, the line end behind it.
    fn kept(&self) -> usize {
        self.dashes.needle().len() + PADDING + 4
    }

    /// The first delimiter: at the very beginning, or after any line end.
    fn first(&self, bytes: &[u8], from: usize) -> Option<Found> {
        self.find(bytes, from, |at| match at {
            0 => Some(0),
            _ => (bytes[at - 1] == b'\n').then_some(at),
        })
    }

    /// The next delimiter: after the line end that belongs to it. A part without bytes may come without one.
    fn next(&self, bytes: &[u8], from: usize) -> Option<Found> {
        self.find(bytes, from, |at| match &bytes[..at] {
            [] => Some(0),
            [.., b'\r', b'\n'] => Some(at - 2),
            [.., b'\n'] if self.bare => Some(at - 1),
            _ => None,
        })
    }

    /// `start` says where the delimiter begins whose dashes are at a place, if it is one.
    fn find(
        &self,
        bytes: &[u8],
        from: usize,
        start: impl Fn(usize) -> Option<usize>,
    ) -> Option<Found> {
        let mut from = from;
        while let Some(at) = self.dashes.find(&bytes[from..]).map(|at| from + at) {
            let end = at + self.dashes.needle().len();
            match (start(at), line_end(&bytes[end..])) {
                (Some(_), LineEnd::More) => return None,
                (Some(start), LineEnd::Next { length, bare }) => {
                    return Some(Found { start, end: end + length, last: false, bare });
                }
                (Some(start), LineEnd::Last) => {
                    return Some(Found { start, end: end + 2, last: true, bare: false });
                }
                // Bytes that look like it, or a boundary that begins like it.
                _ => from = at + 1,
            }
        }
        None
    }
}

/// What follows a boundary.
enum LineEnd {
    Next {
        length: usize,
        bare: bool,
    },
    Last,
    /// Too little has come to tell.
    More,
    Other,
}

fn line_end(bytes: &[u8]) -> LineEnd {
    let blanks = bytes.iter().take(PADDING).take_while(|b| matches!(b, b' ' | b'\t')).count();
    match (&bytes[blanks..], blanks) {
        ([b'\r', b'\n', ..], _) => LineEnd::Next { length: blanks + 2, bare: false },
        ([b'\n', ..], _) => LineEnd::Next { length: blanks + 1, bare: true },
        ([b'-', b'-', ..], 0) => LineEnd::Last,
        ([] | [b'\r'], _) | ([b'-'], 0) if blanks < PADDING => LineEnd::More,
        _ => LineEnd::Other,
    }
}

/// The length of a part's header with the empty line behind it, and the header. It may be that empty line alone.
fn header(bytes: &[u8]) -> Option<(usize, &[u8])> {
    for (empty, length) in [(&b"\r\n"[..], 2), (b"\n", 1)] {
        if bytes.starts_with(empty) {
            return Some((length, b""));
        }
    }
    let ends = [find(bytes, b"\r\n\r\n").map(|at| (at, 4)), find(bytes, b"\n\n").map(|at| (at, 2))];
    let (at, length) = ends.into_iter().flatten().min()?;
    Some((at + length, &bytes[..at]))
}

fn content_length(header: &[u8]) -> Option<usize> {
    let text = String::from_utf8_lossy(header);
    text.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim().eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
    })
}

enum Sniffed {
    More,
    /// A file of PS3.10.
    Instance,
    Boundary(Vec<u8>),
    Neither,
}

/// What an answer is that does not say so.
fn sniffed(bytes: &[u8]) -> Sniffed {
    let head = bytes.trim_ascii_start();
    if bytes.len() - head.len() > LONGEST_HEADER {
        return Sniffed::Neither;
    }
    if head.len() < 2 {
        return Sniffed::More;
    }
    if let Some(line) = head.strip_prefix(b"--") {
        return match line.iter().take(72).position(|b| matches!(b, b'\r' | b'\n')) {
            Some(length) if length > 0 => Sniffed::Boundary(line[..length].trim_ascii().to_vec()),
            None if line.len() < 72 => Sniffed::More,
            _ => Sniffed::Neither,
        };
    }
    match bytes.get(128..132) {
        Some(b"DICM") => Sniffed::Instance,
        Some(_) => Sniffed::Neither,
        None => Sniffed::More,
    }
}

/// The boundary that a content type of several parts tells.
fn boundary(content_type: &str) -> Option<String> {
    let mut rest = content_type.trim();
    rest.get(..10).filter(|kind| kind.eq_ignore_ascii_case("multipart/"))?;
    // Values in quotes may hold semicolons.
    while let Some(at) = rest.find(';') {
        let (name, after) = rest[at + 1..].split_once('=')?;
        let after = after.trim_start();
        let (value, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_at(after.find(';').unwrap_or(after.len())),
        };
        if name.trim().eq_ignore_ascii_case("boundary") {
            let value = value.trim();
            return (!value.is_empty()).then(|| value.to_owned());
        }
        rest = next;
    }
    None
}
