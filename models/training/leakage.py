"""What a random split of neighbouring images does to the figures: the paper's recipe, split both ways.

    python leakage.py --steps 300 --out leakage.json

One network learns from images drawn at random (its test images lie between slices that it saw), one from the
scans outside fold a (it never saw a slice of its test scans). Else the same: one channel, the burned-in soft
window, binary cross-entropy plus Dice, Adam 5e-4, batches of 16 crops, as many test images, the same steps.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import data
import real
from folds import image_rows, summary
from net import UNet
from sampler import SIZE

THRESHOLD = 0.5


def train(images: list, steps: int, seed: int) -> UNet:
    """The paper's recipe on (grey, mask) pairs, in crops around stones and elsewhere."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    net = UNet(channels=1).to(memory_format=torch.channels_last)
    optimizer = torch.optim.Adam(net.parameters(), 5e-4)
    for step in range(steps):
        x, y = [], []
        for _ in range(16):
            grey, mask = images[rng.integers(len(images))]
            places = np.argwhere(mask if rng.random() < 0.5 and mask.any() else grey > 40)
            top, left = (int(np.clip(at - SIZE // 2 + rng.integers(-40, 41), 0, 512 - SIZE)) for at in places[rng.integers(len(places))])
            box = (slice(top, top + SIZE), slice(left, left + SIZE))
            x.append(grey[box] / np.float32(255))
            y.append(mask[box].astype(np.float32))
        target = torch.from_numpy(np.stack(y))[:, None]
        logits = net(torch.from_numpy(np.stack(x))[:, None].contiguous(memory_format=torch.channels_last))
        p = torch.sigmoid(logits)
        loss = binary_cross_entropy_with_logits(logits, target) + 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if (step + 1) % 50 == 0:
            print(f"step {step + 1} loss {loss.item():.3f}", flush=True)
    return net.eval()


def test(net: UNet, runs: list[real.Run], chosen: set) -> dict:
    """Figures over the (run, image) pairs that are `chosen`."""
    rows = []
    for r, run in enumerate(runs):
        for i in (i for k, i in sorted(chosen) if k == r):
            with torch.inference_mode():
                p = torch.sigmoid(net(torch.from_numpy(run.grey[i] / np.float32(255))[None, None]))[0, 0].numpy()
            one = real.Run(run.grey[i : i + 1], run.masks[i : i + 1], run.scan, run.low, run.width, run.soft)
            rows += image_rows((p >= THRESHOLD)[None], one)
    return summary(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    parser.add_argument("--out", type=Path, default=data.HERE / "leakage.json")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    runs = real.load_kssd(args.shared / "kssd")
    every = [(r, i) for r, run in enumerate(runs) for i in range(len(run.grey))]
    by_scan = {(r, i) for r, i in every if runs[r].scan in real.FOLDS["a"]}
    order = np.random.default_rng(args.seed).permutation(len(every))
    at_random = {every[k] for k in order[: len(by_scan)]}
    result = {"steps": args.steps}
    for name, held_out in (("random", at_random), ("by_scan", by_scan)):
        images = [(runs[r].grey[i], runs[r].masks[i]) for r, i in every if (r, i) not in held_out]
        result[name] = test(train(images, args.steps, args.seed), runs, held_out)
        print(name, result[name], flush=True)
    args.out.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
