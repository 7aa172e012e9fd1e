//! How a tile is divided: resolutions, sub-bands, precincts and code-blocks (ITU-T T.800 B.5 to B.9).

use super::codestream::{Area, Tile};
use super::packets::PrecinctBand;
use crate::codec::damaged;
use crate::refusal::Fault;

/// What the contexts of a block depend on (T.800 table D.1).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// LL and LH.
    #[default]
    Low,
    /// HL.
    High,
    /// HH.
    Diagonal,
}

pub struct Band {
    pub area: Area,
    pub kind: Kind,
    /// Magnitude planes, M_b of T.800 equation E-2, those of a raised region of interest included.
    pub planes: u8,
    /// Δ_b of T.800 equation E-3.
    pub step: f32,
    /// Where its coefficients begin in those of the tile.
    pub offset: usize,
    /// Logarithms of width and height of a code-block.
    pub block: [u8; 2],
}

pub struct Resolution {
    pub area: Area,
    /// LL alone, or HL, LH and HH.
    pub bands: Vec<Band>,
    /// Logarithms of width and height of a precinct, here and on the reference grid.
    precinct: [u8; 2],
    on_grid: [u8; 2],
    /// Columns and rows of precincts, and the number of the first in the tile.
    pub across: usize,
    pub down: usize,
    pub first: usize,
}

/// All of a tile but its samples. Precincts in the order of their resolutions, row by row.
pub struct Layout {
    pub resolutions: Vec<Resolution>,
    pub precincts: Vec<Precinct>,
}

#[derive(Clone, Default)]
pub struct Precinct {
    /// The layer of its next packet.
    pub layer: u16,
    /// Empty up to its first packet that is not.
    pub bands: Vec<PrecinctBand>,
}

impl Layout {
    /// `precision` is that of the component.
    pub fn new(tile: &Tile<'_>, precision: u8) -> Result<Self, Fault> {
        let mut offset = 0;
        let mut precincts = 0u64;
        let mut resolutions = Vec::new();
        for number in 0..=tile.coding.levels {
            let resolution = Resolution::new(tile, number, precision, &mut offset, precincts)?;
            precincts += resolution.across as u64 * resolution.down as u64;
            // A packet takes a byte at least.
            let packets = precincts.saturating_mul(tile.style.layers.into());
            let bytes = tile.packed_headers.as_deref().unwrap_or(&tile.packets).len();
            if packets > bytes as u64 {
                return Err(damaged(format!("{packets} packets in {bytes} bytes")));
            }
            resolutions.push(resolution);
        }
        Ok(Self { resolutions, precincts: vec![Precinct::default(); precincts as usize] })
    }
}

impl Resolution {
    fn new(
        tile: &Tile<'_>,
        number: u8,
        precision: u8,
        offset: &mut usize,
        first: u64,
    ) -> Result<Self, Fault> {
        let lower = tile.coding.levels - number;
        let area = reduced(tile.area, lower, [0, 0]);
        let precinct = tile.coding.precincts[usize::from(number)];
        let count = |low: u32, high: u32, exponent: u8| match low == high {
            true => 0,
            false => ((high - 1) >> exponent) as usize - (low >> exponent) as usize + 1,
        };
        let (mut across, mut down) =
            (count(area.x0, area.x1, precinct[0]), count(area.y0, area.y1, precinct[1]));
        if area.is_empty() {
            (across, down) = (0, 0);
        }
        let bands = match number {
            0 => vec![Band::new(tile, [0, 0], lower, precinct, 0, precision, offset)?],
            _ => [[1, 0], [0, 1], [1, 1]]
                .into_iter()
                .zip(3 * usize::from(number) - 2..)
                .map(|(high, index)| {
                    let precinct = precinct.map(|exponent| exponent - 1);
                    Band::new(tile, high, lower + 1, precinct, index, precision, offset)
                })
                .collect::<Result<_, _>>()?,
        };
        let on_grid = precinct.map(|exponent| exponent + lower);
        Ok(Self { area, bands, precinct, on_grid, across, down, first: first as usize })
    }

    /// Where the precinct lies on the reference grid, within the tile: y, then x (T.800 B.12.1.3).
    pub fn position(&self, tile: Area, precinct: usize) -> (u64, u64) {
        let at = |first: u32, number: usize, exponent: u8, grid: u8, low: u32| {
            let number = u64::from(first >> exponent) + number as u64;
            (number << grid).max(low.into())
        };
        let [x, y] = [precinct % self.across, precinct / self.across];
        (
            at(self.area.y0, y, self.precinct[1], self.on_grid[1], tile.y0),
            at(self.area.x0, x, self.precinct[0], self.on_grid[0], tile.x0),
        )
    }

    /// What a precinct covers of a sub-band of this resolution.
    pub fn part(&self, band: &Band, precinct: usize) -> Area {
        // The sub-bands of all but the lowest resolution have half its size.
        let half = u8::from(self.bands.len() > 1);
        let cut = |first: u32, number: usize, exponent: u8, low: u32, high: u32| {
            let number = u64::from(first >> exponent) + number as u64;
            let within =
                |number: u64| (number << (exponent - half)).clamp(low.into(), high.into()) as u32;
            (within(number), within(number + 1))
        };
        let [x, y] = [precinct % self.across, precinct / self.across];
        let (x0, x1) = cut(self.area.x0, x, self.precinct[0], band.area.x0, band.area.x1);
        let (y0, y1) = cut(self.area.y0, y, self.precinct[1], band.area.y0, band.area.y1);
        Area { x0, y0, x1, y1 }
    }
}

impl Band {
    /// Sub-band `index` of the tile, high-pass by column and row where `high` is 1, after `level` decompositions.
    fn new(
        tile: &Tile<'_>,
        high: [u8; 2],
        level: u8,
        precinct: [u8; 2],
        index: usize,
        precision: u8,
        offset: &mut usize,
    ) -> Result<Self, Fault> {
        let area = reduced(tile.area, level, high);
        let (guard, exponent, mantissa) = tile.quantisation.step(index)?;
        // T.800 equations E-2 to E-4.
        let planes = guard + exponent;
        let range = i32::from(precision + high[0] + high[1]);
        let step = libm::exp2f((range - i32::from(exponent)) as f32)
            * (1.0 + f32::from(mantissa) / 2048.0);
        let band = Self {
            area,
            kind: match high {
                [1, 1] => Kind::Diagonal,
                [1, 0] => Kind::High,
                _ => Kind::Low,
            },
            planes: planes.saturating_sub(1).saturating_add(tile.raised),
            step,
            offset: *offset,
            block: [0, 1].map(|side| tile.coding.block[side].min(precinct[side])),
        };
        *offset += area.width() * area.height();
        Ok(band)
    }
}

/// A tile after `level` decompositions: low-pass samples, or high-pass where `high` is 1 (T.800 equation B-15).
fn reduced(tile: Area, level: u8, high: [u8; 2]) -> Area {
    let at = |value: u32, high: u8| match level {
        0 => value,
        _ => {
            let first = u64::from(high) << (level - 1);
            u64::from(value).saturating_sub(first).div_ceil(1 << level) as u32
        }
    };
    Area {
        x0: at(tile.x0, high[0]),
        y0: at(tile.y0, high[1]),
        x1: at(tile.x1, high[0]),
        y1: at(tile.y1, high[1]),
    }
}
