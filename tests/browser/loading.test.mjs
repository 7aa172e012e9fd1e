// How a CT comes in: what its pixels tell, what does not fit, what is stopped, and what is given back.
import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import { hollowNifti, made, madeHu, nameOf, writeBrokenCt, writeCt, writeSquareCt } from "./dicom.mjs";
import { openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, openFiles, openFolder, shows } from "./viewer.mjs";

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

const series = (page) => page.getByRole("region", { name: "Series" });

test("the same slice under another name and a damaged one are known once pixels are read", async () => {
  const make = (folder) => {
    writeCt(folder);
    // Another instance with the same pixels at the same place: only these tell.
    const copy = readFileSync(`${folder}/DICOM/IM0`);
    const uid = copy.lastIndexOf("1.2.826.0.1.3680043.10.1.3.1", undefined, "latin1");
    copy.write("1.2.826.0.1.3680043.10.1.9.1", uid, "latin1");
    writeFileSync(`${folder}/DICOM/AGAIN`, copy);
    const last = `${folder}/${nameOf(made.slices - 1)}`;
    truncateSync(last, readFileSync(last).length - 100);
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, made.slices - 1);
    await page.getByText("Some slices were there more than once").waitFor();
    const panel = page.getByRole("region", { name: "Not loaded (2)" });
    await panel.getByText("Not loaded (2)").click();
    await panel.getByText("The same slice is already loaded").waitFor();
    await panel.getByText("The file ends too early").waitFor();
    assert.equal(await series(page).getByRole("button").count(), 1, "the copy makes no series of its own");
    await shows(page, "Coronal", (x, y) => madeHu(x, made.rows / 2, made.slices - 2 - y));
  });
});

test("a series of which no slice can be decoded is none, and another is shown", async () => {
  const make = (folder) => {
    writeCt(folder);
    // The first of two that are alike.
    writeBrokenCt(`${folder}/A`);
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, made.slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
    await eventually(async () => assert.equal(await series(page).getByRole("button").count(), 1));
    await page.getByRole("region", { name: `Not loaded (${made.slices})` }).waitFor();
  });
});

test("what does not fit is asked about before any pixel is read, and a part is marked as one", async () => {
  await withFolder((folder) => writeSquareCt(folder, 300, 2048), async (page, folder) => {
    await openFolder(page, folder);
    const sheet = page.getByRole("dialog", { name: "This series may not fit into memory" });
    await sheet.getByText("It needs 2.6 GB").waitFor();
    await screenshot(page, "preflight");
    await button(sheet, /^Read every 2nd slice/).waitFor();
    await sheet.getByRole("spinbutton", { name: "From slice" }).fill("101");
    await sheet.getByRole("spinbutton", { name: "To slice" }).fill("104");
    await button(sheet, "Read these slices (0.1 GB)").click();
    await loaded(page, 4);
    await series(page).getByText("slices 101–104 of 300").waitFor();
    await page.getByRole("region", { name: "Axial" }).getByText("slices 101–104 of 300").waitFor();
    await page.getByText("Only a part of the series was read").waitFor();
  });
});

test("a study that is closed gives its workers back, and another can be opened", async () => {
  await withFolder(writeCt, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, made.slices);
    const before = page.workers();
    await button(page, "Close study").click();
    await page.getByText("Find urinary stones in a CT").waitFor();
    await eventually(() => assert.ok(!page.workers().some((worker) => before.includes(worker))));
    await openFolder(page, folder);
    await loaded(page, made.slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
  });
});

/** WebAssembly's memory of all workers is that of the volume, and little more. */
async function holdsLittleBeside(page, slices) {
  const sizes = await Promise.all(page.workers().map((worker) =>
    worker.evaluate(async () => (await wasm_bindgen()).memory.buffer.byteLength)));
  const [all, volume] = [sizes.reduce((sum, size) => sum + size), slices * 512 * 512 * 2];
  assert.ok(all <= 1.15 * volume + (64 << 20), `${all} bytes for a volume of ${volume}`);
}

test("what an archive took of memory is given back when it is read", async () => {
  await withFolder((folder) => writeFileSync(`${folder}/ct.nii.gz`, gzipSync(hollowNifti(115))), async (page, folder) => {
    await openFiles(page, `${folder}/ct.nii.gz`);
    await loaded(page, 115);
    await eventually(() => holdsLittleBeside(page, 115));
  });
});

test("files of a series that lie in several folders are read together", async () => {
  const make = (folder) => {
    writeCt(`${folder}/a`);
    writeCt(`${folder}/b`);
    copyFileSync(`${folder}/a/DICOM/IM3`, `${folder}/IM3`);
  };
  await withFolder(make, async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, made.slices);
    await page.getByText(`Not loaded (${made.slices + 1})`).waitFor();
  });
});

test("workers that end over a file are replaced, and all is read by those that follow", async () => {
  // As a trap in a decoder does: an error that nobody catches, and no answer.
  const trap = () => {
    Blob.prototype.arrayBuffer = () => {
      queueMicrotask(() => { throw new Error("a decoder ends"); });
      return new Promise(() => {});
    };
  };
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const page = await openPage(`${origin.address}/`, {}, /a decoder ends/);
  try {
    writeCt(folder);
    // The study's worker and two that decode, or more.
    await eventually(() => assert.ok(page.workers().length > 2));
    const first = page.workers();
    await Promise.all(first.map((worker) => worker.evaluate(trap)));
    await openFolder(page, folder);
    await loaded(page, made.slices);
    await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2));
    const left = page.workers().filter((worker) => first.includes(worker));
    assert.ok(left.length < first.length, "those that ended are gone");
    await page.done();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const large = process.env.LITHOSCOPE_LARGE ? false : "LITHOSCOPE_LARGE is not set";
test("1,500 slices of 512 × 512 open", { skip: large }, async () => {
  await withFolder((folder) => writeSquareCt(folder, 1500, 512), async (page, folder) => {
    await openFolder(page, folder);
    await loaded(page, 1500);
    await holdsLittleBeside(page, 1500);
  });
});
