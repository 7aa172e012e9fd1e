"""Fit the score that tells vein stones from stones of the ureter (`crates/stones/src/labels.rs`).

    python make_study.py --seed 970000 --count 360 --free 90 --out cache/signs
    lithoscope evaluate cache/signs --json > cache/signs.json
    python phleboliths.py cache/signs.json

A logistic regression on what the program measures of each candidate: HU right around
it, its own HU, and its score on the urinary tract; the diameter added nothing, nor did
HU with the blur taken off. The phantom gives a
soft rim to every stone of the ureter; of patients' stones one in four has none, and
2 to 8 % of phleboliths have one (the rim sign). So rims are lost and lent at these
rates before the fit. Both kinds weigh the same, whatever their number. Prints the
weights, and what studies that were left out say of them.
"""

import argparse
import json
import zlib
from pathlib import Path

import numpy as np
from scipy.optimize import minimize

HU = (150, 1500)
TRACT = (0.01, 0.99)
PHLEBOLITH_MM = 9
PELVIS = {"mid_ureter", "distal_ureter", "ureterovesical"}
RIM_LOST, RIM_LENT = 0.25, 0.05
COPIES, FOLDS, RIDGE, SEED = 20, 5, 0.5, 1
NAMES = ("OFFSET", "PER_100_HU_OF_RIM", "PER_1000_HU", "PER_LOGIT_OF_TRACT")
RIM = NAMES.index("PER_100_HU_OF_RIM")


def signs(stone: dict) -> list[float] | None:
    """What the score is made of; `None` where the program gives none."""
    rim_hu, hu, mm = stone["rim_hu"], stone["hu_mean"], stone["max_axial_diameter_mm"]
    if stone["level"] not in PELVIS or None in (rim_hu, hu, mm) or mm >= PHLEBOLITH_MM:
        return None
    tract = np.clip(1.0 if stone["tract_score"] is None else stone["tract_score"], *TRACT)
    return [1, rim_hu / 100, np.clip(hu, *HU) / 1000, np.log(tract / (1 - tract))]


def with_other_rims(signs: np.ndarray, is_phlebolith: np.ndarray, rng) -> np.ndarray:
    """The same candidates, some of them with a rim of the other kind."""
    changed = signs.copy()
    for kind, share in ((False, RIM_LOST), (True, RIM_LENT)):
        of, other = np.flatnonzero(is_phlebolith == kind), np.flatnonzero(is_phlebolith != kind)
        picked = of[rng.random(len(of)) < share]
        changed[picked, RIM] = signs[rng.choice(other, len(picked)), RIM]
    return changed


def fit(signs: np.ndarray, is_phlebolith: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(SEED)
    rows = np.concatenate([with_other_rims(signs, is_phlebolith, rng) for _ in range(COPIES)])
    kinds = np.tile(is_phlebolith, COPIES)
    weight = np.where(kinds, 0.5 / kinds.mean(), 0.5 / (1 - kinds.mean()))

    def loss(weights):
        evidence = rows @ weights
        return (weight * (np.logaddexp(0, evidence) - kinds * evidence)).sum() / COPIES + RIDGE * (weights[1:] ** 2).sum()

    return minimize(loss, np.zeros(rows.shape[1]), method="BFGS").x


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("evaluation", type=Path)
    named = json.loads(parser.parse_args().evaluation.read_text())["naming"]["candidates"]
    told = [(n, row) for n in named if (row := signs(n["stone"])) is not None]
    rows = np.array([row for _, row in told])
    is_phlebolith = np.array([n["truth"] == "phlebolith" for n, _ in told])
    fold = np.array([zlib.crc32(n["study"].encode()) % FOLDS for n, _ in told])
    score = np.zeros(len(told))
    for left_out in range(FOLDS):
        there = fold == left_out
        score[there] = 1 / (1 + np.exp(-rows[there] @ fit(rows[~there], is_phlebolith[~there])))
    print(f"{(~is_phlebolith).sum()} stones, {is_phlebolith.sum()} phleboliths of {len(named)} candidates have a score.")
    for least in (0.25, 0.35, 0.5, 0.8):
        stones, phleboliths = (score[~is_phlebolith] < least).mean(), (score[is_phlebolith] >= least).mean()
        print(f"left out, score from {least}: {stones:.3f} of stones below, {phleboliths:.3f} of phleboliths not")
    for name, weight in zip(NAMES, fit(rows, is_phlebolith)):
        print(f"const {name}: f64 = {weight:.2f};")


if __name__ == "__main__":
    main()
