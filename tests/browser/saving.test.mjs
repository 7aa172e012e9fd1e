// What the page saves, against what the command line writes and what other readers make of it.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { built, inRepository, leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, loaded, speak } from "./viewer.mjs";

let origin, page, findings, folder, told;
before(async () => {
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`, { permissions: ["clipboard-read", "clipboard-write"] });
  findings = page.getByRole("region", { name: "Findings" });
  await button(page, "Try the demo CT").click();
  await loaded(page, 130);
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  await findings.getByText("Save", { exact: true }).click();
  const out = ["--labels", "cli.nii.gz", "--seg", "cli-seg.dcm", "--sr", "cli-sr.dcm"].map((word) => (word.startsWith("--") ? word : `${folder}/${word}`));
  told = JSON.parse(execFileSync(built("lithoscope"), ["predict", inRepository("demo/demo.zip"), "--json", ...out]));
});
after(() => leave(page, origin, folder));

async function saved(name) {
  const download = page.waitForEvent("download");
  await button(page, name).click();
  const file = await download;
  assert.match(file.suggestedFilename(), /^lithoscope-series\d+-[a-z.-]+$/, "no patient in the name");
  const path = `${folder}/${file.suggestedFilename()}`;
  await file.saveAs(path);
  return path;
}

const shownStones = () => told.stones.filter(({ label }) => label !== "rejected");

/** What is seen while a person is not sure of a finding. */
async function unsure(stone, look) {
  await page.getByRole("combobox", { name: `Label of finding ${stone.id}`, exact: true }).selectOption({ label: "indeterminate" });
  const said = findings.getByText("You: indeterminate · model: stone");
  await said.waitFor();
  await look();
  await button(findings, "Undo review").click();
  await said.waitFor({ state: "detached" });
}

const has = (command, ...options) => !spawnSync(command, options).error;

/** What pydicom reads of both objects. */
function read(seg, sr) {
  const script = `
import json, sys, pydicom
seg, sr = map(pydicom.dcmread, sys.argv[1:])
def values(item):
    yield from ([[item.ConceptNameCodeSequence[0].CodeMeaning, str(item.MeasuredValueSequence[0].NumericValue)]] if item.ValueType == "NUM" else [])
    for below in item.get("ContentSequence", []):
        yield from values(below)
print(json.dumps({"frames": seg.NumberOfFrames, "bits": seg.PixelData.hex(), "tracks": [s.TrackingUID for s in seg.SegmentSequence],
    "patient": [str(seg.PatientName), str(sr.PatientName)], "values": list(values(sr)),
    "linked": seg.SOPInstanceUID in str(sr.CurrentRequestedProcedureEvidenceSequence)}))`;
  return JSON.parse(execFileSync("python3", ["-c", script, seg, sr], { encoding: "utf8", maxBuffer: 1 << 26 }));
}

test("segmentation and report are those that the command line writes", async (context) => {
  // Both within a second, so that the report refers to this segmentation: asked again where the clock turned.
  let seg, sr, page_;
  const known = spawnSync("python3", ["-c", "import pydicom"]).status === 0;
  for (let tries = 0; tries < 5; tries++) {
    seg = await saved("DICOM segmentation");
    sr = await saved("DICOM report (SR)");
    if (!known) break;
    page_ = read(seg, sr);
    if (page_.linked) break;
  }
  if (has("dciodvfy", "-version")) {
    for (const file of [seg, sr]) {
      const { stderr } = spawnSync("dciodvfy", ["-new", file], { encoding: "utf8" });
      assert.doesNotMatch(stderr, /^Error/m);
    }
  }
  if (!known) return context.skip("python3 has no pydicom");
  const cli = read(`${folder}/cli-seg.dcm`, `${folder}/cli-sr.dcm`);
  assert.ok(page_.linked && cli.linked);
  assert.deepEqual(page_, cli);
  assert.equal(page_.tracks.length, shownStones().length);
});

test("labels and image as NIfTI", async () => {
  const labels = gunzipSync(readFileSync(await saved("NIfTI labels")));
  assert.ok(labels.equals(gunzipSync(readFileSync(`${folder}/cli.nii.gz`))));
  const image = gunzipSync(readFileSync(await saved("NIfTI image")));
  const [columns, rows, slices] = [42, 44, 46].map((at) => image.readInt16LE(at));
  assert.equal(image.length, 352 + 2 * columns * rows * slices);
  // Where a label is, there is a stone.
  for (const { id, hu_max } of shownStones()) {
    let most = -Infinity;
    for (let at = 352; at < labels.length; at += 2) {
      if (labels.readUInt16LE(at) === id) most = Math.max(most, image.readInt16LE(at));
    }
    assert.ok(most >= 0.8 * hu_max, `stone ${id}: ${most} HU under its label, ${hu_max} measured`);
  }
});

test("table and JSON say what the list says", async () => {
  const { stones } = JSON.parse(readFileSync(await saved("Findings (JSON)")));
  assert.deepEqual(stones, told.stones);
  const [heading, ...lines] = readFileSync(await saved("Table (CSV)"), "utf8").trim().split("\r\n").map((line) => line.split(","));
  assert.equal(lines.length, stones.length);
  for (const [n, stone] of stones.entries()) {
    const cell = (name) => lines[n][heading.indexOf(name)];
    assert.deepEqual([cell("side"), Number(cell("hu_mean")), Number(cell("z_mm"))], [stone.side, stone.hu_mean, stone.center_mm[2]]);
  }
});

test("a sentence is copied, in the language of the page", { skip: process.env.WEBKIT && "its driver grants no look at the clipboard" }, async () => {
  const [first] = shownStones();
  const copied = async () => {
    await page.getByRole("button", { name: /sentence|문장/ }).first().click();
    return page.evaluate(() => navigator.clipboard.readText());
  };
  const english = await copied();
  assert.match(english, /^(≤ )?[\d.]+ mm.* axial, .* HU.*, (left|right).*, series \d+ image \d+, score \d\.\d\d, not reviewed$/);
  assert.ok(english.includes(`${first.volume_mm3.toFixed(0)} mm³`), english);
  await unsure(first, async () => {
    assert.match(await copied(), /^indeterminate, .*, reviewed$/, "it is not passed on as a stone");
  });
  await speak(page, "ko");
  assert.match(await copied(), /^축상 .*, 두미 .*, (왼쪽|오른쪽).*, 시리즈 \d+ 영상 \d+, 점수 \d\.\d\d, 판독 전$/);
  await speak(page, "en");
});

/** How many pixels of a PNG are grey as tissue, red as a mask and green as a box. */
const coloured = (png) => page.evaluate(async (base64) => {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
  const count = { grey: 0, red: 0, green: 0 };
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = data.subarray(at, at + 3);
    count.grey += r === g && g === b && r > 60 && r < 200;
    count.red += r > g + 60 && r > b + 60;
    count.green += g > 180 && r < 120;
  }
  return count;
}, png.toString("base64"));

test("a picture shows what the pane shows, and the patient only where that is wished for", async () => {
  await findings.getByRole("button", { name: /Model finding/ }).first().click();
  await page.getByRole("region", { name: "Axial" }).locator("g.box").first().waitFor();
  // The page reads no canvas that a worker paints: in Firefox each would wait for the other.
  await page.evaluate(() => {
    const { drawImage } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.drawImage = function (image, ...more) {
      if (image.isConnected) throw new Error("a canvas of the page is read");
      return drawImage.call(this, image, ...more);
    };
  });
  const without = readFileSync(await saved("Picture (PNG)"));
  await page.getByRole("checkbox", { name: "Patient text in picture" }).check();
  const path = await saved("Picture (PNG)");
  await page.getByRole("checkbox", { name: "Patient text in picture" }).uncheck();
  assert.ok(!without.equals(readFileSync(path)), "the name makes a difference");
  assert.ok(without.equals(readFileSync(await saved("Picture (PNG)"))), "and nothing is left of it");
  const { grey, red, green } = await coloured(without);
  assert.ok(grey > 10_000 && red > 5 && green > 50, `tissue ${grey}, mask ${red}, box ${green}`);
});

test("a summary is printed: three planes of each stone, the measures, and what they are worth", async () => {
  const summary = page.getByRole("dialog", { name: "Summary of the model’s findings" });
  await unsure(shownStones()[0], async () => {
    await button(page, "Summary to print").click();
    await summary.locator("td", { hasText: /^indeterminate, / }).waitFor();
    await button(summary, "Close").click();
  });
  await button(page, "Summary to print").click();
  await summary.getByText("Research use only. Not a medical device.").first().waitFor();
  const count = shownStones().length;
  assert.equal(await summary.locator("tbody tr").count(), count);
  assert.equal(await summary.locator("td", { hasText: /^indeterminate, / }).count(), 0);
  const canvases = summary.locator("canvas");
  assert.equal(await canvases.count(), 3 * count);
  for (let n = 0; n < 3; n++) {
    const { data, width, height } = await pixels(canvases.nth(n));
    const bright = data.filter((value, at) => at % 4 === 0 && value === 255).length;
    assert.ok(width > 20 && height > 10 && bright > 5 && bright < width * height, "a stone in tissue");
  }
  assert.equal(await summary.getByText("Demo").count(), 0, "no patient unless chosen");
  await screenshot(page, "summary");
  if (process.env.WEBKIT) return button(summary, "Close").click();
  await page.emulateMedia({ media: "print" });
  const pdf = (await page.pdf({ format: "A4", path: `${folder}/summary.pdf` })).toString("latin1");
  assert.ok(pdf.match(/\/Type \/Page\b/g).length <= 1 + Math.ceil(count / 4), "a page, or a few where there are many stones");
  await screenshot(page, "summary-print");
  await page.emulateMedia({ media: "screen" });
  await button(summary, "Close").click();
});

test("what was saved is shown again over its series, by JSON and by segmentation", async () => {
  const [seg, json] = [await saved("DICOM segmentation"), await saved("Findings (JSON)")];
  const rows = () => findings.getByRole("button", { name: /Model finding/ });
  const count = shownStones().length;
  const open = async (file) => {
    const chooser = page.waitForEvent("filechooser");
    await button(page, "Open saved findings").click();
    await (await chooser).setFiles(file);
  };
  const places = async () => {
    const all = [];
    for (let n = 0; n < count; n++) all.push(/(left|right|midline).*z -?[\d.]+ mm/.exec(await rows().nth(n).textContent())[0]);
    return all.sort();
  };
  const before = await places();
  for (const file of [json, seg]) {
    await button(page, "Close study").click();
    await button(page, "Try the demo CT").click();
    await loaded(page, 130);
    await findings.getByText("Not searched yet").waitFor();
    await findings.getByText("Save", { exact: true }).click();
    await open(file);
    await rows().nth(count - 1).waitFor();
    assert.equal(await rows().count(), count);
    await rows().first().click();
    await page.getByRole("region", { name: "Axial" }).locator("g.box").first().waitFor();
    if (file === json) assert.deepEqual(await places(), before);
    else assert.deepEqual((await places()).map((place) => place.split(" ")[0]), before.map((place) => place.split(" ")[0]));
  }
  writeFileSync(`${folder}/other.json`, '{"schema":"another"}');
  await open(`${folder}/other.json`);
  await page.getByRole("alert").getByText("no findings that can be read").waitFor();
});
