// The crosshair in hand, and what is measured with length, angle, ellipse and rectangle.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, madeHu, writeCt } from "./dicom.mjs";
import { leave, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, onPixel, openFolder, place, shows, sliceShown } from "./viewer.mjs";

const { columns, rows, slices, spacing } = made;
const axial = (k) => (x, y) => madeHu(x, y, k);

let origin, folder, page, list;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  writeCt(folder);
  page = await openPage(`${origin.address}/`);
  await openFolder(page, folder);
  await loaded(page, slices);
  list = page.getByRole("region", { name: "Measurements" });
});
after(() => leave(page, origin, folder));

/** Draws from one pixel of a plane to another. */
async function draw(plane, from, to) {
  await page.mouse.move(...(await onPixel(page, plane, from)));
  await page.mouse.down();
  const [x, y] = await onPixel(page, plane, to);
  await page.mouse.move(x - 3, y - 3);
  await page.mouse.move(x, y);
  await page.mouse.up();
}

/** A row tells a number within what a pixel of the screen makes of it. */
const tells = (row, pattern, expected, near) => eventually(async () => {
  const text = await list.getByRole("listitem").filter({ hasText: row }).innerText();
  const found = Number(pattern.exec(text)[1]);
  assert.ok(Math.abs(found - expected) <= near, `${text}: expected ${expected}`);
});
const length = (row, mm) => tells(row, /([\d.]+) mm/, mm, 0.25);

const measured = (text) => list.getByRole("listitem").filter({ hasText: text }).waitFor();

test("a line of the crosshair is dragged, and Shift + move leads all planes", async () => {
  const { width, height } = await place(page, "Coronal");
  assert.ok(width > 0 && height > 0);
  // The line through the coronal plane that stands for the axial one lies on row 12 - 1 - 6.
  await draw("Coronal", [20, slices - 1 - slices / 2], [20, 2]);
  await shows(page, "Axial", axial(slices - 1 - 2));
  await shows(page, "Coronal", (x, y) => madeHu(x, rows / 2, slices - 1 - y));

  await page.mouse.move(...(await onPixel(page, "Axial", [10, 12])));
  await page.keyboard.down("Shift");
  await page.mouse.move(...(await onPixel(page, "Axial", [14, 9])));
  await page.keyboard.up("Shift");
  await shows(page, "Coronal", (x, y) => madeHu(x, 9, slices - 1 - y));
  await shows(page, "Sagittal", (x, y) => madeHu(14, x, slices - 1 - y));
  // Without Shift the pointer leaves the planes alone.
  await page.mouse.move(...(await onPixel(page, "Axial", [30, 30])));
  await shows(page, "Coronal", (x, y) => madeHu(x, 9, slices - 1 - y));
});

test("the crosshair leaves what lies at its crossing free, and can be put away", async () => {
  const lines = page.getByRole("region", { name: "Axial" }).locator("svg .crosshair");
  const paths = page.getByRole("region", { name: "Axial" }).locator("svg path.crosshair");
  const arms = (await paths.evaluateAll((all) => all.map((path) => path.getAttribute("d")))).join("");
  assert.equal(arms.match(/M/g).length, 4, "four arms that do not meet");
  await button(page, "Crosshair").click();
  await lines.first().waitFor({ state: "detached" });
  await button(page, "Crosshair").click();
  await lines.first().waitFor({ state: "attached" });
});

test("DWV #1473: a length in coronal and sagittal planes counts slices by their own distance", async () => {
  await button(page, "Length").click();
  await draw("Coronal", [20, 2], [20, 8]);
  await length("Length 1", 6 * spacing[2]);
  await draw("Sagittal", [20, 2], [30, 8]);
  await length("Length 2", Math.hypot(10 * spacing[1], 6 * spacing[2]));
  await draw("Axial", [12, 8], [20, 14]);
  await length("Length 3", Math.hypot(8 * spacing[0], 6 * spacing[1]));
});

test("an angle is drawn side by side", async () => {
  await button(page, "Angle").click();
  await draw("Axial", [30, 10], [30, 20]);
  await page.mouse.move(...(await onPixel(page, "Axial", [36, 16])));
  await page.mouse.move(...(await onPixel(page, "Axial", [40, 20])));
  await page.mouse.click(...(await onPixel(page, "Axial", [40, 20])));
  await tells("Angle 4", /([\d.]+)°/, 90, 2);
});

test("a rectangle and an ellipse tell the HU of the pixels in them", async () => {
  const k = slices - (await sliceShown(page, "Axial"));
  const within = (inside) => {
    const hu = [];
    for (let j = 0; j < rows; j++) for (let i = 0; i < columns; i++) if (inside(i, j)) hu.push(madeHu(i, j, k));
    const mean = hu.reduce((sum, x) => sum + x, 0) / hu.length;
    const sd = Math.sqrt(hu.reduce((sum, x) => sum + (x - mean) ** 2, 0) / hu.length);
    return `mean ${mean.toFixed(1)} · SD ${sd.toFixed(1)} · min ${Math.min(...hu)} · max ${Math.max(...hu)} HU`;
  };
  // Corners between pixels, so that which are inside is no question of rounding.
  await button(page, "Rectangle").click();
  await draw("Axial", [17.5, 22.5], [26.5, 28.5]);
  await measured(within((i, j) => i > 17.5 && i < 26.5 && j > 22.5 && j < 28.5));
  await tells("Rectangle 5", /area ([\d.]+)/, 9 * 6 * spacing[0] * spacing[1], 1);
  await button(page, "Ellipse").click();
  await draw("Axial", [9.5, 20.3], [15.5, 29.3]);
  await measured(within((i, j) => ((i - 12.5) / 3) ** 2 + ((j - 24.8) / 4.5) ** 2 <= 1));
  await tells("Ellipse 6", /area ([\d.]+)/, Math.PI * 3 * 4.5 * spacing[0] * spacing[1], 1);
  await screenshot(page, "measured");
});

test("a handle is dragged, a name is given, and all of it is taken back and done again", async () => {
  await button(page, "Window").click();
  const drawn = page.getByRole("region", { name: "Axial" }).locator("svg g.mark");
  assert.equal(await drawn.count(), 4);
  await draw("Axial", [20, 14], [24, 8]);
  await length("Length 3", 12 * spacing[0]);
  await page.keyboard.press("Control+z");
  await length("Length 3", Math.hypot(8 * spacing[0], 6 * spacing[1]));
  await page.keyboard.press("Control+Shift+Z");
  await length("Length 3", 12 * spacing[0]);

  await list.getByRole("textbox", { name: "Name of Length 3" }).fill("ureter");
  await list.getByRole("textbox", { name: "Name of Length 3" }).press("Enter");
  await list.getByRole("button", { name: /^ureter/ }).click();
  await page.keyboard.press("Delete");
  await eventually(async () => assert.equal(await drawn.count(), 3));
  await list.getByRole("button", { name: "Undo measuring" }).click();
  await measured("ureter");
});

test("a mark lies on the planes that it was drawn in, and its row leads there", async () => {
  const drawn = page.getByRole("region", { name: "Axial" }).locator("svg g.mark");
  const shown = await sliceShown(page, "Axial");
  await button(page, "Next slice").click();
  await eventually(async () => assert.equal(await drawn.count(), 0));
  await list.getByRole("button", { name: /^Rectangle/ }).click();
  await eventually(async () => {
    assert.equal(await sliceShown(page, "Axial"), shown);
    assert.equal(await drawn.count(), 4);
  });
});

test("Esc leaves what is being drawn", async () => {
  const count = await list.getByRole("listitem").count();
  await button(page, "Length").click();
  await page.mouse.move(...(await onPixel(page, "Axial", [33, 24])));
  await page.mouse.down();
  await page.mouse.move(...(await onPixel(page, "Axial", [38, 30])));
  await eventually(async () => assert.equal(await list.getByRole("listitem").count(), count + 1));
  await page.keyboard.press("Escape");
  await page.mouse.up();
  await eventually(async () => assert.equal(await list.getByRole("listitem").count(), count));
});
