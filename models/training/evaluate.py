"""The figures of a weight file: real held-out scans, synthetic whole scans, the demo; thresholds and calibration.

    python evaluate.py --weights cache/final.pt --folds cache/folds.json --out figures.json

Thresholds come from the held-out folds (`folds.py`), the calibration from their candidates and from synthetic
validation scans; the test scans see neither. Real and synthetic results are never put into one number; the demo
is an example, not a measurement.
"""

import argparse
import json
import math
import pickle
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from scipy.optimize import minimize

import data
import make_demo
from anatomy import Subject
from candidates import candidates, match
from canvas import Grid
from folds import MIN_VOXELS, candidate_peaks, load, read_volume
from phantom import Acquisition, Scan, render
from stones import draw_scan_deposits, draw_stone

# A candidate hits a stone within this distance of its voxels.
REACH_MM = 2.0
SIZES_MM = ((0, 2), (2, 3), (3, 5), (5, 10), (10, math.inf))
# Stones put into a test scan beside what chance gives, so that few scans tell much.
MORE_STONES = 5
BINS = 10


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


def score_scan(scan: Scan, p: np.ndarray, threshold: float, grow: float) -> dict:
    """Hits by stone and what the false positives of one scan are."""
    stones = [d for d in scan.deposits if d.kind == "stone"]
    spacing = (scan.zs[1] - scan.zs[0], scan.grid.pixel, scan.grid.pixel)
    found, count = candidates(p, threshold, grow, MIN_VOXELS)
    present = [i for i in range(1, len(stones) + 1) if (scan.label == i).any()]
    hit, false = match(found, count, scan.label, len(stones), REACH_MM, spacing)
    kinds: dict = {}
    for centre in ndimage.center_of_mass(found > 0, found, false) if false else []:
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


# -- calibration -------------------------------------------------------------------


def logit(p: np.ndarray) -> np.ndarray:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return np.log(p / (1 - p))


def fit(peaks: list) -> tuple[float, float]:
    """(slope, offset) of Platt's calibration of candidates' peaks, by maximum likelihood with his soft targets."""
    x, y = logit(np.array([p for p, _ in peaks])), np.array([hit for _, hit in peaks], bool)
    target = np.where(y, (y.sum() + 1) / (y.sum() + 2), 1 / ((~y).sum() + 2))

    def loss(parameters):
        z = parameters[0] * x + parameters[1]
        return float(np.sum(np.logaddexp(0, z) - target * z))

    slope, offset = minimize(loss, [1.0, 0.0], method="Nelder-Mead").x
    return max(float(slope), 0.05), float(offset)


def reliability(peaks: list, slope: float, offset: float) -> dict:
    """Expected calibration error over bins of equal numbers, and the bins."""
    p = 1 / (1 + np.exp(-(slope * logit(np.array([p for p, _ in peaks])) + offset)))
    y = np.array([hit for _, hit in peaks], float)
    order = np.argsort(p, kind="stable")
    bins = [part for part in np.array_split(order, BINS) if len(part)]
    error = sum(len(part) * abs(p[part].mean() - y[part].mean()) for part in bins) / len(p)
    rows = [{"n": len(part), "said": round(float(p[part].mean()), 3), "stones": round(float(y[part].mean()), 3)} for part in bins]
    return {"n": len(p), "ece": round(float(error), 3), "brier": round(float(((p - y) ** 2).mean()), 3), "bins": rows}


def cross_fitted(peaks: list, parts: int = 5, seed: int = 1) -> dict:
    """Reliability of candidates that the calibration was not fitted on."""
    order = np.random.default_rng(seed).permutation(len(peaks))
    told = []
    for part in np.array_split(order, parts):
        rest = [peaks[i] for i in np.setdiff1d(order, part)]
        slope, offset = fit(rest)
        told += [(1 / (1 + math.exp(-(slope * float(logit(np.array(peaks[i][0]))) + offset))), peaks[i][1]) for i in part]
    return reliability(told, 1.0, 0.0)


def sentence(figures: dict) -> str:
    """The one honest sentence of the manifest."""
    k, s = figures.get("kssd_held_out"), figures["synthetic_test"]
    text = ""
    if k:
        text = (
            f"Real 8-bit kidney images of {k['scans']} KSSD2025 scans, each read by a network that had not seen it (n={k['images']} images, all with stone, "
            f"{k['outlines']} outlines): {k['sensitivity']:.0%} found at {k['false_positives_per_image']:.2f} false positives per image, Dice {k['mean_dice']:.2f}. "
        )
    return text + (
        f"Synthetic whole scans never trained on (n={s['scans']}, {s['stones']} stones): {s['sensitivity']:.0%} found at "
        f"{s['false_positives_per_scan']:.2f} false positives per scan. Not validated on real whole scans, nor clinically."
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "final.pt")
    parser.add_argument("--folds", type=Path, default=data.HERE / "cache" / "folds.json")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--scans", type=int, default=4, help="synthetic test scans")
    parser.add_argument("--validation-scans", type=int, default=1)
    parser.add_argument("--out", type=Path, default=data.HERE / "figures.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    net = load(args.weights)
    folds = json.loads(args.folds.read_text())
    threshold, grow = folds["threshold"], folds["grow_threshold"]

    def read(seed):
        scan = kept_scan(seed, args.cache)
        return scan, read_volume(net, scan.hu, scan.zs[1] - scan.zs[0])

    synthetic_peaks = []
    for seed in data.VALIDATION_SEEDS[-args.validation_scans :]:
        scan, p = read(seed)
        spacing = (scan.zs[1] - scan.zs[0], scan.grid.pixel, scan.grid.pixel)
        synthetic_peaks += candidate_peaks(p, (scan.label, int(scan.label.max())), spacing, REACH_MM)
    peaks = [(p, hit) for p, hit in folds["peaks"]] + synthetic_peaks
    slope, offset = fit(peaks)
    figures = {
        "settings": {"threshold": threshold, "grow_threshold": grow, "min_voxels": MIN_VOXELS,
                     "calibration": {"slope": round(slope, 4), "offset": round(offset, 4)}},
        "calibration": {
            "not_fitted_on": cross_fitted(peaks),
            "real": reliability(folds["peaks"], slope, offset),
            "synthetic": reliability(synthetic_peaks, slope, offset),
        },
    } | {k: folds[k] for k in ("kssd_held_out", "by_scan", "stone_free_held_out", "thresholds_by_fold", "curve")}  # fmt: skip
    test = []
    for seed in data.TEST_SEEDS[: args.scans]:
        scan, p = read(seed)
        test.append(score_scan(scan, p, threshold, grow))
        print(seed, test[-1], flush=True)
    figures["synthetic_test"] = scan_figures(test)
    scan = make_demo.demo_scan()
    score = score_scan(scan, read_volume(net, scan.hu, scan.zs[1] - scan.zs[0]), threshold, grow)
    figures["demo"] = {"stones": score["stones"], "false_positives": score["false"], "false_positives_by_kind": score["false_kinds"]}
    figures["sentence"] = sentence(figures)
    args.out.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps({k: v for k, v in figures.items() if k != "curve"}, indent=1))


if __name__ == "__main__":
    main()
