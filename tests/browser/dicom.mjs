// A CT of this repository's own, and what is needed to check pictures without the product's code: a reader of
// uncompressed little endian DICOM and the window function of PS3.3 C.11.2.1.2.
import { mkdirSync, truncateSync, writeFileSync } from "node:fs";

const EXPLICIT_LITTLE_ENDIAN = "1.2.840.10008.1.2.1";
const CT_IMAGE = "1.2.840.10008.5.1.4.1.1.2";
const LONG = ["OB", "OW", "UN", "SQ", "UT"];

export function element(group, number, vr, value) {
  let body = Buffer.isBuffer(value) ? value : Buffer.from(String(value), "latin1");
  if (typeof value === "number" && vr === "US") {
    body = Buffer.alloc(2);
    body.writeUInt16LE(value);
  }
  // Values are of even length; UIDs are padded with a zero, texts with a space.
  if (body.length % 2) body = Buffer.concat([body, Buffer.from(vr === "UI" ? "\0" : " ")]);
  const head = Buffer.alloc(LONG.includes(vr) ? 12 : 8);
  head.writeUInt16LE(group, 0);
  head.writeUInt16LE(number, 2);
  head.write(vr, 4, "latin1");
  if (LONG.includes(vr)) head.writeUInt32LE(body.length, 8);
  else head.writeUInt16LE(body.length, 6);
  return Buffer.concat([head, body]);
}

/** A file with another value in an element that it has (explicit little endian, of a VR whose length takes two bytes). */
export function replaced(file, group, number, vr, value) {
  const at = file.indexOf(element(group, number, vr, "").subarray(0, 6), 132);
  const end = at + 8 + file.readUInt16LE(at + 6);
  return Buffer.concat([file.subarray(0, at), element(group, number, vr, value), file.subarray(end)]);
}

/** The shape of the CT below: axial, of a person lying on the back with the head first. */
export const made = { columns: 48, rows: 40, slices: 12, spacing: [0.8, 0.8, 2.5], firstZ: -100 };

/** HU of the CT below: other at every voxel of a slice's middle, and from slice to slice. */
export function madeHu(i, j, k) {
  const inside = (i - 24) ** 2 / 400 + (j - 20) ** 2 / 256 < 1;
  return inside ? -140 + 9 * i + 3 * j + 11 * k : -1000;
}

export function slice(k, extra) {
  const { columns, rows } = made;
  const pixels = Buffer.alloc(2 * columns * rows);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) pixels.writeInt16LE(madeHu(i, j, k) + 1024, 2 * (j * columns + i));
  }
  return Buffer.concat([head(made, k, extra), pixels]);
}

/** All of slice `k`'s file but its pixels, with `extra` elements before them. */
function head({ columns, rows, spacing, firstZ }, k, extra = Buffer.alloc(0), syntax = EXPLICIT_LITTLE_ENDIAN) {
  const pixels = element(0x7fe0, 0x0010, "OW", Buffer.alloc(0));
  pixels.writeUInt32LE(2 * columns * rows, 8);
  const uid = "1.2.826.0.1.3680043.10.1";
  const meta = Buffer.concat([
    element(0x0002, 0x0002, "UI", CT_IMAGE),
    element(0x0002, 0x0003, "UI", `${uid}.3.${k + 1}`),
    element(0x0002, 0x0010, "UI", syntax),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([
    Buffer.alloc(128), Buffer.from("DICM"),
    element(0x0002, 0x0000, "UL", length), meta,
    element(0x0008, 0x0008, "CS", "ORIGINAL\\PRIMARY\\AXIAL"),
    element(0x0008, 0x0016, "UI", CT_IMAGE),
    element(0x0008, 0x0018, "UI", `${uid}.3.${k + 1}`),
    element(0x0008, 0x0060, "CS", "CT"),
    element(0x0008, 0x103e, "LO", "Made for tests"),
    element(0x0010, 0x0010, "PN", "Nobody^Synthetic"),
    element(0x0010, 0x0020, "LO", "MADE-1"),
    element(0x0018, 0x0050, "DS", spacing[2]),
    element(0x0020, 0x000d, "UI", `${uid}.1`),
    element(0x0020, 0x000e, "UI", `${uid}.2`),
    element(0x0020, 0x0011, "IS", 3),
    element(0x0020, 0x0013, "IS", k + 1),
    element(0x0020, 0x0032, "DS", `-19.2\\-16\\${firstZ + spacing[2] * k}`),
    element(0x0020, 0x0037, "DS", "1\\0\\0\\0\\1\\0"),
    element(0x0020, 0x0052, "UI", `${uid}.4`),
    element(0x0028, 0x0002, "US", 1),
    element(0x0028, 0x0004, "CS", "MONOCHROME2"),
    element(0x0028, 0x0010, "US", rows),
    element(0x0028, 0x0011, "US", columns),
    element(0x0028, 0x0030, "DS", `${spacing[1]}\\${spacing[0]}`),
    element(0x0028, 0x0100, "US", 16),
    element(0x0028, 0x0101, "US", 16),
    element(0x0028, 0x0102, "US", 15),
    element(0x0028, 0x0103, "US", 1),
    element(0x0028, 0x1052, "DS", -1024),
    element(0x0028, 0x1053, "DS", 1),
    extra,
    pixels,
  ]);
}

/** Where slice `k` of the CT is written: out of order, as discs have it. */
export const nameOf = (k) => `DICOM/IM${(k * 5) % made.slices}`;

/** Writes the CT into a folder. */
export function writeCt(folder, extra) {
  mkdirSync(`${folder}/DICOM`, { recursive: true });
  for (let k = 0; k < made.slices; k++) writeFileSync(`${folder}/${nameOf(k)}`, slice(k, extra));
}

/** An earlier study of the same: `shift` slices nearer to the head, and 7 HU brighter. */
export function writePrior(folder, shift) {
  const { columns, rows, slices, spacing, firstZ } = made;
  mkdirSync(folder);
  const uid = "1.2.826.0.1.3680043.10.9";
  for (let k = 0; k < slices; k++) {
    const file = slice(k, Buffer.concat([
      element(0x0008, 0x0018, "UI", `${uid}.3.${k + 1}`),
      element(0x0008, 0x0020, "DA", "20200229"),
      element(0x0008, 0x103e, "LO", "Years before"),
      element(0x0020, 0x000d, "UI", `${uid}.1`),
      element(0x0020, 0x000e, "UI", `${uid}.2`),
      element(0x0020, 0x0032, "DS", `-19.2\\-16\\${firstZ + spacing[2] * (k + shift)}`),
    ]));
    const pixels = file.length - 2 * columns * rows;
    for (let at = pixels; at < file.length; at += 2) file.writeInt16LE(file.readInt16LE(at) + 7, at);
    writeFileSync(`${folder}/${k}`, file);
  }
}

/** The CT as another series, of whose slices none can be decoded: two bytes stand for each (PS3.5 A.4). */
export function writeBrokenCt(folder) {
  const fragments = "e07f10004f420000ffffffff feff00e000000000 feff00e0020000000000 feffdde000000000";
  const pixels = Buffer.from(fragments.replaceAll(" ", ""), "hex");
  mkdirSync(folder);
  for (let k = 0; k < made.slices; k++) {
    const start = head(made, k, element(0x0020, 0x000e, "UI", "1.2.3"));
    // What stands before the element of its pixels.
    writeFileSync(`${folder}/${k}`, Buffer.concat([start.subarray(0, -12), pixels]));
  }
}

/** One slice whose pixels are a stream of a compressed transfer syntax. */
export function compressedSlice(columns, rows, syntax, stream) {
  const start = head({ ...made, columns, rows }, 0, undefined, syntax);
  const item = (content) => Buffer.concat([Buffer.from("feff00e0", "hex"), length(content), content]);
  const length = (content) => Buffer.from(Uint32Array.of(content.length).buffer);
  const even = Buffer.concat([stream, Buffer.alloc(stream.length % 2)]);
  const pixels = Buffer.from("e07f10004f420000ffffffff", "hex");
  const end = Buffer.from("feffdde000000000", "hex");
  return Buffer.concat([start.subarray(0, -12), pixels, item(Buffer.alloc(0)), item(even), end]);
}

/** A CT of `side` × `side`. Without `pixels(k)`, they are all zero, and holes in the file system: large at no cost. */
export function writeSquareCt(folder, slices, side, pixels, spacing = [0.1, 0.1, 0.1]) {
  mkdirSync(folder, { recursive: true });
  const shape = { columns: side, rows: side, spacing, firstZ: 0 };
  for (let k = 0; k < slices; k++) {
    const [path, start] = [`${folder}/${k}.dcm`, head(shape, k)];
    writeFileSync(path, pixels ? Buffer.concat([start, pixels(k)]) : start);
    truncateSync(path, start.length + 2 * side * side);
  }
}

/** A NIfTI file (version 1) of `slices` slices of 512 × 512, whose voxels are all zero and 1 mm wide. */
export function hollowNifti(slices) {
  const file = Buffer.alloc(352 + 2 * 512 * 512 * slices);
  file.writeInt32LE(348, 0);
  [3, 512, 512, slices].forEach((size, n) => file.writeInt16LE(size, 40 + 2 * n));
  file.writeInt16LE(4, 70);
  file.writeFloatLE(352, 108);
  file[123] = 2;
  file.writeInt16LE(1, 254);
  [280, 300, 320].forEach((at) => file.writeFloatLE(1, at));
  file.write("n+1", 344, "latin1");
  return file;
}

/** The elements of an explicit or implicit little endian file up to its pixels, as `ggggeeee` to bytes. */
export function parse(file) {
  const elements = {};
  let at = 132;
  let depth = 0;
  let implicit = false;
  while (at < file.length) {
    const group = file.readUInt16LE(at);
    const tag = file.toString("hex", at, at + 4).replace(/(..)(..)(..)(..)/, "$2$1$4$3");
    const item = group === 0xfffe;
    const bare = item || (implicit && group !== 2);
    const vr = bare ? "" : file.toString("latin1", at + 4, at + 6);
    const long = LONG.includes(vr);
    const body = at + (long ? 12 : 8);
    const length = bare || long ? file.readUInt32LE(body - 4) : file.readUInt16LE(body - 2);
    if (tag === "7fe00010" && length === 0xffffffff) break;
    if (tag === "fffee0dd") depth -= 1;
    // A sequence of unknown length is walked through; what it holds is not of the image.
    if (!item && length === 0xffffffff) depth += 1;
    else if (!item && depth === 0) elements[tag] = file.subarray(body, body + length);
    if (tag === "00020010") implicit = text(elements, tag) === "1.2.840.10008.1.2";
    at = item || length === 0xffffffff ? body : body + length;
  }
  return elements;
}

/** The files of a zip that is stored without compression. */
export function unzip(archive) {
  const files = [];
  for (let at = 0; archive.readUInt32LE(at) === 0x04034b50; ) {
    const [size, name, extra] = [archive.readUInt32LE(at + 18), archive.readUInt16LE(at + 26), archive.readUInt16LE(at + 28)];
    const start = at + 30 + name + extra;
    files.push(archive.subarray(start, start + size));
    at = start + size;
  }
  return files;
}

export const text = (elements, tag) => elements[tag]?.toString("latin1").replace(/[\0 ]+$/, "") ?? "";
export const numbers = (elements, tag) => text(elements, tag).split("\\").map(Number);

/** The image of a parsed file: size, z, and HU at a pixel. */
export function image(elements) {
  const [rows, columns] = ["00280010", "00280011"].map((tag) => elements[tag].readUInt16LE());
  const signed = elements["00280103"].readUInt16LE() === 1;
  const [slope, intercept] = ["00281053", "00281052"].map((tag) => numbers(elements, tag)[0]);
  const pixels = elements["7fe00010"];
  const hu = (i, j) => {
    const at = 2 * (j * columns + i);
    return (signed ? pixels.readInt16LE(at) : pixels.readUInt16LE(at)) * slope + intercept;
  };
  return { rows, columns, hu, z: numbers(elements, "00200032")[2] };
}

/** PS3.3 C.11.2.1.2.1 with an output from 0 to 255, before rounding. */
export function grey(hu, { width, centre }) {
  const low = centre - 0.5 - (width - 1) / 2;
  const high = centre - 0.5 + (width - 1) / 2;
  if (hu <= low) return 0;
  if (hu > high) return 255;
  return ((hu - (centre - 0.5)) / (width - 1) + 0.5) * 255;
}
