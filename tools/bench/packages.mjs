// What viewers in JavaScript decode and parse with, called as they call it.
import { createRequire } from "node:module";
import daikon from "daikon";
import dcmjs from "dcmjs";
import dicomParser from "dicom-parser";
import { SIDE } from "./images.mjs";

const require = createRequire(import.meta.url);
// Its package opens no door to its parts.
const loader = "./node_modules/@cornerstonejs/dicom-image-loader/dist/esm/shared/decoders";
const { default: decodeRle } = await import(`${loader}/decodeRLE.js`);

export const version = (name) => {
  const manifest = require.resolve.paths(name)[0];
  return `${name} ${require(`${manifest}/${name}/package.json`).version}`;
};

/** One of Cornerstone's decoders in WebAssembly; both directions copy, as in the viewer. */
async function inWasm(path, name) {
  const module = await require(`@cornerstonejs/${path}`)({ print: () => {} });
  const decoder = new module[name]();
  return (stream) => {
    decoder.getEncodedBuffer(stream.length).set(stream);
    decoder.decode();
    return decoder.getDecodedBuffer().slice();
  };
}

function lossless(name) {
  const { Decoder } = require(name);
  return (stream) => new Decoder().decode(stream.buffer, stream.byteOffset, stream.length, 2);
}

/** By the transfer syntax's name in part10.mjs: packages with their decoders. */
export const decoders = {
  jpegLossless: [
    ["jpeg-lossless-decoder-js", lossless("jpeg-lossless-decoder-js")],
    ["@cornerstonejs/jpeg-lossless-decoder-js", lossless("@cornerstonejs/jpeg-lossless-decoder-js")],
  ],
  jpegLs: [["@cornerstonejs/codec-charls", await inWasm("codec-charls/decodewasmjs", "JpegLSDecoder")]],
  jpeg2000: [["@cornerstonejs/codec-openjpeg", await inWasm("codec-openjpeg/decodewasmjs", "J2KDecoder")]],
  htj2k: [["@cornerstonejs/codec-openjph", await inWasm("codec-openjph/wasmjs", "HTJ2KDecoder")]],
  jpeg: [["@cornerstonejs/codec-libjpeg-turbo-8bit", await inWasm("codec-libjpeg-turbo-8bit/decodewasmjs", "JPEGDecoder")]],
  rle: [
    [
      "@cornerstonejs/dicom-image-loader",
      (stream) => {
        // Declared async, it does all of its work at once.
        const frame = { bitsAllocated: 16, rows: SIDE, columns: SIDE, samplesPerPixel: 1, pixelRepresentation: 1 };
        decodeRle(frame, stream);
        return frame.pixelData;
      },
    ],
  ],
};

/** Each up to the pixel data, as a viewer that lists slices does. */
export const parsers = [
  ["dicom-parser", (file) => dicomParser.parseDicom(file, { untilTag: "x7fe00010" })],
  ["daikon", (file) => daikon.Series.parseImage(new DataView(file.buffer, file.byteOffset, file.length))],
  ["dcmjs", (file) => dcmjs.data.DicomMessage.readFile(file.buffer, { untilTag: "7FE00010" })],
];
