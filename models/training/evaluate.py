"""Evaluate weights: held-out KSSD scans, held-out synthetic scans, the demo.

    python evaluate.py --weights cache/weights.pt --out figures.json

The threshold is chosen on validation images only. Real and synthetic results are
never put into one number; the demo is an example, not a measurement.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

import data
import make_demo
from anatomy import Subject
from candidates import candidates, match
from canvas import Grid
from net import UNet
from phantom import Acquisition, Scan, render
from stones import draw_scan_deposits

GROW, MIN_VOXELS = 0.3, 2
THRESHOLDS = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
# A candidate hits a stone within this distance of its voxels.
REACH_MM = 2.0
SIZES_MM = ((0, 2), (2, 3), (3, 5), (5, 10), (10, math.inf))
# KSSD has no millimetres: size classes in pixels of stone area in the image.
AREAS_PX = ((4, 20), (20, 60), (60, 200), (200, math.inf))


def probability(net: UNet, planes: np.ndarray, wide: bool) -> np.ndarray:
    """Probability of one image; edges padded with zero channels to a multiple of 8."""
    x = data.to_input(planes.astype(np.float32), wide)
    _, rows, columns = x.shape
    x = np.pad(x, ((0, 0), (0, -rows % 8), (0, -columns % 8)))
    with torch.inference_mode():
        return torch.sigmoid(net(torch.from_numpy(x)[None]))[0, 0, :rows, :columns].numpy()


def read_scan(net: UNet, scan: Scan) -> np.ndarray:
    """Probability of every voxel of a scan."""
    spacing = scan.zs[1] - scan.zs[0]
    return np.stack([probability(net, data.planes_of(scan.hu, i, spacing), True) for i in range(len(scan.zs))])


def synthetic_scan(seed: int) -> Scan:
    """A whole scan of a subject that training never saw, 2.5 to 5 mm slices."""
    rng = np.random.default_rng([seed, 4])
    subject = Subject(seed)
    spacing = float(rng.choice([2.5, 3.0, 5.0], p=[0.5, 0.25, 0.25]))
    acquisition = Acquisition(spacing, rng.uniform(0.5, 0.8), float(np.clip(rng.lognormal(np.log(14), 0.35), 6, 30)))
    grid = Grid.centred(0, 15, rng.uniform(0.84, 0.98), 448, 448)
    zs = np.arange(-172, 165, spacing)
    return render(subject, grid, zs, acquisition, draw_scan_deposits(rng, subject), rng)


def score_scan(scan: Scan, p: np.ndarray, threshold: float) -> dict:
    """Hits by stone and what the false positives of one scan are."""
    stones = [d for d in scan.deposits if d.kind == "stone"]
    spacing = (scan.zs[1] - scan.zs[0], scan.grid.pixel, scan.grid.pixel)
    found, count = candidates(p, threshold, GROW, MIN_VOXELS)
    present = [i for i in range(1, len(stones) + 1) if (scan.label == i).any()]
    hit, false = match(found, count, scan.label, len(stones), REACH_MM, spacing)
    centres = ndimage.center_of_mass(found > 0, found, false) if false else []
    mimics = {}
    for centre in centres:
        at = np.array([scan.grid.x()[int(centre[2])], scan.grid.y()[int(centre[1])], np.interp(centre[0], np.arange(len(scan.zs)), scan.zs)])
        near_mimic = [d.kind for d in scan.deposits if d.kind != "stone" and np.linalg.norm(d.centre - at) < d.max_diameter / 2 + 4]
        name = near_mimic[0] if near_mimic else "anatomy"
        mimics[name] = mimics.get(name, 0) + 1
    return {
        "stones": [(stones[i - 1].max_diameter, bool(hit[i - 1])) for i in present],
        "false": len(false),
        "false_kinds": mimics,
    }


def by_class(stones: list[tuple[float, bool]], classes, unit: str) -> list[dict]:
    """Found out of present in each size class."""
    rows = []
    for low, high in classes:
        hits = [hit for size, hit in stones if low <= size < high]
        if hits:
            name = f">={low} {unit}" if high == math.inf else f"{low}-{high} {unit}"
            rows.append({"size": name, "n": len(hits), "found": sum(hits)})
    return rows


def kssd_scores(net: UNet, cases: list[data.Case]) -> list[tuple]:
    """(probability, labelled truth, stone areas) per image."""
    rows = []
    for case in cases:
        truth, count = ndimage.label(case.mask, np.ones((3, 3)))
        areas = np.bincount(truth.ravel(), minlength=count + 1)[1:]
        rows.append((probability(net, case.planes, case.wide), truth, areas))
    return rows


def kssd_figures(rows: list[tuple], threshold: float) -> dict:
    """Per-stone sensitivity and false positives per image; specks under 4 pixels are not counted as stones."""
    stones, false, overlap, area = [], 0, 0.0, 0.0
    for p, truth, areas in rows:
        found, count = candidates(p, threshold, GROW, MIN_VOXELS)
        hit, wrong = match(found, count, truth, len(areas), 3.0, (1.0, 1.0))
        stones += [(int(a), h) for a, h in zip(areas, hit) if a >= AREAS_PX[0][0]]
        false += len(wrong)
        overlap += 2 * float(((found > 0) & (truth > 0)).sum())
        area += float((found > 0).sum() + (truth > 0).sum())
    return {
        "images": len(rows),
        "stones": len(stones),
        "found": sum(hit for _, hit in stones),
        "sensitivity": round(sum(hit for _, hit in stones) / max(len(stones), 1), 3),
        "false_positives_per_image": round(false / max(len(rows), 1), 3),
        "pooled_dice": round(overlap / max(area, 1), 3),
        "by_area": by_class(stones, AREAS_PX, "px"),
    }


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
        "by_size": by_class(stones, SIZES_MM, "mm"),
    }


def demo_figures(net: UNet, threshold: float) -> dict:
    """What is found in the demonstration study."""
    scan = make_demo.demo_scan()
    score = score_scan(scan, read_scan(net, scan), threshold)
    return {
        "stones": [{"max_diameter_mm": size, "found": hit} for size, hit in score["stones"]],
        "false_positives": score["false"],
        "false_positives_by_kind": score["false_kinds"],
    }


def choose_threshold(rows: list[tuple], scores: dict[float, list[dict]]) -> float:
    """The threshold with the best mean of real and synthetic validation utility.

    Utility: sensitivity minus a quarter of the false positives, per image for real
    images and per scan for synthetic scans.
    """

    def utility(t: float) -> float:
        synthetic = scan_figures(scores[t])
        value = synthetic["sensitivity"] - 0.25 * min(synthetic["false_positives_per_scan"], 4)
        if rows:
            real = kssd_figures(rows, t)
            value += real["sensitivity"] - 0.25 * min(real["false_positives_per_image"], 4)
        return value

    return max(THRESHOLDS, key=utility)


def sentence(figures: dict) -> str:
    """The one honest sentence of the manifest."""
    s = figures["synthetic_test"]
    text = (
        f"Synthetic whole scans never trained on (n={s['scans']}, {s['stones']} stones): {s['sensitivity']:.0%} of stones found at "
        f"{s['false_positives_per_scan']:.2f} false positives per scan."
    )
    r = figures.get("kssd_test")
    if r:
        text += (
            f" Real 8-bit kidney images of {len(data.KSSD_TEST)} held-out KSSD2025 scans (n={r['images']} images, all with stone, {r['stones']} outlines): "
            f"{r['sensitivity']:.0%} found at {r['false_positives_per_image']:.2f} false positives per image."
        )
    return text + " Not validated on real whole scans."


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "weights.pt")
    parser.add_argument("--scans", type=int, default=10, help="held-out synthetic scans to test on")
    parser.add_argument("--validation-scans", type=int, default=4)
    parser.add_argument("--kssd", type=Path, default=data.SHARED / "kssd")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--out", type=Path, default=data.HERE / "figures.json")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    net = UNet()
    net.load_state_dict(torch.load(args.weights))
    net.eval()
    cases = data.load_kssd(args.kssd)
    rows = kssd_scores(net, [c for c in cases if c.scan in data.KSSD_VALIDATION])
    scores: dict[float, list[dict]] = {t: [] for t in THRESHOLDS}
    for seed in data.VALIDATION_SEEDS[-args.validation_scans :]:
        scan = synthetic_scan(seed)
        p = read_scan(net, scan)
        for t in THRESHOLDS:
            scores[t].append(score_scan(scan, p, t))
    threshold = choose_threshold(rows, scores)
    figures = {
        "settings": {"threshold": threshold, "grow_threshold": GROW, "min_voxels": MIN_VOXELS},
        "synthetic_validation": scan_figures(scores[threshold]),
    }
    if cases:
        figures["kssd_validation"] = kssd_figures(rows, threshold)
        figures["kssd_test"] = kssd_figures(kssd_scores(net, [c for c in cases if c.scan in data.KSSD_TEST]), threshold)
    test = []
    for seed in data.TEST_SEEDS[: args.scans]:
        scan = synthetic_scan(seed)
        test.append(score_scan(scan, read_scan(net, scan), threshold))
    figures["synthetic_test"] = scan_figures(test)
    figures["demo"] = demo_figures(net, threshold)
    figures["sentence"] = sentence(figures)
    args.out.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
