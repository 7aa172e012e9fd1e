// Files and links that were made to harm: nothing of them runs, nothing is sent, and no text of a patient comes out where
// others read it: into requests, the console, the title, the address, or the browser's storage.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, hollowNifti, made, madeHu, nameOf, writeCt } from "./dicom.mjs";
import { inRepository, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, loaded, openFiles, openFolder, shows, speak } from "./viewer.mjs";

let origin, folder;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
});
after(async () => {
  rmSync(folder, { recursive: true });
  await origin.stop();
});

/** Stands in every hostile text, so that it is found wherever it may have gone. */
const MARK = "LEAKMARK";
const HOSTILE = `${MARK}<img src=x onerror="window.ran=1"></td><script>window.ran=2</script>\u202e\u2066{{7*7}}\${window.ran=3}'"&lt;`;
const text = (group, number, vr, value = HOSTILE) => element(group, number, vr, Buffer.from(value, "utf8"));

/** Every text that the page shows of a file, and some that it does not. */
const everywhere = Buffer.concat([
  text(0x0008, 0x0005, "CS", "ISO_IR 192"),
  text(0x0008, 0x0020, "DA"), text(0x0008, 0x0050, "SH"), text(0x0008, 0x0070, "LO"), text(0x0008, 0x0080, "LO"),
  text(0x0008, 0x0090, "PN"), text(0x0008, 0x1010, "SH"), text(0x0008, 0x1030, "LO"), text(0x0008, 0x103e, "LO"),
  // Longer than 64 kB: only texts without a limit have room for it.
  text(0x0008, 0x2111, "UT", HOSTILE.repeat(1 + (1 << 20) / HOSTILE.length)),
  text(0x0009, 0x0010, "LO"), text(0x0009, 0x1001, "UT", `${MARK}${"\u202e<b>".repeat(1 << 18)}`),
  text(0x0010, 0x0010, "PN", `${HOSTILE}^${HOSTILE}=${HOSTILE}=${HOSTILE}`), text(0x0010, 0x0020, "LO", HOSTILE.repeat(500)),
  text(0x0010, 0x0030, "DA"), text(0x0010, 0x0040, "CS"), text(0x0010, 0x4000, "LT"),
  text(0x0018, 0x0010, "LO"), text(0x0018, 0x0015, "CS"), text(0x0018, 0x0060, "DS"), text(0x0018, 0x1030, "LO"), text(0x0018, 0x1210, "SH"),
  text(0x0020, 0x0010, "SH"), text(0x0020, 0x4000, "LT"),
  text(0x0028, 0x1050, "DS", "40"), text(0x0028, 0x1051, "DS", "300"), text(0x0028, 0x1055, "LO"),
]);

/** The page, and a list of all that it writes to the console or asks a person. */
async function watched(options = {}, expected) {
  const page = await openPage(`${origin.address}/`, options, expected);
  const heard = [];
  page.on("console", (message) => heard.push(message.text()));
  page.on("dialog", (dialog) => {
    heard.push(`dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
  return { page, heard };
}

/** Holds all places that others read to what they may say. */
async function nothingCameOut(page, heard, requests) {
  const found = await page.evaluate(async () => {
    const files = [];
    async function walk(folder) {
      for await (const [name, handle] of folder.entries()) {
        files.push(name);
        if (handle.kind === "directory") await walk(handle);
        else files.push(await (await handle.getFile()).text());
      }
    }
    await walk(await navigator.storage.getDirectory());
    return {
      ran: window.ran ?? null,
      images: document.querySelectorAll("img[src='x'], img[onerror], [onerror], [onclick], iframe, object, embed").length,
      told: JSON.stringify([
        document.title, location.href, history.state, document.cookie, { ...localStorage }, { ...sessionStorage }, files,
        (await indexedDB.databases()).map(({ name }) => name), await caches.keys(), performance.getEntries().map(({ name }) => name),
      ]),
    };
  });
  assert.equal(found.ran, null, "something ran");
  assert.equal(found.images, 0, "something became an element");
  assert.ok(!found.told.includes(MARK), "it is where it lasts");
  assert.ok(!heard.some((line) => line.includes(MARK) || line.startsWith("dialog")), `it was said: ${heard}`);
  assert.deepEqual(page.asked.slice(requests), [], "it was sent");
  for (const worker of page.workers()) assert.equal(await worker.evaluate(() => self.ran ?? null), null);
}

test("texts of a file are text, in every place that shows them, at any length", async () => {
  writeCt(`${folder}/texts`, everywhere);
  renameSync(`${folder}/texts/${nameOf(0)}`, `${folder}/texts/${MARK}<img src=x onerror=window.ran=1>.dcm`);
  writeFileSync(`${folder}/texts/${MARK}<script>window.ran=4<\u2215script>`, HOSTILE);
  const { page, heard } = await watched();
  await page.waitForLoadState("networkidle");
  const requests = page.asked.length;
  await openFolder(page, `${folder}/texts`);
  await loaded(page, made.slices);
  await shows(page, "Axial", (x, y) => madeHu(x, y, made.slices / 2), { width: 400, centre: 60 });
  assert.ok((await page.getByText(MARK).count()) > 0, "they are shown");
  await page.getByRole("region", { name: /^Not loaded/ }).getByRole("group").first().click().catch(() => {});
  await screenshot(page, "hostile");

  for (const key of ["i", "Shift+I", "Shift+H", "?"]) {
    await page.keyboard.press(key);
    await page.waitForTimeout(200);
    if (key === "Shift+I") await page.getByRole("dialog").getByText(MARK).first().waitFor();
    await screenshot(page, `hostile-${key.at(-1)}`);
    await page.keyboard.press("Escape");
  }
  const diagnostics = async () => {
    await page.keyboard.press("Shift+H");
    const told = await page.getByRole("dialog").getByLabel("Diagnostics").textContent();
    await page.keyboard.press("Escape");
    return told;
  };
  assert.ok(!(await diagnostics()).includes(MARK));
  await speak(page, "ko");
  await speak(page, "en");

  const findings = page.getByRole("region", { name: "Findings" });
  await button(page, "Predict").click();
  await findings.getByText(/^No candidate above the threshold in 12 slices/).waitFor({ timeout: 300_000 });
  const after = page.asked.length;
  await findings.getByText("Save", { exact: true }).click();
  for (const name of ["Findings (JSON)", "Table (CSV)", "DICOM report (SR)", "NIfTI image", "Labelled study (ZIP)", "Picture (PNG)"]) {
    await page.getByRole("checkbox", { name: "Patient text in picture" }).setChecked(name.startsWith("Picture"));
    const download = page.waitForEvent("download");
    await button(page, name).click();
    assert.match((await download).suggestedFilename(), /^lithoscope-series3-[a-z.-]+$/);
  }
  await button(page, "Summary to print").click();
  await page.getByRole("dialog", { name: /^Summary/ }).waitFor();
  await nothingCameOut(page, heard, after);
  assert.ok(page.asked.slice(requests, after).every((url) => !decodeURIComponent(url).includes(MARK)));
  await page.done();
});

test("a hostile name of a NIfTI file is text", async () => {
  const name = `${folder}/${MARK}<img src=x onerror=window.ran=1>\u202e.nii`;
  writeFileSync(name, hollowNifti(3));
  const { page, heard } = await watched();
  await page.waitForLoadState("networkidle");
  const requests = page.asked.length;
  await openFiles(page, name);
  await loaded(page, 3);
  assert.ok((await page.getByText(MARK).count()) > 0);
  await nothingCameOut(page, heard, requests);
  await page.done();
});

test("labels and findings that are opened are data", async () => {
  writeCt(`${folder}/plain`);
  const { page, heard } = await watched();
  await openFolder(page, `${folder}/plain`);
  await loaded(page, made.slices);
  await page.waitForLoadState("networkidle");
  const requests = page.asked.length;
  await page.getByRole("region", { name: "Findings" }).getByText("Save", { exact: true }).click();
  const files = {
    "list.json": `{"schema":"${MARK}","stones":[{"id":"<img src=x onerror=window.ran=1>"}]}`,
    "deep.json": `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`,
    "proto.json": '{"__proto__":{"ran":1},"constructor":{"prototype":{"ran":1}}}',
    [`${MARK}<script>window.ran=1.dcm`]: Buffer.concat([Buffer.alloc(128), Buffer.from("DICM"), Buffer.from(HOSTILE)]),
  };
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(`${folder}/${name}`, content);
    const chooser = page.waitForEvent("filechooser");
    await button(page, "Open saved findings").click();
    await (await chooser).setFiles(`${folder}/${name}`);
    const alert = page.getByRole("alert");
    await alert.getByText("no findings that can be read").waitFor();
    await alert.getByRole("button", { name: "Close" }).click();
  }
  await nothingCameOut(page, heard, requests);
  await page.done();
});

test("a network that is damaged, and a manifest that asks for too much, are refused, and the page goes on", async () => {
  const [onnx, json] = ["tiny.onnx", "manifest.json"].map((name) => readFileSync(inRepository(`tests/models/pytorch/${name}`)));
  const manifest = JSON.parse(json);
  const { page, heard } = await watched();
  writeCt(`${folder}/ct`);
  await openFolder(page, `${folder}/ct`);
  await loaded(page, made.slices);
  const findings = page.getByRole("region", { name: "Findings" });
  const alert = page.getByRole("alert");

  /** Gives a model and has it search; tells whether it came to an end or was refused. */
  async function tried(network, change = {}) {
    const sha256 = createHash("sha256").update(network).digest("hex");
    writeFileSync(`${folder}/network.onnx`, network);
    writeFileSync(`${folder}/manifest.json`, JSON.stringify({ ...manifest, sha256, ...change }));
    const chooser = page.waitForEvent("filechooser");
    await button(page, "Use another model").click();
    await (await chooser).setFiles(["network.onnx", "manifest.json"].map((name) => `${folder}/${name}`));
    const taken = button(page, "Use the built-in model");
    await taken.or(alert.getByRole("button", { name: "Close" })).first().waitFor();
    let end = "refused";
    if (await taken.isVisible()) {
      await button(page, "Predict").click();
      const searched = findings.getByText(/slices searched in|No candidate above/).first();
      await searched.or(alert.getByRole("button", { name: "Close" })).first().waitFor({ timeout: 120_000 });
      if (await searched.isVisible()) end = "searched";
    }
    if (await alert.getByRole("button", { name: "Close" }).isVisible()) await alert.getByRole("button", { name: "Close" }).click();
    if (await taken.isVisible()) await taken.click();
    return end;
  }

  // One byte in so many is another, from the same seed each time.
  let seed = 20261126;
  const random = (below) => (seed = (Math.imul(seed, 1103515245) + 12345) >>> 0) % below;
  const damaged = (share) => {
    const copy = Buffer.from(onnx);
    for (let n = 0; n < copy.length / share; n++) copy[random(copy.length)] = random(256);
    return copy;
  };
  assert.equal(await tried(onnx), "searched", "the sound one searches");
  const ends = [];
  for (const network of [
    onnx.subarray(0, onnx.length / 2), damaged(50), damaged(500),
    // A field of 2⁶³ bytes; a graph within graphs.
    Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]),
    Buffer.concat(Array.from({ length: 2000 }, () => Buffer.from([0x3a, 0x7f]))),
  ]) {
    ends.push(await tried(network));
  }
  assert.ok(ends.filter((end) => end === "refused").length >= 3, ends.join());
  const huge = { ...manifest.input, multiple_of: 1 << 30 };
  for (const change of [
    { name: HOSTILE.repeat(1000), version: HOSTILE, validation: HOSTILE }, { input: huge }, { threshold: -1e308 }, { threshold: "0.5" },
    { min_voxels: -1 }, { schema: HOSTILE }, { input: { ...manifest.input, channels: Array(100_000).fill(manifest.input.channels[0]) } },
  ]) {
    assert.equal(await tried(onnx, change), change.name ? "searched" : "refused", Object.keys(change).join());
  }
  assert.equal(await tried(onnx), "searched", "and searches still");
  await nothingCameOut(page, heard.filter((line) => !/memory|unreachable|panicked/.test(line)), page.asked.length);
  assert.ok(!page.asked.some((url) => decodeURIComponent(url).includes(MARK)));
  await page.done();
});

test("a link asks for nothing but an exam by its UIDs", async () => {
  for (const search of [
    `?study=<script>window.ran=1</script>${MARK}`, `?study=javascript:window.ran=1//${MARK}`, `?study=1.2&series=../../${MARK}`,
    `?study=1.2%2F..%2F..%2F${MARK}`, `?study=${"1.".repeat(2000)}1`, "?study=1.2&study=<b>", "?series=<img src=x onerror=window.ran=1>",
    `?study=https://example.org/${MARK}`, `?__proto__[ran]=1&study=1.2#<img src=x onerror=window.ran=1>`,
  ]) {
    const page = await openPage(`${origin.address}/`, { search });
    await page.waitForLoadState("networkidle");
    if (search.includes("study=")) await page.getByRole("alert").getByText(/The link names no exam|The link asks for an exam/).waitFor();
    await button(page, "Try the demo CT").waitFor();
    assert.equal(await page.evaluate(() => window.ran ?? null), null, search);
    assert.equal(await page.locator("img[src='x']").count(), 0);
    const others = page.asked.filter((url) => !url.startsWith(`${origin.address}/?`));
    assert.ok(others.every((url) => !/dicomweb\/|\/pacs\/|LEAKMARK|example/.test(url)), `${others}`);
    await page.done();
  }
});
