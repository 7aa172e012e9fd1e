// Which engine searches, and what happens when one fails.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { dist, openPage, startOrigin } from "./harness.mjs";
import { button, eventually, loaded } from "./viewer.mjs";

const SLICES = 130;
let origin;
before(async () => {
  origin = await startOrigin();
});
after(() => origin.stop());

/** Opens the demo on a page that `prepare` was given, presses Predict, does `meanwhile`, and gives what ran in the end. */
async function engineOf(prepare, { meanwhile = () => {}, errors } = {}) {
  const page = await openPage(`${origin.address}/`, {}, errors);
  await prepare(page);
  // What the page asked for before it was prepared does not count, nor what it is still asking for.
  await page.goto("about:blank");
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(`${origin.address}/`);
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
  await button(page, "Predict").click();
  await meanwhile(page);
  const findings = page.getByRole("region", { name: "Findings" });
  await findings.getByText(new RegExp(`^${SLICES} slices searched in`)).waitFor({ timeout: 300_000 });
  const stones = await findings.getByRole("button", { name: /Model finding/ }).count();
  const knowsTract = (await findings.getByText("The urinary tract is not known here").count()) === 0;
  const engine = await findings.locator("dl.model dd").last().textContent();
  await page.done();
  return { engine, stones, asked, knowsTract };
}

const nothing = () => {};

test("the fastest engine of this browser searches, and says how far its self-test was off", async () => {
  const { engine, stones, asked, knowsTract } = await engineOf(nothing);
  assert.ok(knowsTract);
  assert.match(engine, /^relaxed-simd · \d+ workers? · self-test within [1-9]e-\d$/);
  assert.ok(stones >= 5);
  assert.ok(!asked.some((path) => /foreign|\.onnx/.test(path)), "what is megabytes is not fetched");
});

test("a browser without relaxed SIMD fetches no more than it has", async () => {
  const { engine, stones, asked } = await engineOf((page) => page.addInitScript(() => {
    WebAssembly.validate = () => false;
  }));
  assert.match(engine, /^simd128 /);
  assert.ok(stones >= 5);
  assert.ok(!asked.some((path) => /relaxed|foreign|\.onnx/.test(path)));
});

/** The plan with another answer to its self-test, and whole all the same. */
function tampered(plan) {
  const content = plan.subarray(0, -32);
  const line = content.indexOf("\n");
  const header = JSON.parse(content.subarray(0, line));
  header.self_test.outputs[0] += 0.01;
  const body = Buffer.concat([Buffer.from(JSON.stringify(header)), content.subarray(line)]);
  return Buffer.concat([body, createHash("sha256").update(body).digest()]);
}

/** Answers with the page's own plan of a network, tampered with. */
function tamperedWith(network) {
  const name = readdirSync(dist).find((name) => name.startsWith(network) && name.endsWith(".plan"));
  const body = tampered(readFileSync(`${dist}/${name}`));
  return (route) => route.fulfill({ body });
}

test("where the tract's network fails its self-test all is marked, and the page says so", async () => {
  const { stones, knowsTract } = await engineOf((page) => page.route("**/stone-tract-*.plan", tamperedWith("stone-tract")));
  assert.ok(!knowsTract && stones >= 6, `${stones} stones`);
});

test("engines that fail their self-test give way to the one that reads the ONNX file", async () => {
  const { engine, stones, asked } = await engineOf((page) => page.route("**/stone-unet-*.plan", tamperedWith("stone-unet")));
  assert.match(engine, /^simd128 .*self-test within/, "its own trial, not the plan's");
  assert.ok(stones >= 5);
  for (const needed of [/relaxed/, /foreign/, /\.onnx/]) assert.ok(asked.some((path) => needed.test(path)), `${needed}`);
});

test("a worker that ends is replaced, and its slices are searched again", async () => {
  const meanwhile = async (page) => {
    const searchers = await eventually(async () => {
      const roles = await Promise.all(page.workers().map((worker) => worker.evaluate(() => self.role)));
      const found = page.workers().filter((_, n) => roles[n] === "infer");
      assert.ok(found.length > 0);
      return found;
    });
    await searchers[0].evaluate(() => {
      setTimeout(() => {
        throw new Error("an engine ends");
      });
    });
  };
  const { stones } = await engineOf(nothing, { meanwhile, errors: /an engine ends/ });
  assert.ok(stones >= 5);
});
