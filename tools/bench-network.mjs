#!/usr/bin/env node
// Our executor beside the engines that others use, in one run in Chromium: node tools/bench-network.mjs [ROUNDS] [ROWS]
//
// Rounds run every engine in turn on the same image; medians of the rounds' ratios count. Then a whole CT: ours on the
// built page, from the press of Predict to its end; onnxruntime-web slice after slice, as its users write it. ROWS is a
// pattern that picks rows. Expects what ./test builds: dist/, the origin, the command line. The table also goes to target/bench-network.json.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { writeSquareCt } from "../tests/browser/dicom.mjs";
import { SOFTWARE_GPU } from "../tests/browser/graphics.mjs";
import { built, inRepository, openPage, startOrigin } from "../tests/browser/harness.mjs";
import { button, loaded, openFiles, openFolder } from "../tests/browser/viewer.mjs";
import { abdomen, SIDE } from "./bench/images.mjs";
import { axial, unzipped } from "./bench/real.mjs";
import { onPage, serve } from "./bench/network/server.mjs";

const [rounds = 7, pattern = ""] = process.argv.slice(2);
const wanted = (name) => new RegExp(pattern).test(name);
const sh = (command) => execFileSync("bash", ["-c", command], { cwd: inRepository("."), stdio: ["ignore", "inherit", "inherit"] });
// tract is megabytes and minutes of building, and RTen not ours.
const RUST = "the shipped network, among engines in Rust";
const GRAPHICS = "the shipped network, on the GPU";
const others = `${wanted(RUST) ? "tract rten" : ""} ${wanted(GRAPHICS) ? "webgpu" : ""}`;
sh(`. ./setup page && tools/engines/build plain relaxed ${others}`);
if (!existsSync(inRepository("tools/bench/node_modules/onnxruntime-web"))) {
  sh("npm ci --silent --ignore-scripts --legacy-peer-deps --prefix tools/bench");
}
const version = JSON.parse(readFileSync(inRepository("tools/bench/node_modules/onnxruntime-web/package.json"))).version;

const made = new Map();


/** Serves a network as ONNX and as a plan. */
function network(name, path, channels) {
  const plan = inRepository(`target/networks/${name}.plan`);
  mkdirSync(inRepository("target/networks"), { recursive: true });
  execFileSync(built("lithoscope"), ["plan", path, "-o", plan]);
  made.set(`/made/${name}.onnx`, readFileSync(path));
  made.set(`/made/${name}.plan`, readFileSync(plan));
  return { onnx: `/made/${name}.onnx`, plan: `/made/${name}.plan`, rows: SIDE, columns: SIDE, channels };
}

function random(width, poolings, channels) {
  mkdirSync(inRepository("target/networks"), { recursive: true });
  const path = inRepository(`target/networks/${width}-${poolings}-${channels}.onnx`);
  sh(`cargo run --quiet --package lithoscope-unet --features tract --example unet ${path} ${width} ${poolings} ${channels}`);
  return network(`random-${width}-${poolings}-${channels}`, path, channels);
}

/** Of probabilities: an engine that is further from the first is no engine to be compared. */
const TOLERANCE = 1e-4;
/** Of WebAssembly's memory, for a slice of any of these networks. */
const MOST_BYTES = 120e6;
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
const table = [];

/** One line of the table: median milliseconds, and the median of the rounds' ratios to the first engine. */
function tell(what, names, results, goals = {}) {
  results.forEach(({ ms, off, share, gigaflops, multiplications, bytes }, n) => {
    if (off > TOLERANCE) throw new Error(`${what}: ${names[n]} is off by ${off}`);
    if (bytes > MOST_BYTES) throw new Error(`${what}: ${names[n]} takes ${bytes} bytes of memory`);
    const times = median(ms.map((value, round) => results[0].ms[round] / value));
    const reached = gigaflops && (2 * multiplications) / median(ms) / 1e6;
    const row = { what, engine: names[n], ms: median(ms), times, off, share, goal: goals[names[n]], gigaflops, reached, bytes };
    table.push(row);
    console.log(`| ${what} | ${names[n]} | ${row.ms.toFixed(1)} ms | ${times.toFixed(2)} × | ${row.goal ? `${row.goal} ×` : ""} | `
      + `${off === undefined ? `share ${share.toFixed(2)}` : off.toExponential(1)} | `
      + `${gigaflops ? `${reached.toFixed(0)} of ${gigaflops.toFixed(0)} (${(reached / gigaflops).toFixed(2)}) | ${(bytes / 1e6).toFixed(0)} MB` : "|"} |`);
  });
}

const ORT = { kind: "ort", threads: 1 };
// SOFTWARE_GPU shows that the row works where there is no GPU; its times say nothing.
const ON_GPU = process.env.SOFTWARE_GPU ? SOFTWARE_GPU : ["--enable-unsafe-webgpu", "--enable-features=Vulkan"];
const GPU = [
  ["onnxruntime-web", ORT],
  ["onnxruntime-web, WebGPU", { kind: "ort", threads: 1, on: "webgpu" }],
  ["WebGPU", { kind: "webgpu" }],
];
const OURS = [["onnxruntime-web", ORT], ["simd128", { kind: "plain" }], ["relaxed-simd", { kind: "relaxed" }]];
const ALL = [OURS[0], ["tract", { kind: "tract" }], ["RTen", { kind: "rten" }], ...OURS.slice(1)];
const TWO = [
  ["onnxruntime-web, 2 threads", { kind: "ort", threads: 2 }],
  ["simd128, 2 workers", { kind: "plain", workers: 2 }],
  ["relaxed-simd, 2 workers", { kind: "relaxed", workers: 2 }],
];

/** Real slices: the network's input, and which pixels can belong to a finding. */
function realSlices(files, channels, every) {
  const hu = axial(files).map(({ hu }) => hu);
  const paths = [];
  for (let k = 0; k < hu.length; k += every) {
    const input = new Float32Array(channels * SIDE * SIDE);
    const near = new Uint8Array(SIDE * SIDE);
    hu[k].forEach((value, at) => {
      for (let c = 0; c < channels; c++) input[c * SIDE * SIDE + at] = Math.min(1, Math.max(0, (value + 140) / 400));
      if (value < FLOOR.hu) return;
      for (let y = -FLOOR.reach; y <= FLOOR.reach; y++) for (let x = -FLOOR.reach; x <= FLOOR.reach; x++) {
        if (at + y * SIDE + x in near) near[at + y * SIDE + x] = 1;
      }
    });
    made.set(`/made/slice-${channels}-${k}`, Buffer.concat([Buffer.from(input.buffer), near]));
    paths.push(`/made/slice-${channels}-${k}`);
  }
  return { hu, paths };
}

const FLOOR = JSON.parse(readFileSync(inRepository("models/manifest.json"))).floor;
const acrin = inRepository("../shared/data/acrin-abdomen/acrin-abdomen.zip");
const server = await serve(made);
const machine = { processor: cpus()[0].model, cores: cpus().length, onnxruntime: version, rounds: Number(rounds) };

const bare = (work, args) => onPage(server.address, (page, version) => {
  machine.chromium = version;
  return work(page);
}, args);

/** Whether the page has an adapter; one that the processor computes counts where it is asked for. */
async function hasGpu(software) {
  const { vendor, architecture, description } = (await navigator.gpu?.requestAdapter())?.info ?? {};
  return vendor !== undefined && (software || !/swiftshader|llvmpipe/i.test([vendor, architecture, description]));
}

async function race(what, engines, name, goals, args) {
  if (!wanted(what)) return;
  if (args && !(await bare((page) => page.evaluate(hasGpu, Boolean(process.env.SOFTWARE_GPU)), args))) {
    return console.log(`| ${what} | no adapter answers here | | | | | | |`);
  }
  const net = NETWORKS[name]();
  const results = await bare((page) => page.evaluate(([e, n, r]) => race(e, n, r), [engines.map(([, it]) => it), net, machine.rounds]), args);
  tell(what, engines.map(([name]) => name), results, goals);
}

/** Seconds from Predict to its end on the built page, once it has searched before: programs and network are there. */
async function predictOnPage(folder, slices) {
  const origin = await startOrigin();
  const page = await openPage(`${origin.address}/`);
  try {
    await (folder.endsWith(".zip") ? openFiles : openFolder)(page, folder);
    await loaded(page, slices);
    const seconds = [];
    for (let n = 0; n < 4; n++) {
      const began = performance.now();
      await button(page, "Predict").click();
      const cancel = button(page, "Cancel");
      await cancel.waitFor();
      await cancel.waitFor({ state: "hidden", timeout: 600_000 });
      seconds.push((performance.now() - began) / 1000);
    }
    return median(seconds.slice(1));
  } finally {
    await page.done();
    await origin.stop();
  }
}

/** `limit`: the seconds that ours may take. */
async function wholeJob(what, folder, slices, limit) {
  if (!wanted(what)) return;
  const [hu, net] = [slices(), NETWORKS["the shipped network"]()];
  const stack = new Int16Array(hu.length * SIDE * SIDE);
  hu.forEach((slice, k) => stack.set(slice, k * SIDE * SIDE));
  made.set("/made/stack", Buffer.from(stack.buffer));
  const ours = await predictOnPage(folder, hu.length);
  const theirs = [];
  for (const threads of [1, 2]) {
    const run = ([e, n, count]) => loop(e, n, "/made/stack", count);
    theirs.push((await bare((page) => page.evaluate(run, [{ kind: "ort", threads }, net, hu.length]))).seconds);
  }
  table.push({ what, engine: "the page", seconds: ours, limit });
  console.log(`| ${what} | the page | ${ours.toFixed(2)} s | | ${limit ? `≤ ${limit} s` : ""} | | | |`);
  for (const [n, goal] of [[0, 12], [1, 6]]) {
    table.push({ what, engine: `the page against onnxruntime-web, ${n + 1} threads`, seconds: ours, theirs: theirs[n], times: theirs[n] / ours, goal });
    console.log(`| ${what} | the page: ${ours.toFixed(2)} s; onnxruntime-web, threads: ${n + 1} | ${theirs[n].toFixed(1)} s | `
      + `${(theirs[n] / ours).toFixed(1)} × | ${goal} × | | | |`);
  }
}

console.log("| what | engine | time | against the first | goal | off by | GFLOP/s of the registers' peak | memory |\n|---|---|--:|--:|--:|--:|--:|--:|");
const NETWORKS = {
  "base 16, 4 poolings": () => random(16, 4, 3),
  "base 16, 3 poolings": () => random(16, 3, 3),
  "base 8, 4 poolings": () => random(8, 4, 3),
  "the shipped network": () => network("shipped", inRepository("models/stone-unet.onnx"), 4),
};
/** What models/training/curve.py trains. */
const SHAPES = [[4, 3], [8, 2], [8, 3], [8, 4], [12, 3], [16, 3]].map(([width, poolings]) => {
  const name = `width ${width}, ${poolings} poolings, 4 channels`;
  NETWORKS[name] = () => random(width, poolings, 4);
  return [name];
});
const eachOurs = (times, relaxed = times) => ({ simd128: times, "relaxed-simd": relaxed });
await race("base 16, 4 poolings, a slice", OURS, "base 16, 4 poolings", eachOurs(3.3, 4));
await race("base 16, 3 poolings, a slice", OURS, "base 16, 3 poolings");
await race("base 8, 4 poolings, a slice", OURS, "base 8, 4 poolings", eachOurs(3));
await race("the shipped network, a slice", OURS, "the shipped network", eachOurs(3));
await race(RUST, ALL, "the shipped network");
await race(GRAPHICS, GPU, "the shipped network", {}, ON_GPU);
await race("base 16, 4 poolings, two at once", TWO, "base 16, 4 poolings", { [TWO[1][0]]: 3.3, [TWO[2][0]]: 3.3 });

if (existsSync(acrin)) {
  const files = unzipped(acrin);
  for (const [name, goals] of [["base 16, 4 poolings", eachOurs(5.5, 6.5)], ["base 16, 3 poolings"], ["the shipped network"], ...SHAPES]) {
    const what = `${name}, wanted pixels of a real CT`;
    if (!wanted(what)) continue;
    const net = NETWORKS[name]();
    const { paths } = realSlices(files, net.channels, 12);
    const engines = OURS;
    const run = ([e, n, p, r]) => raceSlices(e, n, p, r);
    const results = await bare((page) => page.evaluate(run, [engines.map(([, it]) => it), net, paths, Math.ceil(machine.rounds / 2)]));
    tell(what, engines.map(([engine]) => engine), results, goals);
  }
  await wholeJob("the shipped network, all of a real CT of 99 slices", acrin, () => realSlices(files, 4, 1000).hu);
}
const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
try {
  const slice = abdomen(false);
  const slices = 300;
  const row = `the shipped network, all of a phantom of ${slices} slices`;
  if (wanted(row)) writeSquareCt(folder, slices, SIDE, () => Buffer.from(slice.map((hu) => hu + 1024).buffer), [0.8, 0.8, 1]);
  await wholeJob(row, folder, () => Array(slices).fill(slice), 20);
} finally {
  rmSync(folder, { recursive: true });
  server.stop();
}
console.log(`${machine.processor}, ${machine.cores} cores, Chromium ${machine.chromium}, onnxruntime-web ${version}, medians of ${rounds} rounds`);
writeFileSync(inRepository("target/bench-network.json"), `${JSON.stringify({ machine, table }, null, 1)}\n`);
