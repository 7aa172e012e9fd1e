// Studies with known stones, made by seed: the command line's evaluation of them, and the page's findings beside its own.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { after, before, test } from "node:test";
import { built, inRepository, leave, openPage, startOrigin } from "./harness.mjs";
import { button, loaded, openFolder } from "./viewer.mjs";

// One of them has no stone, and twice the mimics.
const STUDIES = ["--count", "4", "--free", "1"];

let origin, folder;
before(async () => {
  folder = mkdtempSync(`${tmpdir()}/lithoscope-`);
  execFileSync("python", [inRepository("models/training/make_study.py"), ...STUDIES, "--out", folder]);
  origin = await startOrigin();
});
after(() => leave(undefined, origin, folder));

const program = (...options) => JSON.parse(execFileSync(built("lithoscope"), [...options, "--json"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
const truth = (study) => JSON.parse(readFileSync(`${folder}/${study}/truth.json`)).labels.filter(({ kind }) => kind === "stone");

test("the evaluation counts the stones that were put in, and finds those of 3 mm and more", () => {
  const studies = readdirSync(folder);
  const stones = studies.flatMap(truth);
  const evaluation = program("evaluate", folder);
  assert.deepEqual([evaluation.studies, evaluation.studies_without_stones, evaluation.stones], [studies.length, 1, stones.length]);
  const large = evaluation.misses.filter(({ diameter_mm }) => diameter_mm >= 3);
  assert.deepEqual(large, []);
  assert.equal(evaluation.misses.length, Math.round((1 - evaluation.sensitivity.value) * stones.length));
});

/** What the page finds in a study, as it saves it. */
async function foundOnPage(study) {
  const page = await openPage(`${origin.address}/`);
  const findings = page.getByRole("region", { name: "Findings" });
  const dicom = `${folder}/${study}/dicom`;
  await openFolder(page, dicom);
  await loaded(page, readdirSync(dicom).length);
  await button(page, "Predict").click();
  await findings.getByText(/slices searched in|No candidate above/).waitFor({ timeout: 120_000 });
  await findings.getByText("Save", { exact: true }).click();
  const download = page.waitForEvent("download");
  await button(page, "Findings (JSON)").click();
  const { stones } = JSON.parse(readFileSync(await (await download).path()));
  await leave(page);
  return stones;
}

/** What must be the same, and what its last digit may differ in: a browser multiplies and adds in another order. */
const exact = ({ id, label, side, level, limits }) => ({ id, label, side, level, limits });
const near = ({ probability, tract_score, phlebolith_score, max_axial_diameter_mm, hu_mean, rim_hu }) =>
  [probability, tract_score, phlebolith_score, max_axial_diameter_mm, hu_mean, rim_hu];

test("the page finds and measures what the command line does", async () => {
  for (const study of readdirSync(folder)) {
    const [page, told] = [await foundOnPage(study), program("predict", `${folder}/${study}/dicom`).stones];
    assert.deepEqual(page.map(exact), told.map(exact), study);
    for (const [n, stone] of page.entries()) {
      const expected = near(told[n]);
      for (const [at, value] of near(stone).entries()) {
        assert.ok(value === expected[at] || Math.abs(value - expected[at]) <= 0.011, `${study}, ${stone.id}: ${near(stone)}, expected ${expected}`);
      }
    }
  }
});
