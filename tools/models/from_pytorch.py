"""A tiny U-Net of PyTorch, trained for seconds, as `pytorch/tiny.onnx` and its manifest.

    pip install torch onnx numpy
    python from_pytorch.py OUT
"""

import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from task import batch, write_manifest


class TinyUNet(nn.Module):
    """Two poolings, 4 to 16 feature maps, sigmoid at the end."""

    def __init__(self):
        super().__init__()

        def block(inputs: int, outputs: int) -> nn.Sequential:
            return nn.Sequential(nn.Conv2d(inputs, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU())

        self.down = nn.ModuleList([block(1, 4), block(4, 8), block(8, 16)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(16, 8, 2, stride=2), nn.ConvTranspose2d(8, 4, 2, stride=2)])
        self.join = nn.ModuleList([block(16, 8), block(8, 4)])
        self.head = nn.Conv2d(4, 1, 1)

    def forward(self, x):
        first = self.down[0](x)
        second = self.down[1](nn.functional.max_pool2d(first, 2))
        x = self.down[2](nn.functional.max_pool2d(second, 2))
        x = self.join[0](torch.cat([second, self.up[0](x)], 1))
        x = self.join[1](torch.cat([first, self.up[1](x)], 1))
        return torch.sigmoid(self.head(x))


def main() -> None:
    out = Path(sys.argv[1]) / "pytorch"
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    network = TinyUNet()
    optimizer = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(300):
        images, masks = (torch.from_numpy(array)[:, None] for array in batch(rng))
        loss = nn.functional.binary_cross_entropy(network(images), masks)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    print(f"pytorch: loss {loss.item():.4f}")
    file = out / "tiny.onnx"
    # Rows and columns are left open; the exporter that traces gives the plainer graph.
    torch.onnx.export(network.eval(), (torch.zeros(1, 1, 64, 64),), file, dynamo=False, opset_version=17,
                      input_names=["image"], output_names=["probability"],
                      dynamic_axes={"image": {2: "rows", 3: "columns"}, "probability": {2: "rows", 3: "columns"}})  # fmt: skip
    write_manifest(file, "tiny-pytorch")


if __name__ == "__main__":
    main()
