// What a person feels: the main thread is never kept from them, and many slices take no more memory than they are.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { openPage, startOrigin } from "./harness.mjs";
import { writeSquareCt } from "./dicom.mjs";
import { button, eventually, loaded, openFolder } from "./viewer.mjs";

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.stop());

/** The longest task of the main thread in `act`, in ms: by the clock, and of the processor's time. */
async function longest(page, act) {
  const browser = page.context().browser();
  await browser.startTracing(page, { categories: ["-*", "devtools.timeline", "disabled-by-default-devtools.timeline"] });
  await act();
  const { traceEvents: events } = JSON.parse(await browser.stopTracing());
  const main = events.find(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain");
  const tasks = events.filter(({ name, pid, tid }) => name === "RunTask" && pid === main.pid && tid === main.tid);
  assert.ok(tasks.length > 100, "the trace has the main thread's tasks");
  const most = (of) => tasks.reduce((most, task) => Math.max(most, (task[of] ?? 0) / 1000), 0);
  return { clock: most("dur"), processor: most("tdur") };
}

test("no task of the main thread takes over 50 ms while a study is read and searched", async (t) => {
  const page = await openPage(`${origin.address}/`);
  await page.waitForLoadState("networkidle");
  const told = {
    reading: await longest(page, async () => {
      await button(page, "Try the demo CT").click();
      await loaded(page, 130);
    }),
    searching: await longest(page, async () => {
      await button(page, "Predict").click();
      await page.getByRole("region", { name: "Findings" }).getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
    }),
  };
  // By the clock a task also waits for all else that this machine does: that is told, and the processor's time is judged.
  for (const [what, { clock, processor }] of Object.entries(told)) {
    t.diagnostic(`main thread, ${what}: longest task ${processor.toFixed(0)} ms of processor time, ${clock.toFixed(0)} ms by the clock`);
    assert.ok(processor <= 50, `${what}: ${processor} ms`);
  }
  await page.done();
});

/** Bytes of WebAssembly's memory, of all workers. */
async function held(page) {
  const sizes = await Promise.all(page.workers().map((worker) =>
    worker.evaluate(async () => (await wasm_bindgen()).memory.buffer.byteLength)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

test("OHIF #4151, #3229: 1,000 slices in the memory that they are, which closing gives back", async (t) => {
  const [slices, side] = [1000, 192];
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const page = await openPage(`${origin.address}/`);
  try {
    writeSquareCt(folder, slices, side);
    // The study's worker, those that decode and those that search stand ready.
    await eventually(() => assert.ok(page.workers().length >= 5), 30_000);
    const workers = page.workers().length;
    const empty = await held(page);
    await openFolder(page, folder);
    await loaded(page, slices);
    const bytes = ((await held(page)) - empty) / (slices * side * side);
    t.diagnostic(`1,000 slices: ${bytes.toFixed(2)} bytes of WebAssembly's memory per voxel`);
    assert.ok(bytes <= 2.5, `${bytes} bytes per voxel; two are its HU`);
    await button(page, "Close study").click();
    await page.getByText("Find urinary stones in a CT").waitFor();
    await eventually(async () => {
      assert.equal(page.workers().length, workers);
      assert.ok((await held(page)) <= 1.05 * empty);
    });
    await page.done();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
