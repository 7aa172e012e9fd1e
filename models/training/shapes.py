"""The curve of width and depth: what each shape of the network finds, and what it costs in a browser.

    python shapes.py --log cache/curve.log

after `curve.py` (whose output is the log), `folds.py` and `lithoscope evaluate` for each shape, and `tools/bench-network.mjs`. Writes shapes.json, and draws shapes.png.
"""

import argparse
import json
import re
from pathlib import Path

from PIL import Image, ImageDraw

import data
from curve import SHAPES
from net import UNet

# The engine whose time counts: the page takes it wherever a browser has it.
ENGINE = "relaxed-simd"


def milliseconds(bench: dict, shape: str) -> float:
    """A slice of a real CT in the browser, of which only wanted pixels are computed."""
    width, poolings = shape.split("x")
    what = f"width {width}, {poolings} poolings, 4 channels, wanted pixels of a real CT"
    return next(row["ms"] for row in bench["table"] if row["what"] == what and row["engine"] == ENGINE)


def figures(shape: str, cache: Path, bench: dict) -> dict:
    width, poolings = map(int, shape.split("x"))
    folds = json.loads((cache / f"folds-{shape}.json").read_text())
    studies = json.loads((cache / f"evaluation-{shape}.json").read_text())
    real = folds["kssd_held_out"]
    return {
        "shape": shape,
        "parameters": sum(p.numel() for p in UNet(width=width, poolings=poolings).parameters()),
        "ms": round(milliseconds(bench, shape), 1),
        "real": {k: real[k] for k in ("outlines", "found", "false_positives_per_image", "mean_dice", "mean_dice_interval")},
        "calibration_error": folds["calibration"]["ece"],
        "stone_free": folds["stone_free_held_out"],
        "studies": studies["studies"],
        "stones": studies["stones"],
        "sensitivity": round(studies["sensitivity"]["value"], 3),
        "false_positives_per_study": round(studies["false_positives_per_study"]["value"], 2),
    }


def draw(rows: list[dict], out: Path) -> None:
    """Dice of held-out real images and sensitivity in synthetic studies over the milliseconds of a slice."""
    width, height, edge, low = 560, 300, 40, 0.7
    image = Image.new("L", (width, height), 255)
    pen = ImageDraw.Draw(image)
    pen.rectangle((edge, edge, width - edge, height - edge), outline=160)
    most = 1.1 * max(row["ms"] for row in rows)
    for name, grey, value in (("Dice", 0, lambda r: r["real"]["mean_dice"]), ("sensitivity", 140, lambda r: r["sensitivity"])):
        for row in rows:
            x, y = edge + row["ms"] / most * (width - 2 * edge), height - edge - (value(row) - low) / (1 - low) * (height - 2 * edge)
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), fill=grey)
            pen.text((x + 5, y - 12), row["shape"], fill=grey)
        pen.text((edge + 170 * (grey > 0), 12), f"{name}, {'grey' if grey else 'black'}, {low} to 1", fill=grey)
    pen.text((edge, height - edge + 8), f"0 to {most:.0f} ms a slice in the browser", fill=0)
    image.save(out, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--cache", type=Path, default=data.HERE / "cache")
    parser.add_argument("--bench", type=Path, default=data.HERE.parents[1] / "target" / "bench-network.json")
    parser.add_argument("--log", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=data.HERE / "shapes.json")
    args = parser.parse_args()
    bench = json.loads(args.bench.read_text())
    steps = max(int(step) for step in re.findall(r"^step (\d+)", args.log.read_text(), re.M))
    rows = [figures(shape, args.cache, bench) for shape in SHAPES]
    args.out.write_text(json.dumps({"steps": steps, "shapes": rows}, indent=1) + "\n")
    draw(rows, args.out.with_suffix(".png"))


if __name__ == "__main__":
    main()
