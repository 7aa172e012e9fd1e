"""Batches: what is drawn from which source, and how it is varied.

Every source comes out as HU planes (3, SIZE, SIZE), a stone mask, and whether the wide window is shown.
Part of all of it is made to look like an 8-bit export: a soft window burned in, stones and bone saturated.
"""

import json
import math
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch.nn.functional import affine_grid, grid_sample
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

import data
import real

SIZE = 128
# Patches of each source in a batch.
SYNTHETIC_ONLY = {"synthetic": 16}
WITH_REAL = {"synthetic": 4, "kssd": 5, "stone_free": 5, "inserted": 2}
NO_WIDE_SHARE = 0.15
# Crops of stone-free CT drawn from where a network was wrong, once `mine.py` has found that out.
HARD_SHARE = 0.6
# Synthetic patches drawn from those with stone; the rest from all.
STONY_SHARE = 0.35
EXPORT_SHARE = 0.35
# Real images with stone to which stones of other images are added, as staghorn stones in many pieces lie; how many pieces at most.
PASTED_SHARE, PASTED_MOST = 0.35, 8
# How much images with stone are made smaller or larger.
ZOOMS = (0.75, 1.3)
# Pixels around a stone that come with it, and how far from a stone of the image it is put.
PIECE_EDGE, PIECE_REACH = 2, 30


def around(shape, centre, zoom: float) -> tuple[slice, slice]:
    """The part of an image that SIZE x SIZE pixels around a place, however turned, are made of."""
    reach = math.ceil(SIZE / zoom / math.sqrt(2)) + 2
    return tuple(slice(int(np.clip(at - reach, 0, side - 1)), int(np.clip(at + reach + 1, 1, side))) for at, side in zip(centre, shape))


def warp(planes: np.ndarray, mask: np.ndarray, centre, zoom: float, angle: float, flip: bool) -> tuple[np.ndarray, np.ndarray]:
    """SIZE x SIZE pixels around `centre` (row, column), enlarged by `zoom`, turned by `angle`; air outside."""
    # what is farther away is not read
    box = around(mask.shape, centre, zoom)
    planes, mask = planes[(slice(None), *box)], mask[box]
    centre = [at - side.start for at, side in zip(centre, box)]
    rows, columns = mask.shape
    cos, sin = np.cos(angle) * SIZE / zoom, np.sin(angle) * SIZE / zoom
    mirror = -1.0 if flip else 1.0
    theta = [
        [mirror * cos / columns, -sin / columns, 2 * (centre[1] + 0.5) / columns - 1],
        [mirror * sin / rows, cos / rows, 2 * (centre[0] + 0.5) / rows - 1],
    ]
    both = torch.from_numpy(np.concatenate([planes + np.float32(1024), mask[None].astype(np.float32)]).astype(np.float32))[None]
    grid = affine_grid(torch.tensor([theta], dtype=torch.float32), [1, 4, SIZE, SIZE], align_corners=False)
    out = grid_sample(both, grid, mode="bilinear", align_corners=False)[0].numpy()
    return out[:3] - 1024, out[3] >= 0.5


class Sampler(IterableDataset):
    """Draws augmented batches; a source that is missing is replaced by synthetic patches."""

    def __init__(self, cache: Path, shared: Path, shares: dict, fold: str | None, seed: int):
        self.seed, self.rng = seed, np.random.default_rng(seed)
        self.shares = shares
        self.planes, self.masks = data.load_cache(cache, "train")
        self.stony = np.flatnonzero(self.masks.any(axis=(1, 2)))
        self.runs, self.scans = [], {}
        if "kssd" in shares:
            runs, scans = real.kept(cache, shared)
            self.runs = [run for run in runs if run.scan not in real.FOLDS.get(fold, ())]
            self.scans = {k: v for k, v in scans.items() if k not in real.FOLD_CT.get(fold, ())}
        self._index()
        mined = cache / "hard.json"
        self.hard = json.loads(mined.read_text()) if mined.is_file() else {}
        self.slices = [(scan, k) for scan in self.scans.values() for k in range(len(scan.hu))]
        names = [n for n in self.scans if any(cache.glob(f"inserted-{n}-*.npz"))]
        self.inserted = [data.load_cache(cache, f"inserted-{name}") for name in names]

    def _index(self) -> None:
        """The images of the runs, how often each is drawn, and the stones in them."""
        self.images = [(run, i) for run in self.runs for i in range(len(run.grey))]
        of_scan = np.array([sum(len(r.grey) for r in self.runs if r.scan == run.scan) for run, _ in self.images])
        # between "every image alike" and "every scan alike"
        weight = 1 / np.sqrt(np.maximum(of_scan, 1))
        self.weight = weight / max(weight.sum(), 1e-9)
        self.pieces = [
            (run, i, box, np.pad(labels[box] == number, PIECE_EDGE))
            for run, i in self.images
            for labels in [ndimage.label(run.masks[i], np.ones((3, 3)))[0]]
            for number, box in enumerate(ndimage.find_objects(labels), 1)
            if all(PIECE_EDGE <= s.start and s.stop <= n - PIECE_EDGE for s, n in zip(box, labels.shape))
        ]

    def leave_out(self, scan: int) -> None:
        """Draws nothing more from a KSSD scan."""
        self.runs = [run for run in self.runs if run.scan != scan]
        self._index()

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """One batch: input (16, 4, SIZE, SIZE), target (16, 1, SIZE, SIZE)."""
        inputs, targets = [], []
        for source, count in self.shares.items():
            for _ in range(count):
                x, y = self._varied(*getattr(self, f"_{source}")())
                inputs.append(x)
                targets.append(y)
        return torch.from_numpy(np.stack(inputs)), torch.from_numpy(np.stack(targets))[:, None]

    def __iter__(self):
        """Batches without end; each process of a loader draws its own."""
        if worker := get_worker_info():
            self.rng = np.random.default_rng([self.seed, worker.id])
        while True:
            yield self.batch()

    def loader(self, workers: int):
        """An iterator over batches that so many processes draw (0: this one)."""
        ahead = {"prefetch_factor": 4, "pin_memory": torch.cuda.is_available()} if workers else {}
        return iter(DataLoader(self, batch_size=None, num_workers=workers, **ahead))

    def _warped(self, planes, mask, centre, zooms):
        rng = self.rng
        return warp(planes, mask, centre, rng.uniform(*zooms), np.deg2rad(rng.uniform(-12, 12)), rng.random() < 0.5)

    def _patch(self, planes, mask):
        centre = data.PATCH / 2 + self.rng.uniform(-22, 22, 2)
        planes, mask = self._warped(planes.astype(np.float32), mask, centre, (0.85, 1.2))
        return data.exported(self.rng, planes, mask) if self.rng.random() < EXPORT_SHARE else (planes, mask)

    def _synthetic(self):
        i = self.rng.choice(self.stony) if self.rng.random() < STONY_SHARE else self.rng.integers(len(self.planes))
        return self._patch(self.planes[i], self.masks[i])

    def _inserted(self):
        if not self.inserted:
            return self._synthetic()
        planes, masks = self.inserted[self.rng.integers(len(self.inserted))]
        i = self.rng.integers(len(planes))
        return self._patch(planes[i], masks[i])

    def _stone_free(self):
        if not self.slices:
            return self._synthetic()
        rng = self.rng
        scan, k = self.slices[rng.integers(len(self.slices))]
        places = self.hard.get(scan.name)
        hard = places is not None and rng.random() < HARD_SHARE
        if hard:
            k, *centre = places[rng.integers(len(places))]
            k = int(np.clip(k + rng.integers(-1, 2), 0, len(scan.hu) - 1))
        centre = np.array(centre) + rng.uniform(-45, 45, 2) if hard else self._somewhere(scan.hu[k], 130)
        box = around(scan.hu[k].shape, centre, ZOOMS[0])
        first = max(0, k - 3)
        planes = data.planes_of(scan.hu[(slice(first, k + 4), *box)].astype(np.float32), k - first, scan.spacing)
        centre = centre - [side.start for side in box]
        planes, mask = self._warped(planes, np.zeros(planes.shape[1:], bool), centre, (0.85, ZOOMS[1]))
        return data.exported(rng, planes, mask) if rng.random() < EXPORT_SHARE else (planes, mask)

    def _kssd(self):
        if not self.images:
            return self._synthetic()
        rng = self.rng
        run, i = self.images[rng.choice(len(self.images), p=self.weight)]
        low, width = run.low + rng.normal(0, 12), run.width * rng.uniform(0.92, 1.08)
        if run.soft is not None:
            width = rng.uniform(200, 400)
            low = real.SOFT_TISSUE_HU - run.soft * width / 255 + rng.normal(0, 12)
        if rng.random() < 0.35:
            # whoever exports such an image to DICOM may not know its window
            width = rng.uniform(250, 500)
            low = rng.uniform(10, 100) - width / 2
        mask = run.masks[i]
        places = np.argwhere(mask)
        if rng.random() < 0.55 and len(places):
            centre = places[rng.integers(len(places))] + rng.uniform(-45, 45, 2)
        else:
            centre = self._somewhere(run.grey[i], 0.7 * 255, (-50 - low) * 255 / width)
        box = around(mask.shape, centre, ZOOMS[0])
        planes, mask = run.planes(i, low, width, rng.choice([1.0, 1.25, 2.0, 2.5, 3.0, 5.0]), box), mask[box]
        if rng.random() < PASTED_SHARE:
            planes, mask = self._pasted(planes, mask, low + width)
        if rng.random() < 0.3:
            planes = np.where(planes >= low + width - 0.5, low + width + rng.uniform(0, 900), planes)
        return self._warped(planes, mask, centre - [side.start for side in box], ZOOMS)

    def _pasted(self, planes, mask, top: float):
        """The same with stones of other images in the soft tissue about its own; HU are at most `top`."""
        rng, planes, mask = self.rng, planes.copy(), mask.copy()
        places = np.argwhere(mask)
        for _ in range(rng.integers(1, PASTED_MOST + 1) if len(places) else 0):
            run, i, box, piece = self.pieces[rng.integers(len(self.pieces))]
            wide = tuple(slice(s.start - PIECE_EDGE, s.stop + PIECE_EDGE) for s in box)
            stone = np.minimum(run.planes(i, run.low, run.width, real.KSSD_SPACING_MM, wide), top)
            if rng.random() < 0.5:
                stone, piece = stone[:, :, ::-1], piece[:, ::-1]
            row, column = places[rng.integers(len(places))] + rng.integers(-PIECE_REACH, PIECE_REACH + 1, 2) - np.array(piece.shape) // 2
            at = (slice(row, row + piece.shape[0]), slice(column, column + piece.shape[1]))
            around = planes[(1, *at)]
            if min(row, column) < 0 or around.shape != piece.shape or not -20 <= np.median(around) <= 90:
                continue
            planes[(slice(None), *at)] = np.where(ndimage.binary_dilation(piece, iterations=PIECE_EDGE), np.maximum(planes[(slice(None), *at)], stone), planes[(slice(None), *at)])
            mask[at] |= piece
        return planes, mask

    def _somewhere(self, image, dense: float, body: float = -50):
        """A place in the body; more often than not near something dense."""
        rng = self.rng
        places = np.argwhere(image[::2, ::2] > (dense if rng.random() < 0.65 else body)) * 2
        if len(places) == 0:
            return rng.uniform(0.25, 0.75, 2) * image.shape
        return places[rng.integers(len(places))] + rng.uniform(-40, 40, 2)

    def _varied(self, planes, mask):
        rng = self.rng
        if rng.random() < 0.5:
            planes = planes[::-1]
        if rng.random() < 0.2:
            planes = ndimage.gaussian_filter(planes, (0, *[rng.uniform(0.3, 0.7)] * 2))
        planes = planes * rng.uniform(0.97, 1.03) + rng.uniform(-15, 15)
        if rng.random() < 0.3:
            noise = rng.standard_normal(planes.shape, np.float32)
            planes = planes + ndimage.gaussian_filter(noise, (0, 0.6, 0.6)) * rng.uniform(4, 35)
        if rng.random() < 0.1:
            planes = np.repeat(planes[1:2], 3, axis=0)  # a single image without neighbours
        return data.to_input(planes, rng.random() > NO_WIDE_SHARE), np.ascontiguousarray(mask, np.float32)
