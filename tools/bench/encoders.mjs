// Streams to decode: by the encoders of the packages that are compared, RLE and lossless JPEG by hand.
import { createRequire } from "node:module";
import { SIDE } from "./images.mjs";

const require = createRequire(import.meta.url);

function bytes(pixels) {
  return new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
}

/** Any of Cornerstone's encoders; `settings` are calls on it. */
async function encode(path, name, pixels, bits, signed, settings = {}) {
  const module = await require(`@cornerstonejs/${path}`)({ print: () => {} });
  const encoder = new module[name]();
  const size = { width: SIDE, height: SIDE, bitsPerSample: bits, componentCount: 1 };
  const info = { ...size, isSigned: signed, isUsingColorTransform: false };
  encoder.getDecodedBuffer(info).set(bytes(pixels));
  for (const [call, values] of Object.entries(settings)) encoder[call](...values);
  encoder.encode();
  return Uint8Array.from(encoder.getEncodedBuffer());
}

export const jpeg2000 = (...image) => encode("codec-openjpeg/wasmjs", "J2KEncoder", ...image);
export const htj2k = (...image) => encode("codec-openjph/wasmjs", "HTJ2KEncoder", ...image);
export const jpegLs = (...image) => encode("codec-charls/wasmjs", "JpegLSEncoder", ...image);
export const jpeg = (...image) => encode("codec-libjpeg-turbo-8bit/wasmjs", "JPEGEncoder", ...image);
export const lossy = { jpeg2000: { setQuality: [false, 0], setCompressionRatio: [0, 10] }, htj2k: { setQuality: [false, 0.002] } };

/** PackBits of one byte plane (PS3.5 G.3.1), padded to an even length. */
function packBits(plane) {
  const out = [];
  const run = (at) => {
    let end = at + 1;
    while (end < plane.length && end - at < 128 && plane[end] === plane[at]) end++;
    return end - at;
  };
  for (let at = 0; at < plane.length; ) {
    const length = run(at);
    if (length > 1) {
      out.push(257 - length, plane[at]);
      at += length;
      continue;
    }
    let end = at + 1;
    while (end < plane.length && end - at < 128 && run(end) < 3) end++;
    out.push(end - at - 1, ...plane.subarray(at, end));
    at = end;
  }
  if (out.length % 2) out.push(0);
  return Buffer.from(out);
}

/** RLE Lossless of 16 bit pixels (PS3.5 G.5). */
export function rle(pixels) {
  const planes = [8, 0].map((shift) => packBits(Uint8Array.from(pixels, (pixel) => pixel >> shift)));
  const header = Buffer.alloc(64);
  header.writeUInt32LE(2, 0);
  header.writeUInt32LE(64, 4);
  header.writeUInt32LE(64 + planes[0].length, 8);
  return Buffer.concat([header, ...planes]);
}

/** Lossless JPEG, first predictor, as DCMTK writes it by default (T.81 Annex H), with 17 categories. */
export function jpegLossless(pixels, bits) {
  const lengths = [0, 0, 7, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0];
  const categories = Array.from({ length: 17 }, (_, n) => n);
  const codes = new Map();
  let code = 0;
  let next = 0;
  lengths.forEach((count, n) => {
    for (let i = 0; i < count; i++) codes.set(categories[next++], [code++, n + 1]);
    code <<= 1;
  });
  const word = (value) => [value >> 8, value & 255];
  const out = [
    0xff, 0xd8, 0xff, 0xc3, ...word(11), bits, ...word(SIDE), ...word(SIDE), 1, 1, 0x11, 0,
    0xff, 0xc4, ...word(19 + 17), 0, ...lengths, ...categories,
    0xff, 0xda, ...word(8), 1, 1, 0, 1, 0, 0,
  ];
  let held = 0n;
  let count = 0n;
  const put = (value, length) => {
    held = (held << BigInt(length)) | BigInt(value);
    count += BigInt(length);
    while (count >= 8n) {
      count -= 8n;
      const byte = Number((held >> count) & 255n);
      out.push(byte);
      if (byte === 255) out.push(0);
    }
    held &= (1n << count) - 1n;
  };
  pixels.forEach((pixel, n) => {
    const prediction = n === 0 ? 1 << (bits - 1) : n % SIDE ? pixels[n - 1] : pixels[n - SIDE];
    // Modulo 2^16 (T.81 H.1.2.1).
    const difference = ((pixel - prediction) << 16) >> 16;
    const category = 32 - Math.clz32(Math.abs(difference));
    put(...codes.get(category));
    if (category && category < 16) put(difference > 0 ? difference : difference + (1 << category) - 1, category);
  });
  put(127, 7);
  out.push(0xff, 0xd9);
  return Uint8Array.from(out);
}
