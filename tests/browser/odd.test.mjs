// What is odd about a series, and what its files suggest, is seen where the doctor looks.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, made, madeHu, nameOf, writeCt } from "./dicom.mjs";
import { leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, openFolder, picture, shows } from "./viewer.mjs";

let origin, page;
before(async () => {
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
});
after(() => leave(page, origin));

/** Opens the CT of these tests, with `extra` elements in its headers and without some of its slices. */
async function open(extra, without = []) {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  try {
    writeCt(folder, Buffer.concat(extra));
    for (const k of without) rmSync(`${folder}/${nameOf(k)}`);
    await openFolder(page, folder);
    await loaded(page, made.slices - without.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const badge = (name) => page.getByRole("list", { name: "Please note" }).getByRole("button", { name });
const axial = (x, y) => madeHu(x, y, made.slices / 2);
const middle = made.rows / 2;

test("a hole is hatched, named over the pictures, and measured in the geometry panel", async () => {
  const missing = 3;
  await open([], [missing]);
  const hatched = await eventually(async () => {
    const shown = await pixels(picture(page, "Coronal"));
    assert.equal(shown.height, made.slices, "slices stand where they are");
    const rows = new Set();
    for (let at = 0; at < shown.data.length; at += 4) {
      if (shown.data[at] !== shown.data[at + 1]) rows.add(Math.floor(at / 4 / shown.width));
    }
    assert.ok(rows.size > 0, "something is hatched");
    return [...rows];
  });
  assert.deepEqual(hatched, [made.slices - 1 - missing], "the missing slice, and no other");
  await screenshot(page, "hole");
  await badge("Missing slices").click();
  const panel = page.getByRole("region", { name: "Geometry and values" });
  await panel.getByText("z -95.0 to -90.0 mm: 5.0 mm, 1 slice missing").waitFor();
  await panel.getByText(String(missing + 1), { exact: true }).waitFor();
  await button(panel, "Close").click();
});

test("loss, text in the pixels and a contrast agent are badges", async () => {
  await open([
    element(0x0018, 0x0010, "LO", "Iohexol"),
    element(0x0028, 0x0301, "CS", "YES"),
    element(0x0028, 0x2110, "CS", "01"),
    element(0x0028, 0x1054, "LO", "US"),
  ]);
  for (const name of ["Lossy", "Text in the pixels", "Contrast agent", "Not HU"]) await badge(name).waitFor();
  await badge("Contrast agent").click();
  const panel = page.getByRole("region", { name: "Geometry and values" });
  await panel.getByText("Iohexol").waitFor();
  await button(panel, "Close").click();
});

test("windows and VOI LUTs of the file are presets", async () => {
  const words = (...values) => Buffer.from(Int16Array.from(values).buffer);
  // 256 greys from white to black, from -128 HU on.
  const lut = Buffer.concat([
    element(0x0028, 0x3002, "SS", words(256, -128, 8)),
    element(0x0028, 0x3003, "LO", "NEGATIVE"),
    element(0x0028, 0x3006, "US", words(...Array.from({ length: 256 }, (_, n) => 255 - n))),
  ]);
  const item = Buffer.concat([Buffer.from([0xfe, 0xff, 0x00, 0xe0, lut.length & 255, lut.length >> 8, 0, 0]), lut]);
  await open([
    element(0x0028, 0x1050, "DS", "100\\-50.5"),
    element(0x0028, 0x1051, "DS", "300\\700"),
    element(0x0028, 0x1055, "LO", "FIRST\\SECOND"),
    element(0x0028, 0x1056, "CS", "SIGMOID"),
    element(0x0028, 0x3010, "SQ", item),
  ]);
  await shows(page, "Axial", axial);
  const sigmoid = (centre, width) => (hu) => 255 / (1 + Math.exp((-4 * (hu - centre)) / width));
  await page.keyboard.press("6");
  await shows(page, "Axial", axial, sigmoid(100, 300));
  await page.keyboard.press("7");
  await shows(page, "Coronal", (x, y) => madeHu(x, middle, made.slices - 1 - y), sigmoid(-50.5, 700));
  const preset = page.getByRole("combobox", { name: "Window preset" });
  const options = await preset.locator("option").allTextContents();
  const negative = options.findIndex((option) => option.includes("NEGATIVE"));
  await preset.selectOption({ index: negative });
  await shows(page, "Axial", axial, (hu) => 255 - Math.min(255, Math.max(0, hu + 128)));
});
