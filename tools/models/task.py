"""What the two example networks learn: bright discs on soft tissue, in a window of 1024 HU."""

import hashlib
import json
from pathlib import Path

import numpy as np

SIDE = 64
# -24..1000 HU become 0..1.
LOW_HU, HIGH_HU = -24.0, 1000.0


def batch(rng, count: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Images and masks (count, SIDE, SIDE), float32: up to three discs of 200 to 1000 HU on noise around 40 HU."""
    y, x = np.mgrid[:SIDE, :SIDE]
    hu = rng.normal(40, 12, (count, SIDE, SIDE))
    masks = np.zeros((count, SIDE, SIDE), bool)
    for image, mask in zip(hu, masks):
        for _ in range(rng.integers(0, 4)):
            disc = np.hypot(y - rng.uniform(4, SIDE - 4), x - rng.uniform(4, SIDE - 4)) <= rng.uniform(1.5, 6)
            image[disc] = rng.uniform(200, 1000)
            mask |= disc
    images = np.clip((hu - LOW_HU) / (HIGH_HU - LOW_HU), 0, 1)
    return images.astype(np.float32), masks.astype(np.float32)


def write_manifest(onnx: Path, name: str) -> None:
    """`manifest.json` beside the ONNX file."""
    content = onnx.read_bytes()
    manifest = {
        "schema": "lithoscope/model/1",
        "name": name,
        "version": "1.0.0",
        "file": onnx.name,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "MIT OR Apache-2.0",
        "input": {"channels": [{"offset_mm": 0.0, "low_hu": LOW_HU, "high_hu": HIGH_HU}], "multiple_of": 4},
        "floor": {"hu": 130, "reach": 1},
        "threshold": 0.5,
        "grow_threshold": 0.5,
        "min_voxels": 2,
        "pixel_mm": [0.4, 1.5],
        "slice_mm": [0.5, 5.0],
        "trained_on": "Bright discs on noise: an example of a file, not of a model.",
        "validation": "None.",
        "card": "docs/adding-a-model.md",
    }
    onnx.with_name("manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
