"""Real held-out scans: what the three fold models say of the KSSD scans and the stone-free CT they never saw.

    python folds.py                          # after train.py --fold a, b, c; writes cache/folds.json
    python folds.py --weights cache/synthetic.pt --name synthetic

What each fold's network says is kept in `cache/NAME-FOLD.json` and not asked again.

Each KSSD scan is read by the model of the fold that left it out, as `lithoscope predict` reads it: runs as
series (neighbours KSSD_SPACING_MM apart), only voxels that the floor lets through. Outlines are stones in an
image, counted from 4 pixels. Thresholds for a fold are chosen on the two other folds.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

import data
import real
from candidates import candidates, match
from net import UNet

FLOOR_HU, FLOOR_REACH = 110, 1
MIN_VOXELS = 2
THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.98)
GROWS = (0.3, 0.5, 0.7)
SETTINGS = [(t, g) for g in GROWS for t in THRESHOLDS if t >= g]
# An outline is hit within this distance, in pixels: KSSD has no millimetres.
REACH_PX = 3.0
AREAS_PX = ((4, 20), (20, 60), (60, 200), (200, np.inf))


def wanted(hu: np.ndarray) -> np.ndarray:
    """Pixels that can belong to a finding (the manifest's floor), slice by slice."""
    size = 2 * FLOOR_REACH + 1
    return ndimage.maximum_filter(hu, (1, size, size)) >= FLOOR_HU


def probability(net: UNet, planes: np.ndarray) -> np.ndarray:
    """Probability of one image; edges padded with zero channels to a multiple of 8."""
    x = data.to_input(planes.astype(np.float32))
    _, rows, columns = x.shape
    x = np.pad(x, ((0, 0), (0, -rows % 8), (0, -columns % 8)))
    with torch.inference_mode():
        return torch.sigmoid(net(torch.from_numpy(x)[None]))[0, 0, :rows, :columns].numpy()


def read_volume(net: UNet, hu: np.ndarray, spacing: float) -> np.ndarray:
    """Probability of every voxel (z, H, W), 0 where the floor lets nothing through."""
    p = np.zeros(hu.shape, np.float16)
    allowed = wanted(hu)
    for k in np.flatnonzero(allowed.any(axis=(1, 2))):
        p[k] = probability(net, data.planes_of(hu.astype(np.float32), k, spacing))
    return np.where(allowed, p, np.float16(0))


def load(path: Path) -> UNet:
    net = UNet()
    net.load_state_dict(torch.load(path))
    return net.eval()


def run_hu(run: real.Run) -> np.ndarray:
    """HU of a run (n, H, W) by its own estimate, as it would be written to DICOM."""
    return np.rint(run.low + run.grey.astype(np.float32) * np.float32(run.width / 255))


def image_scores(p: np.ndarray, run: real.Run, threshold: float, grow: float) -> list[dict]:
    """`image_rows` of a run's probabilities."""
    found, _ = candidates(p, threshold, grow, MIN_VOXELS)
    return image_rows(found > 0, run)


def image_rows(found: np.ndarray, run: real.Run) -> list[dict]:
    """For each image of a run, of which `found` (n, H, W) is marked: its outlines' areas and which were hit, false positives, overlap."""
    rows = []
    for plane, mask in zip(found, run.masks):
        truth, stones = ndimage.label(mask, np.ones((3, 3)))
        areas = np.bincount(truth.ravel(), minlength=stones + 1)[1:]
        marks, count = ndimage.label(plane, np.ones((3, 3)))
        hit, wrong = match(marks, count, truth, stones, REACH_PX, (1.0, 1.0))
        rows.append(
            {
                "scan": run.scan,
                "outlines": [(int(a), bool(h)) for a, h in zip(areas, hit) if a >= AREAS_PX[0][0]],
                "false": len(wrong),
                "both": int((plane & mask).sum()),
                "either": int(plane.sum() + mask.sum()),
            }
        )
    return rows


def summary(rows: list[dict]) -> dict:
    """Per-outline sensitivity, false positives an image, Dice (mean of images; of all pixels), by area."""
    outlines = [o for row in rows for o in row["outlines"]]
    by_area = []
    for low, high in AREAS_PX:
        hits = [hit for area, hit in outlines if low <= area < high]
        by_area.append({"size": f"{low}-{high} px" if high < np.inf else f">={low} px", "n": len(hits), "found": sum(hits)})
    return {
        "scans": len({row["scan"] for row in rows}),
        "images": len(rows),
        "outlines": len(outlines),
        "found": sum(hit for _, hit in outlines),
        "sensitivity": round(sum(hit for _, hit in outlines) / max(1, len(outlines)), 3),
        "false_positives_per_image": round(sum(row["false"] for row in rows) / max(1, len(rows)), 3),
        "mean_dice": round(float(np.mean([2 * row["both"] / max(1, row["either"]) for row in rows])), 3),
        "pooled_dice": round(sum(2 * row["both"] for row in rows) / max(1, sum(row["either"] for row in rows)), 3),
        "by_area": by_area,
    }


def utility(rows: list[dict], marks: list[int]) -> float:
    """What thresholds are chosen by: outlines found and Dice, less half of the false positives an image and a fiftieth of
    the marks in each scan without stones."""
    s = summary(rows)
    return s["sensitivity"] + s["mean_dice"] - 0.5 * s["false_positives_per_image"] - 0.02 * sum(marks)


def interval(rows: list[dict], value, seed: int = 1, draws: int = 2000) -> list[float]:
    """95 % interval of `value(rows)` by bootstrap over scans."""
    rng = np.random.default_rng(seed)
    scans = sorted({row["scan"] for row in rows})
    of = {scan: [row for row in rows if row["scan"] == scan] for scan in scans}
    values = [value([row for scan in rng.choice(scans, len(scans)) for row in of[scan]]) for _ in range(draws)]
    return [round(float(v), 3) for v in np.quantile(values, (0.025, 0.975))]


def read_fold(net: UNet, fold: str, shared: Path) -> dict:
    """What a network says of a fold's real scans: image rows by setting, candidates in stone-free CT, peaks of candidates."""
    rows: dict = {f"{t}/{g}": [] for t, g in SETTINGS}
    peaks, stone_free = [], {}
    for run in (run for run in real.load_kssd(shared / "kssd") if run.scan in real.FOLDS[fold]):
        p = read_volume(net, run_hu(run), real.KSSD_SPACING_MM)
        for t, g in SETTINGS:
            rows[f"{t}/{g}"] += image_scores(p, run, t, g)
        peaks += candidate_peaks(p, ndimage.label(run.masks, np.ones((3, 3, 3))), (1.0, 1.0, 1.0), REACH_PX)
    for name, scan in real.load_stone_free(shared).items():
        if name in real.FOLD_CT[fold]:
            p = read_volume(net, scan.hu, scan.spacing)
            stone_free[name] = {f"{t}/{g}": candidates(p, t, g, MIN_VOXELS)[1] for t, g in SETTINGS}
            peaks += candidate_peaks(p, (np.zeros(scan.hu.shape, int), 0), (1.0, 1.0, 1.0), REACH_PX)
    return {"rows": rows, "stone_free": stone_free, "peaks": [[round(p, 5), bool(hit)] for p, hit in peaks]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, help="one file for all folds, that saw no real scan")
    parser.add_argument("--name", default="folds")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    args = parser.parse_args()
    torch.set_num_threads(1)
    told = {}
    for fold in real.FOLDS:
        kept = args.cache / f"{args.name}-{fold}.json"
        if not kept.is_file():
            weights = args.weights or args.cache / f"fold-{fold}.pt"
            if not weights.is_file():
                print(f"{weights.name} is not there yet")
                return
            kept.write_text(json.dumps(read_fold(load(weights), fold, args.shared)))
        told[fold] = json.loads(kept.read_text())

    def pooled(setting, folds):
        t, g = setting
        return [row for fold in folds for row in told[fold]["rows"][f"{t}/{g}"]]

    def worth(setting, folds):
        t, g = setting
        return utility(pooled(setting, folds), [counts[f"{t}/{g}"] for fold in folds for counts in told[fold]["stone_free"].values()])

    held_out, chosen = [], {}
    for fold in told:
        others = [f for f in told if f != fold]
        chosen[fold] = max(SETTINGS, key=lambda s: worth(s, others))
        held_out += pooled(chosen[fold], [fold])
    t, g = max(SETTINGS, key=lambda s: worth(s, told))
    stone_free = {name: counts for fold in told.values() for name, counts in fold["stone_free"].items()}
    result = {
        "kssd_held_out": summary(held_out)
        | {
            "sensitivity_interval": interval(held_out, lambda rows: summary(rows)["sensitivity"]),
            "mean_dice_interval": interval(held_out, lambda rows: summary(rows)["mean_dice"]),
        },
        "thresholds_by_fold": chosen,
        "by_scan": {scan: summary([r for r in held_out if r["scan"] == scan]) for scan in sorted({r["scan"] for r in held_out})},
        "threshold": t,
        "grow_threshold": g,
        "curve": [{"threshold": t, "grow": g} | {k: v for k, v in summary(pooled((t, g), told)).items() if k != "by_area"} for t, g in SETTINGS],
        "stone_free_held_out": {name: counts[f"{t}/{g}"] for name, counts in stone_free.items()},
        "stone_free_counts": stone_free,
        "peaks": [peak for fold in told.values() for peak in fold["peaks"]],
    }
    (args.cache / f"{args.name}.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({k: v for k, v in result.items() if k not in ("peaks", "curve")}, indent=1))


def candidate_peaks(p: np.ndarray, labelled, spacing, reach: float, grow: float = 0.15) -> list[tuple[float, bool]]:
    """(peak, is a stone) of every candidate of a volume down to a peak of `grow`, for calibration."""
    truth, stones = labelled
    found, count = candidates(p, grow, grow, MIN_VOXELS)
    _, wrong = match(found, count, truth, stones, reach, spacing)
    tops = ndimage.maximum(p.astype(np.float32), found, np.arange(1, count + 1)) if count else []
    return [(float(top), k not in wrong) for k, top in enumerate(tops, 1)]


if __name__ == "__main__":
    main()
