#!/usr/bin/env node
// From a drop to a volume, in the built page: node tools/bench-loading.mjs [ROUNDS] [SLICES]
//
// A series of noisy uncompressed slices of 512 × 512 is dropped as a folder on the page in Chromium, which is made to
// see two cores and so starts two decode workers. Each round opens the page anew; medians count. Expects ./test's dist/
// and origin. The table also goes to target/bench-loading.json.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { writeSquareCt } from "../tests/browser/dicom.mjs";
import { inRepository, openPage, startOrigin } from "../tests/browser/harness.mjs";
import { loaded } from "../tests/browser/viewer.mjs";
import { abdomen, SIDE } from "./bench/images.mjs";

const [rounds = 9, slices = 300] = process.argv.slice(2).map(Number);
const SLICE = 2 * SIDE * SIDE;
const MB = 1e6;

/** Stored values of slice `k`: the same abdomen, moved on by a row with each slice. */
const image = Buffer.from(abdomen(true).map((hu) => hu + 1024).buffer);
const slice = (k) => {
  const turn = (k % SIDE) * 2 * SIDE;
  return Buffer.concat([image.subarray(turn), image.subarray(0, turn)]);
};

/** Runs in the page before its own scripts: when files were dropped, and what the page showed when. */
function watch(of) {
  const seen = { blocked: [] };
  globalThis.seen = seen;
  // Tasks of the main thread that took over 50 ms.
  new PerformanceObserver((list) => seen.blocked.push(...list.getEntries().map((task) => task.duration)))
    .observe({ type: "longtask" });
  addEventListener("drop", () => {
    seen.dropped = performance.now();
    seen.blocked.length = 0;
    const watched = { childList: true, subtree: true, characterData: true };
    new MutationObserver(read).observe(document.body, watched);
    requestAnimationFrame(look);
  }, true);
  const note = (what, holds) => (seen[what] ??= holds ? performance.now() - seen.dropped : undefined);
  function read() {
    note("headers", document.querySelector(".series .row"));
    note("slices", document.querySelector(".series .loaded")?.textContent.startsWith(`${of} / ${of} `));
  }
  // A slice that has not come is black all over.
  const SMALL = 16;
  const eye = new OffscreenCanvas(SMALL, SMALL).getContext("2d", { willReadFrequently: true });
  function look() {
    const canvas = document.querySelector(".pane.axial canvas.image");
    if (canvas?.width > 1) {
      eye.drawImage(canvas, 0, 0, SMALL, SMALL);
      note("image", eye.getImageData(0, 0, SMALL, SMALL).data.some((value, n) => n % 4 === 0 && value > 0));
    }
    if (!seen.image) requestAnimationFrame(look);
  }
}

/** Milliseconds from the drop to headers, first image and last slice; longest task; bytes of the workers' memory. */
async function round(folder, address) {
  const page = await openPage(address);
  try {
    await page.addInitScript(() => Object.defineProperty(navigator, "hardwareConcurrency", { value: 2 }));
    await page.addInitScript(watch, slices);
    await page.reload();
    // The workers stand ready before a person has found the files.
    await page.waitForTimeout(1000);
    const devtools = await page.context().newCDPSession(page);
    const data = { items: [], files: [folder], dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"]) {
      await devtools.send("Input.dispatchDragEvent", { type, x: 700, y: 400, data });
    }
    await loaded(page, slices);
    await page.waitForFunction(() => globalThis.seen.slices);
    const { image, headers, slices: all, blocked } = await page.evaluate(() => globalThis.seen);
    const memories = await Promise.all(page.workers().map((worker) =>
      worker.evaluate(async () => [self.role, (await wasm_bindgen()).memory.buffer.byteLength])));
    const bytes = (is) => memories.filter(([role]) => is(role)).reduce((sum, [, size]) => sum + size, 0);
    const version = page.context().browser().version();
    return { headers, image, all, blocked: Math.max(0, ...blocked), memory: bytes(() => true),
      workers: bytes((role) => role === "decode"), version };
  } finally {
    await page.done();
  }
}

const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];

const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
const origin = await startOrigin();
const results = [];
try {
  writeSquareCt(folder, slices, SIDE, slice);
  for (let n = 0; n < rounds; n++) results.push(await round(folder, `${origin.address}/`));
} finally {
  await origin.stop();
  rmSync(folder, { recursive: true });
}

const of = (key) => median(results.map((result) => result[key]));
const volume = slices * SLICE;
const rate = (milliseconds) => `${Math.round(volume / MB / (milliseconds / 1000))} MB/s`;
const seconds = (milliseconds) => `${(milliseconds / 1000).toFixed(2)} s`;
const megabytes = (bytes) => `${Math.round(bytes / MB)} MB`;
const goal = Math.round((1.15 * volume + 64 * 2 ** 20) / MB);
const table = [
  ["first image after the drop", seconds(of("image")), "0.5 s"],
  ["headers of all files", seconds(of("headers")), ""],
  ["all slices after the drop", seconds(of("all")), ""],
  ["bytes to volume, from the drop on", rate(of("all")), "400 MB/s"],
  ["longest task of the main thread", of("blocked") > 0 ? `${Math.round(of("blocked"))} ms` : "below 50 ms", "50 ms"],
  ["memory of all workers after it", megabytes(of("memory")), `${goal} MB`],
];
const machine = { processor: cpus()[0].model, cores: cpus().length, chromium: results[0].version, rounds };
console.log(`${machine.processor}, ${machine.cores} cores, Chromium ${machine.chromium}, medians of ${rounds}`);
console.log(`| ${slices} slices of ${SIDE} × ${SIDE}, ${megabytes(volume)} | | goal |\n|---|--:|--:|`);
for (const row of table) console.log(`| ${row.join(" | ")} |`);
writeFileSync(inRepository("target/bench-loading.json"), `${JSON.stringify({ machine, slices, results }, null, 1)}\n`);
