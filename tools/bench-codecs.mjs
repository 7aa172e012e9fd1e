#!/usr/bin/env node
// Our decoders beside those that viewers in JavaScript ship: node tools/bench-codecs.mjs [ROUNDS] [ROWS]
//
// One process, one thread, all in WebAssembly or JavaScript; a round runs ours and theirs in turn; medians
// of processor time count. Ours goes from the bytes of a file to HU, theirs from the stream to stored values; both copy
// their input and output. ROWS is a pattern that picks rows. The table also goes to target/bench-codecs.json.
import { execFileSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../", import.meta.url));
const [rounds = 30, pattern = ""] = process.argv.slice(2);
const sh = (command) => execFileSync("bash", ["-c", command], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
sh(". ./setup page && tools/codecs/build");
if (!existsSync(`${root}tools/bench/node_modules`)) {
  sh("npm ci --silent --ignore-scripts --legacy-peer-deps --prefix tools/bench");
}
const { default: codecs } = await import("../target/codecs/lithoscope_codecs.js");
const { ctFile, SYNTAX, usualElements } = await import("./codecs/part10.mjs");
const { abdomen, SIDE } = await import("./bench/images.mjs");
const encoders = await import("./bench/encoders.mjs");
const { decoders, parsers, version } = await import("./bench/packages.mjs");

const signed = abdomen(true);
const unsigned = Uint16Array.from(signed, (hu) => Math.max(0, hu + 1024));
const eight = Uint8Array.from(signed, (hu) => Math.min(255, Math.max(0, (hu + 160) * 0.64)));
const S16 = { name: "16 bit signed", pixels: signed, bits: 16, isSigned: true };
const U12 = { name: "12 bit", pixels: unsigned, bits: 12, isSigned: false };
const U8 = { name: "8 bit", pixels: eight, bits: 8, isSigned: false };

/** Syntax, its name, goal (theirs / ours in time), images, settings of the encoder, tolerance. */
const ROWS = [
  ["jpegLossless", "lossless JPEG", 5, [S16, U12]],
  ["jpegLs", "JPEG-LS", 1, [S16, U12]],
  ["jpegLs", "JPEG-LS near 2", undefined, [U12], { setNearLossless: [2] }, 0],
  ["jpeg2000", "JPEG 2000 lossless", 1, [S16, U12]],
  ["jpeg2000", "JPEG 2000 10 : 1", undefined, [U12], encoders.lossy.jpeg2000, 2],
  ["htj2k", "HTJ2K lossless", 0.8, [S16, U12]],
  ["htj2k", "HTJ2K lossy", undefined, [U12], encoders.lossy.htj2k, 2],
  ["rle", "RLE", undefined, [S16, U12]],
  ["jpeg", "JPEG", undefined, [U8], {}, 1],
];

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

/** Milliseconds that the process has computed: other work on the machine does not count. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Medians of each of `tasks` in milliseconds, run in turn `rounds` times, `each` at once. */
function race(tasks, each = 1) {
  for (const task of tasks) {
    // Until the engine has compiled it for good.
    for (const start = performance.now(); performance.now() - start < 500; ) task();
  }
  const times = tasks.map(() => []);
  for (let round = 0; round < rounds; round++) {
    tasks.forEach((task, n) => {
      const start = processorTime();
      for (let i = 0; i < each; i++) task();
      times[n].push((processorTime() - start) / each);
    });
  }
  return times.map(median);
}

/** Values of a result, whatever bytes it is held in. */
function values(result, bits, isSigned) {
  const Type = bits === 8 ? Uint8Array : isSigned ? Int16Array : Uint16Array;
  return new Type(result.buffer.slice(result.byteOffset, result.byteOffset + result.byteLength));
}

function largestDifference(a, b) {
  if (a.length !== b.length) return Infinity;
  return a.reduce((most, value, n) => Math.max(most, Math.abs(value - b[n])), 0);
}

const table = [];
function report(row) {
  table.push(row);
  const number = (value) => (value === undefined ? "" : value.toFixed(value < 10 ? 2 : 1));
  const cells = [row.name, number(row.ours), number(row.theirs), number(row.ratio), row.goal ?? "", row.refused ?? row.beside];
  console.log(`| ${cells.join(" | ")} |`);
}

console.log(`${cpus()[0].model}, ${cpus().length} cores, node ${process.version}, ${SIDE} × ${SIDE}, median of ${rounds}`);
console.log("| | ours, ms | theirs, ms | times | goal | theirs |\n|---|--:|--:|--:|--:|---|");

for (const [syntax, name, goal, images, settings, tolerance = 0] of ROWS) {
  for (const { name: kind, pixels, bits, isSigned } of images) {
    const title = `${name}, ${kind}`;
    if (!title.match(pattern)) continue;
    const stream = syntax === "rle" || syntax === "jpegLossless"
      ? encoders[syntax](pixels, bits)
      : await encoders[syntax](pixels, bits, isSigned, settings);
    const file = ctFile({ syntax: SYNTAX[syntax], stream, columns: SIDE, rows: SIDE, bits, signed: isSigned });
    const header = new codecs.Header(file, file.length);
    for (const [beside, decode] of decoders[syntax]) {
      const theirs = values(decode(stream), bits, isSigned);
      let ours;
      try {
        ours = header.decode(file);
      } catch (refusal) {
        report({ name: title, beside, refused: String(refusal) });
        continue;
      }
      const expected = settings ? theirs : pixels;
      if (largestDifference(ours, expected) > tolerance) throw new Error(`${title}: ours differs from ${beside}`);
      if (!settings && largestDifference(theirs, pixels) > 0) throw new Error(`${title}: ${beside} is not exact`);
      const [mine, other] = race([() => header.decode(file), () => decode(stream)]);
      report({ name: title, ours: mine, theirs: other, ratio: other / mine, goal, beside: version(beside),
        bytes: stream.length });
    }
  }
}

const native = ctFile({ syntax: SYNTAX.native, stream: signed, columns: SIDE, rows: SIDE, bits: 16, signed: true });
if ("uncompressed".match(pattern)) {
  const header = new codecs.Header(native, native.length);
  const copy = new Int16Array(signed.length);
  const [mine, other] = race([() => header.decode(native), () => copy.set(signed)], 10);
  report({ name: "uncompressed, 16 bit signed", ours: mine, theirs: other, ratio: other / mine, beside: "one copy of the pixels" });
}
if ("header".match(pattern)) {
  const file = ctFile({ syntax: SYNTAX.native, stream: new Int16Array(64), columns: 8, rows: 8, bits: 16, signed: true,
    extra: usualElements() });
  // The parsers take no view into a larger buffer.
  const own = new Uint8Array(file);
  for (const [beside, parse] of parsers) {
    const [mine, other] = race([() => new codecs.Header(own, own.length).free(), () => parse(own)], 50);
    report({ name: "header, 94 elements (µs)", ours: mine * 1000, theirs: other * 1000, ratio: other / mine, beside: version(beside) });
  }
}
const machine = { processor: cpus()[0].model, cores: cpus().length, node: process.version, rounds };
writeFileSync(`${root}target/bench-codecs.json`, `${JSON.stringify({ machine, table }, null, 1)}\n`);
