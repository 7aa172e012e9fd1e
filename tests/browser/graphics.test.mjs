// The search on the GPU: in Chromium on its software adapter, which is right and slow, and chosen by hand only.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, writeCt } from "./dicom.mjs";
import { hasAdapter, lose, RUNS_BEFORE, SOFTWARE_GPU } from "./graphics.mjs";
import { openPage, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, openFolder } from "./viewer.mjs";

let origin, folder, adapter;

before(async () => {
  origin = await startOrigin();
  writeCt((folder = mkdtempSync(`${tmpdir()}/lithoscope-`)));
  adapter = await hasAdapter(`${origin.address}/`);
});
after(async () => {
  rmSync(folder, { recursive: true });
  await origin.stop();
});

/** A test that is left out only where no adapter answers. */
const onGpu = (name, body) => test(name, (t) => (adapter ? body() : t.skip("no adapter")));

/** What every worker counts: slices that it has answered. Answers of the processor are held where `held` is a list. */
function count() {
  self.searched = 0;
  const post = MessagePort.prototype.postMessage;
  MessagePort.prototype.postMessage = function (...given) {
    // Nothing else is sent with the numbers of pixels.
    const searched = given[0][1] instanceof Uint32Array;
    self.searched += searched;
    if (searched && self.held && self.role === "infer") self.held.push(() => post.apply(this, given));
    else post.apply(this, given);
  };
}

/** The page with the CT, and in each of its workers what `prepare` does before the worker starts. */
async function withCt(use, { prepare = () => {}, given, errors } = {}) {
  const before = `(${count})();\n(${prepare})(${JSON.stringify(given)});\n`;
  const page = await openPage(`${origin.address}/`, { args: SOFTWARE_GPU, before }, errors);
  await openFolder(page, folder);
  await loaded(page, made.slices);
  await use(page);
  return (await page.done()).map((url) => new URL(url).pathname);
}

const choice = (page) => page.getByRole("combobox", { name: "Search on" });
const choose = (page, label) => choice(page).selectOption({ label });

/** Presses Predict, and gives what searched all slices in the end. */
async function engine(page) {
  await button(page, "Predict").click();
  const findings = page.getByRole("region", { name: "Findings" });
  await findings.getByText(/slices searched in|No candidate above/).first().waitFor({ timeout: 120_000 });
  assert.equal(await findings.getByText(/not searched/).count(), 0, "all slices were searched");
  return findings.locator("dl.model dd").last().textContent();
}

/** Slices that the workers of a role have answered, for each that runs. */
async function searched(page, role) {
  const told = await Promise.all(page.workers().map((worker) => worker.evaluate(() => [self.role, self.searched])));
  return told.filter(([of]) => of === role).map(([, slices]) => slices);
}

const sum = (numbers) => numbers.reduce((all, one) => all + one, 0);

onGpu("the graphics card searches where it is chosen, and the choice is remembered", async () => {
  await withCt(async (page) => {
    await choose(page, "Graphics card");
    assert.match(await engine(page), /^webgpu \(.+\) · 1 worker · self-test within [1-9]e-\d+$/);
    assert.deepEqual(await searched(page, "graphics"), [made.slices]);
    assert.equal(sum(await searched(page, "infer")), 0);
    await page.reload();
    await openFolder(page, folder);
    await loaded(page, made.slices);
    assert.equal(await choice(page).locator("option:checked").textContent(), "Graphics card");
  });
});

onGpu("a device that is lost leaves the slices that it has searched, and the rest to the processor", async () => {
  const done = 2;
  await withCt(async (page) => {
    await choose(page, "Graphics card");
    assert.doesNotMatch(await engine(page), /webgpu/);
    assert.equal(sum(await searched(page, "infer")), made.slices - done);
    await eventually(async () => assert.deepEqual(await searched(page, "graphics"), []));
  }, { prepare: lose, given: RUNS_BEFORE + done + 1 });
});

onGpu("a worker that ends leaves what it has not searched to the processor", async () => {
  const end = (run) => {
    let runs = 0;
    const map = GPUBuffer.prototype.mapAsync;
    GPUBuffer.prototype.mapAsync = function (...given) {
      if (++runs === run) setTimeout(() => { throw new Error("the GPU's worker ends"); });
      return map.apply(this, given);
    };
  };
  await withCt(async (page) => {
    await choose(page, "Graphics card");
    assert.doesNotMatch(await engine(page), /webgpu/);
  }, { prepare: end, given: RUNS_BEFORE + 3, errors: /the GPU's worker ends/ });
});

onGpu("a software adapter is not chosen by itself, nor is the processor left where it is chosen", async () => {
  for (const label of ["Automatic", "Processor"]) {
    const asked = await withCt(async (page) => {
      await choose(page, label);
      assert.doesNotMatch(await engine(page), /webgpu/);
    });
    assert.ok(!asked.some((path) => /graphics/.test(path)));
  }
});

/** An adapter that does not say that it is software; what the processor answers is held. */
async function compared(prepare, use) {
  const asked = await withCt(async (page) => {
    await page.evaluate(() => Object.defineProperty(GPUAdapter.prototype, "info", { get: () => ({}) }));
    await use(page);
  }, { prepare });
  assert.ok(asked.some((path) => /graphics/.test(path)));
}

onGpu("a GPU that is foretold to be faster takes over", async () => {
  const prepare = () => {
    self.held = [];
    const now = Performance.prototype.now;
    Performance.prototype.now = function () {
      return self.role === "graphics" ? 0 : now.call(this);
    };
  };
  await compared(prepare, async (page) => {
    assert.match(await engine(page), /^webgpu /);
    assert.deepEqual(await searched(page, "graphics"), [made.slices]);
  });
});

onGpu("a GPU that is foretold to be slower is let go", async () => {
  const prepare = () => {
    self.held = [];
  };
  await compared(prepare, async (page) => {
    const ended = engine(page);
    await eventually(async () => assert.equal((await searched(page, "graphics")).length, 1));
    await eventually(async () => assert.equal((await searched(page, "graphics")).length, 0), 60_000);
    for (const worker of page.workers()) {
      await worker.evaluate(() => {
        self.held.forEach((post) => post());
        self.held = null;
      });
    }
    assert.doesNotMatch(await ended, /webgpu/);
    assert.equal(sum(await searched(page, "infer")), made.slices);
  });
});
