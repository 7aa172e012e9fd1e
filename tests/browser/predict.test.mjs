// The demo from its button to its stones, and back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { numbers, parse, text, unzip } from "./dicom.mjs";
import { built, inRepository, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, place, sliceShown } from "./viewer.mjs";

const truth = JSON.parse(readFileSync(inRepository("demo/truth.json")));
const SLICES = 130;
const slice = unzip(readFileSync(inRepository("demo/demo.zip"))).map(parse)
  .find((elements) => text(elements, "00080008").includes("AXIAL"));
const NEAR_MM = 5;

let origin, page, findings;
before(async () => {
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
  findings = page.getByRole("region", { name: "Findings" });
  const started = performance.now();
  await button(page, "Try the demo CT").click();
  await eventually(async () => assert.ok((await sliceShown(page, "Axial")) > 0));
  const first = performance.now();
  await loaded(page, SLICES);
  console.log(`demo: first picture ${seconds(first - started)} s, all slices ${seconds(performance.now() - started)} s`);
});
after(async () => {
  try {
    await page.done();
  } finally {
    await origin.stop();
  }
});

const seconds = (milliseconds) => (milliseconds / 1000).toFixed(1);
const rows = () => findings.getByRole("button", { name: /Model finding/ });
const measures = () => findings.locator(".measures");
const boxes = (plane) => page.getByRole("region", { name: plane }).locator("svg g.box");

test("Cancel stops the search and says what was not searched", async () => {
  await button(page, "Predict").click();
  await page.getByText(/slices searched/).first().waitFor({ timeout: 60_000 });
  await button(page, "Cancel").first().click();
  await findings.getByText(/of 130 slices were not searched/).waitFor();
});

test("Predict finds the stones of the demo where they were put", async () => {
  const started = performance.now();
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  console.log(`demo: Predict ${seconds(performance.now() - started)} s`);
  await screenshot(page, "stones");

  const count = await rows().count();
  const found = [];
  for (let n = 0; n < count; n++) found.push(await placeOf(n));
  const matched = truth.stones.filter((stone) => found.some((at) => distance(at, stone.center_lps_mm) < NEAR_MM));
  console.log(`demo: ${matched.length} of ${truth.stones.length} stones, ${count} findings`);
  assert.ok(matched.length >= 5, `found ${JSON.stringify(found)}`);
  assert.ok(count <= truth.stones.length + 1, "hardly anything else is boxed");
});

/** What `lithoscope predict` says of the demo, but for how long it took. */
function predict(...options) {
  const { seconds: _, ...told } = JSON.parse(execFileSync(built("lithoscope"),
    ["predict", inRepository("demo/demo.zip"), "--json", ...options]));
  return told;
}

test("the command line finds the same stones in the same files, searched in part or whole", async () => {
  const told = predict();
  assert.deepEqual(predict("--full"), told);
  const stones = told.stones.filter(({ label }) => label !== "rejected");
  assert.equal(await rows().count(), stones.length);
  for (const [number, stone] of stones.entries()) {
    const { volume_mm3, hu_mean, hu_max, probability } = stone;
    const shown = (await measures().nth(number).locator("dd").allTextContents()).slice(1).map(parseFloat);
    for (const [n, [value, step]] of [[volume_mm3, 1], [hu_mean, 1], [hu_max, 1], [probability, 0.01]].entries()) {
      assert.ok(Math.abs(shown[n] - value) < 0.501 * step, `finding ${stone.id}: ${shown}, expected ${value}`);
    }
  }
});

test("a click on a finding moves every plane to it; Visible hides its mask and boxes", async () => {
  const row = rows().first();
  await row.click();
  for (const plane of ["Axial", "Coronal", "Sagittal"]) await boxes(plane).first().waitFor();
  const marked = await eventually(async () => {
    const count = await redPixels();
    assert.ok(count > 0, "the mask is red");
    return count;
  });
  await screenshot(page, "finding");

  await findings.getByRole("checkbox", { name: "Visible (all)" }).uncheck();
  await eventually(async () => {
    assert.equal(await redPixels(), 0);
    assert.equal(await boxes("Axial").count(), 0);
  });
  await findings.getByRole("checkbox", { name: "Visible (all)" }).check();
  await eventually(async () => assert.equal(await redPixels(), marked));
});

async function redPixels() {
  const { data } = await pixels(page.getByRole("region", { name: "Axial" }).locator("canvas.mask"));
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] > 150 && data[at + 1] < 100 && data[at + 3] > 0;
  return count;
}

/** Where a finding's box stands in the patient: from the picture on the screen and the header of the file. */
async function placeOf(number) {
  const row = rows().nth(number);
  await row.click();
  const z = Number(/z (-?[\d.]+) mm/.exec(await row.textContent())[1]);
  const id = await row.locator(".number").textContent();
  const box = page.getByRole("region", { name: "Axial" }).locator(`g.box[data-stone="${id}"] .line`);
  const [on, at] = [await place(page, "Axial"), await eventually(async () => (await box.boundingBox()) ?? assert.fail())];
  const [left, top] = numbers(slice, "00200032");
  const [down, across] = numbers(slice, "00280030");
  const [rowsOf, columns] = ["00280010", "00280011"].map((tag) => slice[tag].readUInt16LE());
  const u = ((at.x + at.width / 2 - on.x) / on.width) * columns - 0.5;
  const v = ((at.y + at.height / 2 - on.y) / on.height) * rowsOf - 0.5;
  return [left + u * across, top + v * down, z];
}

function distance(a, b) {
  return Math.hypot(...a.map((x, n) => x - b[n]));
}
