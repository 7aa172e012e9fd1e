//! From packets to the codeword segments of each code-block (ITU-T T.800 B.9, B.10).

use super::blocks::Blocks;
use super::codestream::{Area, Tile};
use super::parameters::BlockStyle;
use super::tag_tree::TagTree;
use super::tile::{Layout, Precinct, Resolution};
use crate::codec::damaged;
use crate::refusal::Fault;

const SOP: [u8; 2] = [0xFF, 0x91];
const EPH: [u8; 2] = [0xFF, 0x92];
/// SOP with its length and number (T.800 A.8.1).
const SOP_LENGTH: usize = 6;

/// Leading planes that are all zero: none has so many.
const MOST_MISSING: u16 = 255;

/// What one packet adds to a codeword segment.
#[derive(Clone, Copy)]
pub struct Chunk {
    pub start: usize,
    pub length: usize,
    pub passes: u32,
    next: Option<u32>,
}

/// A code-block as its packets tell it.
#[derive(Clone, Default)]
pub struct Block {
    /// Leading planes that are all zero.
    pub missing: u8,
    length_bits: u8,
    pub passes: u32,
    ends: Option<[u32; 2]>,
}

/// The blocks of one sub-band in one precinct, row by row.
#[derive(Clone)]
pub struct PrecinctBand {
    area: Area,
    exponents: [u8; 2],
    pub across: usize,
    pub blocks: Vec<Block>,
    inclusion: TagTree,
    missing: TagTree,
}

impl PrecinctBand {
    fn new(area: Area, exponents: [u8; 2]) -> Self {
        let count = |low: u32, high: u32, exponent: u8| match area.is_empty() {
            true => 0,
            false => (((high - 1) >> exponent) - (low >> exponent) + 1) as usize,
        };
        let across = count(area.x0, area.x1, exponents[0]);
        let down = count(area.y0, area.y1, exponents[1]);
        Self {
            area,
            exponents,
            across,
            blocks: vec![Block::default(); across * down],
            inclusion: TagTree::new(across, down),
            missing: TagTree::new(across, down),
        }
    }

    /// What block `index` covers of the sub-band.
    pub fn area_of(&self, index: usize) -> Area {
        let cut = |low: u32, high: u32, number: usize, exponent: u8| {
            let number = (low >> exponent) + number as u32;
            let within =
                |number: u32| (u64::from(number) << exponent).clamp(low.into(), high.into());
            (within(number) as u32, within(number + 1) as u32)
        };
        let Area { x0, y0, x1, y1 } = self.area;
        let (x0, x1) = cut(x0, x1, index % self.across, self.exponents[0]);
        let (y0, y1) = cut(y0, y1, index / self.across, self.exponents[1]);
        Area { x0, y0, x1, y1 }
    }
}

/// Reads the packets of a tile one by one, in the order of the progression.
pub struct Packets<'a> {
    tile: &'a Tile<'a>,
    data: &'a [u8],
    at: usize,
    headers: &'a [u8],
    pub chunks: Vec<Chunk>,
}

impl<'a> Packets<'a> {
    pub fn new(tile: &'a Tile<'a>) -> Self {
        let headers = tile.packed_headers.as_deref().unwrap_or_default();
        Self { tile, data: &tile.packets, at: 0, headers, chunks: Vec::new() }
    }

    /// The next packet, which is that of `precinct`, number `number` in its resolution.
    pub fn read(
        &mut self,
        resolution: &Resolution,
        precinct: &mut Precinct,
        number: usize,
    ) -> Result<(), Fault> {
        let mut rest = self.data.get(self.at..).unwrap_or_default();
        if self.tile.style.resync && rest.starts_with(&SOP) {
            rest = rest.get(SOP_LENGTH..).unwrap_or_default();
        }
        let packed = self.tile.packed_headers.is_some();
        let mut bits = HeaderBits::new(if packed { self.headers } else { rest });
        let first_chunk = self.chunks.len();
        if bits.bit()? == 1 {
            if precinct.bands.is_empty() {
                let bands = resolution.bands.iter();
                precinct.bands = bands
                    .map(|band| PrecinctBand::new(resolution.part(band, number), band.block))
                    .collect();
            }
            for band in &mut precinct.bands {
                self.header(&mut bits, band, precinct.layer)?;
            }
        }
        let mut after = bits.end();
        if self.tile.style.end_of_header && after.starts_with(&EPH) {
            after = &after[EPH.len()..];
        }
        if packed {
            self.headers = after;
        } else {
            rest = after;
        }
        self.at = self.data.len() - rest.len();
        for chunk in &mut self.chunks[first_chunk..] {
            chunk.start = self.at;
            self.at = self.at.saturating_add(chunk.length);
        }
        if self.at > self.data.len() {
            return Err(damaged("ends inside a packet"));
        }
        precinct.layer += 1;
        Ok(())
    }

    /// The part of a packet header that concerns one sub-band (T.800 B.10.8).
    fn header(
        &mut self,
        bits: &mut HeaderBits<'_>,
        band: &mut PrecinctBand,
        layer: u16,
    ) -> Result<(), Fault> {
        let style = self.tile.coding.block_style;
        for (index, block) in band.blocks.iter_mut().enumerate() {
            let (x, y) = (index % band.across, index / band.across);
            if block.ends.is_some() {
                if bits.bit()? == 0 {
                    continue;
                }
            } else {
                if band.inclusion.value(x, y, layer.saturating_add(1), bits)?.is_none() {
                    continue;
                }
                let missing = band.missing.value(x, y, MOST_MISSING, bits)?;
                block.missing = missing.ok_or_else(|| damaged("zero bit planes"))? as u8;
                block.length_bits = 3;
            }
            let mut passes = bits.passes()?;
            while bits.bit()? == 1 {
                block.length_bits = block.length_bits.saturating_add(1);
            }
            while passes > 0 {
                let here = passes.min(passes_of_segment(style, block, passes));
                let width = u32::from(block.length_bits) + here.ilog2();
                let chunk =
                    Chunk { start: 0, length: bits.number(width)?, passes: here, next: None };
                block.passes += here;
                passes -= here;
                self.append(block, chunk);
            }
        }
        Ok(())
    }

    fn append(&mut self, block: &mut Block, chunk: Chunk) {
        let new = self.chunks.len() as u32;
        self.chunks.push(chunk);
        block.ends = match block.ends {
            None => Some([new, new]),
            Some([first, last]) => {
                self.chunks[last as usize].next = Some(new);
                Some([first, new])
            }
        };
    }

    /// What the packets added to a block, in their order.
    pub fn chunks_of(&self, block: &Block) -> impl Iterator<Item = &Chunk> {
        let first = block.ends.map(|[first, _]| first);
        std::iter::successors(first.and_then(|f| self.chunks.get(f as usize)), |chunk| {
            self.chunks.get(chunk.next? as usize)
        })
    }
}

/// How many of the next passes share a length (T.800 B.10.7, T.814 B.3).
fn passes_of_segment(style: BlockStyle, block: &Block, passes: u32) -> u32 {
    if !style.high_throughput {
        return Blocks::passes_of_segment(style, block.passes);
    }
    match block.passes % 3 {
        // Whole sets without data may come before the first cleanup pass and count with it.
        0 if block.passes == 0 => (passes - 1) / 3 * 3 + 1,
        0 => 1,
        done => 3 - done,
    }
}

/// The bits of a packet header (T.800 B.10.1).
pub struct HeaderBits<'a> {
    rest: &'a [u8],
    held: u8,
    left: u32,
}

impl<'a> HeaderBits<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest, held: 0, left: 0 }
    }

    pub fn bit(&mut self) -> Result<u32, Fault> {
        if self.left == 0 {
            // A zero is stuffed after FF.
            self.left = if self.held == 0xFF { 7 } else { 8 };
            let (&byte, rest) =
                self.rest.split_first().ok_or_else(|| damaged("ends before its last packet"))?;
            (self.held, self.rest) = (byte, rest);
        }
        self.left -= 1;
        Ok(u32::from(self.held >> self.left) & 1)
    }

    fn number(&mut self, bits: u32) -> Result<usize, Fault> {
        if bits > 31 {
            return Err(damaged("length of a segment"));
        }
        (0..bits).try_fold(0, |number, _| Ok(number << 1 | self.bit()? as usize))
    }

    /// Number of coding passes (T.800 table B.4).
    fn passes(&mut self) -> Result<u32, Fault> {
        let mut passes = 1;
        for bits in [1, 1, 2, 5, 7] {
            let more = self.number(bits)? as u32;
            passes += more;
            if more + 1 < 1 << bits {
                break;
            }
        }
        Ok(passes)
    }

    /// What follows the header, which is filled up to a byte, and by one more after FF.
    fn end(self) -> &'a [u8] {
        match self.held {
            0xFF => self.rest.get(1..).unwrap_or_default(),
            _ => self.rest,
        }
    }
}

/// The packets of a tile are those of `layout`; every one has to be there.
pub fn read_all<'a>(tile: &'a Tile<'a>, layout: &mut Layout) -> Result<Packets<'a>, Fault> {
    let mut packets = Packets::new(tile);
    super::progression::visit(tile, layout, |resolution, precinct, number| {
        packets.read(resolution, precinct, number)
    })?;
    if layout.precincts.iter().any(|p| p.layer < tile.style.layers) {
        return Err(damaged("packets are missing"));
    }
    Ok(packets)
}
