// What a person relies on while findings are read: nothing hangs, nothing is done unseen or twice, and what is printed says
// what the list says.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { made, replaced, slice, unzip, writeCt } from "./dicom.mjs";
import { inRepository, leave, openPage, screenshot, startOrigin } from "./harness.mjs";
import { button, drag, eventually, loaded, openFiles, openFolder, place, sliceShown } from "./viewer.mjs";

const SLICES = 130;
/** How far the demo's instance numbers are from those of its slices here. */
const BEYOND = 300;
const PLANES = ["Axial", "Coronal", "Sagittal"];

let origin, folder, page, findings, summary;
before(async () => {
  origin = await startOrigin();
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  mkdirSync(`${folder}/demo`);
  unzip(readFileSync(inRepository("demo/demo.zip"))).forEach((file, n) => {
    // The first is the scout.
    const numbered = n === 0 ? file : replaced(file, 0x0020, 0x0013, "IS", BEYOND + n);
    writeFileSync(`${folder}/demo/${n}`, numbered);
  });
  // Another patient's.
  writeCt(`${folder}/made`);
  page = await openPage(`${origin.address}/`, { permissions: ["clipboard-read", "clipboard-write"] });
  findings = page.getByRole("region", { name: "Findings" });
  summary = page.getByRole("dialog", { name: "Summary of the model’s findings" });
  await openFolder(page, folder);
  await loaded(page, SLICES);
});
after(() => leave(page, origin, folder));

const series = (name) => page.getByRole("region", { name: "Series" }).getByRole("button", { name }).first();
const demo = () => series(/^#2 Abdomen-pelvis/);
const rows = () => findings.getByRole("list").first().getByRole("button", { name: /Model finding/ });
const numbers = async () => (await rows().locator(".number").allTextContents()).map(Number);
const word = (id) => findings.getByRole("group", { name: `Your word on finding ${id}`, exact: true });
const glass = (plane) => page.getByRole("region", { name: plane, exact: true }).locator(".glass");
const searched = () => findings.getByText(`${SLICES} slices searched in`).waitFor({ timeout: 300_000 });

async function summarize() {
  if (!(await button(page, "Summary to print").isVisible())) await findings.getByText("Save", { exact: true }).click();
  await button(page, "Summary to print").click();
  await summary.getByRole("table").waitFor();
}

test("another series is chosen while a search runs: the search ends, and the next one can begin", async () => {
  await button(page, "Predict").click();
  await page.getByText(/slices searched,/).first().waitFor({ timeout: 60_000 });
  await series(/Made for tests/).click();
  await loaded(page, made.slices);
  await findings.getByText("Not searched yet. Press Predict.").waitFor();
  await button(page, "Cancel").waitFor({ state: "detached" });
  await button(page, "Predict").click();
  await findings.getByText(/^No candidate above the threshold in 12 slices/).waitFor({ timeout: 300_000 });
  await demo().click();
  await loaded(page, SLICES);
  await findings.getByText("Not searched yet. Press Predict.").waitFor();
});

test("a summary of a search that was stopped says what was not searched, as the list does", async () => {
  await button(page, "Predict").click();
  await rows().first().waitFor({ timeout: 60_000 });
  await button(page, "Cancel").first().click();
  const missing = findings.getByText(/^\d+ of 130 slices were not searched\.$/);
  await missing.waitFor();
  assert.match(await missing.getAttribute("class"), /limit/, "as conspicuous as other cautions");
  await summarize();
  await summary.getByText(await missing.textContent(), { exact: true }).waitFor();
  await summary.getByText("Not reviewed. Read the whole scan.").waitFor();
  await summary.getByText("2024-01-01").waitFor();
  await summary.getByRole("columnheader", { name: "No." }).waitFor();
  await screenshot(page, "summary-stopped");
  await page.keyboard.press("Escape");
  await summary.waitFor({ state: "hidden" });
});

test("a finding is told by the slice of its pane, and by the instance where that is another number", async () => {
  await button(page, "Predict").click();
  await searched();
  const [, slice, instance] = /slice (\d+) \(instance (\d+)\)/.exec(await rows().first().textContent()).map(Number);
  assert.equal(instance, slice + BEYOND);
  await rows().first().click();
  await eventually(async () => assert.equal(await sliceShown(page, "Axial"), slice));
  await summarize();
  await summary.getByRole("cell", { name: `${slice} (instance ${instance})` }).waitFor();
  await button(summary, "Close").click();
});

test("a finding that is gone to is in sight, however the planes were zoomed and moved, and the zoom stays", async () => {
  await button(page, "Zoom").click();
  for (const plane of PLANES) await drag(page, plane, [0, -200]);
  await button(page, "Pan").click();
  for (const plane of PLANES) await drag(page, plane, [150, 150]);
  const { width } = await place(page, "Axial");
  const [id] = await numbers();
  for (const go of [() => rows().first().click(), () => page.keyboard.press("n"), () => page.keyboard.press("Shift+N")]) {
    await go();
    const chosen = await findings.locator("li.chosen .number").textContent();
    for (const plane of PLANES) {
      await eventually(async () => {
        const pane = await glass(plane).boundingBox();
        const box = await page.getByRole("region", { name: plane, exact: true }).locator(`g.box[data-stone="${chosen}"] .line`).boundingBox();
        const [x, y] = [box.x + box.width / 2 - pane.x, box.y + box.height / 2 - pane.y];
        assert.ok(x > 0 && y > 0 && x < pane.width && y < pane.height, `${plane}, finding ${chosen}: ${x}, ${y}`);
      });
    }
  }
  assert.equal(await findings.locator("li.chosen .number").textContent(), String(id));
  assert.equal((await place(page, "Axial")).width, width);
  await screenshot(page, "finding-in-sight");
  await button(page, "Reset").click();
  await button(page, "Window").click();
});

test("behind a sheet no key acts: it is closed by its own, or by Esc", async () => {
  const help = page.getByRole("dialog", { name: "Keys and gestures" });
  const before = await numbers();
  await page.keyboard.press("?");
  await help.waitFor();
  for (const key of ["d", "q", "Shift+C"]) await page.keyboard.press(key);
  await page.keyboard.press("?");
  await help.waitFor({ state: "hidden" });
  await page.keyboard.press("Shift+I");
  const header = page.getByRole("dialog", { name: "DICOM header" });
  await header.waitFor();
  await button(header, "Close").focus();
  await page.keyboard.press("q");
  await page.keyboard.press("Shift+I");
  await header.waitFor({ state: "hidden" });
  assert.deepEqual(await numbers(), before);
  await searched();
});

test("a double click on Reject rejects one finding, and no row jumps when Undo comes", async () => {
  const before = await numbers();
  const { y } = await rows().first().boundingBox();
  await button(word(before[1]), "Reject").dblclick();
  await eventually(async () => assert.deepEqual(await numbers(), before.filter((id) => id !== before[1])));
  await page.waitForTimeout(300);
  assert.equal((await numbers()).length, before.length - 1);
  assert.equal((await rows().first().boundingBox()).y, y);
  await summarize();
  await summary.getByText(`1 of ${before.length} findings reviewed.`).waitFor();
  await screenshot(page, "summary-reviewed");
  await page.keyboard.press("Escape");
});

test("files dropped over a study that holds words on findings: the person is asked first", async () => {
  const asked = page.waitForEvent("dialog");
  const opened = openFiles(page, [{ name: "report.pdf", mimeType: "application/pdf", buffer: Buffer.from("%PDF-1.4") }]);
  const question = await asked;
  assert.match(question.message(), /not saved and will be lost/);
  await question.dismiss();
  await opened;
  await button(findings, "Undo review").click();
  const count = await rows().count();
  assert.ok(count > 1);
  assert.equal(await page.evaluate(() => window.onbeforeunload), null, "nothing is left to lose");
});

test("a copied place is said to be copied", { skip: process.env.WEBKIT && "its driver grants no look at the clipboard" }, async () => {
  const row = findings.getByRole("listitem").filter({ has: page.getByText("Model finding 1", { exact: true }) });
  await button(row, "Copy place").click();
  await row.getByRole("status").getByText("Copied").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /^S2 I3\d\d /);
});

test("what is measured at the edge of a pane is told within it, and is in the picture that is saved", async () => {
  await button(page, "Length").click();
  const pane = await glass("Axial").boundingBox();
  await page.mouse.move(pane.x + pane.width - 200, pane.y + pane.height - 6);
  await page.mouse.down();
  await page.mouse.move(pane.x + pane.width - 100, pane.y + pane.height - 4);
  await page.mouse.move(pane.x + pane.width - 4, pane.y + pane.height - 4);
  await page.mouse.up();
  const text = page.getByRole("region", { name: "Axial", exact: true }).locator("g.mark text");
  await text.waitFor();
  await eventually(async () => {
    const box = await text.boundingBox();
    assert.ok(box.x > pane.x && box.x + box.width <= pane.x + pane.width + 1, JSON.stringify(box));
    assert.ok(box.y > pane.y && box.y + box.height <= pane.y + pane.height + 1, JSON.stringify(box));
  });
  await screenshot(page, "measured-at-the-edge");
  const download = page.waitForEvent("download");
  await button(page, "Picture (PNG)").click();
  const png = readFileSync(await (await download).path());
  const blue = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    let count = 0;
    for (let at = 0; at < data.length; at += 4) count += data[at] < 160 && data[at + 1] > 170 && data[at + 2] > 200;
    return count;
  }, png.toString("base64"));
  assert.ok(blue > 150, `the line is there: ${blue} pixels`);
  mkdirSync(inRepository("target/screenshots"), { recursive: true });
  writeFileSync(inRepository("target/screenshots/picture-with-measurement.png"), png);
  await button(page, "Window").click();
});

test("another patient's study is no prior by itself, and says so where a person takes it", async () => {
  await page.keyboard.press("Shift+V");
  const prior = page.getByRole("region", { name: "Prior", exact: true });
  await page.waitForTimeout(300);
  assert.equal(await prior.count(), 0);
  await button(page, /^Prior beside: .*Made for tests/).click();
  await prior.getByText("Another patient").waitFor();
  await screenshot(page, "prior-of-another");
  await button(prior, "Close prior").click();
});

test("what eight bits a pixel measure is told to be an estimate", async () => {
  mkdirSync(`${folder}/eight`);
  for (let k = 0; k < made.slices; k++) {
    const small = replaced(replaced(slice(k), 0x0028, 0x0101, "US", 8), 0x0028, 0x0102, "US", 7);
    writeFileSync(`${folder}/eight/${k}`, small);
  }
  const page = await openPage(`${origin.address}/`);
  await openFolder(page, `${folder}/eight`);
  await loaded(page, made.slices);
  await button(page, "Predict").click();
  await page.getByRole("region", { name: "Findings" }).getByText("8-bit images: HU and sizes are estimates").waitFor({ timeout: 300_000 });
  await page.context().close();
});
