"""Real held-out scans: what the three fold models say of the KSSD scans and the stone-free CT they never saw.

    python folds.py                          # after train.py --fold a, b, c and tract.py; writes cache/folds.json
    python folds.py --weights cache/synthetic.pt --name synthetic

What each fold's network says is kept in `cache/NAME-FOLD.pickle` and not asked again.

Each KSSD scan is read by the model of the fold that left it out, as `lithoscope predict` reads it: runs as
series (neighbours KSSD_SPACING_MM apart), only voxels that the floor lets through. Outlines are stones in an
image, counted from 4 pixels. Calibration and level of growth for a fold are chosen on the two other folds, and on
synthetic scans for each.
"""

import argparse
import json
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

import calibration
import data
import real
import tract
from candidates import MIN_VOXELS, Candidate, listed, match, painted
from net import UNet, load
from synthetic import REACH_MM, kept_scan

FLOOR_HU, FLOOR_REACH = 110, 1
GROWS = (0.3, 0.5, 0.7)
SYNTHETIC = "synthetic"
# Synthetic scans for each fold. KSSD shows kidneys: what is in ureters and bladder is known from these.
PHANTOMS = 4
# What is more likely a stone than not is marked.
THRESHOLD = 0.5
# Those that the curve shows.
THRESHOLDS = (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.5)
# An outline is hit within this distance, in pixels: KSSD has no millimetres.
REACH_PX = 3.0
AREAS_PX = ((4, 20), (20, 60), (60, 200), (200, np.inf))


def wanted(hu: np.ndarray) -> np.ndarray:
    """Pixels that can belong to a finding (the manifest's floor), slice by slice."""
    size = 2 * FLOOR_REACH + 1
    return ndimage.maximum_filter(hu, (1, size, size)) >= FLOOR_HU


def probability(net: UNet, planes: np.ndarray) -> np.ndarray:
    """Probability of one image; edges padded with zero channels to the network's multiple."""
    x = data.to_input(planes.astype(np.float32))
    _, rows, columns = x.shape
    x = np.pad(x, ((0, 0), (0, -rows % net.multiple), (0, -columns % net.multiple)))
    x = torch.from_numpy(x)[None].to(net.head.weight.device)
    with torch.inference_mode():
        return torch.sigmoid(net(x))[0, 0, :rows, :columns].cpu().numpy()


def read_volume(net: UNet, hu: np.ndarray, spacing: float) -> np.ndarray:
    """Probability of every voxel (z, H, W), 0 where the floor lets nothing through."""
    p = np.zeros(hu.shape, np.float32)
    allowed = wanted(hu)
    for k in np.flatnonzero(allowed.any(axis=(1, 2))):
        p[k] = probability(net, data.planes_of(hu.astype(np.float32), k, spacing))
    return np.where(allowed, p, np.float32(0))


def run_hu(run: real.Run) -> np.ndarray:
    """HU of a run (n, H, W) by its own estimate, as it would be written to DICOM."""
    return np.rint(run.low + run.grey.astype(np.float32) * np.float32(run.width / 255))


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


def utility(rows: list[dict], marks: list[int], kept: float) -> float:
    """What the level of growth is chosen by: outlines found and Dice, less half of the false positives an image and a fiftieth of
    the marks in each scan without stones; and the share of the stones among the candidates of synthetic scans that is kept, as KSSD
    has none in ureters."""
    s = summary(rows)
    return s["sensitivity"] + s["mean_dice"] - 0.5 * s["false_positives_per_image"] - 0.02 * sum(marks) + kept


def interval(rows: list[dict], value, seed: int = 1, draws: int = 2000) -> list[float]:
    """95 % interval of `value(rows)` by bootstrap over scans."""
    rng = np.random.default_rng(seed)
    scans = sorted({row["scan"] for row in rows})
    of = {scan: [row for row in rows if row["scan"] == scan] for scan in scans}
    values = [value([row for scan in rng.choice(scans, len(scans)) for row in of[scan]]) for _ in range(draws)]
    return [round(float(v), 3) for v in np.quantile(values, (0.025, 0.975))]


@dataclass
class Read:
    """What a network says of a volume: candidates at each level of growth. `run` is None of what is not KSSD."""

    name: str
    run: real.Run | None
    found: dict[float, list[Candidate]]

    def nowhere(self) -> "Read":
        """The same with nothing known of the tract."""
        blind = {grow: [replace(c, on_tract=0.5) for c in found] for grow, found in self.found.items()}
        return Read(self.name, self.run, blind)

    def marked(self, setting: dict) -> list[Candidate]:
        """Candidates that a setting shows."""
        all_ = self.found[setting["grow_threshold"]]
        return [c for c, p in zip(all_, calibration.probability(all_, setting["calibration"])) if p >= setting["threshold"]]


def read_fold(net: UNet, tract_net: UNet, fold: str, shared: Path, cache: Path) -> list[Read]:
    """What a network says of a fold's real scans, and of synthetic ones."""
    reads = []

    def read(name, hu, spacing, pixel, truth, reach, unit, run=None):
        p = read_volume(net, hu, spacing)
        place = tract.Tract(tract_net, hu, spacing, pixel)
        reads.append(Read(name, run, {grow: listed(p, grow, place, *truth, reach, unit) for grow in GROWS}))

    for run in (run for run in real.load_kssd(shared / "kssd") if run.scan in real.FOLDS[fold]):
        truth = ndimage.label(run.masks, np.ones((3, 3, 3)))
        read(f"kssd {run.scan}", run_hu(run), real.KSSD_SPACING_MM, real.KSSD_PIXEL_MM, truth, REACH_PX, (1.0, 1.0, 1.0), run)
    for name, scan in real.load_stone_free(shared).items():
        if name in real.FOLD_CT[fold]:
            read(name, scan.hu, scan.spacing, scan.pixel, (np.zeros(scan.hu.shape, int), 0), REACH_PX, (1.0, 1.0, 1.0))
    for seed in data.VALIDATION_SEEDS[::-1][list(real.FOLDS).index(fold) :: len(real.FOLDS)][:PHANTOMS]:
        scan = kept_scan(seed, cache)
        unit = (scan.zs[1] - scan.zs[0], scan.grid.pixel, scan.grid.pixel)
        read(f"{SYNTHETIC} {seed}", scan.hu, unit[0], unit[1], (scan.label, int(scan.label.max())), REACH_MM, unit)
    return reads


class Counted:
    """Figures of reads by setting; a run is counted once for each set of candidates that is shown."""

    def __init__(self):
        self.rows: dict = {}

    def of(self, read: Read, setting: dict) -> list[dict]:
        kept = read.marked(setting)
        key = (id(read), setting["grow_threshold"], tuple(id(c) for c in kept))
        if key not in self.rows:
            self.rows[key] = image_rows(painted(read.run.masks.shape, kept), read.run)
        return self.rows[key]

    def kssd(self, reads: list[Read], setting: dict) -> list[dict]:
        return [row for read in reads if read.run for row in self.of(read, setting)]

    def best(self, reads: list[Read]) -> dict:
        """The setting that is best on some reads, with a calibration of them."""
        settings = []
        for grow in GROWS:
            fitted = calibration.fit([c for read in reads for c in read.found[grow]])
            settings.append({"threshold": THRESHOLD, "grow_threshold": grow, "min_voxels": MIN_VOXELS, "calibration": fitted})
        free = [read for read in reads if read.name in real.STONE_FREE]
        phantoms = [read for read in reads if read.name.startswith(SYNTHETIC)]

        def kept(setting):
            stones = [c for read in phantoms for c in read.found[setting["grow_threshold"]] if c.stone]
            return sum(c.stone for read in phantoms for c in read.marked(setting)) / max(1, len(stones))

        return max(settings, key=lambda s: utility(self.kssd(reads, s), [len(read.marked(s)) for read in free], kept(s)))


def figures(told: dict[str, list[Read]]) -> dict:
    """Each fold's figures with the setting of the others, and the setting of all."""
    counted = Counted()
    held_out, chosen, marks = [], {}, {}
    for fold, reads in told.items():
        chosen[fold] = counted.best([read for other in told if other != fold for read in told[other]])
        held_out += counted.kssd(reads, chosen[fold])
        marks |= {read.name: len(read.marked(chosen[fold])) for read in reads if read.name in real.STONE_FREE}
    everything = [read for reads in told.values() for read in reads]
    setting = counted.best(everything)
    scans: dict[str, list[Candidate]] = {}
    for read in everything:
        scans.setdefault(read.name, []).extend(read.found[setting["grow_threshold"]])
    return {
        "settings": setting,
        "kssd_held_out": summary(held_out)
        | {
            "sensitivity_interval": interval(held_out, lambda rows: summary(rows)["sensitivity"]),
            "mean_dice_interval": interval(held_out, lambda rows: summary(rows)["mean_dice"]),
        },
        "settings_by_fold": chosen,
        "by_scan": {scan: summary([r for r in held_out if r["scan"] == scan]) for scan in sorted({r["scan"] for r in held_out})},
        "stone_free_held_out": marks,
        "calibration": calibration.held_out(list(scans.values())),
        "curve": [
            setting | {"threshold": t} | {k: v for k, v in summary(counted.kssd(everything, setting | {"threshold": t})).items() if k != "by_area"}
            for t in THRESHOLDS
        ],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, help="one file for all folds, that saw no real scan")
    parser.add_argument("--folder", type=Path, default=data.HERE / "cache", help="of the weights of each fold")
    parser.add_argument("--tract", type=Path, default=data.HERE / "cache" / "tract.pt")
    parser.add_argument("--name", default="folds")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    args = parser.parse_args()
    torch.set_num_threads(1)
    told: dict[str, list[Read]] = {}
    for fold in real.FOLDS:
        kept = args.cache / f"{args.name}-{fold}.pickle"
        if not kept.is_file():
            weights = args.weights or args.folder / f"fold-{fold}.pt"
            if not weights.is_file():
                print(f"{weights.name} is not there yet")
                return
            kept.write_bytes(pickle.dumps(read_fold(load(weights), load(args.tract), fold, args.shared, args.cache)))
        told[fold] = pickle.loads(kept.read_bytes())

    result = figures(told)
    nowhere = {fold: [read.nowhere() for read in reads] for fold, reads in told.items()}
    without = figures(nowhere)
    result["without_tract"] = {k: without[k] for k in ("kssd_held_out", "stone_free_held_out")} | {"ece": without["calibration"]["ece"]}
    (args.cache / f"{args.name}.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps({k: v for k, v in result.items() if k != "curve"}, indent=1))


if __name__ == "__main__":
    main()
