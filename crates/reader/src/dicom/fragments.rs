//! Encapsulated pixel data: which fragments make up which frame (PS3.5 A.4).

use super::element::{Encoding, ITEM, SEQUENCE_END, bytes};
use crate::frame::ByteRange;
use crate::refusal::{Code, Fault};
use std::borrow::Cow;
use std::ops::Range;

/// The byte ranges of every frame of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fragments {
    frames: Vec<Vec<Range<usize>>>,
}

/// Fragments of one file: each takes room for its place, however short it is.
const MOST: usize = 1 << 17;

/// A fragment and the offset of its item, from the first byte after the basic offset table.
struct Fragment {
    item: u64,
    bytes: Range<usize>,
}

impl Fragments {
    /// `offset` is where the first item begins.
    pub fn find(
        data: &[u8],
        offset: u64,
        extended: Option<[ByteRange; 2]>,
        frames: usize,
    ) -> Result<Self, Fault> {
        let (table, fragments) = items(data, offset)?;
        if fragments.is_empty() {
            return Err(Fault::new(Code::NoPixels, "no fragment"));
        }
        let extended = extended.filter(|_| table.is_empty());
        let frames = match extended.and_then(|e| by_extended_table(data, e, &fragments, frames)) {
            _ if frames == 1 => vec![fragments.into_iter().map(|f| f.bytes).collect()],
            Some(frames) => frames,
            None => by_table(data, table, &fragments, frames)
                .or_else(|| by_signature(data, &fragments, frames))
                .ok_or_else(|| {
                    let detail = format!("{} fragments for {frames} frames", fragments.len());
                    let code = if fragments.len() < frames {
                        Code::Truncated
                    } else {
                        Code::CorruptPixels
                    };
                    Fault::new(code, detail)
                })?,
        };
        Ok(Self { frames })
    }

    /// The stream of a frame; copied only where it is in several pieces.
    pub fn frame<'a>(&self, data: &'a [u8], number: usize) -> Option<Cow<'a, [u8]>> {
        match self.frames.get(number)?.as_slice() {
            [one] => data.get(one.clone()).map(Cow::Borrowed),
            many => {
                let mut joined = Vec::new();
                for range in many {
                    joined.extend_from_slice(data.get(range.clone())?);
                }
                Some(Cow::Owned(joined))
            }
        }
    }
}

/// The basic offset table and all fragments. A missing delimiter and one with a length are met in practice.
fn items(data: &[u8], offset: u64) -> Result<(Range<usize>, Vec<Fragment>), Fault> {
    let cut = || Fault::new(Code::Truncated, "the file ends inside a fragment");
    let mut at = usize::try_from(offset).map_err(|_| cut())?;
    let mut table = None;
    let mut fragments = Vec::new();
    while let Ok(element) = Encoding::ExplicitLittle.element(data, at) {
        if fragments.len() > MOST {
            return Err(Fault::new(Code::CorruptPixels, "too many fragments"));
        }
        if element.tag != ITEM {
            // PS3.5 A.4: a sequence delimitation item ends it.
            let ended = element.tag == SEQUENCE_END || !fragments.is_empty();
            let corrupt = Fault::new(Code::CorruptPixels, "no items in the pixel data");
            return if ended { Ok((table.unwrap_or(0..0), fragments)) } else { Err(corrupt) };
        }
        let length = element.length.and_then(|l| usize::try_from(l).ok()).ok_or_else(cut)?;
        let end = element.value.checked_add(length).filter(|&e| e <= data.len()).ok_or_else(cut)?;
        let bytes = element.value..end;
        match &table {
            // Some writers leave the table out, and begin with the first frame.
            None if begins(data.get(bytes.clone()).unwrap_or(&[])) => {
                table = Some(at..at);
                fragments.push(Fragment { item: 0, bytes });
            }
            None => table = Some(bytes),
            Some(table) => fragments.push(Fragment { item: (at - table.end) as u64, bytes }),
        }
        at = end;
    }
    Ok((table.unwrap_or(0..0), fragments))
}

/// Fragments from each offset up to the next greater one: frames may lie in any order.
fn by_offsets(offsets: &[u64], fragments: &[Fragment]) -> Option<Vec<Vec<Range<usize>>>> {
    let mut starts = Vec::with_capacity(offsets.len());
    for offset in offsets {
        starts.push(fragments.binary_search_by_key(offset, |f| f.item).ok()?);
    }
    let mut ends = starts.clone();
    ends.push(fragments.len());
    ends.sort_unstable();
    let apart = ends.windows(2).all(|pair| pair[0] < pair[1]);
    if !apart {
        return None;
    }
    let part = |&start: &usize| {
        let end = *ends.get(ends.partition_point(|&end| end <= start))?;
        Some(fragments.get(start..end)?.iter().map(|f| f.bytes.clone()).collect())
    };
    starts.iter().map(part).collect()
}

/// PS3.3 C.7.6.3.1.8: one fragment per frame, 64 bit offsets, and the true length of each.
fn by_extended_table(
    data: &[u8],
    [offsets, lengths]: [ByteRange; 2],
    fragments: &[Fragment],
    frames: usize,
) -> Option<Vec<Vec<Range<usize>>>> {
    let numbers = |range: ByteRange| {
        let start = usize::try_from(range.offset).ok()?;
        let table = data.get(start..start.checked_add(usize::try_from(range.length).ok()?)?)?;
        let numbers: Vec<u64> = table
            .chunks_exact(8)
            .filter_map(|b| bytes(b, 0).ok())
            .map(u64::from_le_bytes)
            .collect();
        (numbers.len() == frames).then_some(numbers)
    };
    let mut found = by_offsets(&numbers(offsets)?, fragments)?;
    for (frame, length) in found.iter_mut().zip(numbers(lengths)?) {
        if let [one] = frame.as_mut_slice() {
            let length = usize::try_from(length).ok().filter(|&l| l <= one.len())?;
            one.end = one.start + length;
        }
    }
    Some(found)
}

fn by_table(
    data: &[u8],
    table: Range<usize>,
    fragments: &[Fragment],
    frames: usize,
) -> Option<Vec<Vec<Range<usize>>>> {
    let offsets: Vec<u64> = data
        .get(table)?
        .chunks_exact(4)
        .filter_map(|b| bytes(b, 0).ok())
        .map(|b| u64::from(u32::from_le_bytes(b)))
        .collect();
    if offsets.len() != frames {
        return None;
    }
    let found = by_offsets(&offsets, fragments)?;
    // Where some frames begin as code streams do, the others do not begin there.
    let begins = |frame: &&Vec<Range<usize>>| {
        let first = frame.first().and_then(|first| data.get(first.clone()));
        begins(first.unwrap_or(&[]))
    };
    let begun = found.iter().filter(begins).count();
    (begun == 0 || begun == frames).then_some(found)
}

/// Without a table: one fragment each, or a new frame wherever a code stream begins.
fn by_signature(
    data: &[u8],
    fragments: &[Fragment],
    frames: usize,
) -> Option<Vec<Vec<Range<usize>>>> {
    if fragments.len() == frames {
        return Some(fragments.iter().map(|f| vec![f.bytes.clone()]).collect());
    }
    let mut found: Vec<Vec<Range<usize>>> = Vec::new();
    for Fragment { bytes, .. } in fragments.iter().filter(|f| !f.bytes.is_empty()) {
        let begins = begins(data.get(bytes.clone()).unwrap_or(&[]));
        match found.last_mut().filter(|_| !begins) {
            Some(last) => last.push(bytes.clone()),
            None => found.push(vec![bytes.clone()]),
        }
    }
    (found.len() == frames).then_some(found)
}

/// Whether a code stream begins a fragment.
fn begins(fragment: &[u8]) -> bool {
    // SOI; SOC and SIZ; JP2 and JPEG XL signatures; and the header of RLE: at most 15 segments, of which the
    // first comes right after it (PS3.5 G.5).
    [&b"\xff\xd8\xff"[..], b"\xff\x4f\xff\x51", b"\0\0\0\x0c", b"\xff\x0a"]
        .iter()
        .any(|signature| fragment.starts_with(signature))
        || matches!(fragment, [1..=15, 0, 0, 0, 64, 0, 0, 0, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(value: &[u8]) -> Vec<u8> {
        [b"\xfe\xff\x00\xe0", &(value.len() as u32).to_le_bytes()[..], value].concat()
    }

    const END: &[u8] = b"\xfe\xff\xdd\xe0\0\0\0\0";

    fn frames(data: &[u8], count: usize) -> Result<Vec<Vec<u8>>, Fault> {
        let found = Fragments::find(data, 0, None, count)?;
        Ok((0..count).map(|n| found.frame(data, n).unwrap().into_owned()).collect())
    }

    #[test]
    fn one_frame_takes_all_fragments() {
        let data = [item(b""), item(b"ab"), item(b"cd"), END.to_vec()].concat();
        assert_eq!(frames(&data, 1).unwrap(), [b"abcd"]);
        assert_eq!(frames(&data, 2).unwrap(), [b"ab", b"cd"]);
        // The delimiter may be missing.
        assert_eq!(frames(&data[..data.len() - 8], 1).unwrap(), [b"abcd"]);
        assert_eq!(frames(&data, 3).unwrap_err().code, Code::Truncated);
    }

    #[test]
    fn the_basic_offset_table_counts_from_the_first_fragment() {
        let table = [0u32.to_le_bytes(), 20u32.to_le_bytes()].concat();
        let data = [item(&table), item(b"ab"), item(b"cd"), item(b"ef"), END.to_vec()].concat();
        assert_eq!(frames(&data, 2).unwrap(), [&b"abcd"[..], b"ef"]);
    }

    #[test]
    fn a_basic_offset_table_may_fall_but_not_contradict_the_streams() {
        let table = |offsets: [u32; 2]| item(&offsets.map(u32::to_le_bytes).concat());
        let two = |first: [u32; 2], a: &[u8], b: &[u8]| {
            frames(&[table(first), item(a), item(b), END.to_vec()].concat(), 2)
        };
        assert_eq!(two([10, 0], b"ab", b"cd").unwrap(), [b"cd", b"ab"]);
        assert_eq!(two([0, 0], b"ab", b"cd").unwrap(), [b"ab", b"cd"]);
        // It hits fragments, but the second stream begins before it says.
        let (soi, rest) = (b"\xff\xd8\xff\xf7", b"\0\0");
        let wrong = [table([0, 24]), item(soi), item(soi), item(rest), END.to_vec()].concat();
        assert_eq!(frames(&wrong, 2).unwrap(), [&soi[..], b"\xff\xd8\xff\xf7\0\0"]);
    }

    #[test]
    fn without_a_table_a_code_stream_begins_a_frame() {
        let (soi, rest) = (b"\xff\xd8\xff\xf7", b"\0\0");
        let data = [item(b""), item(soi), item(rest), item(soi), END.to_vec()].concat();
        assert_eq!(frames(&data, 2).unwrap(), [&b"\xff\xd8\xff\xf7\0\0"[..], soi]);
    }

    #[test]
    fn a_table_that_is_left_out_and_fragments_of_nothing() {
        let (jpeg, rle) = (b"\xff\xd8\xff\xf7", b"\x02\0\0\0\x40\0\0\0");
        for stream in [&jpeg[..], rle] {
            let two = [item(stream), item(b"ab"), item(stream), END.to_vec()].concat();
            assert_eq!(frames(&two, 2).unwrap(), [&[stream, b"ab"].concat()[..], stream]);
            let one = [item(stream), END.to_vec()].concat();
            assert_eq!(frames(&one, 1).unwrap(), [stream]);
            let parts = [&b""[..], b"", stream, b"", stream, b""];
            let empty = [parts.map(item).concat(), END.to_vec()].concat();
            assert_eq!(frames(&empty, 2).unwrap(), [stream, stream]);
        }
        let many = [item(b"").repeat(MOST + 3), END.to_vec()].concat();
        assert_eq!(frames(&many, 1).unwrap_err().code, Code::CorruptPixels);
    }

    #[test]
    fn what_is_missing_is_said() {
        let empty = [item(b""), END.to_vec()].concat();
        assert_eq!(frames(&empty, 1).unwrap_err().code, Code::NoPixels);
        let cut = [item(b""), item(b"abcdef")].concat();
        assert_eq!(frames(&cut[..cut.len() - 2], 1).unwrap_err().code, Code::Truncated);
    }
}
