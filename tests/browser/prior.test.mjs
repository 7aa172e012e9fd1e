// An earlier study beside the current one: the same place and window in both, and nothing found in one is known to the other.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, made, madeHu, slice, writePrior } from "./dicom.mjs";
import { leave, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, drag, eventually, inMenu, loaded, onPixel, openFolder, place, shows, sliceShown, windowShown } from "./viewer.mjs";

const { slices, spacing } = made;
/** The prior lies two slices nearer to the head, and is another picture. */
const SHIFT = 2;
const PRIOR = "Prior: Axial";

const priorHu = (k) => (x, y) => madeHu(x, y, k) + 7;
/** Slices of both that lie at the same height; scrolling on goes from head to feet. */
const slot = (number) => slices - number;

let origin, folder, page;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  mkdirSync(`${folder}/now`);
  for (let k = 0; k < slices; k++) writeFileSync(`${folder}/now/${k}`, slice(k, element(0x0008, 0x0020, "DA", "20240229")));
  writePrior(`${folder}/before`, SHIFT);
  page = await openPage(`${origin.address}/`);
  await openFolder(page, folder);
  await loaded(page, slices);
  // Which of two that are alike is shown first is not this test's.
  const current = page.getByRole("region", { name: "Series" }).getByRole("button", { name: /Made for tests/ }).first();
  if ((await current.getAttribute("aria-pressed")) !== "true") await current.click();
  await eventually(async () => assert.equal(await current.getAttribute("aria-pressed"), "true"));
  await shows(page, "Axial", (x, y) => madeHu(x, y, slices / 2));
});
after(() => leave(page, origin, folder));

const prior = () => page.getByRole("region", { name: "Prior", exact: true });
async function goTo(number) {
  await page.getByRole("slider", { name: "Axial slice", exact: true }).fill(String(number - 1));
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), number));
}

let before_;
test("a series of another study is shown as the prior, at the same height and in the same window", async () => {
  await drag(page, "Axial", [40, 20]);
  const window = await windowShown(page);
  assert.notEqual(window.width, 400);
  before_ = page.workers();
  await button(page, /^Prior beside: .*Years before/).click();
  await prior().getByText("2020-02-29 · Years before").waitFor();
  await goTo(5);
  await shows(page, "Axial", (x, y) => madeHu(x, y, slot(5)), window);
  await shows(page, PRIOR, priorHu(slot(5) - SHIFT), window);
  await screenshot(page, "prior");
});

test("wheel, crosshair and window in one are followed by the other", async () => {
  const [x, y] = await onPixel(page, "Axial", [24, 20]);
  await page.mouse.move(x, y);
  await page.mouse.wheel(0, 100);
  await shows(page, PRIOR, priorHu(slot(6) - SHIFT), await windowShown(page));
  // In the prior, and the current study follows.
  await page.mouse.move(...(await onPixel(page, PRIOR, [24, 20])));
  await page.mouse.wheel(0, -100);
  await page.mouse.wheel(0, -100);
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), 4));
  await shows(page, PRIOR, priorHu(slot(4) - SHIFT), await windowShown(page));
  await page.mouse.click(...(await onPixel(page, PRIOR, [30, 12])));
  await shows(page, "Sagittal", (x, y) => madeHu(30, x, slices - 1 - y), await windowShown(page));
  await shows(page, "Prior: Sagittal", (x, y) => madeHu(30, x, slices - 1 - y) + 7, await windowShown(page));
  const { width } = await windowShown(page);
  await drag(page, PRIOR, [30, 0]);
  const window = await windowShown(page);
  assert.ok(window.width > width);
  await shows(page, "Axial", (x, y) => madeHu(x, y, slot(4)), window);
  await shows(page, PRIOR, priorHu(slot(4) - SHIFT), window);
});

/** Where on its pane a voxel of a plane is seen, and how many screen pixels a plane's pixel takes. */
async function seen(plane, voxel) {
  const pane = await page.getByRole("region", { name: plane, exact: true }).boundingBox();
  const [x, y] = await onPixel(page, plane, voxel);
  const { width } = await place(page, plane);
  return { x: x - pane.x - pane.width / 2, y: y - pane.y, scale: width / made.columns };
}

test("zoom and pan in one are followed by the other: a millimetre is as long in both, and the same place in the middle", async () => {
  const same = () => eventually(async () => {
    const [one, other] = [await seen("Axial", [20, 20]), await seen(PRIOR, [20, 20])];
    const off = Math.max(Math.abs(one.x - other.x), Math.abs(one.scale - other.scale));
    assert.ok(off < 0.5, `${JSON.stringify(one)} ${JSON.stringify(other)}`);
    return one;
  });
  const begin = await same();
  await page.mouse.move(...(await onPixel(page, "Axial", [28, 12])));
  await page.keyboard.down("Control");
  await page.mouse.wheel(0, -200);
  await page.keyboard.up("Control");
  await eventually(async () => assert.ok((await seen("Axial", [20, 20])).scale > 1.2 * begin.scale));
  const nearer = await same();
  // In the prior, and the current study follows.
  await page.keyboard.down("Shift");
  await drag(page, PRIOR, [30, 0]);
  await page.keyboard.up("Shift");
  await eventually(async () => assert.ok(Math.abs((await seen("Axial", [20, 20])).x - nearer.x - 30) < 1.5));
  await same();
  for (const plane of ["Axial", PRIOR]) {
    const pane = page.getByRole("region", { name: plane, exact: true });
    const letter = async (side) => (await pane.locator(`.letter.${side}`).textContent()).trim();
    assert.deepEqual([await letter("left"), await letter("right"), await letter("top"), await letter("bottom")], ["R", "L", "A", "P"]);
  }
  await screenshot(page, "prior-zoomed");
  await page.keyboard.press("r");
  await eventually(async () => assert.ok(Math.abs((await seen(PRIOR, [20, 20])).scale - begin.scale) < 0.1));
  await same();
});

test("a person says which places are the same, and both go on from there", async () => {
  const together = prior().getByRole("checkbox", { name: "Scroll together" });
  await together.uncheck();
  await goTo(7);
  await page.waitForTimeout(200);
  await shows(page, PRIOR, priorHu(slot(4) - SHIFT), await windowShown(page));
  await button(prior(), "Same place here").click();
  assert.ok(await together.isChecked());
  await prior().getByText(`z +${(3 * spacing[2]).toFixed(1)} mm`).waitFor();
  await goTo(8);
  await shows(page, PRIOR, priorHu(slot(5) - SHIFT), await windowShown(page));
});

test("what is drawn and found in one is not in the other", async () => {
  await page.keyboard.press("t");
  const from = await onPixel(page, "Axial", [20, 20]);
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + 20, from[1]);
  await page.mouse.up();
  const boxes = (name) => page.getByRole("region", { name, exact: true }).locator(".box").count();
  await eventually(async () => assert.equal(await boxes("Axial"), 1));
  assert.equal(await boxes(PRIOR), 0);
  // With the tool that draws, the prior is not drawn on.
  await drag(page, PRIOR, [10, 0]);
  await page.waitForTimeout(200);
  assert.equal(await boxes(PRIOR), 0);
  assert.equal(await boxes("Axial"), 1);
  await page.keyboard.press("w");
});

test("the prior is closed, and its workers with it; a key brings it back", async () => {
  assert.ok(page.workers().length > before_.length);
  await button(prior(), "Close prior").click();
  await prior().waitFor({ state: "detached" });
  await eventually(() => assert.equal(page.workers().length, before_.length));
  await page.keyboard.press("Shift+V");
  await prior().getByText("2020-02-29 · Years before").waitFor();
  await inMenu(page, "Prior beside");
  await prior().waitFor({ state: "detached" });
});
