// A CT folder in three planes: what is shown, and what each tool does to it.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, madeHu, writeCt } from "./dicom.mjs";
import { leave, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, drag, eventually, inMenu, loaded, openFolder, place, shows, sliceShown, speak, windowShown } from "./viewer.mjs";

const { columns, rows, slices } = made;
const middle = { i: columns / 2, j: rows / 2, k: slices / 2 };
// Scrolling on goes from head to feet.
const axial = (k) => (x, y) => madeHu(x, y, k);
const coronal = (x, y) => madeHu(x, middle.j, slices - 1 - y);
const sagittal = (x, y) => madeHu(middle.i, x, slices - 1 - y);

let origin, folder, page;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  writeCt(folder);
  writeFileSync(`${folder}/DICOM/README.TXT`, "not an image");
  page = await openPage(`${origin.address}/`);
  await openFolder(page, folder);
  await loaded(page, slices);
});
after(() => leave(page, origin, folder));

test("three planes at WW 400, WL 60, pixel by pixel", async () => {
  assert.deepEqual(await windowShown(page), { width: 400, centre: 60 });
  await shows(page, "Axial", axial(middle.k));
  await shows(page, "Coronal", coronal);
  await shows(page, "Sagittal", sagittal);
  await screenshot(page, "three-planes");
});

test("letters and corners say where and whose it is", async () => {
  const pane = page.getByRole("region", { name: "Axial" });
  const letters = await pane.locator(".letter").allTextContents();
  assert.deepEqual(letters.sort(), ["A", "L", "P", "R"]);
  for (const text of ["Nobody Synthetic", "MADE-1", "WW 400 WL 60", "2.50 mm"]) await pane.getByText(text).waitFor();
  await inMenu(page, "Hide patient text");
  await pane.getByText("Nobody Synthetic").waitFor({ state: "hidden" });
  await inMenu(page, "Hide patient text");
});

test("a file that is no image is named with its reason", async () => {
  const panel = page.getByRole("region", { name: "Not loaded (1)" });
  await panel.getByText("Not loaded (1)").click();
  await panel.getByText("README.TXT").waitFor();
  await panel.getByText("Not a DICOM file").waitFor();
});

test("wheel, keys and buttons step from head to feet", async () => {
  const start = await sliceShown(page, "Axial");
  const { x, y, width, height } = await place(page, "Axial");
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.wheel(0, 100);
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), start + 1));
  await shows(page, "Axial", axial(middle.k - 1));
  await button(page, "Next slice").click();
  await shows(page, "Axial", axial(middle.k - 2));
  await page.keyboard.press("ArrowUp");
  await button(page, "Previous slice").click();
  await shows(page, "Axial", axial(middle.k));
});

test("a click moves the other planes to that place", async () => {
  const { x, y, width, height } = await place(page, "Coronal");
  const pixel = [30, 3];
  await page.mouse.click(x + (width * (pixel[0] + 0.5)) / columns, y + (height * (pixel[1] + 0.5)) / slices);
  await shows(page, "Axial", axial(slices - 1 - pixel[1]));
  await shows(page, "Sagittal", (x, y) => madeHu(pixel[0], x, slices - 1 - y));
});

test("Window, Pan, Zoom and Stack scroll drag; Reset goes back", async () => {
  const fit = await place(page, "Axial");

  await button(page, "Window").click();
  await drag(page, "Axial", [60, 30]);
  const window = await windowShown(page);
  assert.ok(window.width > 400 && window.centre > 60, "right is wider, down is a higher level");
  await shows(page, "Coronal", coronalNow(await sliceShown(page, "Coronal")), window);

  await button(page, "Pan").click();
  await drag(page, "Axial", [40, 24]);
  const panned = await place(page, "Axial");
  assert.deepEqual([panned.x - fit.x, panned.y - fit.y].map(Math.round), [40, 24]);

  await button(page, "Zoom").click();
  await drag(page, "Axial", [0, -120]);
  const zoomed = await place(page, "Axial");
  assert.ok(Math.abs(zoomed.width / fit.width - 2) < 0.01, "120 pixels up make it twice as large");

  await button(page, "Stack scroll").click();
  const before = await sliceShown(page, "Axial");
  await drag(page, "Axial", [0, 60]);
  await eventually(async () => assert.ok((await sliceShown(page, "Axial")) > before));

  await button(page, "Reset").click();
  await eventually(async () => {
    assert.deepEqual(await windowShown(page), { width: 400, centre: 60 });
    assert.deepEqual(await place(page, "Axial"), fit);
  });
});

test("Korean is one switch away, and remembered", async () => {
  await speak(page, "ko");
  await page.getByText("의료기기가 아닙니다").first().waitFor();
  await button(page, "다음 단면").click();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "ko");
  await page.reload();
  await page.getByText("의료기기가 아닙니다").first().waitFor();
  await speak(page, "en");
});

/** The coronal plane at a slice number, which counts from the front. */
function coronalNow(number) {
  return (x, y) => madeHu(x, number - 1, slices - 1 - y);
}
