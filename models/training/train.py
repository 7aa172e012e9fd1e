"""Train the network.

    python train.py --steps 800 --out cache/first.pt
    python mine.py --weights cache/first.pt
    python train.py --steps 1500 --stop 250 --rate 1.5e-3 --start cache/first.pt --out cache/second.pt
    python train.py --steps 2400 --stop 1600 --every 400 --seed 2 --start cache/second.pt

Batches of 16: synthetic patches, crops of KSSD training images, crops of a
stone-free real CT. Adam with a cosine, binary cross-entropy plus soft Dice of
the whole batch, a running mean of the weights; the best check on validation wins.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import numpy as np
import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import data
from candidates import candidates, match
from net import UNet

BATCH = {"synthetic": 9, "kssd": 4, "negative": 3}
EMA = 0.995
NO_WIDE_SHARE = 0.3
# Share of the synthetic patches drawn from mined ones, once there are any.
HARD_SHARE = 0.06
CHECK = {"threshold": 0.5, "grow": 0.3, "min_voxels": 2}


class Sampler:
    """Draws augmented batches from the three sources; a missing source is replaced by synthetic."""

    def __init__(self, cache: Path, kssd: Path, negative: Path, seed: int):
        self.rng = np.random.default_rng(seed)
        self.planes, self.masks = data.load_cache(cache, "train")
        self.easy = len(self.planes)
        if any(cache.glob("hard-*.npz")):
            planes, masks = data.load_cache(cache, "hard")
            self.planes, self.masks = np.concatenate([self.planes, planes]), np.concatenate([self.masks, masks])
        held_out = data.KSSD_TEST + data.KSSD_VALIDATION
        self.kssd = [c for c in data.load_kssd(kssd) if c.scan not in held_out]
        scans = np.array([c.scan for c in self.kssd])
        # every scan counts alike, however many images it has
        self.kssd_weight = np.array([1 / (scans == s).sum() for s in scans])
        self.kssd_weight /= max(self.kssd_weight.sum(), 1e-9)
        self.negative = data.load_negative_ct(negative)
        self.dense = [np.argwhere(c.planes[1] > 150) for c in self.negative]

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """One batch: input (16, 4, H, W), target (16, 1, H, W)."""
        inputs, targets = [], []
        for source, count in BATCH.items():
            for _ in range(count):
                x, y = self._augmented(*getattr(self, f"_{source}")())
                inputs.append(x)
                targets.append(y)
        return torch.from_numpy(np.stack(inputs)), torch.from_numpy(np.stack(targets))[:, None]

    def _synthetic(self):
        hard = len(self.planes) > self.easy and self.rng.random() < HARD_SHARE
        i = self.rng.integers(self.easy, len(self.planes)) if hard else self.rng.integers(self.easy)
        return self.planes[i].astype(np.float32), self.masks[i], self.rng.random() > NO_WIDE_SHARE

    def _kssd(self):
        if not self.kssd:
            return self._synthetic()
        case = self.kssd[self.rng.choice(len(self.kssd), p=self.kssd_weight)]
        places = np.argwhere(case.mask)
        near = self.rng.random() < 0.6
        centre = places[self.rng.integers(len(places))] if near else np.array([self.rng.integers(140, 400), self.rng.integers(80, 432)])
        return (*self._crop(case, centre), case.wide)

    def _negative(self):
        if not self.negative:
            return self._synthetic()
        i = self.rng.integers(len(self.negative))
        dense = self.dense[i]
        centre = dense[self.rng.integers(len(dense))] if len(dense) else np.array([256, 256])
        return (*self._crop(self.negative[i], centre), self.rng.random() > NO_WIDE_SHARE)

    def _crop(self, case: data.Case, centre):
        """A crop around a jittered centre, enlarged or shrunk by up to 20 %."""
        size = int(data.PATCH / self.rng.uniform(0.83, 1.2))
        rows, columns = case.mask.shape
        jitter = self.rng.integers(-size * 2 // 5, size * 2 // 5 + 1, 2)
        top = int(np.clip(centre[0] + jitter[0] - size // 2, 0, rows - size))
        left = int(np.clip(centre[1] + jitter[1] - size // 2, 0, columns - size))
        planes = torch.from_numpy(case.planes[:, top : top + size, left : left + size].astype(np.float32))
        mask = torch.from_numpy(case.mask[top : top + size, left : left + size].astype(np.float32))
        both = torch.cat([planes, mask[None]])[None]
        both = torch.nn.functional.interpolate(both, size=(data.PATCH, data.PATCH), mode="bilinear", align_corners=False)[0]
        return both[:3].numpy(), both[3].numpy() >= 0.5

    def _augmented(self, planes, mask, wide):
        rng = self.rng
        if rng.random() < 0.5:
            planes, mask = planes[:, :, ::-1], mask[:, ::-1]
        if rng.random() < 0.5:
            planes = planes[::-1]
        planes = planes * rng.uniform(0.97, 1.03) + rng.uniform(-15, 15)
        if rng.random() < 0.3:
            planes = planes + rng.normal(0, rng.uniform(2, 15), planes.shape)
        if rng.random() < 0.1:
            planes = np.repeat(planes[1:2], 3, axis=0)  # a single image without neighbours
        return data.to_input(planes, wide), np.ascontiguousarray(mask, np.float32)


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Mean binary cross-entropy plus one minus the soft Dice of the whole batch (smoothing 1)."""
    p = torch.sigmoid(logits)
    dice = (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)
    return binary_cross_entropy_with_logits(logits, target) + 1 - dice


def check(net: UNet, cases) -> tuple[float, float]:
    """(sensitivity, false positives per image) over (input, mask) pairs, stones counted in the plane."""
    from scipy import ndimage

    hits = stones = false = 0
    with torch.inference_mode():
        for x, mask in cases:
            p = torch.sigmoid(net(torch.from_numpy(x)[None]))[0, 0].numpy()
            found, count = candidates(p, **CHECK)
            truth, total = ndimage.label(mask, np.ones((3, 3)))
            hit, wrong = match(found, count, truth, total, 2.0, (1.0, 1.0))
            hits, stones, false = hits + sum(hit), stones + total, false + len(wrong)
    return hits / max(stones, 1), false / max(len(cases), 1)


def validation_cases(cache: Path, kssd: Path):
    """Synthetic patches and KSSD images that training never sees."""
    planes, masks = data.load_cache(cache, "validation")
    synthetic = [(data.to_input(p.astype(np.float32)), m) for p, m in zip(planes, masks)]
    real = [c for c in data.load_kssd(kssd) if c.scan in data.KSSD_VALIDATION]
    return synthetic, [(data.to_input(c.planes.astype(np.float32), c.wide), c.mask) for c in real]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--stop", type=int, help="end after this step, before the cosine has run out")
    parser.add_argument("--every", type=int, default=250, help="steps between validation checks")
    parser.add_argument("--patience", type=int, default=6, help="checks without gain before stopping")
    parser.add_argument("--rate", type=float, default=2e-3, help="first learning rate of Adam; falls as a cosine to 2 %%")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--kssd", type=Path, default=data.SHARED / "kssd")
    parser.add_argument("--negative", type=Path, default=data.SHARED / "acrin-abdomen" / "acrin-abdomen.zip")
    parser.add_argument("--out", type=Path, default=data.HERE / "cache" / "weights.pt")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    sampler = Sampler(args.cache, args.kssd, args.negative, args.seed)
    synthetic, real = validation_cases(args.cache, args.kssd)
    net = UNet().to(memory_format=torch.channels_last)
    if args.start:
        net.load_state_dict(torch.load(args.start))
    mean = copy.deepcopy(net).eval()
    optimizer = torch.optim.Adam(net.parameters(), args.rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: 0.02 + 0.98 * (1 + math.cos(math.pi * step / args.steps)) / 2)
    print(f"{sum(p.numel() for p in net.parameters())} parameters, {len(sampler.planes)} synthetic patches, "
          f"{len(sampler.kssd)} KSSD images, {len(sampler.negative)} stone-free slices", flush=True)  # fmt: skip
    best, stale, total, began = -1.0, 0, 0.0, time.monotonic()
    last = min(args.stop or args.steps, args.steps)
    for step in range(1, last + 1):
        net.train()
        x, y = sampler.batch()
        loss = loss_of(net(x.contiguous(memory_format=torch.channels_last)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
        total += loss.item()
        keep = min(EMA, step / (step + 10))
        with torch.no_grad():
            for slow, fast in zip(mean.state_dict().values(), net.state_dict().values()):
                if slow.is_floating_point():
                    slow.lerp_(fast, 1 - keep)
        if step % args.every and step != last:
            continue
        sensitivity, false = check(mean, synthetic)
        real_sensitivity, real_false = check(mean, real) if real else (sensitivity, false)
        # a stone found is worth two false positives per image
        score = sensitivity + real_sensitivity - 0.5 * (min(false, 1) + min(real_false, 1))
        print(f"step {step} loss {total / args.every:.4f} synthetic {sensitivity:.3f} @ {false:.3f} FP/patch "
              f"KSSD {real_sensitivity:.3f} @ {real_false:.3f} FP/image score {score:.3f} "
              f"{(time.monotonic() - began) / 60:.1f} min", flush=True)  # fmt: skip
        total = 0.0
        if score > best:
            best, stale = score, 0
            torch.save(mean.state_dict(), args.out)
        else:
            stale += 1
            if stale >= args.patience:
                print("no gain: stopped", flush=True)
                break


if __name__ == "__main__":
    main()
