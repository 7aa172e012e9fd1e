// A real CT, where it lies beside the repository: the page's pictures against the files' own bytes.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { image, parse, text } from "./dicom.mjs";
import { inRepository, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, loaded, openFolder, shows } from "./viewer.mjs";

const archive = inRepository("../shared/data/acrin-abdomen/acrin-abdomen.zip");

test("99 slices of a real abdomen", { skip: !existsSync(archive) && "no ../shared/data here" }, async () => {
  const folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  execFileSync("python3", ["-m", "zipfile", "-e", archive, folder]);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const images = files
    .map((entry) => parse(readFileSync(`${entry.parentPath ?? entry.path}/${entry.name}`)))
    .filter((elements) => text(elements, "00080008").includes("AXIAL"))
    .map(image)
    .sort((a, b) => a.z - b.z);

  const origin = await startOrigin();
  const page = await openPage(`${origin.address}/`);
  try {
    await openFolder(page, folder);
    await loaded(page, 99);
    const middle = Math.floor(images.length / 2);
    await shows(page, "Axial", images[middle].hu);
    await button(page, "Next slice").click();
    await shows(page, "Axial", images[middle - 1].hu);
    await screenshot(page, "real");
    await page.done();
  } finally {
    await origin.stop();
    rmSync(folder, { recursive: true });
  }
});
