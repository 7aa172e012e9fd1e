// What was saved of labels is opened again as labels: our own SEG with who made what, and NIfTI of the same grid.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { gunzipSync, gzipSync } from "node:zlib";
import { built, inRepository, leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, onPixel } from "./viewer.mjs";

const SLICES = 130;
let origin, page, findings, labelling, folder;
before(async () => {
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
  findings = page.getByRole("region", { name: "Findings" });
  labelling = page.getByRole("region", { name: "Labelling" });
  await open();
});
after(() => leave(page, origin, folder));

async function open() {
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
}

async function saved(name, as) {
  if (!(await button(page, name).isVisible())) await findings.getByText("Save", { exact: true }).click();
  const download = page.waitForEvent("download");
  await button(page, name).click();
  await (await download).saveAs(`${folder}/${as}`);
  return `${folder}/${as}`;
}

async function openSaved(file) {
  if (!(await button(page, "Open saved findings").isVisible())) await findings.getByText("Save", { exact: true }).click();
  const chooser = page.waitForEvent("filechooser");
  await button(page, "Open saved findings").click();
  await (await chooser).setFiles(file);
}

async function openAgain() {
  await button(page, "Close study").click();
  await open();
}

const json = async (as) => JSON.parse(readFileSync(await saved("Findings (JSON)", as), "utf8"));
const target = () => labelling.getByRole("combobox", { name: "Draw on" });
const kind = () => labelling.getByRole("combobox", { name: "Kind" });

async function draw(...places) {
  const [first, ...others] = await Promise.all(places.map((at) => onPixel(page, "Axial", at)));
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const at of others) await page.mouse.move(...at, { steps: 4 });
  await page.mouse.up();
}

async function describe({ as, name, colour }) {
  if (as) await kind().selectOption({ label: as });
  if (name) await labelling.getByRole("textbox", { name: "Name" }).fill(name);
  if (name) await labelling.getByRole("textbox", { name: "Name" }).press("Tab");
  if (colour) await labelling.getByLabel("Colour").fill(colour);
}

/** What is told of who made what, without what is measured, in an order of its own. */
const made = ({ stones }) => stones
  .filter(({ label, review }) => (review ?? label) !== "rejected")
  .map(({ drawn, label, review, voxels }) => JSON.stringify({
    drawn: drawn && [drawn.by, drawn.kind, drawn.name, drawn.rgb, drawn.kept, drawn.added, drawn.removed],
    what: drawn ? null : [label, review ?? null], voxels,
  }))
  .sort();

let before_;
test("a segmentation gives back kinds, names, colours and who made it, to be drawn on", async () => {
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  await page.keyboard.press("t");
  await target().selectOption({ label: "Finding 1" });
  await labelling.getByRole("spinbutton", { name: "Size (mm)" }).fill("6");
  await labelling.getByRole("spinbutton", { name: "Size (mm)" }).press("Tab");
  // Where the mask's middle is seen, and beside it.
  const { width, data } = await pixels(page.getByRole("region", { name: "Axial", exact: true }).locator("canvas.mask"));
  const red = [];
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0) red.push([(at / 4) % width, Math.floor(at / 4 / width)]);
  const middle = [0, 1].map((n) => red.map((it) => it[n]).sort((a, b) => a - b)[red.length >> 1]);
  await draw(middle, [middle[0] + 8, middle[1]]);
  await findings.getByRole("button", { name: /Corrected finding 1\b/ }).waitFor();
  await describe({ name: "staghorn, upper" });
  for (const [at, about] of [[[140, 190], { as: "plaque", name: "석회 (대동맥)" }], [[150, 230], { as: "bowel content", colour: "#123456" }]]) {
    await target().selectOption({ label: "A new label" });
    await draw(at, [at[0] + 4, at[1]]);
    await eventually(async () => assert.notEqual(await target().inputValue(), ""));
    await describe(about);
  }
  await findings.getByText(/bowel content/).first().waitFor();
  const accept = button(findings.getByRole("group", { name: "Your word on finding 2", exact: true }), "Accept");
  await accept.click();
  await eventually(async () => assert.equal(await accept.getAttribute("aria-pressed"), "true"));
  await eventually(async () => {
    before_ = await json("before.json");
    assert.ok(before_.stones.some(({ drawn }) => drawn?.rgb?.join() === "18,52,86"), "the colour has come");
  });
  const drawn = before_.stones.flatMap(({ drawn }) => (drawn ? [drawn.kind] : []));
  assert.deepEqual(drawn.sort(), ["bowel_content", "plaque", "stone"]);
  const seg = await saved("DICOM segmentation", "seg.dcm");
  await saved("NIfTI labels", "labels.nii.gz");

  await openAgain();
  await openSaved(seg);
  await findings.getByRole("button", { name: /Corrected finding/ }).waitFor();
  const again = await json("again.json");
  assert.deepEqual(made(again), made(before_));
  await screenshot(page, "seg-reopened");
  assert.equal(await page.evaluate(() => window.onbeforeunload), null, "what is in a file need not be saved again");

  // And they are labels: the eraser takes from one, and back again.
  await page.keyboard.press("t");
  const name = await findings.getByRole("button", { name: /Drawn finding/ }).first().textContent();
  const number = /finding (\d+)/.exec(name)[1];
  await target().selectOption({ label: `Finding ${number}` });
  assert.match(await kind().locator("option:checked").textContent(), /plaque|bowel content/);
  const parts = () => labelling.getByRole("status").filter({ hasText: /voxel/ }).textContent();
  const all = await parts();
  await page.keyboard.press("Shift+B");
  await draw([200, 200], [204, 200]);
  await eventually(async () => assert.notEqual(await parts(), all));
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await parts(), all));
  await kind().selectOption({ label: "stone" });
  const kinds = async () => (await json("kind.json")).stones.flatMap(({ drawn }) => (drawn ? [drawn.kind] : [])).sort();
  await eventually(async () => assert.deepEqual(await kinds(), ["bowel_content", "stone", "stone"]));
  assert.ok(await page.evaluate(() => window.onbeforeunload !== null), "and what is changed of it asks to be saved");
  const asked = page.waitForEvent("dialog");
  const closed = button(page, "Close study").click();
  await (await asked).accept();
  await closed;
});

test("NIfTI labels of the same grid become labels, wherever their axes point", async () => {
  const file = gunzipSync(readFileSync(`${folder}/labels.nii.gz`));
  const [columns, rows, slices] = [42, 44, 46].map((at) => file.readInt16LE(at));
  const counts = {};
  for (let at = 352; at < file.length; at += 2) {
    const label = file.readUInt16LE(at);
    if (label) counts[label] = (counts[label] ?? 0) + 1;
  }
  // The same with rows from behind, as others write it.
  const turned = Buffer.from(file);
  for (let k = 0; k < slices; k++) {
    for (let j = 0; j < rows; j++) {
      file.copy(turned, 352 + 2 * columns * (k * rows + j), 352 + 2 * columns * (k * rows + rows - 1 - j), 352 + 2 * columns * (k * rows + rows - j));
    }
  }
  for (const row of [280, 296, 312]) {
    const [step, place] = [file.readFloatLE(row + 4), file.readFloatLE(row + 12)];
    turned.writeFloatLE(-step, row + 4);
    turned.writeFloatLE(place + step * (rows - 1), row + 12);
  }
  writeFileSync(`${folder}/turned.nii`, turned);
  const centres = [];
  for (const name of ["labels.nii.gz", "turned.nii"]) {
    await open();
    await openSaved(`${folder}/${name}`);
    await findings.getByRole("button", { name: /Drawn finding/ }).first().waitFor();
    const { stones } = await json("nifti.json");
    assert.deepEqual(stones.map(({ drawn }) => [drawn.by, drawn.kind]), Object.keys(counts).map(() => ["person", "stone"]));
    assert.deepEqual(Object.fromEntries(stones.map(({ drawn, voxels }) => [drawn.name.replace("NIfTI ", ""), voxels])), counts);
    centres.push(stones.map(({ center_mm }) => center_mm));
    await button(page, "Close study").click();
  }
  assert.deepEqual(centres[1], centres[0]);
});

test("labels of another grid, an image, and what is cut are refused with the reason", async () => {
  const file = gunzipSync(readFileSync(`${folder}/labels.nii.gz`));
  const moved = Buffer.from(file);
  moved.writeFloatLE(moved.readFloatLE(292) + 0.4, 292);
  const other = Buffer.from(file);
  other.writeInt16LE(other.readInt16LE(46) - 1, 46);
  await open();
  const image = await saved("NIfTI image", "image.nii.gz");
  for (const [name, bytes, told] of [
    ["moved.nii.gz", gzipSync(moved), "These findings are of another series"],
    ["other.nii.gz", gzipSync(other), "These findings are of another series"],
    ["cut.nii.gz", readFileSync(`${folder}/labels.nii.gz`).subarray(0, 3000), "no findings that can be read"],
    ["image.nii.gz", readFileSync(image), "no findings that can be read"],
    ["noise.nii", Buffer.from("no labels at all, but a text that calls itself so"), "no findings that can be read"],
  ]) {
    writeFileSync(`${folder}/${name}`, bytes);
    await openSaved(`${folder}/${name}`);
    await page.getByRole("alert").getByText(told).waitFor();
    await page.getByRole("alert").getByRole("button", { name: "Close" }).click();
    await findings.getByText("Not searched yet").waitFor();
  }
});

test("probabilities are saved as the command line saves them, and others read them", async (context) => {
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  const file = await saved("DICOM segmentation with probabilities", "fractional.dcm");
  const cli = `${folder}/cli-fractional.dcm`;
  execFileSync(built("lithoscope"), ["predict", inRepository("demo/demo.zip"), "--json", "--seg-fractional", cli]);
  if (!spawnSync("dciodvfy", ["-version"]).error) {
    assert.doesNotMatch(spawnSync("dciodvfy", ["-new", file], { encoding: "utf8" }).stderr, /^Error/m);
  }
  const script = `
import json, sys, pydicom
for path in sys.argv[1:]:
    seg = pydicom.dcmread(path)
    print(json.dumps([seg.SegmentationType, seg.SegmentationFractionalType, seg.MaximumFractionalValue, len(seg.SegmentSequence), seg.PixelData.hex()]))`;
  const read = spawnSync("python3", ["-c", script, file, cli], { encoding: "utf8", maxBuffer: 1 << 28 });
  if (read.status !== 0) return context.skip("python3 has no pydicom");
  const [ours, theirs] = read.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(ours.slice(0, 3), ["FRACTIONAL", "PROBABILITY", 255]);
  assert.equal(ours[3], theirs[3]);
  const [values, others] = [ours, theirs].map((told) => Buffer.from(told[4], "hex"));
  assert.ok(new Set(values).size > 20 && values.length === others.length);
  assert.ok(values.every((value, at) => Math.abs(value - others[at]) <= 1), "pixel by pixel, to a step of rounding");

  // What comes out of a file has no probabilities, and none are made up.
  await openSaved(cli);
  await findings.getByRole("button", { name: /Model finding/ }).first().waitFor();
  await button(page, "DICOM segmentation with probabilities").click();
  await page.getByRole("alert").getByText("no probabilities are known").waitFor();
});
