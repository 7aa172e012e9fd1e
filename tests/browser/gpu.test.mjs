// Networks on the GPU: in Chromium on its software adapter, which is right and slow, in a worker as in the product.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { chromium } from "playwright-core";
import { inRepository, listen } from "./harness.mjs";

const TYPES = { html: "text/html", js: "text/javascript", wasm: "application/wasm" };
const FILES = {
  "index.html": `<!doctype html><title>GPU</title><link rel="icon" href="data:,">`,
  "worker.js": `import start, * as check from "./lithoscope_gpu_check.js";
    await start();
    onmessage = async ({ data: [name, ...given] }) => {
      try { postMessage({ answer: await check[name](...given) }); } catch (error) { postMessage({ error: String(error) }); }
    };
    postMessage("ready");`,
};
/** Six in a row have every operator, activation and head; more take long to compile here. */
const NETWORKS = Number(process.env.NETWORKS ?? 6);

let server, browser, page, adapter;

before(async () => {
  execFileSync(inRepository("tools/gpu/build"), { stdio: "inherit" });
  server = createServer((request, response) => {
    const name = request.url.slice(1) || "index.html";
    response.setHeader("content-type", TYPES[name.split(".").at(-1)] ?? "text/plain");
    try {
      response.end(FILES[name] ?? readFileSync(inRepository(`target/gpu/${name}`)));
    } catch {
      response.writeHead(404).end();
    }
  });
  const address = await listen(server);
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
  page = await browser.newPage();
  await page.goto(address);
  await page.evaluate(() => new Promise((ready) => {
    globalThis.worker = new Worker("worker.js", { type: "module" });
    worker.onmessage = ready;
    worker.onerror = (error) => ready(Promise.reject(new Error(error.message)));
  }));
  adapter = await page.evaluate(async () => {
    const { vendor, architecture } = (await navigator.gpu?.requestAdapter())?.info ?? {};
    return vendor && `${vendor} ${architecture}`;
  });
  if (!adapter) console.log("No GPU adapter answers here: nothing was run on one.");
});
after(async () => {
  await browser?.close();
  server?.close();
});

/** Calls a function of the check in the worker: its answer, or its error. */
const ask = (...call) => page.evaluate((call) => new Promise((done) => {
  worker.onmessage = ({ data }) => done(data);
  worker.postMessage(call);
}), call);

/** A test that is left out only where no adapter answers. */
const onGpu = (name, body) => test(name, (t) => (adapter ? body() : t.skip("no adapter")));

async function compare(seed) {
  const worst = { from_processor: 0, from_whole: 0 };
  let varied = 0;
  for (let number = 0; number < NETWORKS; number++) {
    const { answer, error } = await ask("compare", number, seed);
    assert.equal(error, undefined, `network ${number}, seed ${seed}`);
    const found = JSON.parse(answer);
    const tell = `${answer}, number ${number}, seed ${seed}`;
    varied += found.spread > 1e-3;
    assert.ok(found.from_processor <= 1e-3, tell);
    assert.ok(found.from_whole <= 1e-6, tell);
    assert.equal(found.unwanted, 0, tell);
    for (const name of Object.keys(worst)) worst[name] = Math.max(worst[name], found[name]);
  }
  assert.ok(varied > NETWORKS / 2, `only ${varied} networks tell anything, seed ${seed}`);
  return worst;
}

onGpu("networks of every kind give what the processor gives, and wanted pixels what the whole image has", async () => {
  const seed = Date.now() % 2 ** 24;
  const worst = await compare(seed);
  console.log(`${NETWORKS} networks on ${adapter}, seed ${seed}: at most ${worst.from_processor.toExponential(1)} from the ` +
    `processor, ${worst.from_whole.toExponential(1)} from the whole image`);
});

onGpu("a device that is lost ends a run with an error", async () => {
  for (const whileRunning of [false, true]) {
    const { answer, error } = await ask("lose", whileRunning);
    assert.equal(error, undefined);
    // While it runs the browser may tell first of what it waits for.
    assert.match(answer, whileRunning ? /lost|unmapped/ : /lost/);
  }
});
