//! Stone, likely phlebolith, or neither for sure: the rule, on what was measured of all findings of a scan.
//!
//! Vein stones lie where two thirds of ureteral stones lie, in the true pelvis. One cut-off published for them is 643 HU
//! and 171 mm³ (Tanidir 2017: 75 % and 93 %, 75 % and 100 %); elsewhere the same two told them apart in 49 % only
//! (Jendeberg 2020). So they never reject anything:
//!
//! * what hangs on the skeleton, or is too sure to lie off the urinary tract, is rejected (listed, not marked);
//! * in the true pelvis, off the bladder, what is below both cut-offs is indeterminate;
//! * it is a likely phlebolith if besides it is off the urinary tract (score below 0.3), or if there are two more
//!   like it, as vein stones come in groups and on both sides;
//! * where a contrast agent shows, what would be a stone is indeterminate;
//! * everything else is a stone.

use crate::findings::{Label, Level, Stone};

const PHLEBOLITH_HU: f64 = 643.0;
const PHLEBOLITH_MM3: f64 = 171.0;
/// None is longer, whatever its volume, which may not be known.
const PHLEBOLITH_MM: f64 = 9.0;
const OFF_TRACT: f64 = 0.3;
/// So many like it make a group.
const GROUP: usize = 3;

/// Labels the stones that are not rejected yet.
pub fn assign(stones: &mut [Stone]) {
    let alike = stones.iter().filter(|stone| is_like_phlebolith(stone)).count();
    for stone in stones.iter_mut().filter(|stone| is_like_phlebolith(stone)) {
        let off_tract = stone.tract_score.is_some_and(|score| score < OFF_TRACT);
        let on_tract = stone.tract_score.is_some_and(|score| score >= 1.0 - OFF_TRACT);
        stone.label = if off_tract || (alike >= GROUP && !on_tract) {
            Label::LikelyPhlebolith
        } else {
            Label::Indeterminate
        };
    }
}

fn is_like_phlebolith(stone: &Stone) -> bool {
    stone.label != Label::Rejected
        && matches!(stone.level, Some(Level::DistalUreter | Level::Ureterovesical))
        && stone.hu_mean.is_some_and(|hu| hu < PHLEBOLITH_HU)
        && stone.max_axial_diameter_mm.is_some_and(|mm| mm < PHLEBOLITH_MM)
        && stone.volume_mm3.is_none_or(|mm3| mm3 < PHLEBOLITH_MM3)
}

/// Where a contrast agent shows nothing is a stone for sure: bowel, vessels and urine are as dense.
pub fn doubt(stones: &mut [Stone]) {
    for stone in stones.iter_mut().filter(|stone| stone.label == Label::Stone) {
        stone.label = Label::Indeterminate;
    }
}
