"""Where a network marks something in the stone-free CT: hard places, from which training then draws.

    python mine.py --weights cache/final.pt

adds to `cache/hard.json`: for each scan, [slice, row, column] of each candidate.
"""

import argparse
import json
from pathlib import Path

import torch
from scipy import ndimage

import data
import real
from candidates import candidates
from folds import read_volume
from net import load

THRESHOLD, GROW, MIN_VOXELS = 0.2, 0.15, 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "final.pt")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--shared", type=Path, default=data.SHARED)
    args = parser.parse_args()
    torch.set_num_threads(1)
    path = args.cache / "hard.json"
    hard = json.loads(path.read_text()) if path.is_file() else {}
    for name, scan in real.kept(args.cache, args.shared)[1].items():
        found, count = candidates(read_volume(load(args.weights), scan.hu, scan.spacing), THRESHOLD, GROW, MIN_VOXELS)
        centres = ndimage.center_of_mass(found > 0, found, range(1, count + 1))
        hard.setdefault(name, []).extend([round(float(at)) for at in centre] for centre in centres)
        print(f"{name}: {count} candidates")
    path.write_text(json.dumps(hard) + "\n")


if __name__ == "__main__":
    main()
