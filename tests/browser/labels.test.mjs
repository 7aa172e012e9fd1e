// What a person draws: brush, eraser, growth, outlines and corrections; what is saved of it, and what judges a model.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { built, leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, enter, eventually, loaded, onPixel, sliceShown } from "./viewer.mjs";

const SLICES = 130;

let origin, page, findings, labelling, folder;
before(async () => {
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
  findings = page.getByRole("region", { name: "Findings" });
  labelling = page.getByRole("region", { name: "Labelling" });
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
});
after(() => leave(page, origin, folder));

const mask = (plane) => page.getByRole("region", { name: plane, exact: true }).locator("canvas.mask");

/** Pixels of a plane's mask, of any colour or of one. */
async function marked(plane, rgb) {
  const { data } = await pixels(mask(plane));
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    count += data[at + 3] > 0 && (!rgb || [0, 1, 2].every((n) => Math.abs(data[at + n] - rgb[n]) <= 1));
  }
  return count;
}

const RED = [255, 40, 40];

/** Drags from pixel to pixel of a plane. */
async function draw(plane, ...places) {
  const [first, ...others] = await Promise.all(places.map((at) => onPixel(page, plane, at)));
  await page.mouse.move(...first);
  await page.mouse.down();
  for (const at of others) await page.mouse.move(...at, { steps: 4 });
  await page.mouse.up();
}

const field = (name) => labelling.getByRole("spinbutton", { name });
const target = () => labelling.getByRole("combobox", { name: "Draw on" });
const parts = () => labelling.getByRole("status").filter({ hasText: /voxels/ }).textContent();
const told = async () => {
  const [, voxels, mm3] = /^(\d+) voxels, ([\d.]+) mm³/.exec(await parts());
  return { voxels: Number(voxels), mm3: Number(mm3) };
};
const set = (name, value) => enter(field(name), value);

async function saved(name) {
  const open = findings.getByText("Save", { exact: true });
  if (!(await button(page, name).isVisible())) await open.click();
  const download = page.waitForEvent("download");
  await button(page, name).click();
  const file = await download;
  const path = `${folder}/${file.suggestedFilename()}`;
  await file.saveAs(path);
  return path;
}

/** How many voxels of a NIfTI have each label. */
function counted(path) {
  const bytes = gunzipSync(readFileSync(path));
  const counts = {};
  for (let at = 352; at < bytes.length; at += 2) {
    const label = bytes.readUInt16LE(at);
    if (label) counts[label] = (counts[label] ?? 0) + 1;
  }
  return counts;
}

test("a brush paints a ball that all planes show at once, and the eraser takes from it", async () => {
  assert.equal(await labelling.count(), 0, "nobody is shown what he has not asked for");
  await page.keyboard.press("t");
  await labelling.waitFor();
  await set("Size (mm)", 20);
  assert.deepEqual(await Promise.all([marked("Axial"), marked("Coronal")]), [0, 0]);
  await draw("Axial", [200, 200], [202, 200]);
  await eventually(async () => {
    const [axial, coronal, sagittal] = await Promise.all(["Axial", "Coronal", "Sagittal"].map((plane) => marked(plane, RED)));
    assert.ok(axial > 200 && coronal > 100 && sagittal > 100, `${axial} ${coronal} ${sagittal}`);
  });
  await findings.getByRole("button", { name: /Drawn finding 1\b/ }).waitFor();
  await findings.getByText("No model has searched this series").waitFor();
  const ball = await told();
  const sphere = (4 / 3) * Math.PI * 10 ** 3;
  assert.ok(ball.mm3 > sphere && ball.mm3 < 1.35 * sphere, `${ball.mm3} mm³ of ${sphere}, and a little way`);
  await screenshot(page, "labelling");

  const before = await marked("Axial");
  await page.keyboard.press("Shift+E");
  await draw("Axial", [211, 200], [214, 200]);
  await eventually(async () => assert.ok((await marked("Axial")) < 0.7 * before));
  assert.ok((await told()).voxels < ball.voxels);

  // Back and forth again, by key and by button.
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.deepEqual([await marked("Axial"), (await told()).voxels], [before, ball.voxels]));
  await page.keyboard.press("Control+Shift+Z");
  await eventually(async () => assert.ok((await marked("Axial")) < 0.7 * before));
  await button(labelling, "Undo").click();
  await button(labelling, "Undo").click();
  await eventually(async () => assert.deepEqual([await marked("Axial"), await marked("Coronal")], [0, 0]));
  assert.equal(await findings.getByRole("button", { name: /Drawn finding/ }).count(), 0);
  assert.ok(await button(labelling, "Undo").isDisabled());
});

test("a disc stays in its slice, in every plane; a line that is drawn is filled", async () => {
  await page.keyboard.press("Shift+B");
  await labelling.getByRole("checkbox", { name: "In 3-D" }).uncheck();
  await set("Size (mm)", 16);
  await draw("Coronal", [200, 60]);
  await eventually(async () => assert.ok((await marked("Coronal")) > 50));
  await page.keyboard.press("ArrowDown");
  const shown = await sliceShown(page, "Coronal");
  await eventually(async () => assert.equal(await marked("Coronal"), 0, `slice ${shown} has nothing of it`));
  await page.keyboard.press("ArrowUp");
  await eventually(async () => assert.ok((await marked("Coronal")) > 50));
  await page.keyboard.press("Control+z");

  await target().selectOption({ label: "A new label" });
  await page.keyboard.press("Shift+L");
  await draw("Axial", [150, 150], [180, 150], [180, 170], [150, 170], [150, 150]);
  await eventually(async () => {
    const filled = await marked("Axial");
    assert.ok(Math.abs(filled - 600) < 70, `${filled} pixels in 30 × 20`);
  });
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await marked("Axial"), 0));
});

test("keys do what hands do: sizes, what is drawn with, and drawing at the crosshair", async () => {
  await page.keyboard.press("Shift+B");
  await page.keyboard.press("Shift+T");
  const size = async () => Number(await field("Size (mm)").inputValue());
  const before = await size();
  await page.keyboard.press("'");
  await eventually(async () => assert.ok((await size()) > before));
  await page.keyboard.press(";");
  await eventually(async () => assert.ok((await size()) <= before));
  await page.getByRole("region", { name: "Axial", exact: true }).locator(".glass").focus();
  await page.keyboard.press("Enter");
  await eventually(async () => assert.ok((await marked("Axial")) > 20 && (await marked("Sagittal")) > 20));
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await marked("Axial"), 0));
});

test("growth from a click on a stone is as large as what the model finds there; a correction remembers both", async () => {
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  // The model's finding as it is, told by its correction that changes nothing but the kind.
  await target().selectOption({ label: "Finding 1" });
  await eventually(async () => assert.ok((await marked("Axial", RED)) > 0));
  const place = await page.getByRole("region", { name: "Axial", exact: true }).locator('g.box[data-stone="1"]').count();
  assert.equal(place, 1);
  await labelling.getByRole("combobox", { name: "Kind" }).selectOption({ label: "phlebolith" });
  await findings.getByRole("button", { name: /Corrected finding 1\b/ }).waitFor();
  const model = await told();
  assert.match(await parts(), /model’s \d+, added 0, removed 0$/);
  await eventually(async () => assert.equal(await marked("Axial", RED), 0, "it has the colour of its kind"));
  const border = page.getByRole("region", { name: "Axial", exact: true }).locator('path.border[data-stone="1"]');
  assert.equal(await border.evaluate((path) => getComputedStyle(path).stroke), "rgb(90, 150, 255)");
  await page.keyboard.press("Control+z");
  await findings.getByRole("button", { name: /Model finding 1\b/ }).waitFor();

  // Where the mask's middle is seen.
  const { width, data } = await pixels(mask("Axial"));
  const red = [];
  for (let at = 0; at < data.length; at += 4) if (data[at + 3] > 0) red.push([(at / 4) % width, Math.floor(at / 4 / width)]);
  const crossing = [0, 1].map((n) => red.map((it) => it[n]).sort((a, b) => a - b)[red.length >> 1]);

  await target().selectOption({ label: "A new label" });
  await button(labelling, "Grow").click();
  await set("HU from", 300);
  await draw("Axial", crossing);
  await findings.getByRole("button", { name: /Drawn finding/ }).waitFor();
  const grown = await told();
  assert.ok(grown.voxels > 0.5 * model.voxels && grown.voxels < 2 * model.voxels, `${grown.voxels} grown, ${model.voxels} the model’s`);
  // What the model had there lost it to the person.
  await findings.getByRole("button", { name: /(Corrected|Drawn) finding 1\b/ }).first().waitFor();
  await screenshot(page, "label-grown");
  await page.keyboard.press("Control+z");
  await findings.getByRole("button", { name: /Model finding 1\b/ }).waitFor();

  await set("HU from", 3000);
  await draw("Axial", crossing);
  await labelling.getByText("Nothing was grown").waitFor();
  await set("HU from", 300);

  // A finding is corrected by the brush, and measured anew.
  await target().selectOption({ label: "Finding 1" });
  await button(labelling, "Brush").click();
  await set("Size (mm)", 6);
  await draw("Axial", crossing, [crossing[0] + 8, crossing[1]]);
  await findings.getByRole("button", { name: /Corrected finding 1\b/ }).waitFor();
  await eventually(async () => assert.ok((await told()).voxels > model.voxels));
  const [, kept, added, removed] = /model’s (\d+), added (\d+), removed (\d+)$/.exec(await parts()).map(Number);
  assert.deepEqual([kept, removed], [model.voxels, 0]);
  assert.ok(added > 0);
});

test("review and drawing have one way back", async () => {
  const word = findings.getByRole("group", { name: "Your word on finding 2", exact: true });
  await button(word, "Reject").click();
  await findings.getByText("You: rejected · model: stone").first().waitFor();
  await labelling.getByRole("combobox", { name: "Kind" }).selectOption({ label: "plaque" });
  await findings.getByText(/plaque/).first().waitFor();
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await findings.locator(".row").getByText(/plaque/).count(), 0));
  assert.equal(await findings.getByText("You: rejected · model: stone").count(), 1);
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await findings.getByText("You: rejected · model: stone").count(), 0));
  await page.keyboard.press("Control+y");
  await findings.getByText("You: rejected · model: stone").waitFor();
  await page.keyboard.press("Control+z");
});

test("a word said while a drawing is measured stays", { skip: process.env.WEBKIT && "its harness hands no elements on" }, async () => {
  const accept = button(findings.getByRole("group", { name: "Your word on finding 2", exact: true }), "Accept");
  const kind = labelling.getByRole("combobox", { name: "Kind" });
  // At once, so that the report of the drawing is under way when the word is said.
  await page.evaluate(([kind, accept]) => {
    kind.value = [...kind.options].find(({ text }) => text === "plaque").value;
    kind.dispatchEvent(new Event("change", { bubbles: true }));
    accept.click();
  }, [await kind.elementHandle(), await accept.elementHandle()]);
  await findings.locator(".row").getByText(/plaque/).first().waitFor();
  await eventually(async () => assert.equal(await accept.getAttribute("aria-pressed"), "true"));
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await findings.locator(".row").getByText(/plaque/).count(), 0));
  await page.keyboard.press("Control+z");
  await eventually(async () => assert.equal(await accept.getAttribute("aria-pressed"), "false"));
});

test("what was drawn is saved voxel by voxel, and who leaves before is asked", async () => {
  if (!process.env.WEBKIT) {
    const question = page.waitForEvent("dialog");
    const closed = button(page, "Close study").click();
    const dialog = await question;
    assert.match(dialog.message(), /not saved and will be lost/);
    await dialog.dismiss();
    await closed;
  }
  await findings.getByRole("button", { name: /Corrected finding 1\b/ }).waitFor();
  await labelling.getByText("Labels are not saved").waitFor();
  if (!process.env.FIREFOX && !process.env.WEBKIT) {
    const asked = page.waitForEvent("dialog");
    await page.close({ runBeforeUnload: true });
    const leaving = await asked;
    assert.equal(leaving.type(), "beforeunload");
    await leaving.dismiss();
  }

  const { voxels } = await told();
  const counts = counted(await saved("NIfTI labels"));
  assert.equal(counts[1], voxels);
  await labelling.getByText("Labels are kept until").waitFor();
  assert.equal(await page.evaluate(() => window.onbeforeunload), null, "nothing is lost any more");

  const table = readFileSync(await saved("Findings (JSON)"), "utf8");
  const [first] = JSON.parse(table).stones;
  assert.equal(first.drawn.by, "corrected");
  assert.equal(first.drawn.kept + first.drawn.added, voxels);
  const again = await saved("DICOM segmentation");
  await labelling.waitFor();
  await findings.getByText("Open saved findings").first().waitFor();
  const script = `
import sys, pydicom, numpy
seg = pydicom.dcmread(sys.argv[1])
frames = numpy.unpackbits(numpy.frombuffer(seg.PixelData, numpy.uint8), bitorder="little")[: seg.NumberOfFrames * seg.Rows * seg.Columns]
frames = frames.reshape(seg.NumberOfFrames, -1)
numbers = [f.SegmentIdentificationSequence[0].ReferencedSegmentNumber for f in seg.PerFrameFunctionalGroupsSequence]
print(sum(int(frame.sum()) for frame, number in zip(frames, numbers) if number == 1), seg.SegmentSequence[0].SegmentAlgorithmType)`;
  const read = execFileSync("python3", ["-c", script, again], { encoding: "utf8" }).trim();
  assert.equal(read, `${voxels} SEMIAUTOMATIC`);
});

test("a labelled study judges a model: what is drawn or accepted is found again by lithoscope evaluate", async () => {
  // A mimic that no model finds, and a stone of the model's that is accepted.
  await target().selectOption({ label: "A new label" });
  await button(labelling, "Brush").click();
  await labelling.getByRole("combobox", { name: "Kind" }).selectOption({ label: "bowel content" });
  await draw("Axial", [140, 190], [144, 190]);
  await findings.getByRole("button", { name: /Drawn finding/ }).waitFor();
  const accept = button(findings.getByRole("group", { name: "Your word on finding 2", exact: true }), "Accept");
  await accept.click();
  await eventually(async () => assert.equal(await accept.getAttribute("aria-pressed"), "true"));
  const path = await saved("Labelled study (ZIP)");
  await labelling.getByText("Labels are kept until").waitFor();
  const studies = `${folder}/studies`;
  execFileSync("python3", ["-m", "zipfile", "-e", path, studies]);
  const [study] = readdirSync(studies);
  const { labels } = JSON.parse(readFileSync(`${studies}/${study}/truth.json`, "utf8"));
  const kinds = labels.map(({ kind, place, made_by }) => `${kind} ${kind === "mimic" ? place : ""} ${made_by}`);
  assert.deepEqual(kinds, ["stone  corrected", "stone  model", "mimic bowel content person"]);
  const counts = counted(`${studies}/${study}/truth.nii.gz`);
  assert.deepEqual(Object.keys(counts).map(Number), labels.map(({ label }) => label));

  const judged = JSON.parse(execFileSync(built("lithoscope"), ["evaluate", studies, "--json"], { encoding: "utf8" }));
  assert.deepEqual([judged.studies, judged.stones], [1, 2]);
  assert.equal(judged.sensitivity.value, 1, "the model finds what was made of its own findings");
});

test("what is saved without patient data names nobody, and says what a person has done", async () => {
  await findings.getByRole("checkbox", { name: "Save without patient data" }).check();
  await findings.getByText(/^Left out or replaced/).waitFor();
  const [seg, sr] = [await saved("DICOM segmentation"), await saved("DICOM report (SR)")].map((path) => readFileSync(path, "latin1"));
  await findings.getByRole("checkbox", { name: "Save without patient data" }).uncheck();
  const named = readFileSync(await saved("DICOM segmentation"), "latin1");
  for (const text of [seg, sr]) {
    assert.ok(text.includes("PS3.15 basic profile") && !text.includes("Demo^Synthetic") && !/19700101.*20240101/.test(text));
  }
  assert.ok(named.includes("Synthetic") && !named.includes("PS3.15"));
  const study = (text) => /\x20\x00\x0d\x00UI..([\d.]+)/s.exec(text)[1];
  assert.ok(study(seg) === study(sr) && study(seg) !== study(named), "the same new UID in both");
  for (const word of ["SEMIAUTOMATIC", "MANUAL", "AUTOMATIC", "reviewed."]) assert.ok(seg.includes(word), word);
  for (const word of ["BY-BOTH", "BY-PERSON", "ACCEPTED"]) assert.ok(sr.includes(word), word);
});

test("on a phone: a finger draws, two fingers look, and nothing of a stroke is left then", { skip: process.env.WEBKIT && "its harness has no fingers" }, async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await labelling.scrollIntoViewIfNeeded();
  await screenshot(page, "label-phone");
  const glass = page.getByRole("region", { name: "Axial", exact: true }).locator(".glass");
  await glass.scrollIntoViewIfNeeded();
  const before = await marked("Axial");
  const { x, y, width, height } = await glass.boundingBox();
  const touch = (id, type, dx, dy) => glass.dispatchEvent(type, {
    pointerId: id, pointerType: "touch", bubbles: true, cancelable: true, isPrimary: id === 2, buttons: type === "pointerup" ? 0 : 1, button: 0,
    clientX: x + width / 2 + dx, clientY: y + height / 2 + dy,
  });
  await touch(2, "pointerdown", -30, -60);
  await touch(2, "pointermove", -20, -60);
  await eventually(async () => assert.ok((await marked("Axial")) > before));
  await touch(3, "pointerdown", 30, 60);
  await eventually(async () => assert.equal(await marked("Axial"), before, "the stroke was none"));
  await touch(3, "pointerup", 30, 60);
  await touch(2, "pointerup", -20, -60);
  await touch(4, "pointerdown", -30, -60);
  await touch(4, "pointermove", -10, -60);
  await touch(4, "pointerup", -10, -60);
  await eventually(async () => assert.ok((await marked("Axial")) > before));
  await screenshot(page, "label-phone-picture");
});
