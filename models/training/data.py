"""Training data: cached synthetic patches, KSSD images, stone-free real CT.

    python data.py --count 6000 --workers 2

writes `cache/validation-NNN.npz` and `cache/train-NNN.npz`, SHARD patches each; shards
that exist are kept. Every source yields the same
thing: HU of three planes (-2.5, 0, +2.5 mm along the slice normal) and the stone
mask of the middle one. `to_input` turns HU into the four channels of the network.
"""

import argparse
import csv
import io
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from anatomy import Subject
from canvas import Grid
from phantom import Acquisition, insert_deposits, noise_slices, render_clean
from stones import MIMICS, draw_scan_deposits, draw_stone

OFFSETS_MM = (-2.5, 0.0, 2.5)
SOFT_HU = (-140.0, 260.0)
WIDE_HU = (-200.0, 1400.0)
PATCH = 160
SHARD = 500
# HU written where an 8-bit image is saturated: anything at or above the soft window.
SATURATED_HU = 300.0
HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "data"

# Synthetic subjects: disjoint seeds for each purpose (the demo's seed is in make_demo.py).
TRAIN_SEEDS = range(1000, 2500)
VALIDATION_SEEDS = range(5000, 5300)
TEST_SEEDS = range(9000, 9100)
# KSSD scans are split by scan; pairs that may be the same person stay together.
KSSD_TEST = (4, 13, 21, 20)
KSSD_VALIDATION = (7, 9)


def window(hu: np.ndarray, low: float, high: float) -> np.ndarray:
    """HU mapped linearly to 0..1 and clamped."""
    return np.clip((hu - low) / (high - low), 0, 1)


def to_input(planes: np.ndarray, wide: bool = True) -> np.ndarray:
    """Network input (..., 4, H, W) from HU planes (..., 3, H, W); without `wide` channel 3 is 0."""
    soft = window(planes, *SOFT_HU)
    middle = window(planes[..., 1:2, :, :], *WIDE_HU) * (1.0 if wide else 0.0)
    return np.concatenate([soft, middle], axis=-3).astype(np.float32)


def planes_of(volume: np.ndarray, index: int, spacing: float) -> np.ndarray:
    """The three HU planes around a slice: linear interpolation, edge slices replicated."""
    planes = []
    for offset in OFFSETS_MM:
        at = np.clip(index + offset / spacing, 0, len(volume) - 1)
        low = int(np.floor(at))
        high = min(low + 1, len(volume) - 1)
        planes.append(volume[low] + (volume[high] - volume[low]) * np.float32(at - low))
    return np.stack(planes)


# -- synthetic patches -----------------------------------------------------------


def visible_half(share: np.ndarray, deposit) -> np.ndarray:
    """Training target: the half-maximum of what is seen, also for a stone that fills no voxel by half."""
    return share >= 0.5 * share.max()


def draw_acquisition(rng) -> tuple[Acquisition, float, float]:
    """(settings, slice spacing mm, pixel mm) over the range met in practice."""
    thickness = float(rng.choice([0.6, 1, 1.25, 2, 2.5, 3, 5], p=[0.07, 0.13, 0.16, 0.12, 0.24, 0.16, 0.12]))
    spacing = thickness if rng.random() < 0.7 or thickness < 1.2 else thickness / 2
    noise = np.clip(rng.lognormal(np.log(14), 0.45), 5, 40)
    return Acquisition(thickness, rng.uniform(0.45, 0.9), noise), spacing, rng.uniform(0.6, 0.98)


def synthetic_patch(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """One patch: HU planes (3, PATCH, PATCH) as int16 and the mask."""
    rng = np.random.default_rng([seed, 3])
    subject = Subject(int(rng.choice(TRAIN_SEEDS if seed < 10**6 else VALIDATION_SEEDS)))
    scan, spacing, pixel = draw_acquisition(rng)
    deposits = draw_scan_deposits(rng, subject)
    draw = rng.random()
    if draw < 0.5:
        focus = draw_stone(rng, subject)
    elif draw < 0.75:
        kind = rng.choice(list(MIMICS), p=[0.4, 0.2, 0.12, 0.13, 0.15])
        focus = MIMICS[kind](rng, subject)
    else:
        focus = None
    if focus is None:
        centre = np.array([rng.uniform(-150, 150), rng.uniform(-90, 100), rng.uniform(-175, 165)])
    else:
        deposits.append(focus)
        reach = focus.shape.reach()[2] + 0.3 * scan.thickness
        centre = focus.centre + [*rng.uniform(-0.4, 0.4, 2) * PATCH * pixel, rng.uniform(-reach, reach)]
    grid = Grid.centred(centre[0], centre[1], pixel, PATCH, PATCH)
    return synthetic_planes(rng, subject, scan, spacing, grid, centre[2], deposits)


def synthetic_planes(rng, subject: Subject, scan: Acquisition, spacing: float, grid: Grid, z: float, deposits: list):
    """(HU planes around height z as int16, stone mask of the middle one)."""
    # the scan's own slices that the three planes are interpolated from
    steps = np.array(OFFSETS_MM) / spacing
    indices = np.unique(np.concatenate([np.floor(steps), np.ceil(steps)]).astype(int))
    zs = z + spacing * indices
    hu = render_clean(subject, grid, zs, scan)
    label = insert_deposits(hu, grid, zs, scan, deposits, visible_half)
    hu += noise_slices(rng, hu.shape, grid.pixel, scan.noise)
    stack = []
    for at in np.interp(steps, indices, np.arange(len(indices))):
        low = int(at)
        high = min(low + 1, len(hu) - 1)
        stack.append(hu[low] + (hu[high] - hu[low]) * (at - low))
    middle = int(np.flatnonzero(indices == 0)[0])
    return np.clip(np.stack(stack), -1024, 3071).astype(np.int16), label[middle] > 0


def make_cache(folder: Path, name: str, seeds: range, workers: int) -> None:
    """Render the patches of `seeds` into shards `name-NNN.npz`."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        for number, first in enumerate(range(0, len(seeds), SHARD)):
            path = folder / f"{name}-{number:03d}.npz"
            if path.exists():
                continue
            patches = list(pool.map(synthetic_patch, seeds[first : first + SHARD], chunksize=8))
            np.savez(path, planes=np.stack([p for p, _ in patches]), mask=np.stack([m for _, m in patches]))
            print(f"{path.name}: {len(patches)} patches, {sum(m.any() for _, m in patches)} with stone", flush=True)


def load_cache(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """All shards of a name: planes (N, 3, PATCH, PATCH) and masks (N, PATCH, PATCH)."""
    shards = [np.load(path) for path in sorted(folder.glob(f"{name}-*.npz"))]
    return np.concatenate([s["planes"] for s in shards]), np.concatenate([s["mask"] for s in shards])


# -- real images -------------------------------------------------------------------


@dataclass
class Case:
    """One image with its neighbours: HU planes, stone mask, source scan, has a wide window."""

    planes: np.ndarray
    mask: np.ndarray
    scan: int
    wide: bool


def load_kssd(folder: Path = SHARED / "kssd") -> list[Case]:
    """All KSSD images as cases; empty, with a message, when the folder is not there.

    Grey becomes HU by the estimates in runs.csv (level 40, width 400 where there is
    none). The neighbours at +-2.5 mm are the adjacent images of the run, whose true
    distance is unknown. The wide window is missing: the images saturate.
    """
    if not folder.is_dir():
        print("KSSD images not found: going on without them")
        return []
    scale = {}
    for row in csv.DictReader((folder / "runs.csv").open()):
        width, level = float(row["est_window_width_HU"] or 400), float(row["est_window_level_HU"] or 40)
        scale[row["scan"], row["run"]] = (level - width / 2, width / 255)
    runs: dict = {}
    for row in csv.DictReader((folder / "images.csv").open()):
        runs.setdefault((row["scan"], row["run"]), []).append(row)
    cases = []
    for key, rows in runs.items():
        rows.sort(key=lambda row: int(row["position_in_run"]))
        low, step = scale[key]
        volume = []
        for row in rows:
            grey = np.array(Image.open(folder / row["image"]).convert("L"), np.float32)
            volume.append(np.where(grey >= 255, SATURATED_HU, low + step * grey))
        for index, row in enumerate(rows):
            mask = np.array(Image.open(folder / row["mask"]).convert("L")) > 0
            neighbours = [volume[max(index - 1, 0)], volume[index], volume[min(index + 1, len(rows) - 1)]]
            cases.append(Case(np.stack(neighbours).astype(np.int16), mask, int(key[0]), wide=False))
    return cases


def load_negative_ct(path: Path = SHARED / "acrin-abdomen" / "acrin-abdomen.zip") -> list[Case]:
    """The stone-free real CT slice by slice; empty, with a message, when the file is not there."""
    import pydicom

    if not path.is_file():
        print("stone-free CT not found: going on without it")
        return []
    slices = []
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.endswith(".dcm"):
                ds = pydicom.dcmread(io.BytesIO(archive.read(name)))
                hu = ds.pixel_array * np.float32(ds.RescaleSlope) + np.float32(ds.RescaleIntercept)
                slices.append((float(ds.ImagePositionPatient[2]), np.maximum(hu, -1024)))
    slices.sort(key=lambda item: item[0])
    volume = np.stack([hu for _, hu in slices])
    spacing = slices[1][0] - slices[0][0]
    nothing = np.zeros(volume.shape[1:], bool)
    return [Case(planes_of(volume, i, spacing).astype(np.int16), nothing, 0, wide=True) for i in range(len(volume))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=6000, help="training patches")
    parser.add_argument("--validation", type=int, default=400, help="validation patches")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=HERE / "cache")
    args = parser.parse_args()
    make_cache(args.cache, "validation", range(10**6, 10**6 + args.validation), args.workers)
    make_cache(args.cache, "train", range(args.count), args.workers)


if __name__ == "__main__":
    main()
