"""Export the weights to ONNX and write the manifest.

    python export.py --weights cache/weights.pt

The graph: input `image` [1, 4, H, W], output `probability` [1, 1, H, W], H and W free
multiples of 8, batch norm folded into the convolutions, sigmoid inside. Checked
against the PyTorch network on random input.
"""

import argparse
import copy
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

import data
from net import UNet

NAME, VERSION = "stone-unet", "0.1.0"
OPERATORS = {"Conv", "Relu", "MaxPool", "ConvTranspose", "Concat", "Sigmoid"}
TOLERANCE = 1e-5
LICENCE = "MIT OR Apache-2.0; trained in part on KSSD2025 (research and evaluation with citation), see README.md"


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
    free = {2: "height", 3: "width"}
    torch.onnx.export(
        Exported(net), (torch.zeros(1, 4, 64, 64),), str(path), dynamo=False, opset_version=17,
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
        image = rng.random((1, 4, *shape), np.float32)
        with torch.inference_mode():
            expected = torch.sigmoid(net.eval()(torch.from_numpy(image))).numpy()
        worst = max(worst, float(np.abs(session.run(None, {"image": image})[0] - expected).max()))
    print(f"operators {sorted(used)}; largest difference from PyTorch {worst:.1e}")
    assert worst <= TOLERANCE, worst


def manifest(path: Path, settings: dict, validation: str) -> dict:
    """The manifest that the viewer reads."""
    blob = path.read_bytes()
    channels = [{"offset_mm": o, "low_hu": data.SOFT_HU[0], "high_hu": data.SOFT_HU[1]} for o in data.OFFSETS_MM]
    channels.append({"offset_mm": 0.0, "low_hu": data.WIDE_HU[0], "high_hu": data.WIDE_HU[1]})
    return {
        "schema": "lithoscope/model/1",
        "name": NAME,
        "version": VERSION,
        "file": path.name,
        "bytes": len(blob),
        "sha256": hashlib.sha256(blob).hexdigest(),
        "licence": LICENCE,
        "input": {"channels": channels, "multiple_of": 8},
        "floor": {"hu": 110, "reach": 1},
        **settings,
        "pixel_mm": [0.6, 1.0],
        "slice_mm": [0.6, 5.0],
        "trained_on": "Synthetic CT patches of a procedural phantom, 8 of the 14 KSSD2025 development scans (8-bit images, HU estimated), "
        "and one stone-free real CT (acrin-abdomen) as negatives.",
        "validation": validation,
        "card": "README.md",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--weights", type=Path, default=data.HERE / "cache" / "weights.pt")
    parser.add_argument("--figures", type=Path, default=data.HERE / "figures.json", help="written by evaluate.py")
    parser.add_argument("--out", type=Path, default=data.HERE.parent)
    args = parser.parse_args()
    net = UNet()
    net.load_state_dict(torch.load(args.weights))
    path = args.out / f"{NAME}.onnx"
    export(net, path)
    settings, validation = {"threshold": 0.5, "grow_threshold": 0.3, "min_voxels": 2}, "None yet: not evaluated."
    if args.figures.is_file():
        figures = json.loads(args.figures.read_text())
        settings, validation = figures["settings"], figures["sentence"]
    (args.out / "manifest.json").write_text(json.dumps(manifest(path, settings, validation), indent=2) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
