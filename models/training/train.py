"""Train the network.

    python train.py --sources synthetic --steps 1500 --out cache/synthetic.pt
    python train.py --fold a --steps 1200 --start cache/synthetic.pt --out cache/fold-a.pt
    python train.py --steps 2400 --start cache/synthetic.pt --out cache/final.pt

Batches of 16 (`sampler.py`), Adam with a cosine, binary cross-entropy plus soft Dice, a running mean of the
weights. What comes out is the running mean after the last step: nothing is chosen on held-out images. Every
--every steps all is written beside --out; the same command goes on from there.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import data
from net import UNet
from sampler import SYNTHETIC_ONLY, WITH_REAL, Sampler

EMA = 0.997


def loss_of(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Binary cross-entropy plus 1 - soft Dice, of the batch and (mean) of each patch.

    In the latter a small stone counts as much as a large one, and a false mark where no stone is as much as a missed stone.
    """
    p = torch.sigmoid(logits)
    both, either = (p * target).sum((1, 2, 3)), (p + target).sum((1, 2, 3))
    batch, each = (2 * both.sum() + 1) / (either.sum() + 1), (2 * both + 1) / (either + 1)
    return 10 * binary_cross_entropy_with_logits(logits, target) + 2 - batch - each.mean()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sources", choices=["synthetic", "all"], default="all")
    parser.add_argument("--fold", choices=["a", "b", "c"], help="leave this fold's real scans out")
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--rate", type=float, default=2e-3, help="first learning rate of Adam; falls as a cosine to 2 %%")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="weights to start from")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    parser.add_argument("--out", type=Path, default=data.HERE / "cache" / "weights.pt")
    args = parser.parse_args()
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(args.seed)
    shares = SYNTHETIC_ONLY if args.sources == "synthetic" else WITH_REAL
    sampler = Sampler(args.cache, args.shared, shares, args.fold, args.seed)
    net = UNet().to(memory_format=torch.channels_last)
    if args.start:
        net.load_state_dict(torch.load(args.start))
    mean = copy.deepcopy(net).eval()
    optimizer = torch.optim.Adam(net.parameters(), args.rate)
    first, state = 1, args.out.with_suffix(".state")
    if state.is_file():
        saved = torch.load(state)
        net.load_state_dict(saved["net"])
        mean.load_state_dict(saved["mean"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"] + 1
    print(f"{sum(p.numel() for p in net.parameters())} parameters, {len(sampler.planes)} synthetic patches, "
          f"{len(sampler.images)} KSSD images, {len(sampler.slices)} stone-free slices, from step {first}", flush=True)  # fmt: skip
    total, began = 0.0, time.process_time()
    for step in range(first, args.steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1, step / 50) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / args.steps)) / 2)
        net.train()
        x, y = sampler.batch()
        loss = loss_of(net(x.contiguous(memory_format=torch.channels_last)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total += loss.item()
        keep = min(EMA, step / (step + 10))
        with torch.no_grad():
            for slow, fast in zip(mean.state_dict().values(), net.state_dict().values()):
                if slow.is_floating_point():
                    slow.lerp_(fast, 1 - keep)
        if step % args.every and step != args.steps:
            continue
        torch.save(mean.state_dict(), args.out)
        torch.save({"net": net.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, state)
        minutes = (time.process_time() - began) / 60
        print(f"step {step} loss {total / (step - first + 1 if step - first < args.every else args.every):.4f} {minutes:.1f} CPU minutes, "
              f"{len(sampler.planes)} synthetic patches", flush=True)  # fmt: skip
        total = 0.0
        sampler.reload()


if __name__ == "__main__":
    main()
