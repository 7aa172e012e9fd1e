"""Synthetic whole scans that training never saw: rendered once, and scored."""

import math
import pickle
from pathlib import Path

import numpy as np

from anatomy import Subject
from candidates import Candidate, match
from canvas import Grid
from phantom import Acquisition, Scan, render
from stones import draw_scan_deposits, draw_stone

# A candidate hits a stone within this distance of its voxels.
REACH_MM = 2.0
SIZES_MM = ((0, 2), (2, 3), (3, 5), (5, 10), (10, math.inf))
# Stones put into a test scan beside what chance gives, so that few scans tell much.
MORE_STONES = 5


def synthetic_scan(seed: int) -> Scan:
    """A whole scan of a subject that training never saw, 2.5 to 5 mm slices, with stones and mimics."""
    rng = np.random.default_rng([seed, 4])
    subject = Subject(seed)
    spacing = float(rng.choice([2.5, 3.0, 5.0], p=[0.5, 0.25, 0.25]))
    acquisition = Acquisition(spacing, rng.uniform(0.5, 0.8), float(np.clip(rng.lognormal(np.log(14), 0.35), 6, 30)))
    deposits = draw_scan_deposits(rng, subject) + [draw_stone(rng, subject) for _ in range(MORE_STONES)]
    grid = Grid.centred(0, 15, rng.uniform(0.84, 0.98), 424, 352)
    return render(subject, grid, np.arange(-172, 165, spacing), acquisition, deposits, rng)


def kept_scan(seed: int, cache: Path) -> Scan:
    """The same, from the cache if it was rendered before."""
    path = cache / f"scan-{seed}.pickle"
    if not path.is_file():
        path.write_bytes(pickle.dumps(synthetic_scan(seed)))
    return pickle.loads(path.read_bytes())


def score_scan(scan: Scan, kept: list[Candidate]) -> dict:
    """Hits by stone and what the false positives of one scan are, of the candidates that are shown."""
    stones = [d for d in scan.deposits if d.kind == "stone"]
    spacing = (scan.zs[1] - scan.zs[0], scan.grid.pixel, scan.grid.pixel)
    found = np.zeros(scan.label.shape, int)
    for number, candidate in enumerate(kept, 1):
        found[tuple(candidate.voxels.T)] = number
    present = [i for i in range(1, len(stones) + 1) if (scan.label == i).any()]
    hit, false = match(found, len(kept), scan.label, len(stones), REACH_MM, spacing)
    kinds: dict = {}
    for centre in (kept[number - 1].voxels.mean(axis=0) for number in false):
        at = np.array([scan.grid.x()[int(centre[2])], scan.grid.y()[int(centre[1])], np.interp(centre[0], np.arange(len(scan.zs)), scan.zs)])
        near = [d.kind for d in scan.deposits if d.kind != "stone" and np.linalg.norm(d.centre - at) < d.max_diameter / 2 + 4]
        name = near[0] if near else "anatomy"
        kinds[name] = kinds.get(name, 0) + 1
    return {
        "stones": [(round(stones[i - 1].max_diameter, 2), bool(hit[i - 1])) for i in present],
        "slice_mm": spacing[0],
        "false": len(false),
        "false_kinds": kinds,
    }


def by_size(stones: list[tuple[float, bool]]) -> list[dict]:
    """Found out of present in each size class."""
    rows = []
    for low, high in SIZES_MM:
        hits = [hit for size, hit in stones if low <= size < high]
        if hits:
            rows.append({"size": f">={low} mm" if high == math.inf else f"{low}-{high} mm", "n": len(hits), "found": sum(hits)})
    return rows


def scan_figures(scores: list[dict]) -> dict:
    """Per-stone sensitivity and false positives per scan of whole scans."""
    stones = [s for score in scores for s in score["stones"]]
    kinds: dict = {}
    for score in scores:
        for kind, count in score["false_kinds"].items():
            kinds[kind] = kinds.get(kind, 0) + count
    return {
        "scans": len(scores),
        "stones": len(stones),
        "found": sum(hit for _, hit in stones),
        "sensitivity": round(sum(hit for _, hit in stones) / max(len(stones), 1), 3),
        "false_positives_per_scan": round(sum(s["false"] for s in scores) / max(len(scores), 1), 2),
        "false_positives_by_kind": kinds,
        "by_size": by_size(stones),
        "by_slice": [
            {"slice_mm": t} | {k: v for k, v in scan_figures([s for s in scores if s["slice_mm"] == t]).items() if k in ("scans", "stones", "found")}
            for t in sorted({s["slice_mm"] for s in scores})
        ]
        if len({s["slice_mm"] for s in scores}) > 1
        else [],
    }
