"""Writes the HTJ2K streams of this folder: apt install openjph-tools, pip install numpy imagecodecs, then
python make_htj2k.py after make.py.

The encoder is OpenJPH. NAME.raw holds what NAME.jph must decode to, as 16 bit little endian: what went in or, with
loss, what OpenJPEG makes of the stream.
"""

import subprocess
import tempfile
from pathlib import Path

import imagecodecs
import numpy as np


def openjph(image, bits, **options):
    """Unsigned only: version 0.9 takes signed samples for unsigned ones."""
    rows, columns = image.shape
    with tempfile.TemporaryDirectory() as folder:
        source, stream = Path(folder, "image.yuv"), Path(folder, "image.j2c")
        image.astype("<u2").tofile(source)
        arguments = {"i": source, "o": stream, "dims": f"{{{columns},{rows}}}", "num_comps": 1, "signed": "false"}
        arguments |= {"bit_depth": bits, "downsamp": "{1,1}", "reversible": "true"} | options
        words = [str(word) for name, value in arguments.items() for word in (f"-{name}", value)]
        subprocess.run(["ojph_compress", *words], check=True, capture_output=True)
        return stream.read_bytes()


def image(name, dtype="<u2"):
    return np.fromfile(f"{name}.raw", dtype).reshape(24, 32)


def write(name, stream, pixels=None):
    Path(f"{name}.jph").write_bytes(stream)
    if pixels is not None:
        pixels.astype("<i2" if pixels.dtype.kind == "i" else "<u2").tofile(f"{name}.raw")


u12, wild = image("u12"), image("wild")
write("u12", openjph(u12, 12, prog_order="LRCP", block_size="{64,64}"))
write("s16", imagecodecs.htj2k_encode(image("s16", "<i2"), reversible=True))
write("wild", openjph(wild, 16, prog_order="RPCL", num_decomps=2))
odd = u12[1:22, 2:31]
write("u12-29x21-rpcl", openjph(odd, 12, prog_order="RPCL", block_size="{4,16}", precincts="{32,32}"), odd)
write("u12-29x21-tiles", openjph(odd, 12, prog_order="CPRL", tile_size="{16,8}", num_decomps=1), odd)
write("u12-1x21", openjph(odd[:, :1], 12, num_decomps=3), odd[:, :1])
write("u12-29x1", openjph(odd[:1], 12, num_decomps=0), odd[:1])
blank = np.zeros((24, 32), np.uint16)
write("u12-32x24-blank", openjph(blank, 12), blank)
lossy = openjph(u12, 12, reversible="false", qstep=0.002)
write("u12-32x24-lossy", lossy, imagecodecs.jpeg2k_decode(lossy))
