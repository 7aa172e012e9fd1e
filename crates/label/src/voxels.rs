//! A set of voxels: a bit for each along a row, and only the rows that hold any.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

const WORD: usize = 64;
/// No row of a volume is longer, nor has a volume more rows or slices.
const LONGEST: usize = 1 << 16;

/// Voxels `[i, j, k]`. Equal sets are equal values: no row is empty, and no row ends in an empty word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Vec<[usize; 4]>", try_from = "Vec<[usize; 4]>")]
pub struct Voxels {
    /// By slice and row.
    rows: BTreeMap<(usize, usize), Vec<u64>>,
}

impl Voxels {
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    pub fn len(&self) -> usize {
        self.rows.values().flatten().map(|word| word.count_ones() as usize).sum()
    }

    pub fn contains(&self, [i, j, k]: [usize; 3]) -> bool {
        let word = self.rows.get(&(k, j)).and_then(|row| row.get(i / WORD));
        word.is_some_and(|word| word >> (i % WORD) & 1 == 1)
    }

    /// Tells whether it is new.
    pub fn insert(&mut self, [i, j, k]: [usize; 3]) -> bool {
        let row = self.rows.entry((k, j)).or_default();
        if row.len() <= i / WORD {
            row.resize(i / WORD + 1, 0);
        }
        let before = row[i / WORD];
        row[i / WORD] |= 1 << (i % WORD);
        before != row[i / WORD]
    }

    /// Adds all of another set.
    pub fn add(&mut self, other: &Voxels) {
        for (&at, more) in &other.rows {
            let row = self.rows.entry(at).or_default();
            row.resize(row.len().max(more.len()), 0);
            row.iter_mut().zip(more).for_each(|(word, more)| *word |= more);
        }
    }

    /// Takes all of another set away.
    pub fn take(&mut self, other: &Voxels) {
        for (&at, less) in &other.rows {
            let Entry::Occupied(mut entry) = self.rows.entry(at) else { continue };
            let row = entry.get_mut();
            row.iter_mut().zip(less).for_each(|(word, less)| *word &= !less);
            trim(row);
            if row.is_empty() {
                entry.remove();
            }
        }
    }

    /// Those that are in the other set, too.
    pub fn common(&self, other: &Voxels) -> Voxels {
        let both = |(at, row): (&(usize, usize), &Vec<u64>)| {
            let other = other.rows.get(at)?;
            let mut both: Vec<u64> = row.iter().zip(other).map(|(a, b)| a & b).collect();
            trim(&mut both);
            (!both.is_empty()).then_some((*at, both))
        };
        Voxels { rows: self.rows.iter().filter_map(both).collect() }
    }

    /// Those that are not in the other set.
    pub fn without(&self, other: &Voxels) -> Voxels {
        let mut left = self.clone();
        left.take(other);
        left
    }

    /// In order of slice, row and column.
    pub fn iter(&self) -> impl Iterator<Item = [usize; 3]> {
        self.rows.iter().flat_map(|(&(k, j), row)| {
            row.iter().enumerate().flat_map(move |(at, &word)| {
                let mut word = word;
                std::iter::from_fn(move || {
                    let bit = (word != 0).then(|| word.trailing_zeros() as usize)?;
                    word &= word - 1;
                    Some([at * WORD + bit, j, k])
                })
            })
        })
    }
}

impl FromIterator<[usize; 3]> for Voxels {
    fn from_iter<T: IntoIterator<Item = [usize; 3]>>(voxels: T) -> Self {
        let mut set = Self::default();
        for voxel in voxels {
            set.insert(voxel);
        }
        set
    }
}

/// As they are kept: slice, row, first column and length of each run.
impl From<Voxels> for Vec<[usize; 4]> {
    fn from(voxels: Voxels) -> Self {
        let mut runs: Vec<[usize; 4]> = Vec::new();
        for [i, j, k] in voxels.iter() {
            match runs.last_mut() {
                Some([slice, row, first, length])
                    if [*slice, *row, *first + *length] == [k, j, i] =>
                {
                    *length += 1;
                }
                _ => runs.push([k, j, i, 1]),
            }
        }
        runs
    }
}

impl TryFrom<Vec<[usize; 4]>> for Voxels {
    type Error = &'static str;

    fn try_from(runs: Vec<[usize; 4]>) -> Result<Self, Self::Error> {
        let mut voxels = Self::default();
        for [k, j, first, length] in runs {
            if [k, j, first, length].iter().any(|&n| n > LONGEST) || first + length > LONGEST {
                return Err("a run of voxels that no volume has");
            }
            for i in first..first + length {
                voxels.insert([i, j, k]);
            }
        }
        Ok(voxels)
    }
}

fn trim(row: &mut Vec<u64>) {
    while row.last() == Some(&0) {
        row.pop();
    }
}
