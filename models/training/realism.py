"""Tell real CT from synthetic: how well a small classifier does, which it should not (0.5 is a guess, 0.8 the limit set).

    python realism.py

Crops of 32 x 32 pixels in three neighbouring slices, somewhere in the body, of the stone-free real CTs and of phantoms with
their pixels and slices. The classifier learns from one real CT and some phantoms, and is asked about the other real CT and
other phantoms; then the other way round. So what only one scanner does counts for nothing. Prints both areas under the curve.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from scipy.stats import rankdata
from torch import nn

from anatomy import Subject
from canvas import Grid
from data import SHARED
from optimise import prepare
from phantom import Acquisition, noise_slices, render_clean
from real import StoneFree, load_stone_free

SEED = 980_000
SIDE, SLICES = 32, 3
SUBJECTS, LEVELS = 6, 5
CROPS, STEPS, BATCH = 1500, 400, 64
# What is shown of HU, as soft tissue and fat; a crop with more outside it than this is air or bone.
LOW, HIGH, MOST_OUTSIDE = -200, 300, 0.2
NOISES = (8.0, 25.0)


def crops(volumes: list[np.ndarray], rng) -> np.ndarray:
    """(CROPS, SLICES, SIDE, SIDE) of soft tissue, from volumes in turn, 0 to 1; mirrored by chance."""
    taken = []
    while len(taken) < CROPS:
        hu = volumes[len(taken) % len(volumes)]
        z, y, x = (rng.integers(0, size - want + 1) for size, want in zip(hu.shape, (SLICES, SIDE, SIDE)))
        crop = hu[z : z + SLICES, y : y + SIDE, x : x + SIDE]
        if ((crop < LOW) | (crop > HIGH)).mean() <= MOST_OUTSIDE:
            taken.append(np.clip((crop - LOW) / (HIGH - LOW), 0, 1)[:, :, :: rng.choice([1, -1])])
    return np.stack(taken).astype(np.float32)


def phantoms(scan: StoneFree, seed: int, rng) -> list[np.ndarray]:
    """Stacks of slices of phantoms with the pixels and slices of a real CT."""
    rows, columns = scan.hu.shape[1:]
    grid = Grid.centred(0.0, 20.0, scan.pixel, columns, rows)
    stacks = []
    for subject in (Subject(seed + n) for n in range(SUBJECTS)):
        acquisition = Acquisition(scan.thickness, rng.uniform(0.5, 0.7), rng.uniform(*NOISES))
        heights = [subject.to_patient(place)[2] for place in (subject.bladder_centre, subject.kidneys[0].at(np.zeros(3)))]
        for height in rng.uniform(min(heights), max(heights), LEVELS):
            hu = render_clean(subject, grid, height + scan.spacing * np.arange(SLICES), acquisition)
            stacks.append(hu + noise_slices(rng, hu.shape, grid.pixel, acquisition.noise))
    return stacks


def classifier() -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in ((SLICES, 16), (16, 32), (32, 32)):
        layers += [nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU(), nn.MaxPool2d(2)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 1))


def learnt(real: np.ndarray, synthetic: np.ndarray, rng) -> nn.Sequential:
    net = classifier()
    optimizer = torch.optim.Adam(net.parameters(), 1e-3)
    y = torch.cat([torch.ones(BATCH // 2), torch.zeros(BATCH // 2)])
    for _ in range(STEPS):
        x = np.concatenate([of[rng.choice(len(of), BATCH // 2)] for of in (real, synthetic)])
        loss = nn.functional.binary_cross_entropy_with_logits(net(torch.from_numpy(x))[:, 0], y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return net.eval()


def area_under_curve(real: np.ndarray, synthetic: np.ndarray) -> float:
    ranks = rankdata(np.concatenate([real, synthetic]))[: len(real)]
    return float((ranks.sum() - len(real) * (len(real) + 1) / 2) / (len(real) * len(synthetic)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--shared", type=Path, default=SHARED)
    scans = load_stone_free(parser.parse_args().shared)
    prepare(1)
    rng = np.random.default_rng(SEED)
    sets = {}
    for n, (name, scan) in enumerate(scans.items()):
        synthetic = phantoms(scan, SEED + n * SUBJECTS, rng)
        sets[name] = [crops([scan.hu], rng), crops(synthetic, rng)]
    for seen in sets:
        net = learnt(*sets[seen], rng)
        for asked in sets:
            with torch.no_grad():
                said = [net(torch.from_numpy(of))[:, 0].numpy() for of in sets[asked]]
            print(f"learnt from {seen}, asked about {asked}: AUC {area_under_curve(*said):.2f}", flush=True)


if __name__ == "__main__":
    main()
