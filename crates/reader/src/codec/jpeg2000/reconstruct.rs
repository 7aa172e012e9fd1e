//! From the codeword segments of a tile to its samples.

use super::blocks::Blocks;
use super::codestream::{Area, Size, Tile};
use super::ht::{HtBlock, decode_block};
use super::packets::{Block, Packets, read_all};
use super::tile::{Band, Layout};
use super::wavelet::{Filter, Synthesis};
use crate::codec::damaged;
use crate::limits::zeros;
use crate::refusal::Fault;

/// The image that tiles are written to.
pub struct Picture<'a> {
    pub size: Size,
    pub samples: &'a mut [u16],
}

impl Picture<'_> {
    fn row(&mut self, tile: Area, number: usize) -> &mut [u16] {
        let image = self.size.image;
        let first = ((tile.y0 - image.y0) as usize + number) * image.width();
        &mut self.samples[first + (tile.x0 - image.x0) as usize..][..tile.width()]
    }

    /// Level shift (T.800 G.1), and what rounding took beyond the range.
    fn shift(&self) -> impl Fn(i32) -> u16 + use<> {
        let half = 1 << (self.size.precision - 1);
        let shift = if self.size.signed { 0 } else { half };
        move |value| (value.clamp(-half, half - 1) + shift) as u16
    }
}

/// Buffers that are used again for each block.
#[derive(Default)]
pub struct Workspace {
    blocks: Blocks,
    coefficients: Vec<i32>,
    segment: Vec<u8>,
}

/// Decodes a tile into its place of the picture.
pub fn reconstruct<F: Filter>(
    tile: &Tile<'_>,
    picture: &mut Picture<'_>,
    workspace: &mut Workspace,
) -> Result<(), Fault> {
    let mut layout = Layout::new(tile, picture.size.precision)?;
    let packets = read_all(tile, &mut layout)?;
    let mut coefficients = zeros::<F::Value>(tile.area.width() * tile.area.height())?;
    for resolution in &layout.resolutions {
        let end = resolution.first + resolution.across * resolution.down;
        for precinct in &layout.precincts[resolution.first..end] {
            for (band, part) in resolution.bands.iter().zip(&precinct.bands) {
                for (index, block) in part.blocks.iter().enumerate() {
                    if block.passes == 0 {
                        continue;
                    }
                    let area = part.area_of(index);
                    workspace.decode(tile, band, [area.width(), area.height()], block, &packets)?;
                    place::<F>(
                        &mut coefficients[band.offset..],
                        band,
                        area,
                        &workspace.coefficients,
                    );
                }
            }
        }
    }
    synthesise::<F>(tile, &layout, &coefficients, picture);
    Ok(())
}

impl Workspace {
    /// The coefficients of a block, row by row, twice as large as they are.
    fn decode(
        &mut self,
        tile: &Tile<'_>,
        band: &Band,
        [width, height]: [usize; 2],
        block: &Block,
        packets: &Packets<'_>,
    ) -> Result<(), Fault> {
        self.coefficients.resize(width * height, 0);
        if tile.coding.block_style.high_throughput {
            self.high_throughput(tile, band, [width, height], block, packets)?;
        } else {
            self.bit_planes(tile, band, [width, height], block, packets)?;
        }
        lower(&mut self.coefficients, tile.raised);
        Ok(())
    }

    fn bit_planes(
        &mut self,
        tile: &Tile<'_>,
        band: &Band,
        [width, height]: [usize; 2],
        block: &Block,
        packets: &Packets<'_>,
    ) -> Result<(), Fault> {
        let style = tile.coding.block_style;
        let planes = band.planes.checked_sub(block.missing);
        let planes = planes.ok_or_else(|| damaged("more zero planes than planes"))?;
        self.blocks.begin([width, height], band.kind, style, planes)?;
        let mut chunks = packets.chunks_of(block);
        let mut pass = 0;
        while let Some(first) = chunks.next() {
            let whole = Blocks::passes_of_segment(style, pass).min(block.passes - pass);
            let mut passes = first.passes;
            let mut data = &tile.packets[first.start..][..first.length];
            if passes < whole {
                self.segment.clear();
                self.segment.extend(data);
                while passes < whole
                    && let Some(chunk) = chunks.next()
                {
                    passes += chunk.passes;
                    self.segment.extend(&tile.packets[chunk.start..][..chunk.length]);
                }
                data = &self.segment;
            }
            self.blocks.segment(data, passes)?;
            pass += passes;
        }
        self.blocks.finish(&mut self.coefficients);
        Ok(())
    }

    /// One set of passes; sets without data before it lower its bit plane (T.814 B.3).
    fn high_throughput(
        &mut self,
        tile: &Tile<'_>,
        band: &Band,
        [width, height]: [usize; 2],
        block: &Block,
        packets: &Packets<'_>,
    ) -> Result<(), Fault> {
        let mut chunks = packets.chunks_of(block);
        let first = chunks.next().ok_or_else(|| damaged("no cleanup pass"))?;
        self.segment.clear();
        for chunk in chunks {
            self.segment.extend(&tile.packets[chunk.start..][..chunk.length]);
        }
        let empty_sets = (first.passes - 1) / 3;
        let passes = block.passes - 3 * empty_sets;
        if passes > 3 {
            return Err(damaged("several sets of passes in a code-block"));
        }
        let block = HtBlock {
            cleanup: &tile.packets[first.start..][..first.length],
            refinement: &self.segment,
            passes: passes as u8,
            missing: u32::from(block.missing) + empty_sets,
            planes: u32::from(band.planes),
            width,
            height,
            causal: tile.coding.block_style.causal,
        };
        decode_block(&block, &mut self.coefficients)
    }
}

/// Puts a region of interest back, which was raised above everything else (T.800 H.1).
fn lower(coefficients: &mut [i32], raised: u8) {
    if raised == 0 || raised >= 30 {
        return;
    }
    for value in coefficients {
        if value.unsigned_abs() >> raised > 1 {
            *value = value.signum() * (value.abs() >> raised);
        }
    }
}

/// Copies the coefficients of a block to where they belong in their sub-band.
fn place<F: Filter>(coefficients: &mut [F::Value], band: &Band, area: Area, block: &[i32]) {
    let across = band.area.width();
    let first = (area.y0 - band.area.y0) as usize * across + (area.x0 - band.area.x0) as usize;
    let rows = coefficients[first..].chunks_mut(across);
    for (row, values) in rows.zip(block.chunks_exact(area.width())) {
        F::dequantise(&mut row[..values.len()], values, band.step);
    }
}

/// All levels of the inverse transform; the last one writes samples.
fn synthesise<F: Filter>(
    tile: &Tile<'_>,
    layout: &Layout,
    coefficients: &[F::Value],
    picture: &mut Picture<'_>,
) {
    let shift = picture.shift();
    let sample = |value: F::Value| shift(F::round(value));
    let band = |band: &Band| &coefficients[band.offset..][..band.area.width() * band.area.height()];
    let Some((lowest, higher)) = layout.resolutions.split_first() else { return };
    let Some((highest, middle)) = higher.split_last() else {
        for (number, row) in coefficients.chunks_exact(tile.area.width()).enumerate() {
            let out = picture.row(tile.area, number);
            out.iter_mut().zip(row).for_each(|(out, &value)| *out = sample(value));
        }
        return;
    };
    let mut synthesis = Synthesis::<F>::default();
    let mut low = band(&lowest.bands[0]).to_vec();
    for resolution in middle {
        let mut out = vec![F::Value::default(); resolution.area.width() * resolution.area.height()];
        let [hl, lh, hh] = &resolution.bands[..] else { return };
        let bands = [low.as_slice(), band(hl), band(lh), band(hh)];
        let width = resolution.area.width();
        synthesis.level(resolution.area, bands, |row, even, odd| {
            interleave(&mut out[row * width..][..width], even, odd, |value| value);
        });
        low = out;
    }
    let [hl, lh, hh] = &highest.bands[..] else { return };
    let bands = [low.as_slice(), band(hl), band(lh), band(hh)];
    synthesis.level(highest.area, bands, |row, even, odd| {
        interleave(picture.row(tile.area, row), even, odd, sample);
    });
}

fn interleave<T: Copy, U>(out: &mut [U], even: &[T], odd: &[T], convert: impl Fn(T) -> U) {
    let (pairs, last) = out.as_chunks_mut::<2>();
    for ((pair, &a), &b) in pairs.iter_mut().zip(even).zip(odd) {
        *pair = [convert(a), convert(b)];
    }
    if let ([last], Some(&value)) = (last, even.last()) {
        *last = convert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_of_interest_is_lowered_and_the_rest_stays() {
        // Raised by 5: what is outside has magnitudes up to 31, twice that here.
        let mut coefficients = [62, -62, 0, 3 << 6, -(3 << 6), 1 << 6];
        lower(&mut coefficients, 5);
        assert_eq!(coefficients, [62, -62, 0, 6, -6, 2]);
    }
}
