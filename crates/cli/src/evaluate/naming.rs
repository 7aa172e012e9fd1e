//! What findings are called: stone or phlebolith in the pelvis, and where along the tract a stone lies.

use super::case::Case;
use serde::Serialize;
use stones::findings::{Label, Level, Stone};

/// Places of `truth.json`, in the order of the urinary tract; neighbours are one class apart.
const PLACES: [(&str, Level); 10] = [
    ("kidney", Level::Kidney),
    ("upper pole", Level::Kidney),
    ("inter pole", Level::Kidney),
    ("lower pole", Level::Kidney),
    ("renal pelvis", Level::RenalPelvis),
    ("proximal ureter", Level::ProximalUreter),
    ("mid ureter", Level::MidUreter),
    ("distal ureter", Level::DistalUreter),
    ("ureterovesical junction", Level::Ureterovesical),
    ("bladder", Level::Bladder),
];
const URETER: [&str; 4] =
    ["proximal ureter", "mid ureter", "distal ureter", "ureterovesical junction"];
const PHLEBOLITH: &str = "phlebolith";

/// What candidates that are one thing are called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Called {
    pub stone: usize,
    pub indeterminate: usize,
    pub likely_phlebolith: usize,
    /// Rejected, or below the threshold.
    pub nothing: usize,
}

/// Where found stones are said to lie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Levels {
    pub stones: usize,
    /// Nothing is said of the others.
    pub told: usize,
    pub exact: usize,
    pub within_one: usize,
}

#[derive(Serialize)]
pub struct Naming {
    /// Stones of the ureter, and phleboliths, as far as they are candidates at any threshold.
    pub ureteral_stones: Called,
    pub phleboliths: Called,
    /// Mean of the shares of stones that are called stones and of phleboliths that are not.
    pub balanced_accuracy: Option<f64>,
    /// Each of these candidates as it was measured: what the score of phleboliths is fitted to.
    pub candidates: Vec<Named>,
    pub levels: Levels,
}

#[derive(Serialize)]
pub struct Named {
    pub study: String,
    /// Place of the stone, or `phlebolith`.
    pub truth: String,
    pub stone: Stone,
}

impl Called {
    fn add(&mut self, label: Label, reaches: bool) {
        *match label {
            Label::Stone if reaches => &mut self.stone,
            Label::Indeterminate if reaches => &mut self.indeterminate,
            Label::LikelyPhlebolith if reaches => &mut self.likely_phlebolith,
            _ => &mut self.nothing,
        } += 1;
    }

    fn share_of_stones(self) -> Option<f64> {
        let all = self.stone + self.indeterminate + self.likely_phlebolith + self.nothing;
        (all > 0).then(|| self.stone as f64 / all as f64)
    }
}

impl Naming {
    pub fn of(cases: &[Case], threshold: f32) -> Self {
        let (mut ureteral_stones, mut phleboliths) = (Called::default(), Called::default());
        let mut levels = Levels::default();
        let mut candidates = Vec::new();
        for case in cases {
            let mut name = |truth: &str, stone: &Stone| {
                let (study, truth, stone) = (case.name.clone(), truth.to_owned(), stone.clone());
                candidates.push(Named { study, truth, stone });
            };
            let matched = case.matched(0.0);
            for &(known, at) in &matched.pairs {
                let found = &case.found[at];
                let reaches = found.mask.probability >= threshold;
                let Some(place) = case.truth[known].told.place.as_deref() else { continue };
                if URETER.contains(&place) {
                    ureteral_stones.add(found.stone.label, reaches);
                    name(place, &found.stone);
                }
                if reaches {
                    levels.add(place, found.stone.level);
                }
            }
            for &at in &matched.false_positives {
                let found = &case.found[at];
                if found.on.as_deref() == Some(PHLEBOLITH) {
                    phleboliths.add(found.stone.label, found.mask.probability >= threshold);
                    name(PHLEBOLITH, &found.stone);
                }
            }
        }
        let shares = ureteral_stones.share_of_stones().zip(phleboliths.share_of_stones());
        let balanced_accuracy = shares.map(|(stones, wrong)| f64::midpoint(stones, 1.0 - wrong));
        Self { ureteral_stones, phleboliths, balanced_accuracy, candidates, levels }
    }
}

impl Levels {
    fn add(&mut self, place: &str, told: Option<Level>) {
        let Some((_, level)) = PLACES.iter().find(|(name, _)| *name == place) else { return };
        self.stones += 1;
        let Some(told) = told else { return };
        self.told += 1;
        let apart = (told as i32 - *level as i32).abs();
        self.exact += usize::from(apart == 0);
        self.within_one += usize::from(apart <= 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbouring_levels_are_one_class_apart() {
        let mut levels = Levels::default();
        for (place, told) in [
            ("lower pole", Some(Level::Kidney)),
            ("renal pelvis", Some(Level::Kidney)),
            ("proximal ureter", Some(Level::Kidney)),
            ("bladder", None),
            ("no such place", Some(Level::Bladder)),
        ] {
            levels.add(place, told);
        }
        assert_eq!(levels, Levels { stones: 4, told: 3, exact: 1, within_one: 2 });
    }

    #[test]
    fn below_the_threshold_nothing_is_called() {
        let mut called = Called::default();
        for (label, reaches) in [
            (Label::Stone, true),
            (Label::Stone, false),
            (Label::Rejected, true),
            (Label::LikelyPhlebolith, true),
        ] {
            called.add(label, reaches);
        }
        let expected = Called { stone: 1, indeterminate: 0, likely_phlebolith: 1, nothing: 2 };
        assert_eq!((called, called.share_of_stones()), (expected, Some(0.25)));
        assert_eq!(Called::default().share_of_stones(), None);
    }
}
