// What leaves and what stays, held to what the network and the browser's storage say.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, speak } from "./viewer.mjs";

const SLICES = 130;
let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.stop());

const counter = (page) => page.getByRole("contentinfo").getByRole("button", { name: /^Network requests since you opened files: \d+/ });
const counted = async (page) => Number(/\d+/.exec(await counter(page).locator(".long").textContent())[0]);
const sheet = (page) => page.getByRole("dialog", { name: "What leaves, what stays" });

async function openDemo(page) {
  await page.waitForLoadState("networkidle");
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
}

async function predict(page) {
  await button(page, "Predict").click();
  await page.getByRole("region", { name: "Findings" }).getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
}

test("the counter counts what the network sees, of the page and of its workers", async () => {
  const page = await openPage(`${origin.address}/`, {}, /Failed to load|violates/);
  await openDemo(page);
  assert.equal(await counted(page), 0, "all that is needed to look was there before");
  const before = page.asked.length;
  await predict(page);
  await eventually(async () => assert.equal(await counted(page), page.asked.length - before));
  // One more of the page's own, and it is counted and named.
  const was = await counted(page);
  await page.evaluate(() => fetch("./index.html?again", { cache: "no-store" }));
  await eventually(async () => assert.equal(await counted(page), was + 1));
  await counter(page).click();
  await sheet(page).getByText("index.html", { exact: true }).waitFor();
  await screenshot(page, "trust");
  await page.done();
});

test("what still comes of the page itself when a study is opened at once is told as that", async () => {
  const page = await openPage(`${origin.address}/`);
  let go;
  const held = new Promise((resolve) => (go = resolve));
  await page.route(/relaxed_bg/, (route) => held.then(() => route.continue()));
  await page.reload();
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
  const before = await counted(page);
  go();
  await eventually(async () => {
    const told = await counter(page).locator(".long").textContent();
    const [, all, ofPage] = /: (\d+), of them for files of this page: (\d+)$/.exec(told) ?? assert.fail(told);
    assert.ok(all === ofPage && all >= before + 2, `the network and its manifest: ${told}`);
  });
  await page.done();
});

test("diagnostics are shown in full before they are copied, and name nobody", async () => {
  const page = await openPage(`${origin.address}/`, { permissions: ["clipboard-read", "clipboard-write"] });
  await openDemo(page);
  await predict(page);
  await counter(page).click();
  const shown = await sheet(page).getByLabel("Diagnostics").textContent();
  for (const told of [/Browser: Mozilla/, /Processor cores: \d/, /slices: 432 × 432 × 130/, /Engine: \S+-simd/, /search \/ measure: [\d.]+ \/ [\d.]+/]) {
    assert.match(shown, told);
  }
  for (const hidden of [/demo/i, /\d+\.\d+\.\d+\.\d+\.\d+\.\d+/, /synthetic/i, /axial/i]) assert.doesNotMatch(shown.replace(/Browser: .*/, ""), hidden);
  await button(sheet(page), "Copy").click();
  await eventually(async () => assert.equal(await page.evaluate(() => navigator.clipboard.readText()), shown));
  await page.done();
});

test("what the person likes is remembered, nothing of the patient is, and Forget all leaves nothing", async () => {
  const page = await openPage(`${origin.address}/`);
  const stored = () => page.evaluate(async () => ({
    local: { ...localStorage },
    session: { ...sessionStorage },
    databases: (await indexedDB.databases()).length,
    caches: (await caches.keys()).length,
    cookies: document.cookie,
  }));
  await openDemo(page);
  await predict(page);
  assert.deepEqual(await stored(), { local: {}, session: {}, databases: 0, caches: 0, cookies: "" });
  await button(page, "Zoom").click();
  await button(page, "Crosshair").click();
  await speak(page, "ko");
  await page.reload();
  await page.getByText("의료기기가 아닙니다").first().waitFor();
  await speak(page, "en");
  assert.equal(await button(page, "Zoom").getAttribute("aria-pressed"), "true");
  assert.equal(await button(page, "Crosshair").getAttribute("aria-pressed"), "false");
  assert.deepEqual(Object.keys((await stored()).local).sort(), ["lithoscope.choices", "lithoscope.language"]);

  await openDemo(page);
  const workers = page.workers();
  await page.keyboard.press("Shift+H");
  await button(sheet(page), "Forget all").click();
  await sheet(page).getByText("The study is closed, and what this page had stored is deleted.").waitFor();
  assert.deepEqual((await stored()).local, {});
  await button(sheet(page), "Close").click();
  await page.getByText("Find urinary stones in a CT").waitFor();
  assert.equal(await button(page, "Zoom").getAttribute("aria-pressed"), "false");
  await eventually(() => assert.ok(!page.workers().some((worker) => workers.includes(worker)), "its workers are gone"));
  await page.done();
});
