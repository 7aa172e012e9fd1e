"""A whole CT by onnxruntime, slice after slice, as its users write it; prints the seconds from HU to probabilities.

    python predict.py NETWORK STACK SLICES SIDE SLICE_MM THREADS < manifest.json

STACK holds HU as little-endian int16.
"""

import json
import sys
import time

import numpy as np
import onnxruntime

network, stack, slices, side, slice_mm, threads = sys.argv[1:]
slices, side = int(slices), int(side)
hu = np.fromfile(stack, "<i2").reshape(slices, side, side)
channels = json.load(sys.stdin)["input"]["channels"]
options = onnxruntime.SessionOptions()
options.intra_op_num_threads = int(threads)
session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
name = session.get_inputs()[0].name


def image(k: int) -> np.ndarray:
    """The network's input of a slice; slices that the offsets fall between are taken by the nearest."""
    planes = []
    for channel in channels:
        near = k + round(channel["offset_mm"] / float(slice_mm))
        low, high = channel["low_hu"], channel["high_hu"]
        plane = hu[min(max(near, 0), slices - 1)].astype(np.float32)
        planes.append(np.clip((plane - low) / (high - low), 0, 1))
    return np.stack(planes)[None]


session.run(None, {name: image(0)})
began = time.perf_counter()
for k in range(slices):
    session.run(None, {name: image(k)})
print(f"{time.perf_counter() - began:.4f}")
