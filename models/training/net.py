"""The networks: a plain U-Net with three poolings and 8 to 64 feature maps."""

import torch
from torch import nn

WIDTHS = (8, 16, 32, 64)
CHANNELS = 4


def double_conv(inputs: int, outputs: int) -> nn.Sequential:
    """Two 3x3 convolutions, each with batch norm and ReLU."""
    layers = []
    for source in (inputs, outputs):
        layers += [nn.Conv2d(source, outputs, 3, padding=1), nn.BatchNorm2d(outputs), nn.ReLU()]
    return nn.Sequential(*layers)


class UNet(nn.Module):
    """Encoder, decoder and skips of the U-Net; the output is one logit per pixel and class.

    Height and width of the input must be multiples of 8.
    """

    def __init__(self, channels: int = CHANNELS, classes: int = 1):
        super().__init__()
        sources = (channels, *WIDTHS[:-1])
        self.encoder = nn.ModuleList(double_conv(a, b) for a, b in zip(sources, WIDTHS))
        self.pool = nn.MaxPool2d(2)
        self.up = nn.ModuleList(nn.ConvTranspose2d(2 * w, w, 2, stride=2) for w in WIDTHS[-2::-1])
        self.decoder = nn.ModuleList(double_conv(2 * w, w) for w in WIDTHS[-2::-1])
        self.head = nn.Conv2d(WIDTHS[0], classes, 1)
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
