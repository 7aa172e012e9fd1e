//! The order of the packets (ITU-T T.800 B.12).

use super::codestream::Tile;
use super::parameters::{Order, Progression};
use super::tile::{Layout, Precinct, Resolution};
use crate::refusal::Fault;

/// Calls `read` for one packet after the other, with its precinct and the number of that in its resolution.
pub fn visit(
    tile: &Tile<'_>,
    layout: &mut Layout,
    mut read: impl FnMut(&Resolution, &mut Precinct, usize) -> Result<(), Fault>,
) -> Result<(), Fault> {
    let Layout { resolutions, precincts } = layout;
    for progression in &tile.progressions {
        let &Progression { order, first_resolution, end_resolution, end_layer } = progression;
        let end_layer = end_layer.min(tile.style.layers);
        let chosen = || {
            let end = usize::from(end_resolution).min(resolutions.len());
            resolutions.get(usize::from(first_resolution)..end).unwrap_or_default()
        };
        // Packets that an earlier progression had are not repeated.
        let mut packet = |resolution: &Resolution, number: usize, layer: u16| {
            let precinct = &mut precincts[resolution.first + number];
            if precinct.layer == layer { read(resolution, precinct, number) } else { Ok(()) }
        };
        let count = |r: &Resolution| r.across * r.down;
        match order {
            Order::LayerResolution => {
                for layer in 0..end_layer {
                    for resolution in chosen() {
                        for number in 0..count(resolution) {
                            packet(resolution, number, layer)?;
                        }
                    }
                }
            }
            Order::ResolutionLayer => {
                for resolution in chosen() {
                    for layer in 0..end_layer {
                        for number in 0..count(resolution) {
                            packet(resolution, number, layer)?;
                        }
                    }
                }
            }
            Order::ResolutionPosition => {
                for resolution in chosen() {
                    for number in 0..count(resolution) {
                        for layer in 0..end_layer {
                            packet(resolution, number, layer)?;
                        }
                    }
                }
            }
            Order::PositionResolution => {
                let mut places: Vec<_> = chosen()
                    .iter()
                    .enumerate()
                    .flat_map(|(index, r)| (0..count(r)).map(move |number| (index, number)))
                    .collect();
                places.sort_by_cached_key(|&(index, number)| {
                    (chosen()[index].position(tile.area, number), index, number)
                });
                for (index, number) in places {
                    for layer in 0..end_layer {
                        packet(&chosen()[index], number, layer)?;
                    }
                }
            }
        }
    }
    Ok(())
}
