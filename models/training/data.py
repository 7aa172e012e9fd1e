"""Synthetic training patches, and what the network is shown of HU.

    python data.py --count 2400 --workers 2

writes `cache/validation-NNN.npz` and `cache/train-NNN.npz`, of SHARD places each; files
that exist are kept. Every source (the real ones are in `real.py`) yields the same
thing: HU of three planes (-2.5, 0, +2.5 mm along the slice normal) and the stone
mask of the middle one. `to_input` turns HU into the four channels of the network.
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from scipy import ndimage

from anatomy import Subject
from canvas import Grid
from phantom import Acquisition, insert_deposits, noise_slices, render_clean
from stones import MIMICS, draw_cluster, draw_scan_deposits, draw_stone

OFFSETS_MM = (-2.5, 0.0, 2.5)
SOFT_HU = (-140.0, 260.0)
WIDE_HU = (-200.0, 1400.0)
PATCH = 160
# Places in a file of the cache, and patches made of each place.
SHARD = 80
VARIANTS = 3
# Of the synthetic patches, with contrast medium in the blood, and in the bowel.
ENHANCED_SHARE, FILLED_SHARE = 0.1, 0.12
# What the mimics at the middle of a patch are, in the order of MIMICS, and dense bowel content in a scan beside that.
MIMIC_SHARES = [0.27, 0.15, 0.3, 0.08, 0.2]
PILLS = 0.8
# Of the patches with a stone, those that show a staghorn stone or many pieces.
CLUSTER_SHARE = 0.3
# Grey at which masks of 8-bit images begin (KSSD's lie between 160 and 206).
MASK_GREY = (160, 195)
HERE = Path(__file__).parent
SHARED = HERE.parents[2] / "shared" / "data"

# Synthetic subjects: disjoint seeds for each purpose (the demo's seed is in make_demo.py).
TRAIN_SEEDS = range(1000, 2500)
VALIDATION_SEEDS = range(5000, 5300)
TEST_SEEDS = range(9000, 9100)


def window(hu: np.ndarray, low: float, high: float) -> np.ndarray:
    """HU mapped linearly to 0..1 and clamped."""
    return np.clip((hu - low) / (high - low), 0, 1)


def to_input(planes: np.ndarray, wide: bool = True) -> np.ndarray:
    """Network input (..., 4, H, W) from HU planes (..., 3, H, W); without `wide` channel 3 is 0."""
    soft = window(planes, *SOFT_HU)
    middle = window(planes[..., 1:2, :, :], *WIDE_HU) * (1.0 if wide else 0.0)
    return np.concatenate([soft, middle], axis=-3).astype(np.float32)


def planes_of(volume: np.ndarray, index: int, spacing: float, offsets=OFFSETS_MM) -> np.ndarray:
    """The HU planes around a slice: linear interpolation, edge slices replicated."""
    planes = []
    for offset in offsets:
        at = np.clip(index + offset / spacing, 0, len(volume) - 1)
        low = int(np.floor(at))
        high = min(low + 1, len(volume) - 1)
        planes.append(volume[low] + (volume[high] - volume[low]) * np.float32(at - low))
    return np.stack(planes)


def exported(rng, planes: np.ndarray, mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same as an 8-bit export: clipped to a window, the mask at a grey level, as such images are marked."""
    width = rng.uniform(250, 480)
    low = rng.uniform(20, 100) - width / 2
    top = low + width
    level = low + rng.uniform(*MASK_GREY) * width / 255
    if mask.any():
        mask = (planes[1] >= level) & ndimage.binary_dilation(mask, iterations=2)
    planes = np.clip(planes, low, top)
    if rng.random() < 0.3:
        planes = np.where(planes >= top, top + rng.uniform(0, 900), planes)
    return planes, mask


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


def synthetic_patches(seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """VARIANTS patches of one place: HU planes (3, PATCH, PATCH) as int16 and the mask of each.

    The anatomy, which costs the time, is rendered once. The first patch shows a body at its middle (or none), the
    second another of its kind near there, the third none; noise and the other bodies differ as well.
    """
    rng = np.random.default_rng([seed, 3])
    subject = Subject(int(rng.choice(TRAIN_SEEDS if seed < 10**6 else VALIDATION_SEEDS)))
    if rng.random() < ENHANCED_SHARE:
        subject.enhance(rng)
    if rng.random() < FILLED_SHARE:
        subject.fill_bowel(rng)
    scan, spacing, pixel = draw_acquisition(rng)
    draw = rng.random()
    if draw < 0.5:
        kind = draw_stone
    elif draw < 0.9:
        kind = MIMICS[rng.choice(list(MIMICS), p=MIMIC_SHARES)]
    else:
        kind = None
    if kind is None:
        focus = []
        centre = np.array([rng.uniform(-150, 150), rng.uniform(-90, 100), rng.uniform(-175, 165)])
    else:
        focus = [kind(rng, subject)]
        reach = focus[0].shape.reach()[2] + 0.3 * scan.thickness
        centre = focus[0].centre + [*rng.uniform(-0.4, 0.4, 2) * PATCH * pixel, rng.uniform(-reach, reach)]
    grid = Grid.centred(centre[0], centre[1], pixel, PATCH, PATCH)
    # the scan's own slices that the three planes are interpolated from
    steps = np.array(OFFSETS_MM) / spacing
    indices = np.unique(np.concatenate([np.floor(steps), np.ceil(steps)]).astype(int))
    zs = centre[2] + spacing * indices
    clean = render_clean(subject, grid, zs, scan)
    patches = []
    for variant in range(VARIANTS):
        bodies = draw_scan_deposits(rng, subject) + [MIMICS["bowel content"](rng, subject) for _ in range(rng.poisson(PILLS))]
        if kind is draw_stone and rng.random() < CLUSTER_SHARE:
            cluster = draw_cluster(rng, subject)
            if variant < 2:
                # where the patch looks, also when that is not its kidney
                for body in cluster:
                    body.centre = body.centre + focus[0].centre - cluster[0].centre
            bodies += cluster
        elif focus and variant == 0:
            bodies += focus
        elif focus and variant == 1:
            other = kind(rng, subject)
            other.tail = None
            other.centre = focus[0].centre + rng.normal(0, 1.5, 3)
            bodies.append(other)
        hu = clean.copy()
        label = insert_deposits(hu, grid, zs, scan, bodies, visible_half)
        hu += noise_slices(rng, hu.shape, grid.pixel, scan.noise)
        middle = int(np.flatnonzero(indices == 0)[0])
        planes = planes_of(np.clip(hu, -1024, 3071), middle, spacing)
        patches.append((planes.astype(np.int16), label[middle] > 0))
    return patches


def make_cache(folder: Path, name: str, seeds: range, workers: int) -> None:
    """Render the patches of `seeds` into shards `name-NNN.npz`."""
    folder.mkdir(parents=True, exist_ok=True)
    with ProcessPoolExecutor(workers) as pool:
        for number, first in enumerate(range(0, len(seeds), SHARD)):
            path = folder / f"{name}-{number:03d}.npz"
            if path.exists():
                continue
            groups = pool.map(synthetic_patches, seeds[first : first + SHARD])
            patches = [patch for group in groups for patch in group]
            np.savez(path, planes=np.stack([p for p, _ in patches]), mask=np.stack([m for _, m in patches]))
            print(f"{path.name}: {len(patches)} patches, {sum(m.any() for _, m in patches)} with stone", flush=True)


def load_cache(folder: Path, name: str) -> tuple[np.ndarray, np.ndarray]:
    """All shards of a name: planes (N, 3, PATCH, PATCH) and masks (N, PATCH, PATCH)."""
    shards = [np.load(path) for path in sorted(folder.glob(f"{name}-*.npz"))]
    return np.concatenate([s["planes"] for s in shards]), np.concatenate([s["mask"] for s in shards])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=2400, help="places in training subjects")
    parser.add_argument("--validation", type=int, default=80, help="places in validation subjects")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=HERE / "cache")
    args = parser.parse_args()
    make_cache(args.cache, "validation", range(10**6, 10**6 + args.validation), args.workers)
    make_cache(args.cache, "train", range(args.count), args.workers)


if __name__ == "__main__":
    main()
