"""The networks: a plain U-Net, by default with three poolings and 8 to 64 feature maps."""

from pathlib import Path

import torch
from torch import nn

# Feature maps of the first level, doubled at each of the poolings.
WIDTH, POOLINGS = 8, 3
CHANNELS = 4


def double_conv(inputs: int, outputs: int) -> nn.Sequential:
    """Two 3x3 convolutions, each with batch norm and ReLU."""
    layers = []
    for source in (inputs, outputs):
        layers += [nn.Conv2d(source, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Encoder, decoder and skips of the U-Net; the output is one logit per pixel and class.

    Height and width of the input must be multiples of 2 ** `poolings`.
    """

    def __init__(self, channels: int = CHANNELS, classes: int = 1, width: int = WIDTH, poolings: int = POOLINGS):
        super().__init__()
        widths = [width << level for level in range(poolings + 1)]
        self.multiple = 1 << poolings
        self.encoder = nn.ModuleList(double_conv(a, b) for a, b in zip((channels, *widths), widths))
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in widths[-2::-1])
        self.decoder = nn.ModuleList(double_conv(2 * w, w) for w in widths[-2::-1])
        self.head = nn.Conv2d(width, classes, 1)
        # what is looked for is rare: start from a small probability
        nn.init.constant_(self.head.bias, -7.0)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        skips = []
        for level, block in enumerate(self.encoder):
            x = block(x if level == 0 else self.pool(x))
            skips.append(x)
        skips.pop()
        for up, block in zip(self.up, self.decoder):
            x = block(torch.cat([skips.pop(), up(x)], dim=1))
        return self.head(x)


def load(path: Path) -> UNet:
    """The network of a weight file, whose sizes tell its shape, ready to be asked."""
    weights = torch.load(path, map_location="cpu")
    width, channels = weights["encoder.0.0.weight"].shape[:2]
    net = UNet(channels, len(weights["head.bias"]), width, sum(name.startswith("up.") and name.endswith(".bias") for name in weights))
    net.load_state_dict(weights)
    return net.eval()
