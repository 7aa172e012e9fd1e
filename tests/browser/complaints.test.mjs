// What users of other viewers complain about, each by its number there (the list is in design/viewers.md, section 4).
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, made, madeHu, nameOf, replaced, writeCt } from "./dicom.mjs";
import { openPage, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, openFiles, openFolder, place, shows } from "./viewer.mjs";

const { columns, rows, slices } = made;
const middle = { i: columns / 2, j: rows / 2, k: slices / 2 };

let origin;
before(async () => (origin = await startOrigin()));
after(() => origin.stop());

async function withFolder(make, use) {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const page = await openPage(`${origin.address}/`);
  try {
    make(folder);
    await use(page, folder);
    await page.done();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Puts another value into an element of a file. */
function patch(path, group, number, vr, value) {
  writeFileSync(path, replaced(readFileSync(path), group, number, vr, value));
}

const files = (folder) => readdirSync(`${folder}/DICOM`).map((name) => `${folder}/DICOM/${name}`);

test("cornerstone3D #659, Weasis #771: an intercept that changes from slice to slice makes no bands", async () => {
  const shift = (k) => 10 * k;
  const make = (folder) => {
    writeCt(folder);
    for (let k = 0; k < slices; k++) patch(`${folder}/${nameOf(k)}`, 0x0028, 0x1052, "DS", String(-1024 - shift(k)));
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, slices);
    await shows(page, "Coronal", (x, y) => madeHu(x, middle.j, slices - 1 - y) - shift(slices - 1 - y));
    await shows(page, "Sagittal", (x, y) => madeHu(middle.i, x, slices - 1 - y) - shift(slices - 1 - y));
  });
});

test("VolView #626, cornerstone3D #1101: pixels that are not square are not drawn square", async () => {
  const [down, across] = [1.6, 0.8];
  const make = (folder) => {
    writeCt(folder);
    files(folder).forEach((file) => patch(file, 0x0028, 0x0030, "DS", `${down}\\${across}`));
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, middle.k));
    const { width, height } = await place(page, "Axial");
    const [shown, true_] = [width / height, (columns * across) / (rows * down)];
    assert.ok(Math.abs(shown / true_ - 1) < 0.01, `${shown} on the screen, ${true_} in mm`);
  });
});

test("DWV #462, OHIF #3360: two orientations in a folder are two series, and the CT is shown", async () => {
  const make = (folder) => {
    writeCt(folder);
    writeCt(`${folder}/other`);
    files(`${folder}/other`).forEach((file, n) => {
      patch(file, 0x0020, 0x0037, "DS", "1\\0\\0\\0\\0\\-1");
      patch(file, 0x0020, 0x0032, "DS", `-19.2\\${2.5 * n}\\0`);
      patch(file, 0x0008, 0x0018, "UI", `1.2.826.0.1.3680043.10.1.8.${n + 1}`);
    });
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, slices);
    const series = page.getByRole("region", { name: "Series" }).getByRole("button", { name: /images/ });
    await eventually(async () => assert.equal(await series.count(), 2));
    const told = (await series.allTextContents()).join();
    assert.match(told, /Axial/);
    assert.match(told, /Coronal/);
    await series.filter({ hasText: "Axial" }).click();
    await loaded(page, slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, middle.k));
  });
});

test("OHIF #2351, #644: a disc's DICOMDIR beside the images leaves no blank page, and alone it says what to do", async () => {
  const dicomdir = Buffer.concat([
    Buffer.alloc(128), Buffer.from("DICM"),
    element(0x0002, 0x0002, "UI", "1.2.840.10008.1.3.10"),
    element(0x0002, 0x0010, "UI", "1.2.840.10008.1.2.1"),
    element(0x0004, 0x1130, "CS", "DISC"),
  ]);
  const make = (folder) => {
    writeCt(folder);
    writeFileSync(`${folder}/DICOMDIR`, dicomdir);
  };
  await withFolder(make, async (page, folder) => {
    await openFiles(page, `${folder}/DICOMDIR`);
    await page.getByRole("alert").getByText("Open the whole folder or disc that it lies in").waitFor();
    await openFolder(page, folder);
    await loaded(page, slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, middle.k));
  });
});

test("dcm2niix PR #858: files of one name in two folders are told apart though a worker does not see their folders", async () => {
  // Two patients, whose discs both call their images IM0, IM1 …
  const make = (folder) => {
    for (const disc of ["a", "b"]) {
      mkdirSync(`${folder}/${disc}`);
      writeCt(`${folder}/${disc}`);
    }
    files(`${folder}/b`).forEach((file, n) => {
      patch(file, 0x0020, 0x000e, "UI", "1.2.826.0.1.3680043.10.1.9");
      patch(file, 0x0008, 0x0018, "UI", `1.2.826.0.1.3680043.10.1.9.${n + 1}`);
    });
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, slices);
    const series = page.getByRole("region", { name: "Series" }).getByRole("button", { name: /images/ });
    await eventually(async () => assert.equal(await series.count(), 2));
    for (const at of [1, 0]) {
      await series.nth(at).click();
      await loaded(page, slices);
      await shows(page, "Axial", (x, y) => madeHu(x, y, middle.k));
    }
  });
});

test("OHIF #4995, #5966: letters follow the picture at once", async () => {
  // Lying face down with the feet first: what is left in the picture is the patient's left.
  const make = (folder) => {
    writeCt(folder);
    files(folder).forEach((file) => patch(file, 0x0020, 0x0037, "DS", "-1\\0\\0\\0\\-1\\0"));
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, slices);
    const letters = page.getByRole("region", { name: "Axial" });
    const of = async (side) => letters.locator(`.letter.${side}`).textContent();
    await eventually(async () => assert.deepEqual([await of("left"), await of("right"), await of("top")], ["R", "L", "A"]));
    // The picture is turned with them: the first stored pixel is the last one shown.
    await shows(page, "Axial", (x, y) => madeHu(columns - 1 - x, rows - 1 - y, middle.k));
    await button(page, "Next slice").click();
    assert.deepEqual([await of("left"), await of("right"), await of("top")], ["R", "L", "A"]);
  });
});
