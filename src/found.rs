//! What was found up to now, and the order of its list.

use stones::{Findings, Stone};

/// Stones found up to now.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub findings: Findings,
    pub seen_slices: usize,
    pub of: usize,
}

impl Found {
    pub fn stone(&self, id: u32) -> Option<&Stone> {
        self.findings.stones.iter().find(|stone| stone.id == id)
    }

    /// The stones of the list and the pictures.
    pub fn shown(&self) -> impl Iterator<Item = &Stone> {
        self.findings.stones.iter().filter(|stone| stone.is_shown())
    }
}

/// What the list of stones goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The largest first, as they are numbered.
    Size,
    /// From head to foot.
    Place,
    /// The densest first.
    Density,
    /// What the model is surest of first.
    Score,
}

impl Order {
    pub fn sort(self, stones: &mut [&Stone]) {
        let falling = |value: fn(&Stone) -> Option<f64>| {
            move |a: &&Stone, b: &&Stone| {
                let [a, b] = [a, b].map(|stone| value(stone).unwrap_or(f64::NEG_INFINITY));
                b.total_cmp(&a)
            }
        };
        match self {
            Order::Size => stones.sort_by_key(|stone| stone.id),
            Order::Place => stones.sort_by(falling(|stone| stone.center_mm.map(|[_, _, z]| z))),
            Order::Density => stones.sort_by(falling(|stone| stone.hu_mean)),
            Order::Score => stones.sort_by(falling(|stone| stone.probability)),
        }
    }
}
