#!/usr/bin/env node
// Our WebGPU engine beside onnxruntime-web's on this machine's GPU, with no browser: Chromium's WebGPU, Dawn, in node.
//
//     node tools/bench-gpu.mjs NETWORK CHANNELS [SIDE] [ROUNDS] [ENGINES]
//
// NETWORK.onnx, and NETWORK.plan as `lithoscope plan` makes it. Rounds run every engine in turn on the same image; medians
// of the rounds' ratios count. ENGINES is a pattern that picks some: a GPU that waits for processors slows its clock.
// Expects `tools/engines/build plain relaxed webgpu`, and `npm ci` and `npm i --no-save webgpu` in tools/bench.
import { readFileSync } from "node:fs";
import { abdomen, SIDE } from "./bench/images.mjs";

const [network, pattern = ""] = [process.argv[2], process.argv[6]];
const [channels, side = SIDE, rounds = 7] = process.argv.slice(3, 6).map(Number);
/** Row and column of a smaller image's corner: a stone is in its middle. */
const START = [300, 190].map((middle) => Math.min(SIDE - side, Math.max(0, middle - (side >> 1))));
const inRepository = (path) => new URL(`../${path}`, import.meta.url);
const inModules = (path) => inRepository(`tools/bench/node_modules/${path}`);

const { create, globals } = await import(inModules("webgpu/index.js"));
Object.assign(globalThis, globals);
const gpu = create([]);
Object.defineProperty(globalThis, "navigator", { value: { gpu, userAgent: "node" }, configurable: true });

async function own(kind) {
  const engine = await import(inRepository(`target/engines/${kind}/engine.js`));
  await engine.default({ module_or_path: readFileSync(inRepository(`target/engines/${kind}/engine_bg.wasm`)) });
  const plan = readFileSync(`${network}.plan`);
  if (kind === "webgpu") {
    const made = await engine.WebGpu.of(plan, side, side);
    return (image) => made.run(image);
  }
  const made = new engine.Engine(plan, side, side);
  return (image) => made.run(image, new Uint8Array());
}

async function theirs(on, program) {
  const ort = await import(inModules(`onnxruntime-web/dist/ort.${on}.min.mjs`));
  ort.env.wasm.numThreads = 1;
  ort.env.wasm.wasmBinary = readFileSync(inModules(`onnxruntime-web/dist/${program}`));
  const session = await ort.InferenceSession.create(readFileSync(`${network}.onnx`), { executionProviders: [on] });
  return async (image) => {
    const feeds = { [session.inputNames[0]]: new ort.Tensor("float32", image, [1, channels, side, side]) };
    return (await session.run(feeds))[session.outputNames[0]].data;
  };
}

const ENGINES = {
  "onnxruntime-web, WebGPU": () => theirs("webgpu", "ort-wasm-simd-threaded.asyncify.wasm"),
  WebGPU: () => own("webgpu"),
  "onnxruntime-web": () => theirs("wasm", "ort-wasm-simd-threaded.wasm"),
  simd128: () => own("plain"),
  "relaxed-simd": () => own("relaxed"),
};

/** Of probabilities. */
const TOLERANCE = 1e-3;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const crew = [];
for (const [name, make] of Object.entries(ENGINES)) {
  if (new RegExp(pattern).test(name)) crew.push({ name, run: await make(), ms: [], off: 0 });
}
const hu = abdomen(false);
const image = Float32Array.from({ length: channels * side * side }, (_, at) => {
  const [row, column] = [Math.floor(at / side) % side, at % side];
  const value = hu[(row + START[0]) * SIDE + column + START[1]];
  return Math.min(1, Math.max(0, at < 3 * side * side ? (value + 140) / 400 : (value + 200) / 1600));
});
let reference;
for (let round = -Math.ceil(rounds / 4); round < rounds; round++) {
  for (const engine of crew) {
    const began = performance.now();
    const outputs = await engine.run(image);
    if (round >= 0) engine.ms.push(performance.now() - began);
    reference ??= Float32Array.from(outputs);
    engine.off = outputs.reduce((off, value, at) => Math.max(off, Math.abs(value - reference[at])), engine.off);
  }
}

const { vendor, architecture, device, description } = (await gpu.requestAdapter({ powerPreference: "high-performance" })).info;
console.log(`${network}, ${side}², ${rounds} rounds: ${[vendor, architecture, device, description].filter(Boolean).join(", ")}`);
console.log("| engine | a slice | against the first | off by |\n|---|--:|--:|--:|");
for (const { name, ms, off } of crew) {
  const times = median(ms.map((value, round) => crew[0].ms[round] / value));
  console.log(`| ${name} | ${median(ms).toFixed(2)} ms | ${times.toFixed(2)} × | ${off.toExponential(1)} |`);
}
// Dawn's threads would keep node alive.
process.exit(crew.some(({ off }) => !(off <= TOLERANCE)) ? 1 : 0);
