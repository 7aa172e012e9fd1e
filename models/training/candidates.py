"""From probabilities to candidates, and the counting of hits and false positives."""

import numpy as np
from scipy import ndimage


def candidates(probability: np.ndarray, threshold: float, grow: float, min_voxels: int) -> tuple[np.ndarray, int]:
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
