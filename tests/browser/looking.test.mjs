// How much of the volume is seen at once and how the planes share the room: slabs, KUB, layouts, cine, turned planes.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, madeHu, writeCt } from "./dicom.mjs";
import { leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, onPixel, openFolder, picture, place, rendered, shows, sliceShown } from "./viewer.mjs";

const { columns, rows, slices } = made;

let origin, folder, page;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  writeCt(`${folder}/ct`);
  page = await openPage(`${origin.address}/`, { hasTouch: true });
  await openFolder(page, `${folder}/ct`);
  await loaded(page, slices);
});
after(() => leave(page, origin, folder));

/** The page shows what the command line renders, byte for byte. */
async function showsRendered(plane, ...options) {
  const expected = await rendered(page, `${folder}/ct`, "--plane", plane.toLowerCase(), ...options);
  await eventually(async () => {
    const { data } = await pixels(picture(page, plane));
    assert.ok(Buffer.from(expected).equals(data), `${plane} ${options.join(" ")}`);
  });
}

const slab = (plane) => page.getByRole("combobox", { name: `${plane} slab`, exact: true });
const thickness = (plane) => page.getByRole("spinbutton", { name: `${plane} slab thickness in mm` });
// One that is away has no box.
const region = (plane) => page.getByRole("region", { name: plane, exact: true, includeHidden: true });

test("slabs of every plane are those of lithoscope render", async () => {
  for (const [plane, kind, name, mm, slice] of [
    ["Coronal", "MIP", "mip", 8, rows / 2], ["Coronal", "Mean", "mean", 8, rows / 2],
    ["Sagittal", "MinIP", "minip", 4, columns / 2], ["Axial", "MIP", "mip", 10, slices / 2],
  ]) {
    await slab(plane).selectOption(kind);
    await thickness(plane).fill(String(mm));
    await thickness(plane).press("Enter");
    await showsRendered(plane, "--slice", String(slice), "--slab", `${mm}/${name}`);
    await region(plane).getByText(new RegExp(`^${kind} \\d+\\.\\d mm$`)).waitFor();
  }
  await screenshot(page, "slabs");
});

test("keys change the slab of the pane in use", async () => {
  await region("Coronal").locator(".glass").focus();
  await slab("Coronal").selectOption("Thin");
  await region("Coronal").locator(".glass").focus();
  await page.keyboard.press("h");
  await showsRendered("Coronal", "--slice", String(rows / 2), "--slab", "8/mip");
  await page.keyboard.press(".");
  await showsRendered("Coronal", "--slice", String(rows / 2), "--slab", "16/mip");
  for (let n = 0; n < 3; n++) await page.keyboard.press("h");
  await showsRendered("Coronal", "--slice", String(rows / 2));
  for (const plane of ["Axial", "Sagittal"]) await slab(plane).selectOption("Thin");
});

test("the KUB view is that of lithoscope render, and a click in it goes to what is seen", async () => {
  await button(page, "KUB view").click();
  await showsRendered("Coronal", "--slice", "0", "--slab", "kub");
  // HU rise to the back within the body: at column 24 the last row of it is 35.
  await page.mouse.click(...(await onPixel(page, "Coronal", [24, 4])));
  await eventually(async () => assert.equal(await sliceShown(page, "Coronal"), 35 + 1));
  await shows(page, "Axial", (x, y) => madeHu(x, y, slices - 1 - 4));
  await button(page, "KUB view").click();
  await shows(page, "Coronal", (x, y) => madeHu(x, 35, slices - 1 - y));
});

test("one plane, three side by side, a large one with two: chosen, remembered, by key", async () => {
  const layout = page.getByRole("combobox", { name: "Layout" });
  const seen = async () => {
    const boxes = await Promise.all(["Axial", "Coronal", "Sagittal"].map((plane) => region(plane).boundingBox()));
    return boxes.map((box) => box && Math.round(box.width));
  };
  const [large, small] = await seen();
  assert.ok(large > 1.5 * small);
  await layout.selectOption("Three planes");
  await eventually(async () => {
    const [a, b, c] = await seen();
    assert.ok(Math.abs(a - b) <= 1 && Math.abs(b - c) <= 1, `${[a, b, c]}`);
  });
  await layout.selectOption("One plane");
  await eventually(async () => assert.deepEqual((await seen()).map(Boolean), [false, true, false]));
  await region("Coronal").locator(".glass").focus();
  await page.keyboard.press("ArrowRight");
  await eventually(async () => assert.deepEqual((await seen()).map(Boolean), [false, false, true]));
  await page.reload();
  await openFolder(page, `${folder}/ct`);
  await loaded(page, slices);
  assert.deepEqual((await seen()).map(Boolean), [true, false, false]);
  await page.keyboard.press("y");
  await eventually(async () => assert.deepEqual((await seen()).map(Boolean), [true, true, true]));
  assert.equal(await layout.inputValue(), "one-and-two");
});

test("a double click makes a pane alone, and another brings the others back", async () => {
  const middle = await onPixel(page, "Sagittal", [10, 5]);
  await page.mouse.dblclick(...middle);
  await eventually(async () => assert.equal(await region("Axial").boundingBox(), null));
  await page.mouse.dblclick(...(await onPixel(page, "Sagittal", [10, 5])));
  await region("Axial").waitFor({ state: "visible" });
});

test("the left button's job is remembered", async () => {
  await button(page, "Pan").click();
  await page.reload();
  await openFolder(page, `${folder}/ct`);
  await loaded(page, slices);
  assert.equal(await button(page, "Pan").getAttribute("aria-pressed"), "true");
  await button(page, "Window").click();
});

test("a wheel's notch is one slice whatever it measures, and a trackpad's crumbs are summed", async () => {
  const start = await sliceShown(page, "Axial");
  const { x, y, width, height } = await place(page, "Axial");
  await page.mouse.move(x + width / 2, y + height / 2);
  for (let n = 0; n < 3; n++) await page.mouse.wheel(0, -120);
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), start - 3));
  for (let n = 0; n < 10; n++) await page.mouse.wheel(0, 20);
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), start - 1));
});

test("cine runs through the slices at its speed and stops", async () => {
  await region("Axial").locator(".glass").focus();
  const before = await sliceShown(page, "Axial");
  await button(page, "Cine").click();
  await page.getByRole("spinbutton", { name: "Slices per second" }).fill("30");
  await page.getByRole("spinbutton", { name: "Slices per second" }).press("Enter");
  await eventually(async () => assert.notEqual(await sliceShown(page, "Axial"), before));
  await button(page, "Cine").click();
  await page.getByRole("spinbutton", { name: "Slices per second" }).waitFor({ state: "detached" });
  await page.waitForTimeout(100);
  const stopped = await sliceShown(page, "Axial");
  await page.waitForTimeout(200);
  assert.equal(await sliceShown(page, "Axial"), stopped);
});

test("two fingers zoom and pan", async () => {
  const before = await place(page, "Axial");
  const [x, y] = [before.x + before.width / 2, before.y + before.height / 2];
  const touch = await page.context().newCDPSession(page);
  const fingers = (type, points) => touch.send("Input.dispatchTouchEvent", {
    type, touchPoints: points.map(([x, y], id) => ({ x, y, id })),
  });
  await fingers("touchStart", [[x - 40, y]]);
  await fingers("touchStart", [[x - 40, y], [x + 40, y]]);
  for (let n = 1; n <= 10; n++) await fingers("touchMove", [[x - 40 - 4 * n, y + 3 * n], [x + 40 + 4 * n, y + 3 * n]]);
  await fingers("touchEnd", []);
  await eventually(async () => {
    const now = await place(page, "Axial");
    assert.ok(Math.abs(now.width / before.width - 2) < 0.05, `${now.width / before.width} times as large`);
    assert.ok(Math.abs(now.y + now.height / 2 - (y + 30)) < 2, "and moved with the fingers");
  });
  await button(page, "Reset").click();
});

test("the ring on a line turns the planes that it stands for; Reset straightens them", async () => {
  await button(page, "Reset").click();
  const letters = async () => (await region("Coronal").locator(".letter").allTextContents()).sort();
  await eventually(async () => assert.deepEqual(await letters(), ["F", "H", "L", "R"]));
  const straight = await pixels(picture(page, "Coronal"));
  const ring = region("Axial").locator("circle.crosshair.coronal").last();
  const { x, y, width, height } = await ring.boundingBox();
  const other = await region("Axial").locator("circle.crosshair.coronal").first().boundingBox();
  const [cx, cy] = [(x + other.x + width) / 2, (y + other.y + height) / 2];
  const radius = x + width / 2 - cx;
  await page.mouse.move(x + width / 2, y + height / 2);
  await page.mouse.down();
  for (let degrees = 5; degrees <= 45; degrees += 5) {
    const angle = (degrees * Math.PI) / 180;
    await page.mouse.move(cx + radius * Math.cos(angle), cy + radius * Math.sin(angle));
  }
  await page.mouse.up();
  await eventually(async () => {
    const turned = await letters();
    assert.ok(turned.includes("F") && turned.includes("H") && turned.some((text) => text.length === 2), turned.join());
  });
  // What is on the line in the axial plane is what the turned plane shows.
  await screenshot(page, "turned");
  await button(page, "Reset").click();
  await eventually(async () => {
    assert.deepEqual(await letters(), ["F", "H", "L", "R"]);
    assert.deepEqual((await pixels(picture(page, "Coronal"))).data, straight.data);
  });
});
