"""The figures of a weight file: real held-out scans, synthetic whole scans, the demo.

    python evaluate.py --weights cache/final.pt --folds cache/folds.json --out figures.json
    python evaluate.py --studies cache/evaluation.json --out figures.json

The second adds what `lithoscope evaluate --json` says of the exported weights; their sentence tells that instead of the few whole scans.

Thresholds and calibration come from the held-out folds (`folds.py`); the test scans see neither. Real and synthetic
results are never put into one number; the demo is an example, not a measurement.
"""

import argparse
import json
from pathlib import Path

import torch

import data
import make_demo
import tract
from candidates import Candidate, listed
from folds import SYNTHETIC, Read, read_volume
from net import load
from phantom import Scan
from synthetic import REACH_MM, kept_scan, scan_figures, score_scan


def shown(net, tract_net, scan: Scan, setting: dict) -> list[Candidate]:
    """What the networks show of a scan."""
    spacing = (scan.zs[1] - scan.zs[0], scan.grid.pixel, scan.grid.pixel)
    place = tract.Tract(tract_net, scan.hu, *spacing[:2])
    grow = setting["grow_threshold"]
    found = listed(read_volume(net, scan.hu, spacing[0]), grow, place, scan.label, int(scan.label.max()), REACH_MM, spacing)
    return Read(SYNTHETIC, None, {grow: found}).marked(setting)


def sentence(figures: dict) -> str:
    """The one honest sentence of the manifest."""
    k, whole, studies = figures.get("kssd_held_out"), figures["synthetic_test"], figures.get("studies")
    text = ""
    if k:
        text = (
            f"Real 8-bit kidney images of {k['scans']} KSSD2025 scans, each read by a network that had not seen it (n={k['images']} images, all with stone, "
            f"{k['outlines']} outlines): {k['sensitivity']:.1%} found at {k['false_positives_per_image']:.2f} false positives per image, Dice {k['mean_dice']:.2f}. "
        )
    if studies:
        text += (
            f"Synthetic studies of 70 mm never trained on (n={studies['studies']}, {studies['stones']} stones): {studies['sensitivity']:.0%} found at "
            f"{studies['false_positives_per_study']:.2f} false positives per study. "
        )
    else:
        text += (
            f"Synthetic whole scans never trained on (n={whole['scans']}, {whole['stones']} stones): {whole['sensitivity']:.0%} found at "
            f"{whole['false_positives_per_scan']:.2f} false positives per scan. "
        )
    return text + "Not validated on real whole scans, nor clinically."


def add_studies(evaluation: dict, path: Path) -> None:
    """What the exported weights find in studies with known stones."""
    figures = json.loads(path.read_text())
    figures["studies"] = {
        "studies": evaluation["studies"],
        "stones": evaluation["stones"],
        "sensitivity": evaluation["sensitivity"]["value"],
        "false_positives_per_study": evaluation["false_positives_per_study"]["value"],
    }
    figures["sentence"] = sentence(figures)
    path.write_text(json.dumps(figures, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "final.pt")
    parser.add_argument("--tract", type=Path, default=data.HERE / "cache" / "tract.pt")
    parser.add_argument("--folds", type=Path, default=data.HERE / "cache" / "folds.json")
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--scans", type=int, default=4, help="synthetic test scans")
    parser.add_argument("--studies", type=Path, help="an evaluation of the exported weights; nothing else is done")
    parser.add_argument("--out", type=Path, default=data.HERE / "figures.json")
    args = parser.parse_args()
    if args.studies:
        return add_studies(json.loads(args.studies.read_text()), args.out)
    torch.set_num_threads(1)
    nets = load(args.weights), load(args.tract)
    figures = json.loads(args.folds.read_text())
    setting = figures["settings"]

    def score(scan):
        return score_scan(scan, shown(*nets, scan, setting))

    test = []
    for seed in data.TEST_SEEDS[: args.scans]:
        test.append(score(kept_scan(seed, args.cache)))
        print(seed, test[-1], flush=True)
    figures["synthetic_test"] = scan_figures(test)
    demo = score(make_demo.demo_scan())
    figures["demo"] = {"stones": demo["stones"], "false_positives": demo["false"], "false_positives_by_kind": demo["false_kinds"]}
    figures["sentence"] = sentence(figures)
    args.out.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps({k: v for k, v in figures.items() if k != "curve"}, indent=1))


if __name__ == "__main__":
    main()
