// Labels that outlive the tab where a person said so, and what of them lies in the browser's storage.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, made, writeCt } from "./dicom.mjs";
import { openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, onPixel, openFolder } from "./viewer.mjs";

let origin, folder;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  writeCt(`${folder}/one`);
  // The same pixels under another UID, which stands before the others of its group.
  writeCt(`${folder}/two`, element(0x0020, 0x000e, "UI", "1.2.3.4.5"));
});
after(async () => {
  rmSync(folder, { recursive: true });
  await origin.stop();
});

const labelling = (page) => page.getByRole("region", { name: "Labelling" });
const findings = (page) => page.getByRole("region", { name: "Findings" });
const keeps = (page) => labelling(page).getByRole("checkbox", { name: "Keep the labels of this series in this browser" });
const offer = (page, count) => findings(page).getByText(new RegExp(`^This browser has kept ${count} labels? of this series\\.$`));

async function open(page, which = "one") {
  await openFolder(page, `${folder}/${which}`);
  await loaded(page, made.slices);
}

async function draw(page, [u, v], mm = 4) {
  if (!(await labelling(page).isVisible())) await page.keyboard.press("t");
  await labelling(page).getByRole("spinbutton", { name: "Size (mm)" }).fill(String(mm));
  await labelling(page).getByRole("spinbutton", { name: "Size (mm)" }).press("Tab");
  await page.mouse.move(...(await onPixel(page, "Axial", [u, v])));
  await page.mouse.down();
  await page.mouse.move(...(await onPixel(page, "Axial", [u + 1, v])));
  await page.mouse.up();
}

const row = (page, number) => findings(page).getByRole("button", { name: new RegExp(`^\\d* ?Drawn finding ${number}\\b`) });
const parts = (page) => labelling(page).getByRole("status").filter({ hasText: /voxel/ }).textContent();

/** All files of the page's own folder, by their path. */
const files = (page) => page.evaluate(async () => {
  const all = {};
  async function read(folder, path) {
    for await (const [name, handle] of folder.entries()) {
      if (handle.kind === "directory") await read(handle, `${path}${name}/`);
      else all[path + name] = await (await handle.getFile()).text();
    }
  }
  await read(await navigator.storage.getDirectory(), "");
  return all;
});
const kept = async (page) => Object.entries(await files(page)).filter(([path]) => !path.endsWith("/salt"));
const guarded = (page) => page.evaluate(() => window.onbeforeunload !== null);

test("nothing is kept that nobody asked to keep, and who leaves is asked", async () => {
  const page = await openPage(`${origin.address}/`);
  await open(page);
  await draw(page, [20, 20]);
  await row(page, 1).waitFor();
  assert.equal(await keeps(page).isChecked(), false);
  await labelling(page).getByText(/^Off: nothing of them is stored/).waitFor();
  assert.deepEqual(await files(page), {});
  assert.ok(await guarded(page));
  const asked = page.waitForEvent("dialog");
  const closed = button(page, "Close study").click();
  await (await asked).accept();
  await closed;
  await open(page);
  await eventually(async () => assert.equal(await findings(page).getByText(/^This browser has kept/).count(), 0));
  assert.deepEqual(await files(page), {});
  await page.done();
});

test("labels that are to be kept are offered when the same images are opened again, and go on as they were", async () => {
  const page = await openPage(`${origin.address}/`);
  await open(page);
  await draw(page, [20, 20]);
  await row(page, 1).waitFor();
  await keeps(page).check();
  await eventually(async () => assert.equal((await kept(page)).length, 1));
  await eventually(async () => assert.ok(!(await guarded(page)), "nothing is lost any more"));

  // What is drawn and said from now on is kept with every act.
  await labelling(page).getByRole("combobox", { name: "Kind" }).selectOption({ label: "plaque" });
  await labelling(page).getByRole("textbox", { name: "Name" }).fill("석회 1");
  await labelling(page).getByRole("textbox", { name: "Name" }).press("Tab");
  await labelling(page).getByRole("combobox", { name: "Draw on" }).selectOption({ label: "A new label" });
  await draw(page, [30, 24], 3);
  await row(page, 2).waitFor();
  const told = await parts(page);
  await eventually(async () => assert.ok(!(await guarded(page))));
  await screenshot(page, "labels-kept");

  const [[path, text], ...more] = await kept(page);
  assert.ok(more.length === 0 && /^lithoscope-labels\/[0-9a-f]{64}$/.test(path), path);
  assert.equal(JSON.parse(text).length, 2);
  const all = JSON.stringify(await files(page));
  for (const hidden of ["1.2.826.0.1.3680043", "Nobody", "Synthetic", "MADE-1", "DICOM/", "Made for tests"]) {
    assert.ok(!all.includes(hidden), `${hidden} is in what is stored`);
  }

  await page.reload();
  await open(page);
  await offer(page, 2).waitFor();
  assert.equal(await row(page, 1).count(), 0, "offered, and not pressed on anyone");
  await screenshot(page, "labels-offered");
  await button(findings(page), "Go on with them").click();
  await row(page, 2).waitFor();
  await findings(page).getByText(/plaque/).first().waitFor();
  await page.keyboard.press("t");
  await labelling(page).getByRole("combobox", { name: "Draw on" }).selectOption({ label: "Finding 2" });
  await eventually(async () => assert.equal(await parts(page), told));
  await labelling(page).getByRole("combobox", { name: "Draw on" }).selectOption({ label: "Finding 1" });
  await eventually(async () => assert.equal(await labelling(page).getByRole("textbox", { name: "Name" }).inputValue(), "석회 1"));
  assert.ok(await keeps(page).isChecked(), "and kept on");

  // They can be drawn on, and taken back to nothing.
  await draw(page, [24, 20]);
  await eventually(async () => assert.equal(JSON.parse((await kept(page))[0][1])[0].about.about.name, "석회 1"));
  await page.keyboard.press("Control+z");
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await row(page, 1).count(), 0));
  await page.keyboard.press("Control+y");
  await row(page, 2).waitFor();
  await eventually(async () => assert.equal(JSON.parse((await kept(page))[0][1]).length, 2));

  // Other images are offered nothing, and nothing of them is kept.
  await button(page, "Close study").click();
  await open(page, "two");
  await page.keyboard.press("t");
  await keeps(page).waitFor();
  assert.equal(await keeps(page).isChecked(), false);
  assert.equal(await findings(page).getByText(/^This browser has kept/).count(), 0);
  assert.equal((await kept(page)).length, 1);

  // What is forgotten is gone at once, and leaving asks again.
  await button(page, "Close study").click();
  await open(page);
  await offer(page, 2).waitFor();
  await button(findings(page), "Forget kept labels").click();
  await eventually(async () => assert.deepEqual(await kept(page), []));
  assert.equal(await offer(page, 2).count(), 0);
  await draw(page, [20, 20]);
  await row(page, 1).waitFor();
  assert.deepEqual(await kept(page), []);
  await keeps(page).check();
  await eventually(async () => assert.equal((await kept(page)).length, 1));
  await keeps(page).uncheck();
  await eventually(async () => assert.deepEqual(await kept(page), []));
  assert.ok(await guarded(page));
  await page.done();
});

test("Forget all leaves nothing of what was kept, nor the secret that it was named with", async () => {
  const page = await openPage(`${origin.address}/`);
  await open(page);
  await draw(page, [20, 20]);
  await keeps(page).check();
  await eventually(async () => assert.equal((await kept(page)).length, 1));
  await eventually(async () => assert.ok(!(await guarded(page))));
  await page.keyboard.press("Shift+H");
  const sheet = page.getByRole("dialog", { name: "What leaves, what stays" });
  await sheet.getByRole("row", { name: /^Labels of a series, where you switched that on/ }).waitFor();
  await button(sheet, "Forget all").click();
  await sheet.getByText("The study is closed, and what this page had stored is deleted.").waitFor();
  assert.deepEqual(await files(page), {});
  await button(sheet, "Close").click();
  await open(page);
  await eventually(async () => assert.equal(await findings(page).getByText(/^This browser has kept/).count(), 0));
  await page.done();
});

test("a browser that keeps nothing says so, and asks who leaves", async () => {
  const before = "FileSystemFileHandle.prototype.createSyncAccessHandle = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));\n";
  const page = await openPage(`${origin.address}/`, { before });
  await open(page);
  await draw(page, [20, 20]);
  await keeps(page).click();
  await page.getByRole("alert").getByText("This browser does not keep the labels").waitFor();
  await eventually(async () => assert.equal(await keeps(page).isChecked(), false));
  assert.ok(await guarded(page));
  await page.done();
});
