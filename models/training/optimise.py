"""What the training of both networks has in common: Adam with a cosine, and a running mean of the weights.

What comes out is the running mean after the last step: nothing is chosen on held-out data. Every so many steps all is
written beside the weights; the same command goes on from there.
"""

import argparse
import copy
import math
import time
from pathlib import Path

import torch

from net import UNet


def arguments(parser: argparse.ArgumentParser, steps: int, rate: float, out: Path) -> None:
    """The options of any training, with what they are by default."""
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--rate", type=float, default=rate, help="first learning rate of Adam; falls as a cosine to 2 %%")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, default=out)


def prepare(seed: int) -> None:
    """One thread, no denormals, fixed seeds."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(seed)


def optimise(net: UNet, batch, loss_of, args, mean_keeps: float, kept=lambda: "") -> None:
    """Trains on `batch()`, (input, target); `loss_of(logits, target)`. `kept()` is called after each checkpoint, and adds to what is printed.

    The mean keeps `mean_keeps` of itself at each step.
    """
    net = net.to(memory_format=torch.channels_last)
    mean = copy.deepcopy(net).eval()
    optimizer = torch.optim.Adam(net.parameters(), args.rate)
    first, state = 1, args.out.with_suffix(".state")
    if state.is_file():
        saved = torch.load(state)
        net.load_state_dict(saved["net"])
        mean.load_state_dict(saved["mean"])
        optimizer.load_state_dict(saved["optimizer"])
        first = saved["step"] + 1
    print(f"{sum(p.numel() for p in net.parameters())} parameters, from step {first}", flush=True)
    total, count, began = 0.0, 0, time.process_time()
    for step in range(first, args.steps + 1):
        for group in optimizer.param_groups:
            group["lr"] = args.rate * min(1, step / 50) * (0.02 + 0.98 * (1 + math.cos(math.pi * step / args.steps)) / 2)
        net.train()
        x, y = batch()
        loss = loss_of(net(x.contiguous(memory_format=torch.channels_last)), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total, count = total + loss.item(), count + 1
        keep = min(mean_keeps, step / (step + 10))
        with torch.no_grad():
            for slow, fast in zip(mean.state_dict().values(), net.state_dict().values()):
                if slow.is_floating_point():
                    slow.lerp_(fast, 1 - keep)
        if step % args.every and step != args.steps:
            continue
        torch.save(mean.state_dict(), args.out)
        torch.save({"net": net.state_dict(), "mean": mean.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, state)
        minutes = (time.process_time() - began) / 60
        print(f"step {step} loss {total / count:.4f} {minutes:.1f} CPU minutes{kept()}", flush=True)
        total, count = 0.0, 0
