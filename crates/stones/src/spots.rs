//! What hangs together in a slice.

use crate::input::Crop;

/// Pixels of each spot of at least `from_hu` in a slice within the crop, joined by edge or corner.
pub fn spots(slice: &[i16], columns: usize, crop: Crop, from_hu: i16) -> Vec<usize> {
    let mut spots = Spots::default();
    let mut above: Vec<Run> = Vec::new();
    let right = (crop.left + crop.width).min(columns);
    for line in slice.chunks_exact(columns).skip(crop.top).take(crop.height) {
        let mut runs = Vec::new();
        // Most rows have none, which is told faster of a row at once.
        let brightest = line[crop.left..right].iter().fold(i16::MIN, |max, &hu| max.max(hu));
        let mut at = if brightest < from_hu { right } else { crop.left };
        while let Some(start) = (at..right).find(|&i| line[i] >= from_hu) {
            let end = (start..right).find(|&i| line[i] < from_hu).unwrap_or(right);
            let touching = above.iter().filter(|run| run.start <= end && start <= run.end);
            runs.push(Run { start, end, spot: spots.extend(touching, end - start) });
            at = end;
        }
        above = runs;
    }
    spots.sizes()
}

/// Pixels `start..end` of a row.
struct Run {
    start: usize,
    end: usize,
    spot: usize,
}

/// Disjoint sets with their numbers of pixels.
#[derive(Default)]
struct Spots {
    parents: Vec<usize>,
    pixels: Vec<usize>,
}

impl Spots {
    /// A run becomes one spot with all those that it touches.
    fn extend<'a>(&mut self, touching: impl Iterator<Item = &'a Run>, pixels: usize) -> usize {
        let spot = self.parents.len();
        self.parents.push(spot);
        self.pixels.push(pixels);
        for run in touching {
            let root = self.root(run.spot);
            if root != spot {
                self.parents[root] = spot;
                self.pixels[spot] += self.pixels[root];
            }
        }
        spot
    }

    fn root(&mut self, mut spot: usize) -> usize {
        while self.parents[spot] != spot {
            self.parents[spot] = self.parents[self.parents[spot]];
            spot = self.parents[spot];
        }
        spot
    }

    fn sizes(&self) -> Vec<usize> {
        let roots = (0..self.parents.len()).filter(|&spot| self.parents[spot] == spot);
        roots.map(|root| self.pixels[root]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spots_are_what_hangs_together() {
        let picture =
            ["..........", ".##....#..", ".##...#...", "....#.....", "########..", "#..###.#.#"];
        let slice: Vec<i16> = picture
            .iter()
            .flat_map(|row| row.bytes().map(|b| if b == b'#' { 300 } else { 299 }))
            .collect();
        let sizes = |crop: Crop| {
            let mut sizes = spots(&slice, 10, crop, 300);
            sizes.sort_unstable();
            sizes
        };
        // A single one; two by a corner; four; and fourteen, with the one above them.
        assert_eq!(sizes(Crop::whole(16, 6)), [1, 2, 4, 14]);
        assert_eq!(sizes(Crop { left: 5, ..Crop::whole(5, 4) }), [2]);
    }
}
