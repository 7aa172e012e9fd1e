// A person's word on what the model found, the order of the list, and the strip beside the slider.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { leave, openPage, pixels, screenshot, startOrigin } from "./harness.mjs";
import { button, eventually, loaded, sliceShown } from "./viewer.mjs";

const SLICES = 130;

let origin, page, findings;
before(async () => {
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
  findings = page.getByRole("region", { name: "Findings" });
  await button(page, "Try the demo CT").click();
  await loaded(page, SLICES);
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
});
after(() => leave(page, origin));

/** Those that are marked; the rejected have a list of their own. */
const rows = () => findings.getByRole("list").first().getByRole("button", { name: /Model finding/ });
const numbers = async () => (await rows().locator(".number").allTextContents()).map(Number);
const word = (id) => findings.getByRole("group", { name: `Your word on finding ${id}`, exact: true });
const label = (id) => findings.getByRole("combobox", { name: `Label of finding ${id}`, exact: true });
const boxes = (id) => page.locator(`svg g.box[data-stone="${id}"]`);
const pressed = (id, name) => button(word(id), name).getAttribute("aria-pressed");

async function redPixels() {
  const { data } = await pixels(page.getByRole("region", { name: "Axial" }).locator("canvas.mask"));
  let count = 0;
  for (let at = 0; at < data.length; at += 4) count += data[at] > 150 && data[at + 3] > 0;
  return count;
}

test("ticks stand at the slices where the stones are, and all slices are in place and searched", async () => {
  const ids = await numbers();
  assert.ok(ids.length >= 5);
  for (const plane of ["Axial", "Coronal", "Sagittal"]) {
    const map = page.getByRole("region", { name: plane, exact: true }).locator("svg.map");
    assert.equal(await map.locator(".stone").count(), ids.length);
    for (const id of ids) {
      await rows().filter({ has: page.locator(".number", { hasText: new RegExp(`^${id}$`) }) }).click();
      const path = await map.locator(`.stone[data-stone="${id}"]`).getAttribute("d");
      const [from, to] = /1H|M([-\d.]+) 1H([-\d.]+)/.exec(path.replace(/^.*?V1/, "")).slice(1).map(Number);
      await eventually(async () => {
        const index = (await sliceShown(page, plane)) - 1;
        assert.ok(from < index && index < to, `${plane}: finding ${id} on slice ${index}, its tick from ${from} to ${to}`);
      });
    }
  }
  const spans = (kind) => page.getByRole("region", { name: "Axial" }).locator(`svg.map .${kind}`).evaluateAll(
    (all) => all.map((it) => [it.getAttribute("x"), it.getAttribute("width")].map(Number)));
  assert.deepEqual(await spans("loaded"), [[-0.5, SLICES]]);
  assert.deepEqual(await spans("searched"), [[-0.5, SLICES]]);
});

test("the list goes by size, place, density or score, and what is pointed at is lit in the picture", async () => {
  const sorted = async (name, values, falling) => {
    await findings.getByRole("combobox", { name: "Sort by" }).selectOption({ label: name });
    await eventually(async () => {
      const shown = await values();
      assert.deepEqual(shown, shown.toSorted((a, b) => falling * (a - b)), `${name}: ${shown}`);
    });
  };
  const places = async () => (await rows().allTextContents()).map((text) => Number(/z (-?[\d.]+) mm/.exec(text)[1]));
  const scores = () => findings.locator(".measures dl").evaluateAll((all) => all.map((it) => {
    const score = [...it.children].find((row) => row.firstElementChild.textContent.trim() === "Score");
    return parseFloat(score.lastElementChild.textContent);
  }));
  await sorted("Head to foot", places, -1);
  await sorted("Score", scores, -1);
  await sorted("Size", numbers, 1);
  await rows().first().click();
  const lit = page.getByRole("region", { name: "Axial" }).locator('g.box.lit[data-stone="1"]');
  await rows().nth(1).hover();
  await lit.waitFor({ state: "detached" });
  await rows().first().hover();
  await lit.waitFor();
});

test("a finding can be rejected, accepted and called otherwise; who said what is told, and Undo takes it back", async () => {
  const before = await numbers();
  await rows().first().click();
  await eventually(async () => assert.ok((await redPixels()) > 0));
  await button(word(1), "Reject").click();
  // No longer marked, and still listed.
  await eventually(async () => {
    assert.equal(await redPixels(), 0);
    assert.equal(await boxes(1).count(), 0);
    assert.deepEqual(await numbers(), before.slice(1));
  });
  await findings.getByText(`${before.length - 1} model findings`).waitFor();
  await findings.getByText(/^Rejected \(\d+\)$/).waitFor();
  await findings.getByText("You: rejected · model: stone").waitFor();
  assert.equal(await pressed(1, "Reject"), "true");
  await screenshot(page, "rejected");

  await label(1).selectOption({ label: "likely phlebolith" });
  await findings.getByText("You: likely phlebolith · model: stone").waitFor();
  assert.equal(await pressed(1, "Accept"), "true");
  await eventually(async () => assert.ok((await redPixels()) > 0, "it is marked again"));

  await button(findings, "Undo review").click();
  await findings.getByText("You: rejected · model: stone").waitFor();
  await page.keyboard.press("u");
  await eventually(async () => assert.deepEqual(await numbers(), before));
  assert.equal(await findings.getByText(/^You:/).count(), 0);
  assert.equal(await button(findings, "Undo review").count(), 0);
});

test("keys say it of the finding gone to, and a new search forgets it", async () => {
  await page.keyboard.press("n");
  const id = await findings.locator("li.chosen .number").textContent();
  await page.keyboard.press("j");
  await eventually(async () => assert.equal(await pressed(id, "Accept"), "true"));
  await page.keyboard.press("q");
  await eventually(async () => assert.equal(await pressed(id, "Reject"), "true"));
  await button(page, "Predict").click();
  await findings.getByText(/^130 slices searched in/).waitFor({ timeout: 300_000 });
  assert.equal(await findings.getByText(/^You:/).count(), 0);
});
