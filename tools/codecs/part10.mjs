// DICOM files around pixel data, written by hand (PS3.10 7.1, PS3.5 7.1.2 and A.4).

export const SYNTAX = {
  native: "1.2.840.10008.1.2.1",
  rle: "1.2.840.10008.1.2.5",
  jpeg: "1.2.840.10008.1.2.4.50",
  jpegExtended: "1.2.840.10008.1.2.4.51",
  jpegLossless: "1.2.840.10008.1.2.4.70",
  jpegLs: "1.2.840.10008.1.2.4.80",
  jpegLsNear: "1.2.840.10008.1.2.4.81",
  jpeg2000: "1.2.840.10008.1.2.4.91",
  htj2k: "1.2.840.10008.1.2.4.203",
};

const LONG = ["OB", "OW", "SQ", "UN"];

/** An element in explicit VR little endian; `length` where it is not that of the value. */
function element(group, number, vr, value, length) {
  const bytes = typeof value === "string" ? Buffer.from(value, "latin1") : value;
  const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2, vr === "UI" ? 0 : " ")]);
  const head = Buffer.alloc(LONG.includes(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, "latin1");
  if (LONG.includes(vr)) head.writeUInt32LE(length ?? padded.length, 8);
  else head.writeUInt16LE(padded.length, 6);
  return Buffer.concat([head, padded]);
}

const words = (...values) => Buffer.from(Uint16Array.from(values).buffer);

function item(bytes) {
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0, 0, 0, 0]);
  head.writeUInt32LE(bytes.length + (bytes.length % 2), 4);
  return Buffer.concat([head, bytes, Buffer.alloc(bytes.length % 2)]);
}

function pixelData(syntax, stream) {
  if (syntax === SYNTAX.native) return element(0x7fe0, 0x10, "OW", stream);
  const end = Buffer.from([0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0]);
  return element(0x7fe0, 0x10, "OB", Buffer.concat([item(Buffer.alloc(0)), item(stream), end]), 0xffffffff);
}

/** A CT image of one frame whose HU are its stored values; with a scanner's usual other elements if `extra`. */
export function ctFile({ syntax, stream, columns, rows, bits, signed, extra = Buffer.alloc(0) }) {
  const allocated = bits > 8 ? 16 : 8;
  const meta = element(0x0002, 0x0010, "UI", syntax);
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from("DICM"),
    element(0x0002, 0x0000, "UL", Buffer.from(Uint32Array.of(meta.length).buffer)),
    meta,
    element(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
    element(0x0008, 0x0016, "UI", "1.2.840.10008.5.1.4.1.1.2"),
    element(0x0008, 0x0018, "UI", "1.2.3.4"),
    element(0x0008, 0x0060, "CS", "CT"),
    extra,
    element(0x0020, 0x000d, "UI", "1.2.3.1"),
    element(0x0020, 0x000e, "UI", "1.2.3"),
    element(0x0020, 0x0013, "IS", "1"),
    element(0x0020, 0x0032, "DS", "-175\\-175\\0"),
    element(0x0020, 0x0037, "DS", "1\\0\\0\\0\\1\\0"),
    element(0x0028, 0x0002, "US", words(1)),
    element(0x0028, 0x0004, "CS", "MONOCHROME2"),
    element(0x0028, 0x0010, "US", words(rows)),
    element(0x0028, 0x0011, "US", words(columns)),
    element(0x0028, 0x0030, "DS", "0.683\\0.683"),
    element(0x0028, 0x0100, "US", words(allocated)),
    element(0x0028, 0x0101, "US", words(bits)),
    element(0x0028, 0x0102, "US", words(bits - 1)),
    element(0x0028, 0x0103, "US", words(Number(signed))),
    element(0x0028, 0x1052, "DS", "0"),
    element(0x0028, 0x1053, "DS", "1"),
    pixelData(syntax, Buffer.from(stream.buffer, stream.byteOffset, stream.byteLength)),
  ]);
}

/** The elements of group 0008 to 0018 that any scanner adds. */
export function usualElements() {
  const text = (group, number, vr, value) => element(group, number, vr, value);
  return Buffer.concat([
    text(0x0008, 0x0070, "LO", "Manufacturer"),
    text(0x0008, 0x0080, "LO", "Hospital of the Town"),
    text(0x0008, 0x0090, "PN", "Referring^Physician"),
    text(0x0008, 0x1010, "SH", "CT01"),
    text(0x0008, 0x1030, "LO", "Abdomen without contrast"),
    text(0x0008, 0x103e, "LO", "Axial 1.0 mm soft"),
    text(0x0008, 0x1090, "LO", "Scanner 64"),
    ...Array.from({ length: 24 }, (_, n) => text(0x0009, 0x1000 + n, "LO", `private value ${n}`)),
    text(0x0010, 0x0010, "PN", "Doe^Jane^^^"),
    text(0x0010, 0x0020, "LO", "4711"),
    text(0x0010, 0x0030, "DA", "19700101"),
    text(0x0010, 0x0040, "CS", "F"),
    text(0x0018, 0x0022, "CS", "HELICAL MODE"),
    text(0x0018, 0x0050, "DS", "1.0"),
    text(0x0018, 0x0060, "DS", "120"),
    text(0x0018, 0x0090, "DS", "500"),
    text(0x0018, 0x1020, "LO", "v1.2.3"),
    text(0x0018, 0x1030, "LO", "5.1 Abdomen stone"),
    text(0x0018, 0x1100, "DS", "350"),
    text(0x0018, 0x1120, "DS", "0"),
    text(0x0018, 0x1150, "IS", "500"),
    text(0x0018, 0x1151, "IS", "240"),
    text(0x0018, 0x1210, "SH", "SOFT"),
    text(0x0018, 0x5100, "CS", "FFS"),
    ...Array.from({ length: 24 }, (_, n) => text(0x0019, 0x1000 + n, "DS", `${n}.5`)),
  ]);
}
