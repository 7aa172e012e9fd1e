// A third of the shared corpus, every kind of case, through the real page: series, refusals, warnings and HU
// as they were computed without any reader of ours. What they mean stands in the corpus' README.
import assert from "node:assert/strict";
import { existsSync, readFileSync, statSync } from "node:fs";
import { after, before, test } from "node:test";
import { grey } from "./dicom.mjs";
import { inRepository, leave, openPage, pixels, startOrigin } from "./harness.mjs";
import { eventually, openFiles, openFolder, picture, place } from "./viewer.mjs";
import { planesOf } from "./volume.mjs";

const corpus = inRepository("../shared/corpus/public");
/** Beside every third case of a kind: what a doctor would meet first. */
const ALWAYS = [
  "geometry/tilt", "geometry/gap_one", "geometry/gap_several", "geometry/variable_spacing", "geometry/irregular_spacing",
  "geometry/one_slice", "geometry/two_slices", "geometry/no_position", "geometry/no_pixel_spacing",
  "geometry/different_sizes", "geometry/duplicate_positions", "multiframe/tilt_gap", "multiframe/one_frame",
  "pixels/monochrome1", "pixels/saturated", "pixels/no_rescale", "pixels/not_hu", "sets/two_patients", "sets/dicomdir",
  "sets/zip_nested", "sets/localizer_in_series", "sets/only_junk", "sets/dcm_gz", "bad/zip_encrypted", "bad/cut_jpegls",
  "structure/charset_korean",
];
/** What is not read yet, by the list that the command line is tested with. */
const NOT_YET = /NOT_YET[^[]*\[\w*&?\w*\] = &\[([^\]]*)\]/.exec(readFileSync(inRepository("crates/cli/tests/corpus.rs"), "utf8"))?.[1] ?? "";
const WINDOW = { width: 400, centre: 60 };

const cases = existsSync(corpus) ? JSON.parse(readFileSync(`${corpus}/expected.json`)).cases : [];
const numberInKind = ({ id, kind }) => cases.filter((it) => it.kind === kind).findIndex((it) => it.id === id);
// A folder without files is none that a browser could be given.
const chosen = cases.filter((it) => it.files > 0 && !NOT_YET.includes(`"${it.id}"`) && (numberInKind(it) % 3 === 0 || ALWAYS.includes(it.id)));

let origin, page;
before(async () => {
  if (!chosen.length) return;
  origin = await startOrigin();
  page = await openPage(`${origin.address}/`);
});
after(() => leave(page, origin));

test("the corpus in the browser", { skip: !chosen.length && "no ../shared/corpus here" }, async () => {
  const started = performance.now();
  const wrong = [];
  for (const it of chosen) {
    try {
      await opens(it);
    } catch (error) {
      wrong.push(`${it.id}: ${error.message}`);
    }
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`corpus: ${chosen.length - wrong.length} of ${chosen.length} cases as expected, ${seconds} s`);
  assert.deepEqual(wrong, []);
});

async function opens({ id, path, outcomes }) {
  const full = `${corpus}/${path}`;
  await (statSync(full).isDirectory() ? openFolder : openFiles)(page, full);
  const outcome = await eventually(async () => {
    const shown = await told();
    assert.ok(shown.settled, "it never ends");
    const matching = outcomes.find((outcome) => isOutcome(shown, outcome));
    assert.ok(matching, `shown ${JSON.stringify(shown)}, expected ${JSON.stringify(outcomes.map(brief))}`);
    return matching;
  });
  const left = [...outcome.series];
  for (let row = 0; row < outcome.series.length; row++) {
    if (outcome.series.length > 1) await page.locator(".series .row").nth(row).click();
    const volume = await eventually(() => someVolume(left, id === "pixels/monochrome1"));
    left.splice(left.indexOf(volume), 1);
  }
}

/** What the page says of what was opened. */
function told() {
  return page.evaluate(() => {
    const all = (selector) => [...document.querySelectorAll(selector)];
    const loaded = /(\d+) \/ (\d+)/.exec(document.querySelector(".series .loaded")?.textContent ?? "");
    const nothing = document.querySelector(".note") !== null;
    return {
      settled: document.querySelector(".progress").classList.contains("idle") && (nothing || loaded?.[1] === loaded?.[2]),
      series: all(".series .row").map((row) => {
        const [, frames, columns, rows] = /(\d+) images?\b.* (\d+) × (\d+)/.exec(row.textContent).map(Number);
        return `${columns} × ${rows} × ${frames}`;
      }),
      refused: all(".not-loaded [data-code]").map((file) => ({
        code: file.dataset.code,
        // The browser names the folder that was chosen first.
        path: file.querySelector(".path").textContent.replace(/^[^/]*\//, ""),
      })),
      warnings: all(".warnings [data-code]").map((warning) => warning.dataset.code),
    };
  });
}

const size = ({ columns, rows, frames }) => `${columns} × ${rows} × ${frames}`;
const brief = ({ series, not_loaded }) => ({ series: series.map(size), not_loaded });

function isOutcome({ series, refused }, outcome) {
  const reports = [...refused];
  const asked = outcome.not_loaded.every((entry) => {
    const wanted = ({ path }) =>
      entry.prefix !== undefined ? path.startsWith(entry.prefix) : entry.path === path || entry.any_of?.includes(path);
    const taken = reports.filter(wanted);
    taken.forEach((report) => reports.splice(reports.indexOf(report), 1));
    const enough = entry.prefix === undefined ? taken.length === 1 : taken.length > 0;
    return enough && taken.every(({ code }) => entry.codes.includes(code));
  });
  return asked
    && reports.every(({ path }) => outcome.not_loaded_optional.includes(path))
    && [...series].sort().join() === outcome.series.map(size).sort().join();
}

/** The volume of these that is shown; an error that names what differs if it is none. */
async function someVolume(volumes, inverted) {
  const errors = [];
  for (const volume of volumes) {
    try {
      await isShown({ ...volume, inverted });
      return volume;
    } catch (error) {
      errors.push(error.message);
    }
  }
  throw new Error(errors.join("; "));
}

async function isShown(volume) {
  const { settled, warnings } = await told();
  assert.ok(settled, "it never ends");
  const unexpected = warnings.filter((code) => ![...volume.warnings, ...volume.warnings_optional].includes(code));
  const missing = volume.warnings.filter((code) => !warnings.includes(code));
  assert.deepEqual({ unexpected, missing }, { unexpected: [], missing: [] }, `warnings ${warnings}`);
  if (volume.tags.patient_name) {
    const name = volume.tags.patient_name.split(/[=^]/)[0];
    assert.ok((await page.locator(".pane .corner.upper.left").allTextContents()).join().includes(name), `named ${name}`);
  }

  const { columns, rows, frames, hu_probes: probes } = volume;
  const planes = planesOf(volume);
  const [stack] = planes;
  const middle = [columns, rows, frames].map((n) => Math.floor(n / 2));
  for (const plane of planes) {
    const cursor = plane.pixel(middle)[2];
    await paints(volume, plane, probes.filter((probe) => plane.pixel(probe)[2] === cursor));
  }
  await readsOut(stack, probes.find(([i, j, k]) => [i, j, k].join() === middle.join()), volume.tolerance_hu);
  for (const k of new Set([0, frames - 1])) {
    await page.getByRole("slider", { name: `${stack.name} slice` }).fill(String(stack.pixel([0, 0, k])[2]));
    await eventually(() => paints(volume, stack, probes.filter((probe) => probe[2] === k)));
  }
}

/** The picture of a plane has the grey of each of these voxels. */
async function paints({ tolerance_hu, inverted }, plane, probes) {
  const shown = await pixels(picture(page, plane.name));
  for (const probe of probes) {
    const [u, v] = plane.pixel(probe);
    const range = [-tolerance_hu, tolerance_hu].map((off) => grey(probe[3] + off, WINDOW));
    const [shade] = shown.at(u, v);
    // PS3.3 C.7.6.3.1.2: MONOCHROME1 shows low values white.
    const found = inverted ? 255 - shade : shade;
    const within = range[0] - 0.5 <= found && found <= range[1] + 0.5;
    assert.ok(within, `${plane.name} at ${probe.slice(0, 3)}: grey ${found}, expected ${range}`);
  }
}

/** The pointer reads the HU of a voxel. */
async function readsOut(plane, [i, j, k, hu], tolerance) {
  const [u, v] = plane.pixel([i, j, k]);
  const on = await place(page, plane.name);
  await page.mouse.move(on.x + ((u + 0.5) / plane.width) * on.width, on.y + ((v + 0.5) / plane.height) * on.height);
  const corner = page.getByRole("region", { name: plane.name }).locator(".corner.lower.left");
  await eventually(async () => {
    const read = Number(/(-?\d+) HU/.exec(await corner.textContent())?.[1] ?? NaN);
    assert.ok(Math.abs(read - hu) <= tolerance, `pointer reads ${read} HU, expected ${hu}`);
  });
}
