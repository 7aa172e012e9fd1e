"""Write the figures into a model card, between its <!-- figures --> marks, from the JSON files of the evaluation.

    python card.py --figures figures.json --card ../README.md

Also draws the training curve from a log (`--log cache/final.log --curve ../training/curve.png`).
"""

import argparse
import json
import re
from pathlib import Path

from PIL import Image, ImageDraw

import data

START, END = "<!-- figures -->", "<!-- /figures -->"


def table(head: list[str], rows: list[list]) -> str:
    """A Markdown table."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows])


def percent(found: int, n: int) -> str:
    if not n:
        return ""
    # what is not all is not 100 %
    return f"{found / n:.1%}" if found < n and found / n >= 0.995 else f"{found / n:.0%}"


def kssd(figures: dict, through: dict | None) -> str:
    """Held-out KSSD scans."""
    k = figures["kssd_held_out"]
    low, high = k["sensitivity_interval"]
    dice_low, dice_high = k["mean_dice_interval"]
    text = (
        f"**Real held-out scans** (KSSD2025, {k['scans']} scans, {k['images']} images, each read by a network that had not seen the scan): "
        f"{k['found']} of {k['outlines']} stone outlines found ({percent(k['found'], k['outlines'])}; 95 % interval over scans {low:.0%} to {high:.0%}) "
        f"at {k['false_positives_per_image']:.2f} false positives an image; Dice of an image {k['mean_dice']:.2f} "
        f"({dice_low:.2f} to {dice_high:.2f}), of all pixels {k['pooled_dice']:.2f}.\n"
    )
    if through:
        text += (
            f"The same scans as DICOM series through `lithoscope predict` (`end_to_end.py`): {through['found']} of {through['outlines']} "
            f"({percent(through['found'], through['outlines'])}), {through['false_positives_per_image']:.2f} false positives an image, Dice {through['mean_dice']:.2f}.\n"
        )
    text += "\n" + table(["outline area", "outlines", "found"], [[r["size"], r["n"], r["found"]] for r in k["by_area"]])
    scans = [
        [scan, s["images"], s["outlines"], s["found"], f"{s['false_positives_per_image']:.2f}", f"{s['mean_dice']:.2f}"]
        for scan, s in figures["by_scan"].items()
    ]
    text += "\n\n" + table(["scan", "images", "outlines", "found", "false positives an image", "Dice"], scans)
    free = figures["stone_free_held_out"]
    text += "\n\n**Real scans without stones**, read by the network of the fold that left them out: " + "; ".join(
        f"{name}: {count} candidates" for name, count in free.items()
    )
    return f"{text}.\n\n{without_tract(figures)}"


def without_tract(figures: dict) -> str:
    """The same without the second network."""
    w, k = figures["without_tract"], figures["kssd_held_out"]
    rows = [
        [name, f"{percent(r['found'], r['outlines'])}", f"{r['false_positives_per_image']:.2f}", f"{r['mean_dice']:.2f}", *marks.values(), f"{ece:.3f}"]
        for name, r, marks, ece in (
            ("with the tract", k, figures["stone_free_held_out"], figures["calibration"]["ece"]),
            ("without", w["kssd_held_out"], w["stone_free_held_out"], w["ece"]),
        )
    ]
    heads = ["", "outlines found", "false positives an image", "Dice", *(f"candidates in {name}" for name in figures["stone_free_held_out"]), "calibration error"]
    return "**What the second network does**, on the same candidates, calibrated anew:\n\n" + table(heads, rows)


def synthetic(figures: dict) -> str:
    """Synthetic whole scans."""
    s = figures["synthetic_test"]
    kinds = ", ".join(f"{kind} {n}" for kind, n in s["false_positives_by_kind"].items()) or "none"
    text = (
        f"**Synthetic whole scans, subjects never trained on** ({s['scans']} scans of 2.5, 3 or 5 mm slices, {s['stones']} stones, mimics in all): "
        f"{s['found']} found ({percent(s['found'], s['stones'])}) at {s['false_positives_per_scan']:.2f} false positives a scan ({kinds}).\n\n"
    )
    text += table(["largest diameter", "stones", "found"], [[r["size"], r["n"], r["found"]] for r in s["by_size"]])
    if s["by_slice"]:
        text += "\n\n" + table(["slices", "scans", "stones", "found"], [[f"{r['slice_mm']:g} mm", r["scans"], r["stones"], r["found"]] for r in s["by_slice"]])
    d = figures["demo"]
    found = sum(hit for _, hit in d["stones"])
    return text + f"\n\n**The demonstration study** (an example, not a measurement): {found} of {len(d['stones'])} stones, {d['false_positives']} other candidates."


def calibration(figures: dict) -> str:
    """How true the probability is."""
    c, held = figures["settings"]["calibration"], figures["calibration"]
    text = (
        f"**Probability**: {c['slope']:.2f} × logit of the score + {c['tract']:.2f} × logit of the place on the tract + "
        f"{c.get('size', 0):.2f} × ln of the pixels in the slice with most of them + {c['offset']:.2f}, fitted on "
        f"{held['n']} candidates of held-out real scans and of synthetic validation scans; each scan told by a fit of the others, the expected "
        f"calibration error is {held['ece']:.3f}, the Brier score {held['brier']:.3f}.\n\n"
    )
    return text + table(["said", "were stones", "candidates"], [[b["said"], b["stones"], b["n"]] for b in held["bins"]])


def leak(leakage: dict) -> str:
    """What a random split does."""
    rows = [
        [name, r["images"], r["outlines"], f"{percent(r['found'], r['outlines'])}", f"{r['false_positives_per_image']:.2f}", f"{r['mean_dice']:.2f}"]
        for name, r in (("random images", leakage["random"]), ("whole scans", leakage["by_scan"]))
    ]
    return (
        f"**What a random split hides** (`leakage.py`: the paper's recipe, {leakage['steps']} steps, the same but for the split):\n\n"
        + table(["held out", "images", "outlines", "found", "false positives an image", "Dice"], rows)
    )


def baselines(figures: dict, told: dict) -> str:
    """What simpler means find on the same folds."""
    rows = [
        [name, percent(k["found"], k["outlines"]), f"{k['false_positives_per_image']:.2f}", f"{k['mean_dice']:.2f}", *free.values()]
        for name, k, free in (
            ("this model", figures["kssd_held_out"], figures["stone_free_held_out"]),
            ("the paper's recipe", told["recipe"]["kssd_held_out"], told["recipe"]["stone_free_held_out"]),
            ("a threshold of HU", told["threshold"]["kssd_held_out"], told["threshold"]["stone_free_held_out"]),
        )
    ]
    heads = ["", "outlines found", "false positives an image", "Dice", *(f"candidates in {name}" for name in figures["stone_free_held_out"])]
    return (
        f"**Beside simpler means** (`baselines.py`: the same folds; the paper's recipe learnt from the same data for at most {told['recipe']['steps']} steps "
        "with early stopping, the threshold's limits are chosen on the other folds):\n\n" + table(heads, rows)
    )


def widths(told: dict) -> str:
    """Every width and depth, on the same batches."""
    rows = []
    for r in told["shapes"]:
        width, poolings = r["shape"].split("x")
        k, (low, high) = r["real"], r["real"]["mean_dice_interval"]
        marks = " + ".join(str(n) for n in r["stone_free"].values())
        rows.append(
            [width, poolings, f"{r['parameters'] / 1e3:.0f} thousand", f"{r['ms']:.0f} ms", f"{k['found']} of {k['outlines']}", f"{k['false_positives_per_image']:.2f}",
             f"{k['mean_dice']:.2f} ({low:.2f} to {high:.2f})", marks, f"{r['calibration_error']:.3f}", f"{r['sensitivity']:.0%} at {r['false_positives_per_study']:.2f}"]
        )  # fmt: skip
    first = told["shapes"][0]
    heads = ["maps", "poolings", "parameters", "a slice", "outlines found", "false positives an image", "Dice", "marks in stone-free CT", "calibration error", "synthetic stones"]
    return (
        f"**Width and depth** (`curve.py`, `shapes.py`, `training/shapes.png`: all shapes learnt side by side from the same batches, {told['steps']} steps from nothing, for each fold; "
        f"a slice is one of a real CT in the browser, wanted pixels only, on a machine about half as fast as that of `docs/figures.md`; synthetic are {first['stones']} stones in {first['studies']} studies, at false positives a study):\n\n" + table(heads, rows)
    )


def curve(log: Path, out: Path) -> None:
    """The loss over the steps of a log as a small PNG."""
    points = [(int(m[1]), float(m[2])) for m in re.finditer(r"step (\d+) loss ([\d.]+)", log.read_text())]
    width, height, edge = 480, 240, 34
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    last, most = max(s for s, _ in points), max(v for _, v in points)
    place = [(edge + s / last * (width - 2 * edge), height - edge - v / most * (height - 2 * edge)) for s, v in points]
    draw.rectangle((edge, edge, width - edge, height - edge), outline=160)
    draw.line(place, fill=0, width=2)
    draw.text((edge, 8), f"{log.stem}: loss, 0 to {most:.2f}; {last} steps", fill=0)
    image.save(out, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--figures", type=Path, default=data.HERE / "figures.json")
    parser.add_argument("--through", type=Path, help="what end_to_end.py printed")
    parser.add_argument("--leakage", type=Path, help="written by leakage.py")
    parser.add_argument("--baselines", type=Path, help="written by baselines.py")
    parser.add_argument("--shapes", type=Path, help="written by shapes.py")
    parser.add_argument("--card", type=Path, default=data.HERE.parent / "README.md")
    parser.add_argument("--log", type=Path)
    parser.add_argument("--curve", type=Path)
    args = parser.parse_args()
    figures = json.loads(args.figures.read_text())
    through = json.loads(args.through.read_text()) if args.through else None
    parts = [kssd(figures, through), synthetic(figures), calibration(figures)]
    if args.baselines:
        parts.append(baselines(figures, json.loads(args.baselines.read_text())))
    if args.shapes:
        parts.append(widths(json.loads(args.shapes.read_text())))
    if args.leakage:
        parts.append(leak(json.loads(args.leakage.read_text())))
    before, rest = args.card.read_text().split(START)
    args.card.write_text(before + START + "\n\n" + "\n\n".join(parts) + "\n\n" + END + rest.split(END)[1])
    if args.log and args.curve:
        curve(args.log, args.curve)


if __name__ == "__main__":
    main()
