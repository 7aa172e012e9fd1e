//! How a tile is coded and quantised, by the main header or its own (ITU-T T.800 A.6).

use super::codestream::Bytes;
use crate::codec::damaged;
use crate::refusal::Fault;

const COD: u8 = 0x52;
const COC: u8 = 0x53;
const QCD: u8 = 0x5C;
const QCC: u8 = 0x5D;
const RGN: u8 = 0x5E;
const POC: u8 = 0x5F;

/// Progression order changes of one tile; every one walks over all packets.
const MOST_CHANGES: usize = 64;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    LayerResolution,
    ResolutionLayer,
    ResolutionPosition,
    /// Position, component, resolution; with one component the same as component, position, resolution.
    PositionResolution,
}

impl Order {
    /// T.800 table A.16.
    fn read(byte: u8) -> Result<Self, Fault> {
        match byte {
            0 => Ok(Order::LayerResolution),
            1 => Ok(Order::ResolutionLayer),
            2 => Ok(Order::ResolutionPosition),
            3 | 4 => Ok(Order::PositionResolution),
            _ => Err(damaged(format!("progression order {byte}"))),
        }
    }
}

/// The part of COD that no COC replaces: Scod and SGcod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub order: Order,
    pub layers: u16,
    /// SOP and EPH markers may be met.
    pub resync: bool,
    pub end_of_header: bool,
}

/// Code-block style (T.800 table A.19, T.814 A.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BlockStyle {
    pub bypass: bool,
    pub reset: bool,
    pub terminate: bool,
    pub causal: bool,
    pub symbols: bool,
    pub high_throughput: bool,
}

impl BlockStyle {
    fn read(byte: u8) -> Result<Self, Fault> {
        let bit = |number: u8| byte >> number & 1 != 0;
        // Bit 4, predictable termination, tells nothing that is needed.
        if bit(7) {
            return Err(damaged("both kinds of code-blocks in one tile"));
        }
        Ok(Self {
            bypass: bit(0),
            reset: bit(1),
            terminate: bit(2),
            causal: bit(3),
            symbols: bit(5),
            high_throughput: bit(6),
        })
    }
}

/// SPcod or SPcoc (T.800 table A.15).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coding {
    /// Decomposition levels.
    pub levels: u8,
    /// Logarithms of width and height of a code-block.
    pub block: [u8; 2],
    pub block_style: BlockStyle,
    /// The 5/3 filter.
    pub reversible: bool,
    /// Logarithms of width and height of a precinct, by resolution.
    pub precincts: Vec<[u8; 2]>,
}

impl Coding {
    fn read(mut segment: Bytes<'_>, own_precincts: bool) -> Result<Self, Fault> {
        let levels = segment.byte()?;
        let mut exponent = || segment.byte().map(|byte| (byte & 15) + 2);
        let block = [exponent()?, exponent()?];
        let block_style = BlockStyle::read(segment.byte()?)?;
        let filter = segment.byte()?;
        // T.800 table A.18.
        if levels > 32 || block.iter().any(|&e| e > 10) || block[0] + block[1] > 12 || filter > 1 {
            return Err(damaged("coding style"));
        }
        let mut precincts = vec![[15; 2]; usize::from(levels) + 1];
        if own_precincts {
            for (number, precinct) in precincts.iter_mut().enumerate() {
                let byte = segment.byte()?;
                *precinct = [byte & 15, byte >> 4];
                // T.800 table A.21: only the lowest resolution has precincts of one sample.
                if number > 0 && precinct.contains(&0) {
                    return Err(damaged("precinct size"));
                }
            }
        }
        Ok(Self { levels, block, block_style, reversible: filter == 1, precincts })
    }
}

/// QCD or QCC (T.800 A.6.4, E.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantisation {
    guard: u8,
    derived: bool,
    /// Exponent and mantissa, by sub-band.
    steps: Vec<(u8, u16)>,
}

impl Quantisation {
    fn read(mut segment: Bytes<'_>) -> Result<Self, Fault> {
        let style = segment.byte()?;
        let (guard, style) = (style >> 5, style & 31);
        let wide = |bytes: &[u8; 2]| {
            let word = u16::from_be_bytes(*bytes);
            ((word >> 11) as u8, word & 0x7FF)
        };
        let steps = match style {
            0 => segment.0.iter().map(|&byte| (byte >> 3, 0)).collect(),
            1 | 2 => segment.0.as_chunks::<2>().0.iter().map(wide).collect(),
            _ => return Err(damaged("quantisation style")),
        };
        Ok(Self { guard, derived: style == 1, steps })
    }

    /// Guard bits, exponent and mantissa of sub-band `band` (0 is LL, then HL, LH, HH of each resolution).
    pub fn step(&self, band: usize) -> Result<(u8, u8, u16), Fault> {
        let missing = || damaged("quantisation of a sub-band is missing");
        if !self.derived {
            let &(exponent, mantissa) = self.steps.get(band).ok_or_else(missing)?;
            return Ok((self.guard, exponent, mantissa));
        }
        // T.800 equation E-5.
        let &(exponent, mantissa) = self.steps.first().ok_or_else(missing)?;
        let lower = (band.saturating_sub(1) / 3) as u8;
        Ok((self.guard, exponent.checked_sub(lower).ok_or_else(missing)?, mantissa))
    }
}

/// Some of the packets in one order: those of COD, or one change of POC (T.800 A.6.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progression {
    pub order: Order,
    pub first_resolution: u8,
    pub end_resolution: u8,
    pub end_layer: u16,
}

/// The marker segments of the main header, or of the tile-part headers of one tile.
#[derive(Clone, Debug, Default)]
pub struct Header {
    style: Option<Style>,
    /// By COD, and by COC, which counts for more.
    coding: [Option<Coding>; 2],
    quantisation: [Option<Quantisation>; 2],
    pub raised: Option<u8>,
    changes: Vec<Progression>,
}

impl Header {
    /// A segment; one that says nothing about the decoding is skipped.
    pub fn read(&mut self, marker: u8, mut segment: Bytes<'_>) -> Result<(), Fault> {
        match marker {
            COD => {
                let flags = segment.byte()?;
                self.style = Some(Style {
                    order: Order::read(segment.byte()?)?,
                    layers: segment.word()?,
                    resync: flags & 2 != 0,
                    end_of_header: flags & 4 != 0,
                });
                if self.style.is_some_and(|s| s.layers == 0) {
                    return Err(damaged("no layers"));
                }
                let _colour_transform = segment.byte()?;
                self.coding[0] = Some(Coding::read(segment, flags & 1 != 0)?);
            }
            COC => {
                let [_component, flags] = [segment.byte()?, segment.byte()?];
                self.coding[1] = Some(Coding::read(segment, flags & 1 != 0)?);
            }
            QCD => self.quantisation[0] = Some(Quantisation::read(segment)?),
            QCC => {
                segment.byte()?;
                self.quantisation[1] = Some(Quantisation::read(segment)?);
            }
            RGN => {
                let [_component, _style, shift] =
                    [segment.byte()?, segment.byte()?, segment.byte()?];
                self.raised = Some(shift);
            }
            POC => self.changes(segment)?,
            _ => {}
        }
        Ok(())
    }

    fn changes(&mut self, mut segment: Bytes<'_>) -> Result<(), Fault> {
        while !segment.0.is_empty() {
            let first_resolution = segment.byte()?;
            segment.byte()?;
            let end_layer = segment.word()?;
            let end_resolution = segment.byte()?;
            segment.byte()?;
            let order = Order::read(segment.byte()?)?;
            self.changes.push(Progression { order, first_resolution, end_resolution, end_layer });
        }
        if self.changes.len() > MOST_CHANGES {
            return Err(damaged("progression order changes"));
        }
        Ok(())
    }

    /// What counts for a tile with this header under the `main` one (T.800 A.6.1, A.6.2, A.6.4).
    pub fn over(&self, main: &Header) -> Result<(Style, Coding, Quantisation), Fault> {
        fn first<T: Clone>(tile: &[Option<T>; 2], main: &[Option<T>; 2]) -> Option<T> {
            [&tile[1], &tile[0], &main[1], &main[0]].into_iter().flatten().next().cloned()
        }
        let style = self.style.or(main.style).ok_or_else(|| damaged("no COD segment"))?;
        let coding = first(&self.coding, &main.coding).ok_or_else(|| damaged("no COD segment"))?;
        let quantisation = first(&self.quantisation, &main.quantisation);
        Ok((style, coding, quantisation.ok_or_else(|| damaged("no QCD segment"))?))
    }

    /// The changes of the tile, else those of the `main` header, else the order of COD for all packets.
    pub fn progressions(self, main: &Header, style: Style) -> Vec<Progression> {
        [&self.changes, &main.changes].into_iter().find(|c| !c.is_empty()).cloned().unwrap_or_else(
            || {
                vec![Progression {
                    order: style.order,
                    first_resolution: 0,
                    end_resolution: u8::MAX,
                    end_layer: style.layers,
                }]
            },
        )
    }
}
