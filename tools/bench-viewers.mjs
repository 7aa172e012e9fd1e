#!/usr/bin/env node
// Our page beside the viewers that others ship, on the same CT in one run: node tools/bench-viewers.mjs [ROUNDS] [SLICES]
//
// Each viewer is opened from npm in a minimal page (tools/bench-viewers), the same files of noisy uncompressed slices of
// 512 × 512 are chosen in it, and a person drags the window and turns the wheel over three planes of 512 × 512. Rounds take all
// viewers in turn; medians count. Expects ./test's dist/ and origin. Writes its tables into docs/figures.md and README.md.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { cpus, tmpdir } from "node:os";
import { extname } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { writeSquareCt } from "../tests/browser/dicom.mjs";
import { chromium, dist, inRepository, listen, openPage, startOrigin } from "../tests/browser/harness.mjs";
import { abdomen, SIDE } from "./bench/images.mjs";

const [rounds = 5, slices = 160] = process.argv.slice(2).map(Number);
const FRAMES = 60;
const VIEW = { width: 1560, height: 660 };
const home = inRepository("tools/bench-viewers");
const out = inRepository("target/bench-viewers");

/** Bundles the pages: { name: files to serve }. */
function bundle() {
  if (!existsSync(`${home}/node_modules`)) execFileSync("npm", ["ci", "--silent", "--ignore-scripts", "--prefix", home]);
  mkdirSync(out, { recursive: true });
  const build = (entry, name) => execFileSync(`${home}/node_modules/.bin/esbuild`, [entry, "--bundle", "--minify", "--format=esm",
    ...["events", "fs", "path", "url"].map((name) => `--alias:${name}=./empty.mjs`), "--log-level=error", `--outfile=${out}/${name}`], { cwd: home });
  const modules = `${home}/node_modules`;
  for (const name of ["cornerstone", "niivue", "dwv"]) build(`${name}.mjs`, `${name}.js`);
  build(`${modules}/@cornerstonejs/dicom-image-loader/dist/esm/decodeImageFrameWorker.js`, "decodeImageFrameWorker.js");
  const beside = { niivue: `${modules}/@niivue/dcm2niix/dist`, dwv: `${modules}/dwv/dist` };
  const version = (name) => JSON.parse(readFileSync(`${modules}/${name}/package.json`)).version;
  return [
    ["cornerstone", `Cornerstone3D ${version("@cornerstonejs/core")}`, out],
    ["niivue", `NiiVue ${version("@niivue/niivue")} with dcm2niix ${version("@niivue/dcm2niix")}`, beside.niivue],
    ["dwv", `DWV ${version("dwv")}`, beside.dwv],
  ];
}

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };
const html = (name) => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><style>
body { margin: 0; background: #000 } main { display: flex; gap: 4px } main div { position: relative; width: 512px; height: 512px }
.wide { width: 1536px; height: 512px }</style><input type="file" multiple>
<main><div id="a"></div><div id="b"></div><div id="c"></div></main><script type="module" src="/${name}.js"></script>`;

/** Serves a viewer's page; `weight()` is what was asked for, in Brotli. */
async function serve(name, beside) {
  const weights = new Map();
  const server = createServer(({ url }, response) => {
    const path = [out, beside].map((folder) => folder + url).find((path) => url !== "/" && existsSync(path));
    const body = path ? readFileSync(path) : url === "/" ? html(name) : undefined;
    if (body && !weights.has(url)) weights.set(url, body);
    response.writeHead(body ? 200 : 404, { "Content-Type": TYPES[extname(url)] ?? "text/html" }).end(body);
  });
  const weight = () => [...weights.values()].reduce((sum, body) => sum + brotliCompressSync(body).length, 0);
  return { address: await listen(server), weight, stop: () => server.close() };
}

/** Bytes of memory that all processes of the browsers have to themselves, or their part of what they share. */
function memory() {
  const parents = new Map();
  for (const id of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      parents.set(id, readFileSync(`/proc/${id}/stat`, "latin1").split(") ").at(-1).split(" ")[1]);
    } catch { /* It has ended. */ }
  }
  const ours = (id) => id === String(process.pid) || (parents.has(id) && ours(parents.get(id)));
  let sum = 0;
  for (const id of [...parents.keys()].filter(ours)) {
    try {
      if (!/chrom/.test(readlinkSync(`/proc/${id}/exe`))) continue;
      sum += 1024 * Number(/^Pss: +(\d+)/m.exec(readFileSync(`/proc/${id}/smaps_rollup`, "latin1"))[1]);
    } catch { /* It has ended. */ }
  }
  return sum;
}

async function settled(page, devtools) {
  await page.waitForTimeout(1500);
  await devtools.send("HeapProfiler.collectGarbage");
  await page.waitForTimeout(500);
  return memory();
}

const quantile = (values, part) => values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? NaN;
const median = (values) => quantile(values, 0.5);

/** What the main thread, and the busiest of the workers, did from frame to frame, and how long frames took, in ms. */
async function frames(page, devtools, act) {
  await page.evaluate(() => {
    const ticks = (globalThis.ticks = []);
    const tick = (now) => ticks === globalThis.ticks && ticks.push(now) && requestAnimationFrame(tick);
    requestAnimationFrame(tick);
  });
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["-*", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
  for (let n = 0; n < FRAMES; n++) {
    const began = performance.now();
    await act(n);
    await new Promise((done) => setTimeout(done, Math.max(0, 17 - (performance.now() - began))));
  }
  const { traceEvents: events } = JSON.parse(await browser.stopTracing());
  const ticks = await page.evaluate(() => globalThis.ticks.splice(0));

  const names = new Map(events.filter(({ name }) => name === "thread_name").map(({ pid, tid, args }) => [`${pid} ${tid}`, args.name]));
  const threads = new Map();
  for (const event of events.filter(({ name, ph }) => ph === "X" && name === "RunTask")) {
    const thread = `${event.pid} ${event.tid}`;
    threads.set(thread, [...(threads.get(thread) ?? []), event]);
  }
  const of = (name) => [...threads].filter(([thread]) => names.get(thread) === name)
    .map(([thread, tasks]) => [tasks.reduce((sum, { dur = 0 }) => sum + dur, 0), thread, tasks]).sort(([a], [b]) => b - a)[0];
  const [, main, tasks] = of("CrRendererMain");
  const beats = events.filter(({ name, pid, tid }) => name === "FireAnimationFrame" && `${pid} ${tid}` === main).map(({ ts }) => ts);
  const starts = [...new Set(tasks.filter(({ ts, dur }) => beats.some((beat) => beat >= ts && beat <= ts + dur)).map(({ ts }) => ts))].sort((a, b) => a - b);
  const work = (tasks) => starts.slice(0, -1).map((from, n) =>
    tasks.filter(({ ts }) => ts >= from && ts < starts[n + 1]).reduce((sum, { tdur = 0 }) => sum + tdur, 0) / 1000);
  const worker = of("DedicatedWorker thread");
  const intervals = ticks.slice(1).map((now, n) => now - ticks[n]);
  return { main: work(tasks), worker: worker ? work(worker[2]) : [0], intervals };
}

/** One viewer, one round. `pane` is the middle of the axial plane; `weight` is told by who served it. */
async function round(page, files, { input, pane, done, weight }) {
  const devtools = await page.context().newCDPSession(page);
  const empty = await settled(page, devtools);
  await page.locator(input).setInputFiles(files);
  await page.waitForFunction(() => globalThis.seen.all || globalThis.seen.error, undefined, { timeout: 120_000 });
  const seen = await page.evaluate(() => globalThis.seen);
  if (seen.error) throw new Error(seen.error);
  await done?.();
  const full = await settled(page, devtools);
  const [x, y] = await pane();
  await page.mouse.move(x, y);
  await page.mouse.down();
  const drag = await frames(page, devtools, (n) => page.mouse.move(x + ((n * 3) % 90), y + ((n * 2) % 60)));
  await page.mouse.up();
  const scroll = await frames(page, devtools, (n) => page.mouse.wheel(0, n % 60 < 30 ? 100 : -100));
  return { image: seen.image, all: seen.all, bytes: (full - empty) / (slices * SIDE * SIDE), drag, scroll, weight: weight() };
}

async function peer([name, , beside], files) {
  const server = await serve(name, beside);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage({ viewport: VIEW });
    page.on("pageerror", (error) => console.error(name, String(error)));
    await page.goto(`${server.address}/`);
    await page.waitForFunction(() => globalThis.seen?.ready, undefined, { timeout: 60_000 });
    return await round(page, files, { input: "input", pane: () => [256, 280], weight: server.weight });
  } finally {
    await browser.close();
    server.stop();
  }
}

/** Runs in our page before its own scripts: notes what the peers' pages note. */
function watch(of) {
  const seen = (globalThis.seen = {});
  let began = 0;
  const note = (what, holds) => (seen[what] ??= holds ? performance.now() - began : undefined);
  const SMALL = 16;
  const eye = new OffscreenCanvas(SMALL, SMALL).getContext("2d", { willReadFrequently: true });
  const shows = (plane) => {
    const canvas = document.querySelector(`.pane.${plane} canvas.image`);
    if (!(canvas?.width > 1)) return false;
    eye.drawImage(canvas, 0, 0, SMALL, SMALL);
    return eye.getImageData(0, 0, SMALL, SMALL).data.some((value, n) => n % 4 === 0 && value > 0);
  };
  const look = () => {
    if (!seen.image) note("image", shows("axial"));
    const loaded = document.querySelector(".series .loaded")?.textContent.startsWith(`${of} / ${of} `);
    if (loaded) note("all", ["axial", "coronal", "sagittal"].every(shows));
    if (!seen.all) requestAnimationFrame(look);
  };
  addEventListener("change", ({ target }) => {
    if (target.type !== "file") return;
    began = performance.now();
    look();
  }, true);
  // The browser would remember it: three planes and nothing beside them.
  localStorage.setItem("lithoscope.choices", JSON.stringify({ layout: "Three", side: false }));
}

async function ours(address, files) {
  const page = await openPage(address, { viewport: VIEW, args: [] });
  try {
    await page.addInitScript(watch, slices);
    await page.reload();
    await page.waitForTimeout(1000);
    const pane = async () => {
      const { x, y, width, height } = await page.locator(".pane.axial .glass").boundingBox();
      return [x + width / 2, y + height / 2];
    };
    // Of what it asked for the page itself and its workers: not the network, which a viewer does not need, nor the decoders of
    // compressed files, which these are not (a peer's are fetched when a file asks for them, ours when there is nothing else to do).
    const weight = () => [...new Set(page.asked.map((url) => new URL(url).pathname.slice(1) || "index.html"))]
      .filter((name) => !/\.plan$|decoder|relaxed|manifest|^offline/.test(name) && existsSync(`${dist}/${name}`))
      .reduce((sum, name) => sum + readFileSync(`${dist}/${existsSync(`${dist}/${name}.br`) ? `${name}.br` : name}`).length, 0);
    return await round(page, files, { input: "input[type=file] >> nth=0", pane, weight });
  } finally {
    await page.done();
  }
}

/** A row of the table: what, how it is told of a viewer, and whether less is better. */
const ROWS = [
  ["time to the first image, ms", (it) => median(it.map(({ image }) => image)), 0],
  ["time to all slices in three planes, ms", (it) => median(it.map(({ all }) => all)), 0],
  ...["drag", "scroll"].flatMap((act) => {
    const name = { drag: "window drag", scroll: "scroll" }[act];
    const part = (what, q) => (it) => quantile(it.flatMap((round) => round[act][what]), q);
    return [
      [`${name}: main thread per frame, ms (median)`, part("main", 0.5), 2],
      [`${name}: main thread per frame, ms (95 of 100)`, part("main", 0.95), 2],
      [`${name}: busiest worker per frame, ms (95 of 100)`, part("worker", 0.95), 2],
      [`${name}: from frame to frame, ms (median)`, part("intervals", 0.5), 1],
      [`${name}: from frame to frame, ms (95 of 100)`, part("intervals", 0.95), 1],
    ];
  }),
  ["memory, bytes per voxel", (it) => median(it.map(({ bytes }) => bytes)), 1],
  ["transfer, kB in Brotli", (it) => median(it.map(({ weight }) => weight / 1000)), 0],
];

const number = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** Replaces what stands between the marks of this command in a document. */
function put(path, lines) {
  const text = readFileSync(inRepository(path), "utf8");
  const [begin, end] = ["<!-- tools/bench-viewers.mjs -->\n", "<!-- end -->"];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path} has no place for the table`);
  writeFileSync(inRepository(path), `${text.slice(0, from + begin.length)}${lines.join("\n")}\n${text.slice(to)}`);
}

const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
const peers = bundle();
const origin = await startOrigin();
const results = new Map([["ours", []], ...peers.map(([, title]) => [title, []])]);
let version;
try {
  const image = Buffer.from(abdomen(false).map((hu) => hu + 1024).buffer);
  writeSquareCt(folder, slices, SIDE, (k) => {
    const turn = (k % SIDE) * 2 * SIDE;
    return Buffer.concat([image.subarray(turn), image.subarray(0, turn)]);
  });
  const files = readdirSync(folder).map((name) => `${folder}/${name}`);
  for (let n = 0; n < rounds; n++) {
    for (const it of peers) results.get(it[1]).push(await peer(it, files));
    results.get("ours").push(await ours(`${origin.address}/`, files));
  }
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });
  version = browser.version();
  await browser.close();
} finally {
  await origin.stop();
  rmSync(folder, { recursive: true });
}

const names = [...results.keys()];
const table = ROWS.map(([what, of, digits]) => [what, ...names.map((name) => number(of(results.get(name)), digits))]);
const lines = [`| ${slices} slices of ${SIDE} × ${SIDE}, uncompressed | ${names.join(" | ")} |`, `|---|${"--:|".repeat(names.length)}`,
  ...table.map((row) => `| ${row.join(" | ")} |`)];
const machine = { processor: cpus()[0].model, cores: cpus().length, chromium: version, rounds };
console.log(`${machine.processor}, ${machine.cores} cores, Chromium ${version}, medians of ${rounds}\n${lines.join("\n")}`);
writeFileSync(inRepository("target/bench-viewers.json"), `${JSON.stringify({ machine, slices, names, table, results: [...results] }, null, 1)}\n`);
if (rounds > 1) {
  put("docs/figures.md", lines);
  const short = [0, 1, 3, 6, 8, 11, 12, 13].map((n) => lines[n + 2]);
  put("README.md", [...lines.slice(0, 2), ...short]);
}
