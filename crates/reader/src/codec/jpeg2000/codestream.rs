//! From a code stream to its tiles: marker segments and tile-parts (ITU-T T.800 Annex A).

use super::parameters::{Coding, Header, Progression, Quantisation, Style};
use crate::codec::damaged;
use crate::refusal::{Code, Fault};
use std::borrow::Cow;

const SOC_SIZ: &[u8; 4] = b"\xff\x4f\xff\x51";
const SOT: u8 = 0x90;
const SOD: u8 = 0x93;
const EOC: u8 = 0xD9;
const PPM: u8 = 0x60;
const PPT: u8 = 0x61;

/// SOT with its 10 bytes, and SOD.
const SMALLEST_PART: usize = 14;

/// What is left of a stream or of a marker segment.
#[derive(Clone, Copy)]
pub struct Bytes<'a>(pub &'a [u8]);

impl<'a> Bytes<'a> {
    pub fn take(&mut self, length: usize) -> Result<&'a [u8], Fault> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(|| damaged("ends early"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (taken, rest) = self.0.split_first_chunk().ok_or_else(|| damaged("ends early"))?;
        self.0 = rest;
        Ok(*taken)
    }

    pub fn byte(&mut self) -> Result<u8, Fault> {
        self.array().map(|[byte]| byte)
    }

    pub fn word(&mut self) -> Result<u16, Fault> {
        self.array().map(u16::from_be_bytes)
    }

    pub fn double_word(&mut self) -> Result<u32, Fault> {
        self.array().map(u32::from_be_bytes)
    }

    /// The next marker, SOD and EOC included.
    fn marker(&mut self) -> Result<u8, Fault> {
        match self.array()? {
            [0xFF, marker] => Ok(marker),
            _ => Err(damaged("no marker where one is due")),
        }
    }

    /// The parameters of a marker segment.
    fn segment(&mut self) -> Result<Bytes<'a>, Fault> {
        let length = usize::from(self.word()?);
        let length = length.checked_sub(2).ok_or_else(|| damaged("length of a segment"))?;
        self.take(length).map(Bytes)
    }
}

/// A rectangle of samples, upper ends excluded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    pub x0: u32,
    pub y0: u32,
    pub x1: u32,
    pub y1: u32,
}

impl Area {
    pub fn width(self) -> usize {
        (self.x1 - self.x0) as usize
    }

    pub fn height(self) -> usize {
        (self.y1 - self.y0) as usize
    }

    pub fn is_empty(self) -> bool {
        self.x0 == self.x1 || self.y0 == self.y1
    }
}

/// SIZ (T.800 A.5.1) of one component.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    /// On the reference grid.
    pub image: Area,
    tile: [u32; 2],
    tile_origin: [u32; 2],
    pub precision: u8,
    pub signed: bool,
}

impl Size {
    fn read(mut segment: Bytes<'_>, rows: usize, columns: usize) -> Result<Self, Fault> {
        let wrong = || damaged("SIZ segment");
        segment.word()?;
        let mut words = [0u32; 8];
        for word in &mut words {
            *word = segment.double_word()?;
        }
        let [x1, y1, x0, y0, tile_width, tile_height, tile_x, tile_y] = words;
        let components = segment.word()?;
        if components != 1 {
            let detail = format!("colour: {components} components");
            return Err(Fault::new(Code::UnsupportedPixelFormat, detail));
        }
        let [depth, 1, 1] = segment.array()? else {
            return Err(damaged("a subsampled component"));
        };
        let width = x1.checked_sub(x0).ok_or_else(wrong)?;
        let height = y1.checked_sub(y0).ok_or_else(wrong)?;
        if (width as usize, height as usize) != (columns, rows) || columns == 0 || rows == 0 {
            let detail = format!("{width} × {height} in an image of {columns} × {rows}");
            return Err(damaged(detail));
        }
        let reaches = |first: u32, size: u32, origin: u32| {
            first <= origin && u64::from(first) + u64::from(size) > u64::from(origin)
        };
        if !reaches(tile_x, tile_width, x0) || !reaches(tile_y, tile_height, y0) {
            return Err(wrong());
        }
        let precision = (depth & 0x7F) + 1;
        if precision > 16 {
            return Err(damaged(format!("precision {precision}")));
        }
        Ok(Self {
            image: Area { x0, y0, x1, y1 },
            tile: [tile_width, tile_height],
            tile_origin: [tile_x, tile_y],
            precision,
            signed: depth & 0x80 != 0,
        })
    }

    /// Columns and rows of tiles (T.800 B.3).
    fn tiles(&self) -> [u64; 2] {
        let count =
            |end: u32, origin: u32, size: u32| u64::from(end - origin).div_ceil(size.into());
        [
            count(self.image.x1, self.tile_origin[0], self.tile[0]),
            count(self.image.y1, self.tile_origin[1], self.tile[1]),
        ]
    }

    fn tile(&self, index: u64) -> Area {
        let across = self.tiles()[0];
        let bounds = |number: u64, origin: u32, size: u32, low: u32, high: u32| {
            let first = u64::from(origin) + number * u64::from(size);
            let within = |at: u64| at.clamp(low.into(), high.into()) as u32;
            (within(first), within(first + u64::from(size)))
        };
        let image = self.image;
        let (x0, x1) =
            bounds(index % across, self.tile_origin[0], self.tile[0], image.x0, image.x1);
        let (y0, y1) =
            bounds(index / across, self.tile_origin[1], self.tile[1], image.y0, image.y1);
        Area { x0, y0, x1, y1 }
    }
}

/// One tile with all that its decoding needs.
pub struct Tile<'a> {
    pub area: Area,
    pub style: Style,
    pub coding: Coding,
    pub quantisation: Quantisation,
    /// Bit planes by which a region of interest is raised (T.800 Annex H).
    pub raised: u8,
    pub progressions: Vec<Progression>,
    /// Packets of all tile-parts; without their headers if those are packed.
    pub packets: Cow<'a, [u8]>,
    pub packed_headers: Option<Vec<u8>>,
}

pub struct Codestream<'a> {
    pub size: Size,
    main: Header,
    tiles: Vec<Parts<'a>>,
}

impl<'a> Codestream<'a> {
    /// Reads all headers. `rows` and `columns` are what the file says that the image has. A JP2 file
    /// around the code stream, though PS3.5 8.2.4 allows none, is met.
    pub fn read(stream: &'a [u8], rows: usize, columns: usize) -> Result<Self, Fault> {
        let begin = stream.windows(SOC_SIZ.len()).position(|w| w == SOC_SIZ);
        let stream = begin.and_then(|at| stream.get(at + SOC_SIZ.len()..));
        let mut rest = Bytes(stream.ok_or_else(|| damaged("no code stream"))?);
        let size = Size::read(rest.segment()?, rows, columns)?;
        let [across, down] = size.tiles();
        let tiles = across.saturating_mul(down);
        if tiles > (rest.0.len() / SMALLEST_PART).min(65_535) as u64 {
            return Err(damaged(format!("{tiles} tiles")));
        }
        let mut main = Header::default();
        let mut packed = Vec::new();
        loop {
            match rest.marker()? {
                SOT => break,
                PPM => packed.push(numbered(rest.segment()?)?),
                marker => main.read(marker, rest.segment()?)?,
            }
        }
        let packed = in_order(packed);
        let mut packed = Bytes(&packed);
        let mut tiles = vec![Parts::default(); tiles as usize];
        loop {
            tile_part(&mut rest, &mut tiles, &mut packed)?;
            match rest.marker()? {
                SOT => {}
                EOC => break,
                _ => return Err(damaged("no tile-part where one is due")),
            }
        }
        Ok(Self { size, main, tiles })
    }

    pub fn tiles(self) -> impl Iterator<Item = Result<Tile<'a>, Fault>> {
        let Self { size, main, tiles } = self;
        tiles.into_iter().zip(0..).map(move |(parts, index)| parts.finish(&main, size.tile(index)))
    }
}

/// What the tile-parts of a tile have brought so far.
#[derive(Clone, Default)]
struct Parts<'a> {
    header: Header,
    bodies: Vec<&'a [u8]>,
    /// PPT segments with their numbers, and what PPM segments hold for this tile.
    packed: Vec<(u8, &'a [u8])>,
    packed_in_main: Vec<u8>,
}

impl<'a> Parts<'a> {
    fn finish(self, main: &Header, area: Area) -> Result<Tile<'a>, Fault> {
        let (style, coding, quantisation) = self.header.over(main)?;
        let packets = match *self.bodies {
            [] => return Err(damaged("a tile is missing")),
            [one] => Cow::Borrowed(one),
            ref many => Cow::Owned(many.concat()),
        };
        let packed = [self.packed_in_main, in_order(self.packed)].concat();
        Ok(Tile {
            area,
            coding,
            quantisation,
            raised: self.header.raised.or(main.raised).unwrap_or(0),
            progressions: self.header.progressions(main, style),
            style,
            packets,
            packed_headers: Some(packed).filter(|p| !p.is_empty()),
        })
    }
}

/// A tile-part from after its SOT marker to its end (T.800 A.4.2).
fn tile_part<'a>(
    rest: &mut Bytes<'a>,
    parts: &mut [Parts<'a>],
    packed: &mut Bytes<'_>,
) -> Result<(), Fault> {
    let wrong = || damaged("SOT segment");
    let begin = rest.0.len() + 2;
    let mut segment = rest.segment()?;
    let index = usize::from(segment.word()?);
    let length = segment.double_word()? as usize;
    let tile = parts.get_mut(index).ok_or_else(wrong)?;
    loop {
        match rest.marker()? {
            SOD => break,
            PPT => tile.packed.push(numbered(rest.segment()?)?),
            marker => tile.header.read(marker, rest.segment()?)?,
        }
    }
    let body = match length {
        // The last one may leave its length open: up to EOC.
        0 => rest.0.windows(2).rposition(|w| w == [0xFF, EOC]),
        _ => length.checked_sub(begin - rest.0.len()),
    };
    tile.bodies.push(rest.take(body.ok_or_else(wrong)?)?);
    if !packed.0.is_empty() {
        let length = packed.double_word()? as usize;
        tile.packed_in_main.extend(packed.take(length)?);
    }
    Ok(())
}

/// PPM and PPT begin with their number (T.800 A.7.4, A.7.5).
fn numbered(mut segment: Bytes<'_>) -> Result<(u8, &[u8]), Fault> {
    Ok((segment.byte()?, segment.0))
}

fn in_order(mut packed: Vec<(u8, &[u8])>) -> Vec<u8> {
    volume::sort_by(&mut packed, |a, b| a.0.cmp(&b.0));
    packed.into_iter().flat_map(|(_, bytes)| bytes).copied().collect()
}
