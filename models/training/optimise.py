"""What all training has in common: Adam with a cosine, and a running mean of the weights.

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

# Steps of the learning rate's rise.
RISE = 50
# Steps that a GPU runs before what it does is recorded.
WARM_UP = 3


def arguments(parser: argparse.ArgumentParser, steps: int, rate: float, out: Path) -> None:
    """The options of any training, with what they are by default."""
    parser.add_argument("--steps", type=int, default=steps)
    parser.add_argument("--every", type=int, default=100, help="steps between checkpoints")
    parser.add_argument("--rate", type=float, default=rate, help="first learning rate of Adam; falls as a cosine to 2 %%")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--device", default="cpu", help="cpu, or cuda")
    parser.add_argument("--out", type=Path, default=out)


def prepare(seed: int) -> None:
    """One thread, no denormals, fixed seeds."""
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.backends.cudnn.benchmark = True
    torch.manual_seed(seed)


class Learner:
    """A network in training, and the running mean of its weights, which keeps `mean_keeps` of itself at each step.

    A step reads `x` and `y`, which the caller fills and learners may share. On a GPU it is recorded once and replayed, on a
    stream of its own: networks this small are mostly waiting for their next kernel.
    """

    def __init__(self, net: UNet, loss_of, rate: float, mean_keeps: float, x: torch.Tensor, y: torch.Tensor, state: dict | None = None):
        self.net = net.to(x.device, memory_format=torch.channels_last).train()
        self.mean = copy.deepcopy(net).eval()
        self.loss_of, self.first_rate, self.mean_keeps, self.x, self.y = loss_of, rate, mean_keeps, x, y
        self.rate, self.renewed, self.losses = (torch.zeros((), device=x.device) for _ in range(3))
        self.optimizer = torch.optim.Adam(net.parameters(), self.rate, capturable=x.is_cuda)
        both = zip(self.mean.state_dict().values(), net.state_dict().values())
        self.pairs = [pair for pair in both if pair[0].is_floating_point()]
        if state:
            self._restore(state)
        self.stream = torch.cuda.Stream() if x.is_cuda else None
        self.again = self._recorded() if x.is_cuda else self._once

    def step(self, number: int, done: float) -> None:
        """Step `number`, from 1, when the share `done` of the training is behind it."""
        self.rate.fill_(self.first_rate * min(1, number / RISE) * (0.02 + 0.98 * (1 + math.cos(math.pi * done)) / 2))
        self.renewed.fill_(1 - min(self.mean_keeps, number / (number + 10)))
        self.again()

    def _once(self) -> None:
        self.optimizer.zero_grad()
        loss = self.loss_of(self.net(self.x), self.y)
        loss.backward()
        self.optimizer.step()
        with torch.no_grad():
            self.losses += loss
            for slow, fast in self.pairs:
                slow.lerp_(fast, self.renewed)

    def _recorded(self):
        """What replays a step; those that are run to record it learn nothing, as their rate is 0."""
        self.stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self.stream):
            for _ in range(WARM_UP):
                self._once()
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph, stream=self.stream, capture_error_mode="thread_local"):
            self._once()
        torch.cuda.synchronize()
        return graph.replay

    def loss_since(self, steps: int) -> float:
        """The mean loss of the last `steps` steps; those before were asked for already."""
        mean = self.losses.item() / steps
        self.losses.zero_()
        return mean

    def state(self) -> dict:
        return {"net": self.net.state_dict(), "mean": self.mean.state_dict(), "optimizer": self.optimizer.state_dict()}

    def _restore(self, state: dict) -> None:
        self.net.load_state_dict(state["net"])
        self.mean.load_state_dict(state["mean"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.optimizer.param_groups[0]["lr"] = self.rate


def buffers(batch: tuple[torch.Tensor, torch.Tensor], device: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Where batches like this one go on a device."""
    x, y = (part.to(device) for part in batch)
    return x.contiguous(memory_format=torch.channels_last), y


def optimise(net: UNet, batches, loss_of, args, mean_keeps: float) -> None:
    """Trains on `batches`, an iterator of (input, target); `loss_of(logits, target)`."""
    x, y = buffers(next(batches), args.device)
    kept = args.out.with_suffix(".state")
    saved = torch.load(kept, map_location=args.device) if kept.is_file() else None
    learner = Learner(net, loss_of, args.rate, mean_keeps, x, y, saved)
    first = saved["step"] + 1 if saved else 1
    print(f"{sum(p.numel() for p in net.parameters())} parameters, from step {first}", flush=True)
    count, began = 0, time.process_time()
    for step in range(first, args.steps + 1):
        for to, part in zip((x, y), next(batches)):
            to.copy_(part)
        learner.step(step, step / args.steps)
        count += 1
        if step % args.every and step != args.steps:
            continue
        torch.save(learner.mean.state_dict(), args.out)
        torch.save(learner.state() | {"step": step}, kept)
        minutes = (time.process_time() - began) / 60
        print(f"step {step} loss {learner.loss_since(count):.4f} {minutes:.1f} CPU minutes", flush=True)
        count = 0
