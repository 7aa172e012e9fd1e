// The demo from its button to its stones, and back.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { numbers, parse, text, unzip } from "./dicom.mjs";
import { built, inRepository, leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
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
after(() => leave(page, origin));

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

/** The number beside a name in a row of the list. */
const measure = async (row, name) => parseFloat(
  await measures().nth(row).locator("div", { has: page.getByText(name, { exact: true }) }).locator("dd").first().textContent());

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
    const expected = { Volume: [volume_mm3, 1], "Mean HU": [hu_mean, 1], "Max. HU": [hu_max, 1], Score: [probability, 0.01] };
    for (const [name, [value, step]] of Object.entries(expected)) {
      const shown = await measure(number, name);
      assert.ok(Math.abs(shown - value) < 0.501 * step, `finding ${stone.id}: ${name} ${shown}, expected ${value}`);
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

test("the mask ends on the edges of its pixels, its frame stays 6 mm off; ] [ cover more and less, Space shows what lies under", async () => {
  await rows().first().click();
  const pane = page.getByRole("region", { name: "Axial" });
  const mask = pane.locator("canvas.mask");
  const id = await rows().first().locator(".number").textContent();
  const border = pane.locator(`path.border[data-stone="${id}"]`);
  // Where lines run, without their width.
  const drawn = (it) => it.evaluate((path) => {
    const [{ x, y, width, height }, svg] = [path.getBBox(), path.ownerSVGElement.getBoundingClientRect()];
    return { x: svg.x + x, y: svg.y + y, width, height };
  });
  const edge = await drawn(border);
  const frame = await drawn(pane.locator(`g.box[data-stone="${id}"] .line`));
  const sheet = await mask.boundingBox();
  // The rows and columns of red pixels near the frame, edges of pixels: nowhere half a voxel off.
  const { width, height, at } = await pixels(mask);
  const [across, down] = [sheet.width / width, sheet.height / height];
  const red = [];
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const [x, y] = [sheet.x + (u + 0.5) * across, sheet.y + (v + 0.5) * down];
      const inside = x > frame.x && x < frame.x + frame.width && y > frame.y && y < frame.y + frame.height;
      if (inside && at(u, v)[3] > 0) red.push([u, v]);
    }
  }
  const ends = (axis) => [Math.min(...red.map((p) => p[axis])), Math.max(...red.map((p) => p[axis])) + 1];
  const [[left, right], [top, bottom]] = [ends(0), ends(1)];
  const expected = [sheet.x + left * across, sheet.y + top * down, (right - left) * across, (bottom - top) * down];
  for (const [n, value] of [edge.x, edge.y, edge.width, edge.height].entries()) {
    assert.ok(Math.abs(value - expected[n]) < 0.2, `${[edge.x, edge.y, edge.width, edge.height]}, expected ${expected}`);
  }
  const mm = numbers(slice, "00280030").map(Number)[1];
  assert.ok(edge.x - frame.x >= (6 / mm) * across - 0.2, "the frame is 6 mm off");

  const covered = async () => Number(await mask.evaluate((canvas) => getComputedStyle(canvas).opacity));
  assert.ok(Math.abs((await covered()) - 0.35) < 0.01);
  await page.keyboard.press("]");
  await eventually(async () => assert.ok(Math.abs((await covered()) - 0.45) < 0.01));
  await page.keyboard.press("[");
  await pane.locator(".glass").focus();
  await page.keyboard.down(" ");
  await border.waitFor({ state: "detached" });
  await eventually(async () => assert.equal(await mask.evaluate((canvas) => getComputedStyle(canvas).visibility), "hidden"));
  await page.keyboard.up(" ");
  await border.waitFor({ state: "attached" });
});

test("the threshold counts what was found anew, without a search", async () => {
  const slider = findings.getByRole("slider", { name: "Score at least" });
  const count = await rows().count();
  const scores = [];
  for (let n = 0; n < count; n++) scores.push(await measure(n, "Score"));
  const least = Number(await slider.inputValue());
  await slider.fill("0.95");
  await eventually(async () => assert.equal(await rows().count(), scores.filter((score) => score >= 0.95).length));
  await findings.getByText("≥ 0.95").waitFor();
  await slider.fill(String(least));
  await eventually(async () => assert.equal(await rows().count(), count));
});

test("stone focus centres every plane on the stone that is gone to, and zooms on it", async () => {
  await rows().first().click();
  await page.getByRole("combobox", { name: "Layout" }).selectOption("Stone focus");
  for (const row of [0, 1]) {
    await rows().nth(row).click();
    const id = await rows().nth(row).locator(".number").textContent();
    for (const plane of ["Axial", "Coronal", "Sagittal"]) {
      await eventually(async () => {
        const pane = await page.getByRole("region", { name: plane }).locator(".glass").boundingBox();
        const box = await page.getByRole("region", { name: plane }).locator(`g.box[data-stone="${id}"] .line`).boundingBox();
        const off = Math.hypot(box.x + (box.width - pane.width) / 2 - pane.x, box.y + (box.height - pane.height) / 2 - pane.y);
        assert.ok(off < 25, `${plane}: ${off} pixels off the middle`);
        assert.ok(box.width > pane.width / 8, "large enough to be seen");
      });
    }
  }
  await screenshot(page, "stone-focus");
  await page.keyboard.press("5");
  await page.getByRole("region", { name: "Axial" }).getByText(/^WW 100 WL/).waitFor();
  const hu = await measure(1, "Max. HU");
  assert.ok(Math.abs(Number(await page.getByRole("spinbutton", { name: "Window level" }).inputValue()) - hu / 2) <= 1);
  await page.getByRole("combobox", { name: "Layout" }).selectOption("One and two");
  await button(page, "Reset").click();
});

test("the KUB view marks every stone of the list", async () => {
  await button(page, "KUB view").click();
  await eventually(async () => assert.equal(await boxes("Coronal").count(), await rows().count()));
  await screenshot(page, "kub");
  await button(page, "KUB view").click();
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
