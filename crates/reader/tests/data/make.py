"""Writes the code streams of this folder: pip install numpy imagecodecs pyjpegls, then python make.py.

The encoders are libjpeg-turbo (lossless JPEG), CharLS (JPEG-LS) and OpenJPEG (JPEG 2000). Every NAME.raw holds what the
streams that begin with NAME must decode to, as 16 bit little endian.
"""

import imagecodecs
import jpeg_ls
import numpy as np

ROWS, COLUMNS = 24, 32
rng = np.random.default_rng(7)
j, i = np.mgrid[:ROWS, :COLUMNS]
body = 1060 + 40 * np.sin(i / 5) + 60 * np.cos(j / 4) + rng.normal(0, 6, (ROWS, COLUMNS))
u12 = np.where(np.hypot(i - 15, j - 12) < 9, body, 24).round().astype(np.uint16)
u12[5:8, 10:13] = 4095
images = {
    "u8": (u12 >> 4, 8),
    "u12": (u12, 12),
    "s16": ((u12.astype(int) - 1024).astype(np.int16).view(np.uint16), 16),
    "wild": (rng.integers(0, 65536, (ROWS, COLUMNS)).astype(np.uint16), 16),
}


def near_lossless(image, bits, near):
    data = image.astype(np.uint8) if bits <= 8 else image.astype("<u2")
    return bytes(
        jpeg_ls.encode_pixel_data(
            data.tobytes(), near, rows=ROWS, columns=COLUMNS, samples_per_pixel=1, bits_stored=bits
        )
    )


for name, (image, bits) in images.items():
    cells = image.astype(np.uint8 if bits == 8 else np.uint16)
    image.astype("<u2").tofile(f"{name}.raw")
    for predictor in {"u12": range(1, 8), "wild": (1, 4, 7)}.get(name, (1,)):
        stream = imagecodecs.jpeg8_encode(cells, lossless=True, predictor=predictor, bitspersample=bits)
        open(f"{name}.p{predictor}.jpg", "wb").write(stream)
    open(f"{name}.jls", "wb").write(near_lossless(image, bits, 0))
stream = near_lossless(u12, 12, 3)
open("u12near3.jls", "wb").write(stream)
imagecodecs.jpegls_decode(stream).astype("<u2").tofile("u12near3.raw")
for name, image, bits in (("u12", u12, 12), ("s16", images["s16"][0].view(np.int16), 16)):
    stream = imagecodecs.jpeg2k_encode(
        image, codecformat="j2k", reversible=True, bitspersample=bits, verbose=0
    )
    open(f"{name}.j2k", "wb").write(stream)
