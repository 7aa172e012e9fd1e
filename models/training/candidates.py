"""From probabilities to candidates, and the counting of hits and false positives."""

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

# Fewer voxels are no candidate.
MIN_VOXELS = 2


@dataclass
class Candidate:
    """A component: its voxels (n, 3: z, row, column), its highest score, its score on the urinary tract, whether it is a stone."""

    voxels: np.ndarray
    peak: float
    on_tract: float
    stone: bool

    def widest(self) -> int:
        """Its pixels in the slice that holds most of them."""
        return int(np.bincount(self.voxels[:, 0]).max())


def candidates(probability: np.ndarray, threshold: float, grow: float, min_voxels: int = MIN_VOXELS) -> tuple[np.ndarray, int]:
    """Components of p >= grow whose peak reaches `threshold`, as (label array, count).

    Neighbours touch by a corner: 8 in an image, 26 in a volume.
    """
    labels, count = ndimage.label(probability >= grow, structure=np.ones((3,) * probability.ndim))
    if count == 0:
        return labels, 0
    index = np.arange(1, count + 1)
    keep = (ndimage.maximum(probability, labels, index) >= threshold) & (np.bincount(labels.ravel())[1:] >= min_voxels)
    renumber = np.zeros(count + 1, int)
    renumber[1:][keep] = np.arange(1, keep.sum() + 1)
    return renumber[labels], int(keep.sum())


def match(found: np.ndarray, count: int, truth: np.ndarray, stones: int, reach_mm: float, spacing) -> tuple[list[bool], list[int]]:
    """Which stones 1..`stones` of `truth` were hit, and the candidates that hit none.

    A candidate hits a stone when one of its voxels lies within `reach_mm` of the stone's
    voxels; `spacing` is the voxel size in mm along each axis.
    """
    hit = [False] * stones
    good = np.zeros(count + 1, bool)
    for stone, box in zip(range(1, stones + 1), ndimage.find_objects(truth, stones)):
        if box is None:
            continue
        pad = [int(np.ceil(reach_mm / s)) + 1 for s in spacing]
        box = tuple(slice(max(0, b.start - p), b.stop + p) for b, p in zip(box, pad))
        near = ndimage.distance_transform_edt(truth[box] != stone, sampling=spacing) <= reach_mm
        touched = np.unique(found[box][near])
        touched = touched[touched > 0]
        hit[stone - 1] = len(touched) > 0
        good[touched] = True
    return hit, [k for k in range(1, count + 1) if not good[k]]


def listed(probability: np.ndarray, grow: float, tract, truth: np.ndarray, stones: int, reach_mm: float, spacing) -> list[Candidate]:
    """All candidates of a volume (z, H, W) at a level of growth; `tract` is the volume's `tract.Tract`."""
    found, count = candidates(probability, grow, grow)
    _, wrong = match(found, count, truth, stones, reach_mm, spacing)
    rows = []
    for number, box in enumerate(ndimage.find_objects(found, count), 1):
        voxels = np.argwhere(found[box] == number) + [side.start for side in box]
        peak = float(probability[tuple(voxels.T)].max())
        rows.append(Candidate(voxels.astype(np.int16), peak, float(tract.of(voxels).max()), number not in wrong))
    return rows


def painted(shape, kept: list[Candidate]) -> np.ndarray:
    """Where candidates are, as booleans of a shape."""
    mask = np.zeros(shape, bool)
    for candidate in kept:
        mask[tuple(candidate.voxels.T)] = True
    return mask
