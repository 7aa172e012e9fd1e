"""Makes `tiny.onnx`, a U-Net with random weights, and `tiny.json`, its answer by onnxruntime.

    python make.py

Needs the packages of models/training/requirements.txt. The input is the integer sequence of `image` below,
which the Rust test repeats.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[3] / "models" / "training"))
import export  # noqa: E402
import net  # noqa: E402

ROWS, COLUMNS = 40, 56


def image() -> np.ndarray:
    """Values in 0..1 from a linear congruential generator, channel by channel."""
    state, values = 1, []
    for _ in range(net.CHANNELS * ROWS * COLUMNS):
        state = (state * 1103515245 + 12345) % 2**31
        values.append((state >> 16) / 32768)
    return np.array(values, np.float32).reshape(1, net.CHANNELS, ROWS, COLUMNS)


def main() -> None:
    torch.manual_seed(0)
    net.WIDTHS = (4, 8, 16, 32)
    network = net.UNet()
    # Spread the logits over both signs: a flat answer would match anything.
    with torch.no_grad():
        logits = network.eval()(torch.from_numpy(image()))
        network.head.weight *= 2 / logits.std()
        network.head.bias.copy_((network.head.bias - logits.mean()) * 2 / logits.std())
    export.export(network, HERE / "tiny.onnx")
    session = onnxruntime.InferenceSession(HERE / "tiny.onnx", providers=["CPUExecutionProvider"])
    answer = session.run(None, {"image": image()})[0].ravel()
    sampled = {int(at): float(answer[at]) for at in range(0, answer.size, 37)}
    text = {"shape": [net.CHANNELS, ROWS, COLUMNS], "mean": float(answer.mean()), "probabilities": sampled}
    (HERE / "tiny.json").write_text(json.dumps(text) + "\n")


if __name__ == "__main__":
    main()
