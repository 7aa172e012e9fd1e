"""The urinary tract: a second, coarse network that says where kidneys, ureters and bladder are.

    python tract.py --subjects 320 --steps 3600 --out cache/tract.pt

Input [1, 5, 96, 128]: cells of CELL_MM around the middle of the body, the mean HU of their pixels after the window
WINDOW_HU, at OFFSETS_MM along the slice normal. Output [1, 3, 96, 128]: probability that a cell is kidney (with
its pelvis), within REACH_MM of a ureter, bladder. Learnt from phantoms only, whose anatomy is known exactly.

A bright spot must not look like a stone to it: where none may be, bright spots are put as often as where one may.
"""

import argparse
import math
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch.nn.functional import affine_grid, binary_cross_entropy_with_logits, grid_sample

import data
from net import UNet
from optimise import arguments, optimise, prepare
from organs import COLUMNS, OFFSETS_MM, ORGANS, ROWS, SLICE_MM, WINDOW_HU, body_middle, cell, cells, volume

# Of the running mean of the weights, at each step.
MEAN_KEEPS = 0.995


def kept(count: int, cache: Path, workers: int) -> tuple[np.ndarray, np.ndarray]:
    """The training volumes, from the cache if they were made before."""
    path = cache / f"tract-{count}.npz"
    if not path.is_file():
        with ProcessPoolExecutor(workers) as pool:
            made = list(pool.map(volume, data.TRAIN_SEEDS[:count], chunksize=4))
        np.savez(path, hu=np.stack([hu for hu, _ in made]), organs=np.stack([np.packbits(o) for _, o in made]))
    loaded = np.load(path)
    shape = loaded["hu"].shape
    masks = np.unpackbits(loaded["organs"], axis=1, count=3 * math.prod(shape[1:]))
    return loaded["hu"], masks.reshape(shape[0], shape[1], 3, *shape[2:]).astype(bool)


def spots(rng, planes: np.ndarray) -> np.ndarray:
    """Bright spots of one to a few cells, anywhere in the body, as stones and mimics look in cells."""
    body = np.argwhere(planes[2] > -120)
    for _ in range(rng.poisson(4) if len(body) else 0):
        row, column = body[rng.integers(len(body))]
        height, width = rng.integers(1, 4, 2)
        first = rng.integers(len(planes))
        part = planes[first : first + rng.integers(1, 3), row : row + height, column : column + width]
        part += rng.uniform(40, 500)
    return planes


def example(rng, hu: np.ndarray, masks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Input (5, ROWS, COLUMNS) and organs (3, ROWS, COLUMNS) of a slice of a volume, varied."""
    k = rng.integers(len(hu))
    steps = [round(offset / SLICE_MM) for offset in OFFSETS_MM]
    # short scans, and single images, end where they end
    low, high = (rng.integers(0, 5, 2) if rng.random() < 0.4 else (len(hu), len(hu)))
    at = np.clip([k + np.clip(step, -low, high) for step in steps], 0, len(hu) - 1)
    planes = spots(rng, hu[at].astype(np.float32))
    planes = planes * rng.uniform(0.95, 1.05) + rng.uniform(-20, 20)
    if rng.random() < 0.4:
        planes = ndimage.gaussian_filter(planes, (0, *[rng.uniform(0.2, 0.7)] * 2))
    planes = planes + rng.normal(0, rng.uniform(1, 12), planes.shape)
    if rng.random() < 0.4:
        planes = np.clip(planes, rng.uniform(-150, -30), rng.uniform(130, 250))
    angle = math.radians(rng.uniform(-12, 12) + (180 if rng.random() < 0.05 else 0))
    across, down = rng.uniform(0.8, 1.25, 2) ** [1, 0.5] if rng.random() < 0.5 else np.repeat(rng.uniform(0.8, 1.25), 2)
    mirror = rng.choice([-1.0, 1.0])
    theta = [
        [mirror * math.cos(angle) * across, -math.sin(angle) * down * ROWS / COLUMNS, rng.uniform(-0.08, 0.08)],
        [mirror * math.sin(angle) * across * COLUMNS / ROWS, math.cos(angle) * down, rng.uniform(-0.1, 0.1)],
    ]
    both = torch.from_numpy(np.concatenate([planes + 1024, masks[k]]).astype(np.float32))[None]
    grid = affine_grid(torch.tensor([theta], dtype=torch.float32), [1, 8, ROWS, COLUMNS], align_corners=False)
    out = grid_sample(both, grid, mode="bilinear", align_corners=False)[0].numpy()
    order = slice(None, None, -1) if rng.random() < 0.5 else slice(None)
    return data.window(out[:5][order] - 1024, *WINDOW_HU).astype(np.float32), (out[5:] >= 0.5).astype(np.float32)


def train(args) -> None:
    prepare(args.seed)
    rng = np.random.default_rng([args.seed, 9])
    hu, masks = kept(args.subjects, args.cache, args.workers)

    def batches():
        while True:
            drawn = [example(rng, hu[i], masks[i]) for i in rng.integers(len(hu), size=16)]
            yield tuple(torch.from_numpy(np.stack(part)) for part in zip(*drawn))

    optimise(UNet(len(OFFSETS_MM), len(ORGANS)), batches(), binary_cross_entropy_with_logits, args, MEAN_KEEPS)


# -- reading -----------------------------------------------------------------------


class Tract:
    """The tract of one volume (z, H, W), as the search asks for it; a slice is computed once."""

    def __init__(self, net: UNet, hu: np.ndarray, spacing: float, pixel: float):
        self.net, self.hu, self.spacing, self.pixel = net, hu, spacing, pixel
        self.middle = body_middle(hu)
        self.seen: dict = {}

    def look(self, k: int) -> np.ndarray:
        """Organs (3, ROWS, COLUMNS) of a slice."""
        if k not in self.seen:
            planes = data.planes_of(self.hu, k, self.spacing, OFFSETS_MM)
            with torch.inference_mode():
                self.seen[k] = torch.sigmoid(self.net(torch.from_numpy(cells(planes, self.middle, self.pixel))[None]))[0].numpy()
        return self.seen[k]

    def of(self, voxels: np.ndarray) -> np.ndarray:
        """Highest probability of each organ over the voxels (n, 3: z, row, column) of the slice that holds most of them."""
        k = int(np.bincount(voxels[:, 0]).argmax())
        _, rows, columns = voxels[voxels[:, 0] == k].T
        return self.look(k)[:, cell(rows, self.middle[0], self.pixel, ROWS), cell(columns, self.middle[1], self.pixel, COLUMNS)].max(axis=1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments(parser, steps=3600, rate=3e-3, out=data.HERE / "cache" / "tract.pt")
    parser.add_argument("--subjects", type=int, default=320)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    train(parser.parse_args())


if __name__ == "__main__":
    main()
