// What is not needed to see a CT comes later: the program that knows every codec and the name of every element.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { compressedSlice, element, made, madeHu, slice, writeCt } from "./dicom.mjs";
import { dist, inRepository, leave, openPage, startOrigin } from "./harness.mjs";
import { loaded, openFiles, openFolder, shows } from "./viewer.mjs";

const JPEG_LS = "1.2.840.10008.1.2.4.80";
const [COLUMNS, ROWS] = [32, 24];
const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
const sample = (name) => readFileSync(inRepository(`crates/reader/tests/data/${name}`));
const raw = sample("s16.raw");
const hu = (x, y) => raw.readInt16LE(2 * (y * COLUMNS + x)) - 1024;

let origin, page, release;
before(async () => {
  writeCt(`${folder}/plain`);
  writeFileSync(`${folder}/compressed.dcm`, compressedSlice(COLUMNS, ROWS, JPEG_LS, sample("s16.jls")));
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
  const held = new Promise((done) => (release = done));
  await page.route(/decoder_bg/, (route) => held.then(() => route.continue()));
  await page.reload();
});
after(async () => {
  rmSync(folder, { recursive: true });
  await leave(page, origin);
});

test("a CT that is not compressed is seen without it", async () => {
  await openFolder(page, `${folder}/plain`);
  await loaded(page, made.slices);
  const middle = made.slices / 2;
  await shows(page, "Axial", (x, y) => madeHu(x, y, middle));
});

test("page and workers that show it are at most 906 kB, what NiiVue takes", () => {
  const sizes = JSON.parse(readFileSync(`${dist}/sizes.json`));
  const needed = /^(index\.html|start-|boot-|base-|tokens-|page-|panels-|reading-|welcome-|saving-|pacs-\w+\.css|lithoscope-page|worker)/;
  const sum = sizes.filter(({ name }) => needed.test(name)).reduce((sum, { brotli }) => sum + brotli, 0);
  console.log(`to see a CT: ${Math.round(sum / 1000)} kB in Brotli`);
  assert.ok(sum > 400_000 && sum <= 906_000, `${sum} bytes`);
});

test("a compressed one is seen when it has come, and elements have names", async () => {
  await openFiles(page, `${folder}/compressed.dcm`);
  release();
  await loaded(page, 1);
  await shows(page, "Axial", hu);
  await page.keyboard.press("Shift+I");
  await page.getByRole("dialog", { name: "DICOM header" }).getByText("PhotometricInterpretation").waitFor();
  await page.keyboard.press("Escape");
});

test("text of a hospital of old is read by the browser's own tables", async () => {
  // EUC-KR by its escape (PS3.5 annex I), in a series whose name nobody has spelled in Unicode.
  const named = Buffer.concat([
    element(0x0008, 0x0005, "CS", "\\ISO 2022 IR 149"),
    element(0x0010, 0x0010, "PN", Buffer.from("Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "latin1")),
  ]);
  writeFileSync(`${folder}/named.dcm`, slice(0, named));
  await openFiles(page, `${folder}/named.dcm`);
  await loaded(page, 1);
  await page.getByText("Hong Gildong · 洪 吉洞").first().waitFor();
});
