// The header of the slice shown: as the file has it, as text and nothing else.
import assert from "node:assert/strict";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { element, made, writeCt } from "./dicom.mjs";
import { leave, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, inMenu, loaded, openFolder, sliceShown } from "./viewer.mjs";

let origin, folder, page, sheet;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  const item = element(0x0008, 0x0104, "LO", "<img src=x onerror=alert(1)>");
  const head = Buffer.from([0xfe, 0xff, 0x00, 0xe0, item.length, 0, 0, 0]);
  writeCt(folder, Buffer.concat([
    element(0x0032, 0x1064, "SQ", Buffer.concat([head, item])),
    element(0x0040, 0x0280, "ST", "x".repeat(4000)),
    element(0x0043, 0x0010, "LO", "A MAKER"),
  ]));
  page = await openPage(`${origin.address}/`);
  sheet = page.getByRole("dialog", { name: "DICOM header" });
  await openFolder(page, folder);
  await loaded(page, made.slices);
});
after(() => leave(page, origin, folder));

const row = (name) => sheet.getByRole("row").filter({ hasText: name });
const cells = async (name) => (await row(name).getByRole("cell").allTextContents()).slice(-3);

test("every element of the slice shown is listed, text as text, long values cut", async () => {
  await page.keyboard.press("Shift+I");
  await sheet.waitFor();
  assert.deepEqual(await cells("Rows"), ["US", "Rows", String(made.rows)]);
  assert.deepEqual(await cells("PatientName"), ["PN", "PatientName", "Nobody^Synthetic"]);
  assert.deepEqual(await cells("CodeMeaning"), ["LO", "CodeMeaning", "<img src=x onerror=alert(1)>"]);
  assert.equal(await sheet.locator("img").count(), 0);
  assert.equal((await cells("CommentsOnThePerformedProcedureStep"))[2], `${"x".repeat(200)}…`);
  await row("PixelData").waitFor();
  await screenshot(page, "tags");
});

test("the search finds by tag, name or value", async () => {
  const visible = async () => sheet.locator("tbody tr:visible").count();
  const search = sheet.getByRole("searchbox", { name: "Search the header" });
  for (const sought of ["0028,0030", "pixelspacing", "0.8\\0.8"]) {
    await search.fill(sought);
    await eventually(async () => assert.equal(await visible(), 1));
    await row("PixelSpacing").waitFor();
  }
  await button(sheet, "Close").click();
  await sheet.waitFor({ state: "hidden" });
});

test("another slice has its own header, and a hidden patient stays hidden", async () => {
  const instance = async () => Number((await cells("InstanceNumber"))[2]);
  const open = async () => {
    await button(page, "Geometry and values").click();
    await button(page.getByRole("region", { name: "Geometry and values" }), "DICOM header").click();
    await sheet.waitFor();
  };
  await inMenu(page, "Hide patient text");
  await page.keyboard.press("ArrowDown");
  const shown = await sliceShown(page, "Axial");
  await open();
  // Scrolling goes from head to feet, instances rise with z.
  assert.equal(await instance(), made.slices + 1 - shown);
  assert.equal((await cells("PatientName"))[2], "•••");
  assert.equal((await cells("PatientID"))[2], "•••");
  await page.keyboard.press("Escape");
  await inMenu(page, "Hide patient text");
});
