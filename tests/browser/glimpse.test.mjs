// The first picture of what is opened: there before all is read, right in itself, and followed by the series without a flash.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, grey, made, madeHu, nameOf, slice, writeCt } from "./dicom.mjs";
import { openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { loaded, openFiles, picture, rendered, shows, sliceShown } from "./viewer.mjs";

const { slices } = made;
const MIDDLE = slices / 2;

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.stop());

/** In every worker: files of other names are read when the test lets them. */
function hold(name) {
  const read = Blob.prototype.arrayBuffer;
  self.held = [];
  Blob.prototype.arrayBuffer = function () {
    if (!self.held || this.name === name) return read.call(this);
    return new Promise((go) => self.held.push(() => go(read.call(this))));
  };
}

const letGo = (page) => Promise.all(page.workers().map((worker) => worker.evaluate(() => {
  const held = self.held ?? [];
  self.held = null;
  held.forEach((go) => go());
})));

/** Opens files of which only `name` is read until the rest is let go. It is the one in the middle, which is read first. */
async function withHeld(make, name, use) {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const page = await openPage(`${origin.address}/`, { before: `(${hold})(${JSON.stringify(name)});\n` });
  try {
    const files = make(folder);
    const first = files.find((path) => path.endsWith(`/${name}`));
    const others = files.filter((path) => path !== first);
    await openFiles(page, others.toSpliced((others.length + 1) >> 1, 0, first));
    await use(page, folder);
    await page.done();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ct(folder) {
  writeCt(folder);
  return Array.from({ length: slices }, (_, k) => `${folder}/${nameOf(k)}`);
}

const axial = (page) => page.getByRole("region", { name: "Axial", exact: true });
const basename = (k) => nameOf(k).split("/")[1];

test("a slice is seen as it is while other files are not read yet, and has no number", async () => {
  const k = 2;
  await withHeld(ct, basename(k), async (page, folder) => {
    await shows(page, "Axial", (x, y) => madeHu(x, y, k));
    const { data } = await pixels(picture(page, "Axial"));
    const expected = await rendered(page, folder, "--plane", "axial", "--slice", String(k));
    assert.ok(Buffer.from(expected).equals(data), "as the command line renders it");
    assert.equal(await picture(page, "Axial").getAttribute("aria-label"), "Axial");
    for (const letter of ["R", "L", "A", "P"]) await axial(page).getByText(letter, { exact: true }).waitFor();
    for (const told of [/mm/, /Nobody/, /\d \/ \d/]) assert.equal(await axial(page).getByText(told).count(), 0, String(told));
    assert.equal(await page.getByRole("slider", { name: "Axial slice" }).getAttribute("aria-valuetext"), null);
    await screenshot(page, "glimpse");
    // What is seen from now on, frame by frame.
    await page.evaluate(() => {
      const canvas = document.querySelector(".pane.axial canvas.image");
      const eye = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
      globalThis.seen = new Set();
      const look = () => {
        eye.clearRect(0, 0, 1, 1);
        if (getComputedStyle(canvas).visibility === "visible") eye.drawImage(canvas, -24, -20);
        globalThis.seen.add(eye.getImageData(0, 0, 1, 1).data[0]);
        requestAnimationFrame(look);
      };
      look();
    });
    await letGo(page);
    await loaded(page, slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, MIDDLE));
    assert.equal(await sliceShown(page, "Axial"), MIDDLE);
    const shades = await page.evaluate(() => [...globalThis.seen]);
    const shade = (of) => Math.round(grey(madeHu(24, 20, of), { width: 400, centre: 60 }));
    assert.deepEqual(shades.filter((seen) => ![shade(k), shade(MIDDLE)].includes(seen)), [], "nothing else between them");
  });
});

test("a slice of a series that is not chosen gives way to the one that is", async () => {
  const make = (folder) => {
    writeFileSync(`${folder}/other`, slice(9, element(0x0020, 0x000e, "UI", "1.2.3")));
    return [...ct(folder), `${folder}/other`];
  };
  await withHeld(make, "other", async (page) => {
    await shows(page, "Axial", (x, y) => madeHu(x, y, 9));
    await letGo(page);
    await loaded(page, slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, MIDDLE));
  });
});

test("where the first file is no image, others are read all the same", async () => {
  const make = (folder) => {
    writeFileSync(`${folder}/notes`, "no image");
    return [...ct(folder), `${folder}/notes`];
  };
  await withHeld(make, "notes", async (page) => {
    await page.getByRole("progressbar", { name: /seen$/ }).waitFor();
    await letGo(page);
    await loaded(page, slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, MIDDLE));
  });
});
