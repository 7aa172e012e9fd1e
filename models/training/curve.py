"""U-Nets of several widths and depths, for every fold, trained at once on the same batches: for a GPU.

    python curve.py --minutes 6 --workers 16 --device cuda

writes `cache/SHAPE/fold-a.pt` and so on, and `cache/SHAPE/final.pt`, which learns from all; a shape is its first feature maps and its
poolings, "16x3". The rate falls over the minutes, not over steps.
"""

import argparse
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Iterator

import torch

import data
import real
from net import UNet
from optimise import Learner, arguments, buffers, prepare
from sampler import WITH_REAL, Sampler
from train import MEAN_KEEPS, loss_of

SHAPES = ("4x3", "8x2", "8x3", "8x4", "12x3", "16x3")
# Seconds between looks.
LOOKS = 30


@dataclass
class Group:
    """Batches of what is not in a fold, and the networks of each shape that learn from them."""

    name: str
    batches: Iterator
    x: torch.Tensor
    y: torch.Tensor
    learners: dict[str, Learner]

    def step(self, number: int, done: float) -> None:
        if self.x.is_cuda:
            return self._step_on_streams(number, done)
        self._take()
        for learner in self.learners.values():
            learner.step(number, done)

    def _step_on_streams(self, number: int, done: float) -> None:
        """The same, with the networks beside each other."""
        here = torch.cuda.current_stream()
        for learner in self.learners.values():
            here.wait_stream(learner.stream)
        self._take()
        for learner in self.learners.values():
            learner.stream.wait_stream(here)
            with torch.cuda.stream(learner.stream):
                learner.step(number, done)

    def _take(self) -> None:
        for to, part in zip((self.x, self.y), next(self.batches)):
            to.copy_(part, non_blocking=True)

    def losses(self, steps: int) -> str:
        return ", ".join(f"{shape} {learner.loss_since(steps):.4f}" for shape, learner in self.learners.items())

    def save(self, folder: Path) -> None:
        for shape, learner in self.learners.items():
            (folder / shape).mkdir(parents=True, exist_ok=True)
            torch.save(learner.mean.state_dict(), folder / shape / f"{self.name}.pt")


def group(fold: str | None, workers: int, args) -> Group:
    batches = Sampler(args.cache, args.shared, WITH_REAL, fold, args.seed).loader(workers)
    x, y = buffers(next(batches), args.device)
    learners = {}
    for shape in args.shapes:
        width, poolings = map(int, shape.split("x"))
        learners[shape] = Learner(UNet(width=width, poolings=poolings), loss_of, args.rate, MEAN_KEEPS, x, y)
    return Group(f"fold-{fold}" if fold else "final", batches, x, y, learners)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments(parser, steps=10**9, rate=2e-3, out=data.HERE / "cache")
    parser.add_argument("--minutes", type=float, default=6)
    parser.add_argument("--shapes", nargs="*", default=SHAPES)
    parser.add_argument("--workers", type=int, default=0, help="processes that draw batches, in all")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    args = parser.parse_args()
    prepare(args.seed)
    folds = (*real.FOLDS, None)
    groups = [group(fold, args.workers // len(folds), args) for fold in folds]
    began, count, looked = time.monotonic(), 0, 0.0
    for step in range(1, args.steps + 1):
        elapsed = time.monotonic() - began
        done = max(elapsed / (60 * args.minutes), step / args.steps)
        for one in groups:
            one.step(step, min(1.0, done))
        count += 1
        if elapsed - looked < LOOKS and done < 1:
            continue
        for one in groups:
            print(f"step {step} of {one.name}: {one.losses(count)}; {elapsed:.0f} s", flush=True)
            one.save(args.out)
        looked, count = elapsed, 0
        if done >= 1:
            return


if __name__ == "__main__":
    main()
