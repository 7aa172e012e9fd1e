"""Two baselines on the same folds as the networks: the paper's recipe, and a threshold of HU.

    python baselines.py --steps 2500 --out baselines.json

The paper's recipe: one slice in the window 400/60, binary cross-entropy plus Dice, Adam at 5e-4, batches of 16, early stopping; a
mark is where the network says 0.5. It learns from what the fold's network learns from, less one scan that says when to
stop. The threshold: components of pixels of at least so many HU, as large as stones are; both limits are chosen on the other folds.
"""

import argparse
import copy
import json
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage
from torch.nn.functional import binary_cross_entropy_with_logits

import data
import real
from candidates import MIN_VOXELS, candidates
from folds import image_rows, run_hu, summary
from net import UNet
from optimise import prepare
from sampler import WITH_REAL, Sampler

MARKED = 0.5
# Steps between looks at the scan that says when to stop, and looks without gain until then.
EVERY, PATIENCE = 250, 3
# The scan of each fold's training that says when to stop.
STOPS = {"a": 20, "b": 9, "c": 21}
# What thresholds are chosen from: HU, and the most pixels of a component in an image (a rib, a vertebra).
LEVELS_HU = (130, 160, 190, 220, 250)
LARGEST_PX = (60, 200, 600, 2000)


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy plus 1 - soft Dice of the batch."""
    p = torch.sigmoid(logits)
    return binary_cross_entropy_with_logits(logits, target) + 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)


def shown(hu: np.ndarray) -> torch.Tensor:
    """Slices (n, H, W) as the recipe's input (n, 1, H, W)."""
    return torch.from_numpy(data.window(hu.astype(np.float32), *data.SOFT_HU).astype(np.float32))[:, None]


def train(fold: str, runs: list[real.Run], args) -> UNet:
    """The paper's recipe, stopped by a scan that it does not learn from."""
    prepare(args.seed)
    sampler = Sampler(args.cache, args.shared, WITH_REAL, fold, args.seed)
    stops = [run for run in runs if run.scan == STOPS[fold]]
    sampler.leave_out(STOPS[fold])
    net = UNet(channels=1).to(memory_format=torch.channels_last)
    best, least, looks = copy.deepcopy(net), np.inf, 0
    optimizer = torch.optim.Adam(net.parameters(), 5e-4)
    for step in range(1, args.steps + 1):
        net.train()
        x, y = sampler.batch()
        loss = loss_of(net(x[:, 1:2].contiguous(memory_format=torch.channels_last)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step % EVERY:
            continue
        net.eval()
        with torch.inference_mode():
            parts = [loss_of(net(shown(run_hu(run)[i : i + 1])), torch.from_numpy(run.masks[i].astype(np.float32))[None, None]) for run in stops for i in range(len(run.grey))]
        seen = float(np.mean(parts))
        print(f"fold {fold} step {step} loss {loss.item():.3f}, of the scan that says when to stop {seen:.3f}", flush=True)
        looks = 0 if seen < least else looks + 1
        if seen < least:
            best, least = copy.deepcopy(net), seen
        if looks == PATIENCE:
            break
    return best.eval()


def marked(net: UNet, hu: np.ndarray) -> np.ndarray:
    """Where the recipe's network marks a volume (z, H, W); edges are left out beyond a multiple of 8."""
    rows, columns = (n - n % 8 for n in hu.shape[1:])
    found = np.zeros(hu.shape, bool)
    with torch.inference_mode():
        for k, x in enumerate(shown(hu[:, :rows, :columns])):
            found[k, :rows, :columns] = (torch.sigmoid(net(x[None])) >= MARKED)[0, 0].numpy()
    return found


def components(hu: np.ndarray, level: float, largest: int) -> np.ndarray:
    """Components of at least `level` HU in the slices of a volume that are no larger than `largest` pixels."""
    found = np.zeros(hu.shape, bool)
    for k, plane in enumerate(hu >= level):
        labels, count = ndimage.label(plane, np.ones((3, 3)))
        size = np.bincount(labels.ravel(), minlength=count + 1)
        size[0] = 0
        found[k] = ((size >= MIN_VOXELS) & (size <= largest))[labels]
    return found


def count(found: np.ndarray) -> int:
    """Candidates of a volume that is marked."""
    return candidates(found.astype(np.float32), MARKED, MARKED)[1]


def by_threshold(runs: list[real.Run], free: dict[str, real.StoneFree]) -> dict:
    """Each fold by the limits that are best on the others: outlines found and Dice, less half of the false positives an image."""
    settings = [(level, largest) for level in LEVELS_HU for largest in LARGEST_PX]
    rows = {s: {run.scan: [] for run in runs} for s in settings}
    for run in runs:
        for s in settings:
            rows[s][run.scan] += image_rows(components(run_hu(run), *s), run)
    held_out, marks, chosen = [], {}, {}
    for fold, scans in real.FOLDS.items():
        def worth(s, scans=scans):
            told = summary([row for scan, some in rows[s].items() if scan not in scans for row in some])
            return told["sensitivity"] + told["mean_dice"] - 0.5 * told["false_positives_per_image"]

        chosen[fold] = max(settings, key=worth)
        held_out += [row for scan in scans for row in rows[chosen[fold]].get(scan, [])]
        marks |= {name: count(components(free[name].hu, *chosen[fold])) for name in real.FOLD_CT[fold] if name in free}
    return {"limits": chosen, "kssd_held_out": summary(held_out), "stone_free_held_out": marks}


def by_recipe(runs: list[real.Run], free: dict[str, real.StoneFree], args) -> dict:
    """Each fold by the recipe's network that learnt from the others."""
    held_out, marks = [], {}
    for fold, scans in real.FOLDS.items():
        net = train(fold, runs, args)
        held_out += [row for run in runs if run.scan in scans for row in image_rows(marked(net, run_hu(run)), run)]
        marks |= {name: count(marked(net, free[name].hu)) for name in real.FOLD_CT[fold] if name in free}
        print(fold, summary(held_out), marks, flush=True)
    return {"steps": args.steps, "kssd_held_out": summary(held_out), "stone_free_held_out": marks}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=2500, help="at most")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    parser.add_argument("--out", type=Path, default=data.HERE / "baselines.json")
    args = parser.parse_args()
    runs, free = real.load_kssd(args.shared / "kssd"), real.load_stone_free(args.shared)
    result = {"threshold": by_threshold(runs, free)}
    print(result, flush=True)
    result["recipe"] = by_recipe(runs, free, args)
    args.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
