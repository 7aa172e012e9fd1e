"""How often a candidate is a stone, by its highest score, its place on the urinary tract and its size (Platt 1999), and how well that holds."""

import numpy as np
from scipy.optimize import minimize

from candidates import Candidate

# Scores are told from 0 and 1 down to these, as in `stones::model::Calibration`.
LEAST, LEAST_TRACT = 1e-6, 0.01
BINS = 10
# As the manifest names them, in the order of `evidence`.
WEIGHTS = ("slope", "tract", "size", "offset")


def logit(p: np.ndarray, least: float) -> np.ndarray:
    p = np.clip(p, least, 1 - least)
    return np.log(p / (1 - p))


def evidence(candidates: list[Candidate]) -> np.ndarray:
    """(n, 4): score, place, size, 1."""
    score, place, pixels = np.array([(c.peak, c.on_tract, c.widest()) for c in candidates]).reshape(-1, 3).T
    return np.column_stack([logit(score, LEAST), logit(place, LEAST_TRACT), np.log(pixels), np.ones(len(score))])


def fit(candidates: list[Candidate]) -> dict:
    """The manifest's calibration: slope, weights of the tract and of the size, offset, by maximum likelihood with Platt's soft targets."""
    x, y = evidence(candidates), np.array([c.stone for c in candidates])
    target = np.where(y, (y.sum() + 1) / (y.sum() + 2), 1 / ((~y).sum() + 2))

    def loss(weights):
        z = x @ weights
        return float(np.sum(np.logaddexp(0, z) - target * z))

    best = minimize(loss, [0.2, 0.5, 0.1, 0.0], bounds=[(0.05, None), (0, None), (0, None), (None, None)]).x
    return {name: round(float(weight), 4) for name, weight in zip(WEIGHTS, best)}


def probability(candidates: list[Candidate], calibration: dict) -> np.ndarray:
    """What is told of each candidate, 0..1."""
    weights = np.array([calibration[name] for name in WEIGHTS])
    return 1 / (1 + np.exp(-(evidence(candidates) @ weights)))


def reliability(told: np.ndarray, stones: np.ndarray) -> dict:
    """Expected calibration error over bins of equal numbers, and the bins."""
    bins = [part for part in np.array_split(np.argsort(told, kind="stable"), BINS) if len(part)]
    error = sum(len(part) * abs(told[part].mean() - stones[part].mean()) for part in bins) / len(told)
    rows = [{"n": len(part), "said": round(float(told[part].mean()), 3), "stones": round(float(stones[part].mean()), 3)} for part in bins]
    return {"n": len(told), "ece": round(float(error), 3), "brier": round(float(((told - stones) ** 2).mean()), 3), "bins": rows}


def held_out(groups: list[list[Candidate]]) -> dict:
    """Reliability where each group (a scan) is told by a calibration of the others."""
    told, stones = [], []
    for group in groups:
        others = [c for other in groups if other is not group for c in other]
        if group:
            told += list(probability(group, fit(others)))
            stones += [c.stone for c in group]
    return reliability(np.array(told), np.array(stones, float))
