"""Runs an ONNX network on one image with onnxruntime.

    python run_onnx.py NETWORK IMAGE CHANNELS ROWS COLUMNS OUTPUT

Image and output are files of little-endian float32, channel by channel.
"""

import sys

import numpy as np
import onnxruntime

network, image, channels, rows, columns, output = sys.argv[1:]
session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
planes = np.fromfile(image, "<f4").reshape(1, int(channels), int(rows), int(columns))
answer = session.run(None, {session.get_inputs()[0].name: planes})[0]
answer.astype("<f4").tofile(output)
