//! Which pixels of an image are meant: one bit each.

use std::ops::Range;

/// Pixels in a word.
pub(crate) const WORD: usize = 64;

/// A set of pixels of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    rows: usize,
    columns: usize,
    /// Row after row, each from a word of its own; bits past the last column are 0.
    words: Vec<u64>,
}

impl Mask {
    pub fn none(rows: usize, columns: usize) -> Self {
        Self { rows, columns, words: vec![0; rows * columns.div_ceil(WORD)] }
    }

    pub fn all(rows: usize, columns: usize) -> Self {
        let mut mask = Self::none(rows, columns);
        mask.words.fill(u64::MAX);
        mask.trim();
        mask
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Words of a row.
    pub(crate) fn stride(&self) -> usize {
        self.columns.div_ceil(WORD)
    }

    pub(crate) fn words(&self, row: usize) -> &[u64] {
        &self.words[row * self.stride()..(row + 1) * self.stride()]
    }

    pub(crate) fn words_mut(&mut self, row: usize) -> &mut [u64] {
        let stride = self.stride();
        &mut self.words[row * stride..(row + 1) * stride]
    }

    pub fn clear(&mut self) {
        self.words.fill(0);
    }

    pub fn set(&mut self, row: usize, column: usize) {
        self.words_mut(row)[column / WORD] |= 1 << (column % WORD);
    }

    /// Removes pixels, numbered row by row; those that there are.
    pub fn remove(&mut self, pixels: Range<usize>) {
        let end = pixels.end.min(self.rows * self.columns);
        let mut at = pixels.start;
        while at < end {
            let (row, column) = (at / self.columns, at % self.columns);
            let bit = column % WORD;
            let count = (WORD - bit).min(self.columns - column).min(end - at);
            self.words_mut(row)[column / WORD] &= !(u64::MAX >> (WORD - count) << bit);
            at += count;
        }
    }

    pub fn contains(&self, row: usize, column: usize) -> bool {
        self.words(row)[column / WORD] >> (column % WORD) & 1 == 1
    }

    pub fn count(&self) -> usize {
        self.words.iter().map(|word| word.count_ones() as usize).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.words.iter().all(|&word| word == 0)
    }

    /// Columns of a row's pixels, in order.
    pub fn row(&self, row: usize) -> impl Iterator<Item = usize> {
        let of_word = |(at, &word): (usize, &u64)| {
            let mut word = word;
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                word &= word - 1;
                Some(at * WORD + bit)
            })
        };
        self.words(row).iter().enumerate().flat_map(of_word)
    }

    /// Adds the pixels of another mask of the same size.
    pub fn add(&mut self, other: &Mask) {
        debug_assert_eq!((self.rows, self.columns), (other.rows, other.columns));
        for (word, other) in self.words.iter_mut().zip(&other.words) {
            *word |= other;
        }
    }

    /// Adds all pixels within `reach` rows and columns.
    pub fn grow(&mut self, reach: usize) {
        for _ in 0..reach {
            self.grow_across();
            self.grow_down();
        }
    }

    fn grow_across(&mut self) {
        let stride = self.stride();
        for row in self.words.chunks_exact_mut(stride.max(1)) {
            let mut before = 0;
            for at in 0..row.len() {
                let word = row[at];
                let after = row.get(at + 1).copied().unwrap_or(0);
                row[at] |= word << 1 | word >> 1 | before >> (WORD - 1) | after << (WORD - 1);
                before = word;
            }
        }
        self.trim();
    }

    fn grow_down(&mut self) {
        let mut above = vec![0; self.stride()];
        for row in 0..self.rows {
            let own = self.words(row).to_vec();
            let below = (row + 1 < self.rows).then(|| self.words(row + 1).to_vec());
            for (at, word) in self.words_mut(row).iter_mut().enumerate() {
                *word |= above[at] | below.as_ref().map_or(0, |below| below[at]);
            }
            above = own;
        }
    }

    /// Drops what is past the last column.
    pub(crate) fn trim(&mut self) {
        let past = self.stride() * WORD - self.columns;
        for row in 0..self.rows {
            if let Some(last) = self.words_mut(row).last_mut() {
                *last &= u64::MAX >> past;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn growing_reaches_all_neighbours_and_nothing_else(
            rows in 1usize..20, columns in 1usize..140, seeds in prop::collection::vec((0usize..20, 0usize..140), 0..6), reach in 0usize..4,
        ) {
            let seeds: Vec<_> = seeds.into_iter().map(|(r, c)| (r % rows, c % columns)).collect();
            let mut mask = Mask::none(rows, columns);
            for &(row, column) in &seeds {
                mask.set(row, column);
            }
            mask.grow(reach);
            for row in 0..rows {
                let expected: Vec<usize> = (0..columns)
                    .filter(|c| seeds.iter().any(|s| s.0.abs_diff(row) <= reach && s.1.abs_diff(*c) <= reach))
                    .collect();
                prop_assert_eq!(mask.row(row).collect::<Vec<_>>(), expected);
            }
        }
    }

    proptest! {
        #[test]
        fn what_is_removed_is_out_and_nothing_else(
            rows in 1usize..4, columns in 1usize..200, from in 0usize..800, count in 0usize..300,
        ) {
            let mut mask = Mask::all(rows, columns);
            mask.remove(from..from + count);
            for at in 0..rows * columns {
                prop_assert_eq!(mask.contains(at / columns, at % columns), !(from..from + count).contains(&at));
            }
        }
    }

    #[test]
    fn all_is_every_pixel() {
        for columns in [1, 63, 64, 65, 200] {
            assert_eq!(Mask::all(3, columns).count(), 3 * columns);
        }
    }
}
