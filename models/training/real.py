"""Real images: KSSD2025 by run, two stone-free CTs, and stones put into those.

    python real.py --count 900

writes `cache/inserted-acrin-000.npz` and `cache/inserted-tcga-000.npz`: patches of the real scans with
stones at places of their urinary tracts (and vein stones beside them), blended by occupancy.
"""

import argparse
import csv
import io
import pickle
import zipfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from PIL import Image

from canvas import Grid
from data import CLUSTER_SHARE, HERE, PATCH, SHARED, planes_of
from phantom import noise_slices
from stones import Deposit, Shape, draw_pieces, draw_size, draw_stone_hu

# KSSD scans by fold; pairs that may be one person (1 and 19, 2 and 23) stay together.
FOLDS = {"a": (1, 19, 4, 9, 13), "b": (2, 23, 3, 8, 21), "c": (7, 20, 25, 27)}
# The stone-free scans that each fold leaves out of its training, too.
FOLD_CT = {"a": ("acrin",), "b": ("tcga",), "c": ()}
# Soft tissue without contrast, and the window's width where fat is clipped and nothing else is known.
SOFT_TISSUE_HU, UNKNOWN_WIDTH_HU = 45.0, 300.0
# Distance of neighbouring KSSD images where one must be assumed, mm.
KSSD_SPACING_MM = 3.0
# Their pixels where a size must be assumed, mm.
KSSD_PIXEL_MM = 0.75
STONE_FREE = ("acrin", "tcga")

# The tract in the stone-free scans, seen by eye: slice index, then column and row on the right and on the left side.
KIDNEYS = {
    "acrin": [(26, 197, 328, 329, 328), (30, 192, 331, 303, 331), (34, 162, 320, 316, 323), (38, 175, 320, 306, 320), (42, 172, 320, 316, 315), (46, 162, 315, 331, 312)],
    "tcga": [(10, 195, 302, 330, 302), (13, 182, 298, 334, 302), (16, 171, 295, 339, 295), (19, 177, 270, 341, 277), (22, 177, 269, 334, 278)],
}  # fmt: skip
URETERS = {
    "acrin": [(48, 202, 295, 280, 295), (65, 202, 290, 278, 290), (75, 200, 292, 280, 292), (88, 195, 310, 285, 310), (96, 192, 300, 242, 300)],
    "tcga": [(24, 220, 258, 292, 258), (34, 220, 255, 292, 255), (46, 216, 265, 296, 265), (52, 222, 290, 300, 290), (57, 235, 300, 291, 300)],
}  # fmt: skip
PELVIS = {"acrin": (82, 97), "tcga": (46, 60)}


@dataclass
class Run:
    """Neighbouring KSSD images: grey and stone masks (n, H, W), scan number, HU = low + grey * width / 255.

    `soft` is the grey of soft tissue where fat is clipped and the width is a guess, else None.
    """

    grey: np.ndarray
    masks: np.ndarray
    scan: int
    low: float
    width: float
    soft: float | None

    def planes(self, index: int, low: float, width: float, spacing: float, box=(slice(None), slice(None))) -> np.ndarray:
        """HU planes (3, H, W) of a box around an image when `spacing` mm lie between neighbours."""
        reach = int(np.ceil(2.5 / spacing)) + 1
        first = max(0, index - reach)
        grey = self.grey[(slice(first, index + reach + 1), *box)].astype(np.float32)
        return planes_of(low + grey * np.float32(width / 255), index - first, spacing)


def load_kssd(folder: Path = SHARED / "kssd") -> list[Run]:
    """All KSSD runs; empty, with a message, when the folder is not there.

    Grey becomes HU by fat and soft tissue (runs.csv). Where fat is clipped, the window's width is a guess.
    """
    if not folder.is_dir():
        print("KSSD images not found: going on without them")
        return []
    images: dict = {}
    for row in csv.DictReader((folder / "images.csv").open()):
        images.setdefault((row["scan"], row["run"]), []).append(row)
    runs = []
    for row in csv.DictReader((folder / "runs.csv").open()):
        rows = sorted(images[row["scan"], row["run"]], key=lambda r: int(r["position_in_run"]))
        grey = np.stack([np.array(Image.open(folder / r["image"]).convert("L")) for r in rows])
        masks = np.stack([np.array(Image.open(folder / r["mask"]).convert("L")) > 0 for r in rows])
        soft = None
        if row["est_window_width_HU"]:
            width = float(row["est_window_width_HU"])
            low = float(row["est_window_level_HU"]) - width / 2
        else:
            soft, width = float(row["soft_tissue_grey_peak"]), UNKNOWN_WIDTH_HU
            low = SOFT_TISSUE_HU - soft * width / 255
        runs.append(Run(grey, masks, int(row["scan"]), low, width, soft))
    return runs


@dataclass
class StoneFree:
    """A real CT without stones: HU (z, row, column) from head to foot, distances in mm."""

    name: str
    hu: np.ndarray
    spacing: float
    thickness: float
    pixel: float


def load_stone_free(folder: Path = SHARED) -> dict[str, StoneFree]:
    """acrin-abdomen and tcga-coad-abdomen; a missing one is left out with a message."""
    import pydicom

    scans = {}
    for name, place in (("acrin", "acrin-abdomen/acrin-abdomen.zip"), ("tcga", "tcga-coad-abdomen/dicom")):
        path = folder / place
        if path.is_dir():
            blobs = [file.read_bytes() for file in sorted(path.glob("*.dcm"))]
        elif path.is_file():
            with zipfile.ZipFile(path) as archive:
                blobs = [archive.read(entry) for entry in archive.namelist() if entry.endswith(".dcm")]
        else:
            print(f"{place} not found: going on without it")
            continue
        files = [pydicom.dcmread(io.BytesIO(blob)) for blob in blobs]
        files.sort(key=lambda ds: -float(ds.ImagePositionPatient[2]))
        hu = np.stack([ds.pixel_array * np.float32(ds.RescaleSlope) + np.float32(ds.RescaleIntercept) for ds in files])
        spacing = float(files[0].ImagePositionPatient[2]) - float(files[1].ImagePositionPatient[2])
        scans[name] = StoneFree(name, np.clip(hu, -1024, 3071).astype(np.int16), spacing, float(files[0].SliceThickness), float(files[0].PixelSpacing[0]))
    return scans


def kept(cache: Path, shared: Path = SHARED) -> tuple[list[Run], dict[str, StoneFree]]:
    """All real images, decoded once and kept in the cache."""
    path = cache / "real.pickle"
    if not path.is_file():
        path.write_bytes(pickle.dumps((load_kssd(shared / "kssd"), load_stone_free(shared))))
    return pickle.loads(path.read_bytes())


# -- stones put into real scans ----------------------------------------------------


def site(rng, scan: StoneFree) -> tuple[np.ndarray, str]:
    """A place of the scan's urinary tract, or of the veins beside it: (slice, column, row) and what may lie there."""
    draw = rng.random()
    table, spread = (KIDNEYS, 9.0) if draw < 0.6 else (URETERS, 3.0)
    knots = np.array(table[scan.name], float)
    kind = "stone"
    if draw < 0.85:
        z = rng.uniform(knots[0, 0], knots[-1, 0])
    else:
        kind, z = "phlebolith", rng.uniform(*PELVIS[scan.name])
    side = rng.integers(2)
    column, row = (np.interp(z, knots[:, 0], knots[:, 1 + 2 * side + k]) for k in range(2))
    if kind == "phlebolith":
        # well outside the ureter's course
        column += (1 if side else -1) * rng.uniform(9, 30)
        row += rng.uniform(-12, 18)
    return np.array([z, column + rng.normal(0, spread), row + rng.normal(0, spread)]), kind


def bodies_at(rng, kind: str, centre: np.ndarray) -> list[Deposit]:
    """What is put at a place: one stone or vein stone, now and then many pieces."""
    if kind == "stone" and rng.random() < CLUSTER_SHARE:
        return draw_pieces(rng, centre, rng.integers(3, 12), rng.uniform(3, 7))
    size = draw_size(rng) if kind == "stone" else rng.uniform(2, 6)
    value = draw_stone_hu(rng)[1] if kind == "stone" else rng.uniform(150, 900)
    return [Deposit(kind, centre, Shape.draw(rng, size, rng.uniform(0.55, 1, 2)), value, size, rim=rng.choice([0, 1.0]))]


def inserted_patch(scan: StoneFree, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """A patch of a real scan around a body put into it: HU planes (3, PATCH, PATCH) as int16 and the stone mask."""
    rng = np.random.default_rng([seed, 6])
    while True:
        (z, column, row), kind = site(rng, scan)
        around = scan.hu[round(z), round(row) - 1 : round(row) + 2, round(column) - 1 : round(column) + 2]
        if -60 <= around.mean() <= 260:
            break
    index = round(z)
    left, top = (int(np.clip(at - PATCH / 2 + rng.uniform(-40, 40), 0, 512 - PATCH)) for at in (column, row))
    first = max(0, index - 3)
    hu = scan.hu[first : index + 4, top : top + PATCH, left : left + PATCH].astype(np.float32)
    grid = Grid(left * scan.pixel, top * scan.pixel, scan.pixel, PATCH, PATCH)
    zs = (first + np.arange(len(hu))) * scan.spacing
    centre = np.array([column * scan.pixel, row * scan.pixel, z * scan.spacing])
    sigma = rng.uniform(0.55, 0.8)
    label = np.zeros(hu.shape, bool)
    for body in bodies_at(rng, kind, centre):
        placed = body.insert(hu, grid, zs, scan.thickness, sigma)
        if placed and placed[1].max() > 0:
            box, share = placed
            hu[box] += noise_slices(rng, hu.shape, scan.pixel, 15.0)[box] * np.sqrt(share * (1 - np.minimum(share, 1)))
            if body.kind == "stone":
                label[box] |= share >= 0.5 * share.max()
    planes = planes_of(np.clip(hu, -1024, 3071), index - first, scan.spacing)
    return planes.astype(np.int16), label[index - first]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=900, help="patches from each scan")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=HERE / "cache")
    parser.add_argument("--shared", type=Path, default=SHARED)
    args = parser.parse_args()
    for name, scan in kept(args.cache, args.shared)[1].items():
        with ProcessPoolExecutor(args.workers) as pool:
            patches = list(pool.map(partial(inserted_patch, scan), range(args.count), chunksize=5))
        np.savez(args.cache / f"inserted-{name}-000.npz", planes=np.stack([p for p, _ in patches]), mask=np.stack([m for _, m in patches]))
        print(f"{name}: {len(patches)} patches, {sum(m.any() for _, m in patches)} with stone", flush=True)


if __name__ == "__main__":
    main()
