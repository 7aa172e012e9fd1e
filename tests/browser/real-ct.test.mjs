// Real CT, where they lie beside the repository: the page's pictures against the files' own bytes.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { image, parse, text } from "./dicom.mjs";
import { inRepository, leave, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, loaded, openFiles, openFolder, shows } from "./viewer.mjs";

const data = inRepository("../shared/data");
const skip = !existsSync(data) && "no ../shared/data here";
const odd = (path) => `${data}/odd-ct/${path}`;

let origin, page;
before(async () => {
  if (skip) return;
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
});
after(() => leave(page, origin));

const badge = (name) => page.getByRole("list", { name: "Please note" }).getByRole("button", { name });

test("99 slices of a real abdomen", { skip }, async () => {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  try {
    execFileSync("python3", ["-m", "zipfile", "-e", `${data}/acrin-abdomen/acrin-abdomen.zip`, folder]);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const images = files
      .map((entry) => parse(readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`)))
      .filter((elements) => text(elements, "00080008").includes("AXIAL"))
      .map(image)
      .sort((a, b) => a.z - b.z);
    await openFolder(page, folder);
    await loaded(page, 99);
    const middle = Math.floor(images.length / 2);
    await shows(page, "Axial", images[middle].hu);
    await button(page, "Next slice").click();
    await shows(page, "Axial", images[middle - 1].hu);
    await screenshot(page, "real");
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("65 slices of another abdomen in JPEG 2000", { skip }, async () => {
  await openFolder(page, `${data}/tcga-coad-abdomen/dicom`);
  await loaded(page, 65);
  await screenshot(page, "real-jpeg-2000");
});

test("a tilted gantry is told", { skip }, async () => {
  await openFolder(page, odd("tilt-phantom"));
  await loaded(page, 16);
  await badge("Tilt, corrected").click();
  const panel = page.getByRole("region", { name: "Geometry and values" });
  await panel.getByText("16.5° by the positions").waitFor();
  await button(panel, "Close").click();
});

test("one slice in twelve syntaxes", { skip }, async () => {
  const names = readdirSync(odd("syntaxes"));
  assert.equal(names.length, 12);
  const plain = image(parse(readFileSync(odd(`syntaxes/${names.find((name) => name.startsWith("LittleEndianImplicit"))}`))));
  for (const name of names) {
    await openFiles(page, odd(`syntaxes/${name}`));
    await loaded(page, 1);
    if (/\.4\.(50|51|81|91)\./.test(name)) await badge("Lossy").waitFor();
    else await shows(page, "Axial", plain.hu);
  }
});

test("a map that is not HU, a scout and a report are what they are", { skip }, async () => {
  await openFiles(page, odd("enhanced/eCT_Supplemental.dcm"));
  await loaded(page, 2);
  await badge("Not HU").waitFor();
  const others = ["localizer-phantom/surview.dcm", "localizer-phantom/exam-summary.dcm", "sr/no-pixel-data-sr.dcm"];
  await openFiles(page, others.map(odd));
  const panel = page.getByRole("region", { name: "Not loaded (3)" });
  await panel.waitFor();
  const codes = await panel.locator("[data-code]").evaluateAll((rows) => rows.map((row) => row.dataset.code));
  assert.deepEqual(codes.sort(), ["localizer", "not_ct_image", "not_ct_image"]);
});
