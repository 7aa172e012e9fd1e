//! Stone, likely phlebolith, or neither for sure: the rule, on what was measured of each finding.
//!
//! Vein stones lie where two thirds of ureteral stones lie, in the pelvis, and are as small and often as dense. HU and
//! volume alone told them apart in 49 % (Jendeberg 2020). What tells more is what lies right around it: the wall of the
//! ureter shows around three of four stones and around 2 to 8 % of phleboliths (the rim sign). So one score is made of the
//! rim's HU, the stone's own and the place:
//!
//! * what hangs on the skeleton, or is too sure to lie off the urinary tract, is rejected (listed, not marked);
//! * in the pelvis, off the bladder, what may as well be a phlebolith is indeterminate, and what looks like one for
//!   sure is a likely phlebolith: it stays marked, as no sign is certain;
//! * where a contrast agent shows, what would be a stone is indeterminate;
//! * everything else is a stone.

use crate::findings::{Label, Level, Stone};

/// Weights of the score in `1 / (1 + exp(-(…)))`, made by `models/training/phleboliths.py` on synthetic studies of which a
/// quarter of the stones has lost its rim and one phlebolith of twenty has one.
const OFFSET: f64 = 2.21;
const PER_100_HU_OF_RIM: f64 = -2.44;
const PER_1000_HU: f64 = -2.42;
const PER_LOGIT_OF_TRACT: f64 = -0.93;
/// Density and place tell no more beyond these.
const HU: [f64; 2] = [150.0, 1500.0];
const TRACT: [f64; 2] = [0.01, 0.99];

/// No vein stone is longer.
const PHLEBOLITH_MM: f64 = 9.0;

/// From these scores on it is indeterminate (where studies that the fit left out are told apart best), and a likely
/// phlebolith; but with a soft rim never the latter.
const INDETERMINATE: f64 = 0.35;
const LIKELY: f64 = 0.8;
const SOFT_HU: f64 = -30.0;

/// Scores and labels the stones that are not rejected yet.
pub fn assign(stones: &mut [Stone]) {
    for stone in stones.iter_mut().filter(|stone| stone.label != Label::Rejected) {
        let signs = Signs::of(stone);
        stone.phlebolith_score = signs.map(Signs::score);
        stone.label = signs.map_or(stone.label, Signs::label);
    }
}

/// What speaks for or against a vein stone.
#[derive(Clone, Copy, Debug)]
struct Signs {
    rim_hu: f64,
    hu: f64,
    tract: f64,
}

impl Signs {
    /// `None` where no vein stone lies, or where it could not be measured.
    fn of(stone: &Stone) -> Option<Self> {
        let level = stone.level?;
        let in_pelvis =
            matches!(level, Level::MidUreter | Level::DistalUreter | Level::Ureterovesical);
        let signs = Self {
            rim_hu: stone.rim_hu?,
            hu: stone.hu_mean?,
            // Where nothing is known of the tract, all counts as on it: nothing is to be missed for that.
            tract: stone.tract_score.unwrap_or(1.0),
        };
        let small = stone.max_axial_diameter_mm? < PHLEBOLITH_MM;
        (in_pelvis && small).then_some(signs)
    }

    /// From 0 to 1 in thousandths, as scores are told.
    fn score(self) -> f64 {
        let tract = self.tract.clamp(TRACT[0], TRACT[1]);
        let evidence = OFFSET
            + PER_100_HU_OF_RIM * self.rim_hu / 100.0
            + PER_1000_HU * self.hu.clamp(HU[0], HU[1]) / 1000.0
            + PER_LOGIT_OF_TRACT * libm::log(tract / (1.0 - tract));
        libm::round(1000.0 / (1.0 + libm::exp(-evidence))) / 1000.0
    }

    fn label(self) -> Label {
        match self.score() {
            score if score >= LIKELY && self.rim_hu < SOFT_HU => Label::LikelyPhlebolith,
            score if score >= INDETERMINATE => Label::Indeterminate,
            _ => Label::Stone,
        }
    }
}

/// Where a contrast agent shows nothing is a stone for sure: bowel, vessels and urine are as dense.
pub fn doubt(stones: &mut [Stone]) {
    for stone in stones.iter_mut().filter(|stone| stone.label == Label::Stone) {
        stone.label = Label::Indeterminate;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rim_the_density_and_the_place_tell() {
        let phlebolith = Signs { rim_hu: -100.0, hu: 400.0, tract: 0.9 };
        for (signs, label) in [
            (phlebolith, Label::LikelyPhlebolith),
            (Signs { rim_hu: 20.0, ..phlebolith }, Label::Stone),
            (Signs { rim_hu: 20.0, tract: 0.6, ..phlebolith }, Label::Indeterminate),
            (Signs { hu: 900.0, ..phlebolith }, Label::Indeterminate),
            (Signs { hu: 1400.0, ..phlebolith }, Label::Stone),
            // However sure the score is.
            (Signs { rim_hu: 20.0, hu: 150.0, tract: 0.1 }, Label::Indeterminate),
        ] {
            assert_eq!(signs.label(), label, "{signs:?}: {}", signs.score());
        }
        // Beyond what density and place tell, nothing changes.
        let dense = Signs { hu: 1500.0, ..phlebolith };
        assert_eq!(dense.score(), Signs { hu: 2400.0, ..dense }.score());
        let off = Signs { tract: 0.01, ..phlebolith };
        assert_eq!(off.score(), Signs { tract: 0.0, ..off }.score());
    }
}
