"""Writes the code streams of jpeg2000/: pip install numpy, apt install libopenjp2-tools, then python make_jpeg2000.py.

The encoder is OpenJPEG. A stream PICTURE-WHAT.j2k must decode to PICTURE.raw, 16 bit little endian; an irreversible or
truncated one has a PICTURE-WHAT.raw of its own, which is what OpenJPEG decodes it to.
"""

import pathlib
import re
import struct
import subprocess
import tempfile

import numpy as np

OUT = pathlib.Path(__file__).parent / "jpeg2000"
OUT.mkdir(exist_ok=True)


def body(rows, columns, seed=3):
    """A disc with noise in air, and a bright inlay."""
    rng = np.random.default_rng(seed)
    j, i = np.mgrid[:rows, :columns]
    soft = 1060 + 40 * np.sin(i / 5) + 60 * np.cos(j / 4) + rng.normal(0, 9, (rows, columns))
    inside = np.hypot(i - columns / 2, j - rows / 2) < 0.45 * min(rows, columns)
    image = np.where(inside, soft, 24).round()
    image[rows // 4 : rows // 4 + 3, columns // 3 : columns // 3 + 4] = 4095
    return image.astype(int)


wild = np.random.default_rng(5).integers(0, 65536, (37, 53))
PICTURES = {  # samples, bits, signed
    "u12": (body(37, 53), 12, False),
    "s12": (body(37, 53) - 2048, 12, True),
    "s16": (body(37, 53) * 16 - 32768, 16, True),
    "u8": (body(37, 53) >> 4, 8, False),
    "wild": (wild, 16, False),
    "blank": (np.full((37, 53), 100), 12, False),
    "dot": (np.full((1, 1), 1234), 12, False),
    "row": (body(9, 61)[4:5], 12, False),
    "column": (body(61, 9)[:, 4:5], 12, False),
    "large": (body(150, 131), 12, False),
}
EXACT = {
    "u12": {
        "plain": "",
        "levels0": "-n 1",
        "blocks4": "-b 4,4",
        "blocks64x4": "-b 64,4",
        "blocks4x64": "-b 4,64",
        "rlcp": "-p RLCP -r 40,10,1",
        "rpcl": "-p RPCL -r 40,10,1 -c [32,32],[16,16],[16,16],[8,8],[8,8],[8,8]",
        "pcrl": "-p PCRL -r 40,10,1 -c [32,16],[16,16],[8,8],[8,8],[4,8],[2,4]",
        "cprl": "-p CPRL -r 40,10,1 -c [16,32],[16,16],[8,8] -t 29,23",
        "pcrl-offset": "-p PCRL -c [16,16],[8,8],[4,4],[4,4],[4,4] -d 13,7 -T 5,3 -t 25,19 -b 4,4",
        "lrcp": "-p LRCP -r 80,40,20,10,5,1 -c [32,32],[16,16],[16,16],[8,8],[8,8],[8,8]",
        "sop-eph": "-SOP -EPH -r 40,1 -c [32,16],[16,16],[8,16],[8,8],[8,8],[8,8]",
        "tiles": "-t 20,16",
        "tile-parts": "-t 30,20 -TP R",
        "poc": "-r 20,4,1 -POC T1=0,0,3,3,1,RLCP/T1=3,0,3,6,1,LRCP",
        "bypass": "-M 1",
        "reset": "-M 2",
        "terminate": "-M 4",
        "causal": "-M 8",
        "predictable": "-M 16",
        "symbols": "-M 32",
        "bypass-terminate": "-M 5",
        "all-styles": "-M 63 -r 20,5,1",
        "bypass-layers": "-M 1 -r 30,10,3,1",
        "offset": "-d 7,5",
        "tile-offset": "-d 17,11 -T 9,4 -t 23,17",
        "plt-tlm": "-PLT -TLM -t 30,20",
        "raised": "-ROI c=0,U=11",
    },
    "s12": {"plain": "", "tiles": "-t 33,40", "all-styles": "-M 63"},
    "s16": {"plain": "", "bypass": "-M 1 -n 3"},
    "u8": {"plain": ""},
    "wild": {"plain": "", "all-styles": "-M 63", "bypass": "-M 1 -b 32,32"},
    "blank": {"plain": "", "layers": "-r 9,1"},
    "dot": {"plain": "-n 1", "odd": "-n 1 -d 3,5"},
    "row": {"plain": "-n 1", "odd": "-n 1 -d 3,5"},
    "column": {"plain": "-n 1", "odd": "-n 1 -d 3,5"},
    "large": {"plain": "-b 32,32"},
}
# OpenJPEG loses some of the tiles that are one sample wide.
LOSSY = {
    "u12": {
        "97": "-I -r 4",
        "97-odd": "-I -r 3 -d 7,5 -t 31,23 -T 2,1",
        "97-fine": "-I -r 1",
        "53-truncated": "-r 5",
        "97-layers": "-I -r 20,8,4 -M 1",
        "53-single": "-t 26,36",
        "53-single-odd": "-t 26,36 -T 1,1 -d 1,1",
    },
    "s16": {"97": "-I -r 4"},
}


def little(samples):
    return samples.astype("<u2" if samples.min() >= 0 else "<i2").tobytes()


def encode(picture, options, target):
    samples, bits, signed = PICTURES[picture]
    rows, columns = samples.shape
    with tempfile.NamedTemporaryFile(suffix=".rawl") as raw:
        wide = samples.astype("<i2" if signed else "<u2") if bits > 8 else samples.astype("u1")
        raw.write(wide.tobytes())
        raw.flush()
        shape = f"{columns},{rows},1,{bits},{'s' if signed else 'u'}"
        # OpenJPEG wants tiles that the lowest resolution leaves a sample of.
        options = options if "-n " in options or "-t" not in options else f"-n 5 {options}"
        command = ["opj_compress", "-i", raw.name, "-o", target, "-F", shape, *options.split()]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def decoded(stream, bits, signed):
    with tempfile.NamedTemporaryFile(suffix=".rawl") as raw:
        command = ["opj_decompress", "-i", stream, "-o", raw.name]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        cells = pathlib.Path(raw.name).read_bytes()
    values = np.frombuffer(cells, "<u2" if bits > 8 else "u1").astype(int)
    # Raw files hold the bits of the precision only.
    values &= (1 << bits) - 1
    return np.where(signed & (values >> (bits - 1) == 1), values - (1 << bits), values)


def pack_headers(stream, in_main):
    """Moves the packet headers, told by their SOP and EPH, to one PPT segment per tile-part or to PPM."""
    first = stream.index(b"\xff\x90")
    main, rest, parts, packed = stream[:first], stream[first:], [], []
    while rest[:2] == b"\xff\x90":
        length = struct.unpack_from(">I", rest, 6)[0]
        part, rest = rest[:length], rest[length:]
        begin = part.index(b"\xff\x93") + 2
        headers, bodies = b"", b""
        for packet in re.split(rb"\xff\x91\x00\x04..", part[begin:], flags=re.DOTALL)[1:]:
            end = packet.index(b"\xff\x92") + 2
            headers, bodies = headers + packet[:end], bodies + packet[end:]
        number = part[10]
        segment = b"\xff\x61" + struct.pack(">HB", len(headers) + 3, number) + headers
        inner = b"" if in_main else segment
        part = part[:12] + inner + b"\xff\x93" + bodies
        parts.append(part[:6] + struct.pack(">I", len(part)) + part[10:])
        packed.append(struct.pack(">I", len(headers)) + headers)
    data = b"".join(packed)
    # A piece may end anywhere, and the segments may come in any order.
    pieces = [data[: len(data) // 2], data[len(data) // 2 :]] if in_main else []
    for number, piece in reversed(list(enumerate(pieces))):
        main += b"\xff\x60" + struct.pack(">HB", len(piece) + 3, number) + piece
    return main + b"".join(parts) + rest


for picture, (samples, bits, signed) in PICTURES.items():
    (OUT / f"{picture}.raw").write_bytes(little(samples))
    for name, options in EXACT.get(picture, {}).items():
        target = OUT / f"{picture}-{name}.j2k"
        encode(picture, options, target)
        assert (decoded(target, bits, signed) == samples.ravel()).all(), target
    for name, options in LOSSY.get(picture, {}).items():
        target = OUT / f"{picture}-{name}.j2k"
        encode(picture, options, target)
        target.with_suffix(".raw").write_bytes(little(decoded(target, bits, signed)))
for name in ("ppm", "ppt"):
    target = OUT / f"u12-{name}.j2k"
    encode("u12", "-SOP -EPH -r 20,1 -t 30,37 -TP R", target)
    target.write_bytes(pack_headers(target.read_bytes(), name == "ppm"))
    assert (decoded(target, 12, False) == PICTURES["u12"][0].ravel()).all(), target
