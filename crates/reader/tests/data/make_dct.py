"""Writes the cosine-transform JPEG streams of this folder: pip install numpy imagecodecs pydicom, install dcmtk and
libjpeg-turbo's cjpeg, then python make_dct.py.

Encoders are libjpeg-turbo (8 bit) and DCMTK (12 bit). Every NAME.raw holds what libjpeg-turbo decodes NAME.jpg to,
as 16 bit little endian.
"""

import subprocess
import tempfile
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
from pydicom.encaps import generate_frames

ROWS, COLUMNS = 21, 29
rng = np.random.default_rng(7)
j, i = np.mgrid[:ROWS, :COLUMNS]
body = 1060 + 40 * np.sin(i / 5) + 60 * np.cos(j / 4) + rng.normal(0, 6, (ROWS, COLUMNS))
body = np.where(np.hypot(i - 15, j - 12) < 9, body, 24).round().astype(np.uint16)
body[5:8, 10:13] = 4095
wild = rng.integers(0, 4096, (ROWS, COLUMNS)).astype(np.uint16)
folder = Path(tempfile.mkdtemp())


def cjpeg(image, *options):
    pgm = b"P5 %d %d 255\n" % (COLUMNS, ROWS) + (image >> 4).astype(np.uint8).tobytes()
    return subprocess.run(["cjpeg", *options], input=pgm, stdout=subprocess.PIPE, check=True).stdout


def dcmcjpeg(image, *options):
    raw, packed = folder / "raw.dcm", folder / "packed.dcm"
    ds = pydicom.Dataset()
    ds.file_meta = pydicom.dataset.FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = pydicom.uid.ExplicitVRLittleEndian
    ds.SOPClassUID, ds.SOPInstanceUID = pydicom.uid.SecondaryCaptureImageStorage, "1.2.3"
    ds.Rows, ds.Columns, ds.SamplesPerPixel = ROWS, COLUMNS, 1
    ds.PhotometricInterpretation, ds.PixelRepresentation = "MONOCHROME2", 0
    ds.BitsAllocated, ds.BitsStored, ds.HighBit = 16, 12, 11
    ds.add_new("PixelData", "OW", image.astype("<u2").tobytes())
    ds.save_as(raw, enforce_file_format=True)
    subprocess.run(["dcmcjpeg", *options, raw, packed], check=True)
    return next(generate_frames(pydicom.dcmread(packed).PixelData, number_of_frames=1))


streams = {
    "u8-29x21": cjpeg(body, "-quality", "95"),
    "u8-29x21-wild": cjpeg(wild, "-quality", "60"),
    # Beyond baseline: elements of 16 bits.
    "u8-29x21-coarse": cjpeg(wild, "-quality", "1"),
    "u8-29x21-restart": cjpeg(body, "-quality", "90", "-restart", "3B"),
    "u8-29x21-progressive": cjpeg(body, "-quality", "90", "-progressive"),
    "u8-29x21-progressive-restart": cjpeg(wild, "-quality", "90", "-progressive", "-restart", "1"),
    "u12-29x21": dcmcjpeg(body, "+ee", "+q", "95"),
    "u12-29x21-wild": dcmcjpeg(wild, "+ee", "+q", "60"),
    "u12-29x21-coarse": dcmcjpeg(wild, "+ee", "+q", "1"),
    "u12-29x21-spectral": dcmcjpeg(body, "+es", "+q", "90"),
    "u12-29x21-progressive": dcmcjpeg(wild, "+ep", "+q", "90"),
}
for name, stream in streams.items():
    Path(f"{name}.jpg").write_bytes(stream)
    imagecodecs.jpeg8_decode(stream).astype("<u2").tofile(f"{name}.raw")
