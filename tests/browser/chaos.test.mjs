// Workers that end at random while a study is read, searched and saved; a tab that sleeps; the study's own worker gone.
// The job comes to its end, or the page says what it lacks; and what is found is what an undisturbed search finds.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { chooseGraphics, hasAdapter, lose, RUNS_BEFORE, SOFTWARE_GPU } from "./graphics.mjs";
import { openPage, startOrigin } from "./harness.mjs";
import { button, eventually, loaded } from "./viewer.mjs";

const SLICES = 130;
const ENDS = /chaos ends a worker/;
let origin, folder, undisturbed, notRead;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const page = await openPage(`${origin.address}/`);
  await read(page);
  notRead = await notLoaded(page);
  undisturbed = await found(await searched(page));
  assert.ok(undisturbed.length >= 5);
  await page.done();
});
after(async () => {
  rmSync(folder, { recursive: true });
  await origin.stop();
});

const findings = (page) => page.getByRole("region", { name: "Findings" });

async function read(page) {
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
}

/** What the page says that it has not read: of the demo, what is no CT. */
const notLoaded = (page) => page.getByRole("region", { name: /^Not loaded/ }).textContent();

async function searched(page) {
  await button(page, "Predict").click();
  await findings(page).getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  return page;
}

/** What is found, without how long it took. */
async function found(page) {
  if (!(await button(page, "Findings (JSON)").isVisible())) await findings(page).getByText("Save", { exact: true }).click();
  const download = page.waitForEvent("download");
  await button(page, "Findings (JSON)").click();
  await (await download).saveAs(`${folder}/findings.json`);
  const told = JSON.parse(readFileSync(`${folder}/findings.json`, "utf8"));
  assert.ok(told.complete && !told.missing_slices?.length, "all slices were searched");
  return told.stones;
}

/** Numbers below `n`, the same from the same seed. */
function seeded(seed) {
  let state = seed >>> 0;
  return (n) => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
}

/** As a trap does: what it works on is never answered, and the page hears of an error that nobody caught. */
function trap() {
  MessagePort.prototype.postMessage = () => {};
  setTimeout(() => {
    throw new Error("chaos ends a worker");
  });
}

/** What a worker answers; one that was ended meanwhile never does. */
const ask = (worker, what) => Promise.race([worker.evaluate(what).catch(() => null), new Promise((go) => setTimeout(() => go(null), 1000))]);

/** Ends so many workers of a role, one after another, which and when as the seed has it. A role is given up after eight. */
async function disturb(page, role, times, random, done) {
  let ended = 0;
  while (ended < times && !done()) {
    const workers = page.workers();
    const told = await Promise.all(workers.map((worker) => ask(worker, () => self.role)));
    const all = workers.filter((_, n) => told[n] === role);
    if (all.length > 0) {
      await ask(all[random(all.length)], trap);
      ended++;
    }
    await new Promise((go) => setTimeout(go, random(60)));
  }
  return ended;
}

/** Does something while workers of a role end. */
async function through(page, role, times, random, job) {
  let done = false;
  const ended = disturb(page, role, times, random, () => done);
  try {
    await job();
  } finally {
    done = true;
  }
  return ended;
}

for (const seed of [1, 2, 3]) {
  test(`all workers end at random, and nothing is missing (seed ${seed})`, async () => {
    const random = seeded(seed);
    const page = await openPage(`${origin.address}/`, {}, ENDS);
    await page.waitForLoadState("networkidle");
    await through(page, "decode", 5, random, () => read(page));
    assert.equal(await notLoaded(page), notRead);
    const ended = await through(page, "infer", 5, random, () => searched(page));
    assert.ok(ended > 0, "some ended while it searched");
    // Those that read and search are not needed for what is saved.
    let stones;
    await through(page, ["decode", "infer"][random(2)], 2, random, async () => (stones = await found(page)));
    assert.deepEqual(stones, undisturbed);
    await page.done();
  });
}

/** The GPU adds up in another order: what it finds is the same to so many digits. */
function alike(found, expected, path = "stones") {
  if (typeof expected === "number") return assert.ok(Math.abs(found - expected) <= 1e-3 * Math.max(1, Math.abs(expected)), `${path}: ${found}, expected ${expected}`);
  if (expected === null || typeof expected !== "object") return assert.equal(found, expected, path);
  assert.deepEqual(Object.keys(found), Object.keys(expected), path);
  for (const key of Object.keys(expected)) alike(found[key], expected[key], `${path}.${key}`);
}

for (const seed of [4, 5]) {
  test(`the GPU is lost while it searches, and nothing is missing (seed ${seed})`, async (t) => {
    if (!(await hasAdapter(`${origin.address}/`))) return t.skip("no adapter");
    const run = RUNS_BEFORE + 1 + seeded(seed)(6);
    const page = await openPage(`${origin.address}/`, { args: SOFTWARE_GPU, before: `(${lose})(${run});\n` });
    await page.waitForLoadState("networkidle");
    await read(page);
    await chooseGraphics(page);
    await searched(page);
    assert.doesNotMatch(await findings(page).locator("dl.model dd").last().textContent(), /webgpu/, "the processor came to the end");
    alike(await found(page), undisturbed);
    await page.done();
  });
}

test("the study's own worker ends: the page says so, and the study can be opened again", async () => {
  const page = await openPage(`${origin.address}/`, {}, ENDS);
  await page.waitForLoadState("networkidle");
  await read(page);
  await button(page, "Predict").click();
  const told = await Promise.all(page.workers().map(async (worker) => [await worker.evaluate(() => self.role), worker]));
  await told.find(([role]) => role === "study")[1].evaluate(() => setTimeout(() => { throw new Error("chaos ends a worker"); }));
  await page.getByRole("alert").getByText("An error in the program").waitFor();
  await page.getByRole("alert").getByText("Open the files again").waitFor();
  await eventually(async () => assert.ok(await button(page, "Close study").isEnabled()));
  await button(page, "Close study").click();
  await read(page);
  await searched(page);
  assert.deepEqual(await found(page), undisturbed);
  await page.done();
});

test("a tab that is put to sleep while it searches goes on when it wakes", { skip: process.env.FIREFOX && "Chromium's own protocol" }, async () => {
  const page = await openPage(`${origin.address}/`);
  await page.waitForLoadState("networkidle");
  await read(page);
  const protocol = await page.context().newCDPSession(page);
  await button(page, "Predict").click();
  for (let n = 0; n < 3; n++) {
    await protocol.send("Page.setWebLifecycleState", { state: "frozen" });
    await new Promise((go) => setTimeout(go, 300));
    await protocol.send("Page.setWebLifecycleState", { state: "active" });
    await new Promise((go) => setTimeout(go, 100));
  }
  await findings(page).getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  assert.deepEqual(await found(page), undisturbed);
  await page.done();
});
