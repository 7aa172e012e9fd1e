"""Export the weights to ONNX and write the manifest.

    python export.py --weights cache/final.pt --tract cache/tract.pt

The graphs: input `image` [1, channels, H, W], output `probability` [1, classes, H, W], H and W free
multiples of 2 to the power of the poolings, batch norm folded into the convolutions, sigmoid inside. Checked
against the PyTorch networks on random input.
"""

import argparse
import copy
import hashlib
import json
import math
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

import data
import organs
import tract
from folds import FLOOR_HU, FLOOR_REACH
from net import UNet, load

VERSION = "0.5.0"
TRACT_FILE = "stone-tract.onnx"
OPERATORS = {"Conv", "Relu", "MaxPool", "ConvTranspose", "Concat", "Sigmoid"}
TOLERANCE = 1e-5
KINDS = {
    "real": {
        "licence": "MIT OR Apache-2.0; trained in part on KSSD2025 (research and evaluation with citation), see README.md",
        "trained_on": "Synthetic CT patches of a procedural phantom, the 14 KSSD2025 development scans (8-bit images, HU estimated), and two stone-free "
        "real CTs (acrin-abdomen without, tcga-coad-abdomen with contrast medium) as they are and with synthetic stones put into them.",
    },
    "synthetic": {
        "licence": "MIT OR Apache-2.0",
        "trained_on": "Synthetic CT patches of a procedural phantom; no real image.",
    },
}


class Exported(nn.Module):
    """The network with batch norm folded and the sigmoid inside."""

    def __init__(self, net: UNet):
        super().__init__()
        self.net = copy.deepcopy(net).eval()
        for blocks in (self.net.encoder, self.net.decoder):
            for block in blocks:
                for i in (0, 3):
                    block[i], block[i + 1] = fuse_conv_bn_eval(block[i], block[i + 1]), nn.Identity()

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(self.net(image))


def export(net: UNet, path: Path) -> None:
    """Write the ONNX file and check operators and numbers."""
    channels = net.encoder[0][0].in_channels
    free = {2: "height", 3: "width"}
    torch.onnx.export(
        Exported(net), (torch.zeros(1, channels, 64, 64),), str(path), dynamo=False, opset_version=17,
        input_names=["image"], output_names=["probability"], dynamic_axes={"image": free, "probability": free},
    )  # fmt: skip
    model = onnx.load(path)
    onnx.checker.check_model(model)
    used = {node.op_type for node in model.graph.node}
    assert used <= OPERATORS, used - OPERATORS
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    rng = np.random.default_rng(0)
    worst = 0.0
    for shape in ((64, 64), (256, 192), (512, 512)):
        image = rng.random((1, channels, *shape), np.float32)
        with torch.inference_mode():
            expected = torch.sigmoid(net.eval()(torch.from_numpy(image))).numpy()
        worst = max(worst, float(np.abs(session.run(None, {"image": image})[0] - expected).max()))
    print(f"operators {sorted(used)}; largest difference from PyTorch {worst:.1e}")
    assert worst <= TOLERANCE, worst


def told(path: Path) -> dict:
    """What a manifest says of a file."""
    blob = path.read_bytes()
    return {"file": path.name, "bytes": len(blob), "sha256": hashlib.sha256(blob).hexdigest()}


def tract_manifest(folder: Path, file: str) -> dict:
    """What a folder's manifest says of the network that knows the urinary tract."""
    low, high = organs.WINDOW_HU
    return told(folder / file) | {
        "file": file,
        "channels": [{"offset_mm": o, "low_hu": low, "high_hu": high} for o in organs.OFFSETS_MM],
        "cell_mm": organs.CELL_MM,
        "rows": organs.ROWS,
        "columns": organs.COLUMNS,
        "organs": organs.ORGANS,
    }


def manifest(path: Path, multiple: int, tract_file: str, settings: dict, validation: str, kind: str) -> dict:
    """The manifest that the viewer reads; `kind` is one of KINDS."""
    channels = [{"offset_mm": o, "low_hu": data.SOFT_HU[0], "high_hu": data.SOFT_HU[1]} for o in data.OFFSETS_MM]
    channels.append({"offset_mm": 0.0, "low_hu": data.WIDE_HU[0], "high_hu": data.WIDE_HU[1]})
    return {
        "schema": "lithoscope/model/1",
        "name": path.stem,
        "version": VERSION,
        **told(path),
        "licence": KINDS[kind]["licence"],
        "input": {"channels": channels, "multiple_of": multiple},
        "floor": {"hu": FLOOR_HU, "reach": FLOOR_REACH},
        **settings,
        "tract": tract_manifest(path.parent, tract_file),
        "pixel_mm": [0.6, 1.0],
        "slice_mm": [0.6, 5.0],
        "trained_on": KINDS[kind]["trained_on"],
        "validation": validation,
        "card": "README.md",
    }


def write(net: UNet, tract_net: UNet, folder: Path, settings: dict, validation: str, name="stone-unet", kind="real", tract_file=TRACT_FILE) -> Path:
    """The ONNX files and their manifest; returns the stones' ONNX file. `tract_file` is relative to the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    export(net, path)
    export(tract_net, folder / tract_file)
    (folder / "manifest.json").write_text(json.dumps(manifest(path, net.multiple, tract_file, settings, validation, kind), indent=2) + "\n")
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "final.pt")
    parser.add_argument("--tract", type=Path, default=data.HERE / "cache" / "tract.pt")
    parser.add_argument("--figures", type=Path, default=data.HERE / "figures.json", help="written by evaluate.py")
    parser.add_argument("--out", type=Path, default=data.HERE.parent)
    parser.add_argument("--name", default="stone-unet")
    parser.add_argument("--tract-file", default=TRACT_FILE, help="where the second network goes, from --out")
    parser.add_argument("--kind", choices=list(KINDS), default="real")
    args = parser.parse_args()
    figures = json.loads(args.figures.read_text())
    path = write(load(args.weights), load(args.tract), args.out, figures["settings"], figures["sentence"], args.name, args.kind, args.tract_file)
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
