"""Train the network.

    python train.py --sources synthetic --steps 1500 --out cache/synthetic.pt
    python train.py --fold a --steps 1200 --start cache/synthetic.pt --out cache/fold-a.pt
    python train.py --steps 2400 --start cache/synthetic.pt --out cache/final.pt

Batches of 16 (`sampler.py`), binary cross-entropy plus soft Dice; what all training has in common is in `optimise.py`.
"""

import argparse
from pathlib import Path

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

import data
from net import POOLINGS, WIDTH, UNet, load
from optimise import arguments, optimise, prepare
from sampler import SYNTHETIC_ONLY, WITH_REAL, Sampler

# Of the running mean of the weights, at each step.
MEAN_KEEPS = 0.997


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
    arguments(parser, steps=1500, rate=2e-3, out=data.HERE / "cache" / "weights.pt")
    parser.add_argument("--start", type=Path, help="weights to start from; their network is as wide and deep")
    parser.add_argument("--width", type=int, default=WIDTH)
    parser.add_argument("--poolings", type=int, default=POOLINGS)
    parser.add_argument("--workers", type=int, default=0, help="processes that draw batches; 0: this one does")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    args = parser.parse_args()
    prepare(args.seed)
    shares = SYNTHETIC_ONLY if args.sources == "synthetic" else WITH_REAL
    sampler = Sampler(args.cache, args.shared, shares, args.fold, args.seed)
    net = load(args.start) if args.start else UNet(width=args.width, poolings=args.poolings)
    print(f"{len(sampler.images)} KSSD images, {len(sampler.slices)} stone-free slices, {len(sampler.planes)} synthetic patches", flush=True)
    optimise(net, sampler.loader(args.workers), loss_of, args, MEAN_KEEPS)


if __name__ == "__main__":
    main()
