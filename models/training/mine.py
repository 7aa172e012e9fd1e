"""Hard negatives: patches around false positives on whole synthetic slices.

    python mine.py --weights cache/first.pt --slices 700

Slices are drawn from the training subjects, with stones and mimics in them. Patches
around what the network wrongly marks, and around stones it misses, go into
`cache/hard-000.npz`, from which training then draws a fixed share.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from scipy import ndimage

import data
from anatomy import Subject
from candidates import candidates
from canvas import Grid
from evaluate import probability
from net import UNet
from stones import draw_scan_deposits

THRESHOLD, GROW, MIN_VOXELS = 0.35, 0.2, 1
PER_SLICE = 4


def hard_patches(net: UNet, seed: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Patches of one random slice that the network gets wrong."""
    rng = np.random.default_rng([seed, 5])
    subject = Subject(int(rng.choice(data.TRAIN_SEEDS)))
    scan, spacing, pixel = data.draw_acquisition(rng)
    z = rng.uniform(-175, 165)
    columns, rows = (int(np.ceil(size / pixel / 8)) * 8 for size in (400, 300))
    grid = Grid.centred(0, 15, pixel, columns, rows)
    planes, mask = data.synthetic_planes(rng, subject, scan, spacing, grid, z, draw_scan_deposits(rng, subject))
    p = probability(net, planes, True)
    found, count = candidates(p, THRESHOLD, GROW, MIN_VOXELS)
    near = ndimage.binary_dilation(mask, iterations=3)
    centres = [ndimage.center_of_mass(found == k) for k in range(1, count + 1) if not near[found == k].any()]
    truth, stones = ndimage.label(mask)
    centres += [ndimage.center_of_mass(truth == k) for k in range(1, stones + 1) if p[truth == k].max() < THRESHOLD]
    patches = []
    for row, column in centres[:PER_SLICE]:
        jitter = rng.integers(-50, 51, 2)
        top = int(np.clip(row + jitter[0] - data.PATCH / 2, 0, rows - data.PATCH))
        left = int(np.clip(column + jitter[1] - data.PATCH / 2, 0, columns - data.PATCH))
        box = (slice(top, top + data.PATCH), slice(left, left + data.PATCH))
        patches.append((planes[:, *box], mask[box]))
    return patches


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "first.pt")
    parser.add_argument("--slices", type=int, default=700)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    net = UNet()
    net.load_state_dict(torch.load(args.weights))
    net.eval()
    patches = [patch for seed in range(args.slices) for patch in hard_patches(net, seed)]
    np.savez(args.cache / "hard-000.npz", planes=np.stack([p for p, _ in patches]), mask=np.stack([m for _, m in patches]))
    print(f"{len(patches)} hard patches from {args.slices} slices, {sum(m.any() for _, m in patches)} with stone")


if __name__ == "__main__":
    main()
